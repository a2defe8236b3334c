//! A host, its network and the world behind it, as two namespaces and a cable.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::namespace::Namespace;
use crate::lab::Lab;
use crate::lab::run::{self, Run};
use crate::lab::scenario::Scenario;
use crate::lab::site::Site;

/// The name server that the host is set to.
pub(crate) const DNS: &str = "10.0.0.2";
/// The VPC's own resolver.
const VPC_DNS: &str = "169.254.169.253";
/// The proxy.
pub(crate) const PROXY: &str = "10.0.0.3:3128";
const PROXY_ADDRESS: &str = "10.0.0.3";

/// The services with a name.
const SERVICES: [&str; 7] = [
    "ssm",
    "ssmmessages",
    "ec2messages",
    "sts",
    "s3",
    "kms",
    "logs",
];

static COUNT: AtomicU32 = AtomicU32::new(0);

/// The whole: the program runs in `host`, everything else is `beyond`.
pub(crate) struct WholeHost {
    /// Where the program runs.
    pub(crate) host: Namespace,
    /// Where AWS, the name servers and the proxy are.
    pub(crate) beyond: Namespace,
    lab: Lab,
}

impl WholeHost {
    /// A host whose services' names are all public, or private where they are named.
    pub(crate) fn new(private: &[&str], scenario: &Value) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let id = format!("ssm-probe-{}-{number}", std::process::id());
        let host = Namespace::new(format!("{id}-host"));
        let beyond = Namespace::new(format!("{id}-beyond"));
        join(&host, &beyond);
        let mut addresses = BTreeMap::from([("imds", socket([169, 254, 169, 254], 80))]);
        for (service, number) in SERVICES.into_iter().zip(5..) {
            let address = if private.contains(&service) {
                [10, 0, 1, number]
            } else {
                [52, 94, 0, number]
            };
            let address = socket(address, 443);
            beyond.ip(&format!("addr add {}/32 dev lo", address.ip()));
            addresses.insert(service, address);
        }
        let site = Site {
            namespace: Some(beyond.path()),
            addresses: addresses.clone(),
            ..Site::default()
        };
        let mut whole = Self {
            host,
            beyond,
            lab: Lab::start_at(describe(scenario), site),
        };
        whole.name_server(DNS, &addresses);
        whole.name_server(VPC_DNS, &addresses);
        whole
    }

    /// dnsmasq with the services' names and no others.
    fn name_server(&mut self, address: &str, names: &BTreeMap<&str, SocketAddr>) {
        let mut server = self.beyond.command("dnsmasq");
        server
            .args(["--conf-file=/dev/null", "--no-resolv", "--no-hosts"])
            .args(["--keep-in-foreground", "--user=root", "--bind-interfaces"])
            .args(["--pid-file=", "--address=/#/"])
            .arg(format!("--listen-address={address}"));
        for (service, address) in names.iter().filter(|(name, _)| **name != "imds") {
            let name = format!("{service}.eu-west-1.amazonaws.com");
            server.arg(format!("--host-record={name},{}", address.ip()));
        }
        self.beyond.serve(server);
        self.await_server(&format!("{address}:53"), "dnsmasq");
    }

    /// tinyproxy on [`PROXY`], with further lines for its configuration.
    pub(crate) fn proxy(&mut self, lines: &str) {
        let file = self.lab.scratch().join("tinyproxy.conf");
        let text = format!(
            "Port 3128\nListen {PROXY_ADDRESS}\nTimeout 60\nMaxClients 20\nLogLevel Critical\n\
             Allow 10.0.0.0/24\n{lines}\n"
        );
        std::fs::write(&file, text).expect("the lab's folder is writable");
        // The proxy asks the name server of its namespace, by way of `ip netns exec`.
        let folder = format!("/etc/netns/{}", self.beyond.name());
        std::fs::create_dir_all(&folder).expect("root may write there");
        std::fs::write(
            format!("{folder}/resolv.conf"),
            format!("nameserver {DNS}\n"),
        )
        .expect("root may write there");
        let mut server = self.beyond.command("tinyproxy");
        server.arg("-d").arg("-c").arg(file);
        self.beyond.serve(server);
        self.await_server(PROXY, "tinyproxy");
    }

    fn await_server(&self, address: &str, what: &str) {
        let address: SocketAddr = address.parse().expect("an address with a port");
        let site = Site {
            namespace: Some(self.beyond.path()),
            ..Site::default()
        };
        let up = std::thread::spawn(move || {
            site.enter();
            let since = Instant::now();
            while since.elapsed() < Duration::from_secs(10) {
                if TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok() {
                    return true;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
            false
        });
        let up = up.join().expect("waiting does not panic");
        assert!(
            up,
            "{what} did not come up; `bash .ci/run netns` installs it"
        );
    }

    /// Everything beyond the host's card that matches vanishes.
    pub(crate) fn drop_beyond(&self, match_packets: &str) {
        self.beyond.filter(&format!(
            "chain input {{ type filter hook input priority 0; {match_packets} drop; }}"
        ));
    }

    /// A rule of the host's own firewall for outgoing packets.
    pub(crate) fn host_firewall(&self, rule: &str) {
        self.host.filter(&format!(
            "chain output {{ type filter hook output priority 0; {rule}; }}"
        ));
    }

    /// Runs `check` on the host.
    pub(crate) fn check(&self) -> Seen {
        self.check_with(|_| ())
    }

    /// The same, with a change of its command.
    pub(crate) fn check_with(&self, change: impl Fn(&mut Command)) -> Seen {
        for file in ["route", "ipv6_route"] {
            let path = format!("/proc/net/{file}");
            let text = self.host.output("cat", &[&path]);
            crate::lab::host::write(&self.lab.root(), &path, &text);
        }
        let inner = run::command(&self.lab);
        let mut command = Command::new("ip");
        command
            .env_clear()
            .envs(self.lab.environment())
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .current_dir(self.lab.scratch())
            .args(["netns", "exec", self.host.name()])
            .arg(inner.get_program())
            .args(inner.get_args())
            .args(["-o", "json"]);
        change(&mut command);
        let run = run::run(&self.lab, command, "check");
        let report = serde_json::from_str(&run.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", run.stdout, run.stderr));
        Seen { run, report }
    }
}

impl Drop for WholeHost {
    fn drop(&mut self) {
        let folder = format!("/etc/netns/{}", self.beyond.name());
        // Only hosts with a proxy have it.
        let _absent = std::fs::remove_dir_all(folder);
    }
}

fn describe(fields: &Value) -> Scenario {
    let mut all = json!({
        "docs": "A whole host.", "origin": "netns",
        "host": {"last_taken": "instance-profile"},
        "expect": {"exit": 0, "outcome": "usable", "path": null, "cause": null}
    });
    for (name, value) in fields.as_object().expect("fields are an object") {
        match (&mut all[name], value) {
            (Value::Object(into), Value::Object(from)) => into.extend(from.clone()),
            (into, from) => *into = from.clone(),
        }
    }
    let resolv_conf = format!("nameserver {DNS}\noptions timeout:1 attempts:1\n");
    let files = &mut all["host"]["files"];
    if files["/etc/resolv.conf"].is_null() {
        files["/etc/resolv.conf"] = resolv_conf.into();
    }
    serde_json::from_value(all).expect("the scenario is sound")
}

/// The host's card 10.0.0.10, its router 10.0.0.1, and what stands beside and behind that.
fn join(host: &Namespace, beyond: &Namespace) {
    let cable = format!(
        "link add eth0 type veth peer name gw0 netns {}",
        beyond.name()
    );
    host.ip(&cable);
    host.ip("link set eth0 up");
    beyond.ip("link set gw0 up");
    host.ip("addr add 10.0.0.10/24 dev eth0");
    for address in ["10.0.0.1", DNS, PROXY_ADDRESS] {
        beyond.ip(&format!("addr add {address}/24 dev gw0"));
    }
    for address in ["169.254.169.254", VPC_DNS] {
        beyond.ip(&format!("addr add {address}/32 dev lo"));
    }
    host.ip("route add default via 10.0.0.1");
}

fn socket(address: [u8; 4], port: u16) -> SocketAddr {
    (Ipv4Addr::from(address), port).into()
}

/// What a run said.
pub(crate) struct Seen {
    run: Run,
    report: Value,
}

impl Seen {
    /// The verdict is this cause, or usable when there is none; and it came in time.
    #[track_caller]
    pub(crate) fn is(&self, cause: Option<&str>, within_s: f64) -> &Self {
        let verdict = &self.report["verdict"];
        let said = serde_json::to_string_pretty(&self.report["findings"]).unwrap_or_default();
        assert_eq!(
            verdict["cause"],
            json!(cause),
            "{}\n{said}",
            verdict["headline"]
        );
        let status = if cause.is_some() { 1 } else { 0 };
        assert_eq!(self.run.status, Some(status), "{verdict}\n{said}");
        let took = self.run.took.as_secs_f64();
        assert!(took < within_s, "took {took} s, more than {within_s} s");
        self
    }

    /// The finding with this id says all of this.
    #[track_caller]
    pub(crate) fn says(&self, id: &str, words: &[&str]) -> &Self {
        let findings = self.report["findings"].as_array();
        let finding = findings.and_then(|all| all.iter().find(|it| it["id"] == id));
        let finding = finding.unwrap_or_else(|| panic!("no {id} in {}", self.report["findings"]));
        let text = finding.to_string();
        for word in words {
            assert!(text.contains(word), "{id} does not say `{word}`: {text}");
        }
        self
    }

    /// There is no finding with this id.
    #[track_caller]
    pub(crate) fn is_silent_on(&self, id: &str) -> &Self {
        let findings = self.report["findings"].as_array();
        let finding = findings.and_then(|all| all.iter().find(|it| it["id"] == id));
        assert!(finding.is_none(), "{}", finding.unwrap_or(&Value::Null));
        self
    }

    /// The cause is one of these, and it came in time.
    #[track_caller]
    pub(crate) fn is_one_of(&self, causes: &[&str], within_s: f64) -> &Self {
        let cause = self.report["verdict"]["cause"].as_str();
        let cause = cause.unwrap_or_else(|| panic!("no cause: {}", self.report["verdict"]));
        assert!(causes.contains(&cause), "{cause} is none of {causes:?}");
        self.ended_within(within_s)
    }

    /// It came in time.
    #[track_caller]
    pub(crate) fn ended_within(&self, within_s: f64) -> &Self {
        let took = self.run.took.as_secs_f64();
        assert!(took < within_s, "took {took} s, more than {within_s} s");
        self
    }

    /// The verdict names this path.
    #[track_caller]
    pub(crate) fn is_on(&self, path: &str) -> &Self {
        assert_eq!(self.report["verdict"]["path"], path);
        self
    }

    /// An action is allowed on some path.
    #[track_caller]
    pub(crate) fn is_allowed(&self, action: &str) -> &Self {
        let paths = self.report["paths"].as_array().into_iter().flatten();
        let allowed = paths
            .flat_map(|path| path["permissions"].as_array().into_iter().flatten())
            .any(|one| one["action"] == action && one["decision"] == "allowed");
        assert!(allowed, "{action} is not allowed: {}", self.report["paths"]);
        self
    }

    /// A word is nowhere in what the run wrote.
    #[track_caller]
    pub(crate) fn does_not_show(&self, word: &str) -> &Self {
        let shown = self.run.stdout.contains(word) || self.run.stderr.contains(word);
        assert!(!shown, "`{word}` is shown");
        self
    }
}
