//! Ages and times in words: a conclusion from a log or a state file says how old its grounds are.
//!
//! Pure.

use jiff::Timestamp;

/// How long ago something was, and when: `27 min ago (2026-01-01 11:33:00 UTC)`.
#[must_use]
pub fn ago(now: Timestamp, at: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs();
    if seconds < 0 {
        // A log of a host whose clock was set back since.
        return format!("at {}", clock(at));
    }
    format!("{} ago ({})", span(seconds), clock(at))
}

/// How long from now something will be, and when: `in 8 min (2026-01-01 12:08:00 UTC)`.
#[must_use]
pub fn until(now: Timestamp, at: Timestamp) -> String {
    let seconds = at.duration_since(now).as_secs().max(0);
    format!("in {} ({})", span(seconds), clock(at))
}

/// A stretch of time in its largest fitting unit.
#[must_use]
pub fn span(seconds: i64) -> String {
    match seconds {
        ..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        7200..=172_799 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// A time to the second.
#[must_use]
pub fn clock(at: Timestamp) -> String {
    at.strftime("%F %T UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::{ago, until};

    #[test]
    fn a_time_on_the_wrong_side_of_now_is_only_named() {
        let now = "2026-01-01T12:00:00Z".parse().unwrap();
        let later = "2026-01-01T12:08:00Z".parse().unwrap();
        assert_eq!(ago(later, now), "8 min ago (2026-01-01 12:00:00 UTC)");
        assert_eq!(ago(now, later), "at 2026-01-01 12:08:00 UTC");
        assert_eq!(until(now, later), "in 8 min (2026-01-01 12:08:00 UTC)");
        assert_eq!(until(later, now), "in 0 s (2026-01-01 12:00:00 UTC)");
    }
}
