//! Conclusions on hybrid activations. A table.

use super::{Explain, FindingRow};
use crate::report::model::{Owner, Severity};

pub(super) const HYBRID_REGISTRATION_LEFTOVER: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "A leftover hybrid registration takes this EC2 instance for another machine",
    explain: Explain {
        means: "This is an EC2 instance, and the agent's vault holds a complete hybrid registration. \
            The agent looks there first, so it acts as the `mi-` node and does not look at the \
            instance profile. Most often an image was made from a registered machine.",
        decided: "IMDS or the firmware says EC2, and `Vault/Store/RegistrationKey` has id, Region and \
            private key. The agent takes it whether the service still knows that node or not.",
        mend: "Stop the agent, keep a copy of the vault, clear the registration, start the agent. \
            Bake images without `/var/lib/amazon/ssm/Vault`, `registration` and `runtimeconfig`.",
        limits: "Some people register EC2 instances on purpose. Then this is as it should be, and \
            `--ignore` says so.",
        sources: "aws/amazon-ssm-agent issue 381; aws/amazon-ecs-init pull request 412; identity \
            order in the agent's `common/identity`.",
    },
};

pub(super) const HYBRID_FINGERPRINT_CHANGED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "This machine is not the one that registered",
    explain: Explain {
        means: "The agent stores a fingerprint of the machine when it registers. The machine's \
            properties have changed since, so the service refuses it the role: a clone, a restored \
            snapshot, or a machine id that does not survive a reboot.",
        decided: "MachineFingerprintDoesNotMatch from the service, or the stored properties compared \
            with the present ones by the agent's own rule: another machine id is fatal at once; \
            with the same one and another address, fewer than 40 in 100 equal properties are.",
        mend: "See that `/etc/machine-id` is kept on disk. Then register again with a new activation; \
            check the activation before, since registering overwrites the old registration first.",
        limits: "The agent renews the stored properties when they differ, so equal properties now do \
            not prove that the service still accepts them. `-similarityThreshold -1` turns the check \
            off, which also lets clones share one node.",
        sources: "aws/amazon-ssm-agent issues 73, 118, 205, 567 and 601; agent \
            `agent/managedInstances/fingerprint`.",
    },
};

pub(super) const HYBRID_DEREGISTERED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "Systems Manager does not know this managed node",
    explain: Explain {
        means: "The registration on this host is complete, and the service has no node of that id: it \
            was deregistered, or the registration is for another Region. The old registration \
            cannot be revived.",
        decided: "`RequestManagedInstanceRoleToken` answers InvalidInstanceId, now or in the agent's \
            log.",
        mend: "Create a new activation in the right Region and register again. Look for the job that \
            deregisters disconnected nodes, or it will happen again.",
        limits: "It does not tell who deregistered the node; CloudTrail does (DeregisterManagedInstance).",
        sources: "aws/amazon-ssm-agent issue 381; aws/eks-hybrid pull request 170.",
    },
};

pub(super) const HYBRID_ACTIVATION_REFUSED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "The last registration with an activation was refused",
    explain: Explain {
        means: "Someone tried to register this machine and the service said no: the activation has \
            expired (24 hours by default, 30 days at most), its code, id or Region is wrong, or \
            its number of machines is used up.",
        decided: "The agent's vault holds a key without a node id, which is what a failed attempt \
            leaves, and the log names the reason where it is still there.",
        mend: "Create a new activation in the Region of this machine and register with it. Check the \
            activation first: an attempt replaces what the vault holds before it asks the service.",
        limits: "Without the log the reason is not known. A registration that is under way at this \
            moment looks the same.",
        sources: "aws/amazon-ssm-agent issues 134 and 401; aws/eks-hybrid pull requests 56 and 99; \
            agent `core/agent_parser.go`.",
    },
};

pub(super) const HYBRID_ROLE_UNUSABLE: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "Systems Manager cannot hand out the role of this hybrid node",
    explain: Explain {
        means: "The node is registered, and the service may not assume the role that goes with it: \
            the role was deleted, or its trust policy does not admit `ssm.amazonaws.com` under the \
            conditions it sets.",
        decided: "`RequestManagedInstanceRoleToken` answers AccessDeniedException for a hybrid node.",
        mend: "Mend the role's trust policy, or give the node another role with \
            `update-managed-instance-role`. The name is given without an ARN.",
        limits: "That this answer means the role is inferred; the message is kept in the evidence. An \
            endpoint policy on `ssm` can refuse the same call.",
        sources: "aws/aws-cli issue 4232; User Guide, \"Create the IAM service role required for \
            Systems Manager in hybrid and multicloud environments\".",
    },
};

pub(super) const HYBRID_ROLE_REPLACED: FindingRow = FindingRow {
    severity: Severity::Warning,
    owner: Owner::Account,
    title: "The hybrid node's role is not the one it had before",
    explain: Explain {
        means: "The role that AWS names for this node differs from the one in older lines of the \
            agent's log. Quick Setup and patch policies replace it without asking.",
        decided: "The caller's role now compared with the roles in the agent's log.",
        mend: "Set the role back, and take the node out of the association that changed it.",
        limits: "A change on purpose looks the same.",
        sources: "aws/amazon-ecs-agent issue 3812.",
    },
};

pub(super) const HYBRID_TIER_NOT_VISIBLE: FindingRow = FindingRow {
    severity: Severity::Note,
    owner: Owner::Account,
    title: "Sessions to hybrid nodes also need the advanced-instances tier",
    explain: Explain {
        means: "On this host everything is right. Session Manager serves `mi-` nodes only when the \
            account has the advanced-instances tier on in this Region, and no host can see that.",
        decided: "The host is a hybrid node and nothing else is wrong.",
        mend: "If StartSession says \"Enable advanced-instances tier\", an administrator turns it on. \
            It is charged by node and hour.",
        limits: "It does not say that the tier is off.",
        sources: "aws-samples/sagemaker-ssh-helper issues 11 and 44; aws/amazon-ssm-agent issue 162.",
    },
};

pub(super) const SHARED_PROFILE_MANAGED_BY_AGENT: FindingRow = FindingRow {
    severity: Severity::Note,
    owner: Owner::Host,
    title: "Root's default AWS profile is written by the agent",
    explain: Explain {
        means: "On a hybrid node the agent keeps its role's credentials in root's default profile. \
            Other AWS tools that root runs act with that role, and deleting the file does not last.",
        decided: "`Profile.ShareCreds` is on, `Profile.ShareProfile` is empty, and root's credentials \
            file carries temporary keys.",
        mend: "Nothing needs mending for sessions. To keep root's tools apart, name a profile in \
            `Profile.ShareProfile` and restart the agent.",
        limits: "It does not say that another tool uses the profile.",
        sources: "aws/amazon-ssm-agent issues 115, 157 and 368.",
    },
};
