//! The permissions and capabilities of the full report.

use super::model::{
    CapabilityState, Decision, EvidenceKind, Need, PathReport, PathState, Permission, Report,
};
use super::page::Page;
use super::style::Tone;
use super::words;

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
