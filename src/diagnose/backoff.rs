//! When the agent will try again, from what it logged and the rules it waits by.
//!
//! Pure. The agent sleeps up to an hour after a failure, and on EC2 it stops logging after the
//! third one: what it does then can only be computed.
//!
//! Source: agent `core/app/credentialrefresher/credentialrefresher{,_deps}.go`,
//! `core/app/registrar/registrar.go`, `agent/hibernation/hibernation.go` (3.3.1142.0); later
//! versions bound both by settings.

use jiff::{SignedDuration, Timestamp};

use crate::observations::{AgentLog, Config, EventKind, LogEvent};

/// How long one try may take before the next sleep begins: four tries of up to a minute.
const TRY: SignedDuration = SignedDuration::from_mins(5);
/// After how many failures in a row an EC2 agent logs no more of them.
const LOUD_FAILURES: u32 = 3;
/// A sleep of this length follows a denial or a changed fingerprint.
const LONG_SLEEP_S: (i64, i64) = (1500, 1800);
/// The length of the first wait in hibernation, and half of its first interval, in seconds.
const FIRST_PING_S: i64 = 300;

/// A wait that the agent is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// What it will try again.
    pub what: Retry,
    /// When it last said so.
    pub since: Timestamp,
    /// The error code of the failure before it.
    pub code: Option<String>,
    /// When it will try again.
    pub next: NextTry,
    /// Whether it no longer logs its failures, so that silence proves nothing.
    pub is_silent: bool,
}

/// What the agent tries again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Getting credentials.
    Credentials,
    /// The worker's ping in hibernation.
    Ping,
    /// The EC2 registration that Default Host Management needs.
    Ec2Registration,
}

/// When a wait ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextTry {
    /// At this time, as logged or by a fixed rule.
    At(Timestamp),
    /// Some time from the first to the second.
    Between(Timestamp, Timestamp),
    /// It should have ended then, and nothing was logged since: the agent hangs, is stopped, or
    /// cannot write its log.
    Overdue(Timestamp),
}

impl NextTry {
    /// The latest time at which it can be.
    #[must_use]
    pub fn latest(self) -> Timestamp {
        match self {
            Self::At(at) | Self::Between(_, at) | Self::Overdue(at) => at,
        }
    }
}

/// Every wait that the agent is in at `now`, by its log since its last start. `None` for the
/// configuration stands for all defaults.
#[must_use]
pub fn waits(log: &AgentLog, config: Option<&Config>, now: Timestamp) -> Vec<Waiting> {
    let events = log.since_start();
    [
        credentials(events, config, now),
        hibernation(events, config, now),
        ec2_registration(events, now),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The wait for credentials.
fn credentials(events: &[LogEvent], config: Option<&Config>, now: Timestamp) -> Option<Waiting> {
    let mut failures = 0_u32;
    let mut sleep: Option<(Timestamp, i64)> = None;
    let mut code = None;
    let mut is_ec2 = false;
    for event in events {
        match event.kind {
            EventKind::IdentityTaken => is_ec2 = event.subject.as_deref() == Some("EC2"),
            EventKind::CoreStarted
            | EventKind::CoreStopped
            | EventKind::CredentialsReady
            | EventKind::CredentialsRotation
            | EventKind::ProfileConnected
            | EventKind::DhmcConnected => {
                (failures, sleep, code) = (0, None, None);
            }
            EventKind::CredentialsFailed => code.clone_from(&event.code),
            EventKind::CredentialsSleep => {
                failures = failures.saturating_add(1);
                sleep = seconds(event).map(|wait| (event.at, wait));
            }
            _ => {}
        }
    }
    let (since, wait) = sleep?;
    let is_silent = is_ec2 && failures >= LOUD_FAILURES;
    let logged = later(since, wait);
    let next = if logged >= now {
        NextTry::At(logged)
    } else if is_silent {
        silent(logged, wait, failures, config, now)
    } else if logged.saturating_add(TRY).is_ok_and(|end| end >= now) {
        NextTry::Between(now, later(logged, TRY.as_secs()))
    } else {
        NextTry::Overdue(logged)
    };
    Some(Waiting {
        what: Retry::Credentials,
        since,
        code,
        next,
        is_silent,
    })
}

/// The next try of an agent that no longer logs: the earliest and the latest time of each try
/// drift apart, and once a try may just have been, the next can be a whole sleep away.
fn silent(
    logged: Timestamp,
    wait: i64,
    failures: u32,
    config: Option<&Config>,
    now: Timestamp,
) -> NextTry {
    let (mut earliest, mut latest) = (logged, later(logged, TRY.as_secs()));
    let mut retry = failures;
    loop {
        let (shortest, longest) = sleep_seconds(wait, retry, config);
        if latest >= now {
            return if earliest > now {
                NextTry::Between(earliest, latest)
            } else {
                NextTry::Between(now, later(now, longest.saturating_add(TRY.as_secs())))
            };
        }
        // Far back the window is wider than a sleep anyhow: skip ahead.
        let skipped = (now.as_second() - latest.as_second()) / longest.max(1) - 1;
        let steps = if retry > 10 { skipped.max(1) } else { 1 };
        earliest = later(earliest, shortest.saturating_mul(steps));
        latest = later(latest, (longest + TRY.as_secs()).saturating_mul(steps));
        retry = retry.saturating_add(1);
    }
}

/// The shortest and the longest sleep after a failed try on EC2, in seconds.
///
/// Which of the two rules holds is known from the last logged sleep: no other is as long as the
/// one after a denial.
fn sleep_seconds(last_wait: i64, retry: u32, config: Option<&Config>) -> (i64, i64) {
    let (min, max) = LONG_SLEEP_S;
    let (shortest, longest) = if (min..=max).contains(&last_wait) {
        (min, max)
    } else {
        match retry {
            0 => (300, 300),
            1..=3 => (540, 600),
            4..=6 => (1080, 1200),
            7..=9 => (2160, 2400),
            _ => (3240, 3600),
        }
    };
    let cap = config.map_or(1800, |config| config.credential_retry_max_sleep_seconds);
    match i64::from(cap) {
        // Only a setting below its default shortens anything.
        cap if cap < 1800 => (shortest.min(cap), longest.min(cap)),
        _ => (shortest, longest),
    }
}

/// The worker's next ping in hibernation: one after five minutes, then every 10 minutes for 30,
/// every 20 for an hour, every 40 for two hours, then every hour.
fn hibernation(events: &[LogEvent], config: Option<&Config>, now: Timestamp) -> Option<Waiting> {
    let mut state: Option<(Timestamp, Timestamp, i64)> = None;
    let mut code = None;
    for event in events {
        match event.kind {
            EventKind::Hibernating => {
                state = Some((event.at, later(event.at, FIRST_PING_S), 2 * FIRST_PING_S));
                code.clone_from(&event.code);
            }
            EventKind::HibernationStarted if state.is_none() => {
                state = Some((event.at, later(event.at, FIRST_PING_S), 2 * FIRST_PING_S));
            }
            EventKind::HibernationBackoff => {
                if let (Some((since, ..)), Some(interval)) = (state, seconds(event)) {
                    state = Some((since, event.at, interval));
                }
            }
            EventKind::HibernationPingFailed => code.clone_from(&event.code),
            EventKind::CoreStarted
            | EventKind::CoreStopped
            | EventKind::WorkerStarted
            | EventKind::ControlChannelUp
            | EventKind::ControlChannelRefused
            | EventKind::ChannelSsmmessages
            | EventKind::ChannelEc2messages => state = None,
            _ => {}
        }
    }
    let (since, start, interval) = state?;
    let cap = i64::from(config.map_or(60, |config| config.hibernation_max_backoff_minutes)) * 60;
    Some(Waiting {
        what: Retry::Ping,
        since,
        code,
        next: NextTry::At(next_ping(start, interval, cap, now)),
        // A failed ping is logged once in a period.
        is_silent: true,
    })
}

/// The first ping at or after `now`: each period begins with one and lasts three intervals.
fn next_ping(mut start: Timestamp, interval: i64, cap: i64, now: Timestamp) -> Timestamp {
    let cap = cap.max(1);
    let mut interval = interval.clamp(1, cap);
    while interval < cap && later(start, 3 * interval) <= now {
        start = later(start, 3 * interval);
        interval = (2 * interval).min(cap);
    }
    let passed = (now.as_second() - start.as_second()).max(0);
    let rounds = passed / interval + i64::from(passed % interval != 0);
    later(start, rounds.saturating_mul(interval))
}

/// The wait before the EC2 registration is tried again. It is always logged.
fn ec2_registration(events: &[LogEvent], now: Timestamp) -> Option<Waiting> {
    let mut sleep: Option<(Timestamp, i64)> = None;
    let mut code = None;
    for event in events {
        match event.kind {
            EventKind::Ec2RegistrationFailed => code.clone_from(&event.code),
            EventKind::Ec2RegistrationSleep => {
                sleep = seconds(event).map(|wait| (event.at, wait));
            }
            EventKind::CoreStarted | EventKind::CoreStopped | EventKind::Ec2Registered => {
                (sleep, code) = (None, None);
            }
            _ => {}
        }
    }
    let (since, wait) = sleep?;
    let at = later(since, wait);
    Some(Waiting {
        what: Retry::Ec2Registration,
        since,
        code,
        next: if later(at, TRY.as_secs()) >= now {
            NextTry::At(at.max(now))
        } else {
            NextTry::Overdue(at)
        },
        is_silent: false,
    })
}

fn seconds(event: &LogEvent) -> Option<i64> {
    i64::try_from(event.wait_ms? / 1000).ok()
}

fn later(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds))
        .unwrap_or(at)
}

#[cfg(test)]
#[path = "backoff_tests.rs"]
mod tests;
