//! The credential chain of the EC2 identity: rows E1 to E21 of the decision table.
//!
//! Pure. The agent tests the instance profile with one call, `ssm:UpdateInstanceInformation`,
//! and only three outcomes lead on to Default Host Management. A live answer counts for more
//! than the agent's state file and its log, which count only where nothing was asked.
//!
//! Source: agent `common/identity/credentialproviders/ec2roleprovider/ec2_role_provider.go`.

use jiff::Timestamp;

use super::log_evidence;
use super::reply::Reply;
use super::view::{View, certainly_without};
use crate::observations::{AgentVersion, Call, Fetched, NotAsked, Path, Reading};

/// The documented minimum for Default Host Management.
///
/// Source: "Managing EC2 instances automatically with Default Host Management Configuration".
pub const DHMC_MINIMUM: AgentVersion = AgentVersion::new(3, 2, 582, 0);

/// Since this release a role that EC2 may not assume leads to Default Host Management.
///
/// Source: the agent's release notes.
pub const TRUST_FALLBACK_MINIMUM: AgentVersion = AgentVersion::new(3, 2, 815, 0);

/// What IMDS says of the instance profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Profile {
    /// No profile is attached (404).
    None,
    /// A profile without a role; `listed` = the role list answers 200 and is empty, which the
    /// agent does not take for "no role".
    Empty {
        /// Whether the empty role list answered 200.
        listed: bool,
    },
    /// A role, and credentials that have not ended.
    Ready {
        /// When they end.
        expires_at: Option<Timestamp>,
    },
    /// A role, and credentials past their end by this host's clock.
    Expired {
        /// When they ended.
        expired_at: Timestamp,
    },
    /// A role, and a document that says why there are none.
    Refused {
        /// The document's code, such as `AssumeRoleUnauthorizedAccess`.
        code: String,
    },
    /// A role, or perhaps one, and IMDS did not deliver.
    Unreadable,
    /// IMDS was not asked.
    Unknown,
}

/// How far Default Host Management came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dhmc {
    /// The agent does not get that far.
    NotReached,
    /// The agent is too old.
    AgentTooOld,
    /// The agent has no registration of this instance.
    NotRegistered,
    /// IMDS does not deliver the instance identity role.
    IdentityRoleUnreadable,
    /// It is off in this account and Region.
    Off,
    /// The stored key or the token request is refused.
    KeyRefused,
    /// It hands out credentials, now or by the agent's own fresh state.
    Works {
        /// Whether this run asked; otherwise the agent's state says so.
        asked: bool,
    },
    /// The question came to nothing: network, clock, throttle.
    Failed(Reply),
    /// Something that decides is not known.
    Unknown {
        /// The question whose answer would settle it.
        question: String,
        /// The call that would answer it, where one would.
        call: Option<Call>,
    },
}

/// The chain and where it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ec2Chain {
    /// What IMDS says of the profile.
    pub profile: Profile,
    /// The answer to the test of the profile; `None` = there is nothing to test.
    pub test: Option<Reply>,
    /// How far Default Host Management came.
    pub dhmc: Dhmc,
    /// The path the agent takes.
    pub active: Option<Path>,
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
pub fn follow(view: View<'_>) -> Ec2Chain {
    let profile = profile(view);
    match &profile {
        Profile::Ready { .. } | Profile::Expired { .. } => test_profile(view, profile),
        Profile::None => fall_back(view, profile, None, ["E6", "E7", "E8"]),
        Profile::Empty { listed: false } | Profile::Unreadable => {
            fall_back(view, profile, None, ["E6", "E7", "E8"])
        }
        Profile::Empty { listed: true } => ended(profile, None, Some("E16")),
        Profile::Refused { code } if code == "AssumeRoleUnauthorizedAccess" => {
            if view
                .version()
                .is_some_and(|version| version < TRUST_FALLBACK_MINIMUM)
            {
                ended(profile, None, Some("E11"))
            } else {
                fall_back(view, profile, None, ["E9", "E10", "E10"])
            }
        }
        Profile::Refused { .. } => ended(profile, None, None),
        Profile::Unknown => untested(view, profile),
    }
}

/// The profile has credentials: the agent's one test decides.
fn test_profile(view: View<'_>, profile: Profile) -> Ec2Chain {
    let reply = view
        .reply_on(Call::UpdateInstanceInformation, Path::InstanceProfile)
        .unwrap_or(Reply::NotAsked(NotAsked::NotNeeded));
    let test = Some(reply.clone());
    match reply {
        Reply::Allowed => Ec2Chain {
            active: Some(Path::InstanceProfile),
            row: Some(if lacks_channels(view) { "E2" } else { "E1" }),
            ..ended(profile, test, None)
        },
        Reply::Denied(_) => fall_back(view, profile, test, ["E3", "E4", "E5"]),
        Reply::Expired | Reply::Unrecognized => ended(profile, test, Some("E14")),
        Reply::ClockSkew(_) | Reply::SignatureRefused => ended(profile, test, Some("E15")),
        Reply::Unreachable(_) | Reply::NotAws => ended(profile, test, Some("E12")),
        Reply::Throttled | Reply::ServiceFailed => ended(profile, test, Some("E13")),
        Reply::Inconclusive
        | Reply::NotConfigured
        | Reply::InstanceUnknown
        | Reply::FingerprintMismatch => ended(profile, test, None),
        Reply::NotAsked(_) => untested(view, profile),
    }
}

/// The test was not asked: only the agent's own state can say, or its log where there is no more.
fn untested(view: View<'_>, profile: Profile) -> Ec2Chain {
    let state = view.ec2_instance_id().and_then(|id| view.fresh_state(id));
    let state = state.map(|state| state.credential_source.as_str());
    match state.or_else(|| source_by_log_alone(view)) {
        Some("EC2") => Ec2Chain {
            active: Some(Path::InstanceProfile),
            row: Some("E21"),
            asks: Some(Call::UpdateInstanceInformation),
            ..ended(profile, None, None)
        },
        Some("SSM") => Ec2Chain {
            active: Some(Path::DefaultHostManagement),
            dhmc: Dhmc::Works { asked: false },
            row: Some("E3"),
            asks: Some(Call::UpdateInstanceInformation),
            ..ended(profile, None, None)
        },
        _ if log_evidence::profile_denied(view).is_some() => denied_by_log(view, profile),
        _ if matches!(profile, Profile::Expired { .. }) => Ec2Chain {
            asks: Some(Call::UpdateInstanceInformation),
            ..ended(profile, None, Some("E14"))
        },
        _ => Ec2Chain {
            question: Some(
                "whether the instance profile's role may call ssm:UpdateInstanceInformation"
                    .to_owned(),
            ),
            asks: Some(Call::UpdateInstanceInformation),
            ..ended(profile, None, None)
        },
    }
}

/// Whose credentials the agent was on by its log, where nothing but the log was given.
fn source_by_log_alone(view: View<'_>) -> Option<&'static str> {
    if !matches!(view.all.host.runtime_config, Reading::NotRead { .. }) {
        return None;
    }
    match log_evidence::path(view)? {
        Path::InstanceProfile => Some("EC2"),
        Path::DefaultHostManagement => Some("SSM"),
        Path::HybridActivation | Path::EcsTaskRole | Path::CustomIdentity => None,
    }
}

/// The agent logged that its own test was denied. It is asked all the same, where it may be.
fn denied_by_log(view: View<'_>, profile: Profile) -> Ec2Chain {
    let (at, test) = match log_evidence::profile_denied(view) {
        Some((at, denial)) => (Some(at), Some(Reply::Denied(denial))),
        None => (None, None),
    };
    let asks_later = fall_back(view, profile, test, ["E3", "E4", "E5"]);
    Ec2Chain {
        asks: Some(Call::UpdateInstanceInformation),
        logged_at: at,
        ..asks_later
    }
}

/// The profile is out in a way that leads to Default Host Management. `rows` are those for: it
/// works, it is off, the instance is not registered.
fn fall_back(
    view: View<'_>,
    profile: Profile,
    test: Option<Reply>,
    [works, off, unregistered]: [&'static str; 3],
) -> Ec2Chain {
    let (dhmc, logged_at) = match dhmc(view) {
        Dhmc::Unknown { call, question } => match log_evidence::dhmc_off_at(view) {
            Some(at) => (Dhmc::Off, Some((at, call))),
            None => (Dhmc::Unknown { call, question }, None),
        },
        known => (known, None),
    };
    let row = match &dhmc {
        Dhmc::Works { .. } => Some(works),
        Dhmc::Off => Some(off),
        Dhmc::NotRegistered => Some(unregistered),
        Dhmc::AgentTooOld => Some("E20"),
        Dhmc::IdentityRoleUnreadable => Some("E17"),
        Dhmc::KeyRefused => Some("E18"),
        Dhmc::Failed(Reply::ClockSkew(_)) => Some("E15"),
        Dhmc::NotReached | Dhmc::Failed(_) | Dhmc::Unknown { .. } => None,
    };
    let (question, asks) = match &dhmc {
        Dhmc::Unknown { question, call } => (Some(question.clone()), *call),
        // The log says so; it is asked all the same, where it may be.
        _ => (None, logged_at.and_then(|(_, call)| call)),
    };
    Ec2Chain {
        logged_at: logged_at.map(|(at, _)| at),
        active: matches!(dhmc, Dhmc::Works { .. }).then_some(Path::DefaultHostManagement),
        dhmc,
        question,
        asks,
        ..ended(profile, test, row)
    }
}

/// A chain that ends without a path.
fn ended(profile: Profile, test: Option<Reply>, row: Option<&'static str>) -> Ec2Chain {
    Ec2Chain {
        profile,
        test,
        dhmc: Dhmc::NotReached,
        active: None,
        row,
        question: None,
        asks: None,
        logged_at: None,
    }
}

/// What IMDS says of the profile.
fn profile(view: View<'_>) -> Profile {
    let imds = &view.all.imds;
    let empty_by_info = imds.profile_info.value().is_some_and(|info| {
        info.code == "Success" && info.message.as_deref().is_some_and(|text| !text.is_empty())
    });
    match &imds.role_name {
        Fetched::Value { .. } => role_credentials(view),
        Fetched::Empty { .. } => Profile::Empty { listed: true },
        Fetched::Status { status: 404, .. } if empty_by_info => Profile::Empty { listed: false },
        Fetched::Status { status: 404, .. } => Profile::None,
        Fetched::Status { .. } | Fetched::Malformed { .. } | Fetched::Failed { .. } => {
            Profile::Unreadable
        }
        Fetched::NotAsked { .. } => Profile::Unknown,
    }
}

fn role_credentials(view: View<'_>) -> Profile {
    let Some(document) = view.all.imds.role_credentials.value() else {
        return Profile::Unreadable;
    };
    if document.code != "Success" {
        return Profile::Refused {
            code: document.code.clone(),
        };
    }
    match document.expires_at {
        _ if !document.complete => Profile::Unreadable,
        Some(end) if end <= view.now() => Profile::Expired { expired_at: end },
        expires_at => Profile::Ready { expires_at },
    }
}

/// How far Default Host Management comes, in the agent's order.
fn dhmc(view: View<'_>) -> Dhmc {
    if view.version().is_some_and(|version| version < DHMC_MINIMUM) {
        return Dhmc::AgentTooOld;
    }
    let reply = view.reply(Call::RequestRoleTokenDefaultHostManagement);
    if let Reply::NotAsked(_) = reply {
        return dhmc_unasked(view);
    }
    match reply {
        Reply::Allowed => Dhmc::Works { asked: true },
        Reply::NotConfigured => Dhmc::Off,
        Reply::Denied(_)
        | Reply::SignatureRefused
        | Reply::InstanceUnknown
        | Reply::FingerprintMismatch => Dhmc::KeyRefused,
        other => Dhmc::Failed(other),
    }
}

/// The token was not asked for: the prerequisites and the agent's state are all there is.
fn dhmc_unasked(view: View<'_>) -> Dhmc {
    let Some(id) = view.ec2_instance_id() else {
        return Dhmc::Unknown {
            question: "the instance's id (IMDS)".to_owned(),
            call: None,
        };
    };
    let stored = &view.all.host.vault.ec2_registration;
    let registered = stored
        .value()
        .is_some_and(|found| found.instance_id == id && found.has_private_key);
    if view
        .fresh_state(id)
        .is_some_and(|state| state.credential_source == "SSM")
    {
        return Dhmc::Works { asked: false };
    }
    if !registered {
        return match (stored.value(), certainly_without(stored)) {
            (None, None) => Dhmc::Unknown {
                question: "whether the vault holds this instance's registration".to_owned(),
                call: None,
            },
            _ if view.running() != Some(true) => Dhmc::Unknown {
                question: "whether the agent can register this instance when it starts".to_owned(),
                call: None,
            },
            _ => Dhmc::NotRegistered,
        };
    }
    if stored
        .value()
        .is_some_and(|found| !found.private_key_usable)
    {
        return Dhmc::KeyRefused;
    }
    let identity = view.all.imds.identity_credentials.value();
    if !identity.is_some_and(|document| document.code == "Success" && document.complete) {
        return Dhmc::IdentityRoleUnreadable;
    }
    Dhmc::Unknown {
        question: "whether Default Host Management is on in this account and Region".to_owned(),
        call: Some(Call::RequestRoleTokenDefaultHostManagement),
    }
}

/// Whether an action that sessions need is denied on the profile.
fn lacks_channels(view: View<'_>) -> bool {
    [
        Call::CreateControlChannel,
        Call::OpenControlChannel,
        Call::CreateDataChannel,
    ]
    .into_iter()
    .any(|call| {
        matches!(
            view.reply_on(call, Path::InstanceProfile),
            Some(Reply::Denied(_))
        )
    })
}
