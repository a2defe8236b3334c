//! What the agent was told for a session that is under way: its state file names the preferences.
//!
//! The file is there only while the session lasts. Source: agent `agent/framework/docmanager`
//! (`DocumentStateDir`), `agent/contracts/document.go` and `plugin.go` (`Configuration`).

use serde::Deserialize;

use super::file::{self, JSON_LIMIT};
use super::layout::Layout;
use crate::observations::{Reading, SessionPreferences};
use crate::world::World;

/// Most state files that are looked at.
const FILE_LIMIT: usize = 64;

/// Reads the newest state file of a session.
pub(super) fn read(world: &World, layout: &Layout) -> Reading<SessionPreferences> {
    let place = format!("{}/*/document/state/current", layout.data);
    let nodes = file::list(world, layout.data);
    let Some(nodes) = nodes.value() else {
        return nodes.and_then(|_names, source| Reading::absent(source));
    };
    let mut newest: Option<Reading<SessionPreferences>> = None;
    let folders = nodes
        .iter()
        .filter(|name| is_node(name))
        .map(|name| format!("{}/{name}/document/state/current", layout.data));
    for path in folders
        .flat_map(|folder| paths(world, &folder))
        .take(FILE_LIMIT)
    {
        let reading = file::read_bytes(world, &path, JSON_LIMIT).parse(|bytes| session(&bytes));
        let Reading::Found {
            value: Some(preferences),
            source,
            modified_at,
        } = reading
        else {
            continue;
        };
        if newest
            .as_ref()
            .is_none_or(|known| known.modified_at() < modified_at)
        {
            newest = Some(Reading::Found {
                value: preferences,
                source,
                modified_at,
            });
        }
    }
    newest.unwrap_or_else(|| Reading::absent(place))
}

fn paths(world: &World, folder: &str) -> Vec<String> {
    file::list(world, folder)
        .value()
        .into_iter()
        .flatten()
        .map(|name| format!("{folder}/{name}"))
        .collect()
}

fn is_node(name: &str) -> bool {
    ["i-", "mi-", "ecs:"]
        .into_iter()
        .any(|start| name.starts_with(start))
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    #[serde(default)]
    instance_plugins_information: Vec<Plugin>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Plugin {
    configuration: Configuration,
}

/// The few fields that are kept; the rest may hold what people typed.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[derive(Default)]
struct Configuration {
    session_id: String,
    kms_key_id: String,
    output_s3_bucket_name: String,
    output_s3_key_prefix: String,
    s3_encryption_enabled: bool,
    cloud_watch_log_group: String,
    cloud_watch_encryption_enabled: bool,
    cloud_watch_streaming_enabled: bool,
    run_as_enabled: bool,
    run_as_user: String,
}

/// The preferences in a state file; `None` = not of a session.
fn session(bytes: &[u8]) -> Result<Option<SessionPreferences>, String> {
    let document: Document = serde_json::from_slice(bytes)
        .map_err(|_content| "not the JSON of a document's state".to_owned())?;
    let found = document
        .instance_plugins_information
        .into_iter()
        .map(|plugin| plugin.configuration)
        .find(|found| !found.session_id.is_empty());
    Ok(found.map(|found| SessionPreferences {
        kms_key: Some(found.kms_key_id),
        bucket: Some(found.output_s3_bucket_name),
        prefix: Some(found.output_s3_key_prefix),
        bucket_must_be_encrypted: Some(found.s3_encryption_enabled),
        log_group: Some(found.cloud_watch_log_group),
        log_group_must_be_encrypted: Some(found.cloud_watch_encryption_enabled),
        streams_log: Some(found.cloud_watch_streaming_enabled),
        run_as: Some(if found.run_as_enabled {
            found.run_as_user
        } else {
            String::new()
        }),
    }))
}

#[cfg(test)]
mod tests {
    use super::{read, session};
    use crate::host::layout::Layout;
    use crate::host::testing::Root;

    const FOLDER: &str = "/var/lib/amazon/ssm/i-0123456789abcdef0/document/state/current";

    fn state(key: &str) -> String {
        format!(
            r#"{{"DocumentInformation": {{"DocumentID": "alice-0123"}}, "DocumentType": "StartSession",
            "InstancePluginsInformation": [{{"Name": "Standard_Stream", "Configuration": {{
            "SessionId": "alice-0123", "KmsKeyId": "{key}", "OutputS3BucketName": "logs",
            "S3EncryptionEnabled": true, "RunAsEnabled": true, "RunAsUser": "alice",
            "Properties": {{"linux": {{"commands": "hunter2"}}}}}}}}]}}"#
        )
    }

    #[test]
    fn a_session_under_way_tells_its_preferences_and_nothing_else() {
        let root = Root::new();
        assert!(read(&root.world(), &Layout::LINUX).is_absent());
        root.write(&format!("{FOLDER}/alice-0123"), state("alias/sessions"));
        let reading = read(&root.world(), &Layout::LINUX);
        let found = reading.value().unwrap();
        assert_eq!(found.kms_key.as_deref(), Some("alias/sessions"));
        assert_eq!(found.bucket_must_be_encrypted, Some(true));
        assert_eq!(found.run_as.as_deref(), Some("alice"));
        assert!(!format!("{reading:?}").contains("hunter2"));
    }

    #[test]
    fn commands_and_garbage_tell_nothing_of_sessions() {
        let root = Root::new();
        root.write(&format!("{FOLDER}/a"), "\0\0");
        root.write(
            &format!("{FOLDER}/b"),
            r#"{"InstancePluginsInformation": [{"Configuration": {"KmsKeyId": "k"}}]}"#,
        );
        root.fifo(&format!("{FOLDER}/c"));
        assert!(read(&root.world(), &Layout::LINUX).is_absent());
    }

    proptest::proptest! {
        #[test]
        fn no_state_file_panics(text in "\\PC{0,200}") {
            let _answer = session(text.as_bytes()).is_ok();
        }
    }
}
