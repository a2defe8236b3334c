//! A file that appears whole under its name, or not at all, and never over another.

#![expect(
    clippy::disallowed_methods,
    reason = "writes the one file that the user pointed at"
)]

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;

use super::Unwritten;

/// How many temporary names are tried.
const ATTEMPTS: u32 = 100;

/// A file under a temporary name (mode 0600), removed unless it is kept.
#[derive(Debug)]
pub struct NewFile {
    file: File,
    beside: PathBuf,
    kept: bool,
}

impl NewFile {
    /// Begins a file in a folder.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn begin(folder: &Path) -> Result<Self, Unwritten> {
        let mut options = std::fs::OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut result = Err(io::ErrorKind::AlreadyExists.into());
        // A run that was killed may have left one, and in a container had the same number.
        for attempt in 0..ATTEMPTS {
            let name = format!(".ssm-probe.{}-{attempt}.partial", std::process::id());
            let beside = folder.join(name);
            result = options.open(&beside).map(|file| Self {
                file,
                beside,
                kept: false,
            });
            if !matches!(&result, Err(error) if error.kind() == io::ErrorKind::AlreadyExists) {
                break;
            }
        }
        result.map_err(|source| Unwritten::File {
            path: folder.to_path_buf(),
            source,
        })
    }

    /// Reads it from its beginning.
    ///
    /// # Errors
    /// Whatever seeking gives.
    pub fn reread(&mut self) -> io::Result<impl Read + '_> {
        self.file.seek(SeekFrom::Start(0))?;
        Ok(&mut self.file)
    }

    /// Its size, in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.file.metadata().map_or(0, |meta| meta.len())
    }

    /// Gives it its name, unless something has that name already.
    ///
    /// # Errors
    /// When the disk fails or the name is taken; nothing is left behind then.
    pub fn keep(mut self, path: &Path) -> Result<(), Unwritten> {
        let done = self
            .file
            .sync_all()
            .and_then(|()| rename_new(&self.beside, path));
        self.kept = done.is_ok();
        done.map_err(|source| Unwritten::File {
            path: path.to_path_buf(),
            source,
        })
    }
}

impl Write for NewFile {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.file.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.kept {
            // It may be gone already.
            drop(std::fs::remove_file(&self.beside));
        }
    }
}

/// Renames, and fails where the new name is taken. File systems that cannot do so in one step
/// get a second name first, which fails in the same way.
fn rename_new(from: &Path, to: &Path) -> io::Result<()> {
    match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => {
            std::fs::hard_link(from, to)?;
            std::fs::remove_file(from)
        }
        done => Ok(done?),
    }
}
