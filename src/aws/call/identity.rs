//! The question that the AWS SDK shapes: who am I.
//!
//! Everything the SDK could find by itself is given: credentials, Region, endpoint, HTTP. Its
//! default chain could pick up the person's own keys. The agent's other calls are not in any
//! public SDK in the form in which it makes them.

use aws_sdk_sts::config::retry::RetryConfig;
use aws_sdk_sts::config::timeout::TimeoutConfig;
use aws_sdk_sts::config::{BehaviorVersion, Region, StalledStreamProtectionConfig};

use super::{Put, outcome_of};
use crate::aws::sdk::Carrier;
use crate::observations::{NotAsked, Outcome};

/// `sts:GetCallerIdentity`; needs no permission.
pub(super) async fn caller_identity(put: Put<'_>) -> Result<Outcome, NotAsked> {
    let carrier = Carrier::new(
        put.means.stack.clone(),
        put.means.limit,
        put.means.progress.clone(),
    );
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(put.endpoint.signing_region.clone()))
        .endpoint_url(&put.endpoint.base)
        .credentials_provider(put.credentials()?.for_sdk())
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::disabled())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .http_client(carrier.clone())
        .build();
    let client = aws_sdk_sts::Client::from_conf(config);
    let answer = Box::pin(client.get_caller_identity().send()).await;
    let outcome = taken(&carrier)?;
    let arn = answer.ok().and_then(|identity| identity.arn);
    Ok(match (outcome, arn) {
        (Outcome::Answered(mut answered), Some(arn)) => {
            answered.caller_arn = Some(arn);
            Outcome::Answered(answered)
        }
        (Outcome::Answered(answered), None) if answered.status == 200 => Outcome::NotAws {
            status: answered.status,
            sign: "an answer without the caller's ARN".to_owned(),
        },
        (outcome, _) => outcome,
    })
}

fn taken(carrier: &Carrier) -> Result<Outcome, NotAsked> {
    carrier.take().map(outcome_of).ok_or(NotAsked::ToolFailed)
}
