//! Logs of any size and form, made quickly.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::host::real;

/// The log proper.
pub(crate) const LOG: &str = "/var/log/amazon/ssm/amazon-ssm-agent.log";
/// An entry that is recognised.
pub(crate) const START: &[u8] =
    b"\n2026-01-01 10:00:00.0000 INFO [amazon-ssm-agent] amazon-ssm-agent - v3.3.2299.0\n";
/// An entry that means nothing.
pub(crate) const NOISE: &[u8] =
    b"2026-01-01 09:00:00.0000 INFO [ssm-agent-worker] [MessageService] polling\n";

/// A hostile log: its name, and what lays it out.
pub(crate) type Case = (&'static str, fn(&Path));

/// Every one of them.
pub(crate) const CASES: [Case; 6] = [
    ("10 GB, its last words at the end", |root| {
        write(root, LOG, 10 << 30, START);
    }),
    ("10 GB that end in a hole", |root| {
        write(root, LOG, 0, START);
        let log = File::options().write(true).open(real(root, LOG));
        log.and_then(|log| log.set_len(10 << 30))
            .expect("the file system has sparse files");
    }),
    ("a line of 1 GB", |root| {
        let mut end = vec![b'x'; 8 << 20];
        end.extend(START);
        write(root, LOG, 1 << 30, &end);
    }),
    ("a last line of 1 GB", |root| {
        write(root, LOG, 0, START);
        let mut log = File::options()
            .append(true)
            .open(real(root, LOG))
            .expect("it is there");
        let piece = NOISE.repeat(20_000);
        log.write_all(&piece).expect("the root is writable");
        log.set_len(1 << 30)
            .expect("the file system has sparse files");
    }),
    ("forty rolled logs, plain and packed", |root| {
        let noise = NOISE.repeat(10_000);
        let packed = pack(&noise, 1);
        write(root, LOG, 0, START);
        for number in 1..=20 {
            write(root, &format!("{LOG}.{number}"), 0, &noise);
            write(root, &format!("{LOG}.{number}.gz"), 0, &packed);
        }
    }),
    ("packed logs that unpack to gigabytes", |root| {
        // What is packed is repeated in members of its own; a bomb in each name.
        let bomb = pack(&vec![0; 1 << 20], 256);
        let words = pack(&NOISE.repeat(10_000), 96);
        write(root, LOG, 0, START);
        for number in 1..=4 {
            write(root, &format!("{LOG}.{number}.gz"), 0, &bomb);
            write(root, &format!("{LOG}.{}.gz", number + 4), 0, &words);
        }
    }),
];

/// Writes `end` after a hole.
pub(crate) fn write(root: &Path, path: &str, hole: u64, end: &[u8]) {
    let mut file = File::create(real(root, path)).expect("the root is writable");
    file.seek(SeekFrom::Start(hole))
        .expect("a file has any place");
    file.write_all(end).expect("the root is writable");
}

/// A packed file of one member, which holds the piece many times.
fn pack(piece: &[u8], times: usize) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..times {
        packer.write_all(piece).expect("memory takes it");
    }
    packer.finish().expect("memory takes it")
}
