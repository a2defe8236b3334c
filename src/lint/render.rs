//! The forms of a lint: for a person, for programs, and `JUnit` XML for pipelines.

use serde_json::{Value, json};

use super::{Ruling, Rulings};
use crate::report::model::Severity;
use crate::report::{Style, clean, lint_page, xml};

/// The form of the JSON that this version writes.
const SCHEMA: &str = "ssm-probe/lint/1";

/// For a person: what is wrong first, each with what to do.
#[must_use]
pub fn wide(rulings: &Rulings, root: &str, style: Style) -> String {
    lint_page(rulings, root, style)
}

/// For programs.
#[must_use]
pub fn json(rulings: &Rulings, root: &str) -> Value {
    let rules: Vec<Value> = rulings
        .iter()
        .map(|(rule, ruling)| {
            let (status, spots, why) = match ruling {
                Ruling::Clean => ("pass", Vec::new(), None),
                Ruling::Unknown(why) => ("unknown", Vec::new(), Some(why.clone())),
                Ruling::Found(spots) => (status(rule.severity), spots.clone(), None),
            };
            json!({
                "id": rule.id, "status": status, "severity": rule.severity, "title": rule.title,
                "found": spots, "unknown": why, "why": rule.why, "remedy": rule.remedy,
            })
        })
        .collect();
    json!({
        "schema": SCHEMA,
        "tool": {"name": "ssm-probe", "version": env!("CARGO_PKG_VERSION")},
        "root": root,
        "rules": rules,
    })
}

fn status(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "fail",
        Severity::Warning | Severity::Note => "warn",
    }
}

/// For pipelines: one test case for each rule. A warning fails only where it counts.
#[must_use]
pub fn junit(rulings: &Rulings, root: &str, fail_on: Severity) -> String {
    let fails = |severity: Severity| severity <= fail_on;
    let count = |wanted: &dyn Fn(&(&super::rules::Rule, Ruling)) -> bool| {
        rulings.iter().filter(|one| wanted(one)).count()
    };
    let failures =
        count(&|(rule, ruling)| matches!(ruling, Ruling::Found(_)) && fails(rule.severity));
    let skipped = count(&|(_, ruling)| matches!(ruling, Ruling::Unknown(_)));
    let total = rulings.len();
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    text.extend([format!(
        "<testsuites name=\"ssm-probe lint\" tests=\"{total}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">\n\
         <testsuite name=\"{}\" tests=\"{total}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">\n",
        xml(root)
    )]);
    for (rule, ruling) in rulings {
        text.extend([format!(
            "<testcase classname=\"ssm-probe.lint\" name=\"{}\">",
            xml(&format!("{}: {}", rule.id, rule.title))
        )]);
        match ruling {
            Ruling::Clean => {}
            Ruling::Unknown(why) => text.extend([format!("<skipped message=\"{}\"/>", xml(why))]),
            Ruling::Found(spots) => {
                let places: Vec<_> = spots
                    .iter()
                    .map(|spot| clean(&format!("{}: {}", spot.path, spot.detail)))
                    .collect();
                let body = format!(
                    "{}\n{}\nRemedy: {}",
                    places.join("\n"),
                    rule.why,
                    rule.remedy
                );
                if fails(rule.severity) {
                    let first = places.first().map_or("", String::as_str);
                    text.extend([format!(
                        "<failure type=\"{}\" message=\"{}\">{}</failure>",
                        rule.id,
                        xml(first),
                        xml(&body)
                    )]);
                } else {
                    text.extend([format!("<system-out>Warning: {}</system-out>", xml(&body))]);
                }
            }
        }
        text.push_str("</testcase>\n");
    }
    text.push_str("</testsuite>\n</testsuites>\n");
    text
}
