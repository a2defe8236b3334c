//! The routing table, as far as it explains why something cannot be reached.
//!
//! Source: Linux `net/ipv4/fib_trie.c` (`/proc/net/route`: addresses in the machine's own byte
//! order, flags of `route.h`), `net/ipv6/route.c` (`/proc/net/ipv6_route`).

use std::net::{IpAddr, Ipv4Addr};

use crate::host::file;
use crate::observations::{MetadataRoute, Reading, RouteWay, Routes};
use crate::world::World;

/// Largest table that is read, in bytes.
const LIMIT: u64 = 1024 * 1024;
/// `RTF_GATEWAY`.
const GATEWAY: u32 = 0x2;
/// `RTF_REJECT`.
const REJECT: u32 = 0x200;
/// IMDS.
const METADATA: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);

/// Reads both tables below the root.
#[must_use]
pub fn read(world: &World) -> Reading<Routes> {
    let ipv6 = file::read_text(world, "/proc/net/ipv6_route", LIMIT);
    let default_ipv6 = ipv6.value().is_some_and(|text| has_default_ipv6(text));
    file::read_text(world, "/proc/net/route", LIMIT).map(|text| {
        let table: Vec<Route> = text.lines().filter_map(Route::parse).collect();
        Routes {
            default_ipv4: table
                .iter()
                .any(|route| route.bits == 0 && !route.is_dead()),
            default_ipv6,
            metadata: metadata(&table),
        }
    })
}

/// One row of the IPv4 table.
#[derive(Debug, Clone)]
struct Route {
    device: String,
    destination: u32,
    gateway: u32,
    flags: u32,
    bits: u32,
}

impl Route {
    fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |place: usize| {
            let value = u32::from_str_radix(words.get(place)?, 16).ok()?;
            Some(u32::from_be_bytes(value.to_ne_bytes()))
        };
        let flags = u32::from_str_radix(words.get(3)?, 16).ok()?;
        Some(Self {
            device: (*words.first()?).to_owned(),
            destination: number(1)?,
            gateway: number(2)?,
            flags,
            bits: number(7)?.leading_ones(),
        })
    }

    fn covers(&self, address: u32) -> bool {
        let shift = 32_u32.saturating_sub(self.bits);
        self.bits == 0 || (self.destination ^ address) >> shift == 0
    }

    /// A route that leads nowhere: unreachable or prohibited, or a black hole, which has no device.
    fn is_dead(&self) -> bool {
        self.flags & REJECT != 0 || self.device == "*"
    }
}

/// The most special route to IMDS, unless it is only the default one.
fn metadata(table: &[Route]) -> Option<MetadataRoute> {
    let address = u32::from(METADATA);
    let route = table
        .iter()
        .filter(|route| route.bits > 0 && route.covers(address))
        .max_by_key(|route| route.bits)?;
    let gateway = Ipv4Addr::from(route.gateway);
    let way = if route.flags & REJECT != 0 {
        RouteWay::Refused
    } else if route.device == "*" {
        RouteWay::BlackHole
    } else if route.flags & GATEWAY != 0 {
        let on_link = |other: &&Route| {
            other.flags & GATEWAY == 0 && !other.is_dead() && other.covers(route.gateway)
        };
        RouteWay::Gateway {
            gateway: IpAddr::V4(gateway),
            is_neighbour: table.iter().any(|other| on_link(&other)),
        }
    } else {
        RouteWay::Direct
    };
    Some(MetadataRoute {
        destination: format!("{}/{}", Ipv4Addr::from(route.destination), route.bits),
        device: Some(route.device.clone()).filter(|device| device != "*"),
        way,
    })
}

/// A default route that is not the kernel's own refusal on `lo`.
fn has_default_ipv6(text: &str) -> bool {
    text.lines().any(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_default = words
            .first()
            .is_some_and(|to| to.bytes().all(|digit| digit == b'0'))
            && words.get(1) == Some(&"00");
        let flags = words
            .get(8)
            .and_then(|flags| u32::from_str_radix(flags, 16).ok());
        is_default && words.get(9) != Some(&"lo") && flags.is_some_and(|flags| flags & REJECT == 0)
    })
}

#[cfg(test)]
mod tests {
    use super::{MetadataRoute, Route, RouteWay, has_default_ipv6, metadata};

    /// A row as a little-endian machine writes it, from addresses in the usual order.
    fn row(device: &str, to: [u8; 4], gateway: [u8; 4], flags: u32, bits: u32) -> Route {
        let number = |bytes: [u8; 4]| format!("{:08X}", u32::from_ne_bytes(bytes));
        let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0).to_be_bytes();
        let line = format!(
            "{device}\t{}\t{}\t{flags:04X}\t0\t0\t0\t{}\t0\t0\t0",
            number(to),
            number(gateway),
            number(mask)
        );
        Route::parse(&line).unwrap()
    }

    fn way(table: &[Route]) -> Option<RouteWay> {
        metadata(table).map(|MetadataRoute { way, .. }| way)
    }

    #[test]
    fn a_route_of_its_own_is_told_from_the_default_one() {
        let default = row("ens5", [0; 4], [10, 0, 0, 1], 3, 0);
        let subnet = row("ens5", [10, 0, 0, 0], [0; 4], 1, 24);
        assert_eq!(way(&[default.clone(), subnet]), None);
        let local = row("ens5", [169, 254, 0, 0], [0; 4], 1, 16);
        assert_eq!(way(&[default.clone(), local]), Some(RouteWay::Direct));
        let refused = row("*", [169, 254, 169, 254], [0; 4], 0x205, 32);
        assert_eq!(way(&[default.clone(), refused]), Some(RouteWay::Refused));
        let hole = row("*", [169, 254, 169, 254], [0; 4], 5, 32);
        assert_eq!(way(&[default, hole]), Some(RouteWay::BlackHole));
    }

    #[test]
    fn a_gateway_of_another_subnet_is_no_neighbour() {
        let subnet = row("ens5", [10, 0, 0, 0], [0; 4], 1, 24);
        let stale = row("ens5", [169, 254, 169, 254], [10, 9, 9, 1], 7, 32);
        let Some(RouteWay::Gateway {
            gateway,
            is_neighbour,
        }) = way(&[subnet, stale])
        else {
            panic!("no gateway")
        };
        assert_eq!(
            (gateway.to_string().as_str(), is_neighbour),
            ("10.9.9.1", false)
        );
    }

    #[test]
    fn the_kernel_s_refusal_is_no_default_route() {
        let zeros = "00000000000000000000000000000000";
        let line = |flags: &str, device: &str| {
            format!("{zeros} 00 {zeros} 00 {zeros} 00000400 00000001 00000000 {flags} {device}\n")
        };
        assert!(!has_default_ipv6(&line("00200200", "lo")));
        assert!(has_default_ipv6(&line("00450003", "ens5")));
        assert!(!has_default_ipv6("nonsense"));
    }

    proptest::proptest! {
        #[test]
        fn any_table_is_read_without_a_panic(text in "[0-9A-F*a-z \\t\\n]{0,300}") {
            let table: Vec<Route> = text.lines().filter_map(Route::parse).collect();
            let _read = (metadata(&table), has_default_ipv6(&text));
        }
    }
}
