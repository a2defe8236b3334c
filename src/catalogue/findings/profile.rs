//! Conclusions on the instance profile and on keys. A table.

use super::{Explain, FindingRow};
use crate::report::model::{Owner, Severity};

pub(super) const PROFILE_EMPTY: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "The instance profile contains no role",
    explain: Explain {
        means: "An instance profile is only a holder. One is attached to this instance and nothing is \
            in it, so IMDS has no credentials to give.",
        decided: "`iam/info` in IMDS names a profile and says that it contains no role, or the list \
            `iam/security-credentials/` answers 200 with an empty body.",
        mend: "Put the role back into the profile. EC2 notices after a while; restart the agent once \
            IMDS lists the role. An empty list does not make the agent fall back to Default Host \
            Management.",
        limits: "It does not say whether the role that belongs there still exists, or what it may do.",
        sources: "IAM User Guide, \"Troubleshoot IAM and Amazon EC2\".",
    },
};

pub(super) const PROFILE_NOT_FOUND: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "The instance profile that is attached no longer exists",
    explain: Explain {
        means: "The instance is bound to the id of an instance profile that has been deleted. A new \
            profile of the same name does not help: it has another id.",
        decided: "`iam/info` in IMDS answers with the code InstanceProfileNotFound.",
        mend: "Associate the profile with the instance again, then restart the agent. Infrastructure \
            code that replaces a profile in place makes this happen again.",
        limits: "That the agent does not try Default Host Management after this code is inferred from \
            its source; it was not seen.",
        sources: "IAM User Guide, \"Troubleshoot IAM and Amazon EC2\".",
    },
};

pub(super) const ROLE_TRUST_WRONG: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "EC2 may not assume the profile's role, or the role is gone",
    explain: Explain {
        means: "The profile names a role, and EC2 is not allowed to act as it. Most often the role's \
            trust policy names another service, as a role made for a hybrid activation \
            (`ssm.amazonaws.com`) does.",
        decided: "The credentials document in IMDS carries the code AssumeRoleUnauthorizedAccess in \
            place of keys.",
        mend: "Let the trust policy name `ec2.amazonaws.com`, or put another role into the profile. \
            EC2 tries again by itself; restart the agent when the keys are there.",
        limits: "IMDS gives the same code for a role that was deleted; only the account can tell the \
            two apart. Agents from 3.2.815.0 on fall back to Default Host Management after it.",
        sources: "aws/aws-cli issue 2060; IAM User Guide, \"Troubleshoot IAM and Amazon EC2\"; agent \
            release notes.",
    },
};

pub(super) const INSTANCE_CREDENTIALS_EXPIRED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Account,
    title: "The credentials of this path have ended or are unknown to AWS",
    explain: Explain {
        means: "IMDS or the agent's own file hands out keys that are past their end, or that AWS no \
            longer knows. An agent that meets this does not fall back to anything; it waits.",
        decided: "The end named beside the keys compared with the time of this run, or the answers \
            ExpiredTokenException, InvalidClientTokenId or UnrecognizedClientException.",
        mend: "See whether the profile's role was replaced or its sessions revoked. If the file is the \
            agent's, its refresher has stopped: restart the agent and look at the error that \
            follows.",
        limits: "A wrong clock on this host makes good keys look expired; see `clock-skew`. An unknown \
            key can also mean a Region that the account has not enabled.",
        sources: "aws/amazon-ssm-agent issue 522; agent `core/app/credentialrefresher`.",
    },
};

pub(super) const STATIC_KEYS_PRESENT: FindingRow = FindingRow {
    severity: Severity::Warning,
    owner: Owner::Host,
    title: "Long-lived AWS keys lie where the agent can pick them up",
    explain: Explain {
        means: "Root's default profile, or the agent's own environment, holds access keys without a \
            session token. Some of the agent's parts look there first and then act as that user \
            instead of this host's role.",
        decided: "`[default]` in root's credentials file has a key id and a secret and no session \
            token, or `AWS_ACCESS_KEY_ID` is set in the environment of the agent's process.",
        mend: "Move the keys to a named profile, or out of the service's environment, and restart the \
            agent. On a hybrid node look twice: the agent itself writes that profile there, with a \
            token.",
        limits: "It does not say that the keys are in use. A denial that names `:user/` in place of \
            `:assumed-role/` would.",
        sources: "aws/amazon-ssm-agent issues 91 and 526; for containers \
            aws-containers/amazon-ecs-exec-checker issue 49.",
    },
};
