//! The XML answers: Query services, and the message gateway with its text before the XML.
//!
//! Pure; reads by local names and stops quietly where the text is broken or cut.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, Event};

use super::body::Said;

/// Most events that are looked at; a body is at most 64 KiB anyway.
const EVENT_LIMIT: usize = 20_000;

/// Reads the XML in a text, beginning at its first `<`.
pub(super) fn read(text: &str) -> Said {
    let Some((_, rest)) = text.split_once('<') else {
        return Said::default();
    };
    let mut reader = Reader::from_str(text.get(text.len() - rest.len() - 1..).unwrap_or(text));
    reader.config_mut().check_end_names = false;
    let mut document = Document::default();
    for _ in 0..EVENT_LIMIT {
        match reader.read_event() {
            Ok(Event::Start(element)) => document.enter(element.local_name().as_ref()),
            Ok(Event::Empty(element)) => {
                document.enter(element.local_name().as_ref());
                document.inside = None;
            }
            Ok(Event::End(_)) => document.inside = None,
            Ok(Event::Text(text)) => document.add(&text),
            Ok(Event::CData(text)) => document.add(&text),
            Ok(Event::GeneralRef(entity)) => document.add(&resolve(&entity)),
            Ok(Event::DocType(kind)) => {
                document.is_page |= kind.to_ascii_lowercase().trim().starts_with("html");
            }
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
            Ok(Event::Eof) | Err(_) => break,
        }
    }
    document.said()
}

#[derive(Debug, Default)]
struct Document {
    root: Option<String>,
    inside: Option<Field>,
    code: String,
    message: String,
    request_id: String,
    has_token: bool,
    is_page: bool,
}

#[derive(Debug, Clone, Copy)]
enum Field {
    Code,
    Message,
    RequestId,
}

impl Document {
    fn enter(&mut self, name: &str) {
        self.inside = match name {
            "Code" => Some(Field::Code),
            "Message" | "message" | "ClientErrorMessage" => Some(Field::Message),
            "RequestId" | "RequestID" => Some(Field::RequestId),
            _ => None,
        };
        self.has_token |= name == "TokenValue";
        if self.root.is_none() {
            self.is_page |= name.eq_ignore_ascii_case("html");
            self.root = Some(name.to_owned());
        }
    }

    fn add(&mut self, text: &str) {
        match self.inside {
            Some(Field::Code) => self.code.push_str(text),
            Some(Field::Message) => self.message.push_str(text),
            Some(Field::RequestId) => self.request_id.push_str(text),
            None => {}
        }
    }

    fn said(self) -> Said {
        let Some(root) = self.root.filter(|_| !self.is_page) else {
            return Said {
                is_page: self.is_page,
                ..Said::default()
            };
        };
        let is_error = ["Exception", "Request", "Error", "Failure"]
            .into_iter()
            .any(|end| root.ends_with(end));
        let is_answer = self.has_token
            || ["Response", "Output", "Result"]
                .into_iter()
                .any(|end| root.ends_with(end));
        let wraps_code = matches!(root.as_str(), "ErrorResponse" | "Error" | "Response");
        let code = if wraps_code {
            full(&self.code)
        } else {
            (is_error || !self.message.is_empty()).then_some(root)
        };
        Said {
            is_aws_form: is_error || is_answer,
            code,
            message: full(&self.message),
            request_id: full(&self.request_id),
            is_page: false,
        }
    }
}

fn full(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The text of `&lt;` or `&#60;`; an entity of another kind stands for nothing.
fn resolve(entity: &BytesRef<'_>) -> String {
    if let Ok(Some(letter)) = entity.resolve_char_ref() {
        return letter.to_string();
    }
    resolve_predefined_entity(entity)
        .unwrap_or_default()
        .to_owned()
}
