//! Ways to mend what the session preferences need: key, bucket, log group.

use serde_json::{Value, json};

use super::names::Names;
use super::text::{allow, aws, command, console, document, policy, quoted};
use crate::report::model::Remedy;

pub(super) fn key(names: &Names) -> Vec<Remedy> {
    if !names.is_missing("kms:Decrypt") {
        return out_of_use(names);
    }
    let key = key_arn(names);
    let wanted = document(&[allow(&["kms:Decrypt"], &key)]);
    let admit = json!({
        "Effect": "Allow",
        "Principal": {"AWS": format!(
            "arn:{}:iam::{}:role/{}", names.partition, names.account, names.role
        )},
        "Action": "kms:Decrypt",
        "Resource": "*",
    });
    vec![
        command(
            format!("Let the role {} decrypt with the session key", names.role),
            aws(
                "iam put-role-policy",
                &[
                    format!("--role-name {}", names.role),
                    "--policy-name SessionManagerKey".to_owned(),
                    format!("--policy-document {}", quoted(&wanted)),
                ],
            ),
        ),
        policy(
            "Where the key's own policy does not delegate to IAM, add this statement to it as \
             well",
            &document(&[admit]),
        ),
    ]
}

/// The key itself is at fault.
fn out_of_use(names: &Names) -> Vec<Remedy> {
    let key = names.session_key.as_deref().unwrap_or("KEY_ID");
    let on_key = |call: &str| {
        aws(
            call,
            &[
                format!("--region {}", names.region),
                format!("--key-id {key}"),
            ],
        )
    };
    vec![
        command("Look at the key", on_key("kms describe-key")),
        command("Enable it, if it is disabled", on_key("kms enable-key")),
        preferences("Or name another key"),
    ]
}

/// The page of the preferences.
fn preferences(summary: &str) -> Remedy {
    console(
        summary,
        "Systems Manager, Session Manager, Preferences, Edit: in this account and\nRegion.",
    )
}

pub(super) fn log_not_ready(names: &Names) -> Vec<Remedy> {
    let group = names.log_group.as_deref().unwrap_or("LOG_GROUP");
    let bucket = names.bucket.as_deref().unwrap_or("BUCKET_NAME");
    let region = format!("--region {}", names.region);
    let group_name = format!("--log-group-name {group}");
    let mut all = Vec::new();
    if names.log_group.is_some() || names.bucket.is_none() {
        all.push(command(
            "Create the log group, if it does not exist",
            aws(
                "logs create-log-group",
                &[region.clone(), group_name.clone()],
            ),
        ));
        all.push(command(
            "Give it a KMS key, whose policy admits CloudWatch Logs",
            aws(
                "logs associate-kms-key",
                &[
                    region,
                    group_name,
                    format!("--kms-key-id {}", key_arn(names)),
                ],
            ),
        ));
    }
    if names.bucket.is_some() {
        all.push(command(
            "Give the bucket default encryption",
            aws(
                "s3api put-bucket-encryption",
                &[
                    format!("--bucket {bucket}"),
                    "--server-side-encryption-configuration \
                     'Rules=[{ApplyServerSideEncryptionByDefault={SSEAlgorithm=AES256}}]'"
                        .to_owned(),
                ],
            ),
        ));
    }
    all.push(preferences("Or correct the preferences"));
    all
}

/// The key's ARN, where the preferences name it by id or ARN; an alias is no key's ARN.
fn key_arn(names: &Names) -> String {
    let key = names.session_key.as_deref().unwrap_or("KEY_ID");
    if key.starts_with("arn:") && key.contains(":key/") {
        return key.to_owned();
    }
    let id = if key.contains("alias/") {
        "KEY_ID"
    } else {
        key
    };
    format!(
        "arn:{}:kms:{}:{}:key/{id}",
        names.partition, names.region, names.account
    )
}

fn bucket_arn(names: &Names) -> String {
    let bucket = names.bucket.as_deref().unwrap_or("BUCKET_NAME");
    format!("arn:{}:s3:::{bucket}", names.partition)
}

pub(super) fn log(names: &Names) -> Vec<Remedy> {
    let logs_only = names.is_missing("logs:DescribeLogGroups")
        && !names.is_missing("s3:GetEncryptionConfiguration");
    let bucket_only = names.is_missing("s3:GetEncryptionConfiguration")
        && !names.is_missing("logs:DescribeLogGroups");
    let mut statements = Vec::new();
    if !logs_only {
        statements.push(allow(
            &["s3:GetEncryptionConfiguration"],
            &bucket_arn(names),
        ));
    }
    if !bucket_only {
        statements.push(allow(&["logs:DescribeLogGroups"], "*"));
    }
    vec![
        log_policy(
            names,
            "SessionManagerLogSettings",
            "look at the session log's encryption",
            &statements,
        ),
        preferences(
            "Or, if the log need not be encrypted, take that demand out of the preferences",
        ),
    ]
}

pub(super) fn log_upload(names: &Names) -> Vec<Remedy> {
    let group = format!(
        "arn:{}:logs:{}:{}:log-group:{}:*",
        names.partition,
        names.region,
        names.account,
        names.log_group.as_deref().unwrap_or("LOG_GROUP")
    );
    vec![
        log_policy(
            names,
            "SessionManagerLogBucket",
            "write session logs to the bucket (the last statement only for a bucket with a KMS \
             key)",
            &[
                allow(&["s3:PutObject"], &format!("{}/*", bucket_arn(names))),
                allow(&["s3:GetEncryptionConfiguration"], &bucket_arn(names)),
                allow(&["kms:GenerateDataKey"], &key_arn(names)),
            ],
        ),
        log_policy(
            names,
            "SessionManagerLogGroup",
            "write session logs to CloudWatch Logs",
            &[
                allow(&["logs:CreateLogStream", "logs:PutLogEvents"], &group),
                allow(&["logs:DescribeLogGroups"], "*"),
            ],
        ),
    ]
}

fn log_policy(names: &Names, name: &str, purpose: &str, statements: &[Value]) -> Remedy {
    command(
        format!("Let the role {} {purpose}", names.role),
        aws(
            "iam put-role-policy",
            &[
                format!("--role-name {}", names.role),
                format!("--policy-name {name}"),
                format!("--policy-document {}", quoted(&document(statements))),
            ],
        ),
    )
}
