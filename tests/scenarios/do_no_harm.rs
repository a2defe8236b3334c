//! What no run may do, whatever the scenario.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::lab::cloud::Cloud;
use crate::lab::scenario::{AgentPresence, ProcessSpec};

/// Signed calls that a run may send at `agent`; any other is a fault.
const AT_AGENT: [&str; 4] = [
    "sts:GetCallerIdentity",
    "ssm:ListInstanceAssociations",
    "ssmmessages:CreateControlChannel",
    "ec2messages:GetEndpoint",
];
/// The same, while the agent runs or at `full`.
const AS_THE_AGENT: [&str; 2] = [
    "ssm:UpdateInstanceInformation",
    "ssm:RequestManagedInstanceRoleToken",
];
/// The same, at `full` only.
const AT_FULL: [&str; 7] = [
    "iam:GetRole",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:SimulatePrincipalPolicy",
    "ssm:GetDocument",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:CreateDataChannel",
];

/// What the operator's own keys may sign, where a profile was named: reads, all of them.
const BY_OPERATOR: [&str; 9] = [
    "sts:GetCallerIdentity",
    "iam:GetRole",
    "iam:ListAttachedRolePolicies",
    "iam:ListRolePolicies",
    "iam:SimulatePrincipalPolicy",
    "ssm:GetServiceSetting",
    "ssm:DescribeInstanceInformation",
    "ssm:GetConnectionStatus",
    "ssm:GetDocument",
];
/// The same, where the session preferences name what they are about.
const OF_PREFERENCES: [&str; 3] = [
    "kms:Decrypt",
    "s3:GetEncryptionConfiguration",
    "logs:DescribeLogGroups",
];

/// Every breach of the do-no-harm rule.
pub(crate) fn faults(cloud: &Cloud) -> Vec<String> {
    let mut faults = cloud.complaints();
    let mut times = BTreeMap::<(bool, String), u32>::new();
    let operator = cloud.part("user", "key_id");
    for request in cloud.requests() {
        let aws = !["imds", "proxy"].contains(&request.service.as_str());
        if aws && !request.user_agent.contains("ssm-probe/") {
            faults.push(format!("User-Agent `{}`", request.user_agent));
        }
        if request.signed_by.is_none() {
            continue;
        }
        let action = request
            .action
            .unwrap_or_else(|| format!("unknown {}", request.path));
        let by_operator = request.signed_by.as_ref() == Some(&operator);
        let may = if by_operator {
            operator_may(cloud, &action)
        } else {
            may_send(cloud, &action)
        };
        if !may {
            let who = if by_operator {
                "the operator"
            } else {
                "the node"
            };
            faults.push(format!("{action} was sent by {who}"));
        }
        *times.entry((by_operator, action)).or_default() += 1;
    }
    let repeated = times.into_iter().filter(|(_, count)| *count > 1);
    faults.extend(repeated.map(|((_, action), count)| format!("{action} was sent {count} times")));
    faults
}

fn may_send(cloud: &Cloud, action: &str) -> bool {
    let level = cloud.scenario.probe_level();
    let host = &cloud.scenario.host;
    let by_name = |one: &ProcessSpec| one.comm.starts_with("amazon-ssm-agen");
    let agent_runs = matches!(
        cloud.scenario.host.agent,
        AgentPresence::Running | AgentPresence::CoreOnly
    ) || host.processes.iter().any(by_name);
    match level {
        "passive" => false,
        _ if OF_PREFERENCES.contains(&action) => names_preferences(cloud),
        "full" => [&AT_AGENT[..], &AS_THE_AGENT, &AT_FULL]
            .concat()
            .contains(&action),
        _ => AT_AGENT.contains(&action) || (agent_runs && AS_THE_AGENT.contains(&action)),
    }
}

fn operator_may(cloud: &Cloud, action: &str) -> bool {
    let scenario = &cloud.scenario;
    let named = scenario.args.iter().any(|arg| arg == "--operator-profile");
    named && scenario.probe_level() != "passive" && BY_OPERATOR.contains(&action)
}

/// Whether an option, the document or a session under way tells the preferences.
fn names_preferences(cloud: &Cloud) -> bool {
    let scenario = &cloud.scenario;
    scenario
        .args
        .iter()
        .any(|arg| arg.starts_with("--session-"))
        || scenario.account.session.inputs.is_some()
        || scenario
            .host
            .files
            .keys()
            .any(|path| path.contains("/document/state/"))
}

/// Every file below a folder with what is in it.
pub(crate) fn files(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).expect("the lab's folder is readable");
        for entry in entries {
            let path = entry.expect("the lab's folder can be listed").path();
            let kind = path.symlink_metadata().expect("a listed file is there");
            if kind.is_dir() {
                folders.push(path);
            } else if kind.is_symlink() {
                let target = std::fs::read_link(&path).expect("a link has a target");
                all.insert(path, target.into_os_string().into_encoded_bytes());
            } else if kind.is_file() {
                let content = std::fs::read(&path).expect("the lab's files are readable");
                all.insert(path, content);
            }
        }
    }
    all
}
