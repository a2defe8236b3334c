//! How a remedy is written down: commands with continuations, policies laid out, blanks named.

use serde_json::{Value, json};

use crate::report::model::{Remedy, RemedyKind, RemedyStep};

/// The widest line that a remedy is laid out for.
const WIDTH: usize = 76;

/// Every blank that a person may have to fill in.
const BLANKS: [&str; 26] = [
    "ROLE_NAME",
    "OLD_ROLE_NAME",
    "ACCOUNT_ID",
    "REGION",
    "INSTANCE_ID",
    "PROFILE_NAME",
    "POLICY_NAME",
    "POLICY_ID",
    "KEY_ID",
    "BUCKET_NAME",
    "LOG_GROUP",
    "VPC_ID",
    "SUBNET_ID",
    "SECURITY_GROUP_ID",
    "ENDPOINT_GROUP_ID",
    "ROUTE_TABLE_ID",
    "ENDPOINT_ID",
    "SERVICE_NAME",
    "PROXY_URL",
    "CA_FILE",
    "USER_NAME",
    "CLUSTER",
    "TASK_SERVICE",
    "ACTIVATION_ID",
    "ACTIVATION_CODE",
    "NODE_NAME",
];

pub(super) fn command(summary: impl Into<String>, text: impl Into<String>) -> Remedy {
    remedy(RemedyKind::Command, summary, text)
}

pub(super) fn config(summary: impl Into<String>, text: impl Into<String>) -> Remedy {
    remedy(RemedyKind::Config, summary, text)
}

pub(super) fn console(summary: impl Into<String>, text: impl Into<String>) -> Remedy {
    remedy(RemedyKind::Console, summary, text)
}

pub(super) fn policy(summary: impl Into<String>, document: &Value) -> Remedy {
    remedy(RemedyKind::Policy, summary, layout(document))
}

/// The same remedy, to be done after whichever way was taken.
pub(super) fn afterwards(mut remedy: Remedy) -> Remedy {
    remedy.step = RemedyStep::Afterwards;
    remedy
}

fn remedy(kind: RemedyKind, summary: impl Into<String>, text: impl Into<String>) -> Remedy {
    Remedy {
        summary: summary.into(),
        kind,
        text: text.into(),
        step: RemedyStep::Choice,
    }
}

/// The same remedy, its summary naming the blanks in its text.
pub(super) fn name_blanks(mut remedy: Remedy) -> Remedy {
    let blanks: Vec<_> = BLANKS
        .into_iter()
        .filter(|blank| has_word(&remedy.text, blank))
        .collect();
    if !blanks.is_empty() {
        remedy.summary = format!("{} (fill in {})", remedy.summary, blanks.join(", "));
    }
    remedy
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .any(|one| one == word)
}

/// One call of the AWS command line, filled into lines that a shell takes as one.
pub(super) fn aws(call: &str, options: &[String]) -> String {
    let mut lines = vec![format!("aws {call}")];
    for option in options {
        let first_width = option.lines().next().map_or(0, str::len);
        match lines.last_mut() {
            Some(last) if !last.contains('\n') && last.len() + 1 + first_width <= WIDTH => {
                last.push(' ');
                last.push_str(option);
            }
            _ => lines.push(format!("  {option}")),
        }
    }
    lines.join(" \\\n")
}

/// A JSON value as an argument in single quotes. Checked names and our own texts hold none.
pub(super) fn quoted(value: &Value) -> String {
    format!("'{}'", layout(value).replace('\n', "\n    "))
}

/// Calls that go on only while they succeed.
pub(super) fn in_turn(calls: &[String]) -> String {
    calls.join(" &&\n")
}

/// A policy document.
pub(super) fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

/// A statement that allows actions on a resource.
pub(super) fn allow(actions: &[&str], resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resource})
}

/// A trust policy for one service.
pub(super) fn trust(service: &str) -> Value {
    document(&[
        json!({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}),
    ])
}

/// JSON in few lines: as much on each as fits, brackets hugging their content.
pub(super) fn layout(value: &Value) -> String {
    lay_out(value, 0)
}

fn lay_out(value: &Value, column: usize) -> String {
    let short = one_line(value);
    if column + short.len() <= WIDTH - 3 {
        return short;
    }
    match value {
        Value::Array(items) => {
            let items = items.iter().map(|item| lay_out(item, column + 2));
            let indent = " ".repeat(column + 2);
            format!("[\n{indent}{}]", fill(items, column + 2))
        }
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, field)| {
                format!("{}: {}", Value::from(name.as_str()), lay_out(field, column))
            });
            format!("{{{}}}", fill(fields, column + 1))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => short,
    }
}

/// Items with commas, as many on a line as fit.
fn fill(items: impl Iterator<Item = String>, column: usize) -> String {
    let mut text = String::new();
    let mut at = column;
    for item in items {
        let first = item.lines().next().map_or(0, str::len);
        if !text.is_empty() && at + 2 + first > WIDTH - 3 {
            text.push_str(",\n");
            text.push_str(&" ".repeat(column));
            at = column;
        } else if !text.is_empty() {
            text.push_str(", ");
            at += 2;
        }
        at = if item.contains('\n') {
            item.lines().last().map_or(0, str::len)
        } else {
            at + item.len()
        };
        text.push_str(&item);
    }
    text
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(one_line).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, field)| format!("{}: {}", Value::from(name.as_str()), one_line(field)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::{allow, document, has_word, layout};

    #[test]
    fn a_policy_is_laid_out_in_few_lines_and_reads_back_the_same() {
        let policy = document(&[allow(&super::super::names::CORE, "*")]);
        insta::assert_snapshot!(layout(&policy), @r#"
        {"Version": "2012-10-17", "Statement": [
          {"Effect": "Allow", "Action": [
            "ssm:UpdateInstanceInformation", "ssmmessages:CreateControlChannel",
            "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
            "ssmmessages:OpenDataChannel"], "Resource": "*"}]}
        "#);
        assert_eq!(
            serde_json::from_str::<Value>(&layout(&policy)).unwrap(),
            policy
        );
    }

    #[test]
    fn a_blank_is_a_word_of_its_own() {
        assert!(has_word("--role-name ROLE_NAME \\", "ROLE_NAME"));
        assert!(!has_word("--iam-role OLD_ROLE_NAME", "ROLE_NAME"));
    }

    proptest! {
        #[test]
        fn any_texts_survive_the_layout(names in proptest::collection::vec(".{0,60}", 0..8)) {
            let value = json!({"a": names, "b": {"c": names.len()}});
            prop_assert_eq!(serde_json::from_str::<Value>(&layout(&value)).unwrap(), value);
        }
    }
}
