//! Runs of base64 or hexadecimal that go on over lines, as programs wrap them.
//!
//! Pure. Such a run begins at the end of a line, goes on over lines that hold nothing else, and
//! ends with one of those, or at a sign that closes a value.

use std::ops::Range;

use super::layers::{SHORTEST_RUN, belongs};

/// A run over several lines: where it stands, and its characters without the breaks.
pub(super) struct Wrapped {
    pub(super) range: Range<usize>,
    pub(super) run: Vec<u8>,
}

/// Every run of two lines or more. Where a line may or may not belong to it, there are two.
pub(super) fn wrapped(text: &[u8]) -> Vec<Wrapped> {
    let mut found = Vec::new();
    let mut open: Option<Open> = None;
    let mut at = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let content = line.trim_ascii();
        let start = at + line.len() - line.trim_ascii_start().len();
        at += line.len();
        let head = content.iter().take_while(|byte| belongs(**byte)).count();
        let taken = content.get(..head).unwrap_or_default();
        let whole = head > 0 && head == content.len();
        if let Some(mut run) = open.take() {
            let fits = run.lines == 1 || head <= run.width;
            if fits && whole && head >= run.width {
                run.add(start, taken);
                open = Some(run);
                continue;
            }
            // A shorter line is the last one, or only a word behind it.
            found.extend(run.found());
            if fits && (whole || closes(content.get(head))) {
                run.add(start, taken);
                found.extend(run.found());
            }
        }
        open = Open::at_the_end_of(start, content);
    }
    found.extend(open.and_then(|run| run.found()));
    found
}

/// A run that may go on in the next line.
struct Open {
    range: Range<usize>,
    run: Vec<u8>,
    lines: usize,
    /// How much of it the last line held.
    width: usize,
}

impl Open {
    fn at_the_end_of(start: usize, content: &[u8]) -> Option<Self> {
        let width = tail(content);
        let end = start + content.len();
        (width >= SHORTEST_RUN).then(|| Self {
            range: end - width..end,
            run: content
                .get(content.len() - width..)
                .unwrap_or_default()
                .to_vec(),
            lines: 1,
            width,
        })
    }

    fn add(&mut self, start: usize, taken: &[u8]) {
        self.run.extend_from_slice(taken);
        self.range.end = start + taken.len();
        self.lines += 1;
        self.width = taken.len();
    }

    fn found(&self) -> Option<Wrapped> {
        (self.lines > 1).then(|| Wrapped {
            range: self.range.clone(),
            run: self.run.clone(),
        })
    }
}

/// Whether a sign stands behind the last line of a run, rather than within an ordinary line.
fn closes(sign: Option<&u8>) -> bool {
    sign.is_some_and(|sign| b"=\"'`<\\)]},;".contains(sign))
}

/// How long the run at the end of a line is.
fn tail(content: &[u8]) -> usize {
    let backwards = content.iter().rev();
    backwards.take_while(|byte| belongs(**byte)).count()
}

/// Where the run begins, by whole lines, that may go on behind `end`; `end` where there is none.
pub(super) fn begins(text: &[u8], end: usize) -> usize {
    let mut start = end;
    while start > 0 {
        let before = text.get(..start - 1).unwrap_or_default();
        let line = before.iter().rposition(|byte| *byte == b'\n');
        let line = line.map_or(0, |at| at + 1);
        let content = before.get(line..).unwrap_or_default().trim_ascii();
        let tail = tail(content);
        if tail == 0 || (tail < content.len() && tail < SHORTEST_RUN) {
            break;
        }
        start = line;
        // What stands before it in its line is where it began.
        if tail < content.len() {
            break;
        }
    }
    start
}
