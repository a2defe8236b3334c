//! What a bundle holds, as data: where each thing comes from, and what is never taken.
//!
//! `{data}`, `{logs}` and `{runtime}` stand for the agent's folders on this kind of system.

use serde_json::{Value, json};

use crate::observations::Observations;

/// One row of the list of contents.
#[derive(Debug)]
pub struct Row {
    /// The file in the bundle, or the folder that the files of this row go into (ending in `/`).
    pub name: &'static str,
    /// What it is, for the manual.
    pub what: &'static str,
    /// Where it comes from.
    pub from: From,
}

/// Where a row's content comes from.
#[derive(Debug, Clone, Copy)]
pub enum From {
    /// One file of the host.
    File(&'static str),
    /// One JSON file that lies beside secrets: taken only where it is JSON, so that it is what it
    /// should be.
    State(&'static str),
    /// The files of a folder whose names begin and end so.
    Folder {
        /// The folder.
        folder: &'static str,
        /// How the names begin.
        start: &'static str,
        /// How the names end.
        end: &'static str,
    },
    /// The ends of the logs of a folder, newest first, whose names begin so.
    Logs {
        /// The folder.
        folder: &'static str,
        /// How the names begin.
        start: &'static str,
    },
    /// Names, sizes, modes and times of a folder and those below it; no content.
    Listing(&'static str),
    /// The target of a symbolic link.
    Link(&'static str),
    /// A part of the observations.
    Seen(fn(&Observations) -> Value),
}

/// The list of contents. Small things stand before logs, so that a limit never cuts them off.
///
/// Never taken: private keys and credentials (`{data}/Vault/Store`, `{data}/credentials`,
/// `~/.aws`), user data, environments, session transcripts and Run Command output
/// (`{data}/i-…`), host keys.
pub static CONTENTS: [Row; 49] = [
    seen(
        "imds/metadata.json",
        "what IMDS said, credentials left out",
        |seen| json!(seen.imds),
    ),
    seen(
        "net/chains.json",
        "each link to each endpoint: name, connection, TLS, HTTP",
        |seen| json!(seen.network),
    ),
    seen(
        "net/calls.json",
        "each question to AWS, with its answer or why it was left out",
        |seen| json!(seen.calls),
    ),
    seen(
        "host/health.json",
        "room, watchers, descriptors, memory, unit, sockets",
        |seen| json!(seen.host.health),
    ),
    seen(
        "host/clock.json",
        "this run's time, and the last times that AWS told",
        |seen| {
            json!({"started_at": seen.started_at, "elapsed_ms": seen.elapsed_ms,
               "network": seen.network.chains.iter()
                   .filter_map(|(service, chain)| Some((service.name(), chain.http.value()?.date?)))
                   .collect::<std::collections::BTreeMap<_, _>>()})
        },
    ),
    seen(
        "agent/processes.json",
        "the agent's processes and installations",
        |seen| json!(seen.host.agent),
    ),
    seen(
        "agent/log-events.json",
        "the agent's log as it was understood",
        |seen| json!(seen.host.agent_log),
    ),
    file(
        "agent/config/amazon-ssm-agent.json",
        "the agent's configuration",
        "/etc/amazon/ssm/amazon-ssm-agent.json",
    ),
    file(
        "agent/config/seelog.xml",
        "how the agent logs",
        "/etc/amazon/ssm/seelog.xml",
    ),
    folder(
        "agent/unit/etc/",
        "the agent's units of the administrator",
        "/etc/systemd/system",
        "amazon-ssm-agent",
        ".service",
    ),
    folder(
        "agent/unit/lib/",
        "the agent's units of the package",
        "/lib/systemd/system",
        "amazon-ssm-agent",
        ".service",
    ),
    folder(
        "agent/unit/snap/",
        "the agent's units of the snap",
        "/etc/systemd/system",
        "snap.amazon-ssm-agent",
        ".service",
    ),
    folder(
        "agent/unit/drop-ins/",
        "drop-ins of the agent's unit",
        "/etc/systemd/system/amazon-ssm-agent.service.d",
        "",
        ".conf",
    ),
    folder(
        "agent/unit/lib-drop-ins/",
        "drop-ins that packages bring",
        "/lib/systemd/system/amazon-ssm-agent.service.d",
        "",
        ".conf",
    ),
    folder(
        "agent/unit/run-drop-ins/",
        "drop-ins until the next start",
        "/run/systemd/system/amazon-ssm-agent.service.d",
        "",
        ".conf",
    ),
    folder(
        "agent/unit/snap-drop-ins/",
        "drop-ins of the snap's unit",
        "/etc/systemd/system/snap.amazon-ssm-agent.amazon-ssm-agent.service.d",
        "",
        ".conf",
    ),
    state(
        "agent/state/identity_config.json",
        "what the agent last took",
        "{runtime}/identity_config.json",
    ),
    state(
        "agent/state/registration",
        "the readable copy of a hybrid registration",
        "{data}/registration",
    ),
    state(
        "agent/state/vault-manifest.json",
        "what the vault lists",
        "{data}/Vault/Manifest",
    ),
    state(
        "agent/state/vault-ec2-manifest.json",
        "what the vault lists for EC2",
        "{data}/Vault/EC2Manifest",
    ),
    listing(
        "agent/state/listing.txt",
        "names, sizes, modes and times of the agent's folder",
        "{data}",
    ),
    listing(
        "agent/log/listing.txt",
        "names, sizes, modes and times of the logs",
        "{logs}",
    ),
    file(
        "net/resolv.conf",
        "the resolver's settings",
        "/etc/resolv.conf",
    ),
    file("net/hosts", "names that are set by hand", "/etc/hosts"),
    file(
        "net/nsswitch.conf",
        "the order of name services",
        "/etc/nsswitch.conf",
    ),
    file("net/route", "routes (IPv4)", "/proc/net/route"),
    file("net/ipv6_route", "routes (IPv6)", "/proc/net/ipv6_route"),
    file(
        "net/fib_trie",
        "this host's addresses",
        "/proc/net/fib_trie",
    ),
    file("net/dev", "interfaces and their counters", "/proc/net/dev"),
    file(
        "net/firewall/ip_tables_names",
        "tables of iptables that are in use",
        "/proc/net/ip_tables_names",
    ),
    file(
        "net/firewall/ip6_tables_names",
        "the same for IPv6",
        "/proc/net/ip6_tables_names",
    ),
    file(
        "net/firewall/nftables.conf",
        "the firewall's saved rules",
        "/etc/nftables.conf",
    ),
    file(
        "net/firewall/rules.v4",
        "the firewall's saved rules",
        "/etc/iptables/rules.v4",
    ),
    file(
        "net/firewall/rules.v6",
        "the firewall's saved rules",
        "/etc/iptables/rules.v6",
    ),
    file(
        "net/firewall/sysconfig-iptables",
        "the firewall's saved rules",
        "/etc/sysconfig/iptables",
    ),
    file(
        "net/firewall/ufw-user.rules",
        "the firewall's saved rules",
        "/etc/ufw/user.rules",
    ),
    file(
        "net/firewall/firewalld-public.xml",
        "the firewall's saved rules",
        "/etc/firewalld/zones/public.xml",
    ),
    file("host/os-release", "the operating system", "/etc/os-release"),
    file("host/kernel", "the kernel", "/proc/version"),
    file(
        "host/cmdline",
        "how the kernel was started",
        "/proc/cmdline",
    ),
    file("host/mounts", "what is mounted, and how", "/proc/mounts"),
    file("host/meminfo", "memory", "/proc/meminfo"),
    file("host/loadavg", "load", "/proc/loadavg"),
    file("host/uptime", "how long it has been up", "/proc/uptime"),
    link(
        "host/time-zone",
        "the time zone that the logs are in",
        "/etc/localtime",
    ),
    logs(
        "agent/log/",
        "the agent's log and what it was rolled to",
        "{logs}",
        "amazon-ssm-agent.log",
    ),
    logs("agent/log/", "the agent's errors", "{logs}", "errors.log"),
    logs(
        "agent/log/",
        "the agent's hibernation",
        "{logs}",
        "hibernate.log",
    ),
    logs(
        "agent/log/audits/",
        "the agent's starts and updates",
        "{logs}/audits",
        "amazon-ssm-agent-audit",
    ),
];

const fn file(name: &'static str, what: &'static str, path: &'static str) -> Row {
    Row {
        name,
        what,
        from: From::File(path),
    }
}

const fn state(name: &'static str, what: &'static str, path: &'static str) -> Row {
    Row {
        name,
        what,
        from: From::State(path),
    }
}

const fn link(name: &'static str, what: &'static str, path: &'static str) -> Row {
    Row {
        name,
        what,
        from: From::Link(path),
    }
}

const fn listing(name: &'static str, what: &'static str, path: &'static str) -> Row {
    Row {
        name,
        what,
        from: From::Listing(path),
    }
}

const fn folder(
    name: &'static str,
    what: &'static str,
    folder: &'static str,
    start: &'static str,
    end: &'static str,
) -> Row {
    Row {
        name,
        what,
        from: From::Folder { folder, start, end },
    }
}

const fn logs(
    name: &'static str,
    what: &'static str,
    folder: &'static str,
    start: &'static str,
) -> Row {
    Row {
        name,
        what,
        from: From::Logs { folder, start },
    }
}

const fn seen(name: &'static str, what: &'static str, part: fn(&Observations) -> Value) -> Row {
    Row {
        name,
        what,
        from: From::Seen(part),
    }
}

/// Files that are read only to know which secrets must not turn up elsewhere; they are never
/// taken. A folder ends in `/`.
pub(super) const SECRET_PLACES: [&str; 9] = [
    "{data}/Vault/Store/",
    "{data}/credentials",
    "/root/.aws/credentials",
    "/root/.aws/config",
    "/etc/amazon/ssm/amazon-ssm-agent.json",
    "/etc/environment",
    "/etc/default/amazon-ssm-agent",
    "/etc/sysconfig/amazon-ssm-agent",
    "/etc/systemd/system/amazon-ssm-agent.service.d/",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{CONTENTS, From};

    #[test]
    fn no_two_rows_write_the_same_file_and_logs_come_last() {
        let mut names = BTreeSet::new();
        let mut in_logs = false;
        for row in &CONTENTS {
            let is_log = matches!(row.from, From::Logs { .. });
            assert!(is_log || !in_logs, "{}", row.name);
            in_logs = is_log;
            assert!(is_log || names.insert(row.name), "{}", row.name);
            assert!(row.name.len() < 70 && !row.what.is_empty());
        }
    }
}
