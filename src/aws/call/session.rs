//! The questions that session preferences raise: may the node decrypt with their key, and look
//! at their bucket and log group. All are reads; the KMS one is a dry run.
//!
//! Source: agent `agent/session/crypto/kmsservice.go`, `agent/s3util`,
//! `agent/agentlogstocloudwatch/cloudwatchlogspublisher`; KMS Developer Guide "Test your KMS API
//! calls".

use http::{Method, Request};
use serde_json::{Value, json};

use super::service::json_request;
use super::{Answered, Done, Learned, Put, channel, outcome_of};
use crate::aws::sign;
use crate::diagnose::sessions;
use crate::network::Response;
use crate::observations::{LogGroup, NotAsked, Outcome, SessionPreferences};

/// The document of the session preferences.
pub(super) async fn get_document(put: Put<'_>) -> Done {
    let body = json!({ "Name": sessions::DOCUMENT, "DocumentFormat": "JSON" });
    let mut request = json_request(put, "AmazonSSM.GetDocument", &body)?;
    sign::sigv4(&mut request, put.credentials()?, put.scope("ssm"))?;
    let sent = put.send(request).await;
    let learned = good(&sent)
        .and_then(|body| preferences(&body))
        .map(Learned::Preferences);
    Ok(Answered {
        learned,
        ..outcome_of(sent).into()
    })
}

/// Whether the node may decrypt with the session key: nothing is decrypted, no ciphertext sent.
pub(super) async fn decrypt(put: Put<'_>) -> Result<Outcome, NotAsked> {
    let key = sessions::kms_key(&put.target.session).ok_or(NotAsked::NoPreference)?;
    let body = json!({
        "KeyId": key,
        "DryRun": true,
        "DryRunModifiers": ["IGNORE_CIPHERTEXT"],
        "EncryptionContext": {
            "aws:ssm:SessionId": channel::invented_session(),
            "aws:ssm:TargetId": put.target.instance_id,
        },
    });
    let mut request = json_request(put, "TrentService.Decrypt", &body)?;
    sign::sigv4(&mut request, put.credentials()?, put.scope("kms"))?;
    Ok(outcome_of(put.send(request).await))
}

/// How the session log's bucket is encrypted.
pub(super) async fn bucket_encryption(put: Put<'_>) -> Result<Outcome, NotAsked> {
    let bucket = sessions::bucket(&put.target.session).ok_or(NotAsked::NoPreference)?;
    let (authority, path) = bucket_place(&put.endpoint.authority, bucket);
    let scheme = put.endpoint.base.split("://").next().unwrap_or("https");
    let mut request = Request::builder()
        .method(Method::GET)
        .uri(format!("{scheme}://{authority}{path}?encryption"))
        .header("host", authority)
        .body(Vec::new())
        .map_err(|_invalid| NotAsked::NoInstance)?;
    sign::sigv4_s3(&mut request, put.credentials()?, put.scope("s3"))?;
    Ok(outcome_of(put.send(request).await))
}

/// Where a bucket is: in the host's name, unless TLS or the address forbids it.
fn bucket_place(authority: &str, bucket: &str) -> (String, String) {
    let host = authority
        .rsplit_once(':')
        .map_or(authority, |(host, _)| host);
    let is_address = host.parse::<std::net::IpAddr>().is_ok() || host.starts_with('[');
    let fits = bucket.len() >= 3
        && bucket.len() <= 63
        && bucket
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fits && !is_address {
        (format!("{bucket}.{authority}"), "/".to_owned())
    } else {
        (authority.to_owned(), format!("/{bucket}"))
    }
}

/// The session log's group, found by its name's beginning as the agent does.
pub(super) async fn describe_log_groups(put: Put<'_>) -> Done {
    let group = sessions::log_group(&put.target.session).ok_or(NotAsked::NoPreference)?;
    let body = json!({ "logGroupNamePrefix": group });
    let mut request = json_request(put, "Logs_20140328.DescribeLogGroups", &body)?;
    sign::sigv4(&mut request, put.credentials()?, put.scope("logs"))?;
    let sent = put.send(request).await;
    let learned = good(&sent)
        .and_then(|body| log_group(&body, group))
        .map(Learned::LogGroup);
    Ok(Answered {
        learned,
        ..outcome_of(sent).into()
    })
}

/// The body of a success, as JSON.
fn good<E>(sent: &Result<Response, E>) -> Option<Value> {
    let response = sent.as_ref().ok().filter(|one| one.status == 200)?;
    serde_json::from_slice(&response.body).ok()
}

fn log_group(body: &Value, name: &str) -> Option<LogGroup> {
    let groups = body.get("logGroups")?.as_array()?;
    let found = groups
        .iter()
        .find(|group| group.get("logGroupName").and_then(Value::as_str) == Some(name));
    if found.is_none() && body.get("nextToken").is_some_and(Value::is_string) {
        // More groups begin with this name than one page holds.
        return None;
    }
    Some(LogGroup {
        exists: found.is_some(),
        is_encrypted: found.is_some_and(|group| group.get("kmsKeyId").is_some()),
    })
}

/// The preferences in the answer of `GetDocument`; what is not set is none.
pub(super) fn preferences(body: &Value) -> Option<SessionPreferences> {
    let content = body.get("Content")?.as_str()?;
    let document: Value = serde_json::from_str(content).ok()?;
    let inputs = document.get("inputs")?.as_object()?;
    // A document with parameters of its own leaves some values open.
    let text = |name: &str| {
        let value = inputs.get(name).and_then(Value::as_str).unwrap_or_default();
        (!value.contains("{{")).then(|| value.to_owned())
    };
    let flag = |name: &str| match inputs.get(name) {
        None => Some(false),
        Some(Value::Bool(value)) => Some(*value),
        Some(Value::String(value)) => value.parse().ok(),
        Some(_) => None,
    };
    Some(SessionPreferences {
        kms_key: text("kmsKeyId"),
        bucket: text("s3BucketName"),
        prefix: text("s3KeyPrefix"),
        bucket_must_be_encrypted: flag("s3EncryptionEnabled"),
        log_group: text("cloudWatchLogGroupName"),
        log_group_must_be_encrypted: flag("cloudWatchEncryptionEnabled"),
        streams_log: flag("cloudWatchStreamingEnabled"),
        run_as: match flag("runAsEnabled") {
            Some(true) => text("runAsDefaultUser"),
            Some(false) => Some(String::new()),
            None => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{bucket_place, log_group, preferences};

    #[test]
    fn preferences_are_read_as_the_agent_reads_them() {
        let inputs = json!({
            "kmsKeyId": "alias/sessions", "s3BucketName": "logs", "s3KeyPrefix": "shells",
            "s3EncryptionEnabled": "true", "cloudWatchLogGroupName": "",
            "cloudWatchEncryptionEnabled": false, "runAsEnabled": true,
            "runAsDefaultUser": "{{ user }}"
        });
        let content = json!({"schemaVersion": "1.0", "inputs": inputs}).to_string();
        let found = preferences(&json!({ "Content": content })).unwrap();
        assert_eq!(found.kms_key.as_deref(), Some("alias/sessions"));
        assert_eq!(found.bucket_must_be_encrypted, Some(true));
        assert_eq!(found.log_group.as_deref(), Some(""));
        assert_eq!(found.streams_log, Some(false));
        assert_eq!(found.run_as, None, "a parameter of the document");
        assert!(preferences(&json!({"Content": "{}"})).is_none());
    }

    #[test]
    fn a_bucket_is_in_the_host_s_name_unless_that_breaks_tls() {
        let host = "s3.eu-west-1.amazonaws.com";
        let place = |bucket: &str| bucket_place(host, bucket);
        assert_eq!(
            place("my-logs"),
            (format!("my-logs.{host}"), "/".to_owned())
        );
        for bucket in ["my.logs", "My_logs", "x"] {
            assert_eq!(place(bucket), (host.to_owned(), format!("/{bucket}")));
        }
        let local = bucket_place("127.0.0.1:9000", "my-logs");
        assert_eq!(local, ("127.0.0.1:9000".to_owned(), "/my-logs".to_owned()));
    }

    #[test]
    fn only_a_group_of_exactly_this_name_counts() {
        let body = json!({"logGroups": [
            {"logGroupName": "/ssm/other", "kmsKeyId": "k"}, {"logGroupName": "/ssm"}
        ]});
        let found = log_group(&body, "/ssm").unwrap();
        assert!(found.exists && !found.is_encrypted);
        assert!(log_group(&body, "/ssm/other").unwrap().is_encrypted);
        assert!(!log_group(&body, "/s").unwrap().exists);
        let page = json!({"logGroups": [], "nextToken": "more"});
        assert_eq!(log_group(&page, "/ssm"), None);
    }
}
