//! Putting lines on a page: wrapping, hanging indents, and texts to paste.
//!
//! Values come from files and servers that nobody vouches for, so control characters never
//! reach a terminal.

use super::style::{Style, Tone};

/// A page that grows downwards.
pub(super) struct Page {
    style: Style,
    text: String,
}

impl Page {
    pub(super) fn new(style: Style) -> Self {
        Self {
            style,
            text: String::new(),
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }

    pub(super) fn blank(&mut self) {
        self.text.push('\n');
    }

    /// A heading on a line of its own, after a blank line.
    pub(super) fn heading(&mut self, heading: &str) {
        self.blank();
        self.line(&self.style.paint(Tone::Label, heading));
    }

    /// A label, and a paragraph that hangs to its right.
    pub(super) fn labelled(&mut self, label: &str, tone: Tone, paragraph: &str) {
        self.entry(0, label, tone, LABEL, paragraph);
    }

    /// A word at `indent`, and a paragraph that hangs `column` to the right of it.
    pub(super) fn entry(
        &mut self,
        indent: usize,
        word: &str,
        tone: Tone,
        column: usize,
        paragraph: &str,
    ) {
        let hang = indent + column;
        let lines = self.wrapped(hang, paragraph);
        self.hanging(indent, word, tone, column, lines);
    }

    /// The same, cut after `most` lines: what stands elsewhere on the page in full.
    pub(super) fn brief_entry(
        &mut self,
        indent: usize,
        word: &str,
        tone: Tone,
        column: usize,
        paragraph: &str,
        most: usize,
    ) {
        let hang = indent + column;
        let lines = self.first_lines(hang, paragraph, most);
        self.hanging(indent, word, tone, column, lines);
    }

    fn hanging(
        &mut self,
        indent: usize,
        word: &str,
        tone: Tone,
        column: usize,
        lines: Vec<String>,
    ) {
        let word = clean(word);
        let hang = indent + column;
        let gap = column.saturating_sub(word.chars().count()).max(1);
        let mut lines = lines.into_iter();
        let first = lines.next().unwrap_or_default();
        let start = format!(
            "{}{}{}{first}",
            " ".repeat(indent),
            self.style.paint(tone, &word),
            " ".repeat(gap)
        );
        self.line(start.trim_end());
        for line in lines {
            self.line(&format!("{}{line}", " ".repeat(hang)));
        }
    }

    /// A paragraph at an indent.
    pub(super) fn paragraph(&mut self, indent: usize, paragraph: &str) {
        for line in self.wrapped(indent, paragraph) {
            self.line(&format!("{}{line}", " ".repeat(indent)));
        }
    }

    /// A paragraph at the labels' indent that matters less.
    pub(super) fn quiet(&mut self, indent: usize, paragraph: &str) {
        let lines = self.wrapped(indent, paragraph);
        self.quiet_lines(indent, &lines);
    }

    /// The same, cut after `most` lines: what stands elsewhere on the page in full.
    pub(super) fn brief(&mut self, indent: usize, paragraph: &str, most: usize) {
        let lines = self.first_lines(indent, paragraph, most);
        self.quiet_lines(indent, &lines);
    }

    fn wrapped(&self, indent: usize, paragraph: &str) -> Vec<String> {
        wrap(&clean(paragraph), self.style.width.saturating_sub(indent))
    }

    fn first_lines(&self, indent: usize, paragraph: &str, most: usize) -> Vec<String> {
        let width = self.style.width.saturating_sub(indent);
        cut(self.wrapped(indent, paragraph), most, width)
    }

    fn quiet_lines(&mut self, indent: usize, lines: &[String]) {
        for line in lines {
            let line = self.style.paint(Tone::Quiet, line);
            self.line(&format!("{}{line}", " ".repeat(indent)));
        }
    }

    /// A text to paste: indented, and never wrapped.
    pub(super) fn paste(&mut self, text: &str) {
        for line in text.lines() {
            let line = self.style.paint(Tone::Paste, &clean(line));
            self.line(&format!("  {line}"));
        }
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}

/// The column at which labelled paragraphs begin.
pub(super) const LABEL: usize = 9;

/// The same text with every control and direction character turned into a space.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if is_hazard(c) { ' ' } else { c })
        .collect()
}

/// Whether a character could command a terminal, or hide or reorder what a person reads.
///
/// Source: Unicode Standard Annex 9 (directions) and the general categories Cc, Cf, Zl, Zp;
/// joiners within words are left out of no text that AWS or the agent writes.
pub(super) fn is_hazard(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// Lines of at most `width` characters; a longer word stands alone on its line, unbroken.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let letters = word.chars().count();
        if length > 0 && length + 1 + letters > width {
            lines.push(std::mem::take(&mut line));
            length = 0;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += letters;
    }
    if length > 0 {
        lines.push(line);
    }
    lines
}

/// The first `most` lines of at most `width` characters, with a mark where more are left out.
fn cut(mut lines: Vec<String>, most: usize, width: usize) -> Vec<String> {
    const MARK: &str = " ...";
    if lines.len() <= most {
        return lines;
    }
    lines.truncate(most);
    if let Some(last) = lines.last_mut() {
        while last.chars().count() + MARK.len() > width
            && let Some((kept, _word)) = last.rsplit_once(' ')
        {
            *last = kept.to_owned();
        }
        last.push_str(MARK);
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{clean, cut, wrap};

    #[test]
    fn a_long_text_is_cut_within_the_width_and_says_so() {
        let lines = || wrap("aaaa bb cccc dddd eeee", 7);
        assert_eq!(cut(lines(), 2, 7), ["aaaa bb", "cccc ..."]);
        assert_eq!(cut(lines(), 1, 7), ["aaaa ..."]);
        assert_eq!(cut(lines(), 9, 7), lines());
    }

    #[test]
    fn an_escape_sequence_of_a_server_never_reaches_the_terminal() {
        assert_eq!(clean("a\u{1b}[2Jb\r\nc\u{202e}d"), "a [2Jb  c d");
    }

    #[test]
    fn a_word_that_is_too_long_stands_alone() {
        assert_eq!(wrap("aa bbbbbbbb cc", 5), ["aa", "bbbbbbbb", "cc"]);
    }

    proptest! {
        #[test]
        fn wrapping_loses_no_word_and_keeps_the_width(text in ".{0,200}", width in 1_usize..90) {
            let lines = wrap(&text, width);
            let words: Vec<_> = text.split_whitespace().collect();
            prop_assert_eq!(lines.join(" "), words.join(" "));
            for line in &lines {
                prop_assert!(line.chars().count() <= width || !line.contains(' '));
            }
        }
    }
}
