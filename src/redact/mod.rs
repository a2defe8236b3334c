//! Keeps secrets out of what leaves the host: finds them by rules, and masks them.
//!
//! Pure. The rules are a table ([`rules`]); the same detectors that mask a text look at the
//! finished bundle once more. What has been masked is never found again, so redaction is
//! idempotent by construction.

pub mod known;
mod layers;
pub mod matchers;
pub mod pseudonyms;
pub mod rules;
pub mod stream;
mod values;
mod wrapped;

use std::collections::BTreeMap;

use crate::finder::Finder;
use known::KnownSecrets;
use matchers::{Anchor, Text};
use rules::{Detector, RULES, Rule};

use crate::secret::Secret;

/// How often a text is gone over at most; the second time finds nothing but in odd cases.
const ROUNDS: usize = 8;
/// How deep an encoding within an encoding is followed.
const DEPTH: usize = 3;

/// How often each rule masked something, by its id.
pub type Counts = BTreeMap<&'static str, u64>;

/// A place in a text that must not be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Where it begins.
    pub start: usize,
    /// Where the text after it begins.
    pub end: usize,
    /// The rule that found it.
    pub rule: &'static str,
}

/// A set of rules with the secrets that are known on this host, ready to look.
pub struct Redactor {
    rules: Vec<&'static Rule>,
    anchors: Finder<Anchor>,
    known: Finder<usize>,
    known_lengths: Vec<usize>,
}

impl Redactor {
    /// Every rule.
    #[must_use]
    pub fn new(known: &KnownSecrets) -> Self {
        Self::with(RULES.iter().collect(), known)
    }

    /// Every rule but one; what this lets through, the leak check must refuse.
    #[must_use]
    pub fn without(id: &str, known: &KnownSecrets) -> Self {
        Self::with(RULES.iter().filter(|rule| rule.id != id).collect(), known)
    }

    fn with(rules: Vec<&'static Rule>, known: &KnownSecrets) -> Self {
        let anchors: Vec<(String, Anchor)> = rules.iter().flat_map(|rule| rule.anchors()).collect();
        let anchors = anchors
            .iter()
            .map(|(text, anchor)| (text.as_str(), *anchor));
        let wants_known = rules.iter().any(|rule| rule.detector == Detector::Known);
        let secrets = known.exposed().filter(|_| wants_known);
        let needles: Vec<&str> = secrets.flat_map(known::needles).collect();
        Self {
            anchors: Finder::new(anchors),
            known_lengths: needles.iter().map(|needle| needle.len()).collect(),
            known: Finder::new(needles.into_iter().zip(0_usize..)),
            rules,
        }
    }

    /// The text with every secret in it masked, and adds to `counts` what was masked.
    ///
    /// The text should end at the end of a line; see [`stream`].
    #[must_use]
    pub fn redact(&self, text: &[u8], counts: &mut Counts) -> Vec<u8> {
        let mut clean = text.to_vec();
        for _ in 0..ROUNDS {
            let spans = self.find(&clean);
            if spans.is_empty() {
                break;
            }
            clean = masked(&clean, &spans, counts);
        }
        clean
    }

    /// The same for a text.
    #[must_use]
    pub fn redact_text(&self, text: &str, counts: &mut Counts) -> String {
        String::from_utf8_lossy(&self.redact(text.as_bytes(), counts)).into_owned()
    }

    /// Every secret in a text: in order, and never overlapping.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Vec<Span> {
        merged(self.look(text, DEPTH))
    }

    /// The secrets that stand in a text under their names, each as it is used. Access key ids are
    /// none: they are known by their form.
    #[must_use]
    pub fn secrets_in(&self, text: &[u8]) -> Vec<Secret> {
        let spans = self.plain(text);
        let mut found = Vec::new();
        for span in spans.iter().filter(|span| span.rule != "key-id") {
            let content = text.get(span.start..span.end).unwrap_or_default();
            let layers = layers::unescaped(content);
            let forms = layers.iter().map(|layer| layer.text.as_slice());
            for form in forms.chain([content]) {
                let form = String::from_utf8_lossy(form);
                let password = form.split_once(':').map(|(_user, password)| password);
                found.extend(password.map(|it| Secret::new(it.to_owned())));
                found.push(Secret::new(form.into_owned()));
            }
        }
        found
    }

    fn has(&self, detector: Detector) -> Option<&'static str> {
        let rule = self.rules.iter().find(|rule| rule.detector == detector)?;
        Some(rule.id)
    }

    fn look(&self, text: &[u8], depth: usize) -> Vec<Span> {
        let mut spans = self.plain(text);
        if depth == 0 {
            return spans;
        }
        if let Some(rule) = self.has(Detector::Encoded) {
            let holds = |run: &[u8]| {
                layers::decoded(run).any(|inner| !self.look(&inner, depth - 1).is_empty())
            };
            let runs = layers::runs(text).into_iter();
            let held = runs.filter(|run| holds(text.get(run.clone()).unwrap_or_default()));
            let wrapped = wrapped::wrapped(text).into_iter();
            let wrapped = wrapped.filter(|it| holds(&it.run)).map(|it| it.range);
            spans.extend(held.chain(wrapped).map(|range| Span {
                start: range.start,
                end: range.end,
                rule,
            }));
        }
        if let Some(rule) = self.has(Detector::Escaped) {
            for layer in layers::unescaped(text) {
                let inner = self.look(&layer.text, depth - 1);
                spans.extend(inner.into_iter().map(|span| layer.outer(span, rule)));
            }
        }
        spans
    }

    fn plain(&self, text: &[u8]) -> Vec<Span> {
        let lower = text.to_ascii_lowercase();
        let text = Text {
            text,
            lower: &lower,
        };
        let mut spans = Vec::new();
        self.anchors.each(&lower, |hit| {
            if let Some(range) = hit.value.matches(text, hit.start, hit.end) {
                spans.push(Span {
                    start: range.start,
                    end: range.end,
                    rule: hit.value.rule,
                });
            }
        });
        if let Some(rule) = self.has(Detector::Known) {
            self.known.each(text.text, |hit| {
                let length = self.known_lengths.get(hit.value).copied().unwrap_or(0);
                spans.push(Span {
                    start: hit.start,
                    end: known::end(text.text, hit.start, length),
                    rule,
                });
            });
        }
        if let Some(rule) = self.has(Detector::BareSecretKey) {
            spans.extend(matchers::bare_secret_keys(text.text).map(|range| Span {
                start: range.start,
                end: range.end,
                rule,
            }));
        }
        spans
    }
}

/// Spans in order; where two overlap they become one, of the rule that begins first.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.retain(|span| span.start < span.end);
    // Of those that begin together the longest comes first; of equal ones the plainest rule, which
    // looked first.
    spans.sort_by_key(|span| (span.start, usize::MAX - span.end));
    let mut merged: Vec<Span> = Vec::new();
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start < last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

fn masked(text: &[u8], spans: &[Span], counts: &mut Counts) -> Vec<u8> {
    let mut clean = Vec::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        clean.extend_from_slice(text.get(at..span.start).unwrap_or_default());
        clean.extend_from_slice(matchers::MASK);
        clean.extend_from_slice(span.rule.as_bytes());
        clean.push(b']');
        *counts.entry(span.rule).or_default() += 1;
        at = span.end;
    }
    clean.extend_from_slice(text.get(at..).unwrap_or_default());
    clean
}

#[cfg(test)]
mod tests;
