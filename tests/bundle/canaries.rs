//! Secrets of every kind, in every place, in five encodings: none comes through.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::host::{Host, LOG, contents};

/// A kind of secret: how it stands in a text, around the part that must not be shown.
const KINDS: [(&str, &str, &str); 17] = [
    (
        "aws_secret_access_key = ",
        "wJalrXUtnFEMI/K7MDENG/canaryCanary001KEY",
        "",
    ),
    ("SecretAccessKey: ", "canary/secret+002", ""),
    ("key ", "AKIACANARY0000000003", " used"),
    (
        "aws_session_token=",
        "IQoJb3JpZ2luX2Vjcanarycanarycanary004",
        "",
    ),
    (
        "X-Aws-Ec2-Metadata-Token: ",
        "AQAEAcanarycanarycanarycanary005==",
        "",
    ),
    ("TokenValue=", "canary-channel-token-006", ""),
    ("token=", "canary-0123456789-007", ""),
    ("privateKey=", "canary/private+key008", ""),
    (
        "-----BEGIN RSA PRIVATE KEY----- ",
        "canarycanarycanary009",
        " -----END RSA PRIVATE KEY-----",
    ),
    (
        "amazon-ssm-agent -register -code ",
        "canarycode010",
        " -id x",
    ),
    ("ActivationCode=", "canarycode011", ""),
    ("password=", "canaryPass012", ""),
    ("through https://user:", "canaryPass013", "@proxy:3128/ end"),
    ("https_proxy=user:", "canaryPass014", "@proxy:3128"),
    ("Authorization: Basic ", "Y2FuYXJ5OmNhbmFyeTAxNQ==", ""),
    (
        "https://bucket/?X-Amz-Signature=",
        "canary00112233445566778899016",
        "&x=1",
    ),
    (
        "Authorization: AWS4-HMAC-SHA256 Credential=x/y, Signature=",
        "canary0011223344556677017",
        "",
    ),
];

/// Secrets that are known by where they are kept: hidden also where they stand alone.
const KNOWN: [&str; 4] = [
    "canaryKnownVaultKeyAAAABBBBCCCCDDDD018",
    "canaryKnown/credentials+secret019",
    "canaryKnownEnvironment020",
    "canaryKnownProxyPassword021",
];

/// Every text file that a bundle takes, or that is read for it.
const PLACES: [&str; 16] = [
    LOG,
    "/var/log/amazon/ssm/amazon-ssm-agent.log.1",
    "/var/log/amazon/ssm/errors.log",
    "/var/log/amazon/ssm/hibernate.log",
    "/var/log/amazon/ssm/audits/amazon-ssm-agent-audit-2026-01-01",
    "/etc/amazon/ssm/seelog.xml",
    "/etc/systemd/system/amazon-ssm-agent.service",
    "/etc/systemd/system/amazon-ssm-agent.service.d/proxy.conf",
    "/etc/hosts",
    "/etc/resolv.conf",
    "/etc/nftables.conf",
    "/etc/os-release",
    "/proc/mounts",
    "/proc/cmdline",
    "/etc/nsswitch.conf",
    "/etc/iptables/rules.v4",
];

type Encoding = (&'static str, fn(&str) -> String);

const ENCODINGS: [Encoding; 5] = [
    ("plain", str::to_owned),
    ("JSON", |text| {
        serde_json::to_string(text)
            .expect("it is text")
            .replace('/', "\\/")
    }),
    ("percent", |text| text.bytes().map(percent).collect()),
    ("base64", |text| STANDARD.encode(text)),
    ("hexadecimal", |text| {
        text.bytes()
            .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
            .collect()
    }),
];

fn digit(value: u8) -> char {
    char::from_digit(u32::from(value), 16).expect("it is below 16")
}

fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

fn planted() -> Host {
    let host = Host::new();
    let mut lines = String::new();
    for (before, secret, behind) in KINDS {
        for (_, encode) in ENCODINGS {
            let text = format!("{before}{secret}{behind}");
            lines.extend([format!(
                "2026-01-01 00:00:00.0000 ERROR x {}\n",
                encode(&text)
            )]);
        }
    }
    for secret in KNOWN {
        for (_, encode) in ENCODINGS {
            lines.extend([format!(
                "2026-01-01 00:00:00.0000 ERROR alone {}\n",
                encode(secret)
            )]);
        }
    }
    for place in PLACES {
        host.put(place, &lines);
    }
    let config = serde_json::json!({"Agent": {"Region": "eu-west-1"}, "Comment": lines});
    host.put("/etc/amazon/ssm/amazon-ssm-agent.json", config.to_string());
    let [vault, credentials, environment, proxy] = KNOWN;
    host.put(
        "/var/lib/amazon/ssm/Vault/Store/RegistrationKey",
        serde_json::json!({"instanceID": "mi-0fedcba9876543210", "region": "eu-west-1", "privateKey": vault}).to_string(),
    );
    host.put(
        "/var/lib/amazon/ssm/Vault/Manifest",
        "{\"RegistrationKey\":\"/var/lib/amazon/ssm/Vault/Store/RegistrationKey\"}",
    );
    host.put(
        "/root/.aws/credentials",
        format!(
            "[other]\naws_access_key_id=AKIACANARY0000000022\naws_secret_access_key={credentials}\n"
        ),
    );
    host.put("/proc/612/comm", "amazon-ssm-agen\n");
    host.put("/proc/612/cmdline", "/usr/bin/amazon-ssm-agent\0");
    host.put(
        "/proc/612/environ",
        format!(
            "AWS_SECRET_ACCESS_KEY={environment}\0https_proxy=http://user:{proxy}@proxy:3128\0"
        ),
    );
    host
}

#[test]
fn no_secret_of_any_kind_in_any_place_and_encoding_comes_through() {
    let host = planted();
    let (done, file) = host.bundle(&[]);
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(done.status.code(), Some(0), "{said}");
    let files = contents(&file);
    let mut shown = Vec::new();
    let values = KINDS.iter().map(|(_, secret, _)| *secret).chain(KNOWN);
    for value in values {
        for (encoding, encode) in ENCODINGS {
            let whole = encode(value);
            // What stands around a secret moves its base64; its own beginning is enough.
            for (name, text) in files
                .iter()
                .chain([&("standard error".to_owned(), said.clone())])
            {
                if text.contains(&whole) || text.contains(value.get(4..).expect("it is long")) {
                    shown.push(format!("{value} ({encoding}) in {name}"));
                }
            }
        }
    }
    assert!(shown.is_empty(), "{shown:#?}");
    // Every place is in the bundle, and says what was masked.
    let manifest: serde_json::Value = serde_json::from_str(
        &files
            .iter()
            .find(|(name, _)| name == "manifest.json")
            .expect("it is there")
            .1,
    )
    .expect("it is JSON");
    for place in PLACES {
        let all = manifest["files"].as_array().expect("it is a list");
        let file = all.iter().find(|file| file["source"] == place);
        let file = file.unwrap_or_else(|| panic!("{place} is not in the bundle"));
        assert!(
            file["redactions"]
                .as_object()
                .is_some_and(|it| it.len() >= 5),
            "{file}"
        );
    }
}

#[test]
fn what_is_needed_to_solve_a_case_stays() {
    let host = Host::new();
    host.put(
        "/etc/resolv.conf",
        "nameserver 10.0.0.2\nsearch eu-west-1.compute.internal\n",
    );
    host.put(
        "/proc/net/route",
        "Iface\tDestination\tGateway\neth0\t00000000\t0100000A\n",
    );
    let denial = "2026-01-01 00:00:00.0000 ERROR [amazon-ssm-agent] AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/NodeRole/i-0123456789abcdef0 is not authorized to perform: ssmmessages:CreateControlChannel\n";
    host.put(LOG, denial);
    let (_, file) = host.bundle(&[]);
    let files = contents(&file);
    let text = |name: &str| &files.iter().find(|(file, _)| file == name).expect(name).1;
    assert!(text("net/resolv.conf").contains("10.0.0.2"));
    assert!(text("net/route").contains("0100000A"));
    assert_eq!(text("agent/log/amazon-ssm-agent.log"), denial);
}
