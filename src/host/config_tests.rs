use super::{parse, read};
use crate::host::testing::Root;
use crate::observations::{Config, Reading};

#[track_caller]
fn accepted(text: &str) -> Config {
    parse(text.as_bytes()).unwrap()
}

#[track_caller]
fn warned(text: &str, key: &str, words: &str) -> Config {
    let config = accepted(text);
    let [warning] = config.warnings.as_slice() else {
        panic!("{:?}", config.warnings);
    };
    assert_eq!(warning.key, key);
    assert!(warning.effect.contains(words), "{}", warning.effect);
    config
}

#[test]
fn an_empty_object_and_null_are_all_defaults() {
    for text in ["{}", "null", r#"{"Ssm": null}"#, r#"{"Unknown": [1, {}]}"#] {
        assert_eq!(accepted(text), Config::defaults(), "{text}");
    }
}

#[test]
fn every_key_of_ours_is_read_whatever_its_case() {
    let config = accepted(
        r#"{"profile": {"sharecreds": false, "SHAREPROFILE": "ssm-iot-gg"},
            "MDS": {"endpoint": "mds.example"}, "mgs": {"Endpoint": "mgs.example", "region": "eu-west-1"},
            "ssm": {"ENDPOINT": "ssm.example", "healthfrequencyminutes": 15,
                    "CredentialRetryMaxSleepSeconds": 300, "HibernationMaxBackoffIntervalMinutes": 10},
            "s3": {"Endpoint": "s3.example"}, "KMS": {"Endpoint": "kms.example"},
            "agent": {"region": "eu-west-2", "servicedomain": "example.org", "containermode": true,
                      "usedualstackendpoint": true},
            "identity": {"consumptionorder": ["EC2", "OnPrem"],
                         "customidentities": [{"instanceid": "i-1", "REGION": "eu-west-3"}]}}"#,
    );
    assert!(config.container_mode && config.use_dual_stack && !config.share_creds);
    assert_eq!(config.share_profile, "ssm-iot-gg");
    assert_eq!(config.agent_region.as_deref(), Some("eu-west-2"));
    assert_eq!(config.service_domain.as_deref(), Some("example.org"));
    assert_eq!(config.endpoints.ssm.as_deref(), Some("ssm.example"));
    assert_eq!(config.endpoints.ssmmessages.as_deref(), Some("mgs.example"));
    assert_eq!(
        config.endpoints.ssmmessages_region.as_deref(),
        Some("eu-west-1")
    );
    assert_eq!(config.endpoints.ec2messages.as_deref(), Some("mds.example"));
    assert_eq!(config.endpoints.s3.as_deref(), Some("s3.example"));
    assert_eq!(config.endpoints.kms.as_deref(), Some("kms.example"));
    assert_eq!(config.health_frequency_minutes, 15);
    assert_eq!(config.credential_retry_max_sleep_seconds, 300);
    assert_eq!(config.hibernation_max_backoff_minutes, 10);
    assert_eq!(config.consumption_order, ["EC2", "OnPrem"]);
    assert!(config.order_is_set);
    assert_eq!(config.custom_identities[0].instance_id, "i-1");
    assert_eq!(config.custom_identities[0].region, "eu-west-3");
    assert!(config.warnings.is_empty());
}

#[test]
fn sections_that_come_twice_merge_and_the_last_value_wins() {
    let config = accepted(
        r#"{"Ssm": {"Endpoint": "first", "HealthFrequencyMinutes": 7}, "ssm": {"endpoint": "last"}}"#,
    );
    assert_eq!(config.endpoints.ssm.as_deref(), Some("last"));
    assert_eq!(config.health_frequency_minutes, 7);
}

#[test]
fn a_wrong_type_anywhere_refuses_the_whole_file_by_its_key() {
    for (text, key) in [
        (
            r#"{"Ssm": {"HealthFrequencyMinutes": "5"}}"#,
            "Ssm.HealthFrequencyMinutes",
        ),
        (
            r#"{"Ssm": {"HealthFrequencyMinutes": 5.0}}"#,
            "Ssm.HealthFrequencyMinutes",
        ),
        (
            r#"{"Agent": {"ContainerMode": "true"}}"#,
            "Agent.ContainerMode",
        ),
        (r#"{"Agent": {"Region": 1}}"#, "Agent.Region"),
        (r#"{"Agent": []}"#, "Agent"),
        (
            r#"{"Mgs": {"DeniedPortForwardingRemoteIPs": "x"}}"#,
            "Mgs.DeniedPortForwardingRemoteIPs",
        ),
        (
            r#"{"Identity": {"ConsumptionOrder": "EC2"}}"#,
            "Identity.ConsumptionOrder",
        ),
        (
            r#"{"Identity": {"ConsumptionOrder": [1]}}"#,
            "Identity.ConsumptionOrder",
        ),
        (
            r#"{"Identity": {"CustomIdentities": [null]}}"#,
            "Identity.CustomIdentities",
        ),
        (
            r#"{"Identity": {"CustomIdentities": [{"InstanceID": 1}]}}"#,
            "Identity.CustomIdentities",
        ),
    ] {
        let why = parse(text.as_bytes()).unwrap_err();
        assert!(why.contains(&format!("`{key}`")), "{text}: {why}");
    }
    for text in ["[]", "true", "\"x\"", "{", "", "{}}", "\u{feff}{}"] {
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn a_number_out_of_range_becomes_the_default_with_a_warning() {
    let config = warned(
        r#"{"Ssm": {"HealthFrequencyMinutes": 90}}"#,
        "Ssm.HealthFrequencyMinutes",
        "90 is outside 5 to 60: 5 is used",
    );
    assert_eq!(config.health_frequency_minutes, 5);
    warned(
        r#"{"Agent": {"AuditExpirationDay": -1}}"#,
        "Agent.AuditExpirationDay",
        "7 is used",
    );
}

#[test]
fn words_that_are_no_identity_are_dropped_with_a_warning() {
    let config = warned(
        r#"{"Identity": {"ConsumptionOrder": ["ec2", "EC2"]}}"#,
        "Identity.ConsumptionOrder",
        "`ec2` dropped",
    );
    assert_eq!(config.consumption_order, ["EC2"]);
    assert!(config.order_is_set);
}

#[test]
fn an_order_without_a_valid_word_is_the_default_and_possibly_corrupt() {
    let config = warned(
        r#"{"Identity": {"ConsumptionOrder": ["foo"]}}"#,
        "Identity.ConsumptionOrder",
        "possibly",
    );
    assert_eq!(
        config.consumption_order,
        ["OnPrem", "EC2", "CustomIdentity"]
    );
    assert!(!config.order_is_set);
    let empty = accepted(r#"{"Identity": {"ConsumptionOrder": []}}"#);
    assert_eq!(empty, Config::defaults());
}

#[test]
fn custom_identities_without_id_or_region_are_skipped_with_a_warning() {
    for (entry, words) in [
        (r#"{"Region": "eu-west-1"}"#, "no `InstanceID`"),
        (r#"{"InstanceID": "i-1", "Region": ""}"#, "no `Region`"),
    ] {
        let text = format!(r#"{{"Identity": {{"CustomIdentities": [{entry}]}}}}"#);
        let config = warned(&text, "Identity.CustomIdentities", words);
        assert!(config.custom_identities.is_empty());
    }
}

#[test]
fn the_file_gives_each_of_the_answers() {
    let root = Root::new();
    let path = "/etc/amazon/ssm/amazon-ssm-agent.json";
    let read = || read(&root.world(), path);
    assert!(read().is_absent());
    root.write(path, "");
    assert!(matches!(read(), Reading::Empty { .. }));
    root.write(path, "{\"Ssm\": hunter2");
    let Reading::Malformed { why, source } = read() else {
        panic!("{:?}", read());
    };
    assert!(!why.contains("hunter2"));
    assert_eq!(source, path);
    root.write(path, "{}");
    assert!(read().value().is_some() && read().modified_at().is_some());
    root.write(path, " ".repeat(300_000));
    assert!(matches!(read(), Reading::Unreadable { .. }));
    root.fifo(path);
    assert!(matches!(read(), Reading::Unreadable { .. }));
}

proptest::proptest! {
    #[test]
    fn no_file_panics(text in "\\PC{0,200}") {
        let _answer = parse(text.as_bytes()).is_ok();
    }

    #[test]
    fn no_value_of_a_known_key_panics(
        section in "Ssm|Agent|Identity|Profile",
        key in "Endpoint|ConsumptionOrder|CustomIdentities|HealthFrequencyMinutes|ShareCreds",
        value in "null|-?[0-9]{1,25}|\"\\PC{0,10}\"|\\[null,\"EC2\",\\{\\}\\]|\\{\"a\":1\\}|1e9",
    ) {
        let _answer = parse(format!("{{\"{section}\":{{\"{key}\":{value}}}}}").as_bytes()).is_ok();
    }
}
