//! Ways to mend the agent and the host under it.

use super::names::{Names, domain};
use super::text::{afterwards, command, config, console};
use crate::observations::InstallKind;
use crate::report::model::Remedy;

/// What follows a change: the agent tries again at once.
///
/// Source of the 30 minutes: agent `core/app/credentialrefresher`.
pub(super) fn restart(names: &Names) -> Remedy {
    afterwards(command(
        "Then restart the agent, to try at once; by itself it may wait up to 30 minutes",
        restart_text(names),
    ))
}

/// Restarting as the mending itself.
pub(super) fn restart_now(names: &Names) -> Remedy {
    command("Restart the agent", restart_text(names))
}

fn restart_text(names: &Names) -> String {
    if names.is_ecs() {
        return "aws ecs update-service --cluster CLUSTER --service TASK_SERVICE \\\n  \
                --force-new-deployment"
            .to_owned();
    }
    match names.install {
        Some(InstallKind::Package) => "sudo systemctl restart amazon-ssm-agent".to_owned(),
        Some(InstallKind::Snap) => "sudo snap restart amazon-ssm-agent".to_owned(),
        Some(InstallKind::MacPackage) => {
            "sudo launchctl kickstart -k system/com.amazon.aws.ssm".to_owned()
        }
        Some(InstallKind::Container | InstallKind::Elsewhere) | None => {
            "sudo systemctl restart amazon-ssm-agent ||\n\
             sudo snap restart amazon-ssm-agent"
                .to_owned()
        }
    }
}

pub(super) fn stop_now(names: &Names) -> String {
    verb(names, "stop")
}

pub(super) fn start_now(names: &Names) -> String {
    verb(names, "start")
}

fn verb(names: &Names, verb: &str) -> String {
    match names.install {
        Some(InstallKind::Snap) => format!("sudo snap {verb} amazon-ssm-agent"),
        Some(InstallKind::MacPackage) => {
            let verb = if verb == "stop" {
                "bootout"
            } else {
                "bootstrap"
            };
            format!(
                "sudo launchctl {verb} system \\\n  \
                 /Library/LaunchDaemons/com.amazon.aws.ssm.plist"
            )
        }
        Some(InstallKind::Package | InstallKind::Container | InstallKind::Elsewhere) | None => {
            format!("sudo systemctl {verb} amazon-ssm-agent")
        }
    }
}

pub(super) fn start(names: &Names) -> Vec<Remedy> {
    match names.install {
        Some(InstallKind::Snap) => vec![
            command(
                "Enable and start the agent",
                "sudo snap start --enable amazon-ssm-agent",
            ),
            command(
                "If it ends again, see why",
                "sudo snap logs -n 50 amazon-ssm-agent",
            ),
        ],
        Some(InstallKind::MacPackage) => vec![command(
            "Load and start the agent",
            "sudo launchctl enable system/com.amazon.aws.ssm\n\
             sudo launchctl bootstrap system \\\n  \
             /Library/LaunchDaemons/com.amazon.aws.ssm.plist",
        )],
        Some(InstallKind::Container) => vec![command(
            "Start the task anew; ECS starts the agent with it",
            restart_text(names),
        )],
        Some(InstallKind::Package | InstallKind::Elsewhere) | None => vec![
            command(
                "Enable and start the agent",
                "sudo systemctl unmask amazon-ssm-agent\n\
                 sudo systemctl enable --now amazon-ssm-agent",
            ),
            command(
                "If it ends again, see why",
                "systemctl status amazon-ssm-agent\n\
                 sudo journalctl -u amazon-ssm-agent -n 50 --no-pager",
            ),
        ],
    }
}

pub(super) fn install(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Install the agent. Amazon Linux:",
            "sudo dnf install -y amazon-ssm-agent || sudo yum install -y amazon-ssm-agent",
        ),
        command("Ubuntu:", "sudo snap install amazon-ssm-agent --classic"),
        command("Other systems with rpm:", download(names, Package::Rpm)),
        command("Other systems with deb:", download(names, Package::Deb)),
        afterwards(command(
            "Then start it (the snap starts by itself)",
            "sudo systemctl enable --now amazon-ssm-agent",
        )),
    ]
}

pub(super) fn update(names: &Names) -> Remedy {
    match names.install {
        Some(InstallKind::Snap) => {
            command("Update the agent", "sudo snap refresh amazon-ssm-agent")
        }
        Some(InstallKind::Container) => command(
            "Update the agent: ECS brings its own, with the platform or the container agent",
            restart_text(names),
        ),
        Some(InstallKind::MacPackage) => console(
            "Update the agent",
            "Install the current package from the page \"Working with SSM Agent on EC2\n\
             instances for macOS\" of the Systems Manager User Guide.",
        ),
        Some(InstallKind::Package | InstallKind::Elsewhere) | None => command(
            "Update the agent, with rpm or else with deb",
            format!(
                "if command -v rpm >/dev/null && rpm -q amazon-ssm-agent; then\n{}\nelse\n{}\nfi",
                download(names, Package::Rpm),
                download(names, Package::Deb)
            ),
        ),
    }
}

#[derive(Clone, Copy)]
enum Package {
    Rpm,
    Deb,
}

/// Source: User Guide, "Manually installing SSM Agent on EC2 instances for Linux".
fn download(names: &Names, package: Package) -> String {
    let Names {
        region, partition, ..
    } = names;
    let base = format!(
        "https://s3.{region}.{}/amazon-ssm-{region}",
        domain(partition)
    );
    let (system, suffix, install) = match package {
        Package::Rpm => ("linux", "rpm", "sudo rpm -U"),
        Package::Deb => ("debian", "deb", "sudo dpkg -i"),
    };
    format!(
        "arch=$(uname -m | sed 's/x86_64/amd64/;s/aarch64/arm64/')\n\
         base={base}/latest\n\
         curl -fLo /tmp/amazon-ssm-agent.{suffix} \\\n  \
         \"$base/{system}_$arch/amazon-ssm-agent.{suffix}\" &&\n\
         {install} /tmp/amazon-ssm-agent.{suffix}"
    )
}

/// A drop-in for the unit that runs the agent, written and put to use.
pub(super) fn drop_in(names: &Names, file: &str, lines: &[&str]) -> String {
    let unit = names.unit();
    let folder = format!("/etc/systemd/system/{unit}.service.d");
    let mut quoted = vec!["'[Service]'".to_owned()];
    quoted.extend(lines.iter().map(|line| format!("'{line}'")));
    format!(
        "sudo mkdir -p {folder}\n\
         printf '%s\\n' \\\n  {} |\n  \
         sudo tee {folder}/{file}\n\
         sudo systemctl daemon-reload\n\
         sudo systemctl restart {unit}",
        quoted.join(" \\\n  ")
    )
}

pub(super) fn config_invalid(names: &Names) -> Vec<Remedy> {
    let file = names.config();
    vec![
        command(
            "See where the file breaks, and correct it",
            format!("python3 -m json.tool {file} || jq . {file}"),
        ),
        command(
            "Or move it aside; without it the agent uses its defaults",
            format!("sudo mv {file} {file}.broken"),
        ),
        restart(names),
    ]
}

pub(super) fn state_corrupt(names: &Names) -> Vec<Remedy> {
    let state = names.state();
    vec![
        command(
            "Keep a copy, then move the state file aside, which the agent writes anew. Leave the \
             vault: it holds the registration's key",
            format!(
                "{}\nsudo cp -a {state} {state}.$(date +%s)\nsudo mv {state}/runtimeconfig \
                 {state}/runtimeconfig.broken\n{}",
                stop_now(names),
                start_now(names)
            ),
        ),
        afterwards(Remedy {
            summary: "Only a hybrid node whose vault is lost: register with a new activation"
                .to_owned(),
            ..super::hybrid::register(names)
        }),
    ]
}

pub(super) fn disk_full(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Free some space quickly: old journals and package caches",
            "sudo journalctl --vacuum-size=100M\n\
             sudo dnf clean all || sudo yum clean all || sudo apt-get clean",
        ),
        command(
            "Or see which filesystem is full, and of what",
            format!(
                "df -h {state} /var/log; df -i {state} /var/log\nsudo du -xh -d 2 /var | sort -h \
                 | tail -20",
                state = names.state()
            ),
        ),
        restart(names),
    ]
}

pub(super) fn root_read_only(names: &Names) -> Vec<Remedy> {
    if names.is_ecs() {
        return vec![config(
            "Mount these folders writable in the task definition's container (mountPoints), each \
             from a volume",
            "/var/lib/amazon/ssm\n/var/log/amazon/ssm\n/managed-agents",
        )];
    }
    vec![
        command(
            "See what is read-only, and whether the kernel made it so after an error",
            format!(
                "findmnt -T {}; findmnt -T /var/log\nsudo dmesg | grep -iE 'remount|i/o error' | \
                 tail",
                names.state()
            ),
        ),
        command("Mount it writable", "sudo mount -o remount,rw /"),
        restart(names),
    ]
}

pub(super) fn inotify(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Raise the limits, now and for the next start",
            "printf '%s\\n' 'fs.inotify.max_user_instances = 1024' \\\n  \
             'fs.inotify.max_user_watches = 524288' |\n  \
             sudo tee /etc/sysctl.d/90-inotify.conf\n\
             sudo sysctl -p /etc/sysctl.d/90-inotify.conf",
        ),
        restart(names),
    ]
}

pub(super) fn runas_user(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Create the user on this host",
            format!("sudo useradd -m {}", names.user),
        ),
        console(
            "Or name another user",
            "Systems Manager, Session Manager, Preferences: Run As; or the tag\nSSMSessionRunAs \
             on the IAM user or role of the person.",
        ),
    ]
}

pub(super) fn exec_conflict() -> Vec<Remedy> {
    vec![config(
        "Take this line out of the task definition",
        "\"pidMode\": \"task\"",
    )]
}

pub(super) fn duplicate(names: &Names) -> Vec<Remedy> {
    let snap = command(
        "Remove the snap, if the package is to stay",
        "sudo snap remove amazon-ssm-agent",
    );
    let package = command(
        "Remove the package, if the snap is to stay",
        "sudo apt-get remove -y amazon-ssm-agent || sudo rpm -e amazon-ssm-agent",
    );
    if names.install == Some(InstallKind::Snap) {
        vec![package, snap]
    } else {
        vec![snap, package]
    }
}

pub(super) fn version_notable(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Restart the agent, if the running version is not the installed one",
            restart_text(names),
        ),
        update(names),
    ]
}

pub(super) fn not_privileged() -> Vec<Remedy> {
    vec![command("Run again as root", "sudo ssm-probe")]
}
