//! The one door to host files: below `World::root`, regular files only, bounded in size.
//!
//! Every other module that needs a host file comes through here. Host files are untrusted: a
//! FIFO, a device, a loop of symbolic links or a file of 10 GB must end in a clear answer, and a
//! symbolic link below `--root` must not lead out of it. Nothing here understands content.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use jiff::Timestamp;
use rustix::fs::{AtFlags, CWD, Dir, FileType, Mode, OFlags, openat, readlinkat, statat};
use rustix::io::Errno;

use crate::observations::Reading;
use crate::world::World;

/// Largest JSON file of the agent that is read, in bytes; its real files have a few thousand.
pub const JSON_LIMIT: u64 = 256 * 1024;
/// Largest small text file (one value, one table) that is read, in bytes.
pub const TEXT_LIMIT: u64 = 64 * 1024;
/// Most entries of a folder that are listed; the longest one is the process table.
pub const LIST_LIMIT: usize = 65_536;
/// Most symbolic links followed for one path, as in the kernel.
const LINK_LIMIT: u32 = 40;

/// How folders are opened on the way to a file. `O_PATH` needs no right to list them.
#[cfg(target_os = "linux")]
const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// How folders are opened on the way to a file.
#[cfg(not(target_os = "linux"))]
const FOLDER: OFlags = OFlags::DIRECTORY.union(OFlags::CLOEXEC);

/// What a file is, apart from its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meta {
    /// Its length as the file system says, in bytes; 0 in `/proc` and `/sys`.
    pub size_bytes: u64,
    /// Its permission bits.
    pub mode: u32,
    /// Its owner.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// The device and inode number: the identity of the file.
    pub id: (u64, u64),
    /// When it was last written.
    pub modified_at: Option<Timestamp>,
    /// Whether it is a folder.
    pub is_folder: bool,
}

/// Why a file could not be opened or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is not there.
    Absent,
    /// This user may not.
    Forbidden,
    /// It cannot be read by anyone in this way.
    Unreadable(String),
}

impl Refusal {
    /// This refusal as the answer for `path`.
    #[must_use]
    pub fn reading<T>(self, path: &str) -> Reading<T> {
        let source = path.to_owned();
        match self {
            Self::Absent => Reading::Absent { source },
            Self::Forbidden => Reading::Forbidden { source },
            Self::Unreadable(why) => Reading::Unreadable { source, why },
        }
    }
}

impl From<Errno> for Refusal {
    /// `ENOTDIR`: a file stands where a folder of the path should be, so the path is not there.
    /// `ESRCH`: the process has just ended.
    fn from(error: Errno) -> Self {
        match error {
            Errno::NOENT | Errno::NOTDIR | Errno::SRCH => Self::Absent,
            Errno::ACCESS | Errno::PERM => Self::Forbidden,
            Errno::LOOP => Self::Unreadable("symbolic links form a loop".to_owned()),
            other => Self::Unreadable(std::io::Error::from(other).to_string()),
        }
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        match Errno::from_io_error(&error) {
            Some(errno) => errno.into(),
            None => Self::Unreadable(error.to_string()),
        }
    }
}

/// The content of a regular file of at most `limit_bytes`.
#[must_use]
pub fn read_bytes(world: &World, path: &str, limit_bytes: u64) -> Reading<Vec<u8>> {
    let (file, meta) = match open(world, path) {
        Ok(opened) => opened,
        Err(refusal) => return refusal.reading(path),
    };
    match read_all(file, &meta, limit_bytes) {
        Err(refusal) => refusal.reading(path),
        Ok(bytes) if bytes.is_empty() => Reading::Empty {
            source: path.to_owned(),
            modified_at: meta.modified_at,
        },
        Ok(value) => Reading::Found {
            value,
            source: path.to_owned(),
            modified_at: meta.modified_at,
        },
    }
}

/// The content of a regular text file of at most `limit_bytes`.
#[must_use]
pub fn read_text(world: &World, path: &str, limit_bytes: u64) -> Reading<String> {
    read_bytes(world, path, limit_bytes)
        .parse(|bytes| String::from_utf8(bytes).map_err(|_not_utf8| "not UTF-8 text".to_owned()))
}

/// One value that stands alone in a file, without the white space around it.
#[must_use]
pub fn read_value(world: &World, path: &str) -> Reading<String> {
    match read_text(world, path, TEXT_LIMIT).map(|text| text.trim().to_owned()) {
        Reading::Found {
            value,
            source,
            modified_at,
        } if value.is_empty() => Reading::Empty {
            source,
            modified_at,
        },
        reading => reading,
    }
}

/// Opens a regular file for reading, without ever waiting for a FIFO or touching a device.
///
/// # Errors
/// Whatever keeps the file from being opened, or from being a regular file.
pub fn open(world: &World, path: &str) -> Result<(File, Meta), Refusal> {
    let (folder, name) = resolve(&world.root, path, LastLink::Follow)?;
    let kind = FileType::from_raw_mode(statat(&folder, &name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode);
    if kind != FileType::RegularFile {
        return Err(Refusal::Unreadable(not_a_file(kind)));
    }
    let flags =
        OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = File::from(openat(&folder, &name, flags, Mode::empty())?);
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(Refusal::Unreadable("not a regular file".to_owned()));
    }
    let meta = Meta::of(&metadata);
    Ok((file, meta))
}

/// What stands at a path, links followed, without opening it.
#[must_use]
pub fn stat(world: &World, path: &str) -> Reading<Meta> {
    let found = resolve(&world.root, path, LastLink::Follow).and_then(|(folder, name)| {
        // `O_PATH` opens nothing; where it is missing only folders and files are opened.
        let kind =
            FileType::from_raw_mode(statat(&folder, &name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode);
        if !matches!(kind, FileType::RegularFile | FileType::Directory) {
            return Err(Refusal::Unreadable(not_a_file(kind)));
        }
        let opened = openat(&folder, &name, LOOK | OFlags::NOFOLLOW, Mode::empty())?;
        Ok(Meta::of(&File::from(opened).metadata()?))
    });
    match found {
        Ok(meta) => Reading::Found {
            value: meta,
            source: path.to_owned(),
            modified_at: meta.modified_at,
        },
        Err(refusal) => refusal.reading(path),
    }
}

/// How something is opened only to be looked at.
#[cfg(target_os = "linux")]
const LOOK: OFlags = OFlags::PATH.union(OFlags::CLOEXEC);
/// How something is opened only to be looked at.
#[cfg(not(target_os = "linux"))]
const LOOK: OFlags = OFlags::NONBLOCK.union(OFlags::CLOEXEC);

/// Whether a regular file or folder is there.
#[must_use]
pub fn exists(world: &World, path: &str) -> bool {
    stat(world, path).value().is_some()
}

/// Where a symbolic link points, as written in it.
#[must_use]
pub fn read_link(world: &World, path: &str) -> Reading<String> {
    let target = resolve(&world.root, path, LastLink::Keep)
        .and_then(|(folder, name)| Ok(readlinkat(&folder, &name, Vec::new())?));
    match target {
        Ok(target) => Reading::found(target.to_string_lossy().into_owned(), path),
        Err(refusal) => refusal.reading(path),
    }
}

/// The names in a folder, sorted; a folder of more than [`LIST_LIMIT`] entries is unreadable.
#[must_use]
pub fn list(world: &World, path: &str) -> Reading<Vec<String>> {
    match names(world, path) {
        Ok(names) => Reading::found(names, path),
        Err(refusal) => refusal.reading(path),
    }
}

fn names(world: &World, path: &str) -> Result<Vec<String>, Refusal> {
    let folder = open_folder(world, path)?;
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name == "." || name == ".." {
            continue;
        }
        if names.len() == LIST_LIMIT {
            return Err(Refusal::Unreadable(format!(
                "more than {LIST_LIMIT} entries"
            )));
        }
        names.push(name);
    }
    names.sort_unstable();
    Ok(names)
}

/// Opens a folder for listing or for questions about its file system.
///
/// # Errors
/// Whatever keeps it from being opened, or from being a folder.
pub fn open_folder(world: &World, path: &str) -> Result<OwnedFd, Refusal> {
    let (parent, name) = resolve(&world.root, path, LastLink::Follow)?;
    let flags =
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(&parent, &name, flags, Mode::empty())?)
}

impl Meta {
    fn of(metadata: &std::fs::Metadata) -> Self {
        Self {
            size_bytes: metadata.len(),
            mode: metadata.mode() & 0o7777,
            uid: metadata.uid(),
            gid: metadata.gid(),
            id: (metadata.dev(), metadata.ino()),
            modified_at: metadata
                .modified()
                .ok()
                .and_then(|at| Timestamp::try_from(at).ok()),
            is_folder: metadata.is_dir(),
        }
    }
}

fn read_all(file: File, meta: &Meta, limit_bytes: u64) -> Result<Vec<u8>, Refusal> {
    let too_large = || Refusal::Unreadable(format!("larger than {limit_bytes} bytes"));
    if meta.size_bytes > limit_bytes {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    file.take(limit_bytes.saturating_add(1))
        .read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > limit_bytes {
        return Err(too_large());
    }
    Ok(bytes)
}

fn not_a_file(kind: FileType) -> String {
    let what = match kind {
        FileType::Directory => "a folder",
        FileType::Fifo => "a FIFO",
        FileType::Socket => "a socket",
        FileType::CharacterDevice | FileType::BlockDevice => "a device",
        FileType::RegularFile | FileType::Symlink | FileType::Unknown => "of another kind",
    };
    format!("not a regular file but {what}")
}

/// What becomes of a symbolic link at the very end of a path.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LastLink {
    Follow,
    Keep,
}

/// Finds the folder that really holds a path's last name.
///
/// Links are followed by hand, because an absolute link below `--root` means the file below
/// that root (`os-release`, a snap's `current`), and `..` must stop there. Each folder is
/// opened relative to the one before, so nothing can be swapped on the way.
fn resolve(root: &Path, path: &str, last: LastLink) -> Result<(OwnedFd, OsString), Refusal> {
    let mut folders = Folders(vec![openat(CWD, root, FOLDER, Mode::empty())?]);
    let mut todo = parts(OsStr::new(path));
    let mut links = 0;
    while let Some(part) = todo.pop_front() {
        if part == ".." {
            folders.leave();
            continue;
        }
        let here = folders.last()?;
        let is_last = todo.is_empty();
        if is_last && last == LastLink::Keep {
            return Ok((folders.take()?, part));
        }
        match readlinkat(here, &part, Vec::new()) {
            Ok(target) => {
                links += 1;
                if links > LINK_LIMIT {
                    return Err(Errno::LOOP.into());
                }
                let target = OsString::from_vec(target.into_bytes());
                if target.as_bytes().first() == Some(&b'/') {
                    folders.0.truncate(1);
                }
                for part in parts(&target).into_iter().rev() {
                    todo.push_front(part);
                }
            }
            Err(Errno::INVAL) if is_last => return Ok((folders.take()?, part)),
            Err(Errno::INVAL) => {
                let next = openat(here, &part, FOLDER | OFlags::NOFOLLOW, Mode::empty())?;
                folders.0.push(next);
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok((folders.take()?, OsString::from(".")))
}

/// The folders entered so far; the first is the root and never left.
struct Folders(Vec<OwnedFd>);

impl Folders {
    fn leave(&mut self) {
        if self.0.len() > 1 {
            self.0.pop();
        }
    }

    fn last(&self) -> Result<&OwnedFd, Refusal> {
        self.0.last().ok_or(Refusal::Absent)
    }

    fn take(mut self) -> Result<OwnedFd, Refusal> {
        self.0.pop().ok_or(Refusal::Absent)
    }
}

fn parts(path: &OsStr) -> VecDeque<OsString> {
    path.as_bytes()
        .split(|byte| *byte == b'/')
        .filter(|part| !part.is_empty() && *part != b".")
        .map(|part| OsStr::from_bytes(part).to_owned())
        .collect()
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
