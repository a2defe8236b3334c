//! What a policy grants beyond what was chosen.

use serde::Serialize;
use serde_json::Value;

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

/// A grant beyond what was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excess {
    /// `grant-superfluous` (not needed at all) or `grant-wider` (needed, and not so wide).
    pub id: &'static str,
    /// Where: `Statement[2].Action`.
    pub at: String,
    /// The actions as the policy lists them; empty for `NotAction`.
    pub actions: Vec<String>,
    /// What is wrong with it, in a few words that follow the actions.
    pub text: String,
}

/// Grants of identity policies that no chosen capability needs, or needs not so wide.
#[must_use]
pub fn superfluous(policy: &Value, needed: &[Needed]) -> Vec<Excess> {
    let mut found = Vec::new();
    for (statement, number) in statements(policy).iter().zip(1..) {
        if statement.get("Effect").and_then(Value::as_str) != Some("Allow") {
            continue;
        }
        let mut add = |id, element: &str, actions: &[&str], text: String| {
            found.push(Excess {
                id,
                at: format!("Statement[{number}].{element}"),
                actions: actions.iter().map(|&name| name.to_owned()).collect(),
                text,
            });
        };
        if statement.get("NotAction").is_some() {
            let text = "grants everything but what it lists, of every service".to_owned();
            add("grant-wider", "NotAction", &[], text);
        }
        let mut unneeded = Vec::new();
        let on_everything = texts(statement.get("Resource"))
            .iter()
            .any(|resource| !resource.is_empty() && resource.chars().all(|c| c == '*'));
        for name in texts(statement.get("Action")) {
            let uses: Vec<&Needed> = needed
                .iter()
                .filter(|one| covers(name, &one.action))
                .collect();
            if uses.is_empty() {
                unneeded.push(name);
            } else if name.contains(['*', '?']) {
                let text = "takes in more actions than are needed".to_owned();
                add("grant-wider", "Action", &[name], text);
            }
            if on_everything && let Some(grants) = narrower(&uses) {
                let text = format!("on `*` is wider than needed: {grants} is enough");
                add("grant-wider", "Resource", &[name], text);
            }
        }
        if !unneeded.is_empty() {
            let text = "not needed".to_owned();
            add("grant-superfluous", "Action", &unneeded, text);
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
