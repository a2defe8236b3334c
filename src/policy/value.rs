//! Typed values of conditions: numbers, instants, networks.
//!
//! Source: "IAM JSON policy elements: Condition operators".

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp, civil::Date};

/// An IP network, or a single address with its longest prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Reads `203.0.113.0/24`, `2001:db8::/32` or a bare address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().ok()?)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().ok()?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(longest);
        (prefix <= longest).then_some(Self { address, prefix })
    }

    /// Whether an address lies in it. IPv4 and IPv6 never meet.
    pub(super) fn contains(&self, address: IpAddr) -> bool {
        let (mine, other, width) = match (self.address, address) {
            (IpAddr::V4(mine), IpAddr::V4(other)) => (
                u128::from(u32::from(mine)),
                u128::from(u32::from(other)),
                32,
            ),
            (IpAddr::V6(mine), IpAddr::V6(other)) => (u128::from(mine), u128::from(other), 128),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => return false,
        };
        // A shift by the whole width is not defined: prefix 0 holds everything.
        let ignored = width - u32::from(self.prefix);
        mine.checked_shr(ignored).unwrap_or(0) == other.checked_shr(ignored).unwrap_or(0)
    }
}

/// Reads a decimal number; no exponents, no infinities.
pub(super) fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '+'));
    if plain { text.parse().ok() } else { None }
}

/// Reads an instant: ISO 8601 with offset, a date alone (midnight UTC), or epoch seconds.
pub(super) fn parse_instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Some(seconds) = parse_number(text) {
        let since = SignedDuration::try_from_secs_f64(seconds).ok()?;
        return Timestamp::from_duration(since).ok();
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    if text.contains('T') {
        return None;
    }
    let date: Date = text.parse().ok()?;
    Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::{Network, parse_instant, parse_number};

    #[track_caller]
    fn in_network(network: &str, address: &str) -> bool {
        Network::parse(network)
            .unwrap()
            .contains(address.parse().unwrap())
    }

    #[test]
    fn networks_hold_their_own_addresses_only() {
        assert!(in_network("0.0.0.0/0", "203.0.113.7"));
        assert!(in_network("::/0", "2001:db8::1"));
        assert!(in_network("203.0.113.0/25", "203.0.113.127"));
        assert!(!in_network("203.0.113.0/25", "203.0.113.128"));
        assert!(!in_network("0.0.0.0/0", "::1"));
        assert!(Network::parse("203.0.113.0/33").is_none());
        assert!(Network::parse("203.0.113/24").is_none());
    }

    #[test]
    fn numbers_are_decimal_only() {
        assert_eq!(parse_number("2.0"), Some(2.0));
        assert_eq!(parse_number("-0.5"), Some(-0.5));
        assert_eq!(parse_number("inf"), None);
        assert_eq!(parse_number("1e3"), None);
        assert_eq!(parse_number(""), None);
    }

    #[test]
    fn every_written_form_of_one_instant_is_the_same() {
        let expected = parse_instant("1577836800");
        assert!(expected.is_some());
        for text in [
            "2020-01-01",
            "2020-01-01T00:00:00Z",
            "2020-01-01T00:00:00.000Z",
            "2020-01-01T01:00:00+01:00",
            "2020-01-01T00:00Z",
        ] {
            assert_eq!(parse_instant(text), expected, "{text}");
        }
        assert_eq!(parse_instant("yesterday"), None);
    }
}
