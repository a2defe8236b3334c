//! The TCP connections of core and worker, from the tables of their network namespace.
//!
//! A live connection of the worker is evidence for `ssmmessages:OpenControlChannel`; whether its
//! other end is `ssmmessages` (or a proxy) is judged elsewhere, by name and address.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::lasting;
use crate::host::file;
use crate::observations::{AgentProcess, AgentSocket, Reading, SocketState};
use crate::world::World;

/// Largest table of connections that is read; a line has 150 bytes.
const TABLE_LIMIT: u64 = 8 * 1024 * 1024;

/// The connections of core and worker. `Forbidden` without the right to see their descriptors.
pub(super) fn read(
    world: &World,
    processes: &Reading<Vec<AgentProcess>>,
) -> Reading<Vec<AgentSocket>> {
    processes.clone().and_then(|processes, source| {
        let mut all = Vec::new();
        for process in lasting(&processes) {
            match of_process(world, process) {
                Ok(sockets) => all.extend(sockets),
                Err(refused) => return refused,
            }
        }
        Reading::found(all, source)
    })
}

fn of_process(
    world: &World,
    process: &AgentProcess,
) -> Result<Vec<AgentSocket>, Reading<Vec<AgentSocket>>> {
    let folder = format!("/proc/{}/fd", process.pid);
    let names = match file::list(world, &folder) {
        Reading::Found { value, .. } => value,
        // It has just ended.
        Reading::Absent { .. } => return Ok(Vec::new()),
        other => return Err(other.map(|_names| Vec::new())),
    };
    let own: Vec<u64> = names
        .iter()
        .filter_map(|name| {
            let target = file::read_link(world, &format!("{folder}/{name}"));
            let inode = target.value()?.strip_prefix("socket:[")?;
            inode.strip_suffix(']')?.parse().ok()
        })
        .collect();
    let mut table = BTreeMap::new();
    for name in ["tcp", "tcp6"] {
        let path = format!("/proc/{}/net/{name}", process.pid);
        let reading = file::read_text(world, &path, TABLE_LIMIT);
        let lines = reading.value().map_or("", String::as_str).lines();
        table.extend(lines.filter_map(parse_line));
    }
    Ok(own
        .iter()
        .filter_map(|inode| table.get(inode))
        .map(|line| AgentSocket {
            pid: process.pid,
            role: process.role,
            remote_address: line.address,
            remote_port: line.port,
            state: line.state,
        })
        .collect())
}

struct Line {
    address: IpAddr,
    port: u16,
    state: SocketState,
}

/// Source: `proc_pid_net(5)`: `sl local remote st …`, the inode is the tenth field; states from
/// the kernel's `tcp_states.h`. Listening and ended ones are left out.
fn parse_line(line: &str) -> Option<(u64, Line)> {
    let mut fields = line.split_ascii_whitespace().skip(2);
    let (address, port) = fields.next()?.split_once(':')?;
    let state = match fields.next()? {
        "01" => SocketState::Established,
        "02" | "03" => SocketState::Opening,
        "04" | "05" | "08" | "09" | "0B" => SocketState::Closing,
        _ => return None,
    };
    let inode = fields.nth(5)?.parse().ok()?;
    let line = Line {
        address: parse_address(address)?,
        port: u16::from_str_radix(port, 16).ok()?,
        state,
    };
    Some((inode, line))
}

/// An address as the kernel prints it: words of 32 bits in the machine's byte order.
fn parse_address(text: &str) -> Option<IpAddr> {
    let mut bytes = Vec::new();
    for word in text.as_bytes().chunks(8) {
        if word.len() != 8 {
            return None;
        }
        let word = u32::from_str_radix(std::str::from_utf8(word).ok()?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    match bytes.len() {
        4 => Some(Ipv4Addr::from(<[u8; 4]>::try_from(bytes).ok()?).into()),
        16 => {
            let address = Ipv6Addr::from(<[u8; 16]>::try_from(bytes).ok()?);
            Some(address.to_canonical())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{parse_address, parse_line, read};
    use crate::host::testing::Root;
    use crate::observations::{AgentProcess, ProcessRole, Reading, SocketState};

    const TABLE: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 11 1
   1: 0501000A:C350 0A01000A:01BB 01 00000000:00000000 02:00000000 00000000     0        0 12 2
   2: 0501000A:C351 0B01000A:01BB 02 00000000:00000000 02:00000000 00000000     0        0 13 2
   3: 0501000A:C352 0C01000A:01BB 01 00000000:00000000 02:00000000 00000000     0        0 99 2
";

    fn worker() -> Reading<Vec<AgentProcess>> {
        Reading::found(
            vec![AgentProcess {
                pid: 9,
                role: ProcessRole::Worker,
                executable: None,
                started_at: None,
            }],
            "/proc",
        )
    }

    #[test]
    fn only_the_process_s_own_connections_count() {
        let root = Root::new();
        assert_eq!(read(&root.world(), &worker()).value(), Some(&Vec::new()));
        root.write("/proc/9/net/tcp", TABLE);
        for (name, inode) in [("3", 11), ("4", 12), ("5", 13)] {
            root.link(&format!("/proc/9/fd/{name}"), &format!("socket:[{inode}]"));
        }
        root.link("/proc/9/fd/6", "/dev/null");
        let reading = read(&root.world(), &worker());
        let [up, opening] = reading.value().unwrap().as_slice() else {
            panic!("{reading:?}");
        };
        assert_eq!(
            (up.remote_address.to_string().as_str(), up.remote_port),
            ("10.0.1.10", 443)
        );
        assert_eq!(
            (up.state, up.role),
            (SocketState::Established, ProcessRole::Worker)
        );
        assert_eq!(opening.state, SocketState::Opening);
    }

    #[test]
    fn without_a_process_table_nothing_is_known() {
        let root = Root::new();
        let unknown = Reading::not_read("no table");
        assert!(matches!(
            read(&root.world(), &unknown),
            Reading::NotRead { .. }
        ));
    }

    #[test]
    fn addresses_of_both_families_are_read() {
        assert_eq!(parse_address("0A01000A").unwrap().to_string(), "10.0.1.10");
        let mapped = parse_address("0000000000000000FFFF00000A01000A").unwrap();
        assert_eq!(mapped.to_string(), "10.0.1.10");
        let six = parse_address("B80D0120000000000000000001000000").unwrap();
        assert_eq!(six.to_string(), "2001:db8::1");
        for broken in ["", "0A", "XXXXXXXX", "0A01000A0A01000A", "é"] {
            assert_eq!(parse_address(broken), None, "{broken}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(text in "\\PC{0,80}", line in "[0-9A-F: ]{0,150}") {
            let _lines = (parse_line(&text).is_some(), parse_line(&line).is_some());
        }
    }
}
