//! Values that a scenario file cannot know: times around now, and what the lab has issued.
//!
//! `{{now}}`, `{{now-10m}}`, `{{now+1h}}`, `{{profile.secret}}`, `{{fingerprint}}`, …; and
//! `{{log-10m}}`, `{{epoch-10m}}`: times as the agent's log and the audit log write them.

use jiff::{SignedDuration, Timestamp};

use super::cloud::Cloud;

/// Replaces every `{{…}}`; a word that is not known is a fault of the scenario.
pub(crate) fn fill(cloud: &Cloud, text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((word, after)) = after.split_once("}}") else {
            out.push_str("{{");
            rest = after;
            continue;
        };
        out.push_str(&value(cloud, word.trim()));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn value(cloud: &Cloud, word: &str) -> String {
    cloud
        .named(word)
        .or_else(|| time(cloud.started, word))
        .or_else(|| log_time(cloud.started, word))
        .or_else(|| epoch(cloud.started, word))
        .unwrap_or_else(|| panic!("`{{{{{word}}}}}` is not a word of the lab's templates"))
}

/// The time of an entry of the agent's log, in UTC, which is the lab's zone.
fn log_time(now: Timestamp, word: &str) -> Option<String> {
    let time = time(now, &format!("now{}", word.strip_prefix("log")?))?;
    let (day, time) = time.trim_end_matches('Z').split_once('T')?;
    let (seconds, fraction) = time.split_once('.').unwrap_or((time, ""));
    Some(format!("{day} {seconds}.{fraction:0<4.4}"))
}

/// Seconds since 1970, as the audit log counts.
fn epoch(now: Timestamp, word: &str) -> Option<String> {
    let time = time(now, &format!("now{}", word.strip_prefix("epoch")?))?;
    let time: Timestamp = time.parse().ok()?;
    Some(time.as_second().to_string())
}

/// `now`, or `now` and a stretch: `now-90s`, `now-10m`, `now+1h`, `now-2d`.
fn time(now: Timestamp, word: &str) -> Option<String> {
    let stretch = word.strip_prefix("now")?;
    if stretch.is_empty() {
        return Some(now.to_string());
    }
    let (number, unit) = stretch.split_at_checked(stretch.len().checked_sub(1)?)?;
    let number: i64 = number.parse().ok()?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    Some((now + SignedDuration::from_secs(number * seconds)).to_string())
}
