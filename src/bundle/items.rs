//! The rows of the list of contents, turned into things to read.
//!
//! Every host file comes through the one door in `host::file`; what cannot be read is told.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};

use flate2::read::GzDecoder;
use jiff::Timestamp;
use serde_json::Value;

use super::contents::{CONTENTS, From, Row};
use crate::host::file::{self, Refusal};
use crate::host::layout::Layout;
use crate::observations::{Observations, Reading};
use crate::report;
use crate::world::World;

/// Largest file that is no log, in bytes.
const FILE_LIMIT: u64 = 256 * 1024;
/// Most files of one row.
const ROW_LIMIT: usize = 24;
/// Most entries of a listing.
const LISTING_LIMIT: usize = 2_000;
/// Most bytes of a packed log that are unpacked; the agent rolls its log at 30 MB.
const UNPACK_LIMIT: u64 = 48 * 1024 * 1024;

/// One thing to put into the bundle.
pub(super) struct Item {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) is_log: bool,
    pub(super) source_size: Option<u64>,
    pub(super) modified_at: Option<Timestamp>,
    pub(super) content: Content,
}

/// What an item holds.
pub(super) enum Content {
    /// Made here.
    Text(String),
    /// A file of the host.
    Open(File),
    /// A packed log of the host.
    Packed(File),
}

/// What is in the bundle, or why it is not.
pub(super) type Outcome = Result<Item, (String, String)>;

/// Everything of the list of contents, in its order. Each file is opened when its turn comes.
pub(super) fn all<'a>(
    world: &'a World,
    seen: &'a Observations,
) -> impl Iterator<Item = Outcome> + 'a {
    let layout = Layout::of(world);
    CONTENTS
        .iter()
        .flat_map(move |row| of_row(world, layout, seen, row))
}

/// A path of the list of contents on this kind of system.
pub(super) fn place(path: &str, layout: &Layout) -> String {
    path.replace("{data}", layout.data)
        .replace("{logs}", layout.logs)
        .replace("{runtime}", layout.runtime_config)
}

fn of_row<'a>(
    world: &'a World,
    layout: Layout,
    seen: &'a Observations,
    row: &'static Row,
) -> Box<dyn Iterator<Item = Outcome> + 'a> {
    let made = |source: String, text: String| -> Outcome {
        Ok(Item {
            name: row.name.to_owned(),
            source,
            is_log: false,
            source_size: None,
            modified_at: None,
            content: Content::Text(text),
        })
    };
    match row.from {
        From::Seen(part) => {
            let one = made("observations".to_owned(), report::json(&part(seen)));
            Box::new(std::iter::once(one))
        }
        From::File(path) => {
            let path = place(path, &layout);
            Box::new(open(world, row.name.to_owned(), &path, false).into_iter())
        }
        From::State(path) => {
            let path = place(path, &layout);
            let text = file::read_text(world, &path, FILE_LIMIT).parse(|text| {
                let json: Result<Value, _> = serde_json::from_str(&text);
                let whole = json.is_ok_and(|value| value.is_object());
                whole
                    .then_some(text)
                    .ok_or_else(|| "left out: it is not the JSON that it should be".to_owned())
            });
            Box::new(
                match text {
                    Reading::Found { value, source, .. } => Some(made(source, value)),
                    other => told(&other).map(Err),
                }
                .into_iter(),
            )
        }
        From::Link(path) => Box::new(
            match file::read_link(world, path) {
                Reading::Found { value, source, .. } => Some(made(source, format!("{value}\n"))),
                other => told(&other).map(Err),
            }
            .into_iter(),
        ),
        From::Listing(folder) => {
            let folder = place(folder, &layout);
            let mut lines = Vec::new();
            list(world, &folder, 0, &mut lines);
            let text = lines.concat();
            Box::new((!text.is_empty()).then(|| made(folder, text)).into_iter())
        }
        From::Folder { folder, start, end } => {
            files(world, row, &place(folder, &layout), start, end, false)
        }
        From::Logs { folder, start } => files(world, row, &place(folder, &layout), start, "", true),
    }
}

/// The files of a folder that belong to a row, the newest first.
fn files<'a>(
    world: &'a World,
    row: &'static Row,
    folder: &str,
    start: &str,
    end: &str,
    is_log: bool,
) -> Box<dyn Iterator<Item = Outcome> + 'a> {
    let names = match file::list(world, folder) {
        Reading::Found { value, .. } => value,
        other => return Box::new(told(&other).map(Err).into_iter()),
    };
    let mut found: Vec<(Option<Timestamp>, String, String)> = names
        .into_iter()
        .filter(|name| name.starts_with(start) && name.ends_with(end))
        .map(|name| {
            let path = format!("{folder}/{name}");
            (file::stat(world, &path).modified_at(), path, name)
        })
        .collect();
    found.sort_unstable_by(|one, other| other.cmp(one));
    let left_out: Vec<Outcome> = found
        .iter()
        .skip(ROW_LIMIT)
        .map(|(_, path, _)| Err((path.clone(), format!("more than {ROW_LIMIT} such files"))))
        .collect();
    let taken = found
        .into_iter()
        .take(ROW_LIMIT)
        .filter_map(move |(_, path, name)| {
            let name = format!("{}{}", row.name, harmless(&name));
            open(world, name, &path, is_log)
        });
    Box::new(taken.chain(left_out))
}

/// A name of the host that can stand in an archive.
fn harmless(name: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let name: String = name
        .trim_end_matches(".gz")
        .chars()
        .take(60)
        .map(|c| if safe(c) { c } else { '_' })
        .collect();
    name.trim_start_matches('.').to_owned()
}

/// A file that is there; `None` = certainly not there, which is no fault.
fn open(world: &World, name: String, path: &str, is_log: bool) -> Option<Outcome> {
    match file::open(world, path) {
        Ok((opened, meta)) => {
            let is_packed = std::path::Path::new(path)
                .extension()
                .is_some_and(|end| end == "gz");
            Some(Ok(Item {
                name,
                source: path.to_owned(),
                is_log,
                source_size: Some(meta.size_bytes),
                modified_at: meta.modified_at,
                content: if is_log && is_packed {
                    Content::Packed(opened)
                } else {
                    Content::Open(opened)
                },
            }))
        }
        Err(Refusal::Absent) => None,
        Err(refusal) => told(&refusal.reading::<()>(path)).map(Err),
    }
}

/// What there is to tell of something that could not be read; nothing where it is not there.
pub(super) fn told<T>(reading: &Reading<T>) -> Option<(String, String)> {
    let why = match reading {
        Reading::Forbidden { .. } => "permission denied".to_owned(),
        Reading::Unreadable { why, .. } | Reading::Malformed { why, .. } => why.clone(),
        Reading::Found { .. }
        | Reading::Absent { .. }
        | Reading::Empty { .. }
        | Reading::NotRead { .. } => return None,
    };
    Some((reading.source().to_owned(), why))
}

fn list(world: &World, folder: &str, depth: usize, lines: &mut Vec<String>) {
    let Reading::Found { value: names, .. } = file::list(world, folder) else {
        return;
    };
    for name in names {
        if lines.len() >= LISTING_LIMIT {
            lines.push("[cut]\n".to_owned());
            return;
        }
        let path = format!("{folder}/{name}");
        let shown = report::clean(&path);
        let Reading::Found { value: meta, .. } = file::stat(world, &path) else {
            lines.push(format!("?      {shown}\n"));
            continue;
        };
        let written = meta
            .modified_at
            .map_or_else(String::new, |at| at.to_string());
        let (mode, uid, size) = (meta.mode, meta.uid, meta.size_bytes);
        lines.push(format!(
            "{mode:04o} {uid:>5} {size:>12} {written:<20.20} {shown}\n"
        ));
        // Deeper lie transcripts of sessions and outputs of commands, by name too.
        if meta.is_folder && depth < 2 && !is_orchestration(&name) {
            list(world, &path, depth + 1, lines);
        }
    }
}

/// The folders of a node's documents and sessions.
fn is_orchestration(name: &str) -> bool {
    name.starts_with("i-") || name.starts_with("mi-") || name == "orchestration"
}

/// A reader of the part of an item that is wanted, and whether more was there.
pub(super) struct Piece {
    pub(super) reader: Box<dyn Read>,
    pub(super) truncated: bool,
}

impl Item {
    /// The most bytes of this item under a limit for logs.
    pub(super) fn limit(&self, log_limit: u64) -> u64 {
        if self.is_log { log_limit } else { FILE_LIMIT }
    }

    /// The newest part of it, of at most `limit` bytes, from the beginning of a line.
    ///
    /// # Errors
    /// Whatever reading gives.
    pub(super) fn newest(content: Content, limit: u64) -> io::Result<Piece> {
        match content {
            Content::Text(text) => Ok(Piece {
                reader: Box::new(Cursor::new(text.into_bytes())),
                truncated: false,
            }),
            Content::Open(mut file) => {
                let size = file.metadata()?.len();
                let skipped = size.saturating_sub(limit);
                file.seek(SeekFrom::Start(skipped))?;
                // What is written meanwhile is not followed; `/proc` says 0 for its sizes.
                let length = if size == 0 { limit } else { size.min(limit) };
                Ok(Piece {
                    reader: from_line(file.take(length), skipped > 0),
                    truncated: skipped > 0,
                })
            }
            Content::Packed(file) => {
                let (tail, total) = unpacked(file, limit)?;
                let truncated = total > limit;
                Ok(Piece {
                    reader: from_line(Cursor::new(tail), truncated),
                    truncated,
                })
            }
        }
    }
}

/// The end of a packed file: it can only be unpacked from its beginning.
fn unpacked(file: File, limit: u64) -> io::Result<(Vec<u8>, u64)> {
    let keep = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut source = GzDecoder::new(file.take(UNPACK_LIMIT)).take(UNPACK_LIMIT);
    let mut chunk = vec![0; 64 * 1024];
    let mut window = std::collections::VecDeque::new();
    let mut total: u64 = 0;
    loop {
        let length = source.read(&mut chunk)?;
        if length == 0 {
            return Ok((window.into(), total));
        }
        total = total.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        window.extend(chunk.get(..length).unwrap_or_default());
        let excess = window.len().saturating_sub(keep);
        window.drain(..excess);
    }
}

/// The reader without the rest of the line that it begins in.
fn from_line(reader: impl Read + 'static, in_the_middle: bool) -> Box<dyn Read> {
    if !in_the_middle {
        return Box::new(reader);
    }
    Box::new(FromLine {
        reader,
        found: false,
    })
}

struct FromLine<R> {
    reader: R,
    found: bool,
}

impl<R: Read> Read for FromLine<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let length = self.reader.read(buffer)?;
            if self.found || length == 0 {
                return Ok(length);
            }
            let Some(end) = buffer.iter().take(length).position(|byte| *byte == b'\n') else {
                continue;
            };
            self.found = true;
            buffer.copy_within(end + 1..length, 0);
            if length > end + 1 {
                return Ok(length - end - 1);
            }
        }
    }
}
