//! The rules as data: what is wrong in an image, why it matters, what to do.
//!
//! Ids are public: never renamed, never reused. `F` numbers are those of the field's failures
//! that each rule prevents.

use super::{Image, Ruling, agent, leftovers, surroundings};
use crate::report::model::Severity;

/// One rule.
pub struct Rule {
    /// Its stable id.
    pub id: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// The healthy condition, in the present tense.
    pub title: &'static str,
    /// What happens on the launched host otherwise.
    pub why: &'static str,
    /// What to do in the image.
    pub remedy: &'static str,
    pub(super) judge: fn(&Image) -> Ruling,
}

const STOP_AND_CLEAR: &str = "systemctl stop amazon-ssm-agent; rm -rf /var/lib/amazon/ssm/Vault \
     /var/lib/amazon/ssm/registration /var/lib/amazon/ssm/runtimeconfig";

/// Every rule, in the order of reports.
pub static RULES: [Rule; 22] = [
    Rule {
        id: "image-hybrid-registration",
        severity: Severity::Error,
        title: "No hybrid registration is baked in",
        why: "Every clone takes itself for the same `mi-` node, and on EC2 that wins over the instance profile.",
        remedy: STOP_AND_CLEAR,
        judge: leftovers::hybrid_registration,
    },
    Rule {
        id: "image-vault-keys",
        severity: Severity::Warning,
        title: "No keys of a registration are baked in",
        why: "The agent registers anew and goes on with the baked key pair, so all clones share one private key.",
        remedy: STOP_AND_CLEAR,
        judge: leftovers::vault_keys,
    },
    Rule {
        id: "image-agent-state",
        severity: Severity::Warning,
        title: "No state of a running agent is baked in",
        why: "`identity_config.json` of another host is taken for this host's last state by people and programs.",
        remedy: STOP_AND_CLEAR,
        judge: leftovers::agent_state,
    },
    Rule {
        id: "image-agent-log",
        severity: Severity::Warning,
        title: "No log of another host's agent is left",
        why: "The log of the host that the image was built on is read as evidence of the launched one.",
        remedy: "rm -f /var/log/amazon/ssm/*",
        judge: leftovers::agent_log,
    },
    Rule {
        id: "image-machine-id",
        severity: Severity::Warning,
        title: "The machine id is made at the first boot",
        why: "All clones have one machine id; a hybrid registration rests on it.",
        remedy: "truncate -s 0 /etc/machine-id; rm -f /var/lib/dbus/machine-id",
        judge: leftovers::machine_id,
    },
    Rule {
        id: "image-credentials",
        severity: Severity::Error,
        title: "No AWS credentials are baked in",
        why: "They leak with the image, and static keys can take the place of the instance's own.",
        remedy: "rm -f /root/.aws/credentials /home/*/.aws/credentials /var/lib/amazon/ssm/credentials",
        judge: leftovers::credentials,
    },
    Rule {
        id: "image-static-keys",
        severity: Severity::Error,
        title: "No AWS keys stand in the agent's environment or in /etc/environment",
        why: "Static keys in the agent's environment can win over the role, and leak with the image.",
        remedy: "Remove AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from these files",
        judge: leftovers::static_keys,
    },
    Rule {
        id: "agent-absent",
        severity: Severity::Error,
        title: "The SSM Agent is installed",
        why: "Without the agent there is no session.",
        remedy: "Install the package amazon-ssm-agent for this system and architecture",
        judge: agent::absent,
    },
    Rule {
        id: "agent-disabled",
        severity: Severity::Error,
        title: "The SSM Agent starts at boot",
        why: "A unit that is disabled, masked or not there leaves the agent stopped on every launched host.",
        remedy: "systemctl unmask amazon-ssm-agent; systemctl enable amazon-ssm-agent",
        judge: agent::disabled,
    },
    Rule {
        id: "agent-before-imdsv2",
        severity: Severity::Error,
        title: "The SSM Agent speaks IMDSv2",
        why: "An agent before 2.3.814.0 gets no credentials where version 2 of IMDS is required.",
        remedy: "Install a current amazon-ssm-agent",
        judge: agent::before_imdsv2,
    },
    Rule {
        id: "agent-before-dhmc",
        severity: Severity::Warning,
        title: "The SSM Agent knows Default Host Management",
        why: "An agent before 3.2.582.0 has no path on instances without an instance profile.",
        remedy: "Install a current amazon-ssm-agent",
        judge: agent::before_dhmc,
    },
    Rule {
        id: "agent-installed-twice",
        severity: Severity::Warning,
        title: "The SSM Agent is installed once",
        why: "Snap and package side by side fight over registration and state, and the wrong one gets the settings.",
        remedy: "Keep one: snap remove amazon-ssm-agent, or apt-get remove amazon-ssm-agent",
        judge: agent::twice,
    },
    Rule {
        id: "config-invalid",
        severity: Severity::Error,
        title: "The agent's configuration is valid",
        why: "The agent drops the whole file without a word, and with it what the image was to set.",
        remedy: "Mend /etc/amazon/ssm/amazon-ssm-agent.json, or remove it for the defaults",
        judge: agent::config_invalid,
    },
    Rule {
        id: "config-excludes-host",
        severity: Severity::Error,
        title: "The agent's configuration leaves an identity to the host",
        why: "`Identity.ConsumptionOrder` or container mode leaves nothing that a launched host can be.",
        remedy: "Set \"ConsumptionOrder\": [\"OnPrem\", \"EC2\"], or leave it out; no ContainerMode",
        judge: agent::config_excludes_host,
    },
    Rule {
        id: "config-changed-by-agent",
        severity: Severity::Warning,
        title: "The agent takes the configuration as it stands",
        why: "The agent drops or changes a value without saying so.",
        remedy: "Set the value within the agent's own bounds",
        judge: agent::config_changed,
    },
    Rule {
        id: "unit-override",
        severity: Severity::Error,
        title: "Nothing in the agent's unit keeps it from working",
        why: "The agent runs as root, writes below /var, runs programs and opens connections; a unit that takes one of these away breaks sessions.",
        remedy: "Remove the setting from the unit or its drop-in",
        judge: agent::unit_override,
    },
    Rule {
        id: "proxy-without-imds",
        severity: Severity::Error,
        title: "A proxy of the agent leaves IMDS alone",
        why: "Without 169.254.169.254 in no_proxy the agent asks the proxy for its credentials and gets none.",
        remedy: "Add 169.254.169.254,[fd00:ec2::254] to no_proxy in the agent's drop-in",
        judge: surroundings::proxy_without_imds,
    },
    Rule {
        id: "proxy-not-in-unit",
        severity: Severity::Warning,
        title: "A proxy is set where the agent reads it",
        why: "The agent does not read /etc/environment; where the proxy is needed it cannot reach AWS.",
        remedy: "Set the proxy in a drop-in: systemctl edit amazon-ssm-agent",
        judge: surroundings::proxy_not_in_unit,
    },
    Rule {
        id: "trust-store-missing",
        severity: Severity::Error,
        title: "There are certificate roots",
        why: "Without a trust store no TLS connection to AWS is made.",
        remedy: "Install the package ca-certificates",
        judge: surroundings::trust_store,
    },
    Rule {
        id: "firewall-blocks-imds",
        severity: Severity::Error,
        title: "No saved rule or route keeps IMDS away",
        why: "The agent needs 169.254.169.254 for life: identity, Region and credentials come from there.",
        remedy: "Let root reach 169.254.169.254 on port 80; keep only other users away",
        judge: surroundings::firewall,
    },
    Rule {
        id: "noexec",
        severity: Severity::Error,
        title: "The agent's folders may hold programs",
        why: "From a file system mounted noexec neither the agent nor what it runs can be started.",
        remedy: "Mount the agent's folders without noexec in /etc/fstab",
        judge: surroundings::noexec,
    },
    Rule {
        id: "cloud-init-breaks",
        severity: Severity::Error,
        title: "cloud-init undoes none of this",
        why: "What cloud-init runs at the first boot comes after everything that is right in the image.",
        remedy: "Take the line out of cloud-init's configuration",
        judge: surroundings::cloud_init,
    },
];
