//! Names and what stands behind them: how a value begins, where it ends, whether it is secret.
//!
//! Pure. A value never goes beyond its line.

use std::ops::Range;

use super::matchers::{MASK, Shape, Text, at, find, is_token, rest, until};

/// Longest value that is taken as one, in bytes.
const LONGEST: usize = 64 * 1024;

/// What may stand between a name and its value, the value's opening quote included. Gives where
/// the value begins and how its quote is written.
pub(super) fn glue(lower: &[u8], end: usize, bare: bool) -> Option<(usize, usize)> {
    const QUOTES: [&[u8]; 6] = [b"\"", b"'", b"\\\"", b"%22", b"&quot;", b"&#34;"];
    const SIGNS: [&[u8]; 8] = [b"=>", b":=", b"=", b":", b"%3d", b"%3a", b"\\u003d", b">"];
    const SPACES: [&[u8]; 4] = [b" ", b"\t", b"%20", b"+"];
    let skip = |mut place: usize, all: &[&[u8]]| {
        while let Some(one) = all.iter().find(|one| rest(lower, place).starts_with(one)) {
            place = place.saturating_add(one.len());
            if at(lower, place).is_none() {
                break;
            }
        }
        place
    };
    let once = |place: usize, all: &[&[u8]]| {
        let one = all.iter().find(|one| rest(lower, place).starts_with(one))?;
        place.checked_add(one.len())
    };
    let place = once(end, &QUOTES).unwrap_or(end);
    let place = once(place, &[b"\\\\\""]).unwrap_or(place);
    let spaced = skip(place, &SPACES);
    let place = match once(spaced, &SIGNS) {
        Some(place) => skip(place, &SPACES),
        None if bare && spaced > place => spaced,
        None => return None,
    };
    let place = if rest(lower, place).starts_with(MASK) {
        place
    } else {
        once(place, &[b"["]).unwrap_or(place)
    };
    let value = once(place, &QUOTES).unwrap_or(place);
    Some((value, value.saturating_sub(place)))
}

/// Where an unquoted value ends. A backslash belongs to it where it only escapes a sign.
pub(super) fn value_end(text: &[u8], place: usize) -> usize {
    let mut end = place;
    while let Some(byte) = at(text, end) {
        let ends = match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'<' | b'>' | b'&' => true,
            b'\\' => !matches!(at(text, end.saturating_add(1)), Some(b'/' | b'u')),
            b'%' => {
                let code = text.get(end..end.saturating_add(3)).unwrap_or_default();
                matches!(code, b"%22" | b"%26" | b"%20" | b"%0A" | b"%0a")
            }
            _ => end.saturating_sub(place) >= LONGEST,
        };
        if ends {
            break;
        }
        end = end.saturating_add(1);
    }
    end
}

/// Where a value ends that begins behind a quote: at the same quote, on the same line.
pub(super) fn quoted_end(text: &[u8], value: usize, quote: usize) -> Option<usize> {
    let mark = text.get(value.checked_sub(quote)?..value)?;
    let line = until(text, value, |byte| byte == b'\n');
    let mut end = value;
    while end < line {
        if rest(text, end).starts_with(mark) {
            return Some(end);
        }
        let escape = at(text, end) == Some(b'\\') && mark == b"\"";
        end = end.saturating_add(if escape { 2 } else { 1 });
    }
    None
}

pub(super) fn named(
    text: Text<'_>,
    start: usize,
    end: usize,
    shape: Shape,
) -> Option<Range<usize>> {
    let name = text.lower.get(start..end)?;
    // `/etc/passwd: not there` is a path, and no name of anything.
    if start
        .checked_sub(1)
        .and_then(|before| at(text.text, before))
        == Some(b'/')
    {
        return None;
    }
    let bare = name.trim_ascii_start().starts_with(b"-");
    let (value, quote) = glue(text.lower, end, bare)?;
    let stop = match quote {
        0 => value_end(text.text, value),
        _ => quoted_end(text.text, value, quote).unwrap_or_else(|| value_end(text.text, value)),
    };
    let content = text.text.get(value..stop)?;
    is_secret(content, shape).then_some(value..stop)
}

fn is_secret(content: &[u8], shape: Shape) -> bool {
    const WORDS: [&[u8]; 9] = [
        b"true", b"false", b"null", b"none", b"yes", b"no", b"nil", b"<nil>", b"empty",
    ];
    let bare = content.trim_ascii();
    let bare = bare.strip_suffix(b",").unwrap_or(bare).to_ascii_lowercase();
    let starts = bare.first().copied().unwrap_or(b' ');
    if bare.len() < 2
        || holds_mask(content)
        || WORDS.contains(&bare.as_slice())
        || matches!(starts, b'{' | b'[' | b'<')
        || is_placeholder(content.trim_ascii())
    {
        return false;
    }
    match shape {
        Shape::Any => true,
        Shape::Tokenish => is_tokenish(&bare),
    }
}

/// `$CODE`, `${CODE}` or `ACTIVATION_CODE`: what stands in an example for something secret.
fn is_placeholder(value: &[u8]) -> bool {
    let name = value.strip_prefix(b"$");
    let bare = name.unwrap_or(value);
    let bare = bare
        .strip_prefix(b"{")
        .and_then(|rest| rest.strip_suffix(b"}"))
        .unwrap_or(bare);
    let is = |wanted: fn(&u8) -> bool| bare.iter().all(|it| wanted(it) || *it == b'_');
    let variable = name.is_some() && is(u8::is_ascii_alphabetic);
    let in_capitals = bare.contains(&b'_') && is(u8::is_ascii_uppercase);
    !bare.is_empty() && (variable || in_capitals)
}

fn is_tokenish(value: &[u8]) -> bool {
    let run = value.iter().take_while(|byte| !byte.is_ascii_whitespace());
    let run: Vec<u8> = run.copied().collect();
    run.len() >= 16
        && run.iter().any(u8::is_ascii_digit)
        && run.iter().all(|byte| {
            is_token(*byte) || matches!(byte, b'.' | b'%' | b'\\' | b',' | b'~' | b'}' | b']')
        })
}

pub(super) fn holds_mask(content: &[u8]) -> bool {
    content.windows(MASK.len()).any(|window| window == MASK)
}

/// The value of a header: a scheme that is known and all behind it, or one token.
pub(super) fn header(text: Text<'_>, end: usize) -> Option<Range<usize>> {
    const SCHEMES: [&[u8]; 8] = [
        b"aws",
        b"basic",
        b"bearer",
        b"digest",
        b"ntlm",
        b"negotiate",
        b"signature",
        b"sha256",
    ];
    let (value, quote) = glue(text.lower, end, false)?;
    let line = until(text.text, value, |byte| {
        matches!(byte, b'\n' | b'\r' | b'"' | b'\'' | b'<' | b']')
    });
    let escaped = find(text.text.get(..line)?, value, b"\\");
    let stop = match quote {
        0 => escaped.unwrap_or(line),
        _ => quoted_end(text.text, value, quote).unwrap_or(line),
    };
    let content = text.lower.get(value..stop)?;
    let known = SCHEMES.iter().any(|scheme| content.starts_with(scheme));
    let shown = holds_mask(text.text.get(value..stop)?) && !known;
    ((known || is_tokenish(content) || content.contains(&b'=')) && !shown).then_some(value..stop)
}
