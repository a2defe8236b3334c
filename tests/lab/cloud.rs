//! The simulated account: who holds which credentials, what was asked, what must stay secret.
//!
//! Shared by every server of one lab; one lab serves one run of the program.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard};

use jiff::{SignedDuration, Timestamp};
use ring::rand::{SecureRandom as _, SystemRandom};

use super::keys::MachineKey;
use super::scenario::{ProfileSpec, Scenario, Worth};
use super::sigv4::hex;

/// The account that everything lives in.
pub(crate) const ACCOUNT: &str = "111122223333";
/// The Region.
pub(crate) const REGION: &str = "eu-west-1";
/// The EC2 instance.
pub(crate) const INSTANCE: &str = "i-0123456789abcdef0";
/// The hybrid node.
pub(crate) const NODE: &str = "mi-0fedcba9876543210";
/// The ECS task.
pub(crate) const TASK: &str = "0123456789abcdef0123456789abcdef";
/// The role of Default Host Management.
pub(crate) const DHMC_ROLE: &str = "AWSSystemsManagerDefaultEC2InstanceManagementRole";
/// The service role of the hybrid activation.
pub(crate) const HYBRID_ROLE: &str = "HybridServiceRole";

/// Whose credentials they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A session of a role: its name and the session's.
    Role(String, String),
    /// The instance identity role.
    InstanceIdentity,
    /// An IAM user.
    User(String),
}

impl Holder {
    /// The ARN that AWS names it by.
    pub(crate) fn arn(&self) -> String {
        match self {
            Self::Role(role, session) => {
                format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}")
            }
            Self::InstanceIdentity => {
                format!("arn:aws:sts::{ACCOUNT}:assumed-role/aws:ec2-instance/{INSTANCE}")
            }
            Self::User(name) => format!("arn:aws:iam::{ACCOUNT}:user/{name}"),
        }
    }
}

/// Credentials that the lab has issued.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    /// The access key id.
    pub(crate) key_id: String,
    /// The secret access key.
    pub(crate) secret: String,
    /// The session token; `None` for a user's static keys.
    pub(crate) token: Option<String>,
    /// Whose they are.
    pub(crate) holder: Holder,
    /// What they are worth.
    pub(crate) worth: Worth,
    /// When they end.
    pub(crate) ends: Timestamp,
}

/// One request that reached a server.
#[derive(Debug, Clone)]
pub(crate) struct Logged {
    /// `imds`, `proxy` or a service.
    pub(crate) service: String,
    /// The HTTP method.
    pub(crate) method: String,
    /// Path and query.
    pub(crate) path: String,
    /// The IAM action, once it is known, such as `ssm:UpdateInstanceInformation`.
    pub(crate) action: Option<String>,
    /// The access key id or node id it claims to be signed by; `None` = unsigned.
    pub(crate) signed_by: Option<String>,
    /// Its `User-Agent`.
    pub(crate) user_agent: String,
}

/// The simulated account.
pub(crate) struct Cloud {
    /// What is the case.
    pub(crate) scenario: Scenario,
    /// When the lab was started, by this machine's clock.
    pub(crate) started: Timestamp,
    credentials: Mutex<BTreeMap<String, Credentials>>,
    named: Mutex<BTreeMap<String, String>>,
    secrets: Mutex<Vec<(String, String)>>,
    log: Mutex<Vec<Logged>>,
    complaints: Mutex<Vec<String>>,
    addresses: Mutex<BTreeMap<&'static str, SocketAddr>>,
}

impl Cloud {
    /// An account for a scenario, with every credential that its host may hold already issued.
    pub(crate) fn new(scenario: Scenario) -> Self {
        let cloud = Self {
            scenario,
            started: Timestamp::now(),
            credentials: Mutex::default(),
            named: Mutex::default(),
            secrets: Mutex::default(),
            log: Mutex::default(),
            complaints: Mutex::default(),
            addresses: Mutex::default(),
        };
        cloud.issue_all();
        cloud
    }

    fn issue_all(&self) {
        let (role, worth) = match &self.scenario.imds.profile {
            ProfileSpec::Role(role) => (role.name.clone(), role.credentials),
            ProfileSpec::None | ProfileSpec::Empty | ProfileSpec::NotFound => {
                ("NodeRole".to_owned(), Worth::Valid)
            }
        };
        let profile = Holder::Role(role, INSTANCE.to_owned());
        self.issue("profile", profile, worth);
        self.issue("identity", Holder::InstanceIdentity, Worth::Valid);
        self.issue("dhmc", dhmc_holder(), Worth::Valid);
        self.issue("hybrid", hybrid_holder(), Worth::Valid);
        self.issue("stale", hybrid_holder(), Worth::Expired);
        let task = Holder::Role("TaskRole".to_owned(), TASK.to_owned());
        self.issue("task", task, Worth::Valid);
        self.issue("user", Holder::User("operator".to_owned()), Worth::Valid);
        self.name("ec2_private_key", MachineKey::Ec2.private_base64());
        self.name("hybrid_private_key", MachineKey::Hybrid.private_base64());
        self.name(
            "stranger_private_key",
            MachineKey::Stranger.private_base64(),
        );
        for name in [
            "fingerprint",
            "proxy_password",
            "activation_code",
            "imds_token",
        ] {
            self.name(name, &random_hex(16));
        }
    }

    /// Issues credentials and plants their three parts under `name`.
    pub(crate) fn issue(&self, name: &str, holder: Holder, worth: Worth) -> Credentials {
        let user = matches!(holder, Holder::User(_));
        let left = SignedDuration::from_hours(if worth == Worth::Expired { -1 } else { 6 });
        let issued = Credentials {
            key_id: format!(
                "{}{}",
                if user { "AKIA" } else { "ASIA" },
                random_hex(8).to_uppercase()
            ),
            secret: random_hex(20),
            token: (!user).then(|| format!("IQoJb3JpZ2luX2Vj{}==", random_hex(64))),
            holder,
            worth,
            ends: self.started + left,
        };
        self.name(&format!("{name}.key_id"), &issued.key_id);
        self.name(&format!("{name}.secret"), &issued.secret);
        if let Some(token) = &issued.token {
            self.name(&format!("{name}.token"), token);
        }
        if worth != Worth::Unknown {
            lock(&self.credentials).insert(issued.key_id.clone(), issued.clone());
        }
        issued
    }

    /// Takes credentials that somebody else has issued in place of those under `name`.
    pub(crate) fn adopt(&self, name: &str, key_id: &str, secret: &str, token: &str) {
        for (part, value) in [("key_id", key_id), ("secret", secret), ("token", token)] {
            self.name(&format!("{name}.{part}"), value);
        }
    }

    fn name(&self, name: &str, value: &str) {
        self.tell(name, value);
        self.plant(name, value);
    }

    /// Makes a value that is no secret known to templates.
    pub(crate) fn tell(&self, name: &str, value: &str) {
        lock(&self.named).insert(name.to_owned(), value.to_owned());
    }

    /// Remembers a value that must never be printed.
    pub(crate) fn plant(&self, name: &str, value: &str) {
        lock(&self.secrets).push((name.to_owned(), value.to_owned()));
    }

    /// A planted value by name, for templates and servers.
    pub(crate) fn named(&self, name: &str) -> Option<String> {
        lock(&self.named).get(name).cloned()
    }

    /// A part of the credentials that were issued under `name`.
    pub(crate) fn part(&self, name: &str, part: &str) -> String {
        self.named(&format!("{name}.{part}")).unwrap_or_default()
    }

    /// The credentials with this key id, if the account knows them.
    pub(crate) fn credentials(&self, key_id: &str) -> Option<Credentials> {
        lock(&self.credentials).get(key_id).cloned()
    }

    /// Remembers where a server listens.
    pub(crate) fn listens(&self, server: &'static str, address: SocketAddr) {
        lock(&self.addresses).insert(server, address);
    }

    /// Where a server listens, once it does.
    pub(crate) fn address(&self, server: &str) -> Option<SocketAddr> {
        lock(&self.addresses).get(server).copied()
    }

    /// A service's clock.
    pub(crate) fn clock_of(&self, service: &str) -> Timestamp {
        let own = self.scenario.faults.get(service);
        let own = own.map_or(0, |fault| fault.clock_offset_s());
        Timestamp::now() + SignedDuration::from_secs(self.scenario.clock_offset_s + own)
    }

    /// Writes down a request.
    pub(crate) fn log(&self, request: Logged) {
        lock(&self.log).push(request);
    }

    /// Writes down what no client should do; any complaint fails the scenario.
    pub(crate) fn complain(&self, complaint: impl Into<String>) {
        lock(&self.complaints).push(complaint.into());
    }

    /// Every request so far.
    pub(crate) fn requests(&self) -> Vec<Logged> {
        lock(&self.log).clone()
    }

    /// Every complaint so far.
    pub(crate) fn complaints(&self) -> Vec<String> {
        lock(&self.complaints).clone()
    }

    /// Every planted secret with its name.
    pub(crate) fn secrets(&self) -> Vec<(String, String)> {
        lock(&self.secrets).clone()
    }
}

/// The session of Default Host Management's role on the instance.
pub(crate) fn dhmc_holder() -> Holder {
    Holder::Role(DHMC_ROLE.to_owned(), INSTANCE.to_owned())
}

/// The session of the hybrid service role on the node.
pub(crate) fn hybrid_holder() -> Holder {
    Holder::Role(HYBRID_ROLE.to_owned(), NODE.to_owned())
}

/// Random hexadecimal digits, two for each byte.
pub(crate) fn random_hex(bytes: usize) -> String {
    let mut random = vec![0_u8; bytes];
    SystemRandom::new()
        .fill(&mut random)
        .expect("the system gives random bytes");
    hex(&random)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex
        .lock()
        .expect("no server panics while it holds a lock")
}
