//! Findings that the person who runs this has set aside, each with a reason.

use super::model::Report;
use crate::catalogue::FindingId;

/// One finding to set aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// Which.
    pub id: FindingId,
    /// Why, in the person's words.
    pub reason: String,
}

/// Marks the findings to set aside. The verdict stays what it is; only the exit status changes.
pub fn apply(report: &mut Report, ignores: &[Ignore]) {
    for finding in &mut report.findings {
        let set_aside = ignores.iter().find(|one| one.id.id() == finding.id);
        finding.ignored = set_aside.map(|one| one.reason.clone());
    }
}
