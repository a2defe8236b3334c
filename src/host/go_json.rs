//! JSON as the agent's decoder (Go's `encoding/json`) takes it.
//!
//! Keys match whatever their case, a key that comes twice counts twice (the last one wins, and
//! objects merge), `null` changes nothing, and 5.0 is not a whole number. Parsing only; no files.
//! Its values may be secret, so it has no `Debug`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// A JSON value that keeps every key in order, also those that come twice.
#[derive(Clone, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Int(i64),
    /// A number that does not fit a Go `int`.
    OtherNumber,
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

/// Parses a whole file. The message names the place and never the content.
pub(super) fn parse(bytes: &[u8]) -> Result<Json, String> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err("begins with a byte order mark, which the agent does not accept".to_owned());
    }
    if bytes.first() == Some(&0) {
        return Err("filled with zero bytes".to_owned());
    }
    // Go replaces what is not UTF-8 inside a text and reads on.
    let text = String::from_utf8_lossy(bytes);
    serde_json::from_str(&text).map_err(|error| format!("not valid JSON: {error}"))
}

impl Json {
    /// The values of every key of this name, whatever its case, without `null`s.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.entries()
            .filter(move |(key, value)| key.eq_ignore_ascii_case(name) && **value != Self::Null)
            .map(|(_, value)| value)
    }

    /// The keys and values of an object; nothing for any other value.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&str, &Self)> {
        let entries = match self {
            Self::Object(entries) => entries.as_slice(),
            Self::Null
            | Self::Bool(_)
            | Self::Int(_)
            | Self::OtherNumber
            | Self::Text(_)
            | Self::List(_) => &[],
        };
        entries.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Refuses what cannot be decoded into an object; `null` can.
    pub(super) fn expect_object(&self) -> Result<(), String> {
        match self {
            Self::Object(_) | Self::Null => Ok(()),
            other => Err(format!("should be an object, is {}", other.kind())),
        }
    }

    /// The text of a key; empty when it is not set.
    pub(super) fn text(&self, name: &str) -> Result<String, String> {
        let mut last = String::new();
        for value in self.all(name) {
            match value {
                Self::Text(text) => last.clone_from(text),
                other => {
                    return Err(format!("`{name}` should be a text, is {}", other.kind()));
                }
            }
        }
        Ok(last)
    }

    /// The whole number of a key, or `default`.
    pub(super) fn int(&self, name: &str, default: i64) -> Result<i64, String> {
        let mut last = default;
        for value in self.all(name) {
            match value {
                Self::Int(number) => last = *number,
                other => {
                    return Err(format!(
                        "`{name}` should be a whole number, is {}",
                        other.kind()
                    ));
                }
            }
        }
        Ok(last)
    }

    /// What kind of value this is, for messages.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Int(_) => "a whole number",
            Self::OtherNumber => "a fraction or a number out of range",
            Self::Text(_) => "a text",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(i64::try_from(value).map_or(Json::OtherNumber, Json::Int))
    }

    fn visit_f64<E>(self, _value: f64) -> Result<Json, E> {
        Ok(Json::OtherNumber)
    }

    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Json::List(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = object.next_entry()? {
            entries.push(entry);
        }
        Ok(Json::Object(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::{Json, parse};

    #[test]
    fn the_last_of_two_keys_wins_whatever_the_case() {
        let json = parse(br#"{"Region": "a", "REGION": "b", "region": null}"#)
            .ok()
            .unwrap();
        assert_eq!(json.text("region"), Ok("b".to_owned()));
    }

    #[test]
    fn what_go_refuses_is_refused_with_its_kind() {
        let json = parse(br#"{"a": 5.0, "b": 9223372036854775808, "c": "x", "d": 1e3}"#)
            .ok()
            .unwrap();
        for name in ["a", "b", "c", "d"] {
            assert!(json.int(name, 0).is_err(), "{name}");
        }
        assert_eq!(json.int("missing", 7), Ok(7));
    }

    #[test]
    fn garbage_is_named_without_being_quoted() {
        for bytes in [
            b"\xEF\xBB\xBF{}".as_slice(),
            b"hunter2",
            b"{\"hunter2\": ",
            b"\0\0\0",
            b"{} hunter2",
            b"",
        ] {
            let why = parse(bytes).err().unwrap();
            assert!(!why.contains("hunter2"), "{why}");
        }
    }

    #[test]
    fn deep_nesting_is_an_error_and_not_a_crash() {
        let deep = "[".repeat(100_000);
        assert!(parse(deep.as_bytes()).is_err());
    }

    #[test]
    fn null_for_the_whole_file_is_an_empty_object() {
        let json = parse(b"null").ok().unwrap();
        assert!(json == Json::Null && json.expect_object().is_ok());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _answer = parse(&bytes).is_ok();
        }
    }
}
