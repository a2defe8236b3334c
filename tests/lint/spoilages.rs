//! The ways to spoil an image, one at a time.

use crate::root::{Lint, Root};

/// One way.
pub(crate) struct Spoilage {
    /// What it is.
    pub(crate) name: &'static str,
    /// The rule that must find it.
    pub(crate) rule: &'static str,
    /// Doing it.
    pub(crate) spoil: fn(&Root),
    /// Rules that find it too, because one thing is wrong in two ways.
    pub(crate) beside: &'static [&'static str],
}

const STATE: &str = "/var/lib/amazon/ssm";
const CONFIG: &str = "/etc/amazon/ssm/amazon-ssm-agent.json";
const DROP_IN: &str = "/etc/systemd/system/amazon-ssm-agent.service.d/x.conf";
const WANTED: &str = "/etc/systemd/system/multi-user.target.wants/amazon-ssm-agent.service";
const KEYS: &str = "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = hunter2hunter2hunter2\n";

/// A registration in the vault, with its manifest.
fn vault(root: &Root, manifest: &str, name: &str, id: &str) {
    let store = format!("{STATE}/Vault/Store/{name}");
    root.put(
        &format!("{STATE}/Vault/{manifest}"),
        &format!("{{\"{name}\":\"{store}\"}}"),
    );
    root.put(
        &store,
        &format!("{{\"instanceID\":\"{id}\",\"region\":\"eu-west-1\",\"privateKey\":\"hunter2\",\"privateKeyType\":\"Rsa\"}}"),
    );
}

macro_rules! spoilage {
    ($name:literal, $rule:literal, $spoil:expr) => {
        spoilage!($name, $rule, $spoil, &[])
    };
    ($name:literal, $rule:literal, $spoil:expr, $beside:expr) => {
        Spoilage {
            name: $name,
            rule: $rule,
            spoil: $spoil,
            beside: $beside,
        }
    };
}

pub(crate) const ALL: &[Spoilage] = &[
    spoilage!("hybrid registration", "image-hybrid-registration", |root| {
        vault(root, "Manifest", "RegistrationKey", "mi-0fedcba9876543210");
    }),
    spoilage!("half a registration", "image-hybrid-registration", |root| {
        vault(root, "Manifest", "RegistrationKey", "");
    }),
    spoilage!(
        "readable copy of a registration",
        "image-hybrid-registration",
        |root| {
            let text = "{\"ManagedInstanceID\":\"mi-0fedcba9876543210\",\"Region\":\"eu-west-1\"}";
            root.put(&format!("{STATE}/registration"), text);
        }
    ),
    spoilage!(
        "registration of the builder's instance",
        "image-vault-keys",
        |root| {
            vault(
                root,
                "EC2Manifest",
                "EC2RegistrationKey",
                "i-0123456789abcdef0",
            );
        }
    ),
    spoilage!(
        "state of the builder's agent",
        "image-agent-state",
        |root| {
            let text = "{\"SchemaVersion\":\"1.1\",\"InstanceId\":\"i-0123456789abcdef0\",\"IdentityType\":\"EC2\"}";
            root.put(&format!("{STATE}/runtimeconfig/identity_config.json"), text);
        }
    ),
    spoilage!("log of the builder's agent", "image-agent-log", |root| {
        root.put(
            "/var/log/amazon/ssm/amazon-ssm-agent.log",
            "2026-01-01 00:00:00 INFO x\n",
        );
    }),
    spoilage!("machine id", "image-machine-id", |root| {
        root.put("/etc/machine-id", "3d1219c7c4c5404aaa1f6d2a48adfda4\n");
    }),
    spoilage!("root's keys", "image-credentials", |root| root
        .put("/root/.aws/credentials", KEYS)),
    spoilage!("a user's keys", "image-credentials", |root| {
        root.put("/home/admin/.aws/credentials", KEYS);
    }),
    spoilage!("keys in another profile", "image-credentials", |root| {
        root.put(
            "/home/admin/.aws/credentials",
            &KEYS.replace("default", "ops"),
        );
    }),
    spoilage!("the agent's own credentials", "image-credentials", |root| {
        root.put(&format!("{STATE}/credentials"), KEYS);
    }),
    spoilage!("keys in a drop-in", "image-static-keys", |root| {
        root.put(DROP_IN, "[Service]\nEnvironment=AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nEnvironment=AWS_SECRET_ACCESS_KEY=hunter2hunter2\n");
    }),
    spoilage!("keys in /etc/environment", "image-static-keys", |root| {
        root.put(
            "/etc/environment",
            "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\nAWS_SECRET_ACCESS_KEY=hunter2hunter2\n",
        );
    }),
    spoilage!("no agent", "agent-absent", |root| root
        .remove("/usr/bin/amazon-ssm-agent")),
    spoilage!("disabled", "agent-disabled", |root| root.remove(WANTED)),
    spoilage!("masked", "agent-disabled", |root| {
        root.link("/etc/systemd/system/amazon-ssm-agent.service", "/dev/null");
    }),
    spoilage!(
        "before IMDSv2",
        "agent-before-imdsv2",
        |root| root.version("2.3.800.0"),
        &["agent-before-dhmc"]
    ),
    spoilage!(
        "before Default Host Management",
        "agent-before-dhmc",
        |root| root.version("3.1.1927.0")
    ),
    spoilage!("snap beside the package", "agent-installed-twice", |root| {
        root.program("/snap/amazon-ssm-agent/current/amazon-ssm-agent");
    }),
    spoilage!("broken configuration", "config-invalid", |root| root
        .put(CONFIG, "{\"Identity\": ")),
    spoilage!("order without EC2", "config-excludes-host", |root| {
        root.put(CONFIG, "{\"Identity\":{\"ConsumptionOrder\":[\"OnPrem\"]}}");
    }),
    spoilage!("container mode", "config-excludes-host", |root| {
        root.put(CONFIG, "{\"Agent\":{\"ContainerMode\":true}}");
    }),
    spoilage!("a value out of bounds", "config-changed-by-agent", |root| {
        root.put(CONFIG, "{\"Ssm\":{\"HealthFrequencyMinutes\":600}}");
    }),
    spoilage!("another user", "unit-override", |root| root
        .put(DROP_IN, "[Service]\nUser=nobody\n")),
    spoilage!("no network", "unit-override", |root| root
        .put(DROP_IN, "[Service]\nPrivateNetwork=yes\n")),
    spoilage!("a read-only system", "unit-override", |root| root
        .put(DROP_IN, "[Service]\nProtectSystem=strict\n")),
    spoilage!("a proxy for everything", "proxy-without-imds", |root| {
        root.put(DROP_IN, "[Service]\nEnvironment=http_proxy=http://user:hunter2@proxy:3128\nEnvironment=no_proxy=localhost\n");
    }),
    spoilage!("a proxy for shells only", "proxy-not-in-unit", |root| {
        root.put("/etc/environment", "https_proxy=http://proxy:3128\n");
    }),
    spoilage!("no roots", "trust-store-missing", |root| {
        for folder in ["/etc/ssl/certs", "/usr/share/ca-certificates", "/etc/pki"] {
            if root.has(folder) {
                root.remove(folder);
            }
        }
    }),
    spoilage!("iptables against IMDS", "firewall-blocks-imds", |root| {
        root.put(
            "/etc/iptables/rules.v4",
            "*filter\n-A OUTPUT -d 169.254.169.254/32 -j DROP\nCOMMIT\n",
        );
    }),
    spoilage!("nftables against IMDS", "firewall-blocks-imds", |root| {
        root.put("/etc/nftables.conf", "table inet x { chain o { type filter hook output priority 0;\n ip daddr 169.254.169.254 reject\n } }\n");
    }),
    spoilage!("a null route", "firewall-blocks-imds", |root| {
        root.put(
            "/etc/network/interfaces.d/x",
            "up ip route add blackhole 169.254.169.254/32\n",
        );
    }),
    spoilage!("noexec on /var", "noexec", |root| {
        root.put(
            "/etc/fstab",
            "UUID=1 / ext4 defaults 0 1\nUUID=2 /var ext4 nodev,noexec 0 2\n",
        );
    }),
    spoilage!("cloud-init stops the agent", "cloud-init-breaks", |root| {
        root.put(
            "/etc/cloud/cloud.cfg.d/99.cfg",
            "runcmd:\n  - systemctl disable --now amazon-ssm-agent\n",
        );
    }),
    spoilage!("cloud-init turns IMDS off", "cloud-init-breaks", |root| {
        root.put(
            "/etc/cloud/cloud.cfg.d/99.cfg",
            "disable_ec2_metadata: true\n",
        );
    }),
];

/// Holds what a lint found against a spoilage.
pub(crate) fn check(spoilage: &Spoilage, lint: &Lint) {
    let mut expected: Vec<&str> = spoilage.beside.to_vec();
    expected.push(spoilage.rule);
    expected.sort_unstable();
    let mut found: Vec<&str> = lint.found.iter().map(String::as_str).collect();
    found.sort_unstable();
    assert_eq!(found, expected, "{}: {}", spoilage.name, lint.text);
    assert!(
        !lint.text.contains("hunter2"),
        "{}: {}",
        spoilage.name,
        lint.text
    );
}
