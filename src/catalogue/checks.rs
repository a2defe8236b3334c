//! What each check looks at and when it passes. A table; judging is in `diagnose`.

use super::CheckId;

/// One row of the catalogue of checks. Its title is [`CheckId::title`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckRow {
    /// The checks that come first: unless they pass, this one is unknown and names them.
    pub needs: &'static [CheckId],
    /// What is looked at.
    pub looks_at: &'static str,
    /// When it passes, fails, does not apply, and when it stays unknown.
    pub judged: &'static str,
}

const PERMISSION: &str = "Pass: AWS let the call through, or an open socket of the agent shows that it \
    did. Fail: AWS denied this very action; the layer that refused is kept. Unknown: the call was not \
    made, or the answer says nothing on permission, such as a time-out, a throttle or a proxy's page.";

impl CheckId {
    /// The check with this public id.
    #[must_use]
    pub fn from_id(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|id| id.id() == text)
    }
}

/// The row of a check.
#[must_use]
#[expect(clippy::too_many_lines, reason = "a table")]
pub fn row(id: CheckId) -> CheckRow {
    match id {
        CheckId::HostPrivileges => CheckRow {
            needs: &[],
            looks_at: "The effective user id of this run.",
            judged: "Pass: root. Warn: any other user; then the agent's vault, log and \
                environment cannot be read, and what depends on them is unknown.",
        },
        CheckId::HostSpace => CheckRow {
            needs: &[],
            looks_at: "Free bytes and inodes of the file systems of `/var/lib/amazon/ssm` and \
                `/var/log/amazon/ssm`, and the agent's log.",
            judged: "Pass: at least 64 MiB and 256 inodes. Warn: less. Fail: less than 1 MiB or 16 \
                inodes. Unknown: below another root that is no mount point.",
        },
        CheckId::HostWritable => CheckRow {
            needs: &[],
            looks_at: "The mount options of the agent's folders, and the agent's log.",
            judged: "Pass: mounted writable. Fail: mounted read-only, or the agent logged since its \
                last start that it could not write. Unknown: below another root without a table of \
                mounts.",
        },
        CheckId::HostExecution => CheckRow {
            needs: &[],
            looks_at: "The mount options of the agent's folders, denials of its programs by \
                SELinux, AppArmor and fapolicyd in the audit log, and the agent's own log.",
            judged: "Pass: no noexec mount and no enforced denial within a day. Warn: one that \
                leaves sessions alone. Fail: the agent's programs cannot run. Unknown: neither \
                could be read.",
        },
        CheckId::HostInotify => CheckRow {
            needs: &[],
            looks_at: "Root's inotify instances and watches against `fs.inotify.max_user_instances` \
                and `max_user_watches`, and the agent's log.",
            judged: "Pass: less than four fifths are used. Warn: more. Fail: all, or the agent got \
                no watcher. Unknown: not root, or no process table.",
        },
        CheckId::HostDescriptors => CheckRow {
            needs: &[],
            looks_at: "Open file descriptors of core and worker against their limit.",
            judged: "Pass: less than four fifths are open. Warn: more. Fail: all. Skip: the agent \
                does not run.",
        },
        CheckId::HostMemory => CheckRow {
            needs: &[],
            looks_at: "`/proc/meminfo`, the pressure on memory, and the kernel's count of processes \
                that it killed in the agent's unit.",
            judged: "Pass: enough. Warn: less than a twentieth is left, programs wait for memory, \
                or the kernel killed a process of the agent.",
        },
        CheckId::HostMachineId => CheckRow {
            needs: &[],
            looks_at: "`/etc/machine-id`, or D-Bus's.",
            judged: "Pass: 32 hexadecimal digits. Warn: something else. Fail: none on a hybrid \
                node, whose registration rests on it. Skip: none elsewhere.",
        },
        CheckId::AgentAlone => CheckRow {
            needs: &[],
            looks_at: "The agents in this container's process namespace, and the agent's log.",
            judged: "Pass: one at most. Fail: more, or the agent found its channel taken. Skip: not \
                a container.",
        },
        CheckId::SessionRunAsUser => CheckRow {
            needs: &[],
            looks_at: "The last session in the log that was refused for its user, and `passwd`.",
            judged: "Pass: that user exists by now. Fail: it does not. Skip: no such session.",
        },
        CheckId::AgentInstalled => CheckRow {
            needs: &[],
            looks_at: "The places where the agent's program lies: deb and rpm, snap, macOS, and \
                the folders that ECS injects.",
            judged: "Pass: found in at least one. Fail: in none of them. Warn: in more than one.",
        },
        CheckId::AgentRunning => CheckRow {
            needs: &[CheckId::AgentInstalled],
            looks_at: "The process table.",
            judged: "Pass: the agent's core runs. Fail: the table was read and holds none. \
                Unknown: the table could not be read.",
        },
        CheckId::AgentVersion => CheckRow {
            needs: &[CheckId::AgentInstalled],
            looks_at: "The agent's version, by package database, running program or audit file.",
            judged: "Fail: older than the path needs: 3.2.582.0 for Default Host Management, \
                2.3.814.0 where IMDSv2 is required. Unknown: no source names a version.",
        },
        CheckId::AgentConfig => CheckRow {
            needs: &[],
            looks_at: "`amazon-ssm-agent.json`, with the agent's own rules.",
            judged: "Pass: absent, or valid and leaving an identity to this host. Warn: it sets \
                what the agent drops. Fail: not valid JSON, or no identity is left.",
        },
        CheckId::AgentStaticKeys => CheckRow {
            needs: &[],
            looks_at: "Root's default AWS profile and the environment of the agent's process.",
            judged: "Pass: no keys without a session token. Warn: there are some. Unknown: they \
                could not be read.",
        },
        CheckId::AgentUnit => CheckRow {
            needs: &[CheckId::AgentInstalled],
            looks_at: "The files of the agent's systemd units, and their control groups; no bus and \
                no `systemctl`.",
            judged: "Pass: one unit is enabled and runs as root. Warn: not enabled, or another user. \
                Fail: masked. Skip: this system has no systemd units, or the agent is not run by one.",
        },
        CheckId::AgentState => CheckRow {
            needs: &[],
            looks_at: "`identity_config.json`, the vault's manifests and what they name.",
            judged: "Pass: each is absent or of the form it should have. Fail: one is empty, \
                damaged, or named and gone. Unknown: not root.",
        },
        CheckId::AgentRetry => CheckRow {
            needs: &[CheckId::AgentRunning],
            looks_at: "The agent's log since its last start, and the rules that it waits by.",
            judged: "Pass: it waits for nothing. Warn: it waits, and when it tries again is said. \
                Unknown: the log could not be read. Skip: the agent does not run.",
        },
        CheckId::AgentChannel => CheckRow {
            needs: &[CheckId::AgentRunning],
            looks_at: "The worker's connections beside the addresses of `ssmmessages`, else the last \
                word of the log on the control channel.",
            judged: "Pass: a connection is up, or the log says so and nothing since. Fail: the log \
                says that it could not be opened. Unknown: neither tells. Skip: no agent runs.",
        },
        CheckId::IdentitySelection => CheckRow {
            needs: &[],
            looks_at: "The order of identities in the configuration, the hybrid registration, \
                IMDS, and the ECS task metadata.",
            judged: "Pass: the agent's own rule gives an identity. Fail: it gives none. Unknown: \
                something it depends on could not be read.",
        },
        CheckId::HybridRegistration => CheckRow {
            needs: &[],
            looks_at: "`Vault/Store/RegistrationKey`, which only root can read.",
            judged: "Pass: id, Region and private key are there. Fail: on a host that is not EC2, \
                absent or incomplete; or complete on an EC2 instance, where it hides the \
                profile. Skip: absent on an EC2 instance.",
        },
        CheckId::HybridFingerprint => CheckRow {
            needs: &[CheckId::HybridRegistration],
            looks_at: "The stored machine properties and the present ones.",
            judged: "Pass: alike by the agent's rule. Fail: not alike, or the service says so. \
                Skip: no hybrid registration.",
        },
        CheckId::HybridToken => CheckRow {
            needs: &[CheckId::HybridRegistration],
            looks_at: "`RequestManagedInstanceRoleToken` with the registration's key, live or in \
                what the agent last stored.",
            judged: "Pass: the service gives the role's credentials. Fail: it refuses, and the \
                code says why. Unknown: not asked.",
        },
        CheckId::ImdsToken => CheckRow {
            needs: &[],
            looks_at: "`PUT /latest/api/token`, never through a proxy.",
            judged: "Pass: a token came. Fail: refused, silent or not IMDS, on an EC2 instance. \
                Skip: this is not an EC2 instance.",
        },
        CheckId::ImdsInstance => CheckRow {
            needs: &[CheckId::ImdsToken],
            looks_at: "The instance id, and the Region in the identity document.",
            judged: "Pass: both are there; the agent needs both. Fail: one is not.",
        },
        CheckId::ProfileAttached => CheckRow {
            needs: &[CheckId::ImdsToken],
            looks_at: "`iam/info` and the list `iam/security-credentials/`.",
            judged: "Pass: a role is listed. Fail: a profile without a role, or one that no \
                longer exists. Skip: no profile (404), which Default Host Management allows.",
        },
        CheckId::ProfileCredentials => CheckRow {
            needs: &[CheckId::ProfileAttached],
            looks_at: "The credentials document of the role, without keeping the keys.",
            judged: "Pass: code Success and not past its end. Fail: another code, such as \
                AssumeRoleUnauthorizedAccess, or past its end.",
        },
        CheckId::DhmcRegistration => CheckRow {
            needs: &[CheckId::ImdsInstance],
            looks_at: "`Vault/Store/EC2RegistrationKey`, which only root can read.",
            judged: "Pass: complete, and for this instance. Fail: absent, incomplete or for \
                another instance, while the path depends on it.",
        },
        CheckId::DhmcIdentityRole => CheckRow {
            needs: &[CheckId::ImdsToken],
            looks_at: "`identity-credentials/ec2/security-credentials/ec2-instance` in IMDS.",
            judged: "Pass: credentials came. Fail: refused or silent, while the rest of IMDS \
                answers.",
        },
        CheckId::DhmcToken => CheckRow {
            needs: &[CheckId::DhmcRegistration, CheckId::DhmcIdentityRole],
            looks_at: "`RequestManagedInstanceRoleToken` as the instance, live or in what the \
                agent last stored.",
            judged: "Pass: Default Host Management gives its role. Fail: not configured in this \
                account and Region, or refused. Skip: the profile wins. Unknown: not asked.",
        },
        CheckId::PathSelection => CheckRow {
            needs: &[],
            looks_at: "Everything above, put through the agent's own rules of choice.",
            judged: "Pass: one path is active. Fail: none can be. Unknown: what would settle it \
                could not be looked at, and is named.",
        },
        CheckId::CredentialsValid => CheckRow {
            needs: &[CheckId::PathSelection],
            looks_at: "`sts:GetCallerIdentity` with the active path's credentials.",
            judged: "Pass: AWS names the caller. Fail: expired or unknown keys. Unknown: no \
                answer of AWS; many private networks have no way to STS, which is no fault.",
        },
        CheckId::ClockOffset => CheckRow {
            needs: &[],
            looks_at: "The Date header of AWS's answers beside this host's clock.",
            judged: "Pass: within 5 minutes. Fail: further off, or a signature was refused for \
                its time. Unknown: AWS did not answer.",
        },
        CheckId::NetworkResolver => CheckRow {
            needs: &[],
            looks_at: "`resolv.conf` and `hosts`, the endpoints' names, and a name that cannot exist.",
            judged: "Pass: the required names resolve. Fail: one does not, or the servers give \
                addresses to names that cannot exist. Unknown: nothing was asked.",
        },
        CheckId::NetworkRoutes => CheckRow {
            needs: &[],
            looks_at: "The routing tables of IPv4 and IPv6, and the route to 169.254.169.254.",
            judged: "Pass: there is a default route. Warn: none, or the route to IMDS leads \
                nowhere. Unknown: the tables could not be read.",
        },
        CheckId::NetworkProxy => CheckRow {
            needs: &[],
            looks_at: "Proxy variables of the agent's process, of its unit and drop-ins, of this \
                run's shell, and of `/etc/environment`.",
            judged: "Pass: no proxy, or the agent has the same as the others. Warn: they differ; \
                whether that matters is seen at the endpoints.",
        },
        CheckId::NetworkTrust => CheckRow {
            needs: &[],
            looks_at: "The store of trusted roots where the agent's TLS library looks, or \
                `AWS_CA_BUNDLE`.",
            judged: "Pass: it holds roots. Warn: something of it could not be read, or \
                `AWS_CA_BUNDLE` of this run's shell chose it, which the agent does not see: run \
                again without it. Fail: none.",
        },
        CheckId::EndpointSsm
        | CheckId::EndpointSsmmessages
        | CheckId::EndpointEc2messages
        | CheckId::EndpointSts
        | CheckId::EndpointS3
        | CheckId::EndpointKms
        | CheckId::EndpointLogs => CheckRow {
            needs: &[],
            looks_at: "The chain to it as the agent would go: name, TCP or the proxy's CONNECT, \
                TLS with this host's trust, and a request without a signature.",
            judged: "Pass: AWS answered, here or to a signed question. Fail: a link broke, and \
                sessions need the service. Warn: a link broke, and they do not. Skip: nothing \
                asks for it. Unknown: it was not asked, or nothing tells who answered.",
        },
        CheckId::PermissionSsmUpdateInstanceInformation
        | CheckId::PermissionSsmmessagesCreateControlChannel
        | CheckId::PermissionSsmmessagesOpenControlChannel
        | CheckId::PermissionSsmmessagesCreateDataChannel
        | CheckId::PermissionSsmmessagesOpenDataChannel
        | CheckId::PermissionSsmListInstanceAssociations
        | CheckId::PermissionEc2messagesGetEndpoint => CheckRow {
            needs: &[CheckId::PathSelection],
            looks_at: "The answer of AWS to this action with the active path's credentials, else \
                a live socket of the agent, else its log.",
            judged: PERMISSION,
        },
        CheckId::PermissionKmsDecrypt
        | CheckId::PermissionS3GetEncryptionConfiguration
        | CheckId::PermissionLogsDescribeLogGroups => CheckRow {
            needs: &[CheckId::PathSelection],
            looks_at: "The answer of AWS to this action, asked with the active path's credentials \
                of what the session preferences name: a dry run for the key, a read for bucket and \
                log group.",
            judged: "Pass: AWS let the call through. Fail: AWS denied it, and sessions need it. \
                Warn: AWS denied it, or there is nothing of that name, and sessions open all the \
                same. Skip: no preference that needs it is known. Unknown: the answer says nothing.",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{CheckId, row};

    #[test]
    fn every_check_comes_after_those_it_needs() {
        for (place, id) in CheckId::ALL.into_iter().enumerate() {
            for need in row(id).needs {
                let needed = CheckId::ALL.into_iter().position(|other| other == *need);
                assert!(needed.is_some_and(|needed| needed < place), "{}", id.id());
            }
        }
    }

    #[test]
    fn every_check_says_what_it_looks_at_and_is_found_by_its_id() {
        for id in CheckId::ALL {
            let about = row(id);
            assert!(
                about.looks_at.ends_with('.') && about.judged.ends_with('.'),
                "{}",
                id.id()
            );
            assert_eq!(CheckId::from_id(id.id()), Some(id));
        }
    }
}
