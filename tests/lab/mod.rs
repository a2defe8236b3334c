//! A simulated AWS on loopback: IMDSv2, STS, Systems Manager, the message gateway and
//! ec2messages over real sockets and real TLS, and a host's files below a folder of its own.
//!
//! One lab serves one run of the program. Nothing in it is the program's own code but the
//! policy engine, and that one is checked elsewhere.

mod answer;
mod certificates;
pub(crate) mod cloud;
mod connect_proxy;
mod dns;
mod faults;
pub(crate) mod host;
mod iam;
mod imds;
pub(crate) mod keys;
mod listen;
pub(crate) mod logs;
mod misbehave;
mod policy;
pub(crate) mod preferences;
mod processes;
pub(crate) mod run;
pub(crate) mod scenario;
mod services;
pub(crate) mod sigv4;
pub(crate) mod site;
mod slow;
mod template;
mod websocket;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

pub(crate) use certificates::host_of;

use certificates::Authority;
use cloud::Cloud;
use listen::SERVICES;
use scenario::{Resolver, Scenario};
use site::Site;

/// A running lab; stops when dropped.
pub(crate) struct Lab {
    /// The simulated account.
    pub(crate) cloud: Arc<Cloud>,
    folder: tempfile::TempDir,
    addresses: BTreeMap<&'static str, SocketAddr>,
    authority: Arc<Authority>,
    site: Site,
    // Dropping the sender ends the servers' thread.
    _stop: tokio::sync::oneshot::Sender<()>,
}

impl Lab {
    /// Starts the servers on loopback and lays out the host.
    pub(crate) fn start(scenario: Scenario) -> Self {
        Self::start_at(scenario, Site::loopback())
    }

    /// Starts the servers at a site and lays out the host.
    pub(crate) fn start_at(scenario: Scenario, site: Site) -> Self {
        let cloud = Arc::new(Cloud::new(scenario));
        let folder = tempfile::tempdir().expect("the machine has a folder for temporary files");
        let authority = Arc::new(Authority::new("The lab's own authority"));
        std::fs::write(folder.path().join("ca.pem"), authority.pem())
            .expect("the lab's folder is writable");
        let (tell, addresses) = mpsc::channel();
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (served, signs, place) = (Arc::clone(&cloud), Arc::clone(&authority), site.clone());
        std::thread::spawn(move || serve(&served, &signs, &place, &tell, stopped));
        let lab = Self {
            cloud,
            folder,
            addresses: addresses.recv().expect("the servers come up"),
            authority,
            site,
            _stop: stop,
        };
        let imds = format!("http://{}", lab.address("imds"));
        lab.cloud.tell("imds_url", &imds);
        let port = format!("{:04X}", lab.address("ssmmessages").port());
        lab.cloud.tell("ssmmessages_port_hex", &port);
        for server in ["dns", "proxy"] {
            lab.cloud.tell(server, &lab.address(server).to_string());
        }
        lab.cloud.tell("root", &lab.root().display().to_string());
        host::lay(&lab.cloud, &lab.root());
        lab.lay_network();
        lab
    }

    /// A scenario in which everything is well.
    pub(crate) fn healthy() -> Scenario {
        serde_json::from_value(serde_json::json!({
            "docs": "Everything is well.", "origin": "lab",
            "expect": {"exit": 0, "outcome": "usable", "path": null, "cause": null}
        }))
        .expect("the scenario is sound")
    }

    /// Files with a certificate for some services and this machine, and with its key.
    pub(crate) fn certificate_files(&self, services: &[&str]) -> (PathBuf, PathBuf) {
        let (certificate, key) = self.authority.files(services);
        let paths = ["server.pem", "server.key"].map(|name| self.folder.path().join(name));
        for (path, content) in paths.iter().zip([certificate, key]) {
            std::fs::write(path, content).expect("the lab's folder is writable");
        }
        paths.into()
    }

    /// The folder that stands for `/`.
    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// The lab's own authority, as a file for `AWS_CA_BUNDLE`.
    pub(crate) fn authority_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A folder for what the program is told to write.
    pub(crate) fn scratch(&self) -> &Path {
        self.folder.path()
    }

    /// The URL of a service, by its real name and the lab's port.
    pub(crate) fn endpoint(&self, service: &str) -> String {
        format!(
            "https://{}:{}",
            host_of(service),
            self.address(service).port()
        )
    }

    /// The socket of a service or of `imds`.
    pub(crate) fn address(&self, service: &str) -> SocketAddr {
        self.addresses[service]
    }

    /// The environment that leads the program here, and nowhere else.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let mut all = vec![
            ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
            ("TZ".to_owned(), "UTC".to_owned()),
        ];
        if !self.site.is_real() {
            let imds = format!("http://{}", self.address("imds"));
            all.push(("AWS_EC2_METADATA_SERVICE_ENDPOINT".to_owned(), imds));
            all.extend(SERVICES.map(|service| {
                let name = format!("AWS_ENDPOINT_URL_{}", service.to_uppercase());
                (name, self.endpoint(service))
            }));
        }
        for (name, value) in &self.cloud.scenario.env {
            all.push((name.clone(), template::fill(&self.cloud, value)));
        }
        all
    }

    /// Trust in the system's store, and names by `/etc/hosts` where they are not real and the scenario
    /// leaves them alone.
    fn lay_network(&self) {
        let store = "/etc/ssl/certs/ca-certificates.crt";
        host::write(&self.root(), store, &self.authority.pem());
        let mut text = "127.0.0.1 localhost\n".to_owned();
        if self.site.is_real() {
            // The name server tells.
        } else if self.cloud.scenario.resolver != Resolver::Silent && self.site.delay.is_zero() {
            let faults = &self.cloud.scenario.faults;
            for service in SERVICES {
                if !faults.get(service).is_some_and(|it| it.is_of_the_name()) {
                    text.extend(["127.0.0.1 ", &host_of(service), "\n"]);
                }
            }
        }
        host::write(&self.root(), "/etc/hosts", &text);
    }
}

fn serve(
    cloud: &Arc<Cloud>,
    authority: &Authority,
    site: &Site,
    tell: &mpsc::Sender<BTreeMap<&'static str, SocketAddr>>,
    stopped: tokio::sync::oneshot::Receiver<()>,
) {
    site.enter();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the machine can run an event loop");
    runtime.block_on(async {
        let imds = listen::open_imds(cloud, site).await;
        let mut addresses = BTreeMap::from([("imds", imds.address)]);
        let mut doors = vec![imds];
        for service in SERVICES {
            let door = listen::open_service(cloud, service, site, authority).await;
            cloud.listens(service, door.address);
            addresses.insert(service, door.address);
            doors.push(door);
        }
        let dns = dns::open(cloud, site).await;
        cloud.listens("dns", dns);
        addresses.insert("dns", dns);
        let proxy = connect_proxy::open(cloud, site.address("proxy")).await;
        addresses.insert("proxy", proxy);
        tell.send(addresses)
            .expect("whoever started the lab waits for it");
        // An error means that the lab was dropped, and that is the signal.
        let _dropped = stopped.await;
    });
}
