//! Tests of the lab with a client that is not the program: real TLS, `aws-sigv4` as the signer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials as SigningKeys;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::lab::Lab;
use crate::lab::cloud::{INSTANCE, REGION};
use crate::lab::scenario::Scenario;
use crate::lab::sigv4::{Authorization, Wire, verify};

/// Every test of the lab.
pub(crate) fn trials() -> Vec<Trial> {
    let tests: [(&str, fn()); 10] = [
        ("lab_accepts_a_signature_of_aws_sigv4", accepts_a_signature),
        (
            "lab_refuses_a_corrupted_signature",
            refuses_a_corrupted_signature,
        ),
        ("lab_denies_in_the_words_of_the_layer", denies_by_layer),
        (
            "lab_refuses_a_signature_from_another_time",
            refuses_another_time,
        ),
        ("lab_wants_a_token_for_metadata", wants_a_token),
        (
            "lab_notes_a_call_that_must_never_be_made",
            notes_a_forbidden_call,
        ),
        ("lab_opens_a_channel_and_watches_it", watches_a_channel),
        ("lab_swallows_packets", swallows),
        (
            "lab_lays_hosts_out_as_the_program_reads_them",
            lays_hosts_out,
        ),
        (
            "lab_agrees_with_a_signature_from_the_aws_documents",
            documented_signature,
        ),
    ];
    tests
        .into_iter()
        .map(|(name, test)| {
            Trial::test(name, move || {
                test();
                Ok(())
            })
        })
        .collect()
}

/// A healthy scenario with some fields set.
pub(crate) fn scenario(fields: &Value) -> Scenario {
    let mut all = json!({
        "docs": "A test of the lab.", "origin": "lab",
        "expect": {"exit": 0, "outcome": "usable", "path": null, "cause": null}
    });
    for (name, value) in fields.as_object().expect("fields are an object") {
        all[name] = value.clone();
    }
    serde_json::from_value(all).expect("the scenario is sound")
}

/// A request to a service, signed with the credentials issued under `who`.
struct Ask<'a> {
    service: &'a str,
    method: &'a str,
    path: &'a str,
    headers: Vec<(&'a str, &'a str)>,
    body: &'a str,
    who: &'a str,
    spoil: bool,
}

impl<'a> Ask<'a> {
    fn ssm(operation: &'a str, body: &'a str) -> Self {
        Self {
            service: "ssm",
            method: "POST",
            path: "/",
            headers: vec![
                ("content-type", "application/x-amz-json-1.1"),
                ("x-amz-target", operation),
            ],
            body,
            who: "profile",
            spoil: false,
        }
    }

    fn sign(&self, lab: &Lab) -> BTreeMap<String, String> {
        let keys = SigningKeys::new(
            lab.cloud.part(self.who, "key_id"),
            lab.cloud.part(self.who, "secret"),
            lab.cloud.named(&format!("{}.token", self.who)),
            None,
            "lab",
        );
        let identity = keys.into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(REGION)
            .name(self.service)
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build()
            .expect("the parameters are complete")
            .into();
        let url = format!("{}{}", lab.endpoint(self.service), self.path);
        let body = SignableBody::Bytes(self.body.as_bytes());
        let request = SignableRequest::new(self.method, url, self.headers.iter().copied(), body)
            .expect("the request is sound");
        let (instructions, _) = sign(request, &params)
            .expect("the request can be signed")
            .into_parts();
        instructions
            .headers()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    /// The status and the body, or `None` when nothing came.
    fn send(&self, lab: &Lab) -> Option<(u16, String)> {
        let mut headers = self.sign(lab);
        if self.spoil
            && let Some(value) = headers.get_mut("authorization")
        {
            let last = value.pop();
            value.push(if last == Some('0') { '1' } else { '0' });
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("the machine can run an event loop");
        runtime.block_on(async {
            let limit = Duration::from_secs(2);
            tokio::time::timeout(limit, self.exchange(lab, headers))
                .await
                .ok()
        })
    }

    async fn exchange(&self, lab: &Lab, signed: BTreeMap<String, String>) -> (u16, String) {
        let stream = tokio::net::TcpStream::connect(lab.address(self.service))
            .await
            .expect("the lab listens");
        let host = lab.endpoint(self.service).replace("https://", "");
        let stream = tls(lab, &host, stream).await;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .expect("the lab speaks HTTP");
        tokio::spawn(connection.with_upgrades());
        let mut request = hyper::Request::builder()
            .method(self.method)
            .uri(self.path)
            .header("host", &host)
            .header("user-agent", "lab-test");
        for (name, value) in self.headers.iter().copied() {
            request = request.header(name, value);
        }
        for (name, value) in &signed {
            request = request.header(name, value);
        }
        let body = Full::<Bytes>::from(self.body.to_owned());
        let request = request.body(body).expect("the request is sound");
        let mut response = sender.send_request(request).await.expect("an answer comes");
        let status = response.status().as_u16();
        if status == 101 {
            let mut socket = TokioIo::new(
                hyper::upgrade::on(&mut response)
                    .await
                    .expect("the connection turns"),
            );
            let frame = [0x81, 0x80, 0, 0, 0, 0];
            tokio::io::AsyncWriteExt::write_all(&mut socket, &frame)
                .await
                .expect("the frame goes out");
            tokio::time::sleep(Duration::from_millis(100)).await;
            return (status, String::new());
        }
        let body = response
            .into_body()
            .collect()
            .await
            .expect("the body comes");
        (
            status,
            String::from_utf8_lossy(&body.to_bytes()).into_owned(),
        )
    }
}

/// The lab's authority as the only root.
pub(crate) fn roots(lab: &Lab) -> rustls::RootCertStore {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    let mut roots = rustls::RootCertStore::empty();
    let root = CertificateDer::from_pem_file(lab.authority_file()).expect("the file is PEM");
    roots.add(root).expect("the authority is a certificate");
    roots
}

async fn tls(
    lab: &Lab,
    host: &str,
    stream: tokio::net::TcpStream,
) -> tokio_rustls::client::TlsStream<tokio::net::TcpStream> {
    use rustls::pki_types::ServerName;

    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring supports the default versions")
        .with_root_certificates(roots(lab))
        .with_no_client_auth();
    let name = host
        .split(':')
        .next()
        .expect("a host has a name")
        .to_owned();
    let name = ServerName::try_from(name).expect("the name is sound");
    tokio_rustls::TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
        .expect("the lab's certificate is for the real name")
}

fn associations() -> String {
    json!({"InstanceId": INSTANCE}).to_string()
}

fn accepts_a_signature() {
    let lab = Lab::start(scenario(&json!({})));
    let body = associations();
    let answer = Ask::ssm("AmazonSSM.ListInstanceAssociations", &body).send(&lab);
    assert_eq!(answer, Some((200, "{\"Associations\":[]}".to_owned())));
    assert_eq!(lab.cloud.complaints(), Vec::<String>::new());
    let sts = Ask {
        service: "sts",
        headers: vec![("content-type", "application/x-www-form-urlencoded")],
        ..Ask::ssm("", "Action=GetCallerIdentity&Version=2011-06-15")
    };
    let (status, body) = sts.send(&lab).expect("an answer comes");
    assert_eq!(status, 200);
    assert!(
        body.contains("assumed-role/NodeRole/i-0123456789abcdef0"),
        "{body}"
    );
}

fn refuses_a_corrupted_signature() {
    let lab = Lab::start(scenario(&json!({})));
    let body = associations();
    let ask = Ask {
        spoil: true,
        ..Ask::ssm("AmazonSSM.ListInstanceAssociations", &body)
    };
    let (status, body) = ask.send(&lab).expect("an answer comes");
    assert_eq!(status, 400);
    assert!(body.contains("InvalidSignatureException"), "{body}");
    assert_eq!(lab.cloud.complaints().len(), 1);
}

#[track_caller]
fn check_denial(account: &Value, reason: &str) {
    let lab = Lab::start(scenario(&json!({"account": account})));
    let body = json!({"MessageSchemaVersion": "1.0", "RequestId": "0123456789abcdef"}).to_string();
    let ask = Ask {
        service: "ssmmessages",
        path: "/v1/control-channel/i-0123456789abcdef0",
        headers: vec![("content-type", "application/json")],
        ..Ask::ssm("", &body)
    };
    let (status, body) = ask.send(&lab).expect("an answer comes");
    let wanted = format!(
        "User: arn:aws:sts::111122223333:assumed-role/NodeRole/i-0123456789abcdef0 is not \
         authorized to perform: ssmmessages:CreateControlChannel on resource: \
         arn:aws:ssmmessages:eu-west-1:111122223333:control-channel/i-0123456789abcdef0 {reason}"
    );
    assert_eq!(status, 403);
    assert!(body.contains(&wanted), "{body}\ndoes not say\n{wanted}");
}

fn denies_by_layer() {
    let no = |layer: &str| {
        format!("because no {layer} allows the ssmmessages:CreateControlChannel action")
    };
    let other = json!({"allow": ["ssm:*"]});
    let denies = json!({"allow": ["*"], "deny": ["ssmmessages:*"]});
    let core = json!(["AmazonSSMManagedInstanceCore"]);
    let role = |role: Value| json!({"roles": {"NodeRole": role}});
    check_denial(
        &role(json!({"policies": [other]})),
        &no("identity-based policy"),
    );
    check_denial(
        &role(json!({"policies": [denies]})),
        "with an explicit deny in an identity-based policy",
    );
    check_denial(
        &role(json!({"policies": core, "boundary": other})),
        &no("permissions boundary"),
    );
    check_denial(
        &role(json!({"policies": core, "session": other})),
        &no("session policy"),
    );
    check_denial(
        &json!({"service_control": [[other]]}),
        &no("service control policy"),
    );
    check_denial(
        &json!({"service_control": [[denies]]}),
        "with an explicit deny in a service control policy",
    );
    check_denial(
        &json!({"denials": {"ssmmessages:CreateControlChannel":
            "with an explicit deny in a resource control policy"}}),
        "with an explicit deny in a resource control policy",
    );
    check_denial(
        &json!({"endpoint": {"ssmmessages": other}}),
        &no("VPC endpoint policy"),
    );
}

fn refuses_another_time() {
    let lab = Lab::start(scenario(&json!({"clock_offset_s": 1_200})));
    let body = associations();
    let ask = Ask::ssm("AmazonSSM.ListInstanceAssociations", &body);
    let (_, body) = ask.send(&lab).expect("an answer comes");
    assert!(body.contains("Signature expired: "), "{body}");
    assert_eq!(lab.cloud.complaints(), Vec::<String>::new());
}

fn wants_a_token() {
    use std::io::{Read as _, Write as _};

    let lab = Lab::start(scenario(&json!({})));
    let get = |method: &str, path: &str, header: &str| {
        let mut stream = std::net::TcpStream::connect(lab.address("imds")).expect("IMDS listens");
        let request =
            format!("{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{header}\r\n\r\n");
        stream
            .write_all(request.as_bytes())
            .expect("the request goes out");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer comes");
        answer
    };
    let path = "/latest/meta-data/instance-id";
    assert!(get("GET", path, "").starts_with("HTTP/1.1 401"));
    let lifetime = "x-aws-ec2-metadata-token-ttl-seconds: 60";
    let answer = get("PUT", "/latest/api/token", lifetime);
    let token = answer.rsplit("\r\n").next().expect("the answer has a body");
    let header = format!("x-aws-ec2-metadata-token: {token}");
    assert!(get("GET", path, &header).ends_with(INSTANCE));
}

fn notes_a_forbidden_call() {
    let lab = Lab::start(scenario(&json!({
        "account": {"roles": {"NodeRole": {"policies": [{"allow": ["*"]}]}}}
    })));
    let answer = Ask::ssm("AmazonSSM.RegisterManagedInstance", "{}").send(&lab);
    assert!(answer.is_some());
    assert_eq!(
        lab.cloud.complaints(),
        ["ssm:RegisterManagedInstance was called"]
    );
}

fn watches_a_channel() {
    let lab = Lab::start(scenario(&json!({})));
    let ask = Ask {
        service: "ssmmessages",
        method: "GET",
        path: "/v1/control-channel/i-0123456789abcdef0?role=subscribe&stream=input",
        headers: vec![
            ("connection", "Upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ],
        ..Ask::ssm("", "")
    };
    assert_eq!(ask.send(&lab), Some((101, String::new())));
    assert_eq!(
        lab.cloud.complaints(),
        ["a data frame was sent on the control channel"]
    );
}

fn swallows() {
    let lab = Lab::start(scenario(&json!({"faults": {"ssm": "swallow"}})));
    let limit = Duration::from_millis(300);
    let refused = std::net::TcpStream::connect_timeout(&lab.address("ssm"), limit);
    let kind = refused.expect_err("nobody accepts").kind();
    assert_eq!(kind, std::io::ErrorKind::TimedOut);
}

/// Source: the published `SigV4` test suite, case `get-vanilla-query-order-key-case`.
fn documented_signature() {
    let header = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                  SignedHeaders=host;x-amz-date, \
                  Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500";
    let authorization = Authorization::parse(header).expect("the header is sound");
    let wire = Wire {
        method: "GET".to_owned(),
        path: "/".to_owned(),
        query: "Param2=value2&Param1=value1".to_owned(),
        headers: BTreeMap::from([
            ("host".to_owned(), "example.amazonaws.com".to_owned()),
            ("x-amz-date".to_owned(), "20150830T123600Z".to_owned()),
        ]),
        body: Vec::new(),
    };
    let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    assert_eq!(verify(&wire, &authorization, secret), Ok(()));
    assert!(verify(&wire, &authorization, "another").is_err());
}

/// Nothing on any scenario's host is there by accident in a form that cannot be read.
fn lays_hosts_out() {
    use ssm_probe::observations::ProcessRole;
    use ssm_probe::world::{Clock, Env, World};

    let lab = Lab::start(scenario(&json!({
        "host": {"last_taken": "hybrid", "hybrid_registration": "complete"}
    })));
    let world = World {
        clock: Clock::System,
        env: Env::default(),
        root: lab.root(),
    };
    let (host, secrets) = ssm_probe::host::collect(&world);
    let roles: Vec<_> = host
        .agent
        .processes
        .value()
        .into_iter()
        .flatten()
        .map(|process| process.role)
        .collect();
    assert_eq!(roles, [ProcessRole::Core, ProcessRole::Worker]);
    assert!(host.agent.environment.value().is_some());
    assert_eq!(
        host.agent
            .version
            .value()
            .map(ToString::to_string)
            .as_deref(),
        Some(crate::lab::host::AGENT_VERSION)
    );
    assert_eq!(host.agent.installs.len(), 1);
    let usable = |found: &ssm_probe::observations::Reading<_>| {
        found
            .value()
            .is_some_and(|it: &ssm_probe::observations::Registration| {
                it.is_complete() && it.private_key_usable
            })
    };
    assert!(usable(&host.vault.registration) && usable(&host.vault.ec2_registration));
    assert!(host.vault.fingerprint.value().is_some());
    assert!(host.runtime_config.value().is_some());
    assert!(
        host.root_credentials
            .value()
            .is_some_and(|it| it.has_keys && it.has_token)
    );
    assert!(secrets.fingerprint.is_some() && secrets.root.is_some());
}
