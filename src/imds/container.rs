//! ECS's task metadata and container credentials.
//!
//! Both addresses come from the environment, so they are only followed where the SDK and the
//! agent would: HTTPS, loopback, or the link-local addresses of ECS and EKS.
//!
//! Source: agent `…/ecs/ecs_metadata.go`; AWS SDK reference "Container credential provider".

use http::{HeaderValue, Request, Uri};
use serde::Deserialize;

use super::document::parse_json;
use super::fetch::{LIMIT, fetched};
use crate::aws::Credentials;
use crate::host::ContainerCredentials;
use crate::network::Stack;
use crate::network::resolver::literal;
use crate::observations::{CredentialSource, Failure, Fetched, TaskMetadata};
use crate::secret::Secret;
use crate::world::World;

/// The hosts that plain HTTP may go to, besides loopback.
const LINK_LOCAL: [&str; 3] = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

/// The task's metadata: the cluster and task from `/task`, this container from the address itself.
pub async fn task_metadata(world: &World, stack: &Stack, uri: &str) -> Fetched<TaskMetadata> {
    let base = uri.trim_end_matches('/');
    if !is_allowed(base) {
        return Fetched::not_asked("its address is neither local nor HTTPS");
    }
    let task = format!("{base}/task");
    let (task, container) = tokio::join!(
        fetch::<Task>(world, stack, &task),
        fetch::<Container>(world, stack, base),
    );
    let container_id = container
        .value()
        .map(|container| container.docker_id.clone());
    match task {
        Fetched::Value { value, at } => Fetched::Value {
            value: TaskMetadata {
                cluster: Some(value.cluster),
                task_arn: Some(value.task_arn),
                container_id,
            },
            at,
        },
        Fetched::Status { status, at } => Fetched::Status { status, at },
        Fetched::Empty { at } => Fetched::Empty { at },
        Fetched::Malformed { why, at } => Fetched::Malformed { why, at },
        Fetched::Failed { failure, at } => Fetched::Failed { failure, at },
        Fetched::NotAsked { why } => Fetched::NotAsked { why },
    }
}

/// The credentials of the task's role; `None` = the endpoint gave none.
pub async fn credentials(
    world: &World,
    stack: &Stack,
    place: &ContainerCredentials,
) -> Option<Credentials> {
    if !is_allowed(&place.uri) {
        return None;
    }
    let mut request = Request::get(place.uri.as_str());
    if let Some(token) = &place.token {
        let mut value = HeaderValue::try_from(token.expose()).ok()?;
        value.set_sensitive(true);
        request = request.header("authorization", value);
    }
    let sent = stack.send(request.body(Vec::new()).ok()?, LIMIT).await;
    let written: Written = match fetched(world.clock.now(), sent, parse_json) {
        Fetched::Value { value, .. } => value,
        _ => return None,
    };
    let is_whole = !written.access_key_id.is_empty() && !written.secret_access_key.is_empty();
    is_whole.then(|| Credentials {
        key_id: written.access_key_id,
        secret: written.secret_access_key,
        token: written.token.filter(|token| !token.is_empty()),
        expires_at: written.expiration.and_then(|text| text.parse().ok()),
        source: CredentialSource::ContainerEndpoint,
    })
}

async fn fetch<T: serde::de::DeserializeOwned>(
    world: &World,
    stack: &Stack,
    url: &str,
) -> Fetched<T> {
    let at = world.clock.now();
    let sent = match Request::get(url).body(Vec::new()) {
        Ok(request) => stack.send(request, LIMIT).await,
        Err(_invalid) => Err(Failure::NameFailed {
            why: "its address is no address".to_owned(),
        }),
    };
    fetched(at, sent, parse_json)
}

/// Whether an address may be asked at all.
fn is_allowed(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else {
        return false;
    };
    let Some(host) = uri.host() else {
        return false;
    };
    match uri.scheme_str() {
        Some("https") => true,
        Some("http") => {
            let address = literal(host);
            host == "localhost"
                || address.is_some_and(|address| {
                    address.is_loopback() || LINK_LOCAL.contains(&address.to_string().as_str())
                })
        }
        _ => false,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Task {
    cluster: String,
    #[serde(rename = "TaskARN")]
    task_arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Container {
    docker_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    access_key_id: Secret,
    secret_access_key: Secret,
    #[serde(default)]
    token: Option<Secret>,
    #[serde(default)]
    expiration: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::{credentials, is_allowed, task_metadata};
    use crate::host::ContainerCredentials;
    use crate::network::testing::{Lab, answering};
    use crate::secret::Secret;

    #[test]
    fn plain_http_goes_to_local_addresses_only() {
        for allowed in [
            "http://169.254.170.2/v4/abc",
            "http://127.0.0.1:8080/x",
            "http://[::1]/x",
            "http://[fd00:ec2::23]/v1/credentials",
            "https://credentials.example/x",
        ] {
            assert!(is_allowed(allowed), "{allowed}");
        }
        for refused in [
            "http://10.0.0.1/x",
            "http://169.254.169.254/latest",
            "http://credentials.example/x",
            "ftp://127.0.0.1/",
            "/relative",
            "",
        ] {
            assert!(!is_allowed(refused), "{refused}");
        }
    }

    #[tokio::test]
    async fn a_container_s_credentials_are_read() {
        let lab = Lab::new();
        let port = answering(
            b"HTTP/1.1 200 OK\r\n\r\n{\"AccessKeyId\":\"ASIAX\",\"SecretAccessKey\":\"s\",\"Token\":\"t\",\"Expiration\":\"2026-01-01T06:00:00Z\",\"RoleArn\":\"r\"}",
        )
        .await;
        let place = ContainerCredentials {
            uri: format!("http://127.0.0.1:{port}/v2/credentials/x"),
            token: Some(Secret::new("planted".to_owned())),
        };
        let found = credentials(&lab.world(), &lab.stack(), &place)
            .await
            .unwrap();
        assert_eq!(found.facts().key_prefix, "ASIA");
        assert!(found.expires_at.is_some());
    }

    #[tokio::test]
    async fn a_task_is_read_and_a_page_is_malformed() {
        let lab = Lab::new();
        let body = b"HTTP/1.1 200 OK\r\n\r\n{\"Cluster\":\"default\",\"TaskARN\":\"arn:aws:ecs:eu-west-1:111122223333:task/default/0123\",\"DockerId\":\"abc\"}";
        let port = answering(body).await;
        let uri = format!("http://127.0.0.1:{port}/v4/x");
        let found = task_metadata(&lab.world(), &lab.stack(), &uri).await;
        assert_eq!(found.value().unwrap().container_id.as_deref(), Some("abc"));
        let port = answering(b"HTTP/1.1 200 OK\r\n\r\n<html>").await;
        let uri = format!("http://127.0.0.1:{port}/v4/x");
        let found = task_metadata(&lab.world(), &lab.stack(), &uri).await;
        assert!(found.value().is_none() && found.status() == Some(200));
    }
}
