//! Open file descriptors of core and worker against their limit.

use super::lasting;
use crate::host::file::{self, TEXT_LIMIT};
use crate::observations::{AgentProcess, Descriptors, Reading};
use crate::world::World;

/// Counts for core and worker.
pub(super) fn read(
    world: &World,
    processes: &Reading<Vec<AgentProcess>>,
) -> Reading<Vec<Descriptors>> {
    processes.clone().map(|processes| {
        lasting(&processes)
            .map(|process| {
                let folder = format!("/proc/{}", process.pid);
                let open = file::list(world, &format!("{folder}/fd"));
                let limits = file::read_text(world, &format!("{folder}/limits"), TEXT_LIMIT);
                Descriptors {
                    pid: process.pid,
                    role: process.role,
                    open: open
                        .value()
                        .and_then(|names| u64::try_from(names.len()).ok()),
                    limit: limits.value().and_then(|text| soft_limit(text)),
                }
            })
            .collect()
    })
}

/// Source: `proc_pid_limits(5)`: `Max open files   1024   524288   files`.
fn soft_limit(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{read, soft_limit};
    use crate::host::testing::Root;
    use crate::observations::{AgentProcess, ProcessRole, Reading};

    #[test]
    fn open_ones_are_counted_and_the_soft_limit_is_read() {
        let root = Root::new();
        for name in 0..4 {
            root.link(&format!("/proc/9/fd/{name}"), "/dev/null");
        }
        root.write(
            "/proc/9/limits",
            "Limit  Soft  Hard  Units\nMax open files   1024   4096   files\n",
        );
        let process = |pid, role| AgentProcess {
            pid,
            role,
            executable: None,
            started_at: None,
        };
        let processes = Reading::found(
            vec![
                process(9, ProcessRole::Core),
                process(10, ProcessRole::Worker),
                process(11, ProcessRole::SessionWorker),
            ],
            "/proc",
        );
        let reading = read(&root.world(), &processes);
        let [core, worker] = reading.value().unwrap().as_slice() else {
            panic!("{reading:?}");
        };
        assert_eq!((core.open, core.limit), (Some(4), Some(1024)));
        assert_eq!((worker.open, worker.limit), (None, None));
        assert_eq!(soft_limit("Max open files unlimited unlimited files"), None);
    }
}
