//! The program's signed calls against moto, which checks signatures by botocore's own code.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::lab::cloud::INSTANCE;
use crate::lab::{Lab, run};
use crate::python;

/// How long moto may take to come up: it loads every service of AWS.
const PATIENCE: Duration = Duration::from_secs(60);

/// A moto server; ended when dropped.
struct Moto {
    child: Child,
    port: u16,
}

impl Moto {
    /// Starts it with a certificate of the lab's authority. Four calls need no signature.
    fn start(lab: &Lab) -> Self {
        let (certificate, key) = lab.certificate_files(&["sts", "ssm", "iam"]);
        let port = free_port();
        let log = std::fs::File::create(lab.scratch().join("moto.log"))
            .expect("the lab's folder is writable");
        let child = Command::new(python::program("moto_server"))
            .args(["-H", "127.0.0.1", "-p", &port.to_string(), "-c"])
            .arg(certificate)
            .arg("-k")
            .arg(key)
            .env("INITIAL_NO_AUTH_ACTION_COUNT", "4")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file can be shared"))
            .stderr(log)
            .spawn()
            .expect("moto can be started");
        let moto = Self { child, port };
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(started.elapsed() < PATIENCE, "moto did not come up");
            std::thread::sleep(Duration::from_millis(100));
        }
        moto
    }

    fn url(&self, host: &str) -> String {
        format!("https://{host}:{}", self.port)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // An error means that it ended by itself.
        let _ended = self.child.kill();
        let _reaped = self.child.wait();
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has free ports");
    let address = listener.local_addr().expect("a listener has an address");
    address.port()
}

/// What a run saw whose STS, IAM and Systems Manager are moto's. Its operator has the same keys.
fn seen(spoil: bool) -> Value {
    let lab = Lab::start(Lab::healthy());
    let moto = Moto::start(&lab);
    let session = python::run(
        "moto_role.py",
        &[
            moto.url("127.0.0.1"),
            lab.authority_file().display().to_string(),
            INSTANCE.to_owned(),
        ],
    );
    let part = |name: &str| session[name].as_str().expect("moto issues all").to_owned();
    let secret = if spoil {
        "spoilt".to_owned()
    } else {
        part("secret")
    };
    lab.cloud
        .adopt("profile", &part("key_id"), &secret, &part("token"));
    let profile = lab.scratch().join("operator");
    let keys = format!(
        "[ops]\naws_access_key_id={}\naws_secret_access_key={secret}\naws_session_token={}\n",
        part("key_id"),
        part("token")
    );
    std::fs::write(&profile, keys).expect("the lab's folder is writable");
    let saved = lab.scratch().join("observations.json");
    let mut command = run::command(&lab);
    command
        .env(
            "AWS_ENDPOINT_URL_STS",
            moto.url("sts.eu-west-1.amazonaws.com"),
        )
        .env(
            "AWS_ENDPOINT_URL_SSM",
            moto.url("ssm.eu-west-1.amazonaws.com"),
        )
        .env("AWS_ENDPOINT_URL_IAM", moto.url("iam.amazonaws.com"))
        .env("AWS_SHARED_CREDENTIALS_FILE", &profile)
        .args(["--operator-profile", "ops"])
        .args(["-o", "json", "--save-observations"])
        .arg(&saved);
    let run = run::run(&lab, command, "moto");
    let text = std::fs::read_to_string(&saved)
        .unwrap_or_else(|error| panic!("no observations: {error}\n{}", run.stderr));
    serde_json::from_str(&text).expect("observations are JSON")
}

#[test]
fn moto_accepts_what_the_program_signs() {
    let seen = seen(false);
    let calls = &seen["calls"];
    let identity = &calls["get-caller-identity"]["outcome"];
    assert_eq!(identity["status"], 200, "{identity}");
    assert_eq!(
        identity["caller_arn"],
        "arn:aws:sts::123456789012:assumed-role/NodeRole/i-0123456789abcdef0"
    );
    // moto has neither operation; it says so behind its check of signature and permission.
    for name in ["list-instance-associations", "update-instance-information"] {
        assert_eq!(calls[name]["outcome"]["status"], 500, "{calls}");
    }
    let account = &seen["account"];
    for name in ["operator-identity", "get-role", "list-role-policies"] {
        let outcome = &account["calls"][name]["outcome"];
        assert_eq!(outcome["status"], 200, "{name}: {outcome}");
    }
    assert_eq!(
        account["role"]["arn"],
        "arn:aws:iam::123456789012:role/NodeRole"
    );
    assert_eq!(account["inline"], serde_json::json!(["node"]));
    assert_eq!(account["attached"], serde_json::json!([]));
    // moto does not simulate; it says so behind its check of signature and permission.
    let simulation = &account["calls"]["simulate-principal-policy"]["outcome"];
    assert_eq!(simulation["status"], 500, "{simulation}");
}

#[test]
fn moto_refuses_what_the_program_signs_with_another_secret() {
    let seen = seen(true);
    let calls = &seen["calls"];
    for name in [
        "get-caller-identity",
        "list-instance-associations",
        "update-instance-information",
    ] {
        let outcome = &calls[name]["outcome"];
        assert_eq!(outcome["status"], 403, "{outcome}");
    }
}
