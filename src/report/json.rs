//! The report as JSON, for programs.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

use super::model::Report;
use super::page::is_hazard;

/// A report, or observations, as JSON over several lines with a final line break.
///
/// People look at it on a terminal, too: what could command one is written as `\u` and four
/// digits, which is the same value to a program.
#[must_use]
pub fn json<T: Serialize>(value: &T) -> String {
    let mut bytes = Vec::new();
    let mut serializer = Serializer::with_formatter(&mut bytes, Harmless::default());
    // Texts for keys and finite numbers only: these types cannot fail to be written.
    let written = value.serialize(&mut serializer);
    let mut text = written
        .ok()
        .and_then(|()| String::from_utf8(bytes).ok())
        .unwrap_or_default();
    text.push('\n');
    text
}

/// The JSON Schema of the report, generated from its types.
#[must_use]
pub fn schema() -> String {
    json(&schemars::schema_for!(Report))
}

/// The usual layout, with hazardous characters escaped.
#[derive(Default)]
struct Harmless(PrettyFormatter<'static>);

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((before, after)) = rest.split_once(is_hazard) {
            writer.write_all(before.as_bytes())?;
            let hazard = rest
                .get(before.len()..)
                .and_then(|text| text.chars().next());
            for unit in hazard.unwrap_or_default().encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = after;
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::json;

    #[test]
    fn what_commands_a_terminal_is_escaped() {
        let text = "a\u{1b}[2J\u{9b}31m\u{7f}\u{202e}\u{e0041}ä\"\\";
        assert_eq!(
            json(&text),
            "\"a\\u001b[2J\\u009b31m\\u007f\\u202e\\udb40\\udc41ä\\\"\\\\\"\n"
        );
    }

    #[test]
    fn the_layout_is_the_usual_one() {
        let value = serde_json::json!({"a": [1, {"b": []}, {}], "c": null});
        assert_eq!(json(&value), format!("{value:#}\n"));
    }

    proptest! {
        #[test]
        fn a_program_reads_the_same_value(text in "\\PC{0,40}[\u{0}-\u{ff}]{0,20}[\u{2000}-\u{2070}]{0,9}") {
            let written = json(&[&text]);
            let read: Vec<String> = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(read, vec![text]);
        }
    }
}
