//! Conclusions on the instance metadata service. A table.

use super::{Explain, FindingRow};
use crate::report::model::{Owner, Severity};

pub(super) const IMDS_DISABLED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "The instance metadata service is switched off, or does not answer",
    explain: Explain {
        means: "This is an EC2 instance by its firmware, and IMDS does not answer. The agent learns \
            there who it is and gets every credential from there: without it neither the profile nor \
            Default Host Management can work. The agent ends and is started again, over and over.",
        decided: "IMDS answers 403 to a token request, or gives no answer although nothing on the \
            host stands in the way and the firmware names EC2.",
        mend: "Switch the metadata endpoint on for the instance, with tokens required. It takes \
            effect within seconds; the agent retries by itself, and a restart is quicker.",
        limits: "An answer that never comes can also be a filter outside this host's sight, or a host \
            without any network. The account can tell: `describe-instances` shows MetadataOptions.",
        sources: "cisagov/cyhy_amis issue 312; EC2 User Guide, \"Configure the instance metadata \
            options\".",
    },
};

pub(super) const IMDS_HOP_LIMIT: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "The metadata token's answer is lost on the way (hop limit)",
    explain: Explain {
        means: "IMDSv2 sends its token with a limit on network hops, 1 by default. From a container \
            with a network of its own the answer dies one hop short. The agent uses version 2 only.",
        decided: "The token PUT times out while a plain GET is answered, or a container sees silence.",
        mend: "Raise the hop limit to 2, or run the agent on the host's network.",
        limits: "A time-out is typical for the hop limit and a filter can look alike.",
        sources: "DataDog/datadog-agent pull request 48420; buildkite/elastic-ci-stack-for-aws issue \
            857.",
    },
};

pub(super) const IMDS_BLOCKED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "Something on this host keeps the metadata service away",
    explain: Explain {
        means: "A firewall rule, a null route or a stale route stops packets to 169.254.169.254 \
            before they leave this host. The agent then has no identity.",
        decided: "The connection is refused or unreachable at once, which IMDS itself never does, on \
            a host that is an EC2 instance by its firmware.",
        mend: "Let root reach 169.254.169.254: mend the rule or delete the route. Rules meant for \
            containers belong in the FORWARD chain.",
        limits: "Which rule it is must be looked up; a rule that drops silently looks like IMDS \
            switched off.",
        sources: "frappe/press pull request 7461; catchpoint/WebPageTest.agent issue 301.",
    },
};

pub(super) const IMDS_PROXIED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The agent sends metadata requests to a proxy",
    explain: Explain {
        means: "The agent's environment names a proxy and does not exempt 169.254.169.254. Its \
            metadata requests go to the proxy and fail, or, when the proxy is an EC2 instance, bring \
            back the proxy's own identity.",
        decided: "`http_proxy` is set in the environment of the agent's process and `no_proxy` there \
            does not cover 169.254.169.254. The person's shell does not matter.",
        mend: "Add `169.254.169.254,[fd00:ec2::254]` to `no_proxy` of the unit that runs the agent, \
            and restart it.",
        limits: "It does not prove that the proxy forwards such requests.",
        sources: "User Guide, \"Configure SSM Agent to use a proxy (Linux)\"; openshift/openshift-ansible \
            issue 1998.",
    },
};

pub(super) const IMDS_FOREIGN: FindingRow = FindingRow {
    severity: Severity::Warning,
    owner: Owner::Host,
    title: "Something that is not the EC2 metadata service answers at its address",
    explain: Explain {
        means: "169.254.169.254 answers with a web page, or like another cloud. On a machine outside \
            EC2 nothing should answer there; a firewall that does can confuse the agent at start.",
        decided: "The answers have no token, or a body that is not of the form EC2 gives.",
        mend: "Make the address unreachable on this host, or mend the device that answers.",
        limits: "It does not say that the agent was misled by it.",
        sources: "aws/amazon-ssm-agent issue 134 (the reporter's way out; AWS disputed the cause).",
    },
};

pub(super) const IMDS_AGENT_TOO_OLD: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The agent is too old for IMDSv2, which this instance requires",
    explain: Explain {
        means: "The instance answers metadata requests only with a token, and agents before \
            2.3.814.0 ask without one.",
        decided: "A plain GET answers 401, and the agent's version is below 2.3.814.0.",
        mend: "Update the agent. Allowing version 1 again would work and is not advised.",
        limits: "It does not say that the agent's other parts are recent enough for your sessions.",
        sources: "aws/amazon-ssm-agent issues 238 and 277.",
    },
};
