//! Conclusions on the choice of a permission path. A table.

use super::{Explain, FindingRow};
use crate::report::model::{Owner, Severity};

pub(super) const NO_PERMISSION_PATH: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "No instance profile is attached, and Default Host Management is off",
    explain: Explain {
        means: "The agent found no credentials at all. The instance has no instance profile, and \
            the account has no Default Host Management Configuration in this Region. Either of \
            the two is enough; neither of them is there.",
        decided: "IMDS answers 404 below `iam/`, and either a live `RequestManagedInstanceRoleToken` \
            or the agent's log says \"Systems Manager's instance management role is not configured \
            for account\". That sentence is the fallback's error, not a second problem.",
        mend: "Attach an instance profile whose role holds the five Session Manager actions, or turn \
            Default Host Management on for the account and Region. Then restart the agent: after a \
            denial it sleeps for 25 to 30 minutes and nothing wakes it.",
        limits: "It does not say that the network is sound or that the agent would get further with \
            a profile. Run again once a path is there.",
        sources: "aws/amazon-ssm-agent issues 292, 298 and 544; back-off from the agent's \
            `core/app/credentialrefresher`.",
    },
};

pub(super) const NOT_REGISTERED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "Not an EC2 instance, and not registered by a hybrid activation",
    explain: Explain {
        means: "The agent knows of two kinds of machine: EC2 instances, which it recognises by \
            IMDSv2, and machines registered with an activation. This one is neither, so the agent \
            has no identity and gives up.",
        decided: "IMDS gives no instance id, the firmware does not name Amazon EC2, and the agent's \
            vault holds no registration with id, Region and private key. The readable file \
            `registration` beside the vault is a copy and proves nothing.",
        mend: "Create a hybrid activation in the Region that shall manage this machine, register the \
            agent with its code and id, and start the agent. Access keys in `~/.aws` are of no use \
            here: the agent does not take them.",
        limits: "An EC2 instance whose IMDS is switched off and whose firmware cannot be read looks \
            the same. Run as root, so that both can be read.",
        sources: "aws/amazon-ssm-agent issues 192 and 247; identity order in the agent's \
            `common/identity`.",
    },
};

pub(super) const DHMC_NOT_ENABLED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "Default Host Management is not configured in this account and Region",
    explain: Explain {
        means: "The instance profile cannot be used, so the agent turned to Default Host Management, \
            and Systems Manager has no role to hand out. The setting is made per account and per \
            Region: it may well be on in another Region.",
        decided: "`RequestManagedInstanceRoleToken` was answered, now or in the agent's log, with \
            AccessDeniedException and the words \"instance management role is not configured\". With \
            no profile at all the cause is `no-permission-path` instead.",
        mend: "Decide which path is meant. Either turn the setting on here (role, policy, then the \
            setting), or mend the profile's role, whose fault is among the other findings. Restart \
            the agent afterwards.",
        limits: "It does not say whether the profile or Default Host Management was meant to be the \
            path, nor whether the setting's role would be sufficient once it is on.",
        sources: "aws/amazon-ssm-agent issue 577; Systems Manager User Guide, \"Managing EC2 \
            instances automatically with Default Host Management Configuration\".",
    },
};

pub(super) const DHMC_AGENT_TOO_OLD: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The agent is too old for Default Host Management",
    explain: Explain {
        means: "No usable instance profile is there, and an agent before 3.2.582.0 does not know \
            Default Host Management. Even if the account has it on, this agent never asks for it.",
        decided: "The agent's version, from the package database, the running program or its own \
            files, compared with 3.2.582.0. Up to 3.2.815.0 a role with a broken trust policy keeps \
            the agent from falling back as well.",
        mend: "Update the agent, or attach an instance profile. On Ubuntu the snap has at times been \
            months behind; look at its channel.",
        limits: "It does not say that Default Host Management is on in this account and Region.",
        sources: "aws/amazon-ssm-agent issue 511; User Guide on Default Host Management, \
            prerequisites; agent release notes.",
    },
};

pub(super) const DHMC_IDENTITY_ROLE_UNREADABLE: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "IMDS refuses the instance identity role that Default Host Management needs",
    explain: Explain {
        means: "To ask for the Default Host Management role the agent signs with the instance \
            identity role, which IMDS hands out below `identity-credentials/`. That path does not \
            answer here, and no instance profile stands in for it.",
        decided: "The status of `identity-credentials/ec2/security-credentials/ec2-instance`, with an \
            IMDSv2 token, compared with the rest of IMDS. The agent's log shows it as \"unable to \
            build RSA signature\".",
        mend: "Look for a filter on IMDS paths (metadata proxies for containers often pass only \
            `iam/`), allow IMDSv2, and restart the agent.",
        limits: "The instance identity role needs no permission of yours, and none can be given to \
            it. A denial by Systems Manager is a different finding.",
        sources: "aws/amazon-ssm-agent issue 609; agent `agent/ssm/authtokenrequest`; User Guide on \
            Default Host Management.",
    },
};

pub(super) const EC2_REGISTRATION_MISSING: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The agent holds no registration of this instance for Default Host Management",
    explain: Explain {
        means: "Default Host Management asks for a key pair that the agent registers once for each \
            instance and keeps in its vault. There is none for this instance, so the agent cannot \
            ask for the role, whatever the account's setting is.",
        decided: "`Vault/Store/EC2RegistrationKey` is absent, incomplete or names another instance, \
            and Default Host Management is the only path left. The agent logs \"ec2 instance not \
            yet registered with Systems Manager\".",
        mend: "Make the vault's folder writable for root, see that `ssm` can be reached, and restart \
            the agent: it registers when it starts. Never delete a vault that holds a registration; \
            without its key an instance may need a profile, or to be rebuilt.",
        limits: "A registration copied from another instance's image is not this fault: the agent \
            registers again. It does so with the copied key, which is a matter of hygiene.",
        sources: "Agent `common/identity/availableidentities/ec2` and `agent/ssm/authregister`; \
            User Guide on Default Host Management.",
    },
};

pub(super) const DHMC_NOT_TRIED: FindingRow = FindingRow {
    severity: Severity::Note,
    owner: Owner::Network,
    title: "The agent skipped Default Host Management",
    explain: Explain {
        means: "The agent falls back to Default Host Management only after three kinds of failure: \
            an access denial, no role in IMDS, or a role that EC2 may not assume. Here its test of \
            the profile failed in another way, such as a time-out, so the fallback was not tried.",
        decided: "The way in which `UpdateInstanceInformation` fails with the profile's credentials, \
            or the log line \"Skipping default host management fallback\".",
        mend: "Mend the other error; it is the cause. Default Host Management needs no change.",
        limits: "It says nothing on whether Default Host Management is on or would work.",
        sources: "Agent `common/identity/credentialproviders/ec2roleprovider`, unchanged in the \
            versions built on the second AWS SDK for Go.",
    },
};

pub(super) const DHMC_SHADOWED: FindingRow = FindingRow {
    severity: Severity::Warning,
    owner: Owner::Account,
    title: "An instance profile without session permissions keeps Default Host Management away",
    explain: Explain {
        means: "The agent tests a profile with one call, `ssm:UpdateInstanceInformation`. This role \
            may make it, so the agent stays with the role, although it lacks what sessions need. A \
            fuller Default Host Management role is never looked at.",
        decided: "On the instance profile `ssm:UpdateInstanceInformation` is allowed and at least one \
            `ssmmessages` action is denied.",
        mend: "Choose one path. Either add the four `ssmmessages` actions to the role, or take \
            `ssm:UpdateInstanceInformation` away from it, so that Default Host Management takes \
            over. Restart the agent after either.",
        limits: "Whether Default Host Management is on cannot be seen from a host whose profile wins. \
            Without it, taking the permission away leaves the host with no path.",
        sources: "aws/amazon-ssm-agent issues 543 and 610; the rule is in the agent's EC2 role \
            provider.",
    },
};

pub(super) const IDENTITY_ORDER_EXCLUDES_HOST: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The agent's configuration leaves no identity that this host can have",
    explain: Explain {
        means: "`Identity.ConsumptionOrder` lists the kinds of machine that the agent may take itself \
            for. None of those listed fits this host, so the agent stops without an identity, \
            however good its profile or registration is.",
        decided: "The order in `amazon-ssm-agent.json`, with unknown words dropped as the agent drops \
            them, compared with what the host is: an EC2 instance by IMDSv2, a complete hybrid \
            registration, an ECS task, or a usable custom identity.",
        mend: "Remove the key, so that the default order (OnPrem, EC2, CustomIdentity) holds, or list \
            the identity that this host has. Restart the agent.",
        limits: "It does not say that the identity, once allowed, has working credentials.",
        sources: "Agent `common/identity/identity_selector.go` and `agent/appconfig`.",
    },
};
