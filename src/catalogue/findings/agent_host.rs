//! Conclusions on the agent and on the host it runs on. A table.

use super::{Explain, FindingRow};
use crate::report::model::{Owner, Severity};

pub(super) const AGENT_NOT_INSTALLED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The SSM Agent is not installed",
    explain: Explain {
        means: "Nothing on this host can answer Session Manager. Minimal images and many images of \
            other vendors come without the agent.",
        decided: "None of the known places holds the agent's program: deb and rpm, snap, macOS, and \
            the folders that ECS injects.",
        mend: "Install the agent and start it. Then run this again: the path it will take is already \
            in this report.",
        limits: "An agent in an unusual place, or one that runs in a container of its own, is not \
            seen here.",
        sources: "User Guide, \"Manually installing SSM Agent on EC2 instances for Linux\".",
    },
};

pub(super) const AGENT_NOT_RUNNING: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The SSM Agent is installed and does not run",
    explain: Explain {
        means: "The service is stopped, disabled, masked, or it ends as soon as it starts. An agent \
            that finds no identity ends after some seconds, which looks like a crash loop.",
        decided: "The process table was read and holds no process of the agent's core, or the log \
            shows three starts that failed within ten minutes. The files of its unit say whether it \
            is masked or not enabled.",
        mend: "Unmask, enable and start the unit. If it ends again, look at its journal and at the \
            other findings: the reason is often among them.",
        limits: "In the moment between two starts a looping agent looks stopped, and the other way \
            round.",
        sources: "amazonlinux/amazon-linux-2023 issues 13 and 166; konstruktoid/hardening issue 83.",
    },
};

pub(super) const AGENT_WAITING_TO_RETRY: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "All is well now, and the agent still sleeps after an earlier failure",
    explain: Explain {
        means: "Something was wrong when the agent last tried, and it has been mended since. After a \
            denial the agent sleeps for 25 to 30 minutes; after other errors for 5 minutes to an \
            hour. It does not notice the mending.",
        decided: "A live probe with the same credentials succeeds, while the agent's own last attempt \
            failed and its pause is not over: no later success, no restart and no connection of the \
            agent to ssmmessages is seen.",
        mend: "Restart the agent, or wait until the time that is named.",
        limits: "The time is computed from the log's last entry and the agent's rules; it is an \
            estimate.",
        sources: "Agent `core/app/credentialrefresher`; hashicorp/packer-plugin-amazon pull request \
            503; aws-samples/aws-cloud9-bootstrapping-example pull request 7.",
    },
};

pub(super) const AGENT_EVIDENCE_STALE: FindingRow = FindingRow {
    severity: Severity::Note,
    owner: Owner::Host,
    title: "The agent's log and state are old",
    explain: Explain {
        means: "The agent writes its state only when it succeeds, and after three failures it logs \
            further ones at debug level only. Silence is no good news.",
        decided: "The state file is older than the credentials it speaks of could live; or the log \
            ends in a wait in which further failures are not logged, or in one that is over; or \
            the worker has logged nothing for more than 75 minutes.",
        mend: "Trust the live probes of this report. Restart the agent to see its first errors again.",
        limits: "It does not say what is wrong.",
        sources: "Agent `core/app/credentialrefresher` (level of repeated messages); \
            aws/amazon-ssm-agent issue 298.",
    },
};

pub(super) const AGENT_DUPLICATE_INSTALL: FindingRow = FindingRow {
    severity: Severity::Warning,
    owner: Owner::Host,
    title: "The agent is installed twice",
    explain: Explain {
        means: "A snap and a package are both here. They share the vault and the configuration, and \
            commands for the one do not reach the other.",
        decided: "More than one installation was found in the known places.",
        mend: "Remove one of them; the running one is named in the evidence.",
        limits: "It does not say that they disturb each other at this moment.",
        sources: "aws/amazon-ssm-agent issue 192; cisagov/ansible-role-amazon-ssm-agent issue 56.",
    },
};

pub(super) const AGENT_VERSION_NOTABLE: FindingRow = FindingRow {
    severity: Severity::Warning,
    owner: Owner::Host,
    title: "There is something about this agent's version",
    explain: Explain {
        means: "The version changed shortly before the first failure, a restart is still to come \
            after an update, or people have reported a fault of this very release.",
        decided: "The running program compared with the installed one, the times of both, and a list \
            of releases with reports.",
        mend: "Restart the agent if the two differ; otherwise move to a newer release.",
        limits: "Being near in time is not being the cause.",
        sources: "aws/amazon-ssm-agent issues 129, 205, 355, 399, 609 and 640.",
    },
};

pub(super) const AGENT_STATE_CORRUPT: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The agent's state files are damaged",
    explain: Explain {
        means: "A file that the agent keeps its identity or registration in is empty, or not of the \
            form it should have. Losing power in the middle of a write does that. The agent does \
            not recover from it by itself.",
        decided: "The vault, the registration and `identity_config.json` were read and parsed.",
        mend: "Keep a copy of the folder. Restore the file from a backup, or move `identity_config.json` \
            aside, which the agent writes anew. A hybrid node whose vault is lost must register again.",
        limits: "It does not say when the damage was done, beyond the file's time.",
        sources: "aws/amazon-ssm-agent issue 650; flatcar/Flatcar issue 1307.",
    },
};

pub(super) const AGENT_CONFIG_INVALID: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The agent's configuration file cannot be used",
    explain: Explain {
        means: "`amazon-ssm-agent.json` is not valid JSON, so the agent does not start; or it sets \
            something that the agent drops without a word.",
        decided: "The file was read with the agent's own rules: keys in any case, unknown ones \
            ignored, values outside their range replaced.",
        mend: "Correct the file, or move it aside: without it the agent uses its defaults. Restart the \
            agent.",
        limits: "It does not say that the defaults fit your network.",
        sources: "aws/amazon-ssm-agent issue 71; agent `agent/appconfig`.",
    },
};

pub(super) const DISK_FULL: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The disk is full where the agent writes",
    explain: Explain {
        means: "There is no space, or no inode, where the agent keeps its state or its log. The node \
            still shows as online, and sessions hang or end at once.",
        decided: "Free space and inodes of the filesystems of `/var/lib/amazon/ssm` and \
            `/var/log/amazon/ssm`; where they are not known, \"no space left on device\" in the agent's \
            log since its last start. From a file watcher these words are about watches.",
        mend: "Free some space, then restart the agent. Keep a spare file for the next time.",
        limits: "Quotas of a user or project are not seen.",
        sources: "aws/amazon-ssm-agent issues 90, 170 and 225; aws/session-manager-plugin issue 91.",
    },
};

pub(super) const ROOT_READ_ONLY: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The agent cannot write to its folders",
    explain: Explain {
        means: "The filesystem under the agent's folders is mounted read-only, or the container's root \
            is. Sessions cannot start.",
        decided: "The mount options of the filesystems that hold the agent's folders, and what the \
            agent logged since its last start of files that it could not write. What SELinux or \
            AppArmor explains is `execution-blocked`.",
        mend: "Find out why it is read-only (errors of the disk?) and mount it writable. In an ECS task \
            with a read-only root, mount `/var/lib/amazon/ssm` and `/var/log/amazon/ssm` writable.",
        limits: "It does not say why the filesystem is read-only; the kernel's log may.",
        sources: "aws-containers/amazon-ecs-exec-checker issues 21 and 71; aws/containers-roadmap \
            issue 1359.",
    },
};

pub(super) const INOTIFY_EXHAUSTED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The limit on file watchers is reached",
    explain: Explain {
        means: "The agent's parts talk to each other through watched files. The kernel gives root no \
            more watchers, so sessions end at once, with \"too many open files\" or \"no space left \
            on device\". It is neither of the two.",
        decided: "The watchers in use compared with `fs.inotify.max_user_instances`, or the agent's log.",
        mend: "Raise `fs.inotify.max_user_instances` and `max_user_watches`, and restart the agent. \
            Raising `nofile` does nothing.",
        limits: "Which other program uses them up must be looked at on the host.",
        sources: "aws/amazon-ssm-agent issues 262, 265, 330 and 677.",
    },
};

pub(super) const EXECUTION_BLOCKED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The host's hardening keeps the agent from running its programs",
    explain: Explain {
        means: "A `noexec` mount, SELinux, AppArmor or an allow-list stops the agent's workers.",
        decided: "The mount options under the agent's folders, enforced denials of its programs in the \
            audit log within a day, and programs that its own log says were refused. An error when \
            its programs cannot run; a warning when only scripts of Run Command cannot.",
        mend: "Exempt the agent's folders, or remount them with `exec`.",
        limits: "Rules that only show when a session starts are not seen.",
        sources: "bottlerocket-os/bottlerocket issue 114; aws/amazon-ssm-agent issues 403 and 498.",
    },
};

pub(super) const RUNAS_USER_MISSING: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The user that sessions shall run as does not exist here",
    explain: Explain {
        means: "The session preferences, or the tag SSMSessionRunAs of the person, name a local user \
            that this host does not have. The agent makes `ssm-user` only when Run As is off.",
        decided: "The agent's log says that the user did not exist, and the host's `passwd` does not \
            name it now. A warning when another session has been served since.",
        mend: "Create the user, or change the preference or the tag.",
        limits: "Users that come from a directory service are not in `passwd`.",
        sources: "aws/amazon-ssm-agent issues 217, 219, 342, 431 and 518.",
    },
};

pub(super) const EXEC_AGENT_CONFLICT: FindingRow = FindingRow {
    severity: Severity::Warning,
    owner: Owner::Account,
    title: "Containers of this task share one process namespace",
    explain: Explain {
        means: "ECS Exec starts an agent in each container, and one process namespace can hold only \
            one. Sessions work for one container, or for none after a restart.",
        decided: "Processes of another container's agent are visible from this one.",
        mend: "Take `pidMode: task` out of the task definition, or use ECS Exec on one container.",
        limits: "It does not tell which container holds the agent.",
        sources: "aws-containers/amazon-ecs-exec-checker issue 75 and pull request 80.",
    },
};

pub(super) const HOST_IS_FINE: FindingRow = FindingRow {
    severity: Severity::Note,
    owner: Owner::Client,
    title: "This host is fine; what is left is on the caller's side",
    explain: Explain {
        means: "From here Session Manager is usable. If a session still fails, look at the person's \
            side: Region, account and profile of the command line, the Session Manager plugin, the \
            person's own permissions, and their network.",
        decided: "A path is active, the session actions are allowed, and nothing found is an error.",
        mend: "Compare the instance id, account and Region of this report with those of the caller. \
            TargetNotConnected with a good host is nearly always the wrong Region or account.",
        limits: "The person's permissions cannot be seen from the host.",
        sources: "aws/session-manager-plugin issues 5, 68 and 122; aws/aws-cli issue 3646.",
    },
};

pub(super) const NOT_PRIVILEGED: FindingRow = FindingRow {
    severity: Severity::Warning,
    owner: Owner::Host,
    title: "Not run as root, so some things could not be looked at",
    explain: Explain {
        means: "The agent's vault, its credentials, its log and its environment are readable by root \
            only. What depends on them is unknown in this report, neither right nor wrong.",
        decided: "The effective user id of this run.",
        mend: "Run again as root, or with sudo.",
        limits: "It says nothing on the host itself.",
        sources: "Modes of the agent's files: `agent/managedInstances/vault/fsvault`.",
    },
};
