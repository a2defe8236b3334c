//! Archives that are made to harm: each is refused at once, with a clear word.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{Builder, EntryType, Header};

use crate::host::{Host, analyze, contents};

struct Forge {
    host: Host,
    files: Vec<(String, String)>,
}

impl Forge {
    /// A sound bundle, to be spoiled.
    fn new() -> Self {
        let host = Host::new();
        let (_, file) = host.bundle(&[]);
        let files = contents(&file);
        Self { host, files }
    }

    fn path(&self) -> PathBuf {
        self.host.scratch().join("hostile.tar.gz")
    }

    /// The files of the sound bundle, and then whatever `more` adds.
    fn with(&self, more: impl FnOnce(&mut Builder<GzEncoder<std::fs::File>>)) -> PathBuf {
        let file = std::fs::File::create(self.path()).expect("it is ours");
        let mut archive = Builder::new(GzEncoder::new(file, Compression::fast()));
        for (name, text) in &self.files {
            add(&mut archive, name, text.as_bytes());
        }
        more(&mut archive);
        archive
            .into_inner()
            .expect("written")
            .finish()
            .expect("written");
        self.path()
    }
}

fn add(archive: &mut Builder<GzEncoder<std::fs::File>>, name: &str, content: &[u8]) {
    let mut header = header(
        name,
        EntryType::Regular,
        content.len().try_into().expect("it is small"),
    );
    header.set_cksum();
    archive.append(&header, content).expect("written");
}

/// A header with a name that the library itself would refuse.
fn header(name: &str, kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_ustar();
    header.as_mut_bytes()[..name.len().min(100)]
        .copy_from_slice(&name.as_bytes()[..name.len().min(100)]);
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

#[track_caller]
fn refused(path: &Path, word: &str) {
    let since = Instant::now();
    let (status, out, said) = analyze(path);
    assert_eq!(status, Some(2), "{out}{said}");
    assert!(said.contains(word), "`{word}` is not in: {said}");
    assert!(said.len() < 700 && out.is_empty(), "{said}");
    assert!(since.elapsed() < Duration::from_mins(1));
}

#[test]
fn a_sound_bundle_is_read_also_when_it_was_packed_anew_and_unpacked() {
    let forge = Forge::new();
    let path = forge.with(|_| ());
    let (status, out, said) = analyze(&path);
    assert!(matches!(status, Some(0 | 1 | 3)), "{said}");
    let folder = forge.host.scratch().join("unpacked");
    for (name, text) in &forge.files {
        let file = folder.join(name);
        std::fs::create_dir_all(file.parent().expect("it has one")).expect("it is ours");
        std::fs::write(file, text).expect("it is ours");
    }
    let (of_folder, again, said) = analyze(&folder);
    assert_eq!(of_folder, status, "{said}");
    let part = |text: &str| {
        serde_json::from_str::<serde_json::Value>(text).expect("JSON")["verdict"].clone()
    };
    assert_eq!(part(&again), part(&out));
    // A link in place of a listed file, and a changed file.
    std::fs::write(folder.join("host/os-release"), "changed").expect("it is ours");
    refused(&folder, "`host/os-release` is not what the manifest says");
    std::fs::remove_file(folder.join("host/os-release")).expect("it is ours");
    std::os::unix::fs::symlink("/dev/zero", folder.join("host/os-release")).expect("it is ours");
    refused(&folder, "host/os-release");
}

#[test]
fn names_that_lead_out_are_refused() {
    let forge = Forge::new();
    for name in [
        "../evil",
        "/etc/passwd",
        "a/../../evil",
        "..",
        "agent/../../x",
    ] {
        let path = forge.with(|archive| add(archive, name, b"x"));
        refused(&path, "leads out of the archive");
    }
}

#[test]
fn links_and_devices_are_refused() {
    let forge = Forge::new();
    for (kind, word) in [
        (EntryType::Symlink, "link"),
        (EntryType::Link, "link"),
        (EntryType::Char, "no regular file"),
        (EntryType::Fifo, "no regular file"),
        (EntryType::GNUSparse, "no regular file"),
    ] {
        let path = forge.with(|archive| {
            let header = header("agent/log/x", kind, 0);
            archive.append(&header, std::io::empty()).expect("written");
        });
        refused(&path, word);
    }
}

#[test]
fn endless_names_and_hidden_ones_are_refused() {
    let forge = Forge::new();
    // A name of 50 MB, in the way of GNU tar.
    let path = forge.with(|archive| {
        let header = header("././@LongLink", EntryType::GNULongName, 50_000_000);
        archive
            .append(&header, std::io::repeat(b'a').take(50_000_000))
            .expect("written");
    });
    refused(&path, "no regular file");
    let path = forge.with(|archive| {
        let record = b"18 path=../../x/y\n";
        let header = header("x", EntryType::XHeader, 18);
        archive.append(&header, &record[..]).expect("written");
        add(archive, "harmless", b"x");
    });
    refused(&path, "extension header");
}

#[test]
fn bombs_are_refused() {
    let forge = Forge::new();
    let size = 300_u64 << 20;
    let path = forge.with(|archive| {
        let header = header("agent/log/bomb", EntryType::Regular, size);
        archive
            .append(&header, std::io::repeat(0).take(size))
            .expect("written");
    });
    let (status, _, said) = analyze(&path);
    assert_eq!(status, Some(2), "{said}");
    let path = forge.with(|archive| {
        for number in 0..5_000 {
            add(archive, &format!("x/{number}"), b"");
        }
    });
    refused(&path, "more than 4096 files");
    let path = forge.with(|archive| add(archive, "host/os-release", b"again"));
    refused(&path, "two files are named");
}

#[test]
fn what_is_not_what_the_manifest_says_is_refused() {
    let mut forge = Forge::new();
    let path = forge.with(|archive| add(archive, "host/extra", b"x"));
    refused(&path, "it is not listed");
    let sound = forge.files.clone();
    forge.files.retain(|(name, _)| name != "host/os-release");
    refused(&forge.with(|_| ()), "it is missing");
    forge.files = sound.clone();
    for (name, text) in &mut forge.files {
        if name == "observations.json" {
            *text = text.replacen("i-0", "i-1", 1);
        }
    }
    refused(&forge.with(|_| ()), "its digest differs");
    forge.files = sound.clone();
    forge.files.retain(|(name, _)| name != "manifest.json");
    refused(&forge.with(|_| ()), "there is no manifest.json");
    forge.files = sound;
    for (name, text) in &mut forge.files {
        if name == "manifest.json" {
            *text = text.replace("ssm-probe/bundle/1", "ssm-probe/bundle/9");
        }
    }
    refused(&forge.with(|_| ()), "use a newer ssm-probe");
}

#[test]
fn what_is_no_bundle_at_all_is_told_so() {
    let forge = Forge::new();
    let scratch = forge.host.scratch();
    let file = |name: &str, content: &[u8]| {
        let path = scratch.join(name);
        std::fs::write(&path, content).expect("it is ours");
        path
    };
    refused(&scratch.join("absent"), "not there");
    refused(&file("empty", b""), "empty");
    refused(&file("garbage", &[7; 4_000]), "neither a bundle nor a log");
    let whole = std::fs::read(forge.with(|_| ())).expect("it is ours");
    refused(
        &file("cut.tar.gz", &whole[..whole.len() / 2]),
        "no whole .tar.gz",
    );
    let mut broken = whole;
    let middle = broken.len() / 2;
    broken[middle] ^= 0xff;
    let (status, _, said) = analyze(&file("broken.tar.gz", &broken));
    assert_eq!(status, Some(2), "{said}");
    let fifo = scratch.join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.expect("mkfifo can be started").success());
    refused(&fifo, "FIFO");
    let mut bare = GzEncoder::new(Vec::new(), Compression::fast());
    bare.write_all(b"just text\n").expect("memory");
    refused(
        &file("text.gz", &bare.finish().expect("memory")),
        "neither a bundle nor a log",
    );
    refused(&scratch, "neither an unpacked bundle");
}
