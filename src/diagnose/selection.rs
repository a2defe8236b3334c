//! The whole selection: which identity, which chain, which path, and what would settle a doubt.
//!
//! Pure. The verdict and the probe plan both read this, so one rule chooses what to ask and
//! explains the answer.

use super::ec2::{self, Ec2Chain};
use super::hybrid::{self, HybridChain};
use super::identity::{self, Chosen, Identity, IdentityChoice};
use super::view::View;
use crate::observations::{Call, Path};

/// What the agent selects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// The identity.
    pub identity: IdentityChoice,
    /// The chain of that identity.
    pub chain: Chain,
    /// The path the agent takes, or would when started; `None` = none, or not known.
    pub active: Option<Path>,
    /// The path whose credentials questions are put with: the active one, or the one that the
    /// agent would try first.
    pub candidate: Option<Path>,
    /// The row of the decision table for the credentials, where one fits.
    pub row: Option<&'static str>,
    /// What would settle it, when it is not settled.
    pub question: Option<String>,
    /// The call that would settle it, where one would.
    pub asks: Option<Call>,
}

/// The chain of credentials behind an identity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chain {
    /// Instance profile, then Default Host Management.
    Ec2(Ec2Chain),
    /// The hybrid role.
    Hybrid(HybridChain),
    /// The task's role, or without one the instance profile.
    Ecs,
    /// The SDK's own chain.
    Custom,
    /// There is no identity, or it is not known.
    None,
}

impl Selection {
    /// The EC2 chain, if it is the one.
    #[must_use]
    pub fn ec2(&self) -> Option<&Ec2Chain> {
        match &self.chain {
            Chain::Ec2(chain) => Some(chain),
            Chain::Hybrid(_) | Chain::Ecs | Chain::Custom | Chain::None => None,
        }
    }

    /// The hybrid chain, if it is the one.
    #[must_use]
    pub fn hybrid(&self) -> Option<&HybridChain> {
        match &self.chain {
            Chain::Hybrid(chain) => Some(chain),
            Chain::Ec2(_) | Chain::Ecs | Chain::Custom | Chain::None => None,
        }
    }
}

/// Selects as the agent does.
#[must_use]
pub fn select(view: View<'_>) -> Selection {
    let identity = identity::choose(view);
    let certain = identity.certain().is_some();
    let mut selection = match identity.best() {
        Some(Identity::Ec2) => by_ec2(view, identity),
        Some(Identity::OnPrem) => by_registration(view, identity),
        Some(Identity::Ecs) => by_task(view, identity),
        Some(Identity::Custom) => Selection {
            active: view
                .all
                .credentials
                .contains_key(&Path::CustomIdentity)
                .then_some(Path::CustomIdentity),
            candidate: Some(Path::CustomIdentity),
            row: Some("O3"),
            ..bare(identity, Chain::Custom)
        },
        None => bare(identity, Chain::None),
    };
    if !certain {
        selection.active = None;
        if let Chosen::Unknown { question, .. } = &selection.identity.chosen {
            selection.question = Some(question.clone());
        }
    }
    selection
}

fn by_ec2(view: View<'_>, identity: IdentityChoice) -> Selection {
    let chain = ec2::follow(view);
    let has_profile = view.all.credentials.contains_key(&Path::InstanceProfile);
    Selection {
        active: chain.active,
        candidate: chain
            .active
            .or_else(|| has_profile.then_some(Path::InstanceProfile)),
        row: chain.row,
        question: chain.question.clone(),
        asks: chain.asks,
        ..bare(identity, Chain::Ec2(chain))
    }
}

fn by_registration(view: View<'_>, identity: IdentityChoice) -> Selection {
    let chain = hybrid::follow(view);
    Selection {
        active: chain.active.then_some(Path::HybridActivation),
        candidate: Some(Path::HybridActivation),
        row: chain.row,
        question: chain.question.clone(),
        asks: chain.asks,
        ..bare(identity, Chain::Hybrid(chain))
    }
}

/// ECS: the container credentials variables decide; without them the instance profile is used.
///
/// Source: agent `common/identity/availableidentities/ecs`, `extra/aws-sdk-go/aws/defaults`.
fn by_task(view: View<'_>, identity: IdentityChoice) -> Selection {
    let environment = view.all.host.agent.environment.value();
    let has_variables = environment.is_some_and(|env| env.has_container_credentials)
        || view.all.credentials.contains_key(&Path::EcsTaskRole);
    let (path, row) = if has_variables {
        (Path::EcsTaskRole, "O1")
    } else {
        (Path::InstanceProfile, "O2")
    };
    let has_credentials = view.all.credentials.contains_key(&path);
    Selection {
        active: has_credentials.then_some(path),
        candidate: Some(path),
        row: Some(row),
        ..bare(identity, Chain::Ecs)
    }
}

fn bare(identity: IdentityChoice, chain: Chain) -> Selection {
    Selection {
        identity,
        chain,
        active: None,
        candidate: None,
        row: None,
        question: None,
        asks: None,
    }
}
