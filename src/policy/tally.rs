//! One layer's say on one request: whether a statement refuses, whether one grants.

use serde::Serialize;

use super::condition::Condition;
use super::document::{Body, Document, Effect, Listed, ResourcePattern, Statement};
use super::doubt::Doubts;
use super::name::Name;
use super::pattern::matches_arn;
use super::principal::{Naming, PrincipalPattern, not_principal};
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
        let mut doubts = Doubts::default();
        let (truth, naming) = statement.judge(request, &mut doubts);
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
                if naming >= Naming::Role {
                    self.allows_role = self.allows_role.or(truth);
                }
                if naming == Naming::Session {
                    self.allows_session = self.allows_session.or(truth);
                }
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
    /// Whether the statement matches the request, and how directly it names the caller.
    fn judge(&self, request: &Request, doubts: &mut Doubts) -> (Truth, Naming) {
        let action_listed = self
            .actions
            .patterns
            .iter()
            .any(|pattern| pattern.matches(&request.lower_case_action));
        if action_listed == self.actions.negated {
            return (Truth::False, Naming::Session);
        }
        let (named, naming) = self.judge_principal(request);
        let mut truth = named;
        if truth != Truth::False
            && let Some(resources) = &self.resources
        {
            truth = truth.and(judge_resource(resources, request, doubts));
        }
        // Every condition is asked while the rest may hold, so that all open keys are named.
        for condition in &self.conditions {
            if truth == Truth::False {
                break;
            }
            truth = truth.and(Condition::judge(condition, &request.context, doubts));
        }
        (truth, naming)
    }

    fn judge_principal(&self, request: &Request) -> (Truth, Naming) {
        let Some(principals) = &self.principals else {
            return (Truth::True, Naming::Session);
        };
        if principals.negated {
            return (
                not_principal(&principals.patterns, &request.caller),
                Naming::Session,
            );
        }
        let naming = principals
            .patterns
            .iter()
            .filter_map(|pattern: &PrincipalPattern| pattern.naming(&request.caller))
            .max();
        naming.map_or((Truth::False, Naming::Account), |naming| {
            (Truth::True, naming)
        })
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
            ResourcePattern::Arn(_) if request.resource == "*" => Truth::False,
            ResourcePattern::Arn(arn) => arn.test(&request.context, doubts, |tokens| {
                matches_arn(tokens, &request.resource)
            }),
        });
        if listed == Truth::True {
            break;
        }
    }
    listed.negate_if(resources.negated)
}
