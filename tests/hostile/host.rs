//! Hosts as the agent leaves them, one for each way to install it, with the files that matter
//! and where each shows in the observations.

use std::path::{Path, PathBuf};

use crate::child;

/// A way to install the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    Package,
    Snap,
    Container,
    Mac,
}

/// What a file is to the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A JSON object.
    Json,
    /// A credentials file.
    Profiles,
    /// The agent's log: seen as the folder that it is in.
    Log,
    /// Another log beside it, without which the log is still there.
    SideLog,
    /// A folder, with a file below it that shows in its place.
    Folder,
}

/// A file, and the reading that tells of it, as a JSON pointer below `host`.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) kind: Kind,
    pub(crate) pointer: &'static str,
}

impl Layout {
    pub(crate) const ALL: [Self; 4] = [Self::Package, Self::Snap, Self::Container, Self::Mac];

    fn data(self) -> &'static str {
        match self {
            Self::Mac => "/opt/aws/ssm/data",
            Self::Package | Self::Snap | Self::Container => "/var/lib/amazon/ssm",
        }
    }

    fn state(self) -> &'static str {
        match self {
            Self::Mac => "/opt/aws/ssm/runtimeconfig",
            Self::Package | Self::Snap | Self::Container => "/var/lib/amazon/ssm/runtimeconfig",
        }
    }

    fn config(self) -> &'static str {
        match self {
            Self::Mac => "/opt/aws/ssm/amazon-ssm-agent.json",
            Self::Package | Self::Snap | Self::Container => "/etc/amazon/ssm/amazon-ssm-agent.json",
        }
    }

    fn binary(self) -> &'static str {
        match self {
            Self::Package => "/usr/bin/amazon-ssm-agent",
            Self::Snap => "/snap/amazon-ssm-agent/current/amazon-ssm-agent",
            Self::Container => "/managed-agents/execute-command/amazon-ssm-agent",
            Self::Mac => "/opt/aws/ssm/bin/amazon-ssm-agent",
        }
    }

    fn root_profile(self) -> &'static str {
        match self {
            Self::Mac => "/var/root/.aws/credentials",
            Self::Package | Self::Snap | Self::Container => "/root/.aws/credentials",
        }
    }

    /// Every file of the agent that the program reads, and the folders above them.
    pub(crate) fn places(self) -> Vec<Place> {
        let data = self.data();
        let folders = [
            (format!("{data}/Vault"), "/vault/manifest"),
            (format!("{data}/Vault/Store"), "/vault/registration"),
            (self.state().to_owned(), "/runtime_config"),
            ("/var/log/amazon/ssm".to_owned(), "/agent_log"),
        ];
        let folders = folders.map(|(path, pointer)| (path, Kind::Folder, pointer));
        self.files()
            .into_iter()
            .chain(folders)
            .map(|(path, kind, pointer)| Place {
                path,
                kind,
                pointer,
            })
            .collect()
    }

    fn files(self) -> [(String, Kind, &'static str); 15] {
        use Kind::{Json, Log, Profiles, SideLog};

        let data = self.data();
        let vault = |name: &str| format!("{data}/Vault/{name}");
        let log = |name: &str| format!("/var/log/amazon/ssm/{name}");
        let state = format!("{}/identity_config.json", self.state());
        let audit = log("audits/amazon-ssm-agent-audit-2026-01-01");
        [
            (vault("Manifest"), Json, "/vault/manifest"),
            (vault("EC2Manifest"), Json, "/vault/ec2_manifest"),
            (vault("Store/RegistrationKey"), Json, "/vault/registration"),
            (
                vault("Store/EC2RegistrationKey"),
                Json,
                "/vault/ec2_registration",
            ),
            (
                vault("Store/InstanceFingerprint"),
                Json,
                "/vault/fingerprint",
            ),
            (format!("{data}/registration"), Json, "/vault/summary"),
            (state, Json, "/runtime_config"),
            (self.config().to_owned(), Json, "/config"),
            (format!("{data}/credentials"), Profiles, "/dhmc_credentials"),
            (
                self.root_profile().to_owned(),
                Profiles,
                "/root_credentials",
            ),
            (log("amazon-ssm-agent.log"), Log, "/agent_log"),
            (log("errors.log"), SideLog, "/agent_log"),
            (log("hibernate.log"), SideLog, "/agent_log"),
            (log("amazon-ssm-agent.log.1"), SideLog, "/agent_log"),
            (audit, SideLog, "/agent_log"),
        ]
    }

    /// What stands in them, in the same order.
    fn contents(self) -> [String; 15] {
        let store = |name: &str| format!("{}/Vault/Store/{name}", self.data());
        let key = |id: &str| {
            format!(
                r#"{{"instanceID":"{id}","region":"eu-west-1","privateKey":"aGVsbG8=","privateKeyType":"Rsa"}}"#
            )
        };
        let profile = "[default]\naws_access_key_id = AKIAEXAMPLEEXAMPLE00\naws_secret_access_key = nothing\n";
        let log =
            "2026-01-01 10:00:00.0000 INFO [amazon-ssm-agent] amazon-ssm-agent - v3.3.2299.0\n";
        [
            format!(
                r#"{{"RegistrationKey":"{}","InstanceFingerprint":"{}"}}"#,
                store("RegistrationKey"),
                store("InstanceFingerprint")
            ),
            format!(r#"{{"EC2RegistrationKey":"{}"}}"#, store("EC2RegistrationKey")),
            key("mi-0123456789abcdef0"),
            key("i-0123456789abcdef0"),
            r#"{"fingerprint":"f","hardwareHash":{"machine-id":"m"},"similarityThreshold":40}"#.to_owned(),
            r#"{"ManagedInstanceID":"mi-0123456789abcdef0","Region":"eu-west-1"}"#.to_owned(),
            r#"{"InstanceId":"i-0123456789abcdef0","IdentityType":"EC2","CredentialSource":"EC2","CredentialsExpiresAt":"2026-01-01T12:00:00Z","CredentialsRetrievedAt":"2026-01-01T10:00:00Z"}"#.to_owned(),
            r#"{"Agent":{"Region":"eu-west-1"}}"#.to_owned(),
            profile.to_owned(),
            profile.to_owned(),
            log.to_owned(),
            log.to_owned(),
            log.to_owned(),
            log.to_owned(),
            "agent_telemetry amazon-ssm-agent.start 3.3.2299.0 2026-01-01\n".to_owned(),
        ]
    }

    /// Lays the host out, every file readable by all.
    pub(crate) fn lay(self, root: &Path) {
        for ((path, ..), content) in self.files().iter().zip(self.contents()) {
            write(root, path, content.as_bytes());
        }
        write(root, self.binary(), b"#!/bin/sh\nexit 1\n");
        write(root, "/etc/passwd", b"root:x:0:0::/root:/bin/sh\n");
        let resolver = format!("nameserver [127.0.0.1]:{}\n", child::name_server());
        write(root, "/etc/resolv.conf", resolver.as_bytes());
        write(root, "/etc/hosts", b"127.0.0.1 localhost\n");
        write(
            root,
            "/etc/machine-id",
            b"3d1219c7c4c5404aaa1f6d2a48adfda4\n",
        );
        write(root, "/sys/class/dmi/id/sys_vendor", b"QEMU\n");
        if self == Self::Mac {
            std::fs::remove_file(real(root, "/etc/passwd")).expect("it was just written");
            let version =
                "<plist><dict><key>ProductVersion</key><string>15.1</string></dict></plist>";
            let path = "/System/Library/CoreServices/SystemVersion.plist";
            write(root, path, version.as_bytes());
        } else {
            write(root, "/proc/stat", b"btime 1767225600\n");
            write(root, "/etc/os-release", b"PRETTY_NAME=\"Debian\"\n");
        }
    }
}

/// Where a path of the host really is.
pub(crate) fn real(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

/// Writes a file and the folders above it.
pub(crate) fn write(root: &Path, path: &str, content: &[u8]) {
    let real = real(root, path);
    let folder = real.parent().expect("a file is in a folder");
    std::fs::create_dir_all(folder).expect("the root is writable");
    std::fs::write(real, content).expect("the root is writable");
}
