//! The texts inside a statement: actions, resources, condition values.
//!
//! Source: "IAM JSON policy elements reference", one page per element.

use serde_json::Value;

use super::condition::{Condition, Operand};
use super::document::{ActionPattern, ResourcePattern};
use super::operator::{Comparison, Operator};
use super::parse::Reader;
use super::pattern::{Reading, Template, Token, arn_parts};
use super::value::{Network, parse_instant, parse_number};

const WILDCARDS_ONLY: Reading = Reading {
    wildcards: true,
    variables: false,
};

/// Reads a pattern for actions: `*` or `service:Operation` with wildcards after the colon.
pub(super) fn action(reader: &mut Reader, text: &str, at: &str) -> Option<ActionPattern> {
    if matches!(text, "*" | "*:*") {
        return Some(ActionPattern::Everything);
    }
    let lower = text.to_ascii_lowercase();
    let valid = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let service = lower.split_once(':');
    if service.is_none_or(|(service, operation)| {
        service.is_empty() || operation.is_empty() || !service.chars().all(valid)
    }) {
        reader.error(
            "action-form",
            at,
            format!("`{text}` is not `service:Operation`; the service takes no wildcard"),
        );
        return None;
    }
    let wild = |c: char| matches!(c, '*' | '?');
    if !lower.contains(wild) {
        return Some(ActionPattern::Exact(lower));
    }
    if let Some(prefix) = lower
        .strip_suffix('*')
        .filter(|prefix| !prefix.contains(wild))
    {
        return Some(ActionPattern::Prefix(prefix.to_owned()));
    }
    // Without variables a text can always be read.
    let template = Template::parse(&lower, WILDCARDS_ONLY).ok()?;
    Some(ActionPattern::Pattern(template.tokens().to_vec()))
}

/// Reads a pattern for resources: `*` or an ARN.
pub(super) fn resource(reader: &mut Reader, text: &str, at: &str) -> Option<ResourcePattern> {
    let reading = Reading {
        wildcards: true,
        variables: reader.variables,
    };
    let Ok(template) = Template::parse(text, reading) else {
        reader.error(
            "variable-form",
            at,
            format!("`{text}` has a policy variable that cannot be read"),
        );
        return None;
    };
    if template.is_everything() {
        return Some(ResourcePattern::Everything);
    }
    if !text.starts_with("arn:") {
        reader.error(
            "resource-form",
            at,
            format!("`{text}` is neither `*` nor an ARN"),
        );
        return None;
    }
    let mut parts = template
        .tokens()
        .splitn(6, |token| *token == Token::Char(':'));
    let variable_too_early = parts
        .by_ref()
        .take(5)
        .any(|part| part.iter().any(|token| matches!(token, Token::Variable(_))));
    if variable_too_early {
        reader.error(
            "variable-place",
            at,
            format!("`{text}` has a policy variable before the fifth colon, where none is read"),
        );
        return None;
    }
    if arn_parts(template.tokens()) < 6 {
        reader.warn(
            "resource-short",
            at,
            format!("`{text}` has fewer than six parts; it is taken as if completed with `*`"),
        );
    }
    let all_wild = template
        .tokens()
        .splitn(6, |token| *token == Token::Char(':'))
        .skip(1)
        .all(|part| !part.is_empty() && part.iter().all(|token| *token == Token::Any));
    Some(if all_wild {
        ResourcePattern::Everything
    } else {
        ResourcePattern::Arn(template)
    })
}

/// Reads one key under one operator.
pub(super) fn condition(
    reader: &mut Reader,
    operator_name: &str,
    key: &str,
    values: &Value,
    at: &str,
) -> Condition {
    let operator = Operator::parse(operator_name);
    if operator.is_none() {
        reader.error(
            "operator-unknown",
            at,
            format!("`{operator_name}` is no condition operator"),
        );
    } else if !Operator::is_documented_spelling(operator_name) {
        reader.warn(
            "operator-spelling",
            at,
            format!("`{operator_name}` is not spelt as AWS's documents do; whether IAM takes it is not documented"),
        );
    }
    if key.is_empty() || !key.contains(':') {
        reader.error(
            "key-form",
            at,
            format!("`{key}` is not a condition key such as `aws:SourceVpc`"),
        );
    }
    let values = match values {
        Value::Array(values) => values.as_slice(),
        one => std::slice::from_ref(one),
    };
    if values.is_empty() {
        reader.error("empty-list", at, "the list of values is empty");
    }
    let operands = values
        .iter()
        .map(|value| operand(reader, operator, value, at))
        .collect();
    Condition {
        operator,
        operator_name: operator_name.to_owned(),
        key: key.to_ascii_lowercase(),
        operands,
    }
}

fn operand(reader: &mut Reader, operator: Option<Operator>, value: &Value, at: &str) -> Operand {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            reader.error(
                "wrong-type",
                at,
                "a value is a string, a number or a boolean",
            );
            return Operand::Unreadable;
        }
    };
    let Some(operator) = operator else {
        return Operand::Unreadable;
    };
    let read = match operator.comparison {
        Comparison::Number(_) => parse_number(&text).map(Operand::Number),
        Comparison::Instant(_) => parse_instant(&text).map(Operand::Instant),
        Comparison::Address => Network::parse(&text).map(Operand::Network),
        Comparison::Text
        | Comparison::TextIgnoringCase
        | Comparison::TextPattern
        | Comparison::Flag
        | Comparison::Binary
        | Comparison::Arn
        | Comparison::Null => {
            Template::parse(&text, reading_of(operator.comparison, reader.variables))
                .ok()
                .map(Operand::Text)
        }
    };
    read.unwrap_or_else(|| {
        reader.error(
            "value-form",
            at,
            format!("`{text}` cannot be read as what the operator compares"),
        );
        Operand::Unreadable
    })
}

/// Wildcards and variables have a meaning with some operators only.
fn reading_of(comparison: Comparison, variables: bool) -> Reading {
    let (wildcards, takes_variables) = match comparison {
        Comparison::TextPattern | Comparison::Arn => (true, true),
        Comparison::Text | Comparison::TextIgnoringCase | Comparison::Flag => (false, true),
        Comparison::Binary
        | Comparison::Null
        | Comparison::Number(_)
        | Comparison::Instant(_)
        | Comparison::Address => (false, false),
    };
    Reading {
        wildcards,
        variables: variables && takes_variables,
    }
}
