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
        // A part in braces is not known.
        let known = |text: &&str| !text.is_empty() && !text.contains('{');
        let account = parts.next().filter(known);
        Self {
            arn: arn.to_owned(),
            account: account.map(str::to_owned),
            role: parts
                .next()
                .and_then(role_name)
                .filter(known)
                .map(str::to_owned),
        }
    }

    /// Whether it is exactly this ARN.
    fn is(&self, arn: &str) -> Truth {
        if self.arn.contains('{') {
            return Truth::Unknown;
        }
        (self.arn == arn).into()
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
enum Naming {
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

    /// Whether it names the caller, and how. Of a caller whose account or role is not known it
    /// cannot be told.
    fn naming(&self, caller: &Caller) -> (Truth, Naming) {
        match self {
            Self::Everyone => (Truth::True, Naming::Session),
            Self::Account(id) => (equals(caller.account.as_ref(), id), Naming::Account),
            Self::Role { account, name } => (
                equals(caller.account.as_ref(), account).and(equals(caller.role.as_ref(), name)),
                Naming::Role,
            ),
            Self::Arn(arn) => (caller.is(arn), Naming::Session),
            Self::Other => (Truth::False, Naming::Session),
        }
    }
}

fn equals(known: Option<&String>, wanted: &String) -> Truth {
    known.map_or(Truth::Unknown, |known| (known == wanted).into())
}

/// Whether a list of principals names the caller: at all, and how directly.
#[derive(Debug, Clone, Copy)]
pub(super) struct Named {
    /// In any way.
    pub(super) at_all: Truth,
    /// As the role or nearer: a grant stands in for identity policies.
    pub(super) as_role: Truth,
    /// As the session or everyone: a grant stands in for boundary and session policy too.
    pub(super) as_session: Truth,
}

impl Named {
    /// What holds for a statement without `Principal`.
    pub(super) const EVERYONE: Self = Self {
        at_all: Truth::True,
        as_role: Truth::True,
        as_session: Truth::True,
    };

    /// Reads `Principal`.
    pub(super) fn by(patterns: &[PrincipalPattern], caller: &Caller) -> Self {
        let from = |least: Naming| {
            patterns
                .iter()
                .map(|pattern| pattern.naming(caller))
                .filter(|(_, naming)| *naming >= least)
                .fold(Truth::False, |found, (truth, _)| found.or(truth))
        };
        Self {
            at_all: from(Naming::Account),
            as_role: from(Naming::Role),
            as_session: from(Naming::Session),
        }
    }

    /// Reads `NotPrincipal`.
    ///
    /// AWS asks authors to list account, role and session together; a list with only some of them
    /// is unknown here ("`NotPrincipal` with Deny").
    pub(super) fn by_all_but(patterns: &[PrincipalPattern], caller: &Caller) -> Self {
        let listed = |wanted: Naming| {
            patterns
                .iter()
                .map(|pattern| pattern.naming(caller))
                .filter(|(_, naming)| *naming == wanted)
                .fold(Truth::False, |found, (truth, _)| found.or(truth))
        };
        let each = [Naming::Account, Naming::Role, Naming::Session].map(listed);
        let taken_out = match each {
            _ if patterns.contains(&PrincipalPattern::Everyone) => Truth::True,
            [Truth::True, Truth::True, Truth::True] => Truth::True,
            [Truth::False, Truth::False, Truth::False] => Truth::False,
            _ => Truth::Unknown,
        };
        let truth = taken_out.negate();
        Self {
            at_all: truth,
            as_role: truth,
            as_session: truth,
        }
    }

    /// Only as far as the rest of the statement holds.
    pub(super) fn and(self, rest: Truth) -> Self {
        Self {
            at_all: self.at_all.and(rest),
            as_role: self.as_role.and(rest),
            as_session: self.as_session.and(rest),
        }
    }
}

fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
