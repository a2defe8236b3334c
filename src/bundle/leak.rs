//! The second look: every file of the finished archive, by the same detectors.

use std::io::Read;

use super::read::{self, Refused};
use crate::redact::{Redactor, stream};

/// A secret in a finished archive. Names the place, never the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The file in the archive.
    pub file: String,
    /// The rule that found it.
    pub rule: &'static str,
}

/// The first secret in an archive, if there is one.
///
/// # Errors
/// When the archive cannot be read, which makes it no safer.
pub fn find(archive: impl Read, redactor: &Redactor) -> Result<Option<Leak>, Refused> {
    let mut leak = None;
    read::each_file(archive, |name, content| {
        if leak.is_none() {
            let found = stream::first_secret(redactor, content)?;
            leak = found.map(|rule| Leak {
                file: name.to_owned(),
                rule,
            });
        }
        Ok(())
    })?;
    Ok(leak)
}
