//! The root of an image: laid out from nothing, or a real one made good.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A root, removed with the value.
pub(crate) struct Root {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

/// What a lint found.
pub(crate) struct Lint {
    pub(crate) exit: Option<i32>,
    pub(crate) found: Vec<String>,
    pub(crate) unknown: Vec<String>,
    pub(crate) text: String,
}

const UNIT: &str = "/lib/systemd/system/amazon-ssm-agent.service";

impl Root {
    /// A small root with everything that a launched host needs.
    pub(crate) fn good() -> Self {
        let root = Self::empty();
        root.put(
            "/etc/os-release",
            "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\n",
        );
        root.put(
            "/etc/fstab",
            "UUID=1 / ext4 defaults 0 1\ntmpfs /tmp tmpfs noexec,nosuid 0 0\n",
        );
        root.put("/etc/ssl/certs/ca-certificates.crt", &certificate());
        root.put(
            "/etc/cloud/cloud.cfg",
            "users: [default]\ncloud_init_modules: [bootcmd]\n",
        );
        root.put("/etc/iptables/rules.v4", "*filter\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -d 169.254.169.254/32 -m owner ! --uid-owner root -j DROP\nCOMMIT\n");
        root.make_good();
        root
    }

    /// A copy of a real root, made good. Files are shared with it, so they are only ever replaced.
    pub(crate) fn copy_of(real: &Path) -> Self {
        let root = Self::empty();
        std::fs::remove_dir(&root.path).expect("it is empty");
        let done = Command::new("cp")
            .arg("-al")
            .args([real, root.path.as_path()])
            .status()
            .expect("cp can be started");
        assert!(done.success(), "the root is copied");
        root.make_good();
        root
    }

    fn empty() -> Self {
        // Beside the build: hard links need one file system.
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("target is writable");
        let path = folder.path().join("root");
        std::fs::create_dir(&path).expect("target is writable");
        Self {
            _folder: folder,
            path,
        }
    }

    /// The agent's package, enabled, and nothing of another host.
    fn make_good(&self) {
        self.program("/usr/bin/amazon-ssm-agent");
        self.put(
            UNIT,
            "[Service]\nExecStart=/usr/bin/amazon-ssm-agent\nRestart=always\n",
        );
        self.link(
            "/etc/systemd/system/multi-user.target.wants/amazon-ssm-agent.service",
            UNIT,
        );
        let before = std::fs::read_to_string(self.real("/var/lib/dpkg/status")).unwrap_or_default();
        self.version_after(&before, "3.3.2299.0");
        self.put("/etc/machine-id", "");
    }

    fn version_after(&self, before: &str, version: &str) {
        let entry = format!(
            "Package: amazon-ssm-agent\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}-1\nDescription: Amazon SSM Agent\n\n"
        );
        self.put("/var/lib/dpkg/status", &format!("{before}{entry}"));
    }

    /// Another version of the package.
    pub(crate) fn version(&self, version: &str) {
        self.version_after("", version);
    }

    fn real(&self, path: &str) -> PathBuf {
        self.path.join(path.trim_start_matches('/'))
    }

    fn place(&self, path: &str) -> PathBuf {
        let real = self.real(path);
        std::fs::create_dir_all(real.parent().expect("it has a folder"))
            .expect("target is writable");
        if real.symlink_metadata().is_ok() {
            std::fs::remove_file(&real).expect("target is writable");
        }
        real
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        std::fs::write(self.place(path), text).expect("target is writable");
    }

    pub(crate) fn program(&self, path: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        let real = self.place(path);
        std::fs::write(&real, "#!/bin/sh\nexit 1\n").expect("target is writable");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(real, mode).expect("it is ours");
    }

    pub(crate) fn link(&self, path: &str, to: &str) {
        std::os::unix::fs::symlink(to, self.place(path)).expect("target is writable");
    }

    pub(crate) fn fifo(&self, path: &str) {
        let done = Command::new("mkfifo").arg(self.place(path)).status();
        assert!(done.expect("mkfifo can be started").success());
    }

    pub(crate) fn remove(&self, path: &str) {
        let real = self.real(path);
        if real.is_dir() && !real.is_symlink() {
            std::fs::remove_dir_all(real).expect("it is there");
        } else {
            std::fs::remove_file(real).expect("it is there");
        }
    }

    /// Whether something is there.
    pub(crate) fn has(&self, path: &str) -> bool {
        self.real(path).symlink_metadata().is_ok()
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        Self::lint_of(&self.path.display().to_string(), arguments)
    }

    pub(crate) fn lint_of(path: &str, arguments: &[&str]) -> (Option<i32>, String) {
        let done = Command::new(env!("CARGO_BIN_EXE_ssm-probe"))
            .args(["lint", "--root", path])
            .args(arguments)
            .env_clear()
            .output()
            .expect("the program just built can be started");
        (
            done.status.code(),
            String::from_utf8_lossy(&done.stdout).into_owned(),
        )
    }

    /// What the lint says of it.
    pub(crate) fn lint(&self) -> Lint {
        let (exit, text) = self.run(&["-o", "json"]);
        let json: Value = serde_json::from_str(&text).expect("it is JSON");
        let with = |wanted: &[&str]| {
            let rules = json["rules"].as_array().expect("it has rules");
            rules
                .iter()
                .filter(|rule| wanted.contains(&rule["status"].as_str().unwrap_or_default()))
                .map(|rule| rule["id"].as_str().unwrap_or_default().to_owned())
                .collect()
        };
        Lint {
            exit,
            found: with(&["fail", "warn"]),
            unknown: with(&["unknown"]),
            text,
        }
    }
}

/// A root certificate of nobody.
fn certificate() -> String {
    let mut parameters = rcgen::CertificateParams::new(Vec::new()).expect("it is sound");
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let key = rcgen::KeyPair::generate().expect("a key can be made");
    parameters
        .self_signed(&key)
        .expect("it can be signed")
        .pem()
}
