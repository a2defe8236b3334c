use std::collections::BTreeMap;
use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::{Imds, ImdsSecrets, collect};
use crate::network::testing::{Lab, listen, read_head};
use crate::observations::{Failure, Fetched, Link};
use crate::world::{Env, World};

/// What a made-up IMDS does with a request.
#[derive(Clone)]
enum Does {
    Answers(u16, String),
    Silent,
    Drips,
}

type Table = BTreeMap<String, Does>;

fn says(body: &str) -> Does {
    Does::Answers(200, body.to_owned())
}

async fn serve(table: Table) -> u16 {
    listen(move |mut socket| {
        let table = table.clone();
        async move {
            let head = read_head(&mut socket).await;
            let line = head.lines().next().unwrap_or_default();
            let request = line.trim_end_matches(" HTTP/1.1").replace("/latest/", "");
            let lower = head.to_lowercase();
            let may = request.starts_with("PUT")
                || request == "GET meta-data/"
                || lower.contains("x-aws-ec2-metadata-token: token-1");
            let does = table.get(&request).cloned();
            let (status, body) = match does.filter(|_| may) {
                Some(Does::Answers(status, body)) => (status, body),
                Some(Does::Silent) => return std::future::pending().await,
                Some(Does::Drips) => {
                    socket
                        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n")
                        .await
                        .unwrap();
                    while socket.write_all(b".").await.is_ok() {
                        tokio::time::sleep(Duration::from_millis(200)).await;
                    }
                    return;
                }
                None if may => (404, String::new()),
                None => (401, String::new()),
            };
            let answer = format!(
                "HTTP/1.1 {status} X\r\nx-aws-ec2-metadata-token-ttl-seconds: 300\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            socket.write_all(answer.as_bytes()).await.unwrap();
        }
    })
    .await
}

fn healthy() -> Table {
    let credentials = r#"{"Code":"Success","AccessKeyId":"ASIAPLANTED","SecretAccessKey":"planted","Token":"planted","Expiration":"2026-01-01T06:00:00Z"}"#;
    [
        ("PUT api/token", says("token-1")),
        ("GET meta-data/instance-id", says("i-0123456789abcdef0")),
        (
            "GET dynamic/instance-identity/document",
            says(r#"{"instanceId":"i-0123456789abcdef0","region":"eu-west-1","accountId":"111122223333"}"#),
        ),
        ("GET meta-data/placement/availability-zone", says("eu-west-1a")),
        ("GET meta-data/services/partition", says("aws")),
        ("GET meta-data/services/domain", says("amazonaws.com")),
        ("GET meta-data/iam/info", says(r#"{"Code":"Success"}"#)),
        ("GET meta-data/iam/security-credentials/", says("NodeRole\n")),
        ("GET meta-data/iam/security-credentials/NodeRole", says(credentials)),
        (
            "GET meta-data/identity-credentials/ec2/security-credentials/ec2-instance",
            says(credentials),
        ),
    ]
    .map(|(request, does)| (request.to_owned(), does))
    .into_iter()
    .collect()
}

fn with(changes: impl IntoIterator<Item = (&'static str, Does)>) -> Table {
    let mut table = healthy();
    table.extend(
        changes
            .into_iter()
            .map(|(request, does)| (request.to_owned(), does)),
    );
    table
}

async fn ask(table: Table) -> (Imds, ImdsSecrets) {
    let port = serve(table).await;
    let lab = Lab::new();
    let endpoint = format!("http://127.0.0.1:{port}/");
    let world = World {
        env: Env::from_pairs([("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint.as_str())]),
        ..lab.world()
    };
    let clock = world.clock.stopwatch();
    let answer = collect(&world, &lab.stack()).await;
    assert!(
        clock.elapsed() < Duration::from_millis(3_300),
        "{:?}",
        clock.elapsed()
    );
    answer
}

#[tokio::test]
async fn a_healthy_instance_is_read_whole_and_its_secrets_are_kept_apart() {
    let (imds, secrets) = ask(healthy()).await;
    assert_eq!(imds.token.value(), Some(&300));
    assert_eq!(imds.role_name.value().unwrap(), "NodeRole");
    assert_eq!(imds.identity_document.value().unwrap().region, "eu-west-1");
    assert!(imds.role_credentials.value().unwrap().complete);
    assert!(secrets.role.is_some() && secrets.identity_role.is_some());
    let shown = format!("{imds:?} {secrets:?}").to_lowercase();
    assert!(
        !shown.contains("planted") && !shown.contains("token-1"),
        "{shown}"
    );
}

#[tokio::test]
async fn statuses_are_kept_as_they_came() {
    let (imds, secrets) = ask(with([
        (
            "GET meta-data/iam/security-credentials/",
            Does::Answers(404, String::new()),
        ),
        ("GET meta-data/iam/info", Does::Answers(503, String::new())),
        ("GET meta-data/services/domain", says("")),
        ("GET meta-data/instance-id", says("<html>")),
    ]))
    .await;
    assert_eq!(imds.role_name.status(), Some(404));
    assert_eq!(imds.profile_info.status(), Some(503));
    assert!(matches!(imds.domain, Fetched::Empty { .. }));
    assert!(matches!(imds.instance_id, Fetched::Malformed { .. }));
    assert!(matches!(imds.role_credentials, Fetched::NotAsked { .. }));
    assert!(secrets.role.is_none());
}

#[tokio::test]
async fn a_silent_put_beside_an_answering_get_is_seen() {
    for status in [200, 401] {
        let (imds, _) = ask(with([
            ("PUT api/token", Does::Silent),
            (
                "GET meta-data/",
                Does::Answers(status, "ami-id\ninstance-id\n".to_owned()),
            ),
        ]))
        .await;
        assert!(matches!(
            imds.token,
            Fetched::Failed {
                failure: Failure::TimedOut {
                    link: Link::Http,
                    ..
                },
                ..
            }
        ));
        assert_eq!(imds.plain_get.status(), Some(status));
        assert!(matches!(imds.token_ipv6, Fetched::NotAsked { .. }));
        assert!(matches!(imds.instance_id, Fetched::NotAsked { .. }));
    }
}

#[tokio::test]
async fn a_refusal_of_the_token_is_a_status() {
    let (imds, _) = ask(with([("PUT api/token", Does::Answers(403, String::new()))])).await;
    assert_eq!(imds.token.status(), Some(403));
}

#[tokio::test]
async fn a_page_in_place_of_a_token_is_malformed() {
    let page = says("<html>Please sign in</html>");
    let (imds, _) = ask(with([("PUT api/token", page)])).await;
    assert!(matches!(imds.token, Fetched::Malformed { .. }));
}

#[tokio::test]
async fn a_service_that_drips_ends_in_time_and_the_rest_is_read() {
    let (imds, secrets) = ask(with([
        ("GET dynamic/instance-identity/document", Does::Drips),
        (
            "GET meta-data/iam/security-credentials/NodeRole",
            Does::Drips,
        ),
    ]))
    .await;
    assert!(matches!(imds.identity_document, Fetched::Failed { .. }));
    assert!(matches!(imds.role_credentials, Fetched::Failed { .. }));
    assert!(imds.instance_id.value().is_some() && secrets.identity_role.is_some());
}

#[tokio::test]
async fn a_dead_address_answers_at_once() {
    let lab = Lab::new();
    let world = World {
        env: Env::from_pairs([("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1")]),
        ..lab.world()
    };
    let clock = world.clock.stopwatch();
    let (imds, _) = collect(&world, &lab.stack()).await;
    assert!(clock.elapsed() < Duration::from_millis(250));
    assert!(matches!(
        imds.token,
        Fetched::Failed {
            failure: Failure::Refused,
            ..
        }
    ));
}

#[tokio::test]
async fn a_switched_off_or_senseless_address_is_not_asked() {
    let lab = Lab::new();
    for (name, value) in [
        ("AWS_EC2_METADATA_DISABLED", "TRUE"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "not an address"),
    ] {
        let world = World {
            env: Env::from_pairs([(name, value)]),
            ..lab.world()
        };
        let (imds, _) = collect(&world, &lab.stack()).await;
        assert!(imds.token.status().is_none(), "{name}");
    }
}
