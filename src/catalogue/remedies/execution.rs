//! Ways to let the agent's programs run on a hardened host.

use super::agent_host::restart;
use super::names::Names;
use super::text::command;
use crate::observations::MandatoryControl;
use crate::report::model::Remedy;

/// The agent's programs in a deb or an rpm.
const PROGRAMS: [&str; 4] = [
    "/usr/bin/amazon-ssm-agent",
    "/usr/bin/ssm-agent-worker",
    "/usr/bin/ssm-document-worker",
    "/usr/bin/ssm-session-worker",
];

pub(super) fn blocked(names: &Names) -> Vec<Remedy> {
    let mut ways = match names.denied_by {
        Some(MandatoryControl::Selinux) => selinux(),
        Some(MandatoryControl::AppArmor) => app_armor(),
        Some(MandatoryControl::Fapolicyd) => fapolicyd(),
        None => names.noexec.as_deref().map_or_else(
            || {
                vec![look(
                    "See what forbids it: a mount option or a security module",
                    names,
                )]
            },
            |folder| vec![remount(folder)],
        ),
    };
    ways.push(restart(names));
    ways
}

fn selinux() -> Vec<Remedy> {
    vec![
        command(
            "Give the agent's files the labels that the policy has for them",
            format!(
                "sudo restorecon -RFv {} /etc/amazon/ssm \\\n  /var/lib/amazon/ssm",
                PROGRAMS.join(" \\\n  ")
            ),
        ),
        command(
            "Or, if the labels were right, allow what was denied, after reading it",
            "sudo ausearch -m avc -ts today | grep -i ssm | audit2allow -M ssm-agent-local\n\
             cat ssm-agent-local.te && sudo semodule -i ssm-agent-local.pp",
        ),
    ]
}

fn app_armor() -> Vec<Remedy> {
    vec![command(
        "Find the profile that denies it, and let it complain only",
        "sudo dmesg | grep -i 'apparmor.*denied.*ssm'\nsudo aa-complain PROFILE_NAME",
    )]
}

/// Source: `fapolicyd-cli(8)`: `--file add`, `--update`.
fn fapolicyd() -> Vec<Remedy> {
    let add = PROGRAMS.map(|program| format!("sudo fapolicyd-cli --file add {program}\n"));
    vec![command(
        "Trust the agent's programs",
        format!("{}sudo fapolicyd-cli --update", add.concat()),
    )]
}

fn remount(folder: &str) -> Remedy {
    command(
        "Allow programs on that mount, until the next start (then in /etc/fstab)",
        format!("sudo mount -o remount,exec \"$(findmnt -no TARGET -T {folder})\""),
    )
}

fn look(summary: &str, names: &Names) -> Remedy {
    command(
        summary,
        format!(
            "findmnt -no TARGET,OPTIONS -T {}\nsudo ausearch -m avc -ts recent | grep -i ssm\n\
             sudo dmesg | grep -i 'apparmor.*denied.*ssm'",
            names.state()
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::blocked;
    use crate::catalogue::Subject;
    use crate::catalogue::remedies::names::Names;
    use crate::observations::MandatoryControl;

    #[test]
    fn the_first_way_fits_what_forbids_it() {
        let by = |control| Subject {
            denied_by: Some(control),
            noexec: Some("/var/lib/amazon/ssm".to_owned()),
            ..Subject::default()
        };
        let mounted = Subject {
            noexec: Some("/opt/a".to_owned()),
            ..Subject::default()
        };
        for (subject, begins) in [
            (by(MandatoryControl::Selinux), "sudo restorecon"),
            (by(MandatoryControl::AppArmor), "sudo dmesg"),
            (by(MandatoryControl::Fapolicyd), "sudo fapolicyd-cli"),
            (
                mounted,
                "sudo mount -o remount,exec \"$(findmnt -no TARGET -T /opt/a)\"",
            ),
            (Subject::default(), "findmnt"),
        ] {
            let ways = blocked(&Names::new(&subject));
            let first = &ways.first().unwrap().text;
            assert!(first.starts_with(begins), "{first}");
        }
    }
}
