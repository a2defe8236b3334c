//! What SELinux, AppArmor or fapolicyd denied to the agent's programs, from the audit log.
//!
//! Only the end of the log is read. Names in it may be anything; they are shortened.

use std::io::{Read, Seek, SeekFrom};

use jiff::Timestamp;

use crate::host::file;
use crate::observations::{MandatoryControl, MandatoryDenial, Reading};
use crate::world::World;

const PATH: &str = "/var/log/audit/audit.log";
/// How much of its end is read, in bytes.
const TAIL: u64 = 1024 * 1024;
/// Most denials that are kept, newest last.
const KEEP: usize = 20;
/// The names of the agent's programs begin with one of these.
const PROGRAMS: [&str; 4] = [
    "amazon-ssm-agen",
    "ssm-agent-worke",
    "ssm-session-",
    "ssm-document-wo",
];

/// Reads the end of the audit log.
pub(super) fn read(world: &World) -> Reading<Vec<MandatoryDenial>> {
    let tail = file::open(world, PATH).and_then(|(mut log, meta)| {
        log.seek(SeekFrom::Start(meta.size_bytes.saturating_sub(TAIL)))?;
        let mut bytes = Vec::new();
        log.take(TAIL).read_to_end(&mut bytes)?;
        Ok(bytes)
    });
    match tail {
        Err(refusal) => refusal.reading(PATH),
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            let mut all: Vec<_> = text.lines().filter_map(parse).collect();
            let excess = all.len().saturating_sub(KEEP);
            all.drain(..excess);
            Reading::found(all, PATH)
        }
    }
}

/// Source: SELinux Notebook, "Auditing Events"; AppArmor wiki, "Audit messages"; `type=FANOTIFY`
/// of the kernel's audit of fanotify answers.
fn parse(line: &str) -> Option<MandatoryDenial> {
    let by = if line.starts_with("type=FANOTIFY ") && line.contains("resp=2") {
        MandatoryControl::Fapolicyd
    } else if line.contains("avc:  denied") || line.contains("avc: denied") {
        MandatoryControl::Selinux
    } else if line.contains("apparmor=\"DENIED\"") {
        MandatoryControl::AppArmor
    } else {
        return None;
    };
    let program = quoted(line, "comm=")?;
    if !PROGRAMS.iter().any(|name| program.starts_with(name)) {
        return None;
    }
    let operation = match by {
        MandatoryControl::Selinux => line
            .split_once('{')
            .and_then(|(_, rest)| rest.split_once('}'))
            .map(|(words, _)| words.trim().to_owned()),
        MandatoryControl::AppArmor => quoted(line, "operation="),
        MandatoryControl::Fapolicyd => Some("execute".to_owned()),
    };
    Some(MandatoryDenial {
        at: time(line),
        by,
        program,
        operation: short(&operation.unwrap_or_default()),
        target: quoted(line, " path=").or_else(|| quoted(line, " name=")),
        is_permissive: line.contains("permissive=1"),
    })
}

/// `msg=audit(1700000000.123:45)`.
fn time(line: &str) -> Option<Timestamp> {
    let (_, rest) = line.split_once("msg=audit(")?;
    let seconds = rest.split(['.', ':']).next()?.parse().ok()?;
    Timestamp::from_second(seconds).ok()
}

fn quoted(line: &str, key: &str) -> Option<String> {
    let (_, rest) = line.split_once(key)?;
    let text = rest.strip_prefix('"')?.split('"').next()?;
    Some(short(text))
}

fn short(text: &str) -> String {
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::{parse, read};
    use crate::host::testing::Root;
    use crate::observations::{MandatoryControl, Reading};

    const SELINUX: &str = "type=AVC msg=audit(1795478400.123:45): avc:  denied  { execute } for  pid=9 comm=\"ssm-agent-worke\" name=\"_script.sh\" dev=\"nvme0n1p1\" ino=1 scontext=a tcontext=b tclass=file permissive=0";
    const APPARMOR: &str = "type=AVC msg=audit(1795478401.1:46): apparmor=\"DENIED\" operation=\"open\" profile=\"snap\" name=\"/etc/x\" pid=9 comm=\"amazon-ssm-agen\"";

    #[test]
    fn denials_of_the_agent_s_programs_are_taken_apart() {
        let seen = parse(SELINUX).unwrap();
        assert_eq!(seen.by, MandatoryControl::Selinux);
        assert_eq!(
            (seen.program.as_str(), seen.operation.as_str()),
            ("ssm-agent-worke", "execute")
        );
        assert_eq!(seen.target.as_deref(), Some("_script.sh"));
        assert_eq!(seen.at.unwrap().as_second(), 1_795_478_400);
        assert!(!seen.is_permissive);
        let seen = parse(APPARMOR).unwrap();
        assert_eq!(
            (seen.by, seen.operation.as_str()),
            (MandatoryControl::AppArmor, "open")
        );
        assert_eq!(seen.target.as_deref(), Some("/etc/x"));
        assert_eq!(parse(&SELINUX.replace("ssm-agent-worke", "nginx")), None);
        assert_eq!(parse("type=SYSCALL comm=\"ssm-agent-worke\""), None);
        assert!(
            parse(&SELINUX.replace("permissive=0", "permissive=1"))
                .unwrap()
                .is_permissive
        );
    }

    #[test]
    fn the_log_gives_each_of_the_answers_and_is_bounded() {
        let root = Root::new();
        assert!(read(&root.world()).is_absent());
        root.write(super::PATH, "");
        assert_eq!(read(&root.world()).value().map(Vec::len), Some(0));
        root.write(super::PATH, format!("{SELINUX}\n").repeat(100_000));
        assert_eq!(read(&root.world()).value().map(Vec::len), Some(20));
        root.sparse(super::PATH, 10 << 30);
        assert_eq!(read(&root.world()).value().map(Vec::len), Some(0));
        root.fifo(super::PATH);
        assert!(matches!(read(&root.world()), Reading::Unreadable { .. }));
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(text in "\\PC{0,80}", line in "(type=AVC|avc:  denied|[{}\"]| comm=| path=|ssm-session-|msg=audit\\(|[0-9.:]){0,20}") {
            let _denials = (parse(&text).is_some(), parse(&line).is_some());
        }
    }
}
