//! TCP to one of a name's addresses: both families, each address a little after the one before.
//!
//! Source: RFC 8305, "Happy Eyeballs"; Go's dialer does much the same.

#![expect(
    clippy::disallowed_methods,
    reason = "the one place that opens TCP connections"
)]

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::classify;
use super::progress::Progress;
use crate::observations::{Attempt, Failure, Link, Step};
use crate::world::{Clock, Stopwatch};

/// How long one address may be silent before the next one is tried beside it.
const STAGGER: Duration = Duration::from_millis(250);
/// Most addresses that are tried.
const MOST: usize = 6;

/// One attempt that ended.
struct Ended {
    address: IpAddr,
    connected: io::Result<TcpStream>,
    at: jiff::Timestamp,
    since: Stopwatch,
}

/// Connects to the first address that answers. Every attempt is noted in `progress`.
///
/// # Errors
/// When none of them connects: the failure that tells most.
pub(super) async fn connect(
    addresses: &[IpAddr],
    port: u16,
    limit_ms: u64,
    progress: &Progress,
) -> Result<(TcpStream, IpAddr), Failure> {
    let mut left = by_turns(addresses).into_iter().take(MOST);
    let mut attempts = JoinSet::new();
    let mut failures = Vec::new();
    loop {
        if let Some(address) = left.next() {
            progress.attempt(Attempt {
                address,
                step: Step::NotAsked,
            });
            attempts.spawn(one(SocketAddr::new(address, port)));
        } else if attempts.is_empty() {
            return Err(most_telling(&failures));
        }
        let is_last = left.len() == 0;
        tokio::select! {
            Some(ended) = attempts.join_next() => {
                // An attempt that panicked is none: the others go on.
                let Ok(ended) = ended else { continue };
                match note(ended, limit_ms, progress) {
                    Ok(connected) => return Ok(connected),
                    Err(failure) => failures.push(failure),
                }
            }
            () = tokio::time::sleep(STAGGER), if !is_last => {}
        }
    }
}

async fn one(address: SocketAddr) -> Ended {
    let at = Clock::System.now();
    let since = Clock::System.stopwatch();
    Ended {
        address: address.ip(),
        connected: TcpStream::connect(address).await,
        at,
        since,
    }
}

fn note(ended: Ended, limit_ms: u64, progress: &Progress) -> Result<(TcpStream, IpAddr), Failure> {
    let Ended {
        address,
        connected,
        at,
        since,
    } = ended;
    let elapsed_ms = since.elapsed_ms();
    let (step, outcome) = match connected {
        Ok(stream) => {
            // Only a delay is lost where it cannot be set.
            let _set = stream.set_nodelay(true);
            let value = ();
            (
                Step::Held {
                    value,
                    at,
                    elapsed_ms,
                },
                Ok((stream, address)),
            )
        }
        Err(error) => {
            let failure =
                classify::socket(&error, Link::Connect, limit_ms).unwrap_or(Failure::Unreachable);
            let step = Step::Broke {
                failure: failure.clone(),
                at,
                elapsed_ms,
            };
            (step, Err(failure))
        }
    };
    progress.attempt(Attempt { address, step });
    outcome
}

/// The addresses with the families by turns, beginning with the first address's.
fn by_turns(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let first_is_v6 = addresses.first().is_some_and(IpAddr::is_ipv6);
    let (first, second): (Vec<IpAddr>, Vec<IpAddr>) = addresses
        .iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    let mut mixed = Vec::new();
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    loop {
        let pair = [first.next(), second.next()];
        if pair == [None, None] {
            return mixed;
        }
        mixed.extend(pair.into_iter().flatten());
    }
}

/// No route is trivial for a family that this host does not have, so anything else says more.
fn most_telling(failures: &[Failure]) -> Failure {
    let telling = failures
        .iter()
        .find(|failure| **failure != Failure::Unreachable);
    telling.cloned().unwrap_or(Failure::Unreachable)
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::{by_turns, connect, most_telling};
    use crate::network::progress::Progress;
    use crate::observations::{Failure, Step};

    fn addresses(all: &[&str]) -> Vec<IpAddr> {
        all.iter().map(|one| one.parse().unwrap()).collect()
    }

    #[test]
    fn families_take_turns() {
        let given = addresses(&["10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1"]);
        let mixed = addresses(&["10.0.0.1", "fd00::1", "10.0.0.2", "10.0.0.3"]);
        assert_eq!(by_turns(&given), mixed);
        assert!(by_turns(&[]).is_empty());
    }

    #[test]
    fn a_missing_family_does_not_hide_what_the_other_met() {
        let all = vec![Failure::Unreachable, Failure::Refused];
        assert_eq!(most_telling(&all), Failure::Refused);
        assert_eq!(most_telling(&[]), Failure::Unreachable);
    }

    #[tokio::test]
    async fn the_second_address_is_tried_when_the_first_refuses() {
        let listener = tokio::net::TcpListener::bind("127.0.0.2:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let progress = Progress::default();
        let all = addresses(&["127.0.0.3", "127.0.0.2"]);
        let (_, address) = connect(&all, port, 400, &progress).await.unwrap();
        assert_eq!(address.to_string(), "127.0.0.2");
        let steps = progress.steps().attempts;
        assert_eq!(steps[0].step.failure(), Some(&Failure::Refused));
        assert!(matches!(steps[1].step, Step::Held { .. }));
    }
}
