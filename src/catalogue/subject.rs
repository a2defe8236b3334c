//! What a remedy is about: the actual names of this host, so that its text can be pasted.

use crate::observations::{InstallKind, MandatoryControl, Path};
use crate::report::model::Layer;

/// The names a remedy is filled with. What is not known stays `None`, and the text then shows a
/// placeholder in capitals that a person must fill in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// The path the finding is about.
    pub path: Option<Path>,
    /// The role's name on that path.
    pub role: Option<String>,
    /// The account.
    pub account_id: Option<String>,
    /// The Region.
    pub region: Option<String>,
    /// The partition; `aws` when not known.
    pub partition: Option<String>,
    /// `i-…` or `mi-…`.
    pub instance_id: Option<String>,
    /// The instance profile's name.
    pub profile: Option<String>,
    /// How the agent is installed, which decides unit and binary names.
    pub install: Option<InstallKind>,
    /// The actions that are denied.
    pub missing: Vec<String>,
    /// The layer that refused.
    pub layer: Option<Layer>,
    /// The ARN of the policy that refused, where the denial names it.
    pub policy_arn: Option<String>,
    /// The host name of the endpoint in question.
    pub endpoint: Option<String>,
    /// The key that encrypts sessions: id, alias or ARN.
    pub session_key: Option<String>,
    /// The bucket of session logs.
    pub bucket: Option<String>,
    /// The log group of session logs.
    pub log_group: Option<String>,
    /// The local user in question.
    pub user: Option<String>,
    /// What denied a program of the agent.
    pub denied_by: Option<MandatoryControl>,
    /// The folder from which no program can be run.
    pub noexec: Option<String>,
}
