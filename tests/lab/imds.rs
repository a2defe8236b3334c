//! The instance metadata service, version 2.
//!
//! Source: EC2 User Guide "Instance metadata categories", "Use IMDSv2"; forms as the real agent
//! met them.

use serde_json::{Value, json};

use super::answer::Answer;
use super::cloud::{ACCOUNT, Cloud, INSTANCE, Logged, REGION, TASK};
use super::scenario::{ItemAnswer, ProfileRole, ProfileSpec, TokenAnswer};
use super::services::Reply;
use super::sigv4::Wire;

/// The answer to one request.
pub(crate) fn answer(cloud: &Cloud, wire: &Wire) -> Reply {
    cloud.log(Logged {
        service: "imds".to_owned(),
        method: wire.method.clone(),
        path: wire.path.clone(),
        action: None,
        signed_by: wire.header("authorization").map(str::to_owned),
        user_agent: wire.header("user-agent").unwrap_or_default().to_owned(),
    });
    if wire.header("x-forwarded-for").is_some() {
        cloud.complain("a request to IMDS carries X-Forwarded-For");
        return refused(403);
    }
    if let Some(path) = wire.path.strip_prefix("/task/") {
        return task(cloud, path);
    }
    if wire.method == "PUT" {
        return token(cloud, wire);
    }
    if cloud.scenario.imds.token == TokenAnswer::Forbidden {
        return refused(403);
    }
    let given = wire.header("x-aws-ec2-metadata-token");
    let known = cloud.named("imds_token");
    let authorized = match given {
        Some(token) => Some(token) == known.as_deref(),
        None => cloud.scenario.imds.tokens_optional,
    };
    if !authorized {
        return refused(401);
    }
    let path = wire.path.strip_prefix("/latest/").unwrap_or_default();
    item(cloud, path)
}

fn token(cloud: &Cloud, wire: &Wire) -> Reply {
    if wire.path != "/latest/api/token" {
        return refused(404);
    }
    let seconds = wire.header("x-aws-ec2-metadata-token-ttl-seconds");
    let lifetime = seconds.and_then(|text| text.parse::<u32>().ok());
    let Some(lifetime) = lifetime.filter(|seconds| (1..=21_600).contains(seconds)) else {
        cloud.complain("a token was asked for without a lifetime of 1 to 21600 seconds");
        return refused(400);
    };
    match cloud.scenario.imds.token {
        TokenAnswer::Ok => {
            let mut answer = Answer::text(200, cloud.named("imds_token").unwrap_or_default());
            let header = "x-aws-ec2-metadata-token-ttl-seconds";
            answer.headers.push((header, lifetime.to_string()));
            Reply::Answer(answer)
        }
        TokenAnswer::Forbidden => refused(403),
        TokenAnswer::NotFound => refused(404),
        TokenAnswer::BadRequest => refused(400),
        TokenAnswer::Unavailable => refused(503),
        TokenAnswer::Silent => Reply::Never,
    }
}

fn item(cloud: &Cloud, path: &str) -> Reply {
    let overridden = cloud.scenario.imds.items.get(path);
    if let Some(other) = overridden {
        return match other.status {
            0 => Reply::Never,
            status => Reply::Answer(Answer::text(status, other.body.clone())),
        };
    }
    match path {
        "meta-data" | "meta-data/" => found("ami-id\nhostname\niam/\ninstance-id\nplacement/\n"),
        "meta-data/instance-id" => found(INSTANCE),
        "meta-data/instance-type" => found("t3.micro"),
        "meta-data/placement/availability-zone" => found(&format!("{REGION}a")),
        "meta-data/placement/availability-zone-id" => found("euw1-az1"),
        "meta-data/placement/region" => found(REGION),
        "meta-data/services/partition" => found("aws"),
        "meta-data/services/domain" => found("amazonaws.com"),
        "dynamic/instance-identity/document" => found(&identity_document()),
        _ if path.starts_with("meta-data/identity-credentials/ec2/") => identity_role(cloud, path),
        _ if path.starts_with("meta-data/iam/") => profile(cloud, path),
        _ => refused(404),
    }
}

fn found(body: &str) -> Reply {
    Reply::Answer(Answer::text(200, body))
}

fn refused(status: u16) -> Reply {
    Reply::Answer(Answer::text(status, ""))
}

fn identity_document() -> String {
    let document = json!({
        "accountId": ACCOUNT, "architecture": "x86_64", "availabilityZone": format!("{REGION}a"),
        "billingProducts": null, "devpayProductCodes": null, "marketplaceProductCodes": null,
        "imageId": "ami-0123456789abcdef0", "instanceId": INSTANCE, "instanceType": "t3.micro",
        "kernelId": null, "pendingTime": "2026-01-01T00:00:00Z", "privateIp": "10.0.0.10",
        "ramdiskId": null, "region": REGION, "version": "2017-09-30"
    });
    serde_json::to_string_pretty(&document).expect("a JSON value prints")
}

fn identity_role(cloud: &Cloud, path: &str) -> Reply {
    match cloud.scenario.imds.identity_role {
        ItemAnswer::Forbidden => refused(403),
        ItemAnswer::Silent => Reply::Never,
        ItemAnswer::Ok if path.ends_with("/info") => found(
            &json!({"Code": "Success", "LastUpdated": cloud.started, "AccountId": ACCOUNT})
                .to_string(),
        ),
        ItemAnswer::Ok if path.ends_with("/security-credentials/ec2-instance") => {
            found(&credentials(cloud, "identity").to_string())
        }
        ItemAnswer::Ok | ItemAnswer::NotFound => refused(404),
    }
}

/// What a container of an ECS task can ask, served on the same socket.
///
/// Source: Amazon ECS Developer Guide "Task metadata endpoint version 4" and "Task IAM role".
fn task(cloud: &Cloud, path: &str) -> Reply {
    let arn = format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task/lab/{TASK}");
    let container = format!("{TASK}-0000000001");
    let document = match path {
        "v4/lab" => json!({
            "DockerId": container, "Name": "app",
            "Labels": {
                "com.amazonaws.ecs.cluster": "lab",
                "com.amazonaws.ecs.task-arn": arn
            },
            "ContainerARN": format!("arn:aws:ecs:{REGION}:{ACCOUNT}:container/lab/{TASK}/c1")
        }),
        "v4/lab/task" => json!({
            "Cluster": "lab", "TaskARN": arn, "Family": "app", "Revision": "1",
            "AvailabilityZone": format!("{REGION}a"), "LaunchType": "FARGATE"
        }),
        "credentials" => {
            let mut document = credentials(cloud, "task");
            document["RoleArn"] = format!("arn:aws:iam::{ACCOUNT}:role/TaskRole").into();
            document
        }
        _ => return refused(404),
    };
    found(&document.to_string())
}

fn profile(cloud: &Cloud, path: &str) -> Reply {
    let list = matches!(
        path,
        "meta-data/iam/security-credentials/" | "meta-data/iam/security-credentials"
    );
    let info = path == "meta-data/iam/info";
    match &cloud.scenario.imds.profile {
        ProfileSpec::NotFound if info => found(
            &json!({"Code": "InstanceProfileNotFound", "LastUpdated": cloud.started}).to_string(),
        ),
        ProfileSpec::Empty if info => found(&profile_info(
            cloud,
            Some("Instance Profile does not contain a role. Please see documentation."),
        )),
        ProfileSpec::Empty if list => found(""),
        ProfileSpec::Role(_) if info => found(&profile_info(cloud, None)),
        ProfileSpec::Role(role) if list => found(&role.name),
        ProfileSpec::Role(role) if path.ends_with(&format!("/{}", role.name)) => {
            found(&role_document(cloud, role))
        }
        ProfileSpec::None | ProfileSpec::NotFound | ProfileSpec::Empty | ProfileSpec::Role(_) => {
            refused(404)
        }
    }
}

fn profile_info(cloud: &Cloud, message: Option<&str>) -> String {
    let mut info = json!({
        "Code": "Success",
        "LastUpdated": cloud.started,
        "InstanceProfileArn": format!("arn:aws:iam::{ACCOUNT}:instance-profile/NodeProfile"),
        "InstanceProfileId": "AIPAEXAMPLEPROFILEID1"
    });
    if let Some(message) = message {
        info["Message"] = message.into();
    }
    info.to_string()
}

fn role_document(cloud: &Cloud, role: &ProfileRole) -> String {
    if role.code == "Success" {
        return credentials(cloud, "profile").to_string();
    }
    json!({
        "Code": role.code,
        "Message": "EC2 cannot assume the role. Please see documentation.",
        "LastUpdated": cloud.started
    })
    .to_string()
}

fn credentials(cloud: &Cloud, name: &str) -> Value {
    let key_id = cloud.part(name, "key_id");
    let ends = cloud.credentials(&key_id).map_or_else(
        || cloud.started + jiff::SignedDuration::from_hours(6),
        |issued| issued.ends,
    );
    json!({
        "Code": "Success",
        "LastUpdated": seconds(cloud.started),
        "Type": "AWS-HMAC",
        "AccessKeyId": key_id,
        "SecretAccessKey": cloud.part(name, "secret"),
        "Token": cloud.part(name, "token"),
        "Expiration": seconds(ends)
    })
}

fn seconds(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
