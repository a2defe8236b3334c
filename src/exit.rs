//! The exit statuses: one table, the same for every output format.

use crate::report::model::{Report, Severity, VerdictOutcome};

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// A path is active and Session Manager is usable from here; warnings allowed.
    Usable,
    /// Blocked: at least one error finding.
    Blocked,
    /// The command line is wrong.
    Usage,
    /// Too much is unknown to say.
    Inconclusive,
    /// This program failed, or a bundle was refused by its own leak check.
    Internal,
    /// `--wait` ran out.
    WaitedOut,
}

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Usable => 0,
            Self::Blocked => 1,
            Self::Usage => 2,
            Self::Inconclusive => 3,
            Self::Internal => 4,
            Self::WaitedOut => 124,
        }
    }
}

/// The exit status of a report. Findings that were ignored by name do not count.
#[must_use]
pub fn of_report(report: &Report, fail_on: Severity) -> Exit {
    let counts = |severity: Severity| {
        report
            .findings
            .iter()
            .any(|one| one.ignored.is_none() && one.severity == severity)
    };
    match report.verdict.outcome {
        VerdictOutcome::Inconclusive => Exit::Inconclusive,
        _ if counts(Severity::Error) => Exit::Blocked,
        _ if fail_on == Severity::Warning && counts(Severity::Warning) => Exit::Blocked,
        VerdictOutcome::Usable | VerdictOutcome::Blocked | VerdictOutcome::NoPath => Exit::Usable,
    }
}

/// The exit status of `path`: whether one is active.
#[must_use]
pub fn of_path(report: &Report) -> Exit {
    match (report.verdict.path, report.verdict.outcome) {
        (Some(_), _) => Exit::Usable,
        (None, VerdictOutcome::NoPath) => Exit::Blocked,
        (None, _) => Exit::Inconclusive,
    }
}
