//! A made-up root for tests of this edge.

#![expect(
    clippy::disallowed_methods,
    reason = "tests lay out the files that the edge then reads"
)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use crate::world::{Clock, Env, World};

/// A folder that stands for `/` and is removed with the value.
pub(super) struct Root(tempfile::TempDir);

impl Root {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A world that reads host files here, at noon of 2026-11-24 (UTC).
    pub(super) fn world(&self) -> World {
        World {
            clock: Clock::Fixed("2026-11-24T12:00:00Z".parse::<Timestamp>().unwrap()),
            env: Env::default(),
            root: self.0.path().to_owned(),
        }
    }

    /// Where a path of the host really is.
    pub(super) fn real(&self, path: &str) -> PathBuf {
        self.0.path().join(path.trim_start_matches('/'))
    }

    /// Clears the place and makes its folder.
    fn place(&self, path: &str) -> PathBuf {
        let real = self.real(path);
        fs::create_dir_all(real.parent().unwrap()).unwrap();
        if real.is_dir() && !real.is_symlink() {
            fs::remove_dir_all(&real).unwrap();
        } else if real.symlink_metadata().is_ok() {
            fs::remove_file(&real).unwrap();
        }
        real
    }

    pub(super) fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        fs::write(self.place(path), content).unwrap();
    }

    /// Copies a file of the project; `false` when there is none.
    pub(super) fn copy(&self, from: &str, path: &str) -> bool {
        let from = format!("{}/{from}", env!("CARGO_MANIFEST_DIR"));
        fs::read(from).is_ok_and(|bytes| {
            self.write(path, bytes);
            true
        })
    }

    pub(super) fn folder(&self, path: &str) {
        fs::create_dir_all(self.place(path)).unwrap();
    }

    pub(super) fn link(&self, path: &str, target: &str) {
        symlink(target, self.place(path)).unwrap();
    }

    pub(super) fn fifo(&self, path: &str) {
        let real = self.place(path);
        rustix::fs::mknodat(
            rustix::fs::CWD,
            real,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RWXU,
            0,
        )
        .unwrap();
    }

    pub(super) fn socket(&self, path: &str) {
        drop(std::os::unix::net::UnixListener::bind(self.place(path)).unwrap());
    }

    pub(super) fn mode(&self, path: &str, mode: u32) {
        fs::set_permissions(self.real(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// A file of this length that takes no room.
    pub(super) fn sparse(&self, path: &str, size_bytes: u64) {
        fs::File::create(self.place(path))
            .unwrap()
            .set_len(size_bytes)
            .unwrap();
    }

    /// Adds to the end of a file.
    pub(super) fn append(&self, path: &str, more: &[u8]) {
        let mut file = fs::File::options()
            .append(true)
            .open(self.real(path))
            .unwrap();
        std::io::Write::write_all(&mut file, more).unwrap();
    }

    /// Enlarges a file by a hole.
    pub(super) fn grow(&self, path: &str, size_bytes: u64) {
        let file = fs::File::options()
            .write(true)
            .open(self.real(path))
            .unwrap();
        file.set_len(size_bytes).unwrap();
    }

    pub(super) fn touch(&self, path: &str, unix_seconds: u64) {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(unix_seconds);
        fs::File::options()
            .append(true)
            .open(self.real(path))
            .unwrap()
            .set_modified(at)
            .unwrap();
    }
}
