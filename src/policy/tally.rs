//! One layer's say on one request: whether a statement refuses, whether one grants.

use serde::Serialize;

use super::condition::Condition;
use super::document::{Body, Document, Effect, Listed, ResourcePattern, Statement};
use super::doubt::Doubts;
use super::name::Name;
use super::pattern::{matches_arn, may_meet};
use super::principal::Named;
use super::request::Request;
use super::truth::Truth;

/// A statement, by its document and place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementRef {
    /// The document's name or ARN.
    pub document: Name,
    /// The statement's `Sid`.
    pub sid: Option<Name>,
    /// The statement's place in its document, from 1.
    pub number: usize,
}

/// What the documents of one layer say of a request.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    /// Whether a `Deny` matches.
    pub(super) denies: Truth,
    /// Whether an `Allow` matches, naming the caller in any way.
    pub(super) allows: Truth,
    /// Whether an `Allow` matches that names the role, the session or everyone.
    pub(super) allows_role: Truth,
    /// Whether an `Allow` matches that names the session or everyone.
    pub(super) allows_session: Truth,
    /// The `Deny` statements that match.
    pub(super) denying: Vec<StatementRef>,
    /// The `Deny` statements that may match.
    pub(super) perhaps_denying: Vec<StatementRef>,
    /// The `Allow` statements that match.
    pub(super) allowing: Vec<StatementRef>,
    /// What makes `denies` unknown.
    pub(super) deny_doubts: Doubts,
    /// What makes `allows` unknown.
    pub(super) allow_doubts: Doubts,
}

impl Tally {
    /// Nothing says anything.
    pub(super) fn silent() -> Self {
        Self {
            denies: Truth::False,
            allows: Truth::False,
            allows_role: Truth::False,
            allows_session: Truth::False,
            denying: Vec::new(),
            perhaps_denying: Vec::new(),
            allowing: Vec::new(),
            deny_doubts: Doubts::default(),
            allow_doubts: Doubts::default(),
        }
    }

    /// Asks every statement of the documents.
    pub(super) fn of<'a>(
        documents: impl IntoIterator<Item = &'a Document>,
        request: &Request,
    ) -> Self {
        let mut tally = Self::silent();
        for document in documents {
            match &document.body {
                Body::Readable(statements) => {
                    for statement in statements {
                        tally.ask(&document.name, statement, request);
                    }
                }
                Body::Unreadable(why) => tally.doubt_all(&format!("{}: {why}", document.name)),
            }
        }
        tally
    }

    fn doubt_all(&mut self, note: &str) {
        self.denies = self.denies.or(Truth::Unknown);
        self.allows = self.allows.or(Truth::Unknown);
        self.allows_role = self.allows_role.or(Truth::Unknown);
        self.allows_session = self.allows_session.or(Truth::Unknown);
        self.deny_doubts.note(note.to_owned());
        self.allow_doubts.note(note.to_owned());
    }

    fn ask(&mut self, document: &Name, statement: &Statement, request: &Request) {
        if !statement.actions.hold(&request.lower_case_action) {
            return;
        }
        let mut doubts = Doubts::default();
        let named = statement.judge(request, &mut doubts);
        let truth = named.at_all;
        if truth == Truth::False {
            return;
        }
        let found = StatementRef {
            document: document.clone(),
            sid: statement.sid.clone(),
            number: statement.number,
        };
        match statement.effect {
            Effect::Deny => {
                self.denies = self.denies.or(truth);
                if truth == Truth::True {
                    self.denying.push(found);
                } else {
                    self.perhaps_denying.push(found);
                    self.deny_doubts.add(doubts);
                }
            }
            Effect::Allow => {
                self.allows = self.allows.or(truth);
                self.allows_role = self.allows_role.or(named.as_role);
                self.allows_session = self.allows_session.or(named.as_session);
                if truth == Truth::True {
                    self.allowing.push(found);
                } else {
                    self.allow_doubts.add(doubts);
                }
            }
        }
    }
}

impl Statement {
    /// Whether a statement about the request's action matches the rest of the request, by how
    /// directly it names the caller.
    fn judge(&self, request: &Request, doubts: &mut Doubts) -> Named {
        let named = match &self.principals {
            None => Named::EVERYONE,
            Some(listed) if listed.negated => Named::by_all_but(&listed.patterns, &request.caller),
            Some(listed) => Named::by(&listed.patterns, &request.caller),
        };
        if named.at_all == Truth::Unknown {
            doubts.note("the caller's account or role is not known".to_owned());
        }
        let mut rest = named.at_all;
        if rest != Truth::False
            && let Some(resources) = &self.resources
        {
            rest = rest.and(judge_resource(resources, request, doubts));
        }
        // Every condition is asked while the rest may hold, so that all open keys are named.
        for condition in &self.conditions {
            if rest == Truth::False {
                break;
            }
            rest = rest.and(Condition::judge(condition, &request.context, doubts));
        }
        named.and(rest)
    }
}

fn judge_resource(
    resources: &Listed<ResourcePattern>,
    request: &Request,
    doubts: &mut Doubts,
) -> Truth {
    let mut listed = Truth::False;
    for pattern in &resources.patterns {
        listed = listed.or(match pattern {
            ResourcePattern::Everything => Truth::True,
            // An action without resource types is matched by `*` alone.
            ResourcePattern::Arn(_) if request.resource() == "*" => Truth::False,
            ResourcePattern::Arn(arn) => arn.test(&request.context, doubts, |tokens| {
                if matches_arn(tokens, &request.plain_resource) {
                    return Truth::True;
                }
                match &request.open_resource {
                    Some(open) if may_meet(tokens, open) => Truth::Unknown,
                    Some(_) | None => Truth::False,
                }
            }),
        });
        if listed == Truth::True {
            break;
        }
    }
    if listed == Truth::Unknown && request.open_resource.is_some() {
        doubts.note(format!(
            "the resource is known only as far as `{}`",
            request.resource()
        ));
    }
    listed.negate_if(resources.negated)
}
