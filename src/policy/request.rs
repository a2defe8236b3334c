//! The question put to the policies: who asks to do what, on what.

use super::context::Context;
use super::pattern::{OPEN, Token, open_tokens};
use super::principal::Caller;

/// One request, as AWS authorises it: one action on one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is known of the condition keys.
    pub context: Context,
    principal_arn: String,
    action: String,
    resource: String,
    /// The resource when parts of it are not known.
    pub(super) open_resource: Option<Vec<Token>>,
    /// The resource with [`OPEN`] for each part of it that is not known.
    pub(super) plain_resource: String,
    pub(super) caller: Caller,
    pub(super) lower_case_action: String,
}

impl Request {
    /// A request by a role's session, such as
    /// `arn:aws:sts::111122223333:assumed-role/Role/i-0123456789abcdef0`, on an ARN, or on `*` for
    /// an action that takes none. A part in braces, such as `{bucket}`, is not known.
    #[must_use]
    pub fn new(principal_arn: &str, action: &str, resource: &str, context: Context) -> Self {
        let open_resource = open_tokens(resource);
        Self {
            plain_resource: plain(resource, open_resource.as_deref()),
            action: action.to_owned(),
            resource: resource.to_owned(),
            open_resource,
            context,
            principal_arn: principal_arn.to_owned(),
            caller: Caller::parse(principal_arn),
            lower_case_action: action.to_ascii_lowercase(),
        }
    }

    /// Who asks.
    #[must_use]
    pub fn principal_arn(&self) -> &str {
        &self.principal_arn
    }

    /// `service:Operation`, as given.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The resource's ARN, or `*`.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// The same request on another resource.
    #[must_use]
    pub fn on(&self, resource: &str) -> Self {
        let open_resource = open_tokens(resource);
        Self {
            plain_resource: plain(resource, open_resource.as_deref()),
            resource: resource.to_owned(),
            open_resource,
            ..self.clone()
        }
    }

    /// The service part of the action, in lower case.
    pub(super) fn service(&self) -> &str {
        self.lower_case_action.split(':').next().unwrap_or_default()
    }
}

/// The text with [`OPEN`] for each part that is not known, so that only `*` takes it in.
fn plain(resource: &str, open: Option<&[Token]>) -> String {
    let Some(open) = open else {
        return resource.to_owned();
    };
    open.iter()
        .map(|token| match token {
            Token::Char(c) => *c,
            Token::Any | Token::One | Token::Variable(_) => OPEN,
        })
        .collect()
}
