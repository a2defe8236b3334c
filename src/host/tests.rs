use super::collect;
use super::testing::Root;
use crate::observations::{Host, Reading};

/// A recorded run of the real agent, laid out as on its host.
fn recorded(name: &str) -> Root {
    let root = Root::new();
    let data = "/var/lib/amazon/ssm";
    let copy = |from: &str, to: &str| root.copy(&format!("tests/agent-runs/{name}/{from}"), to);
    copy(
        "identity_config.json",
        &format!("{data}/runtimeconfig/identity_config.json"),
    );
    copy(
        "amazon-ssm-agent.log",
        "/var/log/amazon/ssm/amazon-ssm-agent.log",
    );
    for (manifest, key) in [
        ("Manifest", "RegistrationKey"),
        ("Manifest", "InstanceFingerprint"),
        ("EC2Manifest", "EC2RegistrationKey"),
    ] {
        let store = format!("{data}/Vault/Store/{key}");
        if copy(&format!("vault-{key}.json"), &store) {
            let names = format!(
                r#"{{"RegistrationKey":"{data}/Vault/Store/RegistrationKey","InstanceFingerprint":"{data}/Vault/Store/InstanceFingerprint","{key}":"{store}"}}"#
            );
            root.write(&format!("{data}/Vault/{manifest}"), names);
        }
    }
    root
}

#[test]
fn recorded_runs_show_the_identity_that_the_agent_took() {
    for (name, identity, source, hybrid) in [
        ("healthy-profile", "EC2", "EC2", false),
        ("ssmmessages-nxdomain", "EC2", "EC2", false),
        ("dhmc-only", "EC2", "SSM", false),
        ("profile-no-policy", "EC2", "", false),
        ("clock-skew", "EC2", "", false),
        ("hybrid.imds-noroute", "OnPrem", "SSM", true),
    ] {
        let (host, secrets) = collect(&recorded(name).world());
        let runtime = host.runtime_config.value().unwrap();
        assert_eq!(runtime.identity_type, identity, "{name}");
        assert_eq!(runtime.credential_source, source, "{name}");
        let complete = host
            .vault
            .registration
            .value()
            .is_some_and(crate::observations::Registration::is_complete);
        assert_eq!(complete, hybrid, "{name}");
        assert_eq!(secrets.hybrid_private_key.is_some(), hybrid, "{name}");
        assert_eq!(secrets.ec2_private_key.is_some(), !hybrid, "{name}");
        assert_eq!(
            host.agent.version.value().unwrap().to_string(),
            "3.3.0.0",
            "{name}"
        );
        assert!(host.config.is_absent(), "{name}");
    }
    let (host, _) = collect(&recorded("imds-disabled").world());
    assert!(host.runtime_config.is_absent() && host.vault.ec2_registration.is_absent());
}

#[test]
fn an_empty_root_is_absent_everywhere_and_processes_are_unknown() {
    let root = Root::new();
    let (host, secrets) = collect(&root.world());
    assert!(host.os.is_absent() && host.config.is_absent() && host.runtime_config.is_absent());
    assert!(host.dhmc_credentials.is_absent() && host.root_credentials.is_absent());
    assert_eq!(host.agent.running(), None);
    assert!(host.agent.installs.is_empty());
    assert!(secrets.container.is_none() && secrets.dhmc.is_none());
}

/// Every file of the agent that this edge reads.
const FILES: [&str; 13] = [
    "/etc/amazon/ssm/amazon-ssm-agent.json",
    "/var/lib/amazon/ssm/Vault/Manifest",
    "/var/lib/amazon/ssm/Vault/EC2Manifest",
    "/var/lib/amazon/ssm/Vault/Store/RegistrationKey",
    "/var/lib/amazon/ssm/Vault/Store/EC2RegistrationKey",
    "/var/lib/amazon/ssm/Vault/Store/InstanceFingerprint",
    "/var/lib/amazon/ssm/registration",
    "/var/lib/amazon/ssm/runtimeconfig/identity_config.json",
    "/var/lib/amazon/ssm/credentials",
    "/root/.aws/credentials",
    "/var/log/amazon/ssm/amazon-ssm-agent.log",
    "/var/log/amazon/ssm/audits/amazon-ssm-agent-audit-2026-11-24",
    "/var/lib/dpkg/status",
];

/// Puts something at a path.
type Place = fn(&Root, &str);

#[test]
fn every_file_replaced_by_every_hostile_thing_ends_in_an_answer() {
    let hostile: [(&str, Place); 8] = [
        ("empty", |root, path| root.write(path, "")),
        ("garbage", |root, path| {
            root.write(path, b"\xff\x00hunter2{[");
        }),
        ("wrong JSON type", |root, path| root.write(path, "[1]")),
        ("1 GB", |root, path| root.sparse(path, 1 << 30)),
        ("a FIFO", |root, path| root.fifo(path)),
        ("a folder", |root, path| root.folder(path)),
        ("a loop", |root, path| root.link(path, path)),
        ("a link to a device", |root, path| {
            root.link(path, "/dev/zero");
        }),
    ];
    for path in FILES {
        for (what, place) in &hostile {
            let root = recorded("hybrid.imds-noroute");
            place(&root, path);
            let watch = root.world().clock.stopwatch();
            let (host, secrets) = collect(&root.world());
            assert!(watch.elapsed().as_secs() < 5, "{path} as {what}");
            let seen = format!("{host:?} {secrets:?}");
            assert!(!seen.contains("hunter2"), "{path} as {what}");
        }
    }
}

#[test]
fn what_is_observed_survives_being_written_and_read_back() {
    let (host, _) = collect(&recorded("hybrid.imds-noroute").world());
    let text = serde_json::to_string(&host).unwrap();
    assert_eq!(serde_json::from_str::<Host>(&text).unwrap(), host);
}

#[test]
fn secrets_are_in_their_place_and_never_in_what_is_observed() {
    let root = recorded("hybrid.imds-noroute");
    root.write("/proc/stat", "btime 1\n");
    root.write(
        "/proc/9/stat",
        "9 (amazon-ssm-agen) S 1 1 1 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 9 0 10000 1 1",
    );
    root.write(
        "/proc/9/environ",
        "AWS_ACCESS_KEY_ID=AKIAhunter2\0AWS_SECRET_ACCESS_KEY=hunter2\0HOME=/home/x\0\
         https_proxy=http://me:hunter2@proxy:1\0AWS_CONTAINER_CREDENTIALS_FULL_URI=http://h/hunter2\0\
         AWS_CONTAINER_AUTHORIZATION_TOKEN=hunter2\0AWS_SHARED_CREDENTIALS_FILE=/home/x/keys\0",
    );
    let keys = "[default]\naws_access_key_id=ASIAhunter2\naws_secret_access_key=hunter2\n";
    root.write("/home/x/keys", keys);
    root.write("/var/lib/amazon/ssm/credentials", keys);
    let (host, secrets) = collect(&root.world());
    assert_eq!(host.agent.running(), Some(true));
    assert_eq!(host.root_credentials.source(), "/home/x/keys");
    assert_eq!(
        secrets.environment.as_ref().unwrap().secret.expose(),
        "hunter2"
    );
    assert!(secrets.root.is_some() && secrets.dhmc.is_some() && secrets.container.is_some());
    assert_eq!(
        secrets.proxies.https.as_ref().unwrap().expose(),
        "http://me:hunter2@proxy:1"
    );
    let seen = format!("{} {secrets:?}", serde_json::to_string(&host).unwrap());
    assert!(!seen.contains("hunter2"), "{seen}");
    assert!(matches!(host.agent.environment, Reading::Found { .. }));
}

#[test]
fn the_running_system_is_looked_at_within_its_bound() {
    let world = crate::world::World {
        root: "/".into(),
        ..Root::new().world()
    };
    let watch = world.clock.stopwatch();
    let (host, _) = collect(&world);
    assert!(host.agent.processes.value().is_some() || host.agent.processes.is_forbidden());
    assert!(host.health.memory.value().is_some());
    assert!(watch.elapsed().as_secs() < 5, "{:?}", watch.elapsed());
}
