//! How far this host's clock is from AWS's.
//!
//! Pure. Two sources: the `Date` header of answers, taken at the middle of the round trip, and a
//! signature refusal that names the service's own time.
//!
//! Source: AWS refuses signatures more than about five minutes off; `facts/wire.md` 4.3.

use jiff::{SignedDuration, Timestamp};

use super::reply::Reply;
use super::view::View;
use crate::observations::{Call, CallRecord, Outcome};

/// The offset at which AWS begins to refuse signatures.
pub const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// What is known of the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockOffset {
    /// AWS's time less this host's: positive = this host is behind.
    pub offset: SignedDuration,
    /// How many services said so.
    pub services: usize,
    /// Whether a signature was refused because of it.
    pub refused: bool,
    /// When it was seen, by this host's clock.
    pub at: Timestamp,
    /// The host that said so.
    pub source: String,
}

impl ClockOffset {
    /// Whether AWS would refuse this host's signatures.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        self.refused || self.offset.abs() > TOLERANCE
    }

    /// The offset in words: `1200 s behind AWS`.
    #[must_use]
    pub fn words(&self) -> String {
        let seconds = self.offset.as_secs();
        match seconds {
            0 => "in step with AWS".to_owned(),
            1.. => format!("{seconds} s behind AWS"),
            ..0 => format!("{} s ahead of AWS", seconds.unsigned_abs()),
        }
    }
}

/// The clock as the answers show it; `None` = nothing told the time.
#[must_use]
pub fn offset(view: View<'_>) -> Option<ClockOffset> {
    let mut seen: Vec<(SignedDuration, &CallRecord, &'static str)> = view
        .all
        .calls
        .iter()
        .filter_map(|(call, record)| Some((offset_of(record)?, record, call.service())))
        .collect();
    seen.sort_by_key(|(offset, ..)| *offset);
    let refusal = Call::ALL.into_iter().find_map(|call| refused(view, call));
    let services = seen
        .iter()
        .map(|(.., service)| service)
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    let middle = seen.get(seen.len() / 2);
    match (middle, refusal) {
        (Some((offset, record, _)), refusal) => Some(ClockOffset {
            offset: *offset,
            services,
            refused: refusal.is_some(),
            at: record.at,
            source: record.endpoint.clone().unwrap_or_default(),
        }),
        (None, Some((offset, record))) => Some(ClockOffset {
            offset,
            services: 1,
            refused: true,
            at: record.at,
            source: record.endpoint.clone().unwrap_or_default(),
        }),
        (None, None) => None,
    }
}

/// A signature refused for its time, with the service's time against ours.
fn refused(view: View<'_>, call: Call) -> Option<(SignedDuration, &CallRecord)> {
    let Reply::ClockSkew(service_time) = view.reply(call) else {
        return None;
    };
    let record = view.record(call)?;
    let offset = service_time.map_or(SignedDuration::ZERO, |at| at.duration_since(record.at));
    Some((offset, record))
}

/// The `Date` header against the middle of the round trip.
fn offset_of(record: &CallRecord) -> Option<SignedDuration> {
    let Outcome::Answered(answer) = &record.outcome else {
        return None;
    };
    let half = SignedDuration::from_millis(i64::try_from(record.elapsed_ms / 2).ok()?);
    Some(answer.date?.duration_since(record.at) - half)
}
