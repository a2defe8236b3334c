//! Whether a proxy setting applies to a host, judged the way the agent's Go code judges it.
//!
//! Pure. Go's rules differ from curl's: a plain domain covers its subdomains, a leading dot
//! covers only them, addresses and CIDR blocks compare as addresses, loopback never goes through
//! a proxy.
//!
//! Source: `golang.org/x/net/http/httpproxy`, which `net/http` uses.

use std::net::IpAddr;

/// Whether `no_proxy` keeps requests to `host` and `port` away from the proxy.
#[must_use]
pub fn bypasses(no_proxy: &str, host: &str, port: u16) -> bool {
    let host = host.trim_matches(['[', ']']).to_lowercase();
    if host == "localhost" {
        return true;
    }
    let address: Option<IpAddr> = host.parse().ok();
    if address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    no_proxy
        .split(',')
        .map(|entry| entry.trim().to_lowercase())
        .any(|entry| covers(&entry, &host, address, port))
}

fn covers(entry: &str, host: &str, address: Option<IpAddr>, port: u16) -> bool {
    if entry.is_empty() {
        return false;
    }
    if entry == "*" {
        return true;
    }
    if let Some((network, length)) = cidr(entry) {
        return address.is_some_and(|address| contains(network, length, address));
    }
    let (name, only_port) = split_port(entry);
    if only_port.is_some_and(|only| only != port) || name.is_empty() {
        return false;
    }
    if let Ok(listed) = name.parse::<IpAddr>() {
        return address == Some(listed);
    }
    let name = name
        .strip_prefix('*')
        .filter(|rest| rest.starts_with('.'))
        .unwrap_or(name);
    match name.strip_prefix('.') {
        Some(parent) => host
            .strip_suffix(parent)
            .is_some_and(|left| left.ends_with('.') && left.len() > 1),
        None => {
            host == name
                || host
                    .strip_suffix(name)
                    .is_some_and(|left| left.ends_with('.'))
        }
    }
}

/// `host:port`, `[v6]:port`, `[v6]` or `host`, taken apart.
fn split_port(entry: &str) -> (&str, Option<u16>) {
    if let Some(rest) = entry.strip_prefix('[') {
        let (name, tail) = rest.split_once(']').unwrap_or((rest, ""));
        return (
            name,
            tail.strip_prefix(':').and_then(|port| port.parse().ok()),
        );
    }
    match entry.split_once(':') {
        Some((name, port)) if !port.contains(':') => match port.parse() {
            Ok(port) => (name, Some(port)),
            Err(_) => (entry, None),
        },
        _ => (entry, None),
    }
}

fn cidr(entry: &str) -> Option<(IpAddr, u32)> {
    let (network, length) = entry.split_once('/')?;
    Some((network.parse().ok()?, length.parse().ok()?))
}

fn contains(network: IpAddr, length: u32, address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) if length <= 32 => same_prefix(
            u32::from(network).into(),
            u32::from(address).into(),
            length,
            32,
        ),
        (IpAddr::V6(network), IpAddr::V6(address)) if length <= 128 => {
            same_prefix(network.into(), address.into(), length, 128)
        }
        _ => false,
    }
}

fn same_prefix(left: u128, right: u128, length: u32, width: u32) -> bool {
    length == 0 || (left ^ right) >> (width - length) == 0
}

#[cfg(test)]
mod tests {
    use super::bypasses;

    #[track_caller]
    fn check(no_proxy: &str, host: &str, expected: bool) {
        assert_eq!(
            bypasses(no_proxy, host, 443),
            expected,
            "{no_proxy} for {host}"
        );
    }

    #[test]
    fn a_domain_covers_itself_and_its_subdomains() {
        check("amazonaws.com", "ssm.eu-west-1.amazonaws.com", true);
        check("amazonaws.com", "amazonaws.com", true);
        check("amazonaws.com", "notamazonaws.com", false);
    }

    #[test]
    fn a_leading_dot_or_star_covers_only_subdomains() {
        for entry in [".amazonaws.com", "*.amazonaws.com"] {
            check(entry, "ssm.eu-west-1.amazonaws.com", true);
            check(entry, "amazonaws.com", false);
        }
    }

    #[test]
    fn addresses_compare_as_addresses() {
        check("169.254.169.254", "169.254.169.254", true);
        check("169.254.0.0/16", "169.254.169.254", true);
        check("169.254.169.0/30", "169.254.169.254", false);
        check("fd00:ec2::254", "[fd00:ec2::254]", true);
        check("[fd00:ec2::254]", "fd00:ec2:0::254", true);
        check("fd00:ec2::/32", "fd00:ec2::254", true);
        check("169.254.169.254/40", "169.254.169.254", false);
    }

    #[test]
    fn a_port_narrows_an_entry() {
        check("amazonaws.com:443", "ssm.amazonaws.com", true);
        check("amazonaws.com:80", "ssm.amazonaws.com", false);
        check("169.254.169.254:443", "169.254.169.254", true);
    }

    #[test]
    fn loopback_never_goes_through_a_proxy() {
        check("", "localhost", true);
        check("", "127.0.0.1", true);
        check("", "::1", true);
    }

    #[test]
    fn a_star_covers_everything_and_nothing_covers_nothing() {
        check("*", "ssm.amazonaws.com", true);
        check("", "ssm.amazonaws.com", false);
        check(" , ,", "ssm.amazonaws.com", false);
    }

    #[test]
    fn case_and_spaces_do_not_matter() {
        check(" Example.com , AmazonAWS.com ", "SSM.amazonaws.com", true);
    }
}
