//! A policy document, read once: what it grants and refuses, and what is wrong with it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::condition::Condition;
use super::name::Name;
use super::pattern::{Template, Token, matches};
use super::principal::PrincipalPattern;

/// Which elements a document may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grammar {
    /// Identity policies, permissions boundaries, session policies, service control policies:
    /// no `Principal`.
    Identity,
    /// Resource policies, resource control policies, VPC endpoint policies: with `Principal`.
    Resource,
    /// A role's trust policy: with `Principal`, without `Resource`.
    Trust,
}

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// IAM would not take the document, or it does not do what it seems to.
    Error,
    /// It works, and not as its author may think.
    Warning,
}

/// Something wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// A stable id, such as `unknown-element`.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where: `Statement[2].Action`; empty for the document itself.
    pub at: String,
    /// What, in a few words.
    pub text: String,
}

/// One policy document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its name or ARN.
    pub name: Name,
    /// What was wrong with it; with one of severity error nothing in it is believed.
    pub problems: Vec<Problem>,
    pub(super) body: Body,
}

/// Whether a document could be read.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Body {
    /// Its statements, in order.
    Readable(Vec<Statement>),
    /// Not read, or not a policy: what it says is unknown. Why, in a few words.
    Unreadable(String),
}

impl Document {
    /// A document that is known to be there and could not be read.
    #[must_use]
    pub fn unreadable(name: &str, why: &str) -> Self {
        Self {
            name: name.into(),
            problems: Vec::new(),
            body: Body::Unreadable(why.to_owned()),
        }
    }

    /// The services that its statements name, by their actions or else by their resources.
    pub(super) fn services(&self) -> BTreeSet<String> {
        let Body::Readable(statements) = &self.body else {
            return BTreeSet::new();
        };
        statements.iter().flat_map(Statement::services).collect()
    }

    /// Whether no statement of it allows anything, whatever the request.
    pub(super) fn allows_nothing(&self) -> bool {
        match &self.body {
            Body::Readable(statements) => statements.iter().all(|one| one.effect == Effect::Deny),
            Body::Unreadable(_) => false,
        }
    }

    /// Whether its statements can be believed.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        matches!(self.body, Body::Readable(_))
    }
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Effect {
    /// It grants.
    Allow,
    /// It refuses.
    Deny,
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Statement {
    /// Its `Sid`.
    pub(super) sid: Option<Name>,
    /// Its place in the document, from 1.
    pub(super) number: usize,
    /// What it does.
    pub(super) effect: Effect,
    /// `Principal` or `NotPrincipal`.
    pub(super) principals: Option<Listed<PrincipalPattern>>,
    /// `Action` or `NotAction`.
    pub(super) actions: Actions,
    /// `Resource` or `NotResource`; `None` in a trust policy.
    pub(super) resources: Option<Listed<ResourcePattern>>,
    /// All of them must hold.
    pub(super) conditions: Vec<Condition>,
}

impl Statement {
    fn services(&self) -> BTreeSet<String> {
        let named = self.actions.services();
        if !named.is_empty() {
            return named;
        }
        let resources = self.resources.iter().flat_map(|listed| &listed.patterns);
        resources.filter_map(ResourcePattern::service).collect()
    }
}

/// An element or its `Not` form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed<T> {
    /// The `Not` form.
    pub(super) negated: bool,
    /// The listed patterns.
    pub(super) patterns: Vec<T>,
}

/// The actions of a statement, ordered for the search: a managed policy lists dozens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Actions {
    negated: bool,
    /// Those without a wildcard, sorted.
    exact: Vec<String>,
    /// The others.
    patterns: Vec<ActionPattern>,
}

impl Actions {
    /// Whether the statement is about an action, given in lower case.
    pub(super) fn hold(&self, lower_case_action: &str) -> bool {
        let is_listed = self
            .exact
            .binary_search_by(|one| one.as_str().cmp(lower_case_action))
            .is_ok()
            || self
                .patterns
                .iter()
                .any(|pattern| pattern.matches(lower_case_action));
        is_listed != self.negated
    }

    /// The services that they name.
    fn services(&self) -> BTreeSet<String> {
        let exact = self.exact.iter().map(String::as_str).filter_map(service_of);
        let patterns = self.patterns.iter().filter_map(ActionPattern::service);
        exact.chain(patterns).collect()
    }
}

impl From<Listed<ActionPattern>> for Actions {
    fn from(listed: Listed<ActionPattern>) -> Self {
        let mut actions = Self {
            negated: listed.negated,
            exact: Vec::new(),
            patterns: Vec::new(),
        };
        for pattern in listed.patterns {
            match pattern {
                ActionPattern::Exact(action) => actions.exact.push(action),
                other => actions.patterns.push(other),
            }
        }
        actions.exact.sort();
        actions
    }
}

fn service_of(action: &str) -> Option<String> {
    let (service, _) = action.split_once(':')?;
    Some(service.to_owned())
}

/// A pattern for actions, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ActionPattern {
    /// `*`.
    Everything,
    /// One action.
    Exact(String),
    /// One wildcard, at the end: what comes before it.
    Prefix(String),
    /// Wildcards anywhere after the service.
    Pattern(Vec<Token>),
}

impl ActionPattern {
    /// Whether it takes in an action, given in lower case.
    pub(super) fn matches(&self, lower_case_action: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Exact(action) => action == lower_case_action,
            Self::Prefix(prefix) => lower_case_action.starts_with(prefix.as_str()),
            Self::Pattern(tokens) => matches(tokens, lower_case_action),
        }
    }
}

impl ActionPattern {
    /// The service that it names, unless it takes in every one.
    fn service(&self) -> Option<String> {
        match self {
            Self::Everything => None,
            Self::Exact(text) | Self::Prefix(text) => service_of(text),
            Self::Pattern(tokens) => service_of(&plain(tokens)),
        }
    }
}

/// A pattern for resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ResourcePattern {
    /// `*`, or an ARN with `*` in all its parts.
    Everything,
    /// An ARN.
    Arn(Template),
}

impl ResourcePattern {
    /// The service in its ARN.
    fn service(&self) -> Option<String> {
        match self {
            Self::Everything => None,
            Self::Arn(template) => {
                let service = plain(template.tokens()).split(':').nth(2)?.to_owned();
                (!service.is_empty() && !service.contains(['*', '?'])).then_some(service)
            }
        }
    }
}

/// Tokens as they were written, without variables.
fn plain(tokens: &[Token]) -> String {
    tokens
        .iter()
        .filter_map(|token| match token {
            Token::Char(c) => Some(*c),
            Token::Any => Some('*'),
            Token::One => Some('?'),
            Token::Variable(_) => None,
        })
        .collect()
}
