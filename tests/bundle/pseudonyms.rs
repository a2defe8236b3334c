//! `--pseudonymize`: names go, relations and verdict stay, and the map stays on the host.

use crate::host::{Host, LOG, analyze, contents};

const NAMES: [&str; 7] = [
    "111122223333",
    "i-0123456789abcdef0",
    "mi-0fedcba9876543210",
    "NodeRole",
    "billing-db-7",
    "ip-10-0-0-1",
    "8.8.4.4",
];

fn host() -> Host {
    let host = Host::new();
    host.put("/etc/hosts", "10.0.0.1 ip-10-0-0-1.eu-west-1.compute.internal ip-10-0-0-1\n10.0.0.7 Billing-DB-7.example.com\n8.8.4.4 resolver\n");
    host.put(
        LOG,
        "2026-01-01 00:00:00.0000 ERROR [amazon-ssm-agent] AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/NodeRole/i-0123456789abcdef0 is not authorized\n\
         2026-01-01 00:00:01.0000 ERROR [amazon-ssm-agent] connect to 8.8.4.4:443 from 10.0.0.1 for mi-0fedcba9876543210 on ip-10-0-0-1: refused\n\
         2026-01-01 00:00:02.0000 INFO [amazon-ssm-agent] account 111122223333 again\n",
    );
    host
}

#[test]
fn names_are_replaced_alike_everywhere_and_the_map_is_not_in_it() {
    let host = host();
    let map = host.scratch().join("map");
    let path = map.display().to_string();
    let (done, file) = host.bundle(&["--pseudonymize", "--pseudonym-map", &path]);
    assert_eq!(
        done.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let files = contents(&file);
    for (name, text) in &files {
        for secret in NAMES {
            let found = text.to_lowercase().contains(&secret.to_lowercase());
            assert!(!found, "{secret} is in {name}");
        }
    }
    let log = &files
        .iter()
        .find(|(name, _)| name.ends_with("amazon-ssm-agent.log"))
        .expect("the log")
        .1;
    assert_eq!(log.matches("900000000001").count(), 2, "{log}");
    assert!(log.contains("10.0.0.1 ") && log.contains(":443"), "{log}");
    assert!(
        log.contains("assumed-role/role-1/i-00000000000000001"),
        "{log}"
    );
    let map = std::fs::read_to_string(map).expect("the map was kept");
    for secret in NAMES {
        assert!(map.contains(secret), "{secret}: {map}");
    }
}

#[test]
fn the_verdict_stays_and_the_pseudonyms_are_told() {
    let host = host();
    let (_, file) = host.bundle(&[]);
    let plain = analyze(&file);
    std::fs::remove_file(&file).expect("it is ours");
    let (_, file) = host.bundle(&["--pseudonymize"]);
    let hidden = analyze(&file);
    let report = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("it is JSON");
    let (plain, hidden) = (report(&plain.1), report(&hidden.1));
    for field in ["outcome", "path", "cause"] {
        assert_eq!(plain["verdict"][field], hidden["verdict"][field]);
    }
    let ids = |report: &serde_json::Value| -> Vec<String> {
        let findings = report["findings"].as_array().expect("a list");
        findings.iter().map(|one| one["id"].to_string()).collect()
    };
    assert_eq!(ids(&plain), ids(&hidden));
    assert!(
        hidden["offline"]["not_known"]
            .to_string()
            .contains("pseudonyms")
    );
}
