//! inotify instances and watches of the agent's user against their limits.
//!
//! The agent makes a watcher for every session; at the limit, sessions die at once. The limits
//! hold for each user, and the agent runs as root. Bounded in time and in descriptors.

use std::time::Duration;

use crate::host::file;
use crate::host::{is_privileged, process};
use crate::observations::{Inotify, InotifyUser, Reading};
use crate::world::World;

/// Longest time the search may take.
const TIME_LIMIT: Duration = Duration::from_millis(300);
/// Most processes that are named.
const TOP: usize = 5;
/// Largest description of one instance that is read: its watches are lines in it.
const INFO_LIMIT: u64 = 8 * 1024 * 1024;

/// Counts what root uses.
pub(super) fn read(world: &World) -> Reading<Inotify> {
    let folder = "/proc/sys/fs/inotify";
    let limit = |name: &str| {
        file::read_value(world, &format!("{folder}/{name}"))
            .parse(|text| text.parse::<u64>().map_err(|error| error.to_string()))
    };
    limit("max_user_instances").and_then(|max_instances, _source| {
        limit("max_user_watches").and_then(|max_watches, source| {
            // Only root may look into root's processes.
            if world.is_live_root() && !is_privileged() {
                return Reading::Forbidden {
                    source: "/proc/1/fd".to_owned(),
                };
            }
            match process::process_ids(world) {
                Err(nothing) => nothing,
                Ok(pids) => Reading::found(count(world, &pids, max_instances, max_watches), source),
            }
        })
    })
}

fn count(world: &World, pids: &[i32], max_instances: u64, max_watches: u64) -> Inotify {
    let watch = world.clock.stopwatch();
    let owner = file::stat(world, "/proc").value().map(|meta| meta.uid);
    let mut users = Vec::new();
    let mut complete = true;
    for pid in pids {
        if watch.elapsed() > TIME_LIMIT {
            complete = false;
            break;
        }
        users.extend(of_process(world, *pid, owner));
    }
    let instances = users.iter().map(|user| user.instances).sum();
    let watches = users.iter().map(|user| user.watches).sum();
    users.sort_unstable_by_key(|user| {
        (
            std::cmp::Reverse(user.instances),
            std::cmp::Reverse(user.watches),
            user.pid,
        )
    });
    users.truncate(TOP);
    Inotify {
        max_instances,
        max_watches,
        instances,
        watches,
        top: users,
        complete,
    }
}

/// What one of root's processes uses; `None` = nothing, or it is another user's. `/proc` itself
/// belongs to root, also below another root, where that may be another number.
fn of_process(world: &World, pid: i32, root: Option<u32>) -> Option<InotifyUser> {
    let folder = format!("/proc/{pid}");
    if file::stat(world, &folder).value().map(|meta| meta.uid) != root {
        return None;
    }
    let names = file::list(world, &format!("{folder}/fd"));
    let instances: Vec<&String> = names
        .value()?
        .iter()
        .filter(|name| {
            file::read_link(world, &format!("{folder}/fd/{name}"))
                .value()
                .is_some_and(|target| target == "anon_inode:inotify" || target == "inotify")
        })
        .collect();
    if instances.is_empty() {
        return None;
    }
    let watches = instances.iter().map(|name| watches(world, &folder, name));
    Some(InotifyUser {
        pid,
        name: file::read_value(world, &format!("{folder}/comm"))
            .value()
            .cloned()
            .unwrap_or_default(),
        instances: u64::try_from(instances.len()).unwrap_or(u64::MAX),
        watches: watches.sum(),
    })
}

/// Source: `proc_pid_fdinfo(5)`: one line `inotify wd:…` for each watch.
fn watches(world: &World, folder: &str, name: &str) -> u64 {
    let reading = file::read_bytes(world, &format!("{folder}/fdinfo/{name}"), INFO_LIMIT);
    let lines = reading.value().map_or(0, |bytes| {
        bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| line.starts_with(b"inotify "))
            .count()
    });
    u64::try_from(lines).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::host::testing::Root;
    use crate::observations::Reading;

    fn process(root: &Root, pid: i32, name: &str, instances: usize, watches: usize) {
        root.write(&format!("/proc/{pid}/comm"), format!("{name}\n"));
        root.link(&format!("/proc/{pid}/fd/0"), "/dev/null");
        for number in 1..=instances {
            root.link(&format!("/proc/{pid}/fd/{number}"), "anon_inode:inotify");
            let line = "inotify wd:1 ino:1 sdev:1 mask:1\n".repeat(watches);
            root.write(
                &format!("/proc/{pid}/fdinfo/{number}"),
                format!("pos:\t0\n{line}"),
            );
        }
    }

    #[test]
    fn instances_and_watches_are_summed_and_the_greediest_named() {
        let root = Root::new();
        assert!(read(&root.world()).is_absent());
        root.write("/proc/sys/fs/inotify/max_user_instances", "128\n");
        root.write("/proc/sys/fs/inotify/max_user_watches", "8192\n");
        process(&root, 1, "systemd", 2, 3);
        process(&root, 7, "kubelet", 5, 1);
        process(&root, 8, "quiet", 0, 0);
        let reading = read(&root.world());
        let seen = reading.value().unwrap();
        assert_eq!((seen.max_instances, seen.max_watches), (128, 8192));
        assert_eq!((seen.instances, seen.watches), (7, 11));
        let names: Vec<_> = seen.top.iter().map(|user| user.name.as_str()).collect();
        assert_eq!(names, ["kubelet", "systemd"]);
        assert!(seen.complete);
    }

    #[test]
    fn a_limit_that_is_no_number_is_malformed() {
        let root = Root::new();
        root.write("/proc/sys/fs/inotify/max_user_instances", "many\n");
        assert!(matches!(read(&root.world()), Reading::Malformed { .. }));
    }
}
