//! The active path in one line, for scripts.

use super::model::{PathState, Report};
use super::page::clean;
use super::words;

/// `PATH active: REASON`, or `none OUTCOME: HEADLINE` when no path is active.
#[must_use]
pub fn path_line(report: &Report) -> String {
    let active = report
        .paths
        .iter()
        .find(|path| path.state == PathState::Active);
    let line = active.map_or_else(
        || {
            let outcome = words::outcome_id(report.verdict.outcome);
            format!("none {outcome}: {}", report.verdict.headline)
        },
        |path| format!("{} active: {}", path.path.id(), path.reason),
    );
    format!("{}\n", clean(&line))
}
