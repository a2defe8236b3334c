//! One request to IAM for every action: what it holds, and what the report makes of the answer.

use std::collections::BTreeSet;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::lab::scenario::Scenario;
use crate::lab::{Lab, run};

/// Tests of the simulation as a whole.
pub(crate) fn trials() -> Vec<Trial> {
    vec![Trial::test(
        "one_request_simulates_every_action_with_its_own_resource",
        one_request,
    )]
}

fn scenario() -> Scenario {
    let key = "arn:aws:kms:eu-west-1:111122223333:key/0123abcd-0000-4000-8000-0123456789ab";
    serde_json::from_value(serde_json::json!({
        "docs": "The operator lets IAM simulate what every capability needs.", "origin": "lab",
        "host": {"files": {"/home/operator/.aws/credentials":
            "[ops]\naws_access_key_id = {{user.key_id}}\naws_secret_access_key = {{user.secret}}\n"}},
        "env": {"AWS_SHARED_CREDENTIALS_FILE": "{{root}}/home/operator/.aws/credentials"},
        "args": ["--operator-profile", "ops", "--session-kms-key", key,
            "--session-log-bucket", "session-logs", "--session-log-group", "/sessions"],
        "expect": {"exit": 1, "outcome": "blocked", "path": null, "cause": null}
    }))
    .expect("the scenario is sound")
}

fn one_request() -> Result<(), Failed> {
    let lab = Lab::start(scenario());
    let mut command = run::command(&lab);
    command.args(["-o", "json"]);
    let run = run::run(&lab, command, "simulation");
    let report: Value = serde_json::from_str(&run.stdout)?;
    let sent = lab.cloud.requests();
    let simulated = |it: &&crate::lab::cloud::Logged| {
        it.action.as_deref() == Some("iam:SimulatePrincipalPolicy")
    };
    let count = sent.iter().filter(simulated).count();
    let fields = lab.cloud.named("iam.simulation").unwrap_or_default();
    let asked: BTreeSet<&str> = fields.lines().collect();
    let path = &report["paths"][0];
    let mut faults = Vec::new();
    for permission in path["permissions"].as_array().into_iter().flatten() {
        let action = permission["action"].as_str().unwrap_or_default();
        // Nobody said which parameter.
        let open = action == "ssm:GetParameters";
        if !open && !asked.contains(action) {
            faults.push(format!("{action} was not simulated"));
        }
        if !open && permission["decision"] == "unknown" {
            faults.push(format!("{action} is unknown: {}", permission["detail"]));
        }
    }
    let resources = [
        "arn:aws:s3:::session-logs",
        "arn:aws:s3:::session-logs/ssm-probe",
        "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0",
        "ec2:SourceInstanceARN",
    ];
    faults.extend(
        resources
            .into_iter()
            .filter(|resource| !asked.contains(resource))
            .map(|resource| format!("{resource} is not in the request")),
    );
    if count != 1 {
        faults.push(format!("{count} requests"));
    }
    let account = &report["account"];
    if account["simulated"] != true || account["blind_spots"].as_array().is_none_or(Vec::is_empty) {
        faults.push(format!(
            "the report does not say what was simulated: {account}"
        ));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(format!("{}\n{}\n{fields}", faults.join("\n"), run.stderr).into())
    }
}
