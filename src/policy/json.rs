//! JSON text to a value, with the names that an object holds twice.
//!
//! `serde_json` keeps the last of two equal names and says nothing; in a policy that hides a
//! statement's other half.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A parsed text.
#[derive(Debug, PartialEq)]
pub(super) struct Parsed {
    /// What it says; of two equal names, the last.
    pub(super) value: Value,
    /// The names that were written twice.
    pub(super) duplicates: Vec<String>,
}

/// Parses JSON text, plain or URL-encoded; the error says where it stops being JSON.
pub(super) fn parse(text: &str) -> Result<Parsed, String> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let decoded;
    let text = if text.starts_with("%7B") || text.starts_with("%7b") {
        decoded = percent_decode(text);
        &decoded
    } else {
        text
    };
    let duplicates = RefCell::new(Vec::new());
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Seed(&duplicates)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| error.to_string())?;
    Ok(Parsed {
        value,
        duplicates: duplicates.into_inner(),
    })
}

/// Undoes the URL encoding of IAM's API replies. What is no escape stays as it is.
fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let escape = (byte == b'%')
            .then(|| {
                let mut ahead = rest.clone();
                let high = char::from(ahead.next()?).to_digit(16)?;
                let low = char::from(ahead.next()?).to_digit(16)?;
                rest = ahead;
                u8::try_from(high * 16 + low).ok()
            })
            .flatten();
        bytes.push(escape.unwrap_or(byte));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Builds a value and notes duplicates on the way.
#[derive(Clone, Copy)]
struct Seed<'a>(&'a RefCell<Vec<String>>);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(self)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(self)?;
            if object.contains_key(&name) {
                self.0.borrow_mut().push(name.clone());
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_name_written_twice_is_told() {
        let parsed = parse(r#"{"a": 1, "b": {"c": 1, "c": 2}}"#).unwrap();
        assert_eq!(parsed.duplicates, ["c"]);
        assert_eq!(parsed.value, serde_json::json!({"a": 1, "b": {"c": 2}}));
    }

    #[test]
    fn the_url_encoded_form_of_an_api_reply_is_read() {
        let parsed = parse("%7B%22Version%22%3A%222012-10-17%22%7D").unwrap();
        assert_eq!(parsed.value, serde_json::json!({"Version": "2012-10-17"}));
    }

    #[test]
    fn depth_is_bounded_and_trailing_text_is_an_error() {
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse("{} {}").is_err());
    }
}
