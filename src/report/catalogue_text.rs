//! The catalogue as text and as JSON: `explain` and `list-checks`.

use serde_json::{Value, json};

use super::page::Page;
use super::style::{Style, Tone};
use super::words;
use crate::catalogue::{CheckId, FindingId, checks, findings};

/// What a finding means, how it is decided, how to mend it, what it does not prove.
#[must_use]
pub fn explain_finding(id: FindingId, style: Style) -> String {
    let row = findings::row(id);
    let mut page = Page::new(style);
    page.entry(0, id.id(), Tone::Label, 0, "");
    page.paragraph(0, row.title);
    page.paragraph(
        0,
        &format!(
            "{}, to be mended by {}",
            upper_first(words::severity(row.severity)),
            words::owner(row.owner)
        ),
    );
    for (heading, text) in [
        ("What it means", row.explain.means),
        ("How it is decided", row.explain.decided),
        ("How to mend it", row.explain.mend),
        ("What it does not prove", row.explain.limits),
        ("Sources", row.explain.sources),
    ] {
        page.heading(heading);
        page.paragraph(2, text);
    }
    page.finish()
}

/// What a check looks at and when it passes.
#[must_use]
pub fn explain_check(id: CheckId, style: Style) -> String {
    let row = checks::row(id);
    let mut page = Page::new(style);
    page.entry(0, id.id(), Tone::Label, 0, "");
    page.paragraph(0, id.title());
    for (heading, text) in [
        ("What is looked at", row.looks_at),
        ("How it is judged", row.judged),
    ] {
        page.heading(heading);
        page.paragraph(2, text);
    }
    if !row.needs.is_empty() {
        page.heading("What comes first");
        let needs: Vec<_> = row.needs.iter().map(|need| need.id()).collect();
        page.paragraph(
            2,
            &format!(
                "Unless these pass, this one is unknown: {}.",
                needs.join(", ")
            ),
        );
    }
    page.finish()
}

/// Every check and every finding, one entry each.
#[must_use]
pub fn list(style: Style) -> String {
    let mut page = Page::new(style);
    page.paragraph(0, "Checks, in the order of the report");
    for id in CheckId::ALL {
        page.entry(2, id.id(), Tone::Label, 0, "");
        page.paragraph(6, id.title());
    }
    page.heading("Findings, the nearest to the host first");
    for id in FindingId::ALL {
        let row = findings::row(id);
        page.entry(2, id.id(), Tone::Label, 0, "");
        page.paragraph(
            6,
            &format!(
                "{} ({}, {})",
                row.title,
                words::severity(row.severity),
                words::owner(row.owner)
            ),
        );
    }
    page.finish()
}

/// Every check and every finding with their texts, for programs.
#[must_use]
pub fn list_json() -> Value {
    let all_checks: Vec<_> = CheckId::ALL
        .into_iter()
        .map(|id| {
            let row = checks::row(id);
            let needs: Vec<_> = row.needs.iter().map(|need| need.id()).collect();
            json!({
                "id": id.id(), "title": id.title(), "needs": needs,
                "looks_at": row.looks_at, "judged": row.judged,
            })
        })
        .collect();
    let all_findings: Vec<_> = FindingId::ALL
        .into_iter()
        .map(|id| {
            let row = findings::row(id);
            json!({
                "id": id.id(), "severity": row.severity, "owner": row.owner, "title": row.title,
                "means": row.explain.means, "decided": row.explain.decided,
                "mend": row.explain.mend, "limits": row.explain.limits,
                "sources": row.explain.sources,
            })
        })
        .collect();
    json!({
        "schema": "ssm-probe/catalogue/1",
        "checks": all_checks,
        "findings": all_findings,
    })
}

/// The id, of a check or finding, that is most like a text; `None` when none is like it.
#[must_use]
pub fn nearest_id(text: &str) -> Option<&'static str> {
    let checks = CheckId::ALL.into_iter().map(CheckId::id);
    let findings = FindingId::ALL.into_iter().map(FindingId::id);
    checks
        .chain(findings)
        .map(|id| (strsim::jaro(id, text), id))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, id)| id)
}

fn upper_first(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
