//! Where names stand in a text: account, instance, role and host names, and public addresses.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Twelve digits.
    Account,
    /// `i-…`.
    Instance,
    /// `mi-…`.
    Node,
    /// A role, a user or an instance profile.
    Role,
    /// A host.
    Host,
    /// A public IPv4 address that is not AWS's.
    Address,
    /// The same for IPv6.
    Address6,
}

impl Kind {
    /// What stands for the `count`th name of this kind; of the same form, so that programs still
    /// understand it.
    pub(super) fn pseudonym(self, name: &str, count: u32) -> String {
        match self {
            Self::Account => format!("{:012}", 900_000_000_000_u64 + u64::from(count)),
            Self::Instance => {
                let digits = name.len().saturating_sub(2);
                format!("i-{count:0>digits$x}")
            }
            Self::Node => {
                let digits = name.len().saturating_sub(3);
                format!("mi-{count:0>digits$x}")
            }
            Self::Role => format!("role-{count}"),
            Self::Host => format!("host-{count}"),
            // Addresses that are kept for documents (RFC 5737, RFC 6890: 240/4 once they are used up).
            Self::Address if count < 255 => format!("203.0.113.{count}"),
            Self::Address => {
                let [_, b, c, d] = count.to_be_bytes();
                format!("240.{b}.{c}.{d}")
            }
            Self::Address6 => format!("2001:db8::{count:x}"),
        }
    }
}

/// Names that say nothing of anyone.
pub(super) fn is_well_known(name: &str) -> bool {
    const NAMES: [&str; 6] = [
        "localhost",
        "localdomain",
        "ip6-localhost",
        "ip6-loopback",
        "service-role",
        "host",
    ];
    const PREFIXES: [&str; 4] = ["AWS", "Amazon", "aws:", "aws-"];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Every name in a text, in order and without overlap.
pub(super) fn names(
    text: &[u8],
    words: &BTreeMap<String, Kind>,
    kept: &BTreeSet<String>,
) -> Vec<(Range<usize>, Kind)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let Some(start) = next(text, at, is_word) else {
            break;
        };
        let end = next(text, start, |byte| !is_word(byte)).unwrap_or(text.len());
        in_run(text, start..end, words, kept, &mut found);
        at = end;
    }
    found
}

/// Letters of a name; what joins two of them is looked at below.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'+' | b'@')
}

fn next(text: &[u8], from: usize, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    let found = text.get(from..)?.iter().position(|byte| wanted(*byte))?;
    Some(from + found)
}

fn in_run(
    text: &[u8],
    run: Range<usize>,
    words: &BTreeMap<String, Kind>,
    kept: &BTreeSet<String>,
    found: &mut Vec<(Range<usize>, Kind)>,
) {
    let Some(whole) = text
        .get(run.clone())
        .and_then(|run| std::str::from_utf8(run).ok())
    else {
        return;
    };
    if let Some(kind) = address(whole, kept) {
        found.push((run, kind));
        return;
    }
    if let Some((address_part, _port)) = whole.rsplit_once(':')
        && let Some(Kind::Address) = address(address_part, kept)
    {
        found.push((run.start..run.start + address_part.len(), Kind::Address));
        return;
    }
    if follows_role(text, run.start) {
        let end = run.start + whole.trim_end_matches(['.', ':']).len();
        let name = whole.trim_end_matches(['.', ':']);
        if !is_well_known(name) && !name.is_empty() && instance(name).is_none() {
            found.push((run.start..end, Kind::Role));
            return;
        }
    }
    // Dots and colons part accounts from ARNs, and hosts from domains.
    let mut start = run.start;
    for part in whole.split([':', '.', '@', '+']) {
        let range = start..start + part.len();
        start = range.end + 1;
        let kind = of_part(part, words);
        if let Some(kind) = kind {
            found.push((range, kind));
        }
    }
}

fn of_part(part: &str, words: &BTreeMap<String, Kind>) -> Option<Kind> {
    if part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Kind::Account);
    }
    instance(part)
        .or_else(|| internal_name(part).then_some(Kind::Host))
        .or_else(|| words.get(part).copied())
        .or_else(|| {
            let lower = part.to_ascii_lowercase();
            words
                .get(&lower)
                .copied()
                .filter(|kind| *kind == Kind::Host)
        })
}

fn instance(part: &str) -> Option<Kind> {
    let digits = |rest: &str| {
        matches!(rest.len(), 8 | 17) && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    match part.strip_prefix("mi-") {
        Some(rest) => digits(rest).then_some(Kind::Node),
        None => part
            .strip_prefix("i-")
            .is_some_and(digits)
            .then_some(Kind::Instance),
    }
}

/// `ip-10-0-0-1`: EC2's own names for hosts.
fn internal_name(part: &str) -> bool {
    let Some(rest) = part
        .strip_prefix("ip-")
        .or_else(|| part.strip_prefix("ec2-"))
    else {
        return false;
    };
    let numbers: Vec<_> = rest.split('-').collect();
    numbers.len() == 4 && numbers.iter().all(|number| number.parse::<u8>().is_ok())
}

/// Whether what stands before is the beginning of a role's, user's or profile's name in an ARN.
fn follows_role(text: &[u8], start: usize) -> bool {
    const BEFORE: [&[u8]; 4] = [
        b":assumed-role/",
        b":role/",
        b":user/",
        b":instance-profile/",
    ];
    let before = text.get(..start).unwrap_or_default();
    BEFORE.iter().any(|mark| before.ends_with(mark))
}

/// A public address that is not kept.
fn address(text: &str, kept: &BTreeSet<String>) -> Option<Kind> {
    let address: IpAddr = text.parse().ok()?;
    if kept.contains(text) {
        return None;
    }
    match address {
        IpAddr::V4(address) => is_public(address).then_some(Kind::Address),
        IpAddr::V6(address) => {
            let [first, second, ..] = address.segments();
            let is_global =
                (0x2000..0x4000).contains(&first) && (first, second) != (0x2001, 0x0db8);
            is_global.then_some(Kind::Address6)
        }
    }
}

fn is_public(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_unspecified()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        // Shared by carriers (RFC 6598), for measurements, kept for later.
        || (a == 100 && (64..128).contains(&b))
        || (a == 198 && (18..20).contains(&b))
        || a >= 240
        || a == 0)
}
