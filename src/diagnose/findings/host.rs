//! The host under the agent: room, rights to write and to run, watchers, users, namespaces.

use super::{Conclusion, execution};
use crate::catalogue::{CheckId, FindingId};
use crate::diagnose::case::Case;
use crate::diagnose::health::namespace::Conflict;
use crate::diagnose::health::room::Room;
use crate::diagnose::health::watchers::Use;
use crate::diagnose::health::{self, list, logged, namespace, room, user, watchers, writing};
use crate::diagnose::times;
use crate::observations::{EventKind, LogEvent, Sign};
use crate::report::model::Severity;

pub(super) fn judge(case: &Case<'_>) -> Vec<Conclusion> {
    [
        disk_full(case),
        read_only(case),
        inotify(case),
        execution::judge(case),
        run_as_user(case),
        exec_agent_conflict(case),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How old an entry of the log is, in words.
pub(super) fn ago(case: &Case<'_>, event: &LogEvent) -> String {
    times::ago(case.view.now(), event.at)
}

/// What an entry says, to stand in a sentence.
pub(super) fn text_of(event: &LogEvent) -> &str {
    let text = event.message.as_deref().unwrap_or("no text");
    text.trim_end_matches('.')
}

/// The agent's own word for it, which names a plugin: nothing is wrong with that.
fn plugin_line(case: &Case<'_>) -> String {
    logged(case, |event| event.kind == EventKind::PluginMissing).map_or_else(String::new, |event| {
        format!(
            " The log's \"Plugin with name Standard_Stream\", {}, is a consequence of it.",
            ago(case, event)
        )
    })
}

fn disk_full(case: &Case<'_>) -> Option<Conclusion> {
    let full = room::full(case);
    let logged_full = room::logged_full(case);
    let (detail, is_over) = match (full.first(), logged_full) {
        (Some((first, what)), _) => {
            let names: Vec<_> = full.iter().map(|(one, _)| one.folder.as_str()).collect();
            let what = match what {
                Room::NoInodes => "no inodes are left, though there is space",
                _ => "no space is left",
            };
            let detail = format!(
                "Where the agent writes ({}), {what}: {}.{}",
                list(&names),
                room::words(first),
                plugin_line(case)
            );
            (detail, false)
        }
        (None, Some(event)) if room::is_known(case) => {
            let detail = format!(
                "The agent could not write for want of room {}. There is room by now; what it \
                 could not write then may be missing until it is restarted.",
                ago(case, event)
            );
            (detail, true)
        }
        (None, Some(event)) => {
            let detail = format!(
                "The agent's log says \"no space left on device\", {}.{}",
                ago(case, event),
                plugin_line(case)
            );
            (detail, false)
        }
        (None, None) => return None,
    };
    Some(
        Conclusion::new(case, FindingId::DiskFull, detail, &[CheckId::HostSpace])
            .warning_if(is_over),
    )
}

/// A refusal that a security module explains is that module's.
fn read_only(case: &Case<'_>) -> Option<Conclusion> {
    let folders = writing::read_only(case);
    let refusal = writing::logged_refusal(case);
    let names: Vec<_> = folders.iter().map(|one| one.folder.as_str()).collect();
    let (detail, is_over) = match refusal {
        _ if !folders.is_empty() => {
            let verb = if names.len() == 1 { "is" } else { "are" };
            let detail = format!(
                "{} {verb} on a read-only file system, so the agent cannot keep state or a log, \
                 and sessions do not start.{}",
                list(&names),
                plugin_line(case)
            );
            (detail, false)
        }
        Some(_) if !health::execution::denials(case).is_empty() => return None,
        Some(event) if event.has(Sign::ReadOnly) && writing::is_known(case) => {
            let detail = format!(
                "The agent met a read-only file system {}. Its folders are mounted writable by \
                 now; restart it, so that it tries again.",
                ago(case, event)
            );
            (detail, true)
        }
        Some(event) => {
            let detail = format!(
                "The agent's log says that it could not write to its folders, {}: {}.",
                ago(case, event),
                text_of(event)
            );
            (detail, false)
        }
        None => return None,
    };
    Some(
        Conclusion::new(
            case,
            FindingId::RootReadOnly,
            detail,
            &[CheckId::HostWritable],
        )
        .warning_if(is_over),
    )
}

/// "No space left on device" from a watcher is about watches, unless the disk is full, too.
fn inotify(case: &Case<'_>) -> Option<Conclusion> {
    let seen = case.view.all.host.health.inotify.value();
    let failure = watchers::logged_failure(case).filter(|_| room::full(case).is_empty());
    let left = seen.map(watchers::use_of);
    let (detail, is_over) = match (seen, left, failure) {
        (Some(seen), Some(Use::Exhausted), _) => {
            let detail = format!(
                "The kernel gives root no more file watchers: {}. Sessions end at once.{}",
                watchers::words(seen),
                plugin_line(case)
            );
            (detail, false)
        }
        (_, _, None) => return None,
        (seen, left, Some(event)) => {
            let now = seen.map_or_else(
                || "How many are in use now could not be seen.".to_owned(),
                |seen| format!("Now {}.", watchers::words(seen)),
            );
            let detail = format!(
                "The agent got no file watcher {}, and sessions end at once without one. {now}{}",
                ago(case, event),
                descriptors_line(case)
            );
            (
                detail,
                left == Some(Use::Fine) && descriptors_line(case).is_empty(),
            )
        }
    };
    Some(
        Conclusion::new(
            case,
            FindingId::InotifyExhausted,
            detail,
            &[CheckId::HostInotify, CheckId::HostDescriptors],
        )
        .warning_if(is_over),
    )
}

fn descriptors_line(case: &Case<'_>) -> String {
    match watchers::descriptors(case) {
        Some((one, open, limit, Use::Exhausted)) => format!(
            " Process {} has {open} of {limit} file descriptors open: it may be that limit instead.",
            one.pid
        ),
        _ => String::new(),
    }
}

fn run_as_user(case: &Case<'_>) -> Option<Conclusion> {
    if let Some(named) = super::session::run_as_user(case) {
        return Some(named);
    }
    let refused = user::refused(case)?;
    if refused.exists == Some(true) {
        return None;
    }
    let name = refused.name.map_or_else(
        || "the user it shall run as".to_owned(),
        |name| format!("local user `{name}`"),
    );
    let now = match refused.exists {
        Some(false) => "That user still does not exist.",
        _ => "Whether that user exists now could not be told from files.",
    };
    let others = if refused.others_work {
        " Another session has been served since, so only some people are concerned."
    } else {
        ""
    };
    let detail = format!(
        "A session was refused {}, because {name} did not exist. {now}{others}",
        ago(case, refused.event)
    );
    let mut conclusion = Conclusion::new(
        case,
        FindingId::RunasUserMissing,
        detail,
        &[CheckId::SessionRunAsUser],
    )
    .warning_if(refused.others_work);
    conclusion.subject.user = refused.name.map(str::to_owned);
    Some(conclusion)
}

fn exec_agent_conflict(case: &Case<'_>) -> Option<Conclusion> {
    let detail = match namespace::conflict(case)? {
        Conflict::Cores(count) => format!(
            "{count} agents run in this container's process namespace, and it can hold only one: \
             ECS Exec works for one container of the task at most."
        ),
        Conflict::AddressInUse(event) => format!(
            "The agent found its channel taken by another one {}: one agent fits into a process \
             namespace.",
            ago(case, event)
        ),
    };
    Some(
        Conclusion::new(
            case,
            FindingId::ExecAgentConflict,
            detail,
            &[CheckId::AgentAlone],
        )
        .weighing(Severity::Warning),
    )
}
