//! Who asks, and whom a policy names.
//!
//! Source: "IAM JSON policy elements: Principal", "Policy evaluation for requests within a single
//! account".

use super::truth::Truth;

/// Who asks: a role's session, or whatever else the ARN says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Caller {
    arn: String,
    account: Option<String>,
    role: Option<String>,
}

impl Caller {
    /// Reads a session ARN (`…:assumed-role/NAME/SESSION`) or a role ARN (`…:role/PATH/NAME`).
    pub(super) fn parse(arn: &str) -> Self {
        let mut parts = arn.splitn(6, ':').skip(4);
        let account = parts.next().filter(|id| !id.is_empty());
        Self {
            arn: arn.to_owned(),
            account: account.map(str::to_owned),
            role: parts.next().and_then(role_name).map(str::to_owned),
        }
    }

    /// The caller's account.
    pub(super) fn account(&self) -> Option<&str> {
        self.account.as_deref()
    }
}

/// The role's name in the last part of a role or session ARN. Names are unique in an account,
/// so the path, which a session ARN does not show, is not needed to tell two roles apart.
fn role_name(resource: &str) -> Option<&str> {
    if let Some(session) = resource.strip_prefix("assumed-role/") {
        return session.split('/').next();
    }
    resource.strip_prefix("role/")?.rsplit('/').next()
}

/// One principal that a policy names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PrincipalPattern {
    /// `*`.
    Everyone,
    /// An account, by its id or its `:root` ARN.
    Account(String),
    /// A role, by account and name.
    Role {
        /// The account.
        account: String,
        /// The name, without its path.
        name: String,
    },
    /// Any other ARN: a session, a user.
    Arn(String),
    /// A service, federation or canonical user: never a node's role.
    Other,
}

/// How directly a policy names the caller; it decides which other layers still cut the grant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Naming {
    /// The caller's account: a grant only delegates to identity policies.
    Account,
    /// The caller's role: a grant is still cut by boundary and session policy.
    Role,
    /// The session itself, or everyone.
    Session,
}

impl PrincipalPattern {
    /// Reads one value of `Principal: {"AWS": …}`; `None` if it is no principal.
    pub(super) fn parse_aws(text: &str) -> Option<Self> {
        if text == "*" {
            return Some(Self::Everyone);
        }
        if is_account_id(text) {
            return Some(Self::Account(text.to_owned()));
        }
        let mut parts = text.splitn(6, ':');
        if parts.next() != Some("arn") {
            // A deleted role shows as its unique id, which matches nobody.
            let is_unique_id = text.len() > 15 && text.chars().all(|c| c.is_ascii_alphanumeric());
            return is_unique_id.then_some(Self::Other);
        }
        let (account, resource) = (parts.nth(3)?, parts.next()?);
        if text.contains(['*', '?']) {
            return None;
        }
        Some(match resource {
            "root" => Self::Account(account.to_owned()),
            _ if resource.starts_with("role/") => Self::Role {
                account: account.to_owned(),
                name: role_name(resource)?.to_owned(),
            },
            _ => Self::Arn(text.to_owned()),
        })
    }

    /// How it names the caller, if it does.
    pub(super) fn naming(&self, caller: &Caller) -> Option<Naming> {
        let same_account = |id: &String| caller.account.as_ref() == Some(id);
        match self {
            Self::Everyone => Some(Naming::Session),
            Self::Account(id) => same_account(id).then_some(Naming::Account),
            Self::Role { account, name } => (same_account(account)
                && caller.role.as_ref() == Some(name))
            .then_some(Naming::Role),
            Self::Arn(arn) => (*arn == caller.arn).then_some(Naming::Session),
            Self::Other => None,
        }
    }
}

/// Whether `NotPrincipal` with these patterns takes the caller in.
///
/// AWS asks authors to list account, role and session together; a list with only some of them is
/// unknown here ("`NotPrincipal` with Deny").
pub(super) fn not_principal(patterns: &[PrincipalPattern], caller: &Caller) -> Truth {
    let names = |wanted: Naming| {
        patterns
            .iter()
            .any(|pattern| pattern.naming(caller) == Some(wanted))
    };
    if patterns.contains(&PrincipalPattern::Everyone) {
        return Truth::False;
    }
    let listed = [Naming::Account, Naming::Role, Naming::Session].map(names);
    match listed {
        [false, false, false] => Truth::True,
        [true, true, true] => Truth::False,
        _ => Truth::Unknown,
    }
}

fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
