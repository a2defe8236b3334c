//! What an HTTP answer says: AWS's code and message, or the sign that it was not AWS.
//!
//! Pure. Three protocols, several spellings of each, and proxies that answer in AWS's place.
//! Judging an answer is not done here: `diagnose::reply` does that.
//!
//! Source: AWS JSON 1.1, Query and the message gateway's XML, in the shapes seen in public logs.

use jiff::Timestamp;

use super::xml;
use crate::network::Response;
use crate::observations::{Answer, Outcome};

/// Longest message that is kept, in bytes.
const MESSAGE_LIMIT: usize = 2 * 1024;
/// Longest code, request id or sign that is kept, in bytes.
const WORD_LIMIT: usize = 160;

/// What a body says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The error's code.
    pub(super) code: Option<String>,
    /// The error's message.
    pub(super) message: Option<String>,
    /// The request id, where the body carries it.
    pub(super) request_id: Option<String>,
    /// Whether only AWS writes bodies of this form.
    pub(super) is_aws_form: bool,
    /// Whether it is a page for people.
    pub(super) is_page: bool,
}

/// The answer in a response, or the sign that it is not AWS's.
#[must_use]
pub fn outcome(response: &Response) -> Outcome {
    let said = read(response);
    let request_id = ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"]
        .into_iter()
        .find_map(|name| response.header(name))
        .map(|id| cut(id, WORD_LIMIT));
    let error_type = response.header("x-amzn-errortype").map(bare_code);
    if request_id.is_none() && error_type.is_none() && !said.is_aws_form {
        return Outcome::NotAws {
            status: response.status,
            sign: sign(response, &said),
        };
    }
    let succeeded = (200..300).contains(&response.status);
    let (code, message) = if succeeded {
        (None, None)
    } else {
        (said.code.or(error_type), said.message)
    };
    Outcome::Answered(Answer {
        status: response.status,
        code: code.map(|code| cut(&code, WORD_LIMIT)),
        message: message.map(|message| cut(message.trim(), MESSAGE_LIMIT)),
        request_id: request_id.or(said.request_id),
        date: date(response),
        caller_arn: None,
    })
}

/// The server's clock, from the `Date` header.
#[must_use]
pub fn date(response: &Response) -> Option<Timestamp> {
    jiff::fmt::rfc2822::DateTimeParser::new()
        .parse_timestamp(response.header("date")?)
        .ok()
}

fn read(response: &Response) -> Said {
    let text = response.text();
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.starts_with('{') {
        return read_json(text, response);
    }
    match text.find('<') {
        Some(_) => xml::read(text),
        None => Said {
            message: (!text.is_empty()).then(|| text.to_owned()),
            ..Said::default()
        },
    }
}

fn read_json(text: &str, response: &Response) -> Said {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(text) else {
        return Said::default();
    };
    let place = value.get("Output").unwrap_or(&value);
    let text_of = |name: &str| Some(place.get(name)?.as_str()?.to_owned());
    let code = text_of("__type").map(|code| bare_code(&code));
    let is_amz_json = response
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-amz-json"));
    Said {
        is_aws_form: code.is_some() || is_amz_json,
        code,
        message: ["message", "Message", "errorMessage"]
            .into_iter()
            .find_map(text_of),
        request_id: None,
        is_page: false,
    }
}

/// `com.amazonaws.ssm#Name` and `Name:http://…` both mean `Name`.
fn bare_code(code: &str) -> String {
    let name = code.rsplit('#').next().unwrap_or(code);
    name.split(':').next().unwrap_or(name).trim().to_owned()
}

/// What gives an answer away as someone else's.
fn sign(response: &Response, said: &Said) -> String {
    let what = if said.is_page {
        "an HTML page"
    } else if response.body.is_empty() {
        "an empty answer without a request id"
    } else {
        "an answer in a form that is not AWS's"
    };
    let who = ["server", "via", "proxy-agent", "content-type"]
        .into_iter()
        .find_map(|name| Some(format!(" ({name}: {})", response.header(name)?)))
        .unwrap_or_default();
    cut(&format!("{what}{who}"), WORD_LIMIT)
}

/// At most `limit` bytes of a text, without control characters.
fn cut(text: &str, limit: usize) -> String {
    let mut kept = String::new();
    for letter in text.chars() {
        let letter = if letter.is_control() { ' ' } else { letter };
        if kept.len() + letter.len_utf8() > limit {
            break;
        }
        kept.push(letter);
    }
    kept
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
