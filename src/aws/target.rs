//! Whom a question is about: the node's id and Region on one path.
//!
//! Pure. Chosen as the agent's identity of that path would choose them.

use crate::diagnose::sessions;
use crate::diagnose::view::View;
use crate::observations::{
    AgentVersion, Config, Fetched, Observations, Path, Reading, Registration, SessionPreferences,
};

/// What the questions of one path need besides credentials.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// The node's id: `i-…`, `mi-…`, `ecs:…`, or a custom one.
    pub instance_id: String,
    /// The Region of the identity.
    pub region: String,
    /// The agent's own version; never made up.
    pub agent_version: Option<AgentVersion>,
    /// The agent's effective configuration: its endpoints come first.
    pub config: Config,
    /// What is known of the session preferences.
    pub session: SessionPreferences,
}

impl Target {
    /// The target of a path; `None` = the node's id or Region is not known.
    #[must_use]
    pub fn of(seen: &Observations, path: Path) -> Option<Self> {
        let (instance_id, region) = match path {
            Path::HybridActivation => hybrid(seen)?,
            Path::InstanceProfile | Path::DefaultHostManagement => ec2(seen)?,
            Path::EcsTaskRole => ecs(seen)?,
            Path::CustomIdentity => custom(seen)?,
        };
        if instance_id.is_empty() || region.is_empty() {
            return None;
        }
        Some(Self {
            instance_id,
            region,
            agent_version: seen.host.agent.version.value().copied(),
            config: config(seen),
            session: sessions::preferences(View::new(seen)),
        })
    }
}

/// The configuration; the defaults when there is none or it could not be read.
fn config(seen: &Observations) -> Config {
    seen.host
        .config
        .value()
        .cloned()
        .unwrap_or_else(Config::defaults)
}

fn hybrid(seen: &Observations) -> Option<(String, String)> {
    let registration: &Registration = seen.host.vault.registration.value()?;
    Some((
        registration.instance_id.clone(),
        registration.region.clone(),
    ))
}

fn ec2(seen: &Observations) -> Option<(String, String)> {
    let id = seen.imds.instance_id.value()?.clone();
    let region = match &seen.imds.identity_document {
        Fetched::Value { value, .. } => value.region.clone(),
        // The shell's Region is the last resort; the agent itself would have none.
        _ => seen.shell_region.clone()?,
    };
    Some((id, region))
}

/// Source: agent `common/identity/availableidentities/ecs`: `ecs:<cluster>_<task>_<container>`.
fn ecs(seen: &Observations) -> Option<(String, String)> {
    let task = seen.task_metadata.value()?;
    let arn = task.task_arn.as_deref()?;
    let region = arn.split(':').nth(3)?.to_owned();
    let task_id = last_part(arn);
    let cluster = last_part(task.cluster.as_deref()?);
    let container = task.container_id.as_deref()?;
    Some((format!("ecs:{cluster}_{task_id}_{container}"), region))
}

fn custom(seen: &Observations) -> Option<(String, String)> {
    match &seen.host.config {
        Reading::Found { value, .. } => value
            .custom_identities
            .first()
            .map(|entry| (entry.instance_id.clone(), entry.region.clone())),
        _ => None,
    }
}

fn last_part(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
