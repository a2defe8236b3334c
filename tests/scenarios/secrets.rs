//! Looks for every planted secret in everything that a run wrote.

use crate::lab::Lab;
use crate::lab::run::Run;

/// A secret counts as shown when this many of its characters stand together.
const TELLING: usize = 24;

/// Every secret that was shown, by name and place, never by value.
pub(crate) fn faults(lab: &Lab, run: &Run) -> Vec<String> {
    let mut places = vec![
        ("standard output".to_owned(), run.stdout.clone()),
        ("standard error".to_owned(), run.stderr.clone()),
    ];
    let saved = lab.scratch().join("observations.json");
    if let Ok(text) = std::fs::read_to_string(saved) {
        places.push(("the saved observations".to_owned(), text));
    }
    let mut faults = Vec::new();
    for (name, value) in lab.cloud.secrets() {
        for (place, text) in &places {
            if shows(text, &value) {
                faults.push(format!("{name} is in {place}"));
            }
        }
    }
    faults
}

/// The names of the secrets that a text shows.
pub(crate) fn in_text(lab: &Lab, text: &str) -> Vec<String> {
    let secrets = lab.cloud.secrets().into_iter();
    secrets
        .filter(|(_, value)| shows(text, value))
        .map(|(name, _)| name)
        .collect()
}

/// Whether a text shows a secret, or a telling part of a long one.
fn shows(text: &str, secret: &str) -> bool {
    let length = TELLING.min(secret.len());
    let parts = secret.as_bytes().chunks_exact(length.max(1));
    parts.into_iter().any(|part| {
        let part = String::from_utf8_lossy(part);
        text.contains(part.as_ref())
    })
}
