use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{
    VaultSecrets, parse_fingerprint, parse_manifest, parse_registration, parse_summary, read,
};
use crate::host::layout::Layout;
use crate::host::testing::Root;
use crate::observations::{Reading, Vault};

const BASE: &str = "/var/lib/amazon/ssm";

fn look(root: &Root) -> (Vault, VaultSecrets) {
    read(&root.world(), &Layout::LINUX)
}

fn manifest(root: &Root, name: &str, keys: &[&str]) {
    let entries: Vec<String> = keys
        .iter()
        .map(|key| format!("\"{key}\":\"{BASE}/Vault/Store/{key}\""))
        .collect();
    root.write(
        &format!("{BASE}/Vault/{name}"),
        format!("{{{}}}", entries.join(",")),
    );
}

/// The recorded entry with a private key in the place of the one removed.
fn with_key(recorded: &str, key: &str) -> String {
    recorded.replace("<removed>", key)
}

const RECORDED_HYBRID: &str =
    include_str!("../../tests/agent-runs/hybrid.imds-noroute/vault-RegistrationKey.json");
const RECORDED_FINGERPRINT: &str =
    include_str!("../../tests/agent-runs/hybrid.imds-noroute/vault-InstanceFingerprint.json");
const RECORDED_EC2: &str =
    include_str!("../../tests/agent-runs/healthy-profile/vault-EC2RegistrationKey.json");
const RECORDED_UNFINISHED: &str =
    include_str!("../../tests/agent-runs/clock-skew/vault-EC2RegistrationKey.json");
/// Made for this test with `openssl genrsa -traditional 2048`; it opens nothing.
const TEST_KEY: &[u8] = include_bytes!("testdata/rsa-2048.pkcs1.der");

#[test]
fn no_vault_at_all_is_absent_by_its_manifests() {
    let (vault, secrets) = look(&Root::new());
    assert_eq!(
        vault.registration,
        Reading::absent(format!("{BASE}/Vault/Manifest"))
    );
    assert_eq!(
        vault.ec2_registration,
        Reading::absent(format!("{BASE}/Vault/EC2Manifest"))
    );
    assert!(vault.fingerprint.is_absent() && vault.summary.is_absent());
    assert!(secrets.hybrid_private_key.is_none() && secrets.ec2_private_key.is_none());
}

#[test]
fn a_data_file_that_no_manifest_names_does_not_exist() {
    let root = Root::new();
    root.write(
        &format!("{BASE}/Vault/Store/RegistrationKey"),
        RECORDED_HYBRID,
    );
    manifest(&root, "Manifest", &["InstanceFingerprint"]);
    let (vault, _) = look(&root);
    assert!(vault.registration.is_absent());
    assert_eq!(
        vault.registration.source(),
        format!("{BASE}/Vault/Manifest")
    );
}

#[test]
fn a_name_whose_data_file_is_gone_is_absent_at_that_file() {
    let root = Root::new();
    manifest(&root, "Manifest", &["RegistrationKey"]);
    let (vault, _) = look(&root);
    assert_eq!(
        vault.registration,
        Reading::absent(format!("{BASE}/Vault/Store/RegistrationKey"))
    );
    assert!(
        vault
            .manifest
            .value()
            .unwrap()
            .contains_key("RegistrationKey")
    );
}

#[test]
fn a_hybrid_registration_is_read_with_fingerprint_and_copy() {
    let root = Root::new();
    let key = STANDARD.encode(TEST_KEY);
    manifest(
        &root,
        "Manifest",
        &["RegistrationKey", "InstanceFingerprint"],
    );
    root.write(
        &format!("{BASE}/Vault/Store/RegistrationKey"),
        with_key(RECORDED_HYBRID, &key),
    );
    root.write(
        &format!("{BASE}/Vault/Store/InstanceFingerprint"),
        RECORDED_FINGERPRINT,
    );
    root.write(
        &format!("{BASE}/registration"),
        r#"{"ManagedInstanceID":"mi-0123456789abcdef0","Region":"us-east-1"}"#,
    );
    root.write("/etc/machine-id", "3d1219c7c4c5404aaa1f6d2a48adfda4\n");
    let (vault, secrets) = look(&root);
    let registration = vault.registration.value().unwrap();
    assert!(registration.is_complete() && registration.private_key_usable);
    assert_eq!(registration.instance_id, "mi-0123456789abcdef0");
    assert_eq!(registration.region, "us-east-1");
    assert_eq!(registration.private_key_type, "Rsa");
    let fingerprint = vault.fingerprint.value().unwrap();
    assert!(fingerprint.has_fingerprint);
    assert_eq!(fingerprint.similarity_threshold, 40);
    assert_eq!(
        fingerprint.hardware.get("machine-id"),
        fingerprint.current_machine_id.value()
    );
    assert_eq!(
        vault.summary.value().unwrap().instance_id,
        "mi-0123456789abcdef0"
    );
    assert_eq!(secrets.hybrid_private_key.unwrap().expose(), key);
    assert_eq!(
        secrets.fingerprint.unwrap().expose(),
        "96c11cc2-11f5-485b-953b-01875b64a469"
    );
    let seen = serde_json::to_string(&vault.registration).unwrap();
    assert!(!seen.contains(&key));
}

#[test]
fn the_ec2_registration_comes_by_its_own_manifest() {
    let root = Root::new();
    manifest(&root, "EC2Manifest", &["EC2RegistrationKey"]);
    root.write(
        &format!("{BASE}/Vault/Store/EC2RegistrationKey"),
        RECORDED_EC2,
    );
    let (vault, secrets) = look(&root);
    let registration = vault.ec2_registration.value().unwrap();
    assert!(registration.is_complete());
    assert!(
        !registration.private_key_usable,
        "the recorded key was removed"
    );
    assert!(secrets.ec2_private_key.is_some() && vault.registration.is_absent());
    let mut key = None;
    let unfinished = parse_registration(RECORDED_UNFINISHED.as_bytes(), &mut key).unwrap();
    assert!(!unfinished.is_complete() && unfinished.has_private_key);
}

#[test]
fn mac_keeps_its_vault_elsewhere() {
    let root = Root::new();
    root.write(
        "/System/Library/CoreServices/SystemVersion.plist",
        "<plist/>",
    );
    let layout = Layout::of(&root.world());
    assert!(layout.is_mac());
    root.write(
        "/opt/aws/ssm/data/Vault/EC2Manifest",
        r#"{"EC2RegistrationKey":"/opt/aws/ssm/data/Vault/Store/EC2RegistrationKey"}"#,
    );
    root.write(
        "/opt/aws/ssm/data/Vault/Store/EC2RegistrationKey",
        RECORDED_EC2,
    );
    let (vault, _) = read(&root.world(), &layout);
    assert!(vault.ec2_registration.value().is_some());
}

#[test]
fn every_damage_to_the_data_file_gives_its_own_answer() {
    let root = Root::new();
    manifest(&root, "Manifest", &["RegistrationKey"]);
    let path = format!("{BASE}/Vault/Store/RegistrationKey");
    let look = || look(&root).0.registration;
    root.write(&path, "");
    assert!(matches!(look(), Reading::Empty { .. }));
    for damage in ["hunter2", "[]", r#"{"privateKey": ["hunter2"]}"#, "\0\0"] {
        root.write(&path, damage);
        let Reading::Malformed { why, .. } = look() else {
            panic!("{:?}", look());
        };
        assert!(!why.contains("hunter2"), "{why}");
    }
    root.sparse(&path, 1 << 30);
    assert!(matches!(look(), Reading::Unreadable { .. }));
    root.fifo(&path);
    assert!(matches!(look(), Reading::Unreadable { .. }));
    root.folder(&path);
    assert!(matches!(look(), Reading::Unreadable { .. }));
    root.link(&path, &path);
    assert!(matches!(look(), Reading::Unreadable { .. }));
}

#[test]
fn a_damaged_manifest_is_the_answer_for_all_it_names() {
    let root = Root::new();
    let path = format!("{BASE}/Vault/Manifest");
    for damage in ["{", "[]", r#"{"RegistrationKey": 1}"#] {
        root.write(&path, damage);
        let vault = look(&root).0;
        assert!(
            matches!(vault.registration, Reading::Malformed { .. }),
            "{damage}"
        );
        assert!(
            matches!(vault.fingerprint, Reading::Malformed { .. }),
            "{damage}"
        );
        assert!(vault.ec2_registration.is_absent(), "{damage}");
    }
    root.write(&path, "");
    assert!(matches!(look(&root).0.registration, Reading::Empty { .. }));
}

#[test]
fn a_cleared_registration_is_there_and_not_complete() {
    let text = r#"{"instanceID":"","region":"","privateKey":"","privateKeyType":"Rsa",
                   "privateKeyCreatedDate":"2026-11-24 00:45:09 +0000 UTC"}"#;
    let mut key = None;
    let registration = parse_registration(text.as_bytes(), &mut key).unwrap();
    assert!(!registration.is_complete() && !registration.has_private_key && key.is_none());
}

#[test]
fn only_an_rsa_key_in_pkcs1_is_usable() {
    let usable = |key: &str| {
        let mut taken = None;
        parse_registration(
            format!(r#"{{"privateKey":"{key}"}}"#).as_bytes(),
            &mut taken,
        )
        .unwrap()
        .private_key_usable
    };
    let key = STANDARD.encode(TEST_KEY);
    let (first, second) = key.split_at(64);
    assert!(usable(&key) && usable(&format!("{first}\\n{second}")));
    for broken in [
        "",
        "not base64!",
        "AAAA",
        first,
        "-----BEGIN RSA PRIVATE KEY-----",
    ] {
        assert!(!usable(broken), "{broken}");
    }
}

proptest::proptest! {
    #[test]
    fn no_vault_file_panics(text in "\\PC{0,200}", bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..100)) {
        for input in [text.as_bytes(), &bytes] {
            let _manifest = parse_manifest(input).is_ok();
            let _registration = parse_registration(input, &mut None).is_ok();
            let _fingerprint = parse_fingerprint(input, Reading::absent(""), &mut None).is_ok();
            let _summary = parse_summary(input).is_ok();
        }
    }

    #[test]
    fn no_private_key_panics(key in "[A-Za-z0-9+/=]{0,80}") {
        let text = format!(r#"{{"privateKey":"{key}"}}"#);
        let _registration = parse_registration(text.as_bytes(), &mut None).is_ok();
    }
}
