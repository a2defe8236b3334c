//! How a question and a run end: whatever is still waited for, or never asked, leaves a record too.

use std::time::Duration;

use super::{PATIENCE, Pending, Run};
use crate::network::http::millis;
use crate::observations::{Call, CallRecord, Failure, Host, NotAsked, Observations, Outcome};
use crate::probe::plan;

/// How long the name that must not exist is waited for when it is all that is left: a name server
/// that lies does so at once.
const CONTROL_PATIENCE: Duration = Duration::from_millis(500);

impl Run {
    /// The name that must not exist explains what else was seen, and decides nothing.
    pub(super) fn waits_for_nothing_but_the_control(&self) -> bool {
        let control = self.control.as_ref();
        self.tasks.len() == 1
            && control.is_some_and(|(id, since)| {
                self.beside.contains(id) && since.elapsed() >= CONTROL_PATIENCE
            })
    }

    /// How long a question may take: while its service is silent to another, what is left of that
    /// one's time, so that one silent service never costs more than one bound.
    pub(super) fn time_for(&self, call: Call) -> Duration {
        let silent = self
            .pending
            .values()
            .filter(|one| one.call.service() == call.service())
            .map(|one| one.since.elapsed())
            .max();
        let left = self.limits.probe.saturating_sub(silent.unwrap_or_default());
        left.max(PATIENCE)
    }

    /// Looking itself failed, which is this tool's fault; what was seen until then stands.
    pub(super) fn fail(&mut self) {
        if self.host.is_none() {
            self.seen.host = Host::not_read("this tool failed while reading it, please report it");
        }
        for call in Call::ALL {
            let at = self.world.clock.now();
            self.seen.calls.entry(call).or_insert(CallRecord {
                path: None,
                endpoint: None,
                outcome: Outcome::NotAsked {
                    why: NotAsked::ToolFailed,
                },
                at,
                elapsed_ms: 0,
            });
        }
    }

    pub(super) fn record(&mut self, pending: &Pending, outcome: Outcome) {
        let record = CallRecord {
            path: Some(pending.question.path),
            endpoint: None,
            outcome,
            at: pending.at,
            elapsed_ms: pending.since.elapsed_ms(),
        };
        self.seen.calls.insert(pending.call, record);
    }

    /// What is still under way has not answered by now; what was left out says why.
    pub(super) fn finish(mut self) -> Observations {
        self.tasks.abort_all();
        self.walks.put_down(&mut self.seen.network);
        for pending in std::mem::take(&mut self.pending).into_values() {
            let waited = pending.since.elapsed();
            let outcome = if waited < PATIENCE {
                // It was we who stopped waiting: that is no fault of the way.
                let why = NotAsked::OutOfTime;
                Outcome::NotAsked { why }
            } else {
                let failure = Failure::TimedOut {
                    link: pending.progress.link(),
                    limit_ms: millis(waited),
                };
                Outcome::Failed { failure }
            };
            self.record(&pending, outcome);
        }
        let at = self.world.clock.now();
        for (call, why) in plan::left_out(&self.seen) {
            let outcome = Outcome::NotAsked { why };
            let record = CallRecord {
                path: None,
                endpoint: None,
                outcome,
                at,
                elapsed_ms: 0,
            };
            self.seen.calls.insert(call, record);
        }
        self.finish_account();
        self.seen.elapsed_ms = self.since.elapsed_ms();
        self.seen
    }
}
