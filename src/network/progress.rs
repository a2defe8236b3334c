//! Where one exchange stands: which link it waits at, and what each link before it showed.
//!
//! A limit covers the whole exchange; this is how a wait is blamed on the right link, and how an
//! interruption still leaves what is known.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;

use crate::observations::{
    Attempt, Certificate, Connected, Failure, Handshake, HttpAnswer, Link, Resolved, Step,
};
use crate::world::{Clock, Stopwatch};

/// The mark of one exchange; clones share it.
#[derive(Debug, Clone)]
pub struct Progress(Arc<Mutex<Marks>>);

#[derive(Debug)]
struct Marks {
    link: Link,
    at: Timestamp,
    since: Stopwatch,
    steps: Steps,
    /// Why the certificate would not do, where the exchange goes on all the same.
    pardoned: Option<Failure>,
}

/// The links of one exchange as far as it has come.
#[derive(Debug, Clone)]
pub struct Steps {
    /// The name's addresses; with a proxy those of its name.
    pub resolve: Step<Resolved>,
    /// TCP, and the proxy's answer to CONNECT.
    pub connect: Step<Connected>,
    /// Every address that was tried.
    pub attempts: Vec<Attempt>,
    /// The TLS handshake.
    pub tls: Step<Handshake>,
    /// The certificates that were sent.
    pub presented: Vec<Certificate>,
    /// Whether the built-in roots trust them, where the host's do not.
    pub trusted_by_built_in: Option<bool>,
    /// The answer; only for those who note it.
    pub http: Step<HttpAnswer>,
}

impl Default for Steps {
    fn default() -> Self {
        Self {
            resolve: Step::NotAsked,
            connect: Step::NotAsked,
            attempts: Vec::new(),
            tls: Step::NotAsked,
            presented: Vec::new(),
            trusted_by_built_in: None,
            http: Step::NotAsked,
        }
    }
}

impl Default for Progress {
    fn default() -> Self {
        let clock = Clock::System;
        Self(Arc::new(Mutex::new(Marks {
            link: Link::Resolve,
            at: clock.now(),
            since: clock.stopwatch(),
            steps: Steps::default(),
            pardoned: None,
        })))
    }
}

impl Progress {
    fn marks(&self) -> MutexGuard<'_, Marks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The link that is being waited for.
    #[must_use]
    pub fn link(&self) -> Link {
        self.marks().link
    }

    /// The links as far as the exchange has come.
    #[must_use]
    pub fn steps(&self) -> Steps {
        self.marks().steps.clone()
    }

    /// The exchange has come as far as this link; its time begins. It never goes back.
    pub fn reached(&self, link: Link) {
        let mut marks = self.marks();
        if link > marks.link {
            marks.link = link;
            marks.at = Clock::System.now();
            marks.since = Clock::System.stopwatch();
        }
    }

    /// The name is resolved.
    pub(super) fn resolved(&self, value: Resolved) {
        let mut marks = self.marks();
        marks.steps.resolve = marks.held(value);
    }

    /// A connection stands, through the proxy where there is one.
    pub(super) fn connected(&self, value: Connected) {
        let mut marks = self.marks();
        marks.steps.connect = marks.held(value);
    }

    /// One address's attempt ended, or begins.
    pub(super) fn attempt(&self, attempt: Attempt) {
        let mut marks = self.marks();
        let attempts = &mut marks.steps.attempts;
        match attempts
            .iter_mut()
            .find(|one| one.address == attempt.address)
        {
            Some(known) => *known = attempt,
            None => attempts.push(attempt),
        }
    }

    /// The server showed its certificates.
    pub(super) fn presented(&self, certificates: Vec<Certificate>) {
        self.marks().steps.presented = certificates;
    }

    /// The host's roots do not trust them; the built-in ones do, or not.
    pub(super) fn compared(&self, trusted: bool) {
        self.marks().steps.trusted_by_built_in = Some(trusted);
    }

    /// The certificate will not do, and the exchange goes on to see what comes after.
    pub(super) fn pardon(&self, failure: Failure) {
        self.marks().pardoned = Some(failure);
    }

    /// The handshake is done; a pardoned certificate is a broken link all the same.
    pub(super) fn shaken_hands(&self, value: Handshake) {
        let mut marks = self.marks();
        marks.steps.tls = match marks.pardoned.take() {
            Some(failure) => marks.broken(&failure),
            None => marks.held(value),
        };
    }

    /// The answer is whole.
    pub(super) fn answered(&self, value: HttpAnswer) {
        let mut marks = self.marks();
        marks.steps.http = marks.held(value);
    }

    /// The link that is being waited for broke.
    pub(super) fn broke(&self, failure: &Failure) {
        let mut marks = self.marks();
        match marks.link {
            Link::Resolve => marks.steps.resolve = marks.broken(failure),
            Link::Connect => marks.steps.connect = marks.broken(failure),
            Link::Tls => marks.steps.tls = marks.broken(failure),
            Link::Http => marks.steps.http = marks.broken(failure),
        }
    }

    /// The issuer of the last certificate that the server sent, if it sent any.
    #[must_use]
    pub fn issuer(&self) -> Option<String> {
        let marks = self.marks();
        marks.steps.presented.last().map(|last| last.issuer.clone())
    }
}

impl Marks {
    fn held<T>(&self, value: T) -> Step<T> {
        Step::Held {
            value,
            at: self.at,
            elapsed_ms: self.since.elapsed_ms(),
        }
    }

    fn broken<T>(&self, failure: &Failure) -> Step<T> {
        Step::Broke {
            failure: failure.clone(),
            at: self.at,
            elapsed_ms: self.since.elapsed_ms(),
        }
    }
}
