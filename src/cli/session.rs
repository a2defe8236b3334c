//! Options on what the account asks of sessions, and whose rights may look at the account.

use clap::Args;

use super::LookArgs;
use crate::observations::SessionPreferences;
use crate::probe::wishes::Wishes;

/// What the person who runs this knows of the session preferences.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Account")]
pub struct SessionArgs {
    /// The KMS key that encrypts sessions: its ARN, id or alias
    #[arg(long, value_name = "KEY", env = "SSM_PROBE_SESSION_KMS_KEY")]
    pub session_kms_key: Option<String>,
    /// The bucket of session logs
    #[arg(long, value_name = "BUCKET", env = "SSM_PROBE_SESSION_LOG_BUCKET")]
    pub session_log_bucket: Option<String>,
    /// The log group of session logs
    #[arg(long, value_name = "GROUP", env = "SSM_PROBE_SESSION_LOG_GROUP")]
    pub session_log_group: Option<String>,
    /// The local user that sessions run as
    #[arg(long, value_name = "USER", env = "SSM_PROBE_RUN_AS")]
    pub run_as: Option<String>,
    /// An AWS profile of yours: asks IAM and Systems Manager about this node
    #[arg(long, value_name = "NAME", env = "SSM_PROBE_OPERATOR_PROFILE")]
    pub operator_profile: Option<String>,
}

impl From<&LookArgs> for Wishes {
    fn from(args: &LookArgs) -> Self {
        let session = &args.session;
        Self {
            level: args.probe.into(),
            session: SessionPreferences {
                kms_key: session.session_kms_key.clone(),
                bucket: session.session_log_bucket.clone(),
                log_group: session.session_log_group.clone(),
                run_as: session.run_as.clone(),
                ..SessionPreferences::default()
            },
            operator_profile: session.operator_profile.clone(),
        }
    }
}
