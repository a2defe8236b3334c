use jiff::{SignedDuration, Timestamp};

use super::{NextTry, Retry, Waiting, next_ping, waits};
use crate::observations::{AgentLog, Config, EventKind as E, LogEvent, LogLevel, LogSource};

/// Noon, plus so many seconds.
fn at(seconds: i64) -> Timestamp {
    let noon: Timestamp = "2026-11-24T12:00:00Z".parse().unwrap();
    noon + SignedDuration::from_secs(seconds)
}

fn event(seconds: i64, kind: E) -> LogEvent {
    LogEvent {
        at: at(seconds),
        kind,
        by: LogSource::Core,
        level: LogLevel::Info,
        code: None,
        signs: Vec::new(),
        subject: None,
        endpoint: None,
        wait_ms: None,
        message: None,
    }
}

fn sleep(seconds: i64, kind: E, wait_s: u64) -> LogEvent {
    LogEvent {
        wait_ms: Some(wait_s * 1000),
        ..event(seconds, kind)
    }
}

fn identity(name: &str) -> LogEvent {
    LogEvent {
        subject: Some(name.to_owned()),
        ..event(1, E::IdentityTaken)
    }
}

fn failed(seconds: i64, code: &str) -> LogEvent {
    LogEvent {
        code: Some(code.to_owned()),
        ..event(seconds, E::CredentialsFailed)
    }
}

fn waiting(events: Vec<LogEvent>, config: Option<&Config>, now: i64) -> Vec<Waiting> {
    let log = AgentLog {
        events,
        ..AgentLog::default()
    };
    waits(&log, config, at(now))
}

#[track_caller]
fn one(events: Vec<LogEvent>, now: i64) -> Waiting {
    let mut all = waiting(events, None, now);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

/// An EC2 agent that failed at these times and slept so long after each.
fn ec2(sleeps: &[(i64, u64)]) -> Vec<LogEvent> {
    let mut events = vec![event(0, E::CoreStarted), identity("EC2")];
    for (seconds, wait) in sleeps {
        events.push(failed(*seconds, "AccessDeniedException"));
        events.push(sleep(*seconds, E::CredentialsSleep, *wait));
    }
    events
}

#[test]
fn a_sleep_that_was_logged_ends_when_it_said() {
    let wait = one(ec2(&[(10, 1505)]), 100);
    assert_eq!(wait.what, Retry::Credentials);
    assert_eq!(wait.since, at(10));
    assert_eq!(wait.code.as_deref(), Some("AccessDeniedException"));
    assert_eq!(wait.next, NextTry::At(at(1515)));
    assert!(!wait.is_silent);
}

#[test]
fn credentials_or_a_new_start_end_the_wait() {
    for end in [
        E::CredentialsReady,
        E::ProfileConnected,
        E::DhmcConnected,
        E::CoreStarted,
        E::CoreStopped,
    ] {
        let mut events = ec2(&[(10, 1505)]);
        events.push(event(20, end));
        assert_eq!(waiting(events, None, 100), [], "{end:?}");
    }
    assert_eq!(waiting(Vec::new(), None, 100), []);
}

#[test]
fn a_sleep_that_ended_without_a_word_is_overdue() {
    let events = || ec2(&[(10, 300)]);
    assert_eq!(one(events(), 400).next, NextTry::Between(at(400), at(610)));
    assert_eq!(one(events(), 700).next, NextTry::Overdue(at(310)));
    let hybrid = vec![
        identity("OnPrem"),
        sleep(10, E::CredentialsSleep, 1),
        sleep(20, E::CredentialsSleep, 2),
        sleep(30, E::CredentialsSleep, 4),
        sleep(40, E::CredentialsSleep, 8),
    ];
    let wait = one(hybrid, 1000);
    assert_eq!(wait.next, NextTry::Overdue(at(48)));
    assert!(!wait.is_silent, "a hybrid agent logs every failure");
}

#[test]
fn after_three_failures_on_ec2_silence_is_no_news() {
    let denied = || ec2(&[(0, 1500), (1500, 1700), (3200, 1600)]);
    let wait = one(denied(), 4000);
    assert!(wait.is_silent);
    assert_eq!(wait.next, NextTry::At(at(4800)));
    // The fourth try has been; the fifth is 25 to 30 minutes after it.
    assert_eq!(
        one(denied(), 5500).next,
        NextTry::Between(at(6300), at(4800 + 300 + 1800 + 300))
    );
    // The try may be over or not: a whole sleep is possible from now.
    assert_eq!(
        one(denied(), 6400).next,
        NextTry::Between(at(6400), at(6400 + 1800 + 300))
    );
}

#[test]
fn other_errors_are_tried_again_in_longer_and_longer_steps() {
    let broken = || ec2(&[(0, 300), (300, 570), (870, 570)]);
    assert_eq!(
        one(broken(), 1760).next,
        NextTry::Between(at(1440 + 540), at(1440 + 300 + 600 + 300))
    );
    let days_later = one(broken(), 86_400 * 3);
    assert_eq!(
        days_later.next,
        NextTry::Between(at(86_400 * 3), at(86_400 * 3 + 3600 + 300))
    );
}

#[test]
fn a_log_of_ten_years_ago_is_answered_at_once() {
    let now = 86_400 * 3650;
    let next = one(ec2(&[(0, 1500), (1500, 1500), (3000, 1500)]), now).next;
    assert_eq!(next, NextTry::Between(at(now), at(now + 1800 + 300)));
}

#[test]
fn a_shorter_longest_sleep_is_believed() {
    let config = Config {
        credential_retry_max_sleep_seconds: 120,
        ..Config::defaults()
    };
    let events = ec2(&[(0, 120), (120, 120), (240, 120)]);
    let all = waiting(events, Some(&config), 86_400);
    assert_eq!(
        all[0].next,
        NextTry::Between(at(86_400), at(86_400 + 120 + 300))
    );
}

#[test]
fn hibernation_pings_after_5_minutes_and_then_by_longer_steps() {
    let asleep = || vec![event(0, E::WorkerStarted), event(0, E::Hibernating)];
    for (now, next) in [
        (10, 300),
        (300, 300),
        (301, 900),
        (1000, 1500),
        (2000, 2100),
        (2101, 3300),
        (5600, 5700),
        (5701, 8100),
        (12_800, 12_900),
        (12_901, 16_500),
        (86_400, 88_500),
    ] {
        let wait = one(asleep(), now);
        assert_eq!(wait.what, Retry::Ping);
        assert_eq!(wait.next, NextTry::At(at(next)), "at {now}");
    }
}

#[test]
fn hibernation_follows_its_own_log_and_its_setting() {
    let events = || {
        vec![
            event(0, E::Hibernating),
            event(0, E::HibernationStarted),
            sleep(305, E::HibernationBackoff, 600),
            sleep(2105, E::HibernationBackoff, 1200),
        ]
    };
    assert_eq!(one(events(), 2200).next, NextTry::At(at(3305)));
    let config = Config {
        hibernation_max_backoff_minutes: 10,
        ..Config::defaults()
    };
    let all = waiting(events(), Some(&config), 2200);
    assert_eq!(all[0].next, NextTry::At(at(2105 + 600)));
}

#[test]
fn a_worker_that_came_up_does_not_hibernate() {
    for end in [E::ChannelSsmmessages, E::ControlChannelUp, E::WorkerStarted] {
        let events = vec![event(0, E::Hibernating), event(10, end)];
        assert_eq!(waiting(events, None, 100), [], "{end:?}");
    }
}

#[test]
fn the_ec2_registration_waits_beside_the_credentials() {
    let mut events = ec2(&[(10, 1505)]);
    events.push(sleep(20, E::Ec2RegistrationSleep, 16));
    let all = waiting(events.clone(), None, 25);
    assert_eq!(all[1].what, Retry::Ec2Registration);
    assert_eq!(all[1].next, NextTry::At(at(36)));
    assert_eq!(
        waiting(events.clone(), None, 1000)[1].next,
        NextTry::Overdue(at(36))
    );
    events.push(event(40, E::Ec2Registered));
    assert_eq!(waiting(events, None, 50).len(), 1);
}

proptest::proptest! {
    #[test]
    fn no_log_panics_or_hangs_and_no_wait_ends_in_the_past(
        sleeps in proptest::collection::vec((0_i64..100_000, 0_u64..10_000_000), 0..6),
        now in -1_000_000_i64..1_000_000_000,
        cap in 1_u32..4000,
    ) {
        let config = Config {
            credential_retry_max_sleep_seconds: cap,
            hibernation_max_backoff_minutes: cap,
            ..Config::defaults()
        };
        for wait in waiting(ec2(&sleeps), Some(&config), now) {
            if !matches!(wait.next, NextTry::Overdue(_)) {
                proptest::prop_assert!(wait.next.latest() >= at(now));
            }
        }
        proptest::prop_assert!(next_ping(at(0), 600, i64::from(cap), at(now)) >= at(now));
    }
}
