//! The credential chain of the `OnPrem` identity: rows H1 to H9 of the decision table.
//!
//! Pure. Once a complete registration is there the agent uses it and nothing else: whatever the
//! service says, it never turns to the instance profile or to Default Host Management.
//!
//! Source: agent `common/identity/credentialproviders/onpremprovider/role_provider.go`.

use jiff::Timestamp;

use super::log_evidence;
use super::reply::Reply;
use super::view::View;
use crate::observations::{Call, Path};

/// How the hybrid role's credentials stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// The agent's stored credentials have not ended.
    Stored,
    /// This run asked, and the service handed them out.
    Issued,
    /// The service does not know this node.
    Deregistered,
    /// The machine is not the one that registered.
    FingerprintMismatch,
    /// The service refuses the role: it is gone, or does not trust Systems Manager.
    RoleRefused,
    /// The stored key does not verify.
    KeyRefused,
    /// The question came to nothing: network, clock, throttle.
    Failed(Reply),
    /// Not asked, and the stored credentials have ended or are not there.
    Unknown,
}

/// The chain and where it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HybridChain {
    /// How the credentials stand.
    pub token: Token,
    /// Whether the path delivers credentials.
    pub active: bool,
    /// The row of the decision table, where one fits.
    pub row: Option<&'static str>,
    /// What would settle it, when it is not settled.
    pub question: Option<String>,
    /// The call that would settle it.
    pub asks: Option<Call>,
    /// When the agent logged what decides here; `None` = this run saw it.
    pub logged_at: Option<Timestamp>,
}

/// Follows the chain as the agent does.
#[must_use]
pub fn follow(view: View<'_>) -> HybridChain {
    let seen = token(view);
    let unasked = seen == Token::Unknown;
    let logged = log_evidence::hybrid_refusal(view).filter(|_| unasked);
    let (token, logged_at) = match logged {
        Some((at, token)) => (token, Some(at)),
        None => (seen, None),
    };
    let active = matches!(token, Token::Stored | Token::Issued);
    let row = match &token {
        Token::Stored | Token::Issued => Some(working_row(view)),
        Token::Deregistered => Some("H2"),
        Token::FingerprintMismatch => Some("H3"),
        Token::RoleRefused => Some("H4"),
        Token::Failed(Reply::ClockSkew(_)) => Some("H9"),
        Token::Failed(Reply::Unreachable(_) | Reply::NotAws) => Some("H7"),
        Token::KeyRefused | Token::Failed(_) | Token::Unknown => None,
    };
    let unknown = token == Token::Unknown;
    HybridChain {
        active,
        row,
        question: unknown.then(|| "whether the service hands out the hybrid role".to_owned()),
        // What the log says is asked all the same, where it may be.
        asks: unasked.then_some(Call::RequestRoleTokenHybrid),
        logged_at,
        token,
    }
}

fn token(view: View<'_>) -> Token {
    match view.reply(Call::RequestRoleTokenHybrid) {
        Reply::Allowed => Token::Issued,
        Reply::InstanceUnknown => Token::Deregistered,
        Reply::FingerprintMismatch => Token::FingerprintMismatch,
        Reply::Denied(_) | Reply::NotConfigured => Token::RoleRefused,
        Reply::SignatureRefused => Token::KeyRefused,
        Reply::NotAsked(_) if has_stored_credentials(view) => Token::Stored,
        Reply::NotAsked(_) => Token::Unknown,
        other => Token::Failed(other),
    }
}

/// The agent's state says that this node's credentials have not ended.
fn has_stored_credentials(view: View<'_>) -> bool {
    let id = view.registration().map(|found| found.instance_id.as_str());
    id.and_then(|id| view.fresh_state(id))
        .is_some_and(|state| state.identity_type == "OnPrem")
}

/// Which of the rows with credentials it is: what the role may do decides.
fn working_row(view: View<'_>) -> &'static str {
    let denied = |call| {
        matches!(
            view.reply_on(call, Path::HybridActivation),
            Some(Reply::Denied(_))
        )
    };
    let unreachable = |call| {
        matches!(
            view.reply_on(call, Path::HybridActivation),
            Some(Reply::Unreachable(_) | Reply::NotAws)
        )
    };
    let skewed = |call| {
        matches!(
            view.reply_on(call, Path::HybridActivation),
            Some(Reply::ClockSkew(_))
        )
    };
    let channels = [
        Call::CreateControlChannel,
        Call::OpenControlChannel,
        Call::CreateDataChannel,
    ];
    if skewed(Call::UpdateInstanceInformation) || skewed(Call::CreateControlChannel) {
        "H9"
    } else if denied(Call::UpdateInstanceInformation) {
        "H5"
    } else if channels.into_iter().any(denied) {
        "H6"
    } else if unreachable(Call::CreateControlChannel) {
        "H7"
    } else {
        "H1"
    }
}
