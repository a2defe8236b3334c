//! The conclusions: each judge looks at one case and says whether its condition holds.
//!
//! Pure. The judges are a list, one area per file. The catalogue says how much a conclusion
//! weighs when it stands alone; a judge says otherwise where the case makes it a consequence of
//! something else, or harmless because a path works all the same.

mod agent;
mod ec2;
mod execution;
mod host;
mod hybrid;
mod imds;
mod installed;
mod layers;
mod network;
mod permission;
mod session;
mod session_log;
mod state;
mod stopped;
mod waiting;
mod wire;

pub(super) use state::damaged as damaged_state;

use super::case::Case;
use crate::catalogue::{CheckId, FindingId, Subject, findings, remedies};
use crate::report::model::{Finding, Severity};

/// One conclusion, before the catalogue's words are added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// Which.
    pub id: FindingId,
    /// How much it weighs here.
    pub severity: Severity,
    /// What was seen on this host.
    pub detail: String,
    /// The checks it rests on.
    pub checks: Vec<CheckId>,
    /// What its remedies are filled with.
    pub subject: Subject,
}

impl Conclusion {
    /// A conclusion as heavy as the catalogue says.
    fn new(case: &Case<'_>, id: FindingId, detail: impl Into<String>, checks: &[CheckId]) -> Self {
        Self {
            id,
            severity: findings::row(id).severity,
            detail: detail.into(),
            checks: checks.to_vec(),
            subject: case.subject(case.path()),
        }
    }

    /// The same with another weight.
    fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same as a note when `known` holds: it is a consequence, or harmless here.
    fn note_if(self, known: bool) -> Self {
        if known {
            self.weighing(Severity::Note)
        } else {
            self
        }
    }

    /// The same as a warning when `harmless` holds: wrong, and a path works all the same.
    fn warning_if(self, harmless: bool) -> Self {
        if harmless {
            self.weighing(Severity::Warning)
        } else {
            self
        }
    }
}

/// What is added to a conclusion that rests on the agent's log alone.
fn by_log(case: &Case<'_>, logged_at: Option<jiff::Timestamp>) -> String {
    logged_at.map_or_else(String::new, |at| {
        format!(
            " This is from the agent's log, {}; nothing live was asked.",
            super::times::ago(case.view.now(), at)
        )
    })
}

/// The judges, in no particular order: the report sorts by weight, then by first cause.
const JUDGES: [fn(&Case<'_>) -> Vec<Conclusion>; 14] = [
    agent::judge,
    host::judge,
    imds::judge,
    hybrid::judge,
    ec2::judge,
    network::judge,
    permission::judge,
    installed::judge,
    state::judge,
    stopped::judge,
    session::judge,
    session_log::judge,
    waiting::judge,
    wire::judge,
];

/// Every conclusion, the first cause first.
#[must_use]
pub fn conclude(case: &Case<'_>) -> Vec<Conclusion> {
    let mut all: Vec<Conclusion> = JUDGES.iter().flat_map(|judge| judge(case)).collect();
    weigh_consequences(&mut all);
    all.sort_by_key(|one| (one.severity, one.id));
    // Of two with one id the heavier one stays.
    let mut said = std::collections::BTreeSet::new();
    all.retain(|one| said.insert(one.id));
    all
}

/// What keeps the agent from starting or from living on: then that it does not run is no cause.
const KEEP_FROM_RUNNING: [FindingId; 3] = [
    FindingId::DiskFull,
    FindingId::RootReadOnly,
    FindingId::ExecutionBlocked,
];

fn weigh_consequences(all: &mut [Conclusion]) {
    let is_kept = all
        .iter()
        .any(|one| one.severity == Severity::Error && KEEP_FROM_RUNNING.contains(&one.id));
    for one in all {
        if is_kept && one.id == FindingId::AgentNotRunning {
            one.severity = Severity::Note;
        }
    }
}

/// A conclusion with the catalogue's words and this host's remedies.
#[must_use]
pub fn report(conclusion: &Conclusion) -> Finding {
    let row = findings::row(conclusion.id);
    Finding {
        id: conclusion.id.id().to_owned(),
        severity: conclusion.severity,
        title: row.title.to_owned(),
        detail: conclusion.detail.clone(),
        owner: row.owner,
        checks: conclusion
            .checks
            .iter()
            .map(|check| check.id().to_owned())
            .collect(),
        remedies: remedies(conclusion.id, &conclusion.subject),
        more: format!("ssm-probe explain {}", conclusion.id.id()),
        ignored: None,
    }
}
