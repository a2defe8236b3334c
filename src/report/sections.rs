//! The sections of the full report below its first screen.

use std::collections::BTreeSet;

use super::model::{
    CapabilityState, CheckReport, CheckStatus, Decision, EvidenceKind, Finding, Need, PathReport,
    PathState, Permission, RemedyStep, Report, Severity,
};
use super::page::Page;
use super::style::Tone;
use super::wide::fix_texts;
use super::words;

pub(super) fn paths(page: &mut Page, report: &Report) {
    page.heading("Paths");
    for path in &report.paths {
        let (word, tone) = words::state(path.state);
        page.entry(
            2,
            word,
            tone,
            9,
            &format!("{}: {}", path.path.id(), path.reason),
        );
        if let Some(line) = principal(path) {
            page.quiet(11, &line);
        }
    }
}

pub(super) fn principal(path: &PathReport) -> Option<String> {
    let arn = path.principal.as_ref().map(|one| format!("as {}", one.arn));
    let credentials = path.credentials.as_ref().map(|one| {
        let end = one
            .expires_at
            .map_or_else(String::new, |at| format!(", ending {at:.0}"));
        format!("credentials from {}{end}", words::source(one.source))
    });
    let parts: Vec<_> = [arn, credentials].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// Permissions of the active path; where none is active, of every path that was asked about.
pub(super) fn permissions(page: &mut Page, report: &Report) {
    let is_active = |path: &&PathReport| path.state == PathState::Active;
    let any_active = report.paths.iter().any(|path| is_active(&path));
    let shown = report
        .paths
        .iter()
        .filter(|path| !path.permissions.is_empty() && (is_active(path) || !any_active));
    for path in shown {
        page.heading(&format!("Permissions on {}", path.path.id()));
        let (told, untold): (Vec<_>, Vec<_>) = path
            .permissions
            .iter()
            .partition(|one| is_worth_a_line(one));
        for permission in told {
            one_permission(page, report, permission);
        }
        let lists = [
            (Decision::Allowed, "optional, by simulation"),
            (Decision::Unknown, "optional, and not asked"),
        ];
        for (decision, about) in lists {
            let names: Vec<&str> = untold
                .iter()
                .filter(|one| one.decision == decision)
                .map(|one| one.action.as_str())
                .collect();
            if !names.is_empty() {
                let (word, _) = words::decision(decision);
                page.entry(
                    2,
                    word,
                    Tone::Quiet,
                    9,
                    &format!("{about}: {}", names.join(", ")),
                );
            }
        }
    }
}

/// What sessions need, what is denied, and what a live answer tells.
fn is_worth_a_line(permission: &Permission) -> bool {
    match permission.decision {
        _ if permission.need != Need::Optional => true,
        Decision::Denied => true,
        Decision::Allowed => permission.evidence != EvidenceKind::Simulation,
        Decision::Unknown => permission.observed_at.is_some(),
    }
}

fn one_permission(page: &mut Page, report: &Report, permission: &Permission) {
    let (word, tone) = words::decision(permission.decision);
    let mut about = format!(
        "{}, {}, {}",
        permission.action,
        words::need(permission.need),
        words::evidence(permission.evidence)
    );
    if permission.observed_at.is_some() {
        let age = words::age(permission.observed_at, report.started_at);
        about = format!("{about} ({age})");
    }
    if let Some(layer) = permission.layer {
        about = format!("{about}, {}", words::layer(layer));
    }
    page.entry(2, word, tone, 9, &about);
    if !permission.detail.is_empty() && permission.detail != word {
        page.quiet(11, &permission.detail);
    }
}

pub(super) fn capabilities(page: &mut Page, report: &Report) {
    if report.capabilities.is_empty() {
        return;
    }
    page.heading("Capabilities of the active path");
    for (state, word, tone) in [
        (CapabilityState::Available, "available", Tone::Good),
        (CapabilityState::Blocked, "blocked", Tone::Bad),
        (CapabilityState::Unknown, "unknown", Tone::Doubt),
    ] {
        // Those that lack the same actions, or nothing, share a line.
        let mut lines: Vec<(&[String], Vec<&str>)> = Vec::new();
        for one in report.capabilities.iter().filter(|one| one.state == state) {
            match lines
                .iter_mut()
                .find(|(missing, _)| *missing == one.missing)
            {
                Some((_, ids)) => ids.push(&one.id),
                None => lines.push((&one.missing, vec![&one.id])),
            }
        }
        for (missing, ids) in lines {
            let denied = if missing.is_empty() {
                String::new()
            } else {
                format!("; denied: {}", missing.join(", "))
            };
            page.entry(2, word, tone, 11, &format!("{}{denied}", ids.join(", ")));
        }
    }
}

/// Checks that did not pass, and how many there are of each kind.
pub(super) fn checks(page: &mut Page, report: &Report) {
    let kinds = [
        CheckStatus::Pass,
        CheckStatus::Warn,
        CheckStatus::Fail,
        CheckStatus::Unknown,
        CheckStatus::Skip,
    ];
    let counts: Vec<_> = kinds
        .into_iter()
        .map(|kind| {
            let count = report
                .checks
                .iter()
                .filter(|one| one.status == kind)
                .count();
            format!("{count} {}", words::status(kind).0)
        })
        .collect();
    page.heading(&format!("Checks: {}", counts.join(", ")));
    for check in report
        .checks
        .iter()
        .filter(|one| one.status != CheckStatus::Pass)
    {
        let (word, tone) = words::status(check.status);
        page.brief_entry(
            2,
            word,
            tone,
            9,
            &format!("{}: {}", check.id, check.summary),
            2,
        );
    }
}

pub(super) fn findings(page: &mut Page, report: &Report) {
    if report.findings.is_empty() {
        return;
    }
    page.heading("Findings");
    let leading = super::wide::leading(report);
    let mut pasted: BTreeSet<&str> = leading.into_iter().flat_map(fix_texts).collect();
    for (place, finding) in report.findings.iter().enumerate() {
        if place > 0 {
            page.blank();
        }
        let is_leading = leading.is_some_and(|one| one.id == finding.id);
        one_finding(page, finding, is_leading);
        if finding.ignored.is_none() && finding.severity != Severity::Note {
            remedies(page, finding, is_leading, &mut pasted);
        }
    }
}

fn one_finding(page: &mut Page, finding: &Finding, is_leading: bool) {
    let (word, tone) = words::weight(finding);
    page.entry(
        2,
        word,
        tone,
        9,
        &format!("{}: {}", finding.id, finding.title),
    );
    if let Some(reason) = &finding.ignored {
        let severity = words::severity(finding.severity);
        page.paragraph(11, &format!("Set aside ({severity}): {reason}"));
    }
    if !is_leading {
        page.paragraph(11, &finding.detail);
    }
    page.quiet(
        11,
        &format!(
            "Owner: {}. More: {}",
            words::owner(finding.owner),
            finding.more
        ),
    );
}

/// The ways that the first screen does not show; a text that is on the page already is only named.
fn remedies<'a>(
    page: &mut Page,
    finding: &'a Finding,
    is_leading: bool,
    pasted: &mut BTreeSet<&'a str>,
) {
    let shown = usize::from(is_leading);
    for remedy in finding
        .remedies
        .iter()
        .skip(shown)
        .filter(|one| one.step == RemedyStep::Choice || !is_leading)
    {
        if pasted.insert(&remedy.text) {
            page.paragraph(11, &remedy.summary);
            page.paste(&remedy.text);
        } else {
            page.paragraph(11, &format!("{}: as above", remedy.summary));
        }
    }
}

/// The evidence of checks that did not pass, and of those that findings rest on.
pub(super) fn evidence(page: &mut Page, report: &Report) {
    let is_named = |check: &CheckReport| {
        check.status != CheckStatus::Pass
            || report
                .findings
                .iter()
                .any(|finding| finding.checks.contains(&check.id))
    };
    let shown: Vec<_> = report
        .checks
        .iter()
        .filter(|check| is_named(check) && !check.evidence.is_empty())
        .collect();
    if shown.is_empty() {
        return;
    }
    page.heading("Evidence");
    for check in shown {
        page.paragraph(2, &check.id);
        for one in &check.evidence {
            let age = words::age(one.observed_at, report.started_at);
            page.entry(
                4,
                "-",
                Tone::Quiet,
                2,
                &format!("{}: {} ({age})", one.source, one.value),
            );
        }
    }
}

/// The first observation that a finding rests on, in one line.
pub(super) fn main_evidence(report: &Report, finding: &Finding) -> Option<String> {
    let failed = |check: &&CheckReport| {
        finding.checks.contains(&check.id) && check.status != CheckStatus::Pass
    };
    let one = report
        .checks
        .iter()
        .filter(failed)
        .find_map(|check| check.evidence.first())?;
    let age = words::age(one.observed_at, report.started_at);
    Some(format!("Evidence: {}: {} ({age})", one.source, one.value))
}
