//! A file that the user named, or standard input: bounded in size and in time.
//!
//! Unlike a host file it may be a pipe: `<(aws iam get-policy-version …)` is one. A pipe that
//! nobody writes to must not keep the program, so reading goes beside a clock.

#![expect(
    clippy::disallowed_methods,
    reason = "reads the files that the user pointed at"
)]

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::time::Duration;

/// How long a pipe or standard input may stay silent before it is given up.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why an input could not be read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// It cannot be opened or read.
    #[error("{0}")]
    Refused(io::Error),
    /// It is longer than what is read of any.
    #[error("it is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// Nothing came, or the end did not.
    #[error("its end did not come within {} s", .0.as_secs())]
    Silent(Duration),
}

/// Reads a whole file, or standard input for `-`.
///
/// # Errors
/// It cannot be read, is too large, or does not end in time.
pub async fn read(path: &Path, limit_bytes: u64) -> Result<Vec<u8>, Unread> {
    read_within(path, limit_bytes, PATIENCE).await
}

async fn read_within(path: &Path, limit_bytes: u64, wait: Duration) -> Result<Vec<u8>, Unread> {
    let path = path.to_path_buf();
    // The thread may outlive its welcome: the program ends without waiting for it.
    let reading = tokio::task::spawn_blocking(move || {
        if path == Path::new("-") {
            read_all(io::stdin().lock(), limit_bytes)
        } else {
            read_all(File::open(&path).map_err(Unread::Refused)?, limit_bytes)
        }
    });
    match tokio::time::timeout(wait, reading).await {
        Ok(Ok(read)) => read,
        Ok(Err(ended)) => Err(Unread::Refused(io::Error::other(ended))),
        Err(_elapsed) => Err(Unread::Silent(wait)),
    }
}

fn read_all(source: impl Read, limit_bytes: u64) -> Result<Vec<u8>, Unread> {
    let mut bytes = Vec::new();
    let mut bounded = source.take(limit_bytes.saturating_add(1));
    let read = bounded.read_to_end(&mut bytes).map_err(Unread::Refused)?;
    if u64::try_from(read).is_ok_and(|read| read <= limit_bytes) {
        Ok(bytes)
    } else {
        Err(Unread::TooLarge { limit_bytes })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::{Unread, read, read_within};

    #[tokio::test]
    async fn a_file_is_read_up_to_the_limit_and_not_beyond() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("policy.json");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, 5).await.unwrap(), b"12345");
        let refused = read(&path, 4).await.unwrap_err();
        assert!(matches!(refused, Unread::TooLarge { limit_bytes: 4 }));
    }

    #[tokio::test]
    async fn a_folder_a_missing_file_and_an_endless_device_end_in_an_error() {
        for path in ["/", "/no/such/file", "/dev/zero"] {
            assert!(read(Path::new(path), 1_000).await.is_err(), "{path}");
        }
    }

    #[test]
    fn a_pipe_that_nobody_writes_to_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let mode = rustix::fs::Mode::RWXU;
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, mode).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let wait = Duration::from_millis(20);
        let given_up = runtime
            .block_on(read_within(&path, 1_000, wait))
            .unwrap_err();
        assert!(matches!(given_up, Unread::Silent(_)));
        runtime.shutdown_background();
    }
}
