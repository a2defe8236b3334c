//! `identity_config.json`: what the agent last took.
//!
//! Source: agent `common/runtimeconfig/identity_runtimeconfig.go`. Rewritten only on success,
//! so its age matters as much as its content; judging that is not done here.

use jiff::Timestamp;

use super::file::{self, JSON_LIMIT};
use super::go_json;
use super::layout::Layout;
use crate::observations::{Reading, RuntimeConfig};
use crate::world::World;

/// Reads the runtime configuration.
pub(super) fn read(world: &World, layout: &Layout) -> Reading<RuntimeConfig> {
    let path = format!("{}/identity_config.json", layout.runtime_config);
    file::read_bytes(world, &path, JSON_LIMIT).parse(|bytes| parse(&bytes))
}

pub(super) fn parse(bytes: &[u8]) -> Result<RuntimeConfig, String> {
    let json = go_json::parse(bytes)?;
    json.expect_object()?;
    Ok(RuntimeConfig {
        instance_id: json.text("InstanceId")?,
        identity_type: json.text("IdentityType")?,
        credential_source: json.text("CredentialSource")?,
        share_file: json.text("ShareFile")?,
        share_profile: json.text("ShareProfile")?,
        credentials_expires_at: time(&json.text("CredentialsExpiresAt")?)?,
        credentials_retrieved_at: time(&json.text("CredentialsRetrievedAt")?)?,
    })
}

/// A time of Go; its zero value, the year 1, means that it was never set.
fn time(text: &str) -> Result<Option<Timestamp>, String> {
    if text.is_empty() || text.starts_with("0001-01-01T") {
        return Ok(None);
    }
    text.parse()
        .map(Some)
        .map_err(|_not_a_time| "a time is not of the form of RFC 3339".to_owned())
}

#[cfg(test)]
mod tests {
    use super::{parse, read};
    use crate::host::layout::Layout;
    use crate::host::testing::Root;
    use crate::observations::Reading;

    const PATH: &str = "/var/lib/amazon/ssm/runtimeconfig/identity_config.json";

    #[test]
    fn recorded_runs_are_read_as_the_agent_wrote_them() {
        let text = include_bytes!("../../tests/agent-runs/dhmc-only/identity_config.json");
        let config = parse(text).unwrap();
        assert_eq!(config.instance_id, "i-0123456789abcdef0");
        assert_eq!(config.identity_type, "EC2");
        assert_eq!(config.credential_source, "SSM");
        assert_eq!(config.share_file, "/var/lib/amazon/ssm/credentials");
        assert_eq!(
            config.credentials_expires_at.unwrap().to_string(),
            "2026-11-24T01:43:20Z"
        );
        let never = include_bytes!("../../tests/agent-runs/profile-no-policy/identity_config.json");
        let config = parse(never).unwrap();
        assert_eq!(config.credentials_expires_at, None);
        assert_eq!(config.credentials_retrieved_at, None);
        assert_eq!(config.credential_source, "");
    }

    #[test]
    fn damage_is_malformed_and_names_no_content() {
        for text in [
            "[]",
            "{",
            "\0\0\0",
            r#"{"InstanceId": 5}"#,
            r#"{"CredentialsExpiresAt": "hunter2"}"#,
            r#"{"CredentialsExpiresAt": 5}"#,
        ] {
            let why = parse(text.as_bytes()).unwrap_err();
            assert!(!why.contains("hunter2"), "{why}");
        }
    }

    #[test]
    fn the_file_gives_each_of_the_answers() {
        let root = Root::new();
        let read = || read(&root.world(), &Layout::LINUX);
        assert!(read().is_absent());
        assert_eq!(read().source(), PATH);
        root.write(PATH, "");
        assert!(matches!(read(), Reading::Empty { .. }));
        root.folder(PATH);
        assert!(matches!(read(), Reading::Unreadable { .. }));
        root.fifo(PATH);
        assert!(matches!(read(), Reading::Unreadable { .. }));
        root.link(PATH, "identity_config.json");
        assert!(matches!(read(), Reading::Unreadable { .. }));
        root.write(PATH, "{}");
        assert!(read().value().is_some());
    }

    proptest::proptest! {
        #[test]
        fn no_file_panics(text in "\\PC{0,200}") {
            let _answer = parse(text.as_bytes()).is_ok();
        }

        #[test]
        fn no_time_panics(text in "[0-9TZ:.+-]{0,40}") {
            let _answer = super::time(&text).is_ok();
        }
    }
}
