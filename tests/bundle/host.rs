//! A host's files below a folder, and the program run on them without any network.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder with a root in it, and room for what the program writes.
pub(crate) struct Host {
    folder: tempfile::TempDir,
}

pub(crate) const LOG: &str = "/var/log/amazon/ssm/amazon-ssm-agent.log";

impl Host {
    /// An EC2 instance with an agent, by its files.
    pub(crate) fn new() -> Self {
        let host = Self {
            folder: tempfile::tempdir().expect("there is a folder for temporary files"),
        };
        host.put(
            "/etc/os-release",
            "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
        );
        host.put("/etc/hostname", "billing-db-7\n");
        host.put("/usr/bin/amazon-ssm-agent", "#!/bin/sh\nexit 1\n");
        host.put("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
        host.put("/sys/class/dmi/id/board_asset_tag", "i-0123456789abcdef0\n");
        host.put(
            "/var/lib/amazon/ssm/runtimeconfig/identity_config.json",
            "{\"SchemaVersion\":\"1.1\",\"InstanceId\":\"i-0123456789abcdef0\",\"IdentityType\":\"EC2\",\"CredentialSource\":\"EC2\"}",
        );
        host.put(
            LOG,
            "2026-01-01 00:00:00.0000 INFO [amazon-ssm-agent] first\n",
        );
        host
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    pub(crate) fn scratch(&self) -> PathBuf {
        let scratch = self.folder.path().join("scratch");
        std::fs::create_dir_all(&scratch).expect("it is ours");
        scratch
    }

    pub(crate) fn real(&self, path: &str) -> PathBuf {
        self.root().join(path.trim_start_matches('/'))
    }

    pub(crate) fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        let real = self.real(path);
        std::fs::create_dir_all(real.parent().expect("it has a folder")).expect("it is ours");
        std::fs::write(real, content).expect("it is ours");
    }

    /// The command `bundle` on this host, without its output.
    pub(crate) fn command(&self) -> Command {
        let binary = std::env::var_os("SSM_PROBE_BINARY");
        let binary = binary.unwrap_or_else(|| env!("CARGO_BIN_EXE_ssm-probe").into());
        let mut command = Command::new(binary);
        command
            .env_clear()
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .args(["bundle", "--probe", "passive", "--timeout", "3s", "--root"])
            .arg(self.root());
        command
    }

    /// A bundle in a file.
    pub(crate) fn bundle(&self, arguments: &[&str]) -> (Output, PathBuf) {
        let file = self.scratch().join("bundle.tar.gz");
        let done = self
            .command()
            .arg("-o")
            .arg(&file)
            .args(arguments)
            .output()
            .expect("the program just built can be started");
        (done, file)
    }
}

/// Every file of an archive with its text.
pub(crate) fn contents(archive: &Path) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let opened = std::fs::File::open(archive).expect("the bundle is there");
    ssm_probe::bundle::read::each_file(opened, |name, content| {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes)?;
        files.push((
            name.to_owned(),
            String::from_utf8_lossy(&bytes).into_owned(),
        ));
        Ok(())
    })
    .expect("the bundle is sound");
    files
}

/// Runs `analyze` on something, for JSON.
pub(crate) fn analyze(target: &Path) -> (Option<i32>, String, String) {
    analyze_as(target, "json")
}

/// Runs `analyze` on something, for one form of output.
pub(crate) fn analyze_as(target: &Path, form: &str) -> (Option<i32>, String, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_ssm-probe"))
        .env_clear()
        .args(["analyze", "-o", form])
        .arg(target)
        .output()
        .expect("the program just built can be started");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (done.status.code(), text(&done.stdout), text(&done.stderr))
}
