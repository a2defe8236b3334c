//! What the agent's own log says of paths and actions: evidence where nothing live answers.
//!
//! Pure. Only what was logged since the agent's last start counts, and of each action the last
//! word. A network failure in the log says nothing of permission. How old a word is goes with it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::case::principal_of;
use super::denial::{self, Denial};
use super::hybrid::Token;
use super::view::View;
use crate::observations::{AgentLog, EventKind, LogEvent, Path, RuntimeConfig, Sign};

/// The last word on one action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// When it was logged.
    pub at: Timestamp,
    /// The denial; `None` = it was allowed.
    pub denial: Option<Denial>,
    /// The entry's own words, where they were kept.
    pub words: Option<String>,
}

/// What the log says of every action, by path.
pub type Sayings = BTreeMap<(Path, &'static str), Said>;

/// The agent's log, where it could be read.
#[must_use]
pub fn log(view: View<'_>) -> Option<&AgentLog> {
    view.all.host.agent_log.value()
}

/// The events since the agent's last start.
#[must_use]
pub fn events(view: View<'_>) -> &[LogEvent] {
    log(view).map(AgentLog::since_start).unwrap_or_default()
}

/// Everything that the log says of actions since the agent's last start.
#[must_use]
pub fn sayings(view: View<'_>) -> Sayings {
    let mut path = view.runtime_config().and_then(path_of_state);
    let mut said = Sayings::new();
    for event in events(view) {
        path = path_after(event).or(path);
        let Some(path) = path_of_event(event).or(path) else {
            continue;
        };
        for action in actions(event.kind) {
            if let Some(saying) = saying(event).filter(|said| is_of_present_role(view, path, said))
            {
                said.insert((path, action), saying);
            }
        }
    }
    said
}

/// The path that the agent itself is on: by its log since its last start, else by its state.
#[must_use]
pub fn path(view: View<'_>) -> Option<Path> {
    let logged = events(view).iter().rev().find_map(path_after);
    logged.or_else(|| view.runtime_config().and_then(path_of_state))
}

/// The path that the agent's state file names.
#[must_use]
pub fn path_of_state(state: &RuntimeConfig) -> Option<Path> {
    match (
        state.identity_type.as_str(),
        state.credential_source.as_str(),
    ) {
        ("EC2", "EC2") => Some(Path::InstanceProfile),
        ("EC2", "SSM") => Some(Path::DefaultHostManagement),
        ("OnPrem", _) => Some(Path::HybridActivation),
        ("ECS", _) => Some(Path::EcsTaskRole),
        ("CustomIdentity", _) => Some(Path::CustomIdentity),
        _ => None,
    }
}

/// The path that the agent is on after an event, where the event decides that.
fn path_after(event: &LogEvent) -> Option<Path> {
    match event.kind {
        EventKind::ProfileConnected => Some(Path::InstanceProfile),
        EventKind::DhmcConnected => Some(Path::DefaultHostManagement),
        EventKind::IdentityTaken => match event.subject.as_deref()? {
            "OnPrem" => Some(Path::HybridActivation),
            "ECS" => Some(Path::EcsTaskRole),
            "CustomIdentity" => Some(Path::CustomIdentity),
            _ => None,
        },
        _ => None,
    }
}

/// The path that an event is about, whichever the agent is on.
fn path_of_event(event: &LogEvent) -> Option<Path> {
    matches!(
        event.kind,
        EventKind::ProfileRefused | EventKind::ProfileConnected
    )
    .then_some(Path::InstanceProfile)
}

/// The actions that an event can speak of.
fn actions(kind: EventKind) -> &'static [&'static str] {
    match kind {
        EventKind::ProfileConnected
        | EventKind::ProfileRefused
        | EventKind::Hibernating
        | EventKind::HibernationPingFailed
        | EventKind::PingFailed => &["ssm:UpdateInstanceInformation"],
        EventKind::ControlChannelRefused => &["ssmmessages:CreateControlChannel"],
        EventKind::ControlChannelUp | EventKind::ChannelSsmmessages => &[
            "ssmmessages:CreateControlChannel",
            "ssmmessages:OpenControlChannel",
        ],
        EventKind::DataChannelRefused => &["ssmmessages:CreateDataChannel"],
        EventKind::DataChannelUp => &[
            "ssmmessages:CreateDataChannel",
            "ssmmessages:OpenDataChannel",
        ],
        _ => &[],
    }
}

fn saying(event: &LogEvent) -> Option<Said> {
    let allowed = matches!(
        event.kind,
        EventKind::ProfileConnected
            | EventKind::ControlChannelUp
            | EventKind::ChannelSsmmessages
            | EventKind::DataChannelUp
    );
    let denial = denial_of(event);
    (allowed || denial.is_some()).then(|| Said {
        at: event.at,
        denial,
        words: event.message.clone(),
    })
}

/// Whether a denial on the instance profile is about the role that is in it now.
fn is_of_present_role(view: View<'_>, path: Path, said: &Said) -> bool {
    let named = said
        .denial
        .as_ref()
        .and_then(|denial| denial.principal.as_deref());
    let role = named.and_then(|arn| principal_of(arn).role);
    match (path, role, view.all.imds.role_name.value()) {
        (Path::InstanceProfile, Some(then), Some(now)) => then == *now,
        _ => true,
    }
}

/// The denial in an event: an answer of the service that says no, and no other failure.
#[must_use]
pub fn denial_of(event: &LogEvent) -> Option<Denial> {
    let refused = matches!(
        event.code.as_deref(),
        Some("AccessDeniedException" | "AccessDenied")
    ) || event.code.is_none() && event.has(Sign::ServiceRefused);
    // Older agents report the gateway's words without a code; its "not authenticated" is no denial.
    (refused && !event.has(Sign::DhmcNotConfigured))
        .then(|| denial::parse(event.message.as_deref().unwrap_or_default()))
}

/// When the log last said that Default Host Management is off, and nothing has worked since.
#[must_use]
pub fn dhmc_off_at(view: View<'_>) -> Option<Timestamp> {
    let last = events(view).iter().rev().find(|event| {
        event.has(Sign::DhmcNotConfigured)
            || matches!(
                event.kind,
                EventKind::DhmcConnected | EventKind::ProfileConnected
            )
    })?;
    last.has(Sign::DhmcNotConfigured).then_some(last.at)
}

/// The denial of the agent's test of the profile, if that was its last outcome.
#[must_use]
pub fn profile_denied(view: View<'_>) -> Option<(Timestamp, Denial)> {
    let last = events(view).iter().rev().find(|event| {
        matches!(
            event.kind,
            EventKind::ProfileConnected | EventKind::ProfileRefused
        ) || event.has(Sign::DhmcSkipped)
    })?;
    let said = saying(last).filter(|_| last.kind == EventKind::ProfileRefused)?;
    is_of_present_role(view, Path::InstanceProfile, &said)
        .then_some(said.at)
        .zip(said.denial)
}

/// What the service last said to the token call of a hybrid node, if that was a refusal.
#[must_use]
pub fn hybrid_refusal(view: View<'_>) -> Option<(Timestamp, Token)> {
    let last = events(view).iter().rev().find(|event| {
        matches!(
            event.kind,
            EventKind::CredentialsReady
                | EventKind::CredentialsRotation
                | EventKind::CredentialsFailed
                | EventKind::CredentialsStatus
        )
    })?;
    let token = if last.has(Sign::NodeUnknown) {
        Token::Deregistered
    } else if last.has(Sign::FingerprintMismatch) {
        Token::FingerprintMismatch
    } else {
        denial_of(last)?;
        Token::RoleRefused
    };
    Some((last.at, token))
}
