//! The report in a handful of lines: verdict, cause, fix.

use super::model::Report;
use super::page::Page;
use super::style::{Style, Tone};
use super::wide::{fix, label, leading, verdict};

/// Verdict, cause and fix only.
#[must_use]
pub fn short(report: &Report, style: Style) -> String {
    let mut page = Page::new(style);
    verdict(&mut page, report);
    if let Some(finding) = leading(report) {
        let (word, tone) = label(report, finding);
        page.labelled(word, tone, &format!("{}: {}", finding.id, finding.detail));
        if let Some(reason) = &finding.ignored {
            page.labelled("", Tone::Quiet, &format!("Ignored in this run: {reason}"));
        }
        fix(&mut page, finding, "see `-o wide`");
    }
    page.finish()
}
