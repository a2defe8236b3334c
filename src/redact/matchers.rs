//! How a secret is told from its surroundings: each function looks at one place of a text and
//! gives the range to mask.
//!
//! Pure. Every range lies on one line but that of a private key and of a unit's environment, so a
//! text may be cut at the end of any other line.

use std::ops::Range;

use super::values::{glue, header, holds_mask, named, quoted_end, value_end};

/// How every mask begins; the rule's id and `]` follow.
pub(super) const MASK: &[u8] = b"[redacted:";

/// The length of a secret access key.
const SECRET_KEY: usize = 40;

/// A text and the same in lower case.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) text: &'a [u8],
    pub(super) lower: &'a [u8],
}

/// A place at which a rule looks closer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchor {
    pub(super) rule: &'static str,
    pub(super) way: Way,
}

/// How a rule looks closer.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    PrivateKey,
    KeyId,
    Named(Shape),
    Header,
    UrlUser,
    ProxyUser,
    Prefixed(&'static str, usize),
    Environment,
}

/// What a value must look like to be secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Anything but a word of JSON.
    Any,
    /// Sixteen characters or more, letters and digits among them.
    Tokenish,
}

impl Anchor {
    /// The range to mask around an anchor that stands at `start..end`.
    pub(super) fn matches(self, text: Text<'_>, start: usize, end: usize) -> Option<Range<usize>> {
        match self.way {
            Way::PrivateKey => private_key(text.text, start, end),
            Way::KeyId => key_id(text.text, start),
            Way::Named(shape) => named(text, start, end, shape),
            Way::Header => header(text, end),
            Way::UrlUser => url_user(text.text, end),
            Way::ProxyUser => proxy_user(text, end),
            Way::Prefixed(prefix, length) => prefixed(text.text, start, prefix, length),
            Way::Environment => environment(text, start, end),
        }
        .filter(|range| range.start < range.end)
    }
}

pub(super) fn at(text: &[u8], place: usize) -> Option<u8> {
    text.get(place).copied()
}

pub(super) fn rest(text: &[u8], place: usize) -> &[u8] {
    text.get(place..).unwrap_or_default()
}

/// Where the first byte from `place` on is that `ends`, or the text's end.
pub(super) fn until(text: &[u8], place: usize, ends: impl Fn(u8) -> bool) -> usize {
    let found = rest(text, place).iter().position(|byte| ends(*byte));
    found.map_or(text.len(), |length| place.saturating_add(length))
}

/// Where the run that ends before `place` begins.
fn run_start(text: &[u8], place: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let before = text.get(..place).unwrap_or_default();
    let length = before
        .iter()
        .rev()
        .take_while(|byte| belongs(**byte))
        .count();
    place.saturating_sub(length)
}

pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

pub(super) fn find(text: &[u8], place: usize, needle: &[u8]) -> Option<usize> {
    let found = rest(text, place)
        .windows(needle.len())
        .position(|window| window == needle)?;
    place.checked_add(found)
}

/// A PEM block, from its first line to its last; one that was cut reaches as far as base64 does.
fn private_key(text: &[u8], start: usize, end: usize) -> Option<Range<usize>> {
    let line = run_start(text, start, |byte| byte != b'\n');
    let head = text.get(line..start)?;
    let dashes = |mark: &[u8]| {
        let place = head.windows(mark.len()).rposition(|it| it == mark)?;
        line.checked_add(place)
    };
    let (begin, finish) = (dashes(b"-----BEGIN "), dashes(b"-----END "));
    match (begin, finish) {
        (Some(begin), finish) if finish.is_none_or(|finish| finish < begin) => {
            let stop = find(text, end, b"PRIVATE KEY-----");
            let stop = stop.map_or_else(|| body_end(text, end), |at| at.saturating_add(16));
            Some(begin..stop)
        }
        // The beginning was cut away.
        (None, Some(_)) => Some(run_start(text, line, is_pem)..end),
        _ => None,
    }
}

fn is_pem(byte: u8) -> bool {
    is_token(byte) || matches!(byte, b'\n' | b'\r' | b' ')
}

fn body_end(text: &[u8], place: usize) -> usize {
    until(text, place, |byte| !is_pem(byte) && byte != b'\\')
}

/// `ASIA` and sixteen capitals or digits; the four letters stay.
fn key_id(text: &[u8], start: usize) -> Option<Range<usize>> {
    let word = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    let before = start.checked_sub(1).and_then(|place| at(text, place));
    // Behind a percent-encoded character stands a digit or a capital.
    let escaped = start
        .checked_sub(3)
        .is_some_and(|place| at(text, place) == Some(b'%'));
    if before.is_some_and(|byte| byte.is_ascii_alphanumeric()) && !escaped {
        return None;
    }
    let stop = until(text, start, |byte| !word(byte));
    let length = stop.saturating_sub(start);
    let follows = at(text, stop).is_some_and(|byte| byte.is_ascii_lowercase());
    ((16..=128).contains(&length) && !follows).then(|| start.saturating_add(4)..stop)
}

/// `user:password` between `://` and `@`.
fn url_user(text: &[u8], end: usize) -> Option<Range<usize>> {
    let stop = until(text, end, |byte| {
        byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`')
    });
    user(text, end..stop)
}

fn user(text: &[u8], range: Range<usize>) -> Option<Range<usize>> {
    let place = text.get(range.clone())?;
    let host_end = place
        .iter()
        .position(|byte| matches!(byte, b'/' | b'?' | b'#'))
        .unwrap_or(place.len());
    let sign = place
        .get(..host_end)?
        .iter()
        .rposition(|byte| *byte == b'@');
    let sign = sign.or_else(|| {
        // A password may hold a slash as it stands; then what looks like a port is no number.
        let colon = place.iter().position(|byte| *byte == b':')?;
        let port = place.get(colon.checked_add(1)?..host_end)?;
        let is_port = port.iter().all(u8::is_ascii_digit);
        (colon < host_end && !is_port).then(|| place.iter().rposition(|byte| *byte == b'@'))?
    })?;
    let stop = range.start.checked_add(sign)?;
    (!holds_mask(text.get(range.start..stop)?)).then_some(range.start..stop)
}

fn proxy_user(text: Text<'_>, end: usize) -> Option<Range<usize>> {
    let (value, quote) = glue(text.lower, end, false)?;
    let stop = match quote {
        0 => value_end(text.text, value),
        _ => quoted_end(text.text, value, quote)?,
    };
    let content = text.text.get(value..stop)?;
    if content.windows(3).any(|window| window == b"://") {
        return None;
    }
    user(text.text, value..stop)
}

fn prefixed(text: &[u8], start: usize, prefix: &str, length: usize) -> Option<Range<usize>> {
    if !rest(text, start).starts_with(prefix.as_bytes()) {
        return None;
    }
    let stop = until(text, start, |byte| {
        !is_token(byte) && !matches!(byte, b'.' | b'%')
    });
    (stop.saturating_sub(start) >= length).then_some(start..stop)
}

/// The values of `Environment=NAME=VALUE "OTHER=VALUE"`, from the first that is no proxy to the
/// end of the line, lines that go on included.
fn environment(text: Text<'_>, start: usize, end: usize) -> Option<Range<usize>> {
    let line = run_start(text.text, start, |byte| byte != b'\n');
    if !text.text.get(line..start)?.trim_ascii().is_empty() {
        return None;
    }
    let mut place = end;
    loop {
        place = until(text.text, place, |byte| {
            !matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\\')
        });
        let equals = until(text.text, place, |byte| matches!(byte, b'=' | b'\n'));
        if at(text.text, equals) != Some(b'=') {
            return None;
        }
        let value = equals.saturating_add(1);
        if !text.lower.get(place..equals)?.ends_with(b"_proxy") {
            let stop = unit_line_end(text.text, value);
            let bare = text.text.get(value..stop)?.trim_ascii();
            return (!bare.is_empty() && !holds_mask(bare)).then_some(value..stop);
        }
        place = until(text.text, value, |byte| {
            byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'')
        });
    }
}

/// Where a setting of a unit ends: a line that ends in a backslash goes on.
fn unit_line_end(text: &[u8], place: usize) -> usize {
    let mut end = until(text, place, |byte| byte == b'\n');
    while end > place && at(text, end.saturating_sub(1)) == Some(b'\\') && end < text.len() {
        end = until(text, end.saturating_add(1), |byte| byte == b'\n');
    }
    end
}

/// Runs of exactly forty characters of base64 with capitals, small letters and digits in no order.
pub(super) fn bare_secret_keys(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let is_key = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut place = 0;
    std::iter::from_fn(move || {
        loop {
            let start = until(text, place, is_key);
            if start >= text.len() {
                return None;
            }
            let stop = until(text, start, |byte| !is_key(byte));
            place = stop;
            let run = text.get(start..stop)?;
            let closed = !matches!(at(text, stop), Some(b'=' | b'-' | b'_' | b'.'));
            let opened = start
                .checked_sub(1)
                .and_then(|before| at(text, before))
                .is_none_or(|before| !matches!(before, b'-' | b'_' | b'.' | b'%'));
            if run.len() == SECRET_KEY && closed && opened && is_random(run) {
                return Some(start..stop);
            }
        }
    })
}

fn is_random(run: &[u8]) -> bool {
    let kinds = [
        run.iter().any(u8::is_ascii_uppercase),
        run.iter().any(u8::is_ascii_lowercase),
        run.iter().any(u8::is_ascii_digit),
    ];
    let mut seen = run.to_vec();
    seen.sort_unstable();
    seen.dedup();
    // Forty random ones have about thirty different; words and paths have fewer.
    let parts = run.split(|byte| *byte == b'/').count();
    kinds == [true; 3] && seen.len() >= 22 && parts <= 5
}
