//! Conclusions on permissions. A table.

use super::{Explain, FindingRow};
use crate::report::model::{Owner, Severity};

const GRAMMAR: &str = "IAM User Guide, \"Troubleshoot access denied error messages\".";

pub(super) const REGISTRATION_PERMISSION_MISSING: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "The role may not register as a managed node",
    explain: Explain {
        means: "Every path begins with `ssm:UpdateInstanceInformation`. The role is denied it by its \
            own policies, and no other path steps in, so the host never becomes a managed node.",
        decided: "AWS answered that call with a denial whose text names the identity policy or names \
            no layer, with the credentials of the path that would be active.",
        mend: "Give the role the five actions of a managed node with sessions, or attach \
            AmazonSSMManagedInstanceCore. On EC2 the role may also be left without them on purpose: \
            then Default Host Management must be on. Restart the agent afterwards.",
        limits: "AWS names one layer even where several refuse. Mending the role may bring the next \
            one to light.",
        sources: "aws/amazon-ssm-agent issues 114, 144 and 543; IAM User Guide, \"Troubleshoot access \
            denied error messages\".",
    },
};

pub(super) const SESSION_PERMISSION_MISSING: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "The active role lacks permissions that sessions need",
    explain: Explain {
        means: "The host registers and shows as online, but it may not open the channels that carry \
            a session. Users see TargetNotConnected, or a session that ends at once.",
        decided: "AWS denied one of the four actions `ssmmessages:CreateControlChannel`, \
            `OpenControlChannel`, `CreateDataChannel` and `OpenDataChannel`, by the role's own \
            policies, on the path that is active.",
        mend: "Add the missing actions to the very role that is active. On an ECS task that is the \
            task role, not the execution role and not the instance's. Under Default Host Management \
            it is the account's one role, shared by all its nodes. Restart the agent.",
        limits: "On an instance profile the agent will not turn to a fuller Default Host Management \
            role: it tests `ssm:UpdateInstanceInformation` only. An action that was not probed is \
            unknown, not allowed.",
        sources: "aws/amazon-ssm-agent issues 120, 121 and 272; User Guide, \"Add Session Manager \
            permissions to an existing IAM role\".",
    },
};

pub(super) const OPTIONAL_PERMISSION_MISSING: FindingRow = FindingRow {
    severity: Severity::Note,
    owner: Owner::Account,
    title: "Actions that sessions do not need are denied",
    explain: Explain {
        means: "The log of this agent repeats denials, and sessions work all the same. The actions \
            belong to Run Command over the old channel, State Manager, Inventory or Patch Manager.",
        decided: "`ec2messages` actions or `ssm:ListInstanceAssociations` and its kin are denied while \
            the session actions are allowed.",
        mend: "Nothing to do for Session Manager. Add the actions, or AmazonSSMManagedInstanceCore, \
            when those functions are wanted.",
        limits: "It does not say whether those functions are in use here.",
        sources: "kubernetes/kops issue 14462; kubernetes-sigs/cluster-api-provider-aws issue 3361.",
    },
};

pub(super) const DENIED_BY_PERMISSIONS_BOUNDARY: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "The role's permissions boundary refuses",
    explain: Explain {
        means: "The role carries a permissions boundary, a ceiling on whatever its policies grant. \
            The action is above it.",
        decided: "The denial's own words: \"no permissions boundary allows\" or \"explicit deny in a \
            permissions boundary\".",
        mend: "Extend the boundary policy, or take it off the role. Attaching more policies to the \
            role never helps. The owner of the boundary is often a platform team.",
        limits: "Where the denial names no policy, which boundary it is can only be read in the \
            account. The boundary binds the instance profile's role; Default Host Management uses \
            another.",
        sources: GRAMMAR,
    },
};

pub(super) const DENIED_BY_SERVICE_CONTROL_POLICY: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Organization,
    title: "A service control policy of the organization refuses",
    explain: Explain {
        means: "A rule above the account forbids the action for every role in it. Nothing on this \
            host and nothing in the account's IAM can change that.",
        decided: "The denial's own words name a service control policy.",
        mend: "The organization's administrator adds the action to a list of allowed services, takes \
            it out of a denial, or exempts the role. Allow-lists by service often forget \
            `ssmmessages`. If the rule asks for a VPC endpoint or a network, use that way.",
        limits: "The words \"explicit deny\" are also used where a policy merely lacks an allow. \
            Default Host Management is no way round: its role meets the same rule. Adding grants to \
            the role changes nothing.",
        sources: "awslabs/landing-zone-accelerator-on-aws pull request 330; IAM User Guide, \
            \"Troubleshoot access denied error messages\".",
    },
};

pub(super) const DENIED_BY_RESOURCE_CONTROL_POLICY: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Organization,
    title: "A resource control policy of the organization refuses",
    explain: Explain {
        means: "A rule of the organization guards the resource that was asked for, and this caller, \
            or the network it comes from, does not meet its conditions.",
        decided: "The denial's own words name a resource control policy.",
        mend: "The organization's administrator exempts the caller, or the host takes the network way \
            that the rule asks for, often a VPC endpoint.",
        limits: "The denial does not tell which condition failed. Adding grants to the role changes \
            nothing.",
        sources: GRAMMAR,
    },
};

pub(super) const DENIED_BY_ENDPOINT_POLICY: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Network,
    title: "The policy of a VPC endpoint refuses",
    explain: Explain {
        means: "The call reached AWS through an interface endpoint of the VPC, and that endpoint's \
            own policy does not let this role or this action pass.",
        decided: "The denial's own words name a VPC endpoint policy.",
        mend: "Add the actions to the endpoint's policy, or set it back to the default, which allows \
            all. Conditions on the organization or on one role also stop the calls that Default Host \
            Management and hybrid nodes make before they have a role.",
        limits: "It does not tell which endpoint, beyond the name that was called, nor which \
            condition failed. Adding grants to the role changes nothing.",
        sources: "aws/amazon-ssm-agent issue 374; User Guide, \"Improve the security of EC2 instances \
            by using VPC endpoints for Systems Manager\".",
    },
};

pub(super) const DENIED_BY_SESSION_POLICY: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "A session policy refuses",
    explain: Explain {
        means: "The credentials were made with a policy of their own that is narrower than the role. \
            Whoever called AssumeRole set it.",
        decided: "The denial's own words name a session policy.",
        mend: "Find what hands these credentials to the host and widen the policy it passes. EC2 and \
            Systems Manager pass none, so a custom source is likely.",
        limits: "The session policy itself cannot be read from the host.",
        sources: GRAMMAR,
    },
};

pub(super) const DENIED_EXPLICITLY: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "A policy of the role denies the action outright",
    explain: Explain {
        means: "One of the role's own policies holds a Deny statement that matches. A Deny beats \
            every Allow, so adding permissions does not help.",
        decided: "The denial's own words: \"explicit deny in an identity-based policy\".",
        mend: "Find the Deny among the role's inline and attached policies and narrow it. Its \
            condition (source network, tag, time) may be the part that is wrong.",
        limits: "The denial rarely names the policy, and never the statement.",
        sources: GRAMMAR,
    },
};

pub(super) const SESSION_KMS_DENIED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "The role may not decrypt with the key that encrypts sessions",
    explain: Explain {
        means: "The session preferences of this account and Region encrypt sessions with a KMS key. \
            The host's role must be allowed to decrypt with it; without that the handshake fails.",
        decided: "A dry run of `kms:Decrypt`, or the agent's line \"Fetching data key failed\".",
        mend: "Allow `kms:Decrypt` on the key's ARN to the role, and see that the key's policy admits \
            the role or delegates to IAM. An alias in Resource never matches.",
        limits: "The person's side needs `kms:GenerateDataKey`, which cannot be seen from here. A key \
            that is disabled or elsewhere gives the same words.",
        sources: "department-of-veterans-affairs/va.gov-team issue 54885; User Guide, \"Turn on KMS \
            key encryption of session data\".",
    },
};

pub(super) const SESSION_LOG_PERMISSION_MISSING: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "The role may not look at the session log's encryption",
    explain: Explain {
        means: "The session preferences ask for encrypted logs. The agent checks that before it \
            opens a session; being denied, it claims that encryption is not set up. The bucket or \
            log group may well be encrypted.",
        decided: "`s3:GetEncryptionConfiguration` on the bucket or `logs:DescribeLogGroups` is denied \
            while the preferences name that bucket or group.",
        mend: "Grant `s3:GetEncryptionConfiguration` on the bucket's ARN (without `/*`), or \
            `logs:DescribeLogGroups` on `*`, to the role that is active; a bucket of another account \
            needs it in its bucket policy too. Under Default Host Management the role is another than \
            the instance's.",
        limits: "It does not prove that the logs can be written once the session runs.",
        sources: "aws/amazon-ssm-agent issues 212, 246 and 639.",
    },
};

pub(super) const SESSION_LOG_NOT_READY: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "The session log's bucket or log group is missing, or not encrypted as demanded",
    explain: Explain {
        means: "The session preferences name a bucket or log group that does not exist, or demand \
            encryption that it does not have. Where encryption is demanded the agent refuses every \
            session; otherwise sessions open and their log is lost.",
        decided: "The answer to `s3:GetEncryptionConfiguration` or `logs:DescribeLogGroups` for what \
            the preferences name; both were allowed.",
        mend: "Create the log group or bucket, give it a KMS key or default encryption, or correct \
            the preferences. No permission of the role helps.",
        limits: "Preferences that were given by options say nothing on whether encryption is \
            demanded; then this is a warning.",
        sources: "User Guide, \"Logging session data using Amazon CloudWatch Logs (console)\" and \
            \"Logging session data using Amazon S3 (console)\"; agent \
            `agent/session/plugins/sessionplugin`.",
    },
};

pub(super) const SESSION_LOG_UPLOAD_DENIED: FindingRow = FindingRow {
    severity: Severity::Warning,
    owner: Owner::Account,
    title: "Sessions work and their logs do not arrive",
    explain: Explain {
        means: "The agent uploads a session's log at its end, and that upload is refused. People \
            notice when they look for an audit trail.",
        decided: "The agent's log shows AccessDenied for an upload to S3 or to CloudWatch Logs.",
        mend: "Allow `s3:PutObject` below the prefix, `kms:GenerateDataKey` on the bucket's key, or \
            `logs:CreateLogStream` and `logs:PutLogEvents` on the group. A bucket of another account \
            also needs `s3:PutObjectAcl`, its own policy and its key's policy.",
        limits: "Old lines may describe a fault that is mended by now; mind their age.",
        sources: "aws/amazon-ssm-agent issues 229 and 311.",
    },
};
