//! The end of a log file, within a bound, however large, sparse, packed or growing it is.
//!
//! Every file is opened through the door in `host::file`. Knows nothing of content.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use flate2::read::GzDecoder;

use super::super::file::{self, Refusal};
use crate::observations::LogFile;
use crate::world::World;

/// Most bytes of a packed file that are unpacked; the agent rolls its log at 30 MB.
const UNPACK_LIMIT: u64 = 48 * 1024 * 1024;

/// Reads at most `limit_bytes` of the end of a file.
pub(super) fn read(world: &World, path: &str, limit_bytes: u64) -> (LogFile, Vec<u8>) {
    let mut log = LogFile {
        path: path.to_owned(),
        size_bytes: 0,
        read_bytes: 0,
        complete: false,
        modified_at: None,
        refused: None,
    };
    let piece = file::open(world, path).and_then(|(file, meta)| {
        log.size_bytes = meta.size_bytes;
        log.modified_at = meta.modified_at;
        if std::path::Path::new(path)
            .extension()
            .is_some_and(|end| end == "gz")
        {
            unpack(file, limit_bytes)
        } else {
            plain(file, meta.size_bytes, limit_bytes)
        }
    });
    match piece {
        Ok((bytes, complete)) => {
            log.read_bytes = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            log.complete = complete;
            (log, bytes)
        }
        Err(refusal) => {
            log.refused = Some(match refusal {
                Refusal::Absent => "not there".to_owned(),
                Refusal::Forbidden => "permission denied".to_owned(),
                Refusal::Unreadable(why) => why,
            });
            (log, Vec::new())
        }
    }
}

/// The end of a plain file. What is written meanwhile is not followed.
fn plain(mut file: File, size: u64, limit: u64) -> Result<(Vec<u8>, bool), Refusal> {
    let bytes = piece(&mut file, size, limit)?;
    let end = match data_end(&file, size) {
        Some(end) if bytes.iter().all(|byte| *byte == 0) => end,
        _ => return Ok((bytes, size <= limit)),
    };
    // The file ends in a hole: its last words are before it.
    Ok((piece(&mut file, end, limit)?, end <= limit))
}

fn piece(file: &mut File, end: u64, limit: u64) -> Result<Vec<u8>, Refusal> {
    file.seek(SeekFrom::Start(end.saturating_sub(limit)))?;
    let mut bytes = Vec::new();
    file.take(end.min(limit)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Where the first hole begins, when the file has one.
#[cfg(target_os = "linux")]
fn data_end(file: &File, size: u64) -> Option<u64> {
    rustix::fs::seek(file, rustix::fs::SeekFrom::Hole(0))
        .ok()
        .filter(|hole| *hole < size)
}

/// Where the first hole begins: not known here.
#[cfg(not(target_os = "linux"))]
fn data_end(_file: &File, _size: u64) -> Option<u64> {
    None
}

/// The end of a packed file. It can only be unpacked from its beginning, so the work is bounded
/// and not only what is kept; what was unpacked before an error counts.
fn unpack(file: File, limit: u64) -> Result<(Vec<u8>, bool), Refusal> {
    let keep = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut source = GzDecoder::new(file.take(UNPACK_LIMIT)).take(UNPACK_LIMIT);
    let mut chunk = vec![0; 64 * 1024];
    let mut window: VecDeque<u8> = VecDeque::new();
    let mut total: u64 = 0;
    loop {
        let length = match source.read(&mut chunk) {
            Ok(0) => break,
            Ok(length) => length,
            Err(error) if total == 0 => return Err(error.into()),
            Err(_cut_off) => break,
        };
        total = total.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        window.extend(chunk.get(..length).unwrap_or_default());
        let excess = window.len().saturating_sub(keep);
        window.drain(..excess);
    }
    Ok((window.into(), total <= limit))
}
