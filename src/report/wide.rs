//! The full report as text: verdict, cause and fix first, then what they rest on.
//!
//! The first screen has to be enough for someone on a serial console at night.

use super::model::{Finding, Remedy, RemedyStep, Report, Severity, VerdictOutcome};
use super::page::{LABEL, Page};
use super::style::{Style, Tone};
use super::words;
use super::{account, permissions, sections};

/// The full report.
#[must_use]
pub fn wide(report: &Report, style: Style) -> String {
    let mut page = Page::new(style);
    verdict(&mut page, report);
    if let Some(finding) = leading(report) {
        cause(&mut page, report, finding);
        fix(&mut page, finding, "see below");
    }
    page.blank();
    sections::summary(&mut page, report);
    sections::paths(&mut page, report);
    permissions::permissions(&mut page, report);
    permissions::capabilities(&mut page, report);
    super::endpoints::endpoints(&mut page, report);
    account::section(&mut page, report);
    sections::checks(&mut page, report);
    sections::findings(&mut page, report);
    sections::evidence(&mut page, report);
    page.finish()
}

pub(super) fn verdict(page: &mut Page, report: &Report) {
    let (word, tone) = words::outcome(report.verdict.outcome);
    page.labelled(word, tone, &report.verdict.headline);
}

/// The finding to act on first: the cause; without one, the first warning that has a remedy.
pub(super) fn leading(report: &Report) -> Option<&Finding> {
    let cause = report.verdict.cause.as_deref();
    let by_id = report
        .findings
        .iter()
        .find(|one| Some(one.id.as_str()) == cause);
    by_id.or_else(|| {
        let lead = |one: &&Finding| {
            one.severity == Severity::Warning && one.ignored.is_none() && !one.remedies.is_empty()
        };
        report.findings.iter().find(lead)
    })
}

/// What to call the leading finding: only an error is a cause.
pub(super) fn label(report: &Report, finding: &Finding) -> (&'static str, Tone) {
    match (finding.severity, report.verdict.outcome) {
        (Severity::Error, _) => ("Cause", Tone::Label),
        (_, VerdictOutcome::Usable) => ("Warning", Tone::Doubt),
        _ => ("First", Tone::Doubt),
    }
}

fn cause(page: &mut Page, report: &Report, finding: &Finding) {
    let (word, tone) = label(report, finding);
    page.labelled(
        word,
        tone,
        &format!(
            "{}, to be mended by {}",
            finding.id,
            words::owner(finding.owner)
        ),
    );
    page.paragraph(LABEL, &finding.detail);
    if let Some(reason) = &finding.ignored {
        page.paragraph(LABEL, &format!("Ignored in this run: {reason}"));
    }
    if let Some(line) = sections::main_evidence(report, finding) {
        page.brief(LABEL, &line, 5);
    }
}

/// The first way, and what follows it; `elsewhere` is where the other ways stand.
pub(super) fn fix(page: &mut Page, finding: &Finding, elsewhere: &str) {
    let Some(first) = finding.remedies.first() else {
        return;
    };
    page.labelled("Fix", Tone::Label, &first.summary);
    page.paste(&first.text);
    for next in afterwards(finding) {
        page.labelled("", Tone::Label, &next.summary);
        page.paste(&next.text);
    }
    let others = choices(finding).count().saturating_sub(1);
    if others > 0 {
        let ways = if others == 1 { "way" } else { "ways" };
        page.quiet(
            LABEL,
            &format!("{others} other {ways}: {elsewhere}, or `{}`", finding.more),
        );
    }
}

fn choices(finding: &Finding) -> impl Iterator<Item = &Remedy> {
    finding
        .remedies
        .iter()
        .filter(|one| one.step == RemedyStep::Choice)
}

/// What [`fix`] has put on the page to paste.
pub(super) fn fix_texts(finding: &Finding) -> impl Iterator<Item = &str> {
    let first = finding.remedies.first().into_iter();
    first
        .chain(afterwards(finding))
        .map(|one| one.text.as_str())
}

/// What is to be done after any way, unless it is itself the first.
fn afterwards(finding: &Finding) -> impl Iterator<Item = &Remedy> {
    finding
        .remedies
        .iter()
        .skip(1)
        .filter(|one| one.step == RemedyStep::Afterwards)
}
