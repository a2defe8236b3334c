//! Puts the questions about the account beside the others, and takes their answers.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Event, Run};
use crate::aws::Credentials;
use crate::aws::call::Means;
use crate::aws::call::account::{AccountAsked, AccountFact, ask_account};
use crate::host::{self, KeySet};
use crate::network::Stack;
use crate::network::http::millis;
use crate::network::progress::Progress;
use crate::observations::{
    AccountCall, CallRecord, CredentialSource, Failure, NotAsked, OperatorProfile, Outcome,
};
use crate::probe::account::{self, AccountQuestion};
use crate::world::Stopwatch;

/// A question about the account that is under way.
pub(super) struct PendingAccount {
    question: AccountQuestion,
    progress: Progress,
    at: jiff::Timestamp,
    since: Stopwatch,
}

impl Run {
    /// Reads the profile that the person named.
    pub(super) fn look_for_operator(&mut self) {
        if let Some(operator) = &self.seen.account.operator {
            let (world, name) = (self.world.clone(), operator.name.clone());
            self.tasks.spawn_blocking(move || {
                Event::Operator(Box::new(host::operator::read(&world, &name)))
            });
        }
    }

    /// Takes the profile, and its keys for questions about the account alone.
    pub(super) fn take_operator(&mut self, found: (OperatorProfile, Option<KeySet>)) {
        let (profile, keys) = found;
        self.seen.account.operator = Some(profile);
        self.keyring.operator = keys.map(|keys| Credentials {
            key_id: keys.key_id,
            secret: keys.secret,
            token: keys.token,
            expires_at: None,
            source: CredentialSource::OperatorProfile,
        });
    }

    /// Puts the questions about the account that the plan wants now.
    pub(super) fn ask_account(&mut self, stack: &Stack) {
        let under_way: BTreeSet<AccountCall> = self
            .account
            .values()
            .map(|one: &PendingAccount| one.question.call)
            .collect();
        let questions = account::next(&self.seen, &under_way);
        if questions.is_empty() {
            return;
        }
        let Some(target) = account::target(&self.seen) else {
            return;
        };
        let keyring = Arc::new(self.keyring.clone());
        for question in questions {
            let progress = Progress::default();
            let pending = PendingAccount {
                question,
                progress: progress.clone(),
                at: self.world.clock.now(),
                since: self.world.clock.stopwatch(),
            };
            let (world, stack) = (self.world.clone(), stack.clone());
            let (keyring, target) = (Arc::clone(&keyring), target.clone());
            let limit = self.limits.probe;
            let handle = self.tasks.spawn(async move {
                let means = Means {
                    world: &world,
                    stack: &stack,
                    limit,
                    progress: &progress,
                };
                let asked = Box::pin(ask_account(means, &target, &keyring, question)).await;
                Event::Account(question.call, Box::new(asked))
            });
            self.account.insert(handle.id(), pending);
        }
    }

    /// Takes an answer about the account.
    pub(super) fn take_account(&mut self, call: AccountCall, asked: AccountAsked) {
        let account = &mut self.seen.account;
        account.calls.insert(call, asked.record);
        match asked.fact {
            Some(AccountFact::Role(role)) => account.role = Some(role),
            Some(AccountFact::Attached(names)) => account.attached = Some(names),
            Some(AccountFact::Inline(names)) => account.inline = Some(names),
            Some(AccountFact::Simulation(found)) => account.simulation = Some(found),
            Some(AccountFact::Setting(role)) => account.default_host_management_role = Some(role),
            Some(AccountFact::Fleet(node)) => account.fleet = Some(node),
            Some(AccountFact::Connection(status)) => account.connection = Some(status),
            Some(AccountFact::Preferences(said)) => self.seen.sessions.document = Some(said),
            Some(AccountFact::Caller(_)) | None => {}
        }
    }

    /// A question whose task died is this tool's own failure.
    pub(super) fn lose_account(&mut self, id: tokio::task::Id) -> bool {
        let Some(lost) = self.account.remove(&id) else {
            return false;
        };
        let why = NotAsked::ToolFailed;
        self.record_account(&lost, Outcome::NotAsked { why });
        true
    }

    /// What is still under way has not answered; what was left out says why.
    pub(super) fn finish_account(&mut self) {
        for pending in std::mem::take(&mut self.account).into_values() {
            let failure = Failure::TimedOut {
                link: pending.progress.link(),
                limit_ms: millis(pending.since.elapsed()),
            };
            self.record_account(&pending, Outcome::Failed { failure });
        }
        let at = self.world.clock.now();
        for (call, why) in account::left_out(&self.seen) {
            let record = CallRecord {
                path: None,
                endpoint: None,
                outcome: Outcome::NotAsked { why },
                at,
                elapsed_ms: 0,
            };
            self.seen.account.calls.insert(call, record);
        }
    }

    fn record_account(&mut self, pending: &PendingAccount, outcome: Outcome) {
        let record = CallRecord {
            path: None,
            endpoint: None,
            outcome,
            at: pending.at,
            elapsed_ms: pending.since.elapsed_ms(),
        };
        self.seen
            .account
            .calls
            .insert(pending.question.call, record);
    }
}
