use crate::host::collect;
use crate::host::testing::Root;
use crate::observations::{Health, Reading};

#[test]
fn an_older_record_without_it_says_that_it_was_not_looked_at() {
    let health: Health = serde_json::from_str("{}").unwrap();
    assert_eq!(health, Health::default());
    assert!(matches!(health.inotify, Reading::NotRead { .. }));
}

#[test]
fn session_users_are_looked_up_also_the_one_that_was_refused() {
    let root = Root::new();
    root.write(
        "/etc/passwd",
        "root:x:0:0::/root:/bin/sh\nssm-user:x:1001:1001::/:/bin/sh\n",
    );
    root.write(
        "/var/log/amazon/ssm/amazon-ssm-agent.log",
        "2026-11-24 10:00:00 ERROR [ssm-session-worker] failed to start pty since RunAs user alice does not exist\n",
    );
    let (host, _) = collect(&root.world());
    let users = host.health.session_users.value().unwrap();
    assert_eq!(users.get("ssm-user"), Some(&true));
    assert_eq!(users.get("alice"), Some(&false));
}

#[test]
fn agents_of_containers_are_counted_apart() {
    let root = Root::new();
    root.write("/proc/stat", "btime 1\n");
    for pid in [9, 10] {
        let stat =
            format!("{pid} (amazon-ssm-agen) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 9 0 100 1 1");
        root.write(&format!("/proc/{pid}/stat"), stat);
    }
    root.write("/proc/10/status", "NSpid:\t10\t1\n");
    let (host, _) = collect(&root.world());
    assert_eq!(host.health.cores_in_containers.value(), Some(&1));
    assert_eq!(host.agent.processes.value().map(Vec::len), Some(1));
}

#[test]
fn an_unreadable_world_is_an_answer_everywhere() {
    let (host, _) = collect(&Root::new().world());
    let health = host.health;
    assert!(health.inotify.is_absent() && health.units.is_absent() && health.memory.is_absent());
    assert!(health.denials.is_absent() && health.selinux_enforcing.is_absent());
    assert!(health.sockets.value().is_none() && health.descriptors.value().is_none());
    assert!(health.session_users.is_absent() && health.properties.is_absent());
}
