//! Session preferences: what the account asks of every session, as far as it shows here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Reading;

/// What a source says of the session preferences; `None` = it does not say.
///
/// Source: the `inputs` of the document `SSM-SessionManagerRunShell`; agent
/// `agent/contracts/model.go` (`SessionInputs`) and `plugin.go` (`Configuration`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SessionPreferences {
    /// The KMS key that encrypts sessions: a key id, an alias or an ARN; empty = none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
    /// The bucket of session logs; empty = none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// The prefix of the keys in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// Whether only an encrypted bucket will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket_must_be_encrypted: Option<bool>,
    /// The log group of session logs; empty = none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_group: Option<String>,
    /// Whether only an encrypted log group will do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_group_must_be_encrypted: Option<bool>,
    /// Whether the log is streamed while the session runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub streams_log: Option<bool>,
    /// The user that sessions run as; empty = Run As is off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_as: Option<String>,
}

impl SessionPreferences {
    /// What this source says, and where it is silent what the other one says.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            kms_key: self.kms_key.or(other.kms_key),
            prefix: self.prefix.or_else(|| {
                // A prefix belongs to its own bucket.
                let same = self.bucket.is_none() || self.bucket == other.bucket;
                other.prefix.filter(|_| same)
            }),
            bucket: self.bucket.or(other.bucket),
            bucket_must_be_encrypted: self
                .bucket_must_be_encrypted
                .or(other.bucket_must_be_encrypted),
            log_group: self.log_group.or(other.log_group),
            log_group_must_be_encrypted: self
                .log_group_must_be_encrypted
                .or(other.log_group_must_be_encrypted),
            streams_log: self.streams_log.or(other.streams_log),
            run_as: self.run_as.or(other.run_as),
        }
    }

    /// Whether it says nothing at all.
    #[must_use]
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }
}

/// Everything seen of the session preferences, by source, and of what they name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sessions {
    /// What the person who ran this said by options.
    #[serde(default)]
    pub given: SessionPreferences,
    /// What the document `SSM-SessionManagerRunShell` says, where it was read in this run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<SessionPreferences>,
    /// The local users that preferences name, with whether each exists; one that may come from a
    /// directory service is left out.
    #[serde(default = "Reading::not_recorded")]
    pub users: Reading<BTreeMap<String, bool>>,
    /// What `DescribeLogGroups` says of the log group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_group: Option<LogGroup>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self {
            given: SessionPreferences::default(),
            document: None,
            users: Reading::not_read("no preference names a user"),
            log_group: None,
        }
    }
}

/// A log group as `DescribeLogGroups` shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogGroup {
    /// Whether a group of exactly this name was listed.
    pub exists: bool,
    /// Whether it has a KMS key.
    pub is_encrypted: bool,
}

#[cfg(test)]
mod tests {
    use super::SessionPreferences;

    fn bucket(name: &str, prefix: &str) -> SessionPreferences {
        SessionPreferences {
            bucket: Some(name.to_owned()),
            prefix: (!prefix.is_empty()).then(|| prefix.to_owned()),
            ..SessionPreferences::default()
        }
    }

    #[test]
    fn the_stronger_source_wins_value_by_value() {
        let given = SessionPreferences {
            kms_key: Some("alias/sessions".to_owned()),
            ..SessionPreferences::default()
        };
        let merged = given.or(bucket("logs", "shells"));
        assert_eq!(merged.kms_key.as_deref(), Some("alias/sessions"));
        assert_eq!(merged.bucket.as_deref(), Some("logs"));
        assert_eq!(merged.prefix.as_deref(), Some("shells"));
    }

    #[test]
    fn a_prefix_never_moves_to_another_bucket() {
        let merged = bucket("given", "").or(bucket("other", "shells"));
        assert_eq!(merged.bucket.as_deref(), Some("given"));
        assert_eq!(merged.prefix, None);
    }
}
