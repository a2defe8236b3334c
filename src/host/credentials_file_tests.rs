use super::{dhmc_path, parse, read, root_path};
use crate::host::layout::Layout;
use crate::host::testing::Root;
use crate::observations::{AgentEnvironment, Reading, RuntimeConfig};

const FILE: &str = "\
# written by the agent
[default]
aws_access_key_id     = ASIAEXAMPLE
aws_secret_access_key = hunter2
aws_session_token     = hunter2token==

[work]
aws_access_key_id = AKIAWORK
aws_secret_access_key = hunter2
s3 =
  max_concurrent_requests = 20
";

fn runtime(identity: &str, share_file: &str) -> Reading<RuntimeConfig> {
    Reading::found(
        RuntimeConfig {
            instance_id: String::new(),
            identity_type: identity.to_owned(),
            credential_source: "SSM".to_owned(),
            share_file: share_file.to_owned(),
            share_profile: String::new(),
            credentials_expires_at: None,
            credentials_retrieved_at: None,
        },
        "x",
    )
}

#[test]
fn a_profile_is_told_by_kind_and_its_values_stay_secret() {
    let (seen, keys) = parse(FILE, "default").unwrap();
    assert!(seen.has_keys && seen.has_token);
    assert_eq!(seen.key_prefix, "ASIA");
    assert_eq!(seen.other_profiles, ["work"]);
    assert!(!format!("{seen:?} {keys:?}").contains("hunter2"));
    let keys = keys.unwrap();
    assert_eq!(keys.secret.expose(), "hunter2");
    assert_eq!(keys.token.unwrap().expose(), "hunter2token==");
}

#[test]
fn keys_without_a_token_are_static_and_other_profiles_do_not_count() {
    let (seen, keys) = parse(FILE, "work").unwrap();
    assert!(seen.has_keys && !seen.has_token && keys.unwrap().token.is_none());
    let (seen, keys) = parse(FILE, "missing").unwrap();
    assert!(!seen.has_keys && keys.is_none());
    assert_eq!(seen.other_profiles, ["default", "work"]);
}

#[test]
fn half_a_key_is_no_key() {
    let (seen, keys) = parse("[default]\r\naws_access_key_id = AKIA\r\n", "default").unwrap();
    assert!(!seen.has_keys && keys.is_none());
    assert_eq!(seen.key_prefix, "");
}

#[test]
fn damage_is_malformed_and_quotes_nothing() {
    for text in ["[default\nhunter2=1", "hunter2", "[default]\n\0\0hunter2"] {
        let why = parse(text, "default").err().unwrap();
        assert!(!why.contains("hunter2"), "{why}");
    }
}

#[test]
fn the_file_gives_each_of_the_answers() {
    let root = Root::new();
    let path = "/root/.aws/credentials";
    let look = || read(&root.world(), path, "default");
    assert!(look().0.is_absent());
    root.write(path, "");
    assert!(matches!(look().0, Reading::Empty { .. }));
    root.write(path, "hunter2");
    assert!(matches!(look().0, Reading::Malformed { .. }));
    root.fifo(path);
    assert!(matches!(look().0, Reading::Unreadable { .. }));
    root.write(path, FILE);
    let (reading, keys) = look();
    assert!(reading.value().unwrap().has_keys && keys.is_some());
}

#[test]
fn the_agent_s_own_file_is_where_it_noted_it_down() {
    let nothing = Reading::absent("x");
    assert_eq!(
        dhmc_path(&Layout::LINUX, &nothing),
        "/var/lib/amazon/ssm/credentials"
    );
    assert_eq!(
        dhmc_path(&Layout::MAC, &nothing),
        "/opt/aws/ssm/data/credentials"
    );
    assert_eq!(dhmc_path(&Layout::LINUX, &runtime("EC2", "/x/c")), "/x/c");
    let hybrid = runtime("OnPrem", "/root/.aws/credentials");
    assert_eq!(
        dhmc_path(&Layout::LINUX, &hybrid),
        "/var/lib/amazon/ssm/credentials"
    );
}

#[test]
fn root_s_file_follows_variable_then_note_then_home_then_passwd() {
    let root = Root::new();
    let at = |runtime: &Reading<RuntimeConfig>, environment: &Reading<AgentEnvironment>| {
        root_path(&root.world(), &Layout::LINUX, runtime, environment)
    };
    let nothing = Reading::absent("x");
    let no_environment = Reading::absent("x");
    assert_eq!(at(&nothing, &no_environment), "/root/.aws/credentials");
    root.write(
        "/etc/passwd",
        "toor:x:0:0:root:/home/toor:/bin/sh\nroot:x:0:0::/root:/bin/sh\n",
    );
    assert_eq!(at(&nothing, &no_environment), "/home/toor/.aws/credentials");
    let mut environment = AgentEnvironment {
        home: Some("/srv/agent/".to_owned()),
        ..AgentEnvironment::default()
    };
    let found = Reading::found(environment.clone(), "x");
    assert_eq!(at(&nothing, &found), "/srv/agent/.aws/credentials");
    assert_eq!(at(&runtime("OnPrem", "/noted"), &found), "/noted");
    assert_eq!(
        at(&runtime("EC2", "/noted"), &found),
        "/srv/agent/.aws/credentials"
    );
    environment.shared_credentials_file = Some("/by/variable".to_owned());
    let found = Reading::found(environment, "x");
    assert_eq!(at(&runtime("OnPrem", "/noted"), &found), "/by/variable");
}

proptest::proptest! {
    #[test]
    fn no_file_panics(text in "\\PC{0,200}", lines in "(\\[[a-z\\]]{0,5}|[a-z_]{0,20} ?=? ?[ -~]{0,9}|\\n){0,30}") {
        let _answers = (parse(&text, "default").is_ok(), parse(&lines, "default").is_ok());
    }

    #[test]
    fn no_passwd_panics(text in "[a-z0:\\n]{0,60}") {
        let root = Root::new();
        root.write("/etc/passwd", text);
        let _home = super::passwd_home(&root.world());
    }
}
