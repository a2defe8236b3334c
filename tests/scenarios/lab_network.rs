//! Tests of the lab's name server, proxy and broken servers, with plain sockets.

use std::io::{Read as _, Write as _};
use std::net::{TcpStream, UdpSocket};
use std::time::Duration;

use base64::Engine as _;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::lab::Lab;
use crate::lab_itself::scenario;

/// Every test of the lab's network.
pub(crate) fn trials() -> Vec<Trial> {
    let tests: [(&str, fn()); 4] = [
        ("lab_answers_for_names_as_the_fault_says", names),
        ("lab_opens_a_way_through_the_proxy_to_who_may", proxy),
        ("lab_speaks_tls_1_0_alone_where_it_shall", old_tls),
        ("lab_sends_bodies_without_end_and_cut_off", bodies),
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

const LIMIT: Duration = Duration::from_millis(500);

/// The code of the answer and its last four bytes; `None` = silence.
fn ask(lab: &Lab, name: &str) -> Option<(u8, [u8; 4])> {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("loopback has free ports");
    socket
        .set_read_timeout(Some(LIMIT))
        .expect("a limit can be set");
    let mut question = b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00".to_vec();
    for label in name.split('.') {
        question.push(u8::try_from(label.len()).expect("labels are short"));
        question.extend(label.as_bytes());
    }
    question.extend([0, 0, 1, 0, 1]);
    socket
        .send_to(&question, lab.address("dns"))
        .expect("the question goes out");
    let mut answer = [0; 512];
    let length = socket.recv(&mut answer).ok()?;
    let last = answer[length - 4..length].try_into().expect("four bytes");
    Some((answer[3] & 15, last))
}

fn names() {
    let lab = Lab::start(scenario(&json!({"faults": {
        "ssm": "name-not-found", "ssmmessages": "name-fails", "s3": "name-silent",
        "kms": "wrong-address"
    }})));
    let code = |name: &str| ask(&lab, name).map(|(code, _)| code);
    let address = |name: &str| ask(&lab, name).map(|(_, address)| address);
    assert_eq!(code("ssm.eu-west-1.amazonaws.com"), Some(3));
    assert_eq!(code("ssmmessages.eu-west-1.amazonaws.com"), Some(2));
    assert_eq!(code("s3.eu-west-1.amazonaws.com"), None);
    assert_eq!(address("kms.eu-west-1.amazonaws.com"), Some([127, 9, 9, 9]));
    assert_eq!(address("STS.eu-west-1.amazonaws.com"), Some([127, 0, 0, 1]));
    assert_eq!(code("other.example"), Some(3));
}

/// The first line of the proxy's answer.
fn connect(lab: &Lab, service: &str, login: &str) -> String {
    let mut stream = TcpStream::connect(lab.address("proxy")).expect("the proxy listens");
    let target = format!("{service}.eu-west-1.amazonaws.com:443");
    write!(stream, "CONNECT {target} HTTP/1.1\r\n{login}\r\n").expect("the request goes out");
    let mut answer = [0; 512];
    let length = stream.read(&mut answer).expect("an answer comes");
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    answer.lines().next().unwrap_or_default().to_owned()
}

fn proxy() {
    let lab = Lab::start(scenario(&json!({
        "proxy_wants_login": true, "faults": {"ssm": "proxy-refuses"}
    })));
    let password = lab.cloud.named("proxy_password").expect("it is planted");
    let login = base64::engine::general_purpose::STANDARD.encode(format!("node:{password}"));
    let login = format!("Proxy-Authorization: Basic {login}\r\n");
    assert!(connect(&lab, "ssmmessages", "").contains(" 407 "));
    assert!(connect(&lab, "ssmmessages", &login).contains(" 200 "));
    assert!(connect(&lab, "ssm", &login).contains(" 403 "));
}

fn old_tls() {
    let lab = Lab::start(scenario(&json!({"faults": {"ssm": "old-tls"}})));
    let mut stream = TcpStream::connect(lab.address("ssm")).expect("the lab listens");
    stream.write_all(b"\x16").expect("the greeting goes out");
    let mut head = [0; 11];
    stream.read_exact(&mut head).expect("an answer comes");
    assert_eq!(
        (head[1..3].to_vec(), head[9..11].to_vec()),
        (vec![3, 1], vec![3, 1])
    );
}

fn bodies() {
    let faults: Value = json!({"ssm": "huge-body", "sts": "truncated-body"});
    let lab = Lab::start(scenario(&json!({"faults": faults})));
    let mut config = rustls::ClientConfig::builder_with_provider(std::sync::Arc::new(
        rustls::crypto::ring::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .expect("ring supports the default versions")
    .with_root_certificates(crate::lab_itself::roots(&lab))
    .with_no_client_auth();
    config.enable_sni = true;
    let config = std::sync::Arc::new(config);
    let read = |service: &str, most: u64| {
        let name = format!("{service}.eu-west-1.amazonaws.com");
        let name = rustls::pki_types::ServerName::try_from(name).expect("the name is sound");
        let mut tls = rustls::ClientConnection::new(config.clone(), name).expect("it is set up");
        let mut socket = TcpStream::connect(lab.address(service)).expect("the lab listens");
        let mut stream = rustls::Stream::new(&mut tls, &mut socket);
        stream
            .write_all(b"GET / HTTP/1.1\r\n\r\n")
            .expect("the request goes out");
        let mut body = Vec::new();
        let read = stream.take(most).read_to_end(&mut body);
        read.expect("the server ends in order").min(body.len())
    };
    assert_eq!(read("ssm", 1_000_000), 1_000_000);
    assert!(read("sts", 1_000_000) < 200);
}
