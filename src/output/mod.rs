//! Where results go: standard output, the file that the user named, progress on standard error.
//!
//! The only place that writes a file, and it writes nowhere else.

#![expect(
    clippy::disallowed_methods,
    reason = "writes the one file that the user pointed at"
)]

mod new_file;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::Colour;
use crate::world::Env;

pub use new_file::NewFile;

/// Why a result could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// The file could not be written.
    #[error("cannot write `{path}`: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Standard output could not be written.
    #[error("cannot write to standard output: {0}")]
    StandardOutput(io::Error),
}

/// Prints a text. A reader that went away is fine: it has what it wanted.
///
/// # Errors
/// When standard output fails in another way, such as a full disk behind it.
pub fn print(text: &str) -> Result<(), Unwritten> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        done => done.map_err(Unwritten::StandardOutput),
    }
}

/// Writes bytes to standard output, all of them.
///
/// # Errors
/// When standard output fails, also when its reader went away: half of it is worth nothing.
pub fn print_bytes(bytes: &[u8]) -> Result<(), Unwritten> {
    let mut out = io::stdout().lock();
    let done = out.write_all(bytes).and_then(|()| out.flush());
    done.map_err(Unwritten::StandardOutput)
}

/// Whether standard output is a terminal.
#[must_use]
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Whether something has this name, and whether it is a folder.
#[must_use]
pub fn stands_at(path: &Path) -> Option<bool> {
    std::fs::symlink_metadata(path).ok()?;
    Some(std::fs::metadata(path).is_ok_and(|meta| meta.is_dir()))
}

/// Prints one line to standard error, as far as that is possible.
pub fn complain(line: &str) {
    // Nobody is left to tell when standard error is closed.
    drop(writeln!(io::stderr(), "ssm-probe: {line}"));
}

/// Writes a file as a whole or not at all: beside it under another name, then renamed. `mode` is
/// its permission bits.
///
/// # Errors
/// When the folder or the file cannot be written; nothing is left behind then.
pub fn write_file(path: &Path, text: &str, mode: u32) -> Result<(), Unwritten> {
    let unwritten = |source| Unwritten::File {
        path: path.to_path_buf(),
        source,
    };
    let name = path
        .file_name()
        .ok_or_else(|| unwritten(io::ErrorKind::InvalidFilename.into()))?;
    let mut beside = name.to_os_string();
    beside.push(format!(".{}.partial", std::process::id()));
    let beside = path.with_file_name(beside);
    let done = write_new(&beside, text, mode).and_then(|()| std::fs::rename(&beside, path));
    done.map_err(|error| {
        // It may not be there at all.
        drop(std::fs::remove_file(&beside));
        unwritten(error)
    })
}

fn write_new(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Whether standard output takes colour.
#[must_use]
pub fn takes_colour(choice: Colour, env: &Env) -> bool {
    match choice {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            io::stdout().is_terminal()
                && env.get("NO_COLOR").is_none()
                && env.get("TERM") != Some("dumb")
        }
    }
}

/// A sign of life on standard error, only where a person watches.
pub struct Progress(Option<ProgressBar>);

impl Progress {
    /// Begins, unless it is unwanted or nobody watches.
    #[must_use]
    pub fn begin(message: &'static str, wanted: bool) -> Self {
        if !wanted || !io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner().with_message(message);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(120));
        Self(Some(bar))
    }

    /// Ends and leaves no trace.
    pub fn end(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}
