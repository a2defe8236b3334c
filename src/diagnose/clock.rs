//! How far this host's clock is from AWS's.
//!
//! Pure. Two sources: the `Date` header of answers, taken at the middle of the round trip, and a
//! signature refusal that names the service's own time.
//!
//! Source: AWS refuses signatures more than about five minutes off; `facts/wire.md` 4.3.

use jiff::{SignedDuration, Timestamp};

use super::reply::Reply;
use super::view::View;
use crate::observations::{Call, CallRecord, Outcome, Step};

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

/// One service's time beside this host's.
struct Seen<'a> {
    offset: SignedDuration,
    at: Timestamp,
    service: &'static str,
    source: &'a str,
}

/// The clock as the answers show it; `None` = nothing told the time.
#[must_use]
pub fn offset(view: View<'_>) -> Option<ClockOffset> {
    let mut seen: Vec<Seen<'_>> = by_calls(view).chain(by_chains(view)).collect();
    seen.sort_by_key(|one| one.offset);
    let refusal = Call::ALL.into_iter().find_map(|call| refused(view, call));
    let services = seen
        .iter()
        .map(|one| one.service)
        .collect::<std::collections::BTreeSet<_>>()
        .len();
    let middle = seen.get(seen.len() / 2);
    match (middle, refusal) {
        (Some(middle), refusal) => Some(ClockOffset {
            offset: middle.offset,
            services,
            refused: refusal.is_some(),
            at: middle.at,
            source: middle.source.to_owned(),
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

fn by_calls(view: View<'_>) -> impl Iterator<Item = Seen<'_>> {
    view.all.calls.iter().filter_map(|(call, record)| {
        let Outcome::Answered(answer) = &record.outcome else {
            return None;
        };
        Some(Seen {
            offset: beside(answer.date?, record.at, record.elapsed_ms)?,
            at: record.at,
            service: call.service(),
            source: record.endpoint.as_deref().unwrap_or_default(),
        })
    })
}

/// Unsigned answers of AWS tell the time too, also behind a certificate whose dates do not fit.
fn by_chains(view: View<'_>) -> impl Iterator<Item = Seen<'_>> {
    view.all
        .network
        .chains
        .iter()
        .filter_map(|(service, chain)| {
            let Step::Held {
                value,
                at,
                elapsed_ms,
            } = &chain.http
            else {
                return None;
            };
            let date = value.date.filter(|_| value.is_aws)?;
            Some(Seen {
                offset: beside(date, *at, *elapsed_ms)?,
                at: *at,
                service: service.name(),
                source: &chain.host,
            })
        })
}

/// A `Date` header against the middle of the round trip.
fn beside(date: Timestamp, sent_at: Timestamp, elapsed_ms: u64) -> Option<SignedDuration> {
    let half = SignedDuration::from_millis(i64::try_from(elapsed_ms / 2).ok()?);
    Some(date.duration_since(sent_at) - half)
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
