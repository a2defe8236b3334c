//! What a policy grants beyond what was chosen.

use serde_json::Value;

use super::document::{Problem, Severity};
use super::lint::{statements, texts};
use super::pattern::{Reading, Template, matches_ignoring_case};

/// An action that something chosen needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needed {
    /// `service:Operation`.
    pub action: String,
    /// What to grant it on; `*` or nothing = nothing narrower is known.
    pub grants: Vec<String>,
}

/// Grants of identity policies that no chosen capability needs, or needs not so wide.
#[must_use]
pub fn superfluous(policy: &Value, needed: &[Needed]) -> Vec<Problem> {
    let mut found = Vec::new();
    for (statement, number) in statements(policy).iter().zip(1..) {
        if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
            continue;
        }
        let mut add = |id, element: &str, text: String| {
            found.push(Problem {
                id,
                severity: Severity::Warning,
                at: format!("Statement[{number}].{element}"),
                text,
            });
        };
        if statement.get("NotAction").is_some() {
            let text = "grants everything but what it lists, of every service".to_owned();
            add("grant-wider", "NotAction", text);
        }
        let on_everything = texts(statement.get("Resource"))
            .iter()
            .any(|resource| !resource.is_empty() && resource.chars().all(|c| c == '*'));
        for name in texts(statement.get("Action")) {
            let uses: Vec<&Needed> = needed
                .iter()
                .filter(|one| covers(name, &one.action))
                .collect();
            if uses.is_empty() {
                let text = format!("`{name}` is not needed");
                add("grant-superfluous", "Action", text);
            } else if name.contains(['*', '?']) {
                let text = format!("`{name}` takes in more actions than are needed");
                add("grant-wider", "Action", text);
            }
            if on_everything && let Some(grants) = narrower(&uses) {
                let text = format!("`{name}` on `*` is wider than needed: {grants} is enough");
                add("grant-wider", "Resource", text);
            }
        }
    }
    found
}

/// What is enough in place of `*`, if every use has something narrower.
fn narrower(uses: &[&Needed]) -> Option<String> {
    let is_narrow = |one: &&Needed| {
        let open = |grant: &String| grant == "*" || grant.contains('{');
        !one.grants.is_empty() && !one.grants.iter().any(open)
    };
    if uses.is_empty() || !uses.iter().all(is_narrow) {
        return None;
    }
    let mut grants: Vec<String> = uses
        .iter()
        .flat_map(|one| &one.grants)
        .map(|grant| format!("`{grant}`"))
        .collect();
    grants.sort();
    grants.dedup();
    Some(grants.join(", "))
}

/// Whether an action pattern takes in an action.
fn covers(pattern: &str, action: &str) -> bool {
    let reading = Reading {
        wildcards: true,
        variables: false,
    };
    Template::parse(pattern, reading)
        .is_ok_and(|template| matches_ignoring_case(template.tokens(), action))
}
