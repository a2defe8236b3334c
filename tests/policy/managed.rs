//! AWS's managed policies against every capability: what AWS's documents say of them, and the
//! page `docs/src/managed-policies.md`, which is generated here.

use std::fmt::Write;
use std::path::Path;

use ssm_probe::catalogue::{Capability, MANAGED_POLICIES, ManagedPolicy, managed_policy};
use ssm_probe::policy::{CapabilityCoverage, Coverage, Decision, Given, Place, cover, layers_of};

use super::nodes::ec2;

fn judge(policy: &ManagedPolicy, capability: &'static Capability) -> CapabilityCoverage {
    let given = Given::by_name(policy.name, &Place::Identity).unwrap();
    cover(&layers_of(&[given]), &ec2(), &[], capability)
}

/// The actions of which a policy lets none through, or not certainly.
fn lacking(found: &CapabilityCoverage) -> Vec<&'static str> {
    let actions = found.actions.iter().filter(|action| action.required);
    actions
        .filter(|action| action.evaluation.decision != Decision::Allowed)
        .map(|action| action.action)
        .collect()
}

/// By "Verify or add instance permissions for Session Manager", "Configure instance permissions
/// required for Systems Manager", "AWS managed policies for AWS Systems Manager", "Permissions
/// for `AWS-RunPatchBaselineAssociation`" and "Join a Linux instance to a directory".
#[test]
fn what_aws_s_documents_say_of_each_managed_policy_is_found() {
    let reads: &[&str] = &[
        "ssm:DescribePatchBaselines",
        "ssm:GetPatchBaseline",
        "ssm:DescribeEffectivePatchesForPatchBaseline",
        "tag:GetResources",
    ];
    let core = "AmazonSSMManagedInstanceCore";
    let default = "AmazonSSMManagedEC2InstanceDefaultPolicy";
    let legacy = "AmazonEC2RoleforSSM";
    let mut expected: Vec<(&str, &str, &[&str])> = vec![
        (core, "parameter-store", &[]),
        (default, "parameter-store", &["ssm:GetParameters"]),
        (legacy, "parameter-store", &[]),
        (legacy, "session-s3-log", &[]),
        (legacy, "session-s3-log-kms", &["kms:GenerateDataKey"]),
        (legacy, "session-cwl-log", &[]),
        (legacy, "run-command-output-cwl", &[]),
        (legacy, "domain-join", &[]),
        (legacy, "session-kms", &["kms:Decrypt"]),
        (core, "session-kms", &["kms:Decrypt"]),
        (core, "session-s3-log", &["s3:PutObject"]),
        ("AWSCloud9SSMInstanceProfile", "session-manager", &[]),
        ("AWSCloud9SSMInstanceProfile", "run-command", &[]),
        ("AmazonSSMFullAccess", "session-manager", &[]),
    ];
    for policy in [core, default, legacy] {
        for id in [
            "managed-node",
            "session-manager",
            "session-port-forwarding",
            "session-ssh",
            "run-command",
            "state-manager",
            "inventory",
            "patch-manager",
            "distributor",
            "agent-auto-update",
        ] {
            expected.push((policy, id, &[]));
        }
        expected.push((policy, "patch-baseline-association", reads));
    }
    for (policy, id, lacks) in expected {
        let capability = Capability::find(id).unwrap();
        let found = judge(managed_policy(policy).unwrap(), capability);
        assert_eq!(lacking(&found), lacks, "{policy} {id}");
        assert_eq!(found.coverage == Coverage::Covered, lacks.is_empty());
    }
    for additional in [
        "CloudWatchAgentServerPolicy",
        "AmazonSSMPatchAssociation",
        "AmazonSSMReadOnlyAccess",
        "AmazonSSMDirectoryServiceAccess",
        "AmazonSSMAutomationRole",
        "AmazonSSMMaintenanceWindowRole",
    ] {
        let session = Capability::find("session-manager").unwrap();
        let found = judge(managed_policy(additional).unwrap(), session);
        assert_eq!(found.coverage, Coverage::NotCovered, "{additional}");
    }
}

#[test]
fn the_documentation_of_the_managed_policies_is_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/managed-policies.md");
    let generated = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, &generated).unwrap();
    }
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(
        written == generated,
        "run UPDATE_DOCS=1 cargo test --test policy"
    );
}

fn page() -> String {
    let mut page = String::from(
        "# What AWS's managed policies cover\n\n\
         Generated from the policies that the program holds, by the engine behind `ssm-probe policy eval`, for a node on \
         EC2 whose bucket, key, log group and parameter are known and named freely. AWS may have published newer versions; \
         the key below names the ones held.\n\n\
         **yes**: everything that the capability needs is allowed. A number: so many of the needed actions are not. \
         `?`: it depends on something that a policy alone does not tell. What is needed in some situations only does not count. \
         –: it needs no permission at all.\n\n",
    );
    page.push_str("| capability |");
    for number in 1..=MANAGED_POLICIES.len() {
        write!(page, " {number} |").unwrap();
    }
    page.push_str("\n|---|");
    page.push_str(&"---|".repeat(MANAGED_POLICIES.len()));
    page.push('\n');
    for capability in Capability::ALL {
        write!(page, "| {} |", capability.id).unwrap();
        for policy in MANAGED_POLICIES {
            let found = judge(policy, capability);
            match found.coverage {
                _ if !found.actions.iter().any(|action| action.required) => page.push_str(" – |"),
                Coverage::Covered => page.push_str(" **yes** |"),
                Coverage::NotCovered => write!(page, " {} |", lacking(&found).len()).unwrap(),
                Coverage::Unknown => page.push_str(" ? |"),
            }
        }
        page.push('\n');
    }
    page.push_str("\n## Key\n\n| | policy | version | of |\n|---|---|---|---|\n");
    for (policy, number) in MANAGED_POLICIES.iter().zip(1..) {
        let (name, version, date) = (policy.name, policy.version, policy.version_date);
        writeln!(page, "| {number} | {name} | {version} | {date} |").unwrap();
    }
    page.push_str(
        "\n## What is missing\n\nWhere a policy allows a part of what a capability needs.\n",
    );
    for policy in MANAGED_POLICIES {
        let lines = partly(policy);
        if !lines.is_empty() {
            write!(page, "\n### {}\n\n{lines}", policy.name).unwrap();
        }
    }
    page
}

fn partly(policy: &ManagedPolicy) -> String {
    let mut lines = String::new();
    for capability in Capability::ALL {
        let found = judge(policy, capability);
        let lacks = lacking(&found);
        let needed = found
            .actions
            .iter()
            .filter(|action| action.required)
            .count();
        if (1..needed).contains(&lacks.len()) {
            writeln!(lines, "- {}: {}", capability.id, lacks.join(", ")).unwrap();
        }
    }
    lines
}
