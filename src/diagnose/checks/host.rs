//! Checks of what the host gives the agent to live on.

use super::{Judgement, evidence_of};
use crate::diagnose::case::Case;
use crate::diagnose::health::room::Room;
use crate::diagnose::health::watchers::Use;
use crate::diagnose::health::{
    execution, namespace, room, user, watchers, writing, written_folders,
};
use crate::diagnose::view::certainly_without;
use crate::diagnose::words;
use crate::observations::{FolderUse, LogEvent, Reading};
use crate::report::model::Evidence;

/// An entry of the agent's log as evidence.
fn logged(case: &Case<'_>, event: &LogEvent) -> Evidence {
    Evidence {
        source: format!("the log in {}", case.view.all.host.agent_log.source()),
        value: event
            .message
            .clone()
            .unwrap_or_else(|| format!("{:?}", event.kind)),
        observed_at: Some(event.at),
    }
}

/// Why something was not seen, with the place.
fn unseen(evidence: &Evidence) -> String {
    if evidence.source.is_empty() {
        evidence.value.clone()
    } else {
        format!("{}: {}", evidence.source, evidence.value)
    }
}

/// Why the folders were not looked at, if they were not.
fn folders_unknown(case: &Case<'_>) -> String {
    match &case.view.all.host.health.folders {
        Reading::Found { .. } => "not known of another root's folders".to_owned(),
        other => evidence_of(other, |_| String::new()).value,
    }
}

pub(super) fn space(case: &Case<'_>) -> Judgement {
    let full = room::full(case);
    let scarce = written_folders(case)
        .find(|folder| folder.space.as_ref().map(Room::of) == Some(Room::Scarce));
    let logged_full = room::logged_full(case);
    let judgement = match (full.first(), scarce, logged_full) {
        (Some((folder, _)), ..) => {
            Judgement::fail(format!("{}: {}", folder.folder, room::words(folder)))
        }
        (None, Some(folder), _) => {
            Judgement::warn(format!("{}: {}", folder.folder, room::words(folder)))
        }
        (None, None, _) if room::is_known(case) => Judgement::pass("there is room"),
        (None, None, Some(_)) => Judgement::fail("the agent's log says that there was no room"),
        (None, None, None) => Judgement::unknown(folders_unknown(case)),
    };
    let said = logged_full.map(|event| logged(case, event));
    let (first, last) = if full.is_empty() {
        (said, None)
    } else {
        (None, said)
    };
    judgement
        .resting_on_all(first)
        .resting_on_all(written_folders(case).map(|folder| Evidence {
            source: format!("file system of {}", folder.folder),
            value: room::words(folder),
            observed_at: Some(case.view.now()),
        }))
        .resting_on_all(last)
}

pub(super) fn writable(case: &Case<'_>) -> Judgement {
    let read_only = writing::read_only(case);
    let refusal = writing::logged_refusal(case);
    let judgement = match (read_only.first(), refusal) {
        (Some(folder), _) => Judgement::fail(format!("{} is mounted read-only", folder.folder)),
        (None, Some(_)) => Judgement::fail("the agent's log says that it could not write"),
        (None, None) if writing::is_known(case) => Judgement::pass("mounted writable"),
        (None, None) => Judgement::unknown(folders_unknown(case)),
    };
    judgement
        .resting_on_all(read_only.iter().map(|folder| Evidence {
            source: format!("mount options of {}", folder.looked_at),
            value: "read-only".to_owned(),
            observed_at: Some(case.view.now()),
        }))
        .resting_on_all(refusal.map(|event| logged(case, event)))
}

pub(super) fn execution(case: &Case<'_>) -> Judgement {
    let folders = &case.view.all.host.health.folders;
    let noexec: Vec<_> = [FolderUse::Programs, FolderUse::Data, FolderUse::Temporary]
        .into_iter()
        .filter_map(|use_for| execution::noexec(case, use_for))
        .collect();
    let denials = execution::denials(case);
    let refusal = execution::logged_refusal(case);
    let forbidden = case.view.all.host.health.denials.is_forbidden();
    let is_known = folders
        .value()
        .is_some_and(|all| all.iter().any(|folder| folder.is_noexec.is_some()));
    let names: Vec<_> = noexec.iter().map(|folder| folder.folder.as_str()).collect();
    let judgement = if execution::are_harmful(case, &denials) {
        Judgement::fail(denied(denials.len()))
    } else if let Some(folder) = noexec
        .iter()
        .find(|folder| folder.use_for == FolderUse::Programs)
    {
        Judgement::fail(format!("{} is mounted noexec", folder.folder))
    } else if refusal.is_some() {
        Judgement::fail("the agent's log says that a program was refused")
    } else if !noexec.is_empty() {
        Judgement::warn(format!("mounted noexec: {}", names.join(", ")))
    } else if !denials.is_empty() {
        Judgement::warn(denied(denials.len()))
    } else if !is_known || forbidden {
        Judgement::unknown(if forbidden {
            "only root may read the denials in the audit log".to_owned()
        } else {
            folders_unknown(case)
        })
    } else {
        Judgement::pass("no noexec mount and no denial is known")
    };
    judgement
        .resting_on_all(noexec.iter().map(|folder| Evidence {
            source: format!("mount options of {}", folder.looked_at),
            value: "noexec".to_owned(),
            observed_at: Some(case.view.now()),
        }))
        .resting_on_all(denials.iter().rev().take(3).map(|denial| Evidence {
            source: case.view.all.host.health.denials.source().to_owned(),
            value: execution::words(denial),
            observed_at: denial.at,
        }))
        .resting_on_all(refusal.map(|event| logged(case, event)))
}

fn denied(count: usize) -> String {
    format!("{count} denial(s) of the agent's programs within a day")
}

pub(super) fn inotify(case: &Case<'_>) -> Judgement {
    let reading = &case.view.all.host.health.inotify;
    let failure = watchers::logged_failure(case);
    let evidence = evidence_of(reading, watchers::words);
    let judgement = match (reading.value().map(watchers::use_of), failure) {
        (Some(Use::Exhausted), _) => Judgement::fail("root is at a limit of inotify"),
        (_, Some(_)) => Judgement::fail("the agent's log says that it got no watcher"),
        (Some(Use::Scarce), None) => Judgement::warn("root is near a limit of inotify"),
        (Some(Use::Fine), None) => Judgement::pass("root has watchers left"),
        (None, None) => Judgement::unknown(unseen(&evidence)),
    };
    judgement
        .resting_on(evidence)
        .resting_on_all(failure.map(|event| logged(case, event)))
}

pub(super) fn descriptors(case: &Case<'_>) -> Judgement {
    let reading = &case.view.all.host.health.descriptors;
    match (watchers::descriptors(case), reading) {
        (Some((_, open, limit, left)), _) => {
            let said = format!("{open} of {limit} open");
            match left {
                Use::Fine => Judgement::pass(said),
                Use::Scarce => Judgement::warn(said),
                Use::Exhausted => Judgement::fail(said),
            }
        }
        (None, Reading::Found { value, .. }) if value.is_empty() => {
            Judgement::skip("the agent does not run")
        }
        (None, Reading::Found { .. }) if case.view.all.privileged => {
            Judgement::unknown("the process table does not tell")
        }
        (None, Reading::Found { .. }) => {
            Judgement::unknown("only root may look into the agent's processes")
        }
        (None, other) => Judgement::unknown(evidence_of(other, |_| String::new()).value),
    }
    .resting_on_all(
        watchers::descriptors(case).map(|(one, open, limit, _)| Evidence {
            source: format!("/proc/{}/fd and limits", one.pid),
            value: format!("{open} of {limit} open"),
            observed_at: Some(case.view.now()),
        }),
    )
}

/// The share of time, in per cent, from which waiting for memory is more than a moment's.
const PRESSED_PERCENT: f64 = 20.0;

pub(super) fn memory(case: &Case<'_>) -> Judgement {
    let reading = &case.view.all.host.health.memory;
    let units = case.view.all.host.health.units.value();
    let killed = units
        .into_iter()
        .flatten()
        .find_map(|unit| unit.out_of_memory_kills.filter(|count| *count > 0));
    let evidence = evidence_of(reading, |memory| {
        let pressure = memory.pressure_percent.map_or_else(String::new, |share| {
            format!("; some process waited for memory in {share:.0} % of the last 10 s")
        });
        format!(
            "{} available of {}{pressure}",
            words::size(memory.available_bytes),
            words::size(memory.total_bytes)
        )
    });
    let judgement = match (killed, reading.value()) {
        (Some(count), _) => Judgement::warn(format!(
            "the kernel has killed {count} process(es) of the agent's unit for want of memory"
        )),
        (None, Some(memory))
            if memory.available_bytes.saturating_mul(20) < memory.total_bytes
                && memory.free_swap_bytes < memory.total_bytes / 20 =>
        {
            Judgement::warn("less than a twentieth is left")
        }
        (None, Some(memory))
            if memory
                .pressure_percent
                .is_some_and(|it| it >= PRESSED_PERCENT) =>
        {
            Judgement::warn("programs wait for memory")
        }
        (None, Some(_)) => Judgement::pass("enough"),
        (None, None) => Judgement::unknown(unseen(&evidence)),
    };
    judgement.resting_on(evidence)
}

pub(super) fn machine_id(case: &Case<'_>) -> Judgement {
    let reading = &case.view.all.host.health.machine_id;
    let evidence = evidence_of(reading, |well_formed| {
        if *well_formed {
            "an id"
        } else {
            "no id of the usual form"
        }
        .to_owned()
    });
    let judgement = match reading {
        Reading::Found { value: true, .. } => Judgement::pass("there is one"),
        Reading::Found { value: false, .. } => Judgement::warn("not of the usual form"),
        Reading::Forbidden { .. } | Reading::Unreadable { .. } | Reading::NotRead { .. } => {
            Judgement::unknown(evidence.value.clone())
        }
        _ if case.is_hybrid() => Judgement::fail("none, and a hybrid node is known by it"),
        _ => Judgement::skip("none, and only a hybrid node needs it"),
    };
    judgement.resting_on(evidence)
}

pub(super) fn run_as_user(case: &Case<'_>) -> Judgement {
    if let Some(named) = super::session::run_as_user(case) {
        return named;
    }
    let users = &case.view.all.host.health.session_users;
    let Some(refused) = user::refused(case) else {
        let log = &case.view.all.host.agent_log;
        if certainly_without(log).is_none() && log.value().is_none() {
            return Judgement::unknown("the log could not be read")
                .resting_on(evidence_of(log, |_| String::new()));
        }
        return Judgement::skip("the log tells of no session that was refused for its user")
            .resting_on(evidence_of(users, |users| {
                users
                    .iter()
                    .map(|(name, exists)| {
                        format!(
                            "{name} {}",
                            if *exists { "exists" } else { "does not exist" }
                        )
                    })
                    .collect::<Vec<_>>()
                    .join(", ")
            }));
    };
    let name = refused.name.unwrap_or("the session's user");
    let judgement = match refused.exists {
        Some(true) => Judgement::pass(format!("{name} exists by now")),
        Some(false) => Judgement::fail(format!("{name} does not exist")),
        None => Judgement::fail(format!("{name} did not exist, says the agent")),
    };
    judgement.resting_on(logged(case, refused.event))
}

pub(super) fn alone(case: &Case<'_>) -> Judgement {
    if !namespace::is_container(case) {
        return Judgement::skip("this is not a container");
    }
    let reading = &case.view.all.host.agent.processes;
    let evidence = evidence_of(reading, |_| {
        format!("{} core process(es) of an agent", namespace::cores(case))
    });
    let judgement = match (namespace::conflict(case), reading.value()) {
        (Some(_), _) => Judgement::fail("another container's agent is in this process namespace"),
        (None, Some(_)) => Judgement::pass("no other agent is seen"),
        (None, None) => Judgement::unknown("the process table could not be read"),
    };
    judgement
        .resting_on(evidence)
        .resting_on_all(namespace::address_in_use(case).map(|event| logged(case, event)))
}
