use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::{Asked, Means, ask};
use crate::aws::credentials::tests::planted;
use crate::aws::sign::tests::key;
use crate::aws::{Keyring, Target};
use crate::network::progress::Progress;
use crate::network::testing::{Lab, NAME, listen, read_head};
use crate::observations::{
    AgentVersion, Answer, Call, Config, NotAsked, Outcome, Path, SessionPreferences,
};
use crate::probe::plan::Question;
use crate::secret::Secret;
use crate::world::{Env, World};

type Log = Arc<Mutex<Vec<String>>>;

/// A TLS server that keeps every request and answers all of them with `answer`; `{accept}`
/// stands for the WebSocket key's answer.
async fn serve(lab: &Lab, answer: &'static str) -> (u16, Log) {
    let log = Log::default();
    let tls = lab.tls(|_| ());
    let kept = Arc::clone(&log);
    let port = listen(move |socket| {
        let (tls, kept) = (tls.clone(), Arc::clone(&kept));
        async move {
            let mut stream = tls.accept(socket).await.unwrap();
            let head = read_head(&mut stream).await;
            let value = |wanted: &str| {
                head.lines()
                    .filter_map(|line| line.split_once(':'))
                    .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                    .map(|(_, value)| value.trim().to_owned())
            };
            let length = value("content-length").map_or(0, |text| text.parse().unwrap());
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.unwrap();
            kept.lock()
                .unwrap()
                .push(head.clone() + &String::from_utf8(body).unwrap());
            let accept = value("sec-websocket-key")
                .map_or_else(String::new, |key| derive_accept_key(key.as_bytes()));
            stream
                .write_all(answer.replace("{accept}", &accept).as_bytes())
                .await
                .unwrap();
            if !answer.starts_with("HTTP/1.1 101") {
                stream.shutdown().await.ok();
            }
            let mut rest = Vec::new();
            stream.read_to_end(&mut rest).await.ok();
            if !rest.is_empty() {
                kept.lock().unwrap().push(format!("after: {rest:?}"));
            }
        }
    })
    .await;
    (port, log)
}

fn target() -> Target {
    Target {
        instance_id: "i-0123456789abcdef0".to_owned(),
        region: "eu-west-1".to_owned(),
        agent_version: Some(AgentVersion::new(3, 3, 987, 0)),
        config: Config::defaults(),
        session: SessionPreferences {
            kms_key: Some("alias/sessions".to_owned()),
            bucket: Some("session-logs".to_owned()),
            log_group: Some("/sessions".to_owned()),
            ..SessionPreferences::default()
        },
    }
}

fn keyring() -> Keyring {
    let mut keyring = Keyring {
        identity_role: Some(planted()),
        ec2_private_key: Some(key()),
        hybrid_private_key: Some(key()),
        fingerprint: Some(Secret::new("planted-fingerprint".to_owned())),
        ..Keyring::default()
    };
    keyring.insert(Path::InstanceProfile, planted());
    keyring
}

async fn put(lab: &Lab, port: u16, call: Call, path: Path, keyring: &Keyring) -> Asked {
    let base = lab.world();
    let url = format!("https://{NAME}:{port}");
    let bundle = base.env.get("AWS_CA_BUNDLE").unwrap().to_owned();
    let world = World {
        env: Env::from_pairs([
            ("AWS_ENDPOINT_URL", url.as_str()),
            ("AWS_CA_BUNDLE", bundle.as_str()),
        ]),
        ..base
    };
    let means = Means {
        world: &world,
        stack: &lab.stack(),
        limit: Duration::from_secs(2),
        progress: &Progress::default(),
    };
    Box::pin(ask(
        means,
        Some(&target()),
        keyring,
        Question { call, path },
    ))
    .await
}

#[track_caller]
fn answer(asked: &Asked) -> &Answer {
    match &asked.record.outcome {
        Outcome::Answered(answer) => answer,
        other => panic!("{other:?}"),
    }
}

const JSON: &str = "HTTP/1.1 200 OK\r\nx-amzn-requestid: r-1\r\ncontent-type: application/x-amz-json-1.1\r\ncontent-length: 2\r\n\r\n{}";

#[tokio::test]
async fn the_agent_s_test_of_its_credentials_has_four_fields_and_its_own_version() {
    let lab = Lab::new();
    let (port, log) = serve(&lab, JSON).await;
    let call = Call::UpdateInstanceInformation;
    let asked = put(&lab, port, call, Path::InstanceProfile, &keyring()).await;
    assert_eq!(answer(&asked).status, 200);
    assert_eq!(asked.record.endpoint.unwrap(), format!("{NAME}:{port}"));
    let sent = log.lock().unwrap().remove(0);
    assert!(sent.contains("x-amz-target: AmazonSSM.UpdateInstanceInformation\r\n"));
    assert!(sent.contains(concat!("user-agent: ssm-probe/", env!("CARGO_PKG_VERSION"))));
    assert!(sent.contains("/eu-west-1/ssm/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, "));
    assert!(sent.ends_with(
        r#"{"AgentName":"amazon-ssm-agent","AgentVersion":"3.3.987.0","InstanceId":"i-0123456789abcdef0","PlatformType":"Linux"}"#
    ), "{sent}");
}

#[tokio::test]
async fn reads_of_ssm_and_ec2messages_are_about_the_node_s_own_id() {
    for (call, operation, body) in [
        (
            Call::ListInstanceAssociations,
            "AmazonSSM.ListInstanceAssociations",
            r#"{"InstanceId":"i-0123456789abcdef0","MaxResults":1}"#,
        ),
        (
            Call::GetEndpoint,
            "EC2WindowsMessageDeliveryService.GetEndpoint",
            r#"{"Destination":"i-0123456789abcdef0"}"#,
        ),
    ] {
        let lab = Lab::new();
        let (port, log) = serve(&lab, JSON).await;
        let asked = put(&lab, port, call, Path::InstanceProfile, &keyring()).await;
        assert_eq!(answer(&asked).code, None);
        let sent = log.lock().unwrap().remove(0);
        assert!(sent.contains(operation) && sent.ends_with(body), "{sent}");
    }
}

#[tokio::test]
async fn the_caller_is_read_from_one_form() {
    let lab = Lab::new();
    let (port, log) = serve(&lab, "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\nconnection: close\r\n\r\n<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>arn:aws:sts::111122223333:assumed-role/NodeRole/i-0123456789abcdef0</Arn><UserId>AROA:i-0123456789abcdef0</UserId><Account>111122223333</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r-2</RequestId></ResponseMetadata></GetCallerIdentityResponse>").await;
    let call = Call::GetCallerIdentity;
    let asked = put(&lab, port, call, Path::InstanceProfile, &keyring()).await;
    let answer = answer(&asked);
    assert_eq!(
        answer.caller_arn.as_deref(),
        Some("arn:aws:sts::111122223333:assumed-role/NodeRole/i-0123456789abcdef0")
    );
    assert_eq!(answer.request_id.as_deref(), Some("r-2"));
    let sent = log.lock().unwrap().remove(0);
    assert!(sent.contains("user-agent: ssm-probe/"), "{sent}");
    assert!(
        sent.ends_with("Action=GetCallerIdentity&Version=2011-06-15"),
        "{sent}"
    );
}

#[tokio::test]
async fn an_error_of_sts_is_read_as_every_other_and_asked_once() {
    let lab = Lab::new();
    let (port, log) = serve(&lab, "HTTP/1.1 503 X\r\nconnection: close\r\n\r\n<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>r-3</RequestId></ErrorResponse>").await;
    let call = Call::GetCallerIdentity;
    let asked = put(&lab, port, call, Path::InstanceProfile, &keyring()).await;
    assert_eq!(answer(&asked).code.as_deref(), Some("Throttling"));
    assert_eq!(log.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_control_channel_s_token_goes_nowhere() {
    let lab = Lab::new();
    let (port, log) = serve(&lab, "HTTP/1.1 201 Created\r\nconnection: close\r\n\r\n<CreateControlChannelOutput><TokenValue>planted-token</TokenValue></CreateControlChannelOutput>\r\n\r\n").await;
    let call = Call::CreateControlChannel;
    let asked = put(&lab, port, call, Path::InstanceProfile, &keyring()).await;
    assert_eq!(answer(&asked).status, 201);
    assert!(!format!("{asked:?}").contains("planted-token"));
    let sent = log.lock().unwrap().remove(0);
    assert!(sent.starts_with("POST /v1/control-channel/i-0123456789abcdef0 HTTP/1.1\r\n"));
    assert!(sent.contains("/eu-west-1/ssmmessages/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "), "{sent}");
}

#[tokio::test]
async fn a_data_channel_is_for_an_invented_session() {
    let lab = Lab::new();
    let (port, log) = serve(&lab, "HTTP/1.1 400 X\r\nconnection: close\r\n\r\n<BadRequest><ClientErrorMessage>Session is already terminated</ClientErrorMessage></BadRequest>").await;
    let call = Call::CreateDataChannel;
    let asked = put(&lab, port, call, Path::InstanceProfile, &keyring()).await;
    assert_eq!(answer(&asked).code.as_deref(), Some("BadRequest"));
    let sent = log.lock().unwrap().remove(0);
    assert!(
        sent.starts_with("POST /v1/data-channel/ssmprobe-"),
        "{sent}"
    );
}

#[tokio::test]
async fn a_socket_is_opened_and_closed_without_a_token_frame() {
    let lab = Lab::new();
    let (port, log) = serve(&lab, "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: {accept}\r\n\r\n").await;
    let call = Call::OpenControlChannel;
    let asked = put(&lab, port, call, Path::InstanceProfile, &keyring()).await;
    assert_eq!(answer(&asked).status, 101);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let log = log.lock().unwrap();
    assert!(log[0].starts_with(
        "GET /v1/control-channel/i-0123456789abcdef0?role=subscribe&stream=input HTTP/1.1\r\n"
    ));
    assert!(log[0].contains("SignedHeaders=host;x-amz-date;x-amz-security-token, "));
    // One close frame, masked and empty, and nothing else.
    let frame = log[1].strip_prefix("after: [136, 128, ").unwrap();
    assert_eq!(frame.split(',').count(), 4, "{frame}");
}

#[tokio::test]
async fn an_upgrade_by_something_else_is_not_aws() {
    let lab = Lab::new();
    let (port, _) = serve(&lab, "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: wrong\r\n\r\n").await;
    let call = Call::OpenControlChannel;
    let asked = put(&lab, port, call, Path::InstanceProfile, &keyring()).await;
    assert!(matches!(
        asked.record.outcome,
        Outcome::NotAws { status: 101, .. }
    ));
}

#[tokio::test]
async fn a_refused_upgrade_keeps_its_status_and_words() {
    let lab = Lab::new();
    let (port, _) = serve(&lab, "HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n<AccessDeniedException><Message>User: x is not</Message></AccessDeniedException>").await;
    let call = Call::OpenControlChannel;
    let asked = put(&lab, port, call, Path::InstanceProfile, &keyring()).await;
    let answer = answer(&asked);
    assert_eq!(
        (answer.status, answer.code.as_deref()),
        (403, Some("AccessDeniedException"))
    );
}

const TOKEN: &str = "HTTP/1.1 200 OK\r\nx-amzn-requestid: r-4\r\n\r\n{\"AccessKeyId\":\"ASIANEW\",\"SecretAccessKey\":\"s\",\"SessionToken\":\"t\",\"TokenExpirationDate\":1.8E9,\"UpdateKeyPair\":true}";

#[tokio::test]
async fn a_hybrid_role_token_is_asked_with_the_machine_key_alone() {
    let lab = Lab::new();
    let (port, log) = serve(&lab, TOKEN).await;
    let call = Call::RequestRoleTokenHybrid;
    let asked = Box::pin(async {
        tokio::time::timeout(
            Duration::from_secs(3),
            put(&lab, port, call, Path::HybridActivation, &keyring()),
        )
        .await
        .unwrap()
    })
    .await;
    let (path, credentials) = asked.gained.as_ref().expect("credentials");
    assert_eq!(*path, Path::HybridActivation);
    assert_eq!(credentials.facts().key_prefix, "ASIA");
    let log = log.lock().unwrap();
    assert_eq!(log.len(), 1, "no key is rotated");
    assert!(log[0].contains("authorization: AWS4-HMAC-SHA256 Credential=i-0123456789abcdef0/"));
    assert!(!log[0].to_lowercase().contains("security-token"));
    assert!(log[0].ends_with(r#"{"Fingerprint":"planted-fingerprint"}"#));
}

#[tokio::test]
async fn a_default_host_management_token_is_signed_twice_for_the_instance_id() {
    let lab = Lab::new();
    let (port, log) = serve(&lab, TOKEN).await;
    let call = Call::RequestRoleTokenDefaultHostManagement;
    let asked = put(&lab, port, call, Path::DefaultHostManagement, &keyring()).await;
    assert!(asked.gained.is_some());
    let sent = log.lock().unwrap().remove(0);
    assert!(
        sent.to_lowercase()
            .contains("ssm-asymmetrickeyauthorization: signature="),
        "{sent}"
    );
    assert!(sent.ends_with(r#"{"Fingerprint":"i-0123456789abcdef0"}"#));
}

#[tokio::test]
async fn a_token_without_credentials_is_no_token() {
    let lab = Lab::new();
    let (port, _) = serve(&lab, JSON).await;
    let call = Call::RequestRoleTokenHybrid;
    let asked = put(&lab, port, call, Path::HybridActivation, &keyring()).await;
    assert!(asked.gained.is_none());
    assert!(matches!(
        asked.record.outcome,
        Outcome::NotAws { status: 200, .. }
    ));
}

#[tokio::test]
async fn an_echoed_secret_is_not_recorded() {
    let lab = Lab::new();
    let (port, _) = serve(&lab, "HTTP/1.1 400 X\r\nserver: planted-session-token\r\nconnection: close\r\n\r\n{\"__type\":\"ASIAPLANTEDKEYID0001\",\"message\":\"you said planted-secret-access-key, right?\"}").await;
    let call = Call::ListInstanceAssociations;
    let asked = put(&lab, port, call, Path::InstanceProfile, &keyring()).await;
    let shown = format!("{:?}", asked.record).to_lowercase();
    assert!(!shown.contains("planted"), "{shown}");
}

#[tokio::test]
async fn without_credentials_or_a_usable_key_nothing_is_sent() {
    let lab = Lab::new();
    let (port, log) = serve(&lab, JSON).await;
    let empty = Keyring::default();
    for call in Call::ALL {
        let asked = put(&lab, port, call, Path::InstanceProfile, &empty).await;
        let why = NotAsked::NoCredentials;
        assert_eq!(asked.record.outcome, Outcome::NotAsked { why }, "{call:?}");
    }
    let broken = Keyring {
        hybrid_private_key: Some(Secret::new("broken".to_owned())),
        fingerprint: Some(Secret::new("f".to_owned())),
        ..Keyring::default()
    };
    let call = Call::RequestRoleTokenHybrid;
    let asked = put(&lab, port, call, Path::HybridActivation, &broken).await;
    let why = NotAsked::NoCredentials;
    assert_eq!(asked.record.outcome, Outcome::NotAsked { why });
    assert!(log.lock().unwrap().is_empty());
}
