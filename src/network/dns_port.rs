//! `nameserver [address]:port` in `resolv.conf`: a name server on a port of its own.
//!
//! Pure. Source: OpenBSD `resolv.conf(5)`. Linux's resolvers skip such a line, so it stands in
//! roots laid out for this program alone, such as the lab's.

use std::collections::HashMap;
use std::net::IpAddr;

/// The text with plain addresses, and the ports by address.
pub(super) fn split(bytes: &[u8]) -> (String, HashMap<IpAddr, u16>) {
    let mut plain = String::new();
    let mut ports = HashMap::new();
    for line in String::from_utf8_lossy(bytes).lines() {
        match server(line) {
            Some((address, port)) => {
                ports.insert(address, port);
                plain.extend(["nameserver ", &address.to_string(), "\n"]);
            }
            None => plain.extend([line, "\n"]),
        }
    }
    (plain, ports)
}

fn server(line: &str) -> Option<(IpAddr, u16)> {
    let mut words = line.split_whitespace();
    if words.next() != Some("nameserver") {
        return None;
    }
    let (address, port) = words.next()?.strip_prefix('[')?.split_once("]:")?;
    Some((address.parse().ok()?, port.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::split;

    #[test]
    fn only_a_bracketed_address_has_a_port() {
        let text = b"nameserver [127.0.0.1]:5353\nsearch lab\nnameserver 10.0.0.2\n";
        let (plain, ports) = split(text);
        assert_eq!(
            plain,
            "nameserver 127.0.0.1\nsearch lab\nnameserver 10.0.0.2\n"
        );
        assert_eq!(ports.len(), 1);
        assert_eq!(ports.get(&IpAddr::V4(Ipv4Addr::LOCALHOST)), Some(&5353));
    }

    #[test]
    fn what_is_no_port_is_left_as_it_is() {
        for line in [
            "nameserver [127.0.0.1]",
            "nameserver [::1]:70000",
            "nameserver",
        ] {
            assert_eq!(split(line.as_bytes()).0.trim_end(), line);
        }
    }
}
