//! What a text goes through on its way into the bundle.

use std::io::{self, Read};

use crate::redact::pseudonyms::Pseudonyms;
use crate::redact::{Counts, Redactor, stream};

/// Masks secrets, and replaces names where that is wanted.
pub struct Cleaner {
    redactor: Redactor,
    pseudonyms: Option<Pseudonyms>,
}

impl Cleaner {
    /// A cleaner of these rules.
    #[must_use]
    pub fn new(redactor: Redactor, pseudonyms: Option<Pseudonyms>) -> Self {
        Self {
            redactor,
            pseudonyms,
        }
    }

    /// Whether names are replaced.
    #[must_use]
    pub fn pseudonymizes(&self) -> bool {
        self.pseudonyms.is_some()
    }

    /// The names that were replaced, for the person who keeps the map.
    #[must_use]
    pub fn into_pseudonyms(self) -> Option<Pseudonyms> {
        self.pseudonyms
    }

    /// A whole stream, clean.
    ///
    /// # Errors
    /// Whatever reading gives.
    pub fn clean(&mut self, source: impl Read, counts: &mut Counts) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        stream::redact(&self.redactor, source, &mut out, counts)?;
        match &mut self.pseudonyms {
            Some(pseudonyms) => Ok(pseudonyms.replace(&out)),
            None => Ok(out),
        }
    }

    /// A text that was made of what is clean already, without what only looks like a secret.
    #[must_use]
    pub fn mask(&self, text: &str, counts: &mut Counts) -> String {
        self.redactor.redact_text(text, counts)
    }

    /// A text, clean.
    #[must_use]
    pub fn clean_text(&mut self, text: &str, counts: &mut Counts) -> String {
        // Reading from memory does not fail.
        let clean = self.clean(text.as_bytes(), counts).unwrap_or_default();
        String::from_utf8_lossy(&clean).into_owned()
    }
}
