//! The AWS JSON 1.1 questions that no SDK has in the agent's form: ssm and ec2messages.
//!
//! Source: agent `agent/ssm/service.go`, `agent/ssm/authtokenrequest`, `agent/ssm/rsaauth`,
//! `extra/aws-sdk-go/service/ssmmds`.

use http::{Method, Request};
use jiff::Timestamp;
use serde::Deserialize;

use super::{Answered, Done, Put, outcome_of};
use crate::aws::Credentials;
use crate::aws::sign;
use crate::observations::{CredentialSource, NotAsked, Outcome};
use crate::secret::Secret;

/// The platform in the agent's spelling for `UpdateInstanceInformation`.
const PLATFORM: &str = if cfg!(target_os = "macos") {
    "MacOS"
} else {
    "Linux"
};

/// The four fields with which the agent itself tests its credentials; values as it sends them.
pub(super) async fn update_information(put: Put<'_>) -> Result<Outcome, NotAsked> {
    let version = put
        .target
        .agent_version
        .ok_or(NotAsked::AgentVersionUnknown)?;
    let body = serde_json::json!({
        "AgentName": "amazon-ssm-agent",
        "AgentVersion": version.to_string(),
        "InstanceId": put.target.instance_id,
        "PlatformType": PLATFORM,
    });
    let mut request = json_request(put, "AmazonSSM.UpdateInstanceInformation", &body)?;
    sign::sigv4(&mut request, put.credentials()?, put.scope("ssm"))?;
    Ok(outcome_of(put.send(request).await))
}

/// The node's own associations: a read that the agent does at every start, here for one row.
pub(super) async fn associations(put: Put<'_>) -> Result<Outcome, NotAsked> {
    let body = serde_json::json!({ "InstanceId": put.target.instance_id, "MaxResults": 1 });
    let mut request = json_request(put, "AmazonSSM.ListInstanceAssociations", &body)?;
    sign::sigv4(&mut request, put.credentials()?, put.scope("ssm"))?;
    Ok(outcome_of(put.send(request).await))
}

/// Asks ec2messages for the endpoint that it is asked at: a read that takes no message.
pub(super) async fn message_endpoint(put: Put<'_>) -> Result<Outcome, NotAsked> {
    let body = serde_json::json!({ "Destination": put.target.instance_id });
    let target = "EC2WindowsMessageDeliveryService.GetEndpoint";
    let mut request = json_request(put, target, &body)?;
    sign::sigv4(&mut request, put.credentials()?, put.scope("ec2messages"))?;
    Ok(outcome_of(put.send(request).await))
}

/// The role token of Default Host Management: signed by the instance identity role, and again
/// by the machine key. The fingerprint is the instance's id.
pub(super) async fn token_default_host_management(put: Put<'_>) -> Done {
    let role = put
        .keyring
        .identity_role
        .as_ref()
        .ok_or(NotAsked::NoCredentials)?;
    let key = put
        .keyring
        .ec2_private_key
        .as_ref()
        .ok_or(NotAsked::NoCredentials)?;
    let mut request = token_request(put, &put.target.instance_id)?;
    sign::sigv4(&mut request, role, put.scope("ssm"))?;
    sign::counter_sign(&mut request, key)?;
    send_token_request(put, request).await
}

/// The role token of a hybrid activation: signed by the machine key alone.
pub(super) async fn token_hybrid(put: Put<'_>) -> Done {
    let keyring = put.keyring;
    let key = keyring
        .hybrid_private_key
        .as_ref()
        .ok_or(NotAsked::NoCredentials)?;
    let fingerprint = keyring
        .fingerprint
        .as_ref()
        .ok_or(NotAsked::NoCredentials)?;
    let mut request = token_request(put, fingerprint.expose())?;
    sign::machine_key(&mut request, &put.target.instance_id, key, put.scope("ssm"))?;
    send_token_request(put, request).await
}

fn token_request(put: Put<'_>, fingerprint: &str) -> Result<Request<Vec<u8>>, NotAsked> {
    let body = serde_json::json!({ "Fingerprint": fingerprint });
    json_request(put, "AmazonSSM.RequestManagedInstanceRoleToken", &body)
}

async fn send_token_request(put: Put<'_>, request: Request<Vec<u8>>) -> Done {
    let sent = put.send(request).await;
    let token = sent
        .as_ref()
        .ok()
        .filter(|response| response.status == 200)
        .map(|response| role_token(&response.body));
    let outcome = outcome_of(sent);
    match (&outcome, token) {
        (Outcome::Answered(_), Some(Some(credentials))) => Ok(Answered {
            gained: Some(credentials),
            ..outcome.into()
        }),
        (Outcome::Answered(answer), Some(None)) => {
            let sign = "a role token without credentials".to_owned();
            let status = answer.status;
            Ok(Outcome::NotAws { status, sign }.into())
        }
        _ => Ok(outcome.into()),
    }
}

/// The answer of `RequestManagedInstanceRoleToken`. Its `UpdateKeyPair` is not even read: this
/// program never rotates a key.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RoleToken {
    access_key_id: Secret,
    secret_access_key: Secret,
    session_token: Secret,
    #[serde(default)]
    token_expiration_date: Option<f64>,
}

fn role_token(body: &[u8]) -> Option<Credentials> {
    let token: RoleToken = serde_json::from_slice(body).ok()?;
    let is_whole = ![
        &token.access_key_id,
        &token.secret_access_key,
        &token.session_token,
    ]
    .into_iter()
    .any(Secret::is_empty);
    is_whole.then(|| Credentials {
        key_id: token.access_key_id,
        secret: token.secret_access_key,
        token: Some(token.session_token),
        expires_at: token.token_expiration_date.and_then(from_epoch),
        source: CredentialSource::RoleToken,
    })
}

fn from_epoch(seconds: f64) -> Option<Timestamp> {
    let span = jiff::SignedDuration::try_from_secs_f64(seconds).ok()?;
    Timestamp::UNIX_EPOCH.checked_add(span).ok()
}

/// A request of AWS JSON 1.1, with every header that will be signed.
pub(super) fn json_request(
    put: Put<'_>,
    target: &str,
    body: &serde_json::Value,
) -> Result<Request<Vec<u8>>, NotAsked> {
    Request::builder()
        .method(Method::POST)
        .uri(format!("{}/", put.endpoint.base))
        .header("host", &put.endpoint.authority)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", target)
        .body(body.to_string().into_bytes())
        .map_err(|_invalid| NotAsked::NoInstance)
}

#[cfg(test)]
mod tests {
    use super::role_token;

    #[test]
    fn a_role_token_s_end_is_epoch_seconds_with_or_without_a_fraction() {
        for (written, read) in [
            ("1767225600", "2026-01-01T00:00:00Z"),
            ("1.767225600E9", "2026-01-01T00:00:00Z"),
            ("1767225600.5", "2026-01-01T00:00:00.5Z"),
        ] {
            let body = format!(
                r#"{{"AccessKeyId":"ASIA1","SecretAccessKey":"s","SessionToken":"t","TokenExpirationDate":{written},"UpdateKeyPair":true}}"#
            );
            let token = role_token(body.as_bytes()).unwrap();
            assert_eq!(token.expires_at.unwrap().to_string(), read);
        }
    }

    #[test]
    fn a_token_with_an_empty_part_is_none() {
        let body = br#"{"AccessKeyId":"ASIA1","SecretAccessKey":"","SessionToken":"t"}"#;
        assert!(role_token(body).is_none());
        assert!(role_token(b"{}").is_none());
    }
}
