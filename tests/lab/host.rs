//! The host's files and processes, laid below a folder that stands for `/`.
//!
//! Source of the paths: the agent's `agent/appconfig/constants_unix.go` and
//! `agent/managedInstances`; of the contents: recorded runs of the real agent.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::cloud::{Cloud, INSTANCE, NODE, REGION};
use super::scenario::{AgentPresence, LastTaken, Machine, ProcessSpec, RegistrationFile};
use super::template::fill;
use super::{logs, processes};

/// The agent's version unless a scenario says otherwise.
pub(crate) const AGENT_VERSION: &str = "3.3.2299.0";

const STATE: &str = "/var/lib/amazon/ssm";

/// Files by absolute path; `None` = certainly not there.
pub(crate) type Files = BTreeMap<String, Option<String>>;

/// Lays out the whole host below `root`.
pub(crate) fn lay(cloud: &Cloud, root: &Path) {
    let mut files = Files::new();
    system(cloud, &mut files);
    agent(cloud, &mut files);
    vault(cloud, &mut files);
    state(cloud, &mut files);
    logs::lay(cloud, &mut files);
    for (path, content) in &cloud.scenario.host.files {
        let content = match content {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        files.insert(path.clone(), content);
    }
    for (path, content) in files {
        if let Some(content) = content {
            write(root, &path, &fill(cloud, &content));
        }
    }
    processes::lay(cloud, root, &running(cloud));
    if matches!(
        cloud.scenario.host.agent,
        AgentPresence::Running | AgentPresence::CoreOnly
    ) {
        link(
            root,
            "/etc/systemd/system/multi-user.target.wants/amazon-ssm-agent.service",
            "/lib/systemd/system/amazon-ssm-agent.service",
        );
    }
    for (path, target) in &cloud.scenario.host.links {
        link(root, path, target);
    }
}

fn system(cloud: &Cloud, files: &mut Files) {
    let dns = cloud.address("dns").expect("the name server is up");
    let mut put = |path: &str, content: &str| {
        files.insert(path.to_owned(), Some(content.to_owned()));
    };
    put(
        "/etc/os-release",
        "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nID=debian\n",
    );
    put("/etc/machine-id", "3d1219c7c4c5404aaa1f6d2a48adfda4\n");
    put("/etc/hostname", "node\n");
    put("/sys/class/net/ens5/ifindex", "2\n");
    put("/sys/class/net/ens5/address", "02:00:00:00:00:01\n");
    put(
        "/proc/net/fib_trie",
        "Local:\n           |-- 10.0.0.10\n              /32 host LOCAL\n",
    );
    // Names that the lab does not know fail at once.
    put(
        "/etc/resolv.conf",
        &format!(
            "nameserver [{}]:{}\noptions timeout:1 attempts:1\n",
            dns.ip(),
            dns.port()
        ),
    );
    match cloud.scenario.host.machine {
        Machine::Ec2 => {
            put("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
            put("/sys/class/dmi/id/bios_vendor", "Amazon EC2\n");
            put("/sys/class/dmi/id/product_name", "t3.micro\n");
            put(
                "/sys/class/dmi/id/board_asset_tag",
                &format!("{INSTANCE}\n"),
            );
            put(
                "/sys/class/dmi/id/product_uuid",
                "ec2f9d62-3c51-4a2e-8d6f-0c1b2a394857\n",
            );
        }
        Machine::OnPremises => {
            put("/sys/class/dmi/id/sys_vendor", "QEMU\n");
            put(
                "/sys/class/dmi/id/product_name",
                "Standard PC (Q35 + ICH9, 2009)\n",
            );
            put(
                "/sys/class/dmi/id/product_uuid",
                "7b1d3c52-8a4e-4f6b-9c0d-1e2f3a4b5c6d\n",
            );
        }
        Machine::Container => put("/.dockerenv", ""),
    }
}

fn agent(cloud: &Cloud, files: &mut Files) {
    let host = &cloud.scenario.host;
    if host.agent == AgentPresence::NotInstalled {
        return;
    }
    let version = host.agent_version.as_deref().unwrap_or(AGENT_VERSION);
    for program in ["amazon-ssm-agent", "ssm-agent-worker", "ssm-session-worker"] {
        files.insert(
            format!("/usr/bin/{program}"),
            Some("#!/bin/sh\nexit 1\n".to_owned()),
        );
    }
    files.insert(
        "/lib/systemd/system/amazon-ssm-agent.service".to_owned(),
        Some("[Service]\nExecStart=/usr/bin/amazon-ssm-agent\nRestart=always\n".to_owned()),
    );
    files.insert(
        "/var/lib/dpkg/status".to_owned(),
        Some(format!(
            "Package: amazon-ssm-agent\nStatus: install ok installed\nArchitecture: amd64\n\
             Version: {version}-1\nDescription: Amazon SSM Agent\n\n"
        )),
    );
}

fn vault(cloud: &Cloud, files: &mut Files) {
    let host = &cloud.scenario.host;
    let on_ec2 = host.machine == Machine::Ec2;
    let unless_set = |wanted: bool| {
        if wanted && host.agent != AgentPresence::NotInstalled {
            RegistrationFile::Complete
        } else {
            RegistrationFile::None
        }
    };
    let ec2 = host.ec2_registration.unwrap_or_else(|| unless_set(on_ec2));
    let hybrid = host
        .hybrid_registration
        .unwrap_or_else(|| unless_set(host.machine == Machine::OnPremises));
    if let Some(content) = registration(ec2, INSTANCE, "{{ec2_private_key}}") {
        put_vault(files, "EC2Manifest", &[("EC2RegistrationKey", content)]);
    }
    if let Some(content) = registration(hybrid, NODE, "{{hybrid_private_key}}") {
        let fingerprint = json!({
            "fingerprint": "{{fingerprint}}",
            "hardwareHash": {
                "bios-hash": "", "disk-info": "", "hostname-info": "node",
                "ipaddress-info": "10.0.0.10", "macaddr-info": "02:00:00:00:00:01",
                "machine-id": "3d1219c7c4c5404aaa1f6d2a48adfda4\n",
                "memory-hash": "", "processor-hash": "", "system-hash": ""
            },
            "similarityThreshold": 40
        });
        put_vault(
            files,
            "Manifest",
            &[
                ("RegistrationKey", content),
                ("InstanceFingerprint", fingerprint),
            ],
        );
        let summary = json!({"ManagedInstanceID": NODE, "Region": REGION});
        files.insert(format!("{STATE}/registration"), Some(summary.to_string()));
    }
}

fn registration(file: RegistrationFile, id: &str, key: &str) -> Option<Value> {
    let (id, region, key) = match file {
        RegistrationFile::None => return None,
        RegistrationFile::Complete => (id, REGION, key),
        RegistrationFile::OtherInstance => ("i-0aaaaaaaaaaaaaaa1", REGION, key),
        RegistrationFile::WithoutId => ("", "", key),
        RegistrationFile::OtherKey => (id, REGION, "{{stranger_private_key}}"),
    };
    Some(json!({
        "instanceID": id, "region": region, "instanceType": "", "availabilityZone": "",
        "privateKey": key, "publicKey": "", "privateKeyType": "Rsa",
        "privateKeyCreatedDate": "2026-01-01 00:00:00.171248730 +0000 UTC"
    }))
}

fn put_vault(files: &mut Files, manifest: &str, entries: &[(&str, Value)]) {
    let mut index = serde_json::Map::new();
    for (name, content) in entries {
        let path = format!("{STATE}/Vault/Store/{name}");
        index.insert((*name).to_owned(), path.clone().into());
        files.insert(path, Some(content.to_string()));
    }
    let path = format!("{STATE}/Vault/{manifest}");
    files.insert(path, Some(Value::Object(index).to_string()));
}

fn state(cloud: &Cloud, files: &mut Files) {
    let never = ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z");
    let lately = ("{{now+50m}}", "{{now-10m}}");
    let long_ago = ("{{now-2h}}", "{{now-3h}}");
    let dhmc_file = format!("{STATE}/credentials");
    let root_file = "/root/.aws/credentials".to_owned();
    let on_ec2 = cloud.scenario.host.machine == Machine::Ec2;
    let identity = if on_ec2 { "EC2" } else { "OnPrem" };
    let (identity, times, share, source, issued) = match cloud.scenario.host.last_taken {
        LastTaken::Never => return,
        LastTaken::NoCredentials => (identity, never, String::new(), "", None),
        LastTaken::InstanceProfile => ("EC2", lately, String::new(), "EC2", None),
        LastTaken::DefaultHostManagement => ("EC2", lately, dhmc_file, "SSM", Some("dhmc")),
        LastTaken::DefaultHostManagementExpired => {
            ("EC2", long_ago, dhmc_file, "SSM", Some("stale"))
        }
        LastTaken::Hybrid => ("OnPrem", lately, root_file, "SSM", Some("hybrid")),
        LastTaken::HybridExpired => ("OnPrem", long_ago, root_file, "SSM", Some("stale")),
    };
    let id = if identity == "EC2" { INSTANCE } else { NODE };
    let config = json!({
        "SchemaVersion": "1.1", "InstanceId": id, "IdentityType": identity,
        "ShareFile": share, "ShareProfile": "", "CredentialsExpiresAt": times.0,
        "CredentialsRetrievedAt": times.1, "CredentialSource": source
    });
    let path = format!("{STATE}/runtimeconfig/identity_config.json");
    files.insert(path, Some(config.to_string()));
    if let Some(name) = issued {
        let content = format!(
            "[default]\naws_access_key_id = {{{{{name}.key_id}}}}\n\
             aws_secret_access_key = {{{{{name}.secret}}}}\n\
             aws_session_token = {{{{{name}.token}}}}\n"
        );
        files.insert(share, Some(content));
    }
}

fn running(cloud: &Cloud) -> Vec<ProcessSpec> {
    let host = &cloud.scenario.host;
    let program = host.agent_program.as_deref();
    let core = ProcessSpec {
        pid: 612,
        comm: "amazon-ssm-agent".to_owned(),
        exe: Some(program.unwrap_or("/usr/bin/amazon-ssm-agent").to_owned()),
        age_s: host.agent_age_s,
        environ: host.agent_environment.clone(),
    };
    let worker = ProcessSpec {
        pid: 655,
        comm: "ssm-agent-worker".to_owned(),
        exe: Some("/usr/bin/ssm-agent-worker".to_owned()),
        age_s: host.agent_age_s,
        environ: host.agent_environment.clone(),
    };
    let mut all = match host.agent {
        AgentPresence::Running => vec![core, worker],
        AgentPresence::CoreOnly => vec![core],
        AgentPresence::Stopped | AgentPresence::NotInstalled => Vec::new(),
    };
    all.push(ProcessSpec {
        pid: 1,
        comm: "systemd".to_owned(),
        exe: Some("/usr/lib/systemd/systemd".to_owned()),
        age_s: None,
        environ: BTreeMap::new(),
    });
    all.extend(host.processes.iter().cloned());
    all
}

/// Makes one symbolic link below the root, in place of what is there.
fn link(root: &Path, path: &str, target: &str) {
    let at = root.join(path.trim_start_matches('/'));
    let folder = at.parent().expect("an absolute path has a folder");
    std::fs::create_dir_all(folder).expect("the lab's folder is writable");
    if at.exists() {
        std::fs::remove_file(&at).expect("the lab's folder is writable");
    }
    std::os::unix::fs::symlink(target, at).expect("the lab's folder is writable");
}

/// Writes one file below the root, with the modes that the agent gives its own.
pub(crate) fn write(root: &Path, path: &str, content: &str) {
    use std::os::unix::fs::PermissionsExt as _;

    let target = root.join(path.trim_start_matches('/'));
    let folder = target.parent().expect("an absolute path has a folder");
    std::fs::create_dir_all(folder).expect("the lab's folder is writable");
    std::fs::write(&target, content).expect("the lab's folder is writable");
    let secret = path.starts_with(STATE) || path.contains("/.aws/") || path.contains("/environ");
    let program = path.starts_with("/usr/bin/");
    let mode = match (secret, program) {
        (true, _) => 0o600,
        (_, true) => 0o755,
        _ => 0o644,
    };
    std::fs::set_permissions(&target, std::fs::Permissions::from_mode(mode))
        .expect("the lab owns its files");
}
