//! IAM's shapes by botocore's model: the lab's answers, and the program's one big request.

use serde_json::{Value, json};

use crate::lab::cloud::INSTANCE;
use crate::lab::scenario::Scenario;
use crate::lab::{Lab, run};
use crate::python;

fn scenario() -> Scenario {
    serde_json::from_value(json!({
        "docs": "The operator may look, and the role has a boundary.", "origin": "lab",
        "host": {"files": {"/home/operator/.aws/credentials":
            "[ops]\naws_access_key_id = {{user.key_id}}\naws_secret_access_key = {{user.secret}}\n"}},
        "env": {"AWS_SHARED_CREDENTIALS_FILE": "{{root}}/home/operator/.aws/credentials"},
        "args": ["--operator-profile", "ops", "--session-log-bucket", "session-logs"],
        "account": {"roles": {"NodeRole": {
            "policies": ["AmazonSSMManagedInstanceCore", {"allow": ["kms:Decrypt"]}],
            "boundary": {"allow": ["ssm:*", "ssmmessages:*", "ec2messages:*"]}
        }}},
        "expect": {"exit": 0, "outcome": "usable", "path": null, "cause": null}
    }))
    .expect("the scenario is sound")
}

fn ask(lab: &Lab, request: Option<String>) -> Value {
    let given = json!({
        "endpoint": lab.endpoint("iam"),
        "authority": lab.authority_file(),
        "key_id": lab.cloud.part("user", "key_id"),
        "secret": lab.cloud.part("user", "secret"),
        "request": request,
        "node": format!("arn:aws:ec2:eu-west-1:111122223333:instance/{INSTANCE}"),
    });
    python::run("iam_client.py", &[given.to_string()])
}

#[test]
fn botocore_reads_the_lab_s_iam_by_its_own_model() {
    let lab = Lab::start(scenario());
    let answers = ask(&lab, None);
    let role = &answers["role"];
    assert_eq!(role["Arn"], "arn:aws:iam::111122223333:role/NodeRole");
    assert_eq!(
        role["PermissionsBoundary"]["PermissionsBoundaryArn"],
        "arn:aws:iam::111122223333:policy/Boundary"
    );
    assert_eq!(
        answers["attached"][0]["PolicyName"],
        "AmazonSSMManagedInstanceCore"
    );
    assert_eq!(answers["inline"], json!(["inline-1"]));
    let decisions: Vec<&str> = answers["results"]
        .as_array()
        .expect("a list of results")
        .iter()
        .map(|row| row["EvalDecision"].as_str().expect("a decision"))
        .collect();
    assert_eq!(
        decisions,
        ["allowed", "allowed", "implicitDeny", "implicitDeny"]
    );
    let last = &answers["results"][3];
    assert_eq!(
        last["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"],
        false
    );
    assert_eq!(lab.cloud.complaints(), Vec::<String>::new());
}

#[test]
fn the_program_sends_what_botocore_would_send() {
    let lab = Lab::start(scenario());
    let run = run::run(&lab, run::command(&lab), "iam");
    let body = lab.cloud.named("iam.request");
    assert!(
        body.is_some(),
        "nothing was simulated: {}{}",
        run.stdout,
        run.stderr
    );
    let answers = ask(&lab, body);
    assert_eq!(answers["only_ours"], json!([]), "{answers}");
    assert_eq!(answers["only_botocore_s"], json!([]), "{answers}");
    assert!(answers["actions"].as_u64() > Some(15), "{answers}");
}
