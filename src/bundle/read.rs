//! Opens a bundle that nobody vouches for: an archive, or a folder that it was unpacked into.
//!
//! Everything is bounded before it is believed: names, counts, sizes. Nothing is unpacked to disk.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use tar::{Archive, EntryType};

use super::manifest::{MANIFEST, Manifest, OBSERVATIONS, READABLE};
use super::pack::hex;
use crate::host::file;
use crate::observations::{Observations, Reading};
use crate::report;
use crate::world::{Clock, Env, World};

/// Most bytes that an archive may unpack to.
pub const UNPACKED_LIMIT: u64 = 256 * 1024 * 1024;
/// Most entries of an archive.
pub const ENTRY_LIMIT: usize = 4_096;
/// Longest name of an entry, in bytes.
pub const NAME_LIMIT: usize = 255;
/// Largest file that is taken into memory: manifest and observations.
pub const KEPT_LIMIT: u64 = 32 * 1024 * 1024;
/// Largest extension header that is passed over.
const EXTENSION_LIMIT: u64 = 64 * 1024;

/// Why a bundle is not read.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It cannot be read at all.
    #[error("it cannot be read: {0}")]
    Read(io::Error),
    /// It is no bundle.
    #[error("it is no bundle: {0}")]
    NotABundle(String),
    /// It is made to harm, or damaged.
    #[error("it is not safe to read: {0}")]
    Unsafe(String),
    /// A file is not what the manifest says.
    #[error("`{0}` is not what the manifest says: {1}")]
    Damaged(String, &'static str),
    /// It was made by a version that this one does not know.
    #[error("its form is `{0}`, which this version does not know; use a newer ssm-probe")]
    Newer(String),
}

/// A bundle that was read.
#[derive(Debug)]
pub struct Bundle {
    /// Its manifest.
    pub manifest: Manifest,
    /// What was seen on the host.
    pub observations: Observations,
}

/// Size and digest of a file that went by.
struct Passed {
    size: u64,
    sha256: String,
}

/// Reads an archive and verifies every file in it.
///
/// # Errors
/// Whatever makes it no bundle, unsafe or damaged.
pub fn archive(source: impl Read) -> Result<Bundle, Refused> {
    let mut passed: BTreeMap<String, Passed> = BTreeMap::new();
    let mut kept: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    each_file(source, |name, content| {
        let keep = name == MANIFEST || name == OBSERVATIONS;
        let mut bytes = Vec::new();
        let one = digest(content, keep.then_some(&mut bytes), name)?;
        if keep {
            kept.insert(name.to_owned(), bytes);
        }
        match passed.insert(name.to_owned(), one) {
            None => Ok(()),
            Some(_) => Err(Refused::Unsafe(format!(
                "two files are named `{}`",
                shown(name)
            ))),
        }
    })?;
    let manifest = parse_manifest(kept.get(MANIFEST).map(Vec::as_slice))?;
    for name in passed.keys() {
        let is_listed = manifest.files.iter().any(|file| file.name == *name);
        if name != MANIFEST && !is_listed {
            return Err(Refused::Damaged(shown(name), "it is not listed"));
        }
    }
    verify(&manifest, |name| Ok(passed.remove(name)))?;
    finish(manifest, kept.get(OBSERVATIONS).map(Vec::as_slice))
}

/// Reads a folder that a bundle was unpacked into. Files that are not listed are let be.
///
/// # Errors
/// Whatever makes it no bundle, unsafe or damaged.
pub fn folder(folder: &Path) -> Result<Bundle, Refused> {
    let world = World {
        clock: Clock::System,
        env: Env::default(),
        root: folder.to_owned(),
    };
    let take = |name: &str| match file::read_bytes(&world, name, KEPT_LIMIT) {
        Reading::Found { value, .. } => Ok(Some(value)),
        Reading::Absent { .. } | Reading::Empty { .. } => Ok(None),
        Reading::Forbidden { .. } => Err(Refused::NotABundle(format!("`{name}` may not be read"))),
        other => Err(Refused::Unsafe(format!("`{name}`: {}", why(&other)))),
    };
    let manifest = parse_manifest(take(MANIFEST)?.as_deref())?;
    let observations = take(OBSERVATIONS)?;
    verify(&manifest, |name| {
        if !is_plain(Path::new(name)) {
            return Err(Refused::Unsafe(format!("it lists `{}`", shown(name))));
        }
        match file::open(&world, name) {
            Ok((file, _)) => digest(&mut file.take(UNPACKED_LIMIT), None, name).map(Some),
            Err(file::Refusal::Absent) => Ok(None),
            Err(refusal) => Err(Refused::Unsafe(format!(
                "`{}`: {}",
                shown(name),
                why(&refusal.reading::<()>(name))
            ))),
        }
    })?;
    finish(manifest, observations.as_deref())
}

/// Whether this is a folder that a bundle was unpacked into.
#[must_use]
pub fn is_unpacked(folder: &Path) -> bool {
    let world = World {
        clock: Clock::System,
        env: Env::default(),
        root: folder.to_owned(),
    };
    file::exists(&world, MANIFEST) && file::exists(&world, OBSERVATIONS)
}

fn why<T>(reading: &Reading<T>) -> String {
    match reading {
        Reading::Unreadable { why, .. } | Reading::Malformed { why, .. } => why.clone(),
        Reading::Forbidden { .. } => "permission denied".to_owned(),
        _ => "not there".to_owned(),
    }
}

/// A name from elsewhere, fit to be shown.
fn shown(name: &str) -> String {
    let clean = report::clean(name);
    let short: String = clean.chars().take(100).collect();
    if short.len() < clean.len() {
        format!("{short}…")
    } else {
        short
    }
}

fn parse_manifest(bytes: Option<&[u8]>) -> Result<Manifest, Refused> {
    let none = || Refused::NotABundle("there is no manifest.json in it".to_owned());
    let bytes = bytes.ok_or_else(none)?;
    let no_form = |error: serde_json::Error| {
        Refused::NotABundle(format!("manifest.json is not one of a bundle: {error}"))
    };
    let value: serde_json::Value = serde_json::from_slice(bytes).map_err(no_form)?;
    let format = value.get("format").and_then(serde_json::Value::as_str);
    match format {
        Some(READABLE) => {}
        Some(other) if other.starts_with("ssm-probe/bundle/") => {
            return Err(Refused::Newer(shown(other)));
        }
        _ => {
            return Err(Refused::NotABundle(
                "manifest.json is of another form".to_owned(),
            ));
        }
    }
    let manifest: Manifest = serde_json::from_value(value).map_err(no_form)?;
    if manifest.files.len() > ENTRY_LIMIT {
        return Err(Refused::Unsafe(format!(
            "it lists more than {ENTRY_LIMIT} files"
        )));
    }
    Ok(manifest)
}

/// Holds every listed file against the manifest.
fn verify(
    manifest: &Manifest,
    mut passed: impl FnMut(&str) -> Result<Option<Passed>, Refused>,
) -> Result<(), Refused> {
    for file in &manifest.files {
        let damaged = |what| Refused::Damaged(shown(&file.name), what);
        let one = passed(&file.name)?.ok_or_else(|| damaged("it is missing"))?;
        if one.size != file.size {
            return Err(damaged("its size differs"));
        }
        if one.sha256 != file.sha256 {
            return Err(damaged("its digest differs"));
        }
    }
    let is_listed = manifest.files.iter().any(|file| file.name == OBSERVATIONS);
    if is_listed {
        Ok(())
    } else {
        Err(Refused::NotABundle(
            "its manifest lists no observations.json".to_owned(),
        ))
    }
}

fn finish(manifest: Manifest, observations: Option<&[u8]>) -> Result<Bundle, Refused> {
    let none = || Refused::NotABundle("there is no observations.json in it".to_owned());
    let observations = observations.ok_or_else(none)?;
    let unknown = |error: &dyn std::fmt::Display| {
        Refused::NotABundle(format!("observations.json cannot be understood: {error}"))
    };
    let text = str::from_utf8(observations).map_err(|error| unknown(&error))?;
    let observations = Observations::from_json(text).map_err(|error| unknown(&error))?;
    Ok(Bundle {
        manifest,
        observations,
    })
}

fn digest(
    content: &mut dyn Read,
    mut keep: Option<&mut Vec<u8>>,
    name: &str,
) -> Result<Passed, Refused> {
    let mut hasher = Sha256::new();
    let mut size: u64 = 0;
    let mut chunk = vec![0; 64 * 1024];
    loop {
        let length = content.read(&mut chunk)?;
        if length == 0 {
            break;
        }
        let piece = chunk.get(..length).unwrap_or_default();
        hasher.update(piece);
        size = size.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        if let Some(kept) = keep.as_mut() {
            if size > KEPT_LIMIT {
                return Err(Refused::Unsafe(format!(
                    "`{name}` is larger than {KEPT_LIMIT} bytes"
                )));
            }
            kept.extend_from_slice(piece);
        }
    }
    Ok(Passed {
        size,
        sha256: hex(&hasher.finalize()),
    })
}

/// Goes through the regular files of a `.tar.gz`, and through it to its end.
///
/// # Errors
/// Whatever makes the archive unreadable or unsafe, and what `take` refuses.
pub fn each_file(
    source: impl Read,
    mut take: impl FnMut(&str, &mut dyn Read) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let mut unpacked = GzDecoder::new(source).take(UNPACKED_LIMIT);
    entries(&mut unpacked, &mut take)?;
    // To the end: the checksum stands there.
    io::copy(&mut unpacked, &mut io::sink()).map_err(not_an_archive)?;
    if unpacked.limit() == 0 {
        return Err(Refused::Unsafe(format!(
            "it unpacks to more than {UNPACKED_LIMIT} bytes"
        )));
    }
    Ok(())
}

fn entries(
    unpacked: &mut impl Read,
    take: &mut dyn FnMut(&str, &mut dyn Read) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let mut archive = Archive::new(unpacked);
    // Raw: an extension's long name would be read into memory however long it is.
    let entries = archive.entries().map_err(not_an_archive)?.raw(true);
    for (count, entry) in entries.enumerate() {
        let mut entry = entry.map_err(not_an_archive)?;
        if count >= ENTRY_LIMIT {
            return Err(Refused::Unsafe(format!("more than {ENTRY_LIMIT} files")));
        }
        let kind = entry.header().entry_type();
        match kind {
            EntryType::Regular | EntryType::Continuous => {}
            EntryType::Directory => continue,
            // Times and owners that other programs add; a name must not hide in one.
            EntryType::XGlobalHeader | EntryType::XHeader => {
                harmless_extension(&mut entry)?;
                continue;
            }
            EntryType::Symlink | EntryType::Link => {
                return Err(Refused::Unsafe("a link is in it".to_owned()));
            }
            _ => return Err(Refused::Unsafe("an entry is no regular file".to_owned())),
        }
        let name = name(&entry)?;
        take(&name, &mut entry)?;
    }
    Ok(())
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        not_an_archive(error)
    }
}

/// What the libraries' errors mean: most are damage.
fn not_an_archive(error: io::Error) -> Refused {
    match error.kind() {
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => {
            Refused::NotABundle(format!("it is no whole .tar.gz archive ({error})"))
        }
        io::ErrorKind::Other => Refused::NotABundle(format!("it is no .tar.gz archive ({error})")),
        _ => Refused::Read(error),
    }
}

fn harmless_extension(entry: &mut impl Read) -> Result<(), Refused> {
    let mut text = Vec::new();
    entry.take(EXTENSION_LIMIT).read_to_end(&mut text)?;
    let hides = |word: &[u8]| text.windows(word.len()).any(|window| window == word);
    let too_long = u64::try_from(text.len()).unwrap_or(u64::MAX) >= EXTENSION_LIMIT;
    if too_long || hides(b" path=") || hides(b" linkpath=") || hides(b" size=") {
        return Err(Refused::Unsafe(
            "a name or a size is in an extension header".to_owned(),
        ));
    }
    Ok(())
}

fn name<R: Read>(entry: &tar::Entry<'_, R>) -> Result<String, Refused> {
    let bytes = entry.path_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let bad = |what: &str| Refused::Unsafe(format!("the name `{}` {what}", shown(&text)));
    if bytes.len() > NAME_LIMIT {
        return Err(bad("is too long"));
    }
    let path = PathBuf::from(&text);
    if std::str::from_utf8(&bytes).is_err() || !is_plain(&path) {
        return Err(bad("leads out of the archive, or is no plain one"));
    }
    // `./name` is what `tar -C folder .` writes.
    Ok(text.trim_start_matches("./").to_owned())
}

/// Whether a path only goes down.
fn is_plain(path: &Path) -> bool {
    let mut names = 0;
    path.components().all(|part| match part {
        Component::Normal(_) => {
            names += 1;
            true
        }
        Component::CurDir => true,
        Component::Prefix(_) | Component::RootDir | Component::ParentDir => false,
    }) && names > 0
}
