//! The CloudFormation templates of `policy minimal`, read by cfn-lint.

use std::process::Command;

use ssm_probe::catalogue::Capability;
use ssm_probe::policy::{Plan, Trust, minimal, trust_policy};

use super::nodes::{ec2, hybrid};

#[test]
fn cfn_lint_has_nothing_against_any_template() {
    let folder = tempfile::tempdir().unwrap();
    let everything: Vec<&Capability> = Capability::ALL.iter().collect();
    let mut files = Vec::new();
    for trust in [
        None,
        Some(Trust::Ec2),
        Some(Trust::Hybrid),
        Some(Trust::DefaultHostManagement),
    ] {
        for node in [ec2(), hybrid()] {
            let plan = Plan {
                policy: minimal(&node, &everything, true).unwrap(),
                trust: trust.map(|trust| (trust, trust_policy(&node, trust).unwrap())),
                role: "NodeRole".to_owned(),
            };
            let file = folder.path().join(format!("{}.json", files.len()));
            std::fs::write(&file, plan.as_cloudformation()).unwrap();
            files.push(file);
        }
    }
    let found = Command::new(super::python::program("cfn-lint"))
        .args(["--regions", "eu-west-1", "--"])
        .args(&files)
        .output()
        .expect("cfn-lint can be started");
    let said = String::from_utf8_lossy(&found.stdout);
    assert!(found.status.success() && said.is_empty(), "{said}");
}
