//! Encodings: what a text says behind base64, hexadecimal, percent signs and backslashes.
//!
//! Pure. Whoever finds a secret in a decoded text needs the place in the text as it stands, so
//! what is undone character by character keeps a map.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::Span;

/// Shortest run of characters that may hold an encoded secret.
pub(super) const SHORTEST_RUN: usize = 24;

/// A text with one kind of escape undone.
pub(super) struct Layer {
    pub(super) text: Vec<u8>,
    /// Where each byte of it begins in the outer text; one more for the end.
    map: Vec<usize>,
}

impl Layer {
    /// A place in this text as the place in the outer one.
    pub(super) fn outer(&self, span: Span, rule: &'static str) -> Span {
        let place = |at: usize| self.map.get(at).copied();
        let last = self.map.last().copied().unwrap_or(0);
        Span {
            start: place(span.start).unwrap_or(last),
            end: place(span.end).unwrap_or(last),
            rule,
        }
    }
}

/// Whether a character may be one of base64 or a hexadecimal digit.
pub(super) fn belongs(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Runs of characters that may be base64 or hexadecimal.
pub(super) fn runs(text: &[u8]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut start = 0;
    let mut close = |range: Range<usize>| {
        if range.len() >= SHORTEST_RUN {
            runs.push(range);
        }
    };
    for (at, byte) in text.iter().enumerate() {
        if !belongs(*byte) {
            close(start..at);
            start = at + 1;
        }
    }
    close(start..text.len());
    runs
}

/// What a run may stand for: four ways to begin base64, and hexadecimal. Only what reads as text.
pub(super) fn decoded(run: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    let base64 = (0..4).filter_map(|skip| from_base64(run.get(skip..)?));
    base64.chain(from_hex(run)).filter(|text| is_text(text))
}

fn from_base64(run: &[u8]) -> Option<Vec<u8>> {
    let standard: Vec<u8> = run
        .iter()
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => *other,
        })
        .collect();
    let whole = standard.len() - standard.len() % 4;
    let mut text = STANDARD_NO_PAD.decode(standard.get(..whole)?).ok()?;
    // The last characters, as far as they stand for whole bytes.
    if let Ok(tail) = base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent),
    )
    .decode(standard.get(whole..)?)
    {
        text.extend(tail);
    }
    Some(text)
}

fn from_hex(run: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    run.chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? * 16 + digit(*low)?).ok(),
            _ => None,
        })
        .collect()
}

fn is_text(bytes: &[u8]) -> bool {
    let printable = |byte: &&u8| matches!(**byte, b' '..=b'~' | b'\n' | b'\r' | b'\t');
    let count = bytes.iter().filter(printable).count();
    // Both ends may be cut within a character.
    bytes.len() >= 8 && bytes.len() - count <= 2
}

/// The text with percent signs undone, and the text with backslashes undone, where there are any.
pub(super) fn unescaped(text: &[u8]) -> Vec<Layer> {
    const WAYS: [Undo; 2] = [percent, backslash];
    WAYS.into_iter()
        .filter_map(|undo| undone(text, undo))
        .collect()
}

/// Undoes one escape at the beginning of a text; tells what it stands for and how long it is.
type Undo = fn(&[u8]) -> Option<(u8, usize)>;

fn undone(text: &[u8], undo: Undo) -> Option<Layer> {
    let mut layer = Layer {
        text: Vec::new(),
        map: Vec::new(),
    };
    let mut any = false;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        let (byte, length) = match undo(text.get(at..)?) {
            Some((byte, length)) => {
                any = true;
                (byte, length)
            }
            None => (*byte, 1),
        };
        layer.text.push(byte);
        layer.map.push(at);
        at += length;
    }
    layer.map.push(at);
    any.then_some(layer)
}

fn hex(digits: &[u8]) -> Option<u8> {
    match from_hex(digits)?.as_slice() {
        [byte] | [0, byte] => Some(*byte),
        _ => None,
    }
}

fn percent(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'%', high, low, ..] => Some((hex(&[*high, *low])?, 3)),
        _ => None,
    }
}

/// JSON's escapes. A line break stays what it is: it ends no line of the outer text.
fn backslash(text: &[u8]) -> Option<(u8, usize)> {
    match text {
        [b'\\', b'u', digits @ ..] => Some((hex(digits.get(..4)?)?, 6)),
        [b'\\', byte @ (b'"' | b'\\' | b'/'), ..] => Some((*byte, 2)),
        [b'\\', b'n' | b'r', ..] => Some((b'\n', 2)),
        [b'\\', b't', ..] => Some((b'\t', 2)),
        _ => None,
    }
}
