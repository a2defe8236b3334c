//! Secrets that were read on this host: what must be hidden wherever it turns up.

use super::matchers;
use crate::secret::Secret;

/// What shorter texts are not searched for: they would blank out innocent words.
const SHORTEST: usize = 8;
/// How much of a long secret is looked for; the rest of its run is hidden with it.
const TELLING: usize = 24;

/// The secrets of one host. Not printable, as each of them is not.
#[derive(Debug, Clone, Default)]
pub struct KnownSecrets(Vec<Secret>);

impl KnownSecrets {
    /// Takes in a secret, unless it is too short to be told from a word.
    pub fn insert(&mut self, secret: &Secret) {
        let text = secret.expose().trim();
        let is_key_id = ["AKIA", "ASIA"].iter().any(|start| text.starts_with(start))
            && text
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if text.len() >= SHORTEST
            && !is_key_id
            && !self.0.iter().any(|it| it.expose() == secret.expose())
        {
            self.0.push(Secret::new(secret.expose().trim().to_owned()));
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn exposed(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Secret::expose)
    }
}

impl Extend<Secret> for KnownSecrets {
    fn extend<T: IntoIterator<Item = Secret>>(&mut self, secrets: T) {
        for secret in secrets {
            self.insert(&secret);
        }
    }
}

/// The parts of a secret that are looked for: a long one counts as shown by any of its parts.
pub(super) fn needles(secret: &str) -> Vec<&str> {
    if secret.len() < 2 * TELLING || !secret.is_ascii() {
        let end = secret.char_indices().nth(TELLING).map(|(end, _)| end);
        return vec![end.and_then(|end| secret.get(..end)).unwrap_or(secret)];
    }
    (0..secret.len() / TELLING)
        .filter_map(|part| secret.get(part * TELLING..(part + 1) * TELLING))
        .collect()
}

/// Where a secret ends whose needle stands at `start`: with its run of characters.
pub(super) fn end(text: &[u8], start: usize, length: usize) -> usize {
    let end = start.saturating_add(length);
    let run = text
        .get(end..)
        .unwrap_or_default()
        .iter()
        .take_while(|byte| matchers::is_token(**byte))
        .count();
    end.saturating_add(run)
}
