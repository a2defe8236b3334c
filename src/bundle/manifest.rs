//! `manifest.json`: what is in a bundle, from where, and what was done to it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The form of a bundle that this version writes.
pub const FORMAT: &str = "ssm-probe/bundle/1";
/// How the form of every bundle begins that this version reads.
pub const READABLE: &str = "ssm-probe/bundle/1";
/// The manifest's own name.
pub const MANIFEST: &str = "manifest.json";
/// What everything else can be drawn from again.
pub const OBSERVATIONS: &str = "observations.json";

/// The list of a bundle's files.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form of the bundle; see [`FORMAT`].
    pub format: String,
    /// What wrote it.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// When the run began (UTC).
    pub created_at: Timestamp,
    /// The folder that was taken for `/`.
    #[serde(default)]
    pub root: String,
    /// Whether names were replaced by pseudonyms.
    #[serde(default)]
    pub pseudonymized: bool,
    /// Most bytes that were taken of one log.
    #[serde(default)]
    pub max_log_bytes: u64,
    /// Most bytes that were taken in all.
    #[serde(default)]
    pub max_total_bytes: u64,
    /// Every file but this one.
    pub files: Vec<FileEntry>,
}

/// One file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Its name in the bundle.
    pub name: String,
    /// Where it comes from: a path on the host, or what wrote it.
    pub source: String,
    /// Its size in the bundle, in bytes.
    pub size: u64,
    /// The SHA-256 of it, in hexadecimal.
    pub sha256: String,
    /// Whether only a part of the source was taken.
    #[serde(default)]
    pub truncated: bool,
    /// How large the source was, in bytes, where it is a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_size: Option<u64>,
    /// When the source was last written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modified_at: Option<Timestamp>,
    /// The time of the first entry of a log, as written in it (the host's own zone).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_entry: Option<String>,
    /// The time of its last entry, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_entry: Option<String>,
    /// How often each rule masked something in it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub redactions: BTreeMap<String, u64>,
}
