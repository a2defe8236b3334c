//! Prints how much longer a healthy run takes than its critical path, in a lab where every
//! packet is 50 ms under way: `cargo bench --bench critical_path`.
//!
//! The critical path is walked by a client of its own, one step after the other: IMDS token,
//! role, credentials on one connection, then name, TCP, TLS and `CreateControlChannel`.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "measures from outside: it runs the program and reads the clock"
)]

#[path = "../lab/mod.rs"]
#[expect(dead_code, reason = "the benchmark needs a part of the lab")]
mod lab;

use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lab::scenario::LastTaken;
use lab::site::Site;
use lab::{Lab, run};

/// How long a packet is under way.
const DELAY: Duration = Duration::from_millis(50);
/// How often each is measured; the median is printed.
const ROUNDS: usize = 11;
/// What the ratio shall not be above.
const AIM: f64 = 1.3;

fn main() {
    let mut scenario = Lab::healthy();
    scenario.host.last_taken = LastTaken::InstanceProfile;
    let lab = Lab::start_at(scenario, Site::far(DELAY));
    let path = median(|| critical_path(&lab));
    let healthy = median(|| {
        let mut command = run::command(&lab);
        command.args(["-o", "json"]);
        let run = run::run(&lab, command, "healthy");
        assert_eq!(run.status, Some(0), "{}", run.stdout);
        run.took
    });
    let ratio = healthy.as_secs_f64() / path.as_secs_f64();
    println!("delay of a packet {DELAY:?}");
    println!("critical path     {path:.1?}");
    println!("healthy run       {healthy:.1?}");
    println!("ratio             {ratio:.2} (aim: at most {AIM})");
}

fn median(measure: impl Fn() -> Duration) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| measure()).collect();
    times.sort();
    times.get(ROUNDS / 2).copied().unwrap_or_default()
}

/// The steps that no run can do side by side.
fn critical_path(lab: &Lab) -> Duration {
    let begin = Instant::now();
    let mut imds = TcpStream::connect(lab.address("imds")).expect("the lab listens");
    let lifetime = "x-aws-ec2-metadata-token-ttl-seconds: 60\r\n";
    let token = exchange(&mut imds, "PUT", "/latest/api/token", lifetime, "");
    let token = format!("x-aws-ec2-metadata-token: {token}\r\n");
    let list = "/latest/meta-data/iam/security-credentials/";
    let role = exchange(&mut imds, "GET", list, &token, "");
    let credentials = exchange(&mut imds, "GET", &format!("{list}{role}"), &token, "");
    assert!(credentials.contains("AccessKeyId"), "{credentials}");
    resolve(lab);
    let name = lab::host_of("ssmmessages");
    let mut socket = TcpStream::connect(lab.address("ssmmessages")).expect("the lab listens");
    let server = rustls::pki_types::ServerName::try_from(name).expect("the name is sound");
    let mut tls = rustls::ClientConnection::new(client(lab), server).expect("it is set up");
    let mut stream = rustls::Stream::new(&mut tls, &mut socket);
    let path = "/v1/control-channel/i-0123456789abcdef0";
    // Without a signature it is refused, which takes as long as being let in.
    let refused = exchange(&mut stream, "POST", path, "", "{}");
    assert!(refused.contains("not authenticated"), "{refused}");
    begin.elapsed()
}

fn client(lab: &Lab) -> Arc<rustls::ClientConfig> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject as _;

    let mut roots = rustls::RootCertStore::empty();
    let root = CertificateDer::from_pem_file(lab.authority_file()).expect("the file is PEM");
    roots.add(root).expect("the authority is a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring supports the default versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    Arc::new(config)
}

/// One question to the lab's name server.
fn resolve(lab: &Lab) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("loopback has free ports");
    let mut question = b"\0\x01\x01\0\0\x01\0\0\0\0\0\0".to_vec();
    for label in lab::host_of("ssmmessages").split('.') {
        question.push(u8::try_from(label.len()).expect("labels are short"));
        question.extend(label.as_bytes());
    }
    question.extend([0, 0, 1, 0, 1]);
    socket
        .send_to(&question, lab.address("dns"))
        .expect("the question goes out");
    let mut answer = [0; 512];
    let length = socket.recv(&mut answer).expect("an answer comes");
    assert!(length > question.len(), "the name has an address");
}

/// The body of the answer to one request; its length is in its head.
fn exchange(
    stream: &mut (impl Read + Write),
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> String {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: lab\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream
        .write_all(request.as_bytes())
        .expect("the request goes out");
    let mut text = Vec::new();
    loop {
        let mut part = [0; 4096];
        let length = stream.read(&mut part).expect("an answer comes");
        text.extend(part.iter().take(length));
        let so_far = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = so_far.split_once("\r\n\r\n") {
            let wanted = head
                .lines()
                .filter_map(|line| line.split_once(": "))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .and_then(|(_, value)| value.parse().ok());
            if Some(body.len()) == wanted {
                return body.to_owned();
            }
        }
        assert!(length > 0, "the answer broke off: {so_far}");
    }
}
