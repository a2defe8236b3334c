//! Consistent pseudonyms for names that tell whose host it is: the same name becomes the same
//! pseudonym everywhere, so relations stay and the verdict stays the same.
//!
//! Pure. The map is the key to undo it; it never goes into a bundle.

mod find;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use find::Kind;

/// The names replaced so far, with what stands for each.
#[derive(Debug, Default)]
pub struct Pseudonyms {
    by_name: BTreeMap<String, String>,
    counts: BTreeMap<Kind, u32>,
    /// Names of hosts and roles that are known, to be found wherever they stand alone.
    words: BTreeMap<String, Kind>,
    /// Addresses that belong to AWS and stay.
    kept: BTreeSet<String>,
}

impl Pseudonyms {
    /// Nothing replaced yet. `words` are names of hosts and roles that are known; `kept` are
    /// addresses of AWS.
    #[must_use]
    pub fn new(
        hosts: impl IntoIterator<Item = String>,
        roles: impl IntoIterator<Item = String>,
        kept: impl IntoIterator<Item = String>,
    ) -> Self {
        let long_enough = |name: &String| name.len() >= 3 && !find::is_well_known(name);
        let hosts = hosts.into_iter().map(|name| (name, Kind::Host));
        let roles = roles.into_iter().map(|name| (name, Kind::Role));
        Self {
            words: hosts
                .chain(roles)
                .filter(|(name, _)| long_enough(name))
                .collect(),
            kept: kept.into_iter().collect(),
            ..Self::default()
        }
    }

    /// A text with every name replaced.
    #[must_use]
    pub fn replace(&mut self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        let mut at = 0;
        for (range, kind) in find::names(text, &self.words, &self.kept) {
            let Some(name) = text.get(range.clone()) else {
                continue;
            };
            out.extend_from_slice(text.get(at..range.start).unwrap_or_default());
            let name = String::from_utf8_lossy(name);
            out.extend_from_slice(self.pseudonym(&name, kind).as_bytes());
            at = range.end;
        }
        out.extend_from_slice(text.get(at..).unwrap_or_default());
        out
    }

    /// The map as text: name, tab, pseudonym.
    #[must_use]
    pub fn map(&self) -> String {
        let line = |(name, pseudonym): (&String, &String)| format!("{name}\t{pseudonym}\n");
        self.by_name.iter().map(line).collect()
    }

    fn pseudonym(&mut self, name: &str, kind: Kind) -> String {
        // Names of hosts do not depend on case.
        let key = match kind {
            Kind::Host => name.to_ascii_lowercase(),
            _ => name.to_owned(),
        };
        if let Some(known) = self.by_name.get(&key) {
            return known.clone();
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        let pseudonym = kind.pseudonym(&key, *count);
        // What is already a pseudonym, of an earlier bundle, may meet a new one; it stays apart.
        self.by_name.insert(key, pseudonym.clone());
        pseudonym
    }
}
