//! Of the properties in the agent's fingerprint, those that files tell without running programs.
//!
//! Source: agent `agent/managedInstances/fingerprint/hardwareInfo_unix.go`. The hashes of
//! `dmidecode` and of `/dev/disk/by-uuid` are not remade here.

use crate::host::file;
use crate::observations::{MachineProperties, Reading};
use crate::world::World;

/// Reads host name and addresses.
pub(super) fn read(world: &World) -> Reading<MachineProperties> {
    let net = "/sys/class/net";
    let interfaces = file::list(world, net);
    let trie = file::read_text(world, "/proc/net/fib_trie", 4 * 1024 * 1024);
    let properties = MachineProperties {
        hostname: hostname(world),
        ipv4: trie
            .value()
            .map_or_else(Vec::new, |text| local_addresses(text)),
        mac: interfaces
            .value()
            .map_or_else(Vec::new, |names| hardware_addresses(world, net, names)),
    };
    let is_empty =
        properties.hostname.is_none() && properties.ipv4.is_empty() && properties.mac.is_empty();
    if is_empty {
        return interfaces.and_then(|_names, source| Reading::absent(source));
    }
    Reading::found(properties, net)
}

fn hostname(world: &World) -> Option<String> {
    ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .iter()
        .find_map(|path| file::read_value(world, path).value().cloned())
}

/// The hardware addresses by interface number, without those of all zeros.
fn hardware_addresses(world: &World, net: &str, names: &[String]) -> Vec<String> {
    let mut found: Vec<(u64, String)> = names
        .iter()
        .take(1024)
        .filter_map(|name| {
            let value = |what: &str| {
                file::read_value(world, &format!("{net}/{name}/{what}"))
                    .value()
                    .cloned()
            };
            let address = value("address")?;
            let number = value("ifindex")?.parse().ok()?;
            address
                .contains(|char: char| char != '0' && char != ':')
                .then_some((number, address))
        })
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, address)| address).collect()
}

/// This host's own addresses in the kernel's routing trie, without loopback: each stands above
/// its line `/32 host LOCAL`.
fn local_addresses(trie: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut last = "";
    for line in trie.lines() {
        let line = line.trim();
        if let Some(address) = line.strip_prefix("|-- ") {
            last = address;
        } else if line == "/32 host LOCAL"
            && !last.is_empty()
            && !last.starts_with("127.")
            && !found.iter().any(|known| known == last)
        {
            found.push(last.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{local_addresses, read};
    use crate::host::testing::Root;

    const TRIE: &str = "\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
           |-- 10.0.1.0
              /24 link UNICAST
           |-- 10.0.1.5
              /32 host LOCAL
        |-- 127.0.0.1
           /32 host LOCAL
Local:
           |-- 10.0.1.5
              /32 host LOCAL
           |-- 172.17.0.1
              /32 host LOCAL
";

    #[test]
    fn own_addresses_are_listed_once_and_without_loopback() {
        assert_eq!(local_addresses(TRIE), ["10.0.1.5", "172.17.0.1"]);
        assert_eq!(
            local_addresses("/32 host LOCAL\n|-- x"),
            Vec::<String>::new()
        );
    }

    #[test]
    fn properties_come_from_their_files_in_the_order_of_the_interfaces() {
        let root = Root::new();
        assert!(read(&root.world()).is_absent());
        root.write("/etc/hostname", "vm\n");
        root.write("/proc/net/fib_trie", TRIE);
        for (name, number, address) in [
            ("docker0", 3, "02:42:00:00:00:01"),
            ("eth0", 2, "3e:45:c1:a1:47:4b"),
            ("lo", 1, "00:00:00:00:00:00"),
        ] {
            root.write(
                &format!("/sys/class/net/{name}/ifindex"),
                format!("{number}\n"),
            );
            root.write(
                &format!("/sys/class/net/{name}/address"),
                format!("{address}\n"),
            );
        }
        let reading = read(&root.world());
        let seen = reading.value().unwrap();
        assert_eq!(seen.hostname.as_deref(), Some("vm"));
        assert_eq!(seen.mac, ["3e:45:c1:a1:47:4b", "02:42:00:00:00:01"]);
        assert_eq!(seen.ipv4[0], "10.0.1.5");
    }
}
