//! Writes a bundle: one thing after another through the cleaner into a `.tar.gz`.
//!
//! Holds one thing at a time. The archive goes wherever the caller says.

use std::collections::BTreeSet;
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use tar::{Builder, EntryType, Header};

use super::clean::Cleaner;
use super::items::{self, Content, Item, Outcome};
use super::manifest::{FORMAT, FileEntry, MANIFEST, Manifest, OBSERVATIONS};
use crate::diagnose;
use crate::observations::Observations;
use crate::redact::Counts;
use crate::report::{self, Style};
use crate::world::World;

/// How much is taken.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Most bytes of one log: its newest.
    pub log: u64,
    /// Most bytes in all.
    pub total: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            log: 5 * 1024 * 1024,
            total: 20 * 1024 * 1024,
        }
    }
}

/// What became of a bundle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Packed {
    /// How many files are in it.
    pub files: usize,
    /// How many things could not be collected.
    pub missing: usize,
    /// How many secrets were masked.
    pub masked: u64,
}

/// Why a bundle could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Unpacked {
    /// The archive could not be written.
    #[error("{0}")]
    Write(#[from] io::Error),
    /// What was seen cannot be told without what must be hidden.
    #[error("the observations do not survive redaction ({0}); please report it")]
    Broken(serde_json::Error),
    /// The person interrupted.
    #[error("interrupted")]
    Interrupted,
}

/// Writes the whole bundle. `go_on` is asked between two files, and told the one that follows.
///
/// # Errors
/// When the archive cannot be written, or `go_on` says no. What of the host cannot be read is no
/// error: it is told in `errors.log`.
pub fn pack<W: Write>(
    world: &World,
    seen: &Observations,
    cleaner: &mut Cleaner,
    bounds: Bounds,
    out: W,
    mut go_on: impl FnMut(&str) -> bool,
) -> Result<(W, Packed), Unpacked> {
    let mut packer = Packer::new(world, seen, bounds, out);
    let (clean, observations) = observations(seen, cleaner, &mut packer.counts)?;
    packer.made(OBSERVATIONS, "what was seen in this run", &observations)?;
    let judged = diagnose(&clean);
    for (name, text) in [
        ("report.json", report::json(&judged)),
        ("report.txt", report::wide(&judged, Style::PLAIN)),
        ("report.html", report::html(&judged)),
    ] {
        // Words of the catalogue may look like a secret's name; a bundle must not fail for them.
        let text = cleaner.mask(&text, &mut packer.counts);
        packer.made(name, "the diagnosis of observations.json", &text)?;
    }
    for item in items::all(world, seen) {
        let name = item.as_ref().map_or("", |item| item.name.as_str());
        if !go_on(name) {
            return Err(Unpacked::Interrupted);
        }
        packer.item(item, cleaner)?;
    }
    packer.finish(cleaner)
}

/// The observations as they may leave the host, and their text.
fn observations(
    seen: &Observations,
    cleaner: &mut Cleaner,
    counts: &mut Counts,
) -> Result<(Observations, String), Unpacked> {
    let text = cleaner.clean_text(&report::json(seen), counts);
    let clean = Observations::from_json(&text).map_err(Unpacked::Broken)?;
    Ok((clean, text))
}

struct Packer<W: Write> {
    archive: Builder<GzEncoder<W>>,
    manifest: Manifest,
    names: BTreeSet<String>,
    errors: String,
    missing: usize,
    left: u64,
    log_limit: u64,
    mtime: u64,
    counts: Counts,
}

impl<W: Write> Packer<W> {
    fn new(world: &World, seen: &Observations, bounds: Bounds, out: W) -> Self {
        let mut archive = Builder::new(GzEncoder::new(out, Compression::fast()));
        archive.mode(tar::HeaderMode::Deterministic);
        Self {
            archive,
            manifest: Manifest {
                format: FORMAT.to_owned(),
                tool: "ssm-probe".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                created_at: seen.started_at,
                root: world.root.display().to_string(),
                pseudonymized: false,
                max_log_bytes: bounds.log,
                max_total_bytes: bounds.total,
                files: Vec::new(),
            },
            names: BTreeSet::new(),
            errors: String::new(),
            missing: 0,
            left: bounds.total,
            log_limit: bounds.log,
            mtime: u64::try_from(seen.started_at.as_second()).unwrap_or(0),
            counts: Counts::new(),
        }
    }

    /// Something that is not the host's own.
    fn made(&mut self, name: &str, source: &str, text: &str) -> Result<(), Unpacked> {
        let counts = std::mem::take(&mut self.counts);
        let entry = entry(name, source, text.as_bytes(), &counts);
        self.add(entry, text.as_bytes())
    }

    fn item(&mut self, item: Outcome, cleaner: &mut Cleaner) -> Result<(), Unpacked> {
        let item = match item {
            Ok(item) => item,
            Err((source, why)) => {
                self.miss(&source, &why);
                return Ok(());
            }
        };
        let limit = item.limit(self.log_limit).min(self.left);
        if limit == 0 {
            self.miss(
                &item.source,
                "the bundle's size limit was reached (--max-total)",
            );
            return Ok(());
        }
        let mut counts = Counts::new();
        let made = matches!(item.content, Content::Text(_));
        let read = Item::newest(item.content, limit).and_then(|piece| {
            let clean = cleaner.clean(piece.reader, &mut counts)?;
            Ok((clean, piece.truncated))
        });
        let (clean, truncated) = match read {
            Ok(read) => read,
            Err(error) => {
                self.miss(&item.source, &error.to_string());
                return Ok(());
            }
        };
        if !made {
            // By what was read: of a piece that was cut, the line it begins in is not in `clean`.
            let length = u64::try_from(clean.len()).unwrap_or(u64::MAX);
            let taken = item.source_size.unwrap_or(0).min(limit).max(length);
            self.left = self.left.saturating_sub(taken);
        }
        let (first_entry, last_entry) = if item.is_log {
            (
                entry_time(clean.split(|byte| *byte == b'\n')),
                entry_time(clean.rsplit(|byte| *byte == b'\n')),
            )
        } else {
            (None, None)
        };
        let entry = FileEntry {
            truncated,
            source_size: item.source_size.filter(|size| *size > 0),
            modified_at: item.modified_at,
            first_entry,
            last_entry,
            ..entry(&item.name, &item.source, &clean, &counts)
        };
        self.add(entry, &clean)
    }

    fn miss(&mut self, source: &str, why: &str) {
        self.missing += 1;
        let line = format!("{source}: {why}");
        self.errors.push_str(&report::clean(&line));
        self.errors.push('\n');
    }

    fn add(&mut self, mut entry: FileEntry, content: &[u8]) -> Result<(), Unpacked> {
        while !self.names.insert(entry.name.clone()) {
            entry.name.push('_');
        }
        self.append(&entry.name, content)?;
        self.manifest.files.push(entry);
        Ok(())
    }

    fn append(&mut self, name: &str, content: &[u8]) -> Result<(), Unpacked> {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_size(u64::try_from(content.len()).unwrap_or(u64::MAX));
        header.set_mode(0o600);
        header.set_mtime(self.mtime);
        self.archive.append_data(&mut header, name, content)?;
        Ok(())
    }

    fn finish(mut self, cleaner: &mut Cleaner) -> Result<(W, Packed), Unpacked> {
        let mut counts = Counts::new();
        let errors = cleaner.clean_text(&std::mem::take(&mut self.errors), &mut counts);
        self.counts = counts;
        self.made(
            "errors.log",
            "what could not be collected, and why",
            &errors,
        )?;
        self.manifest.pseudonymized = cleaner.pseudonymizes();
        // Paths of the host may hold names too.
        let manifest = cleaner.clean_text(&report::json(&self.manifest), &mut Counts::new());
        self.append(MANIFEST, manifest.as_bytes())?;
        let packed = Packed {
            files: self.manifest.files.len() + 1,
            missing: self.missing,
            masked: self
                .manifest
                .files
                .iter()
                .flat_map(|file| file.redactions.values())
                .sum(),
        };
        let mut out = self.archive.into_inner()?.finish()?;
        out.flush()?;
        Ok((out, packed))
    }
}

fn entry(name: &str, source: &str, content: &[u8], counts: &Counts) -> FileEntry {
    FileEntry {
        name: name.to_owned(),
        source: source.to_owned(),
        size: u64::try_from(content.len()).unwrap_or(u64::MAX),
        sha256: hex(&Sha256::digest(content)),
        truncated: false,
        source_size: None,
        modified_at: None,
        first_entry: None,
        last_entry: None,
        redactions: counts
            .iter()
            .map(|(rule, count)| ((*rule).to_owned(), *count))
            .collect(),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// The time at the beginning of the first of some lines that has one: `2026-01-01 00:00:00`.
fn entry_time<'a>(mut lines: impl Iterator<Item = &'a [u8]>) -> Option<String> {
    let is_time = |start: &[u8]| {
        let form = b"0000-00-00 00:00:00";
        start.len() == form.len()
            && start.iter().zip(form).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                other => byte == other,
            })
    };
    let start = lines.find_map(|line| line.get(..19).filter(|start| is_time(start)))?;
    Some(String::from_utf8_lossy(start).into_owned())
}
