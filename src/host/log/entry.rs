//! Entries of the agent's log: `2006-01-02 15:04:05.0000 LEVEL message`, possibly over lines.
//!
//! Pure. Before 3.3.808.0 the time has no fraction; `errors.log` adds `[Func @ file.go.line]`.
//! Lines that do not begin with a time belong to the entry before them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::observations::{LogLevel, LogSource};

/// Longest text of one entry that is looked at, in bytes.
const TEXT_LIMIT: usize = 4096;

/// One entry, its text without time and level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) at: Timestamp,
    pub(super) level: LogLevel,
    pub(super) text: Vec<u8>,
}

impl Entry {
    /// Which program wrote it, by the context that it puts before its messages.
    pub(super) fn source(&self) -> LogSource {
        let head = self.text.get(..120).unwrap_or(&self.text);
        let says = |name: &[u8]| head.windows(name.len()).any(|window| window == name);
        if says(b"ssm-session-worker") {
            LogSource::SessionWorker
        } else if says(b"ssm-document-worker") {
            LogSource::DocumentWorker
        } else if says(b"[ssm-agent-worker]") {
            LogSource::Worker
        } else {
            LogSource::Core
        }
    }
}

/// Hands every entry of a piece of a log to `take`, in order. A piece that begins in the middle
/// of an entry loses that entry.
pub(super) fn for_each(bytes: &[u8], zone: &TimeZone, mut take: impl FnMut(&Entry)) {
    let mut current: Option<Entry> = None;
    for line in bytes.split(|byte| *byte == b'\n') {
        let line = trim(line);
        if let Some(entry) = parse_head(line, zone) {
            if let Some(done) = current.replace(entry) {
                take(&done);
            }
        } else if let Some(entry) = &mut current
            && !line.is_empty()
        {
            append(&mut entry.text, b" ");
            append(&mut entry.text, line);
        }
    }
    if let Some(done) = current {
        take(&done);
    }
}

/// A line without the zero bytes that a hole before it reads as, and without a carriage return.
fn trim(line: &[u8]) -> &[u8] {
    let start = line
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(line.len());
    line.get(start..).unwrap_or_default().trim_ascii()
}

fn append(text: &mut Vec<u8>, more: &[u8]) {
    let room = TEXT_LIMIT.saturating_sub(text.len());
    text.extend_from_slice(more.get(..room).unwrap_or(more));
}

fn parse_head(line: &[u8], zone: &TimeZone) -> Option<Entry> {
    // Cheap before exact: most continuation lines fail at the first byte.
    if !line.first()?.is_ascii_digit() || line.get(4) != Some(&b'-') {
        return None;
    }
    let mut parts = line.splitn(4, |byte| *byte == b' ');
    let date = std::str::from_utf8(parts.next()?).ok()?;
    let time = std::str::from_utf8(parts.next()?).ok()?;
    let level = level(parts.next()?)?;
    let mut text = Vec::new();
    append(&mut text, parts.next().unwrap_or_default());
    let at: DateTime = format!("{date}T{time}").parse().ok()?;
    let at = at.to_zoned(zone.clone()).ok()?.timestamp();
    Some(Entry { at, level, text })
}

fn level(word: &[u8]) -> Option<LogLevel> {
    match word {
        b"TRACE" | b"DEBUG" => Some(LogLevel::Debug),
        b"INFO" => Some(LogLevel::Info),
        b"WARN" => Some(LogLevel::Warn),
        b"ERROR" | b"CRITICAL" => Some(LogLevel::Error),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::{TimeZone, offset};

    use super::{Entry, for_each};
    use crate::observations::{LogLevel, LogSource};

    fn entries(text: &[u8], zone: &TimeZone) -> Vec<Entry> {
        let mut all = Vec::new();
        for_each(text, zone, |entry| all.push(entry.clone()));
        all
    }

    #[test]
    fn entries_are_told_apart_in_both_time_forms_and_over_lines() {
        let log = b"half a line\n\
            2026-11-24 00:35:44.8486 INFO [ssm-agent-worker] one\r\n\
            2026-11-24 00:35:45 ERROR [F @ x.go.1] two\n\tstatus code: 400\n\ncaused by: x\n\
            2026-11-24 00:35:46.1 CRITICAL three\n2026-11-24 no time\n2026-13-45 00:00:00 INFO bad";
        let all = entries(log, &TimeZone::UTC);
        assert_eq!(all.len(), 3);
        assert_eq!(all[0].text, b"[ssm-agent-worker] one");
        assert_eq!(all[0].source(), LogSource::Worker);
        assert_eq!(
            all[1].text,
            b"[F @ x.go.1] two status code: 400 caused by: x"
        );
        assert_eq!(
            (all[1].level, all[1].source()),
            (LogLevel::Error, LogSource::Core)
        );
        assert_eq!(all[1].at.to_string(), "2026-11-24T00:35:45Z");
        assert_eq!(all[2].level, LogLevel::Error);
    }

    #[test]
    fn times_are_read_in_the_host_s_zone() {
        let log = b"2026-11-24 02:00:00 INFO x";
        let all = entries(log, &offset(2).to_time_zone());
        assert_eq!(all[0].at.to_string(), "2026-11-24T00:00:00Z");
    }

    #[test]
    fn an_entry_never_grows_past_its_limit_and_a_hole_hides_nothing() {
        let mut log = vec![0; 1000];
        log.extend_from_slice(b"2026-11-24 02:00:00 INFO x");
        log.extend(b"y".repeat(100_000));
        log.extend_from_slice(b"\n");
        log.extend(b"z".repeat(100_000));
        let all = entries(&log, &TimeZone::UTC);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].text.len(), 4096);
    }

    proptest::proptest! {
        #[test]
        fn no_log_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200), text in "(2026-11-24 |00:00:0[0-9.]{0,9} |INFO |\\n|x){0,20}") {
            let _entries = (entries(&bytes, &TimeZone::UTC), entries(text.as_bytes(), &TimeZone::UTC));
        }
    }
}
