//! A text of any length, piece by piece: cut where no secret is cut.
//!
//! Pure but for the reader that is handed in. Holds one piece at a time.

use std::io::{self, Read};

use super::{Counts, Redactor, Span, wrapped};

/// How much is read at once, and the longest line that is kept whole, in bytes.
const PIECE: usize = 256 * 1024;
/// How long a private key or a wrapped run may be before its piece is closed all the same.
const LONGEST_KEY: usize = 64 * 1024;
/// What stands in place of a line that is longer than a piece.
const CUT: &[u8] = b"[cut: a line of more than 256 KiB]\n";

/// Masks a whole stream into `out`.
///
/// # Errors
/// Whatever reading gives.
pub fn redact(
    redactor: &Redactor,
    source: impl Read,
    out: &mut Vec<u8>,
    counts: &mut Counts,
) -> io::Result<()> {
    each_piece(source, |piece| {
        out.extend(redactor.redact(piece, counts));
        true
    })
}

/// The rule of the first secret in a stream.
///
/// # Errors
/// Whatever reading gives.
pub fn first_secret(redactor: &Redactor, source: impl Read) -> io::Result<Option<&'static str>> {
    let mut found = None;
    each_piece(source, |piece| {
        found = redactor.find(piece).first().map(|span: &Span| span.rule);
        found.is_none()
    })?;
    Ok(found)
}

/// Hands out pieces that end at the end of a line and not within a private key, until `take`
/// has had enough.
fn each_piece(mut source: impl Read, mut take: impl FnMut(&[u8]) -> bool) -> io::Result<()> {
    let mut piece: Vec<u8> = Vec::with_capacity(2 * PIECE);
    let mut skipping = false;
    loop {
        let length = (&mut source)
            .take(u64::try_from(PIECE).unwrap_or(u64::MAX))
            .read_to_end(&mut piece)?;
        if length == 0 {
            if !piece.is_empty() {
                take(&piece);
            }
            return Ok(());
        }
        if skipping {
            let Some(end) = line_end(&piece, 0) else {
                piece.clear();
                continue;
            };
            piece.drain(..end);
            skipping = false;
        }
        let Some(end) = cut(&piece) else {
            if piece.len() >= PIECE {
                piece.clear();
                skipping = true;
                if !take(CUT) {
                    return Ok(());
                }
            }
            continue;
        };
        if !take(piece.get(..end).unwrap_or_default()) {
            return Ok(());
        }
        piece.drain(..end);
    }
}

fn line_end(text: &[u8], from: usize) -> Option<usize> {
    let found = text.get(from..)?.iter().position(|byte| *byte == b'\n')?;
    Some(from + found + 1)
}

/// Where a piece may end.
fn cut(piece: &[u8]) -> Option<usize> {
    let last = piece.iter().rposition(|byte| *byte == b'\n')? + 1;
    let place = |mark: &[u8]| {
        let text = piece.get(..last)?;
        text.windows(mark.len()).rposition(|window| window == mark)
    };
    let open = place(b"-----BEGIN ").filter(|begin| {
        place(b"-----END ").is_none_or(|end| end < *begin) && last - begin < LONGEST_KEY
    });
    let goes_on = |end: &usize| {
        let before = piece.get(..*end).unwrap_or_default();
        before.ends_with(b"\\\n")
    };
    match open {
        Some(begin) => piece
            .get(..begin)?
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map(|at| at + 1),
        // A setting of a unit that goes on in the next line stays whole.
        None if goes_on(&last) => (0..last)
            .rev()
            .filter(|at| piece.get(*at) == Some(&b'\n'))
            .map(|at| at + 1)
            .find(|end| !goes_on(end)),
        None => {
            let begin = wrapped::begins(piece, last);
            let whole = begin > 0 && last - begin < LONGEST_KEY;
            Some(if whole { begin } else { last })
        }
    }
}
