//! What session preferences name: the document itself, the key, the bucket, the log group.

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, Form};
use super::cloud::{ACCOUNT, Cloud, REGION};
use super::sigv4::Wire;

/// The session preferences of the account, and the state of what they name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SessionSpec {
    /// The inputs of `SSM-SessionManagerRunShell`; none = there is no such document.
    pub(crate) inputs: Option<Value>,
    /// The key's state.
    pub(crate) key: KeyState,
    /// The bucket's state.
    pub(crate) bucket: Encryption,
    /// The log group's state.
    pub(crate) log_group: Encryption,
}

/// The state of a KMS key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum KeyState {
    /// It can be used.
    #[default]
    Enabled,
    /// It is disabled.
    Disabled,
    /// There is none.
    Missing,
}

/// Whether a bucket or log group is there, and encrypted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Encryption {
    /// It is there and encrypted.
    #[default]
    Encrypted,
    /// It is there and not encrypted.
    Plain,
    /// There is none.
    Missing,
}

/// `ssm:GetDocument`.
pub(crate) fn get_document(cloud: &Cloud, body: &Value) -> Answer {
    let wanted = body["Name"].as_str().unwrap_or_default();
    if wanted != "SSM-SessionManagerRunShell" {
        cloud.complain(format!("the document `{wanted}` was asked for"));
    }
    let Some(inputs) = &cloud.scenario.account.session.inputs else {
        return Form::Json.error(400, "InvalidDocument", "");
    };
    let content = json!({
        "schemaVersion": "1.0", "sessionType": "Standard_Stream", "inputs": inputs
    });
    Form::json(&json!({
        "Name": wanted, "DocumentType": "Session", "DocumentFormat": "JSON",
        "Content": content.to_string()
    }))
}

/// `kms:Decrypt` as a dry run, behind authorization.
pub(crate) fn decrypt(cloud: &Cloud, body: &Value) -> Answer {
    if body["DryRun"] != true || !body["CiphertextBlob"].is_null() {
        cloud.complain("Decrypt was not a dry run without ciphertext");
    }
    if !body["EncryptionContext"]["aws:ssm:TargetId"].is_string() {
        cloud.complain("Decrypt without the session's encryption context");
    }
    let key = body["KeyId"].as_str().unwrap_or_default();
    match cloud.scenario.account.session.key {
        KeyState::Enabled => Form::Json.error(
            400,
            "DryRunOperationException",
            "The request would have succeeded, but the DryRun option is set.",
        ),
        KeyState::Disabled => {
            Form::Json.error(400, "DisabledException", &format!("{key} is disabled."))
        }
        KeyState::Missing => Form::Json.error(
            400,
            "NotFoundException",
            &format!("Key '{key}' does not exist"),
        ),
    }
}

/// The key that a call to KMS is about, as an ARN.
pub(crate) fn key_arn(body: &Value) -> String {
    let key = body["KeyId"].as_str().unwrap_or_default();
    if key.starts_with("arn:") {
        key.to_owned()
    } else {
        format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/0123abcd-0000-4000-8000-0123456789ab")
    }
}

/// `GET /?encryption` of a bucket, behind authorization.
pub(crate) fn bucket_encryption(cloud: &Cloud) -> Answer {
    match cloud.scenario.account.session.bucket {
        Encryption::Encrypted => Form::xml(
            200,
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>\
             <SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>\
             </ServerSideEncryptionConfiguration>"
                .to_owned(),
        ),
        Encryption::Plain => Form::Storage.error(
            404,
            "ServerSideEncryptionConfigurationNotFoundError",
            "The server side encryption configuration was not found",
        ),
        Encryption::Missing => {
            Form::Storage.error(404, "NoSuchBucket", "The specified bucket does not exist")
        }
    }
}

/// The bucket of a request to S3: in its host's name or in its path.
pub(crate) fn bucket_of(wire: &Wire) -> Option<String> {
    let host = wire.header("host")?;
    match host.split_once(".s3.") {
        Some((bucket, _)) => Some(bucket.to_owned()),
        None => wire
            .path
            .trim_start_matches('/')
            .split('/')
            .next()
            .filter(|name| !name.is_empty())
            .map(str::to_owned),
    }
}

/// `logs:DescribeLogGroups`.
pub(crate) fn log_groups(cloud: &Cloud, body: &Value) -> Answer {
    let name = body["logGroupNamePrefix"].as_str().unwrap_or_default();
    let state = cloud.scenario.account.session.log_group;
    let mut groups = vec![json!({"logGroupName": format!("{name}-other")})];
    if state != Encryption::Missing {
        groups.push(json!({"logGroupName": name}));
    }
    if let (Encryption::Encrypted, Some(group)) = (state, groups.last_mut()) {
        group["kmsKeyId"] = key_arn(&Value::Null).into();
    }
    Form::json(&json!({ "logGroups": groups }))
}
