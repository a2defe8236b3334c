//! What the agent takes itself for: rows I1 to I13 of the decision table.
//!
//! Pure. The agent walks `Identity.ConsumptionOrder` and takes the first type whose own test
//! passes; there is no way back from one to another.
//!
//! Source: agent `common/identity/identity/identity_selector.go`, `agent/appconfig`.

use super::log_evidence;
use super::view::{ImdsUse, View, certainly_without};
use crate::observations::{Config, EventKind, Fetched, Reading};

/// The agent's own words for what a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// A machine registered by a hybrid activation.
    OnPrem,
    /// An EC2 instance.
    Ec2,
    /// A container of an ECS task.
    Ecs,
    /// `Identity.CustomIdentities`.
    Custom,
}

impl Identity {
    /// The agent's word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::OnPrem => "OnPrem",
            Self::Ec2 => "EC2",
            Self::Ecs => "ECS",
            Self::Custom => "CustomIdentity",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        match word {
            "OnPrem" => Some(Self::OnPrem),
            "EC2" => Some(Self::Ec2),
            "ECS" => Some(Self::Ecs),
            "CustomIdentity" => Some(Self::Custom),
            _ => None,
        }
    }
}

/// How the choice came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    /// The agent takes this identity.
    Is(Identity),
    /// No identity fits: the agent's core ends, and its unit starts it again after 90 seconds.
    None,
    /// The agent does not start, because its configuration does not parse.
    NotStarted,
    /// Something that decides could not be looked at; what it looks like otherwise.
    Unknown {
        /// What is left when the unknown is passed over.
        likely: Option<Identity>,
        /// The question whose answer would settle it.
        question: String,
    },
}

/// The choice of an identity, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityChoice {
    /// How it came out.
    pub chosen: Chosen,
    /// The row of the decision table, where one fits.
    pub row: Option<&'static str>,
    /// The order the agent walks.
    pub order: Vec<String>,
}

impl IdentityChoice {
    /// The identity, when it is certain.
    #[must_use]
    pub fn certain(&self) -> Option<Identity> {
        match &self.chosen {
            Chosen::Is(identity) => Some(*identity),
            Chosen::None | Chosen::NotStarted | Chosen::Unknown { .. } => None,
        }
    }

    /// The identity, certain or likely.
    #[must_use]
    pub fn best(&self) -> Option<Identity> {
        match &self.chosen {
            Chosen::Is(identity) => Some(*identity),
            Chosen::Unknown { likely, .. } => *likely,
            Chosen::None | Chosen::NotStarted => None,
        }
    }
}

/// Chooses as the agent does.
#[must_use]
pub fn choose(view: View<'_>) -> IdentityChoice {
    if matches!(
        view.all.host.config,
        Reading::Malformed { .. } | Reading::Empty { .. }
    ) {
        return IdentityChoice {
            chosen: Chosen::NotStarted,
            row: Some("I13"),
            order: Vec::new(),
        };
    }
    let config = view.config();
    let order = effective_order(&config);
    let mut chosen = walk(view, &order);
    if let (None, Chosen::Is(identity)) = (certain_config(view), &chosen) {
        chosen = Chosen::Unknown {
            likely: Some(*identity),
            question: "what the agent's configuration says of the order of identities".to_owned(),
        };
    }
    if let (Reading::NotRead { .. }, Some(taken)) = (&view.all.host.config, taken_by_log(view)) {
        // A log was given and nothing beside it: what the agent says that it took is all there is.
        chosen = Chosen::Is(taken);
    }
    let row = row(&config, &order, &chosen);
    IdentityChoice { chosen, row, order }
}

/// What the agent logged that it took since its last start.
fn taken_by_log(view: View<'_>) -> Option<Identity> {
    let mut events = log_evidence::events(view).iter().rev();
    let taken = events.find(|event| event.kind == EventKind::IdentityTaken)?;
    Identity::from_word(taken.subject.as_deref()?)
}

/// `Some` when the configuration is certainly known.
fn certain_config(view: View<'_>) -> Option<()> {
    view.all.host.config.is_certain().then_some(())
}

/// The words the agent walks; container mode with an untouched order leaves only ECS.
fn effective_order(config: &Config) -> Vec<String> {
    if config.container_mode && !config.order_is_set {
        vec!["ECS".to_owned()]
    } else {
        config.consumption_order.clone()
    }
}

/// Takes the first type whose test passes. An unknown test stops the walk, and the rest only
/// tells what is likely.
fn walk(view: View<'_>, order: &[String]) -> Chosen {
    let mut question = None;
    for word in order {
        let Some(identity) = Identity::from_word(word) else {
            continue;
        };
        match test(view, identity) {
            Test::Passes => {
                return match question {
                    None => Chosen::Is(identity),
                    Some(question) => Chosen::Unknown {
                        likely: Some(identity),
                        question,
                    },
                };
            }
            Test::Fails => {}
            Test::Unknown(asked) => question = question.or(Some(asked)),
        }
    }
    match question {
        None => Chosen::None,
        Some(question) => Chosen::Unknown {
            likely: None,
            question,
        },
    }
}

enum Test {
    Passes,
    Fails,
    Unknown(String),
}

fn test(view: View<'_>, identity: Identity) -> Test {
    match identity {
        Identity::OnPrem => test_registration(view),
        Identity::Ec2 => match view.imds() {
            ImdsUse::Works => Test::Passes,
            ImdsUse::Fails => Test::Fails,
            ImdsUse::NotAsked if was_ec2(view) => Test::Passes,
            ImdsUse::NotAsked => Test::Unknown("whether IMDS answers".to_owned()),
        },
        Identity::Ecs => match &view.all.task_metadata {
            Fetched::Value { .. } => Test::Passes,
            Fetched::NotAsked { .. }
            | Fetched::Status { .. }
            | Fetched::Empty { .. }
            | Fetched::Malformed { .. }
            | Fetched::Failed { .. } => Test::Fails,
        },
        Identity::Custom if view.config().custom_identities.is_empty() => Test::Fails,
        Identity::Custom => Test::Passes,
    }
}

/// Offline, the agent's own state says that it was an EC2 instance.
fn was_ec2(view: View<'_>) -> bool {
    view.offline_state()
        .is_some_and(|state| state.identity_type == "EC2")
}

/// The agent looks at three fields of the vault entry and at nothing else.
fn test_registration(view: View<'_>) -> Test {
    let reading = &view.all.host.vault.registration;
    if view.registration().is_some() {
        return Test::Passes;
    }
    match certainly_without(reading) {
        Some(_) => Test::Fails,
        None => Test::Unknown(format!(
            "whether the vault holds a hybrid registration ({})",
            if reading.is_forbidden() {
                "only root may read it"
            } else {
                "it could not be read"
            }
        )),
    }
}

/// The row of the decision table for this choice.
fn row(config: &Config, order: &[String], chosen: &Chosen) -> Option<&'static str> {
    let first = order.first().map_or("", String::as_str);
    let only = order.len() == 1;
    if config.order_all_invalid {
        return Some("I12");
    }
    if config.container_mode && !config.order_is_set {
        return Some("I1");
    }
    match (config.order_is_set, first, chosen) {
        (false, _, Chosen::Is(Identity::Ec2)) => Some("I3"),
        (false, _, Chosen::None | Chosen::Is(Identity::Custom)) => Some("I4"),
        (true, "OnPrem", Chosen::None) if only => Some("I7"),
        (true, "OnPrem", Chosen::Is(Identity::OnPrem)) if only => Some("I8"),
        (false, ..) | (true, "OnPrem", _) if *chosen == Chosen::Is(Identity::OnPrem) => Some("I2"),
        (true, "EC2", Chosen::None) if only => Some("I9"),
        (true, "EC2", Chosen::Is(Identity::Ec2)) => Some("I5"),
        (true, "EC2", Chosen::Is(Identity::OnPrem)) => Some("I6"),
        (true, "ECS", _) => Some("I10"),
        (true, "CustomIdentity", Chosen::Is(Identity::Custom)) => Some("I11"),
        _ => None,
    }
}
