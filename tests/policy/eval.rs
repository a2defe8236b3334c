//! The whole judgement of given documents: what is missing, what is superfluous, what decides.

use serde_json::{Value, json};
use ssm_probe::catalogue::Capability;
use ssm_probe::policy::{
    Coverage, Decision, Given, KeyState, Node, Place, PolicyVerdict, Question, StatedKeys, judge,
};
use ssm_probe::report::model::Layer;

use super::nodes::ec2;

fn ask(given: &[Given], node: &Node, stated: &StatedKeys, id: &str) -> PolicyVerdict {
    let question = Question {
        node,
        stated,
        capabilities: Capability::find(id).into_iter().collect(),
        optional: false,
        actions: &[],
        resources: &[],
    };
    judge(given, &question)
}

fn ask_action(given: &[Given], action: &str, resources: &[&str]) -> PolicyVerdict {
    let resources: Vec<String> = resources.iter().map(|&one| one.to_owned()).collect();
    let question = Question {
        node: &ec2(),
        stated: &[],
        capabilities: Vec::new(),
        optional: false,
        actions: &[action.to_owned()],
        resources: &resources,
    };
    judge(given, &question)
}

fn held(name: &str, place: &Place) -> Given {
    Given::by_name(name, place).unwrap()
}

fn statement(place: Place, statement: &Value) -> Given {
    let policy = json!({ "Version": "2012-10-17", "Statement": statement });
    Given::from_text("given", &policy.to_string(), place)
}

const CORE: &str = "AmazonSSMManagedInstanceCore";

#[test]
fn what_is_missing_is_what_to_add_and_what_to_add_is_enough() {
    let mut given = vec![held(CORE, &Place::Identity)];
    let before = ask(&given, &ec2(), &[], "session-s3-log-kms");
    assert_eq!(before.coverage, Coverage::NotCovered);
    let add = before.add.unwrap();
    assert_eq!(add["Statement"].as_array().unwrap().len(), 3, "{add:#}");
    given.push(Given::from_text("add", &add.to_string(), Place::Identity));
    let after = ask(&given, &ec2(), &[], "session-s3-log-kms");
    assert_eq!((after.coverage, after.add), (Coverage::Covered, None));
}

#[test]
fn what_another_layer_refuses_is_not_to_be_added_to_the_role() {
    let read_only = held("AmazonSSMReadOnlyAccess", &Place::Boundary);
    let found = ask(
        &[held(CORE, &Place::Identity), read_only],
        &ec2(),
        &[],
        "session-manager",
    );
    assert_eq!((found.coverage, found.add), (Coverage::NotCovered, None));
    let refusing: Vec<_> = found.capabilities[0]
        .actions
        .iter()
        .map(|action| action.evaluation.layer)
        .collect();
    assert_eq!(refusing, [Some(Layer::PermissionsBoundary); 5]);
}

#[test]
fn a_layer_that_is_there_and_cannot_be_shown_leaves_it_open() {
    for place in [
        Place::Boundary,
        Place::ServiceControl(0),
        Place::Endpoint(None),
    ] {
        let given = [held(CORE, &Place::Identity), Given::unreadable(place)];
        assert!(!given[1].is_broken());
        let found = ask(&given, &ec2(), &[], "session-manager");
        assert_eq!(found.coverage, Coverage::Unknown);
    }
}

#[test]
fn a_stated_key_settles_what_hung_on_it() {
    let deny = json!({
        "Effect": "Deny", "Action": "*", "Resource": "*",
        "Condition": { "StringNotEquals": { "aws:SourceVpc": "vpc-1" } },
    });
    let given = [
        held(CORE, &Place::Identity),
        statement(Place::Identity, &deny),
    ];
    for (state, expected) in [
        (None, Coverage::Unknown),
        (Some(KeyState::Absent), Coverage::NotCovered),
        (
            Some(KeyState::Values(vec!["vpc-1".to_owned()])),
            Coverage::Covered,
        ),
        (
            Some(KeyState::Values(vec!["vpc-2".to_owned()])),
            Coverage::NotCovered,
        ),
    ] {
        let stated: Vec<_> = state
            .map(|state| ("AWS:sourceVPC".to_owned(), state))
            .into_iter()
            .collect();
        let found = ask(&given, &ec2(), &stated, "session-manager");
        assert_eq!(found.coverage, expected, "{stated:?}");
        let evaluation = &found.capabilities[0].actions[0].evaluation;
        let open = expected == Coverage::Unknown;
        assert_eq!(evaluation.unknown_keys == ["aws:sourcevpc"], open);
    }
}

#[test]
fn the_statement_that_decides_is_named() {
    let given = [
        held(CORE, &Place::Identity),
        held("FullAWSAccess", &Place::ServiceControl(0)),
    ];
    let found = ask(&given, &ec2(), &[], "managed-node");
    let names: Vec<String> = found.capabilities[0].actions[0]
        .evaluation
        .statements
        .iter()
        .map(|one| format!("{}/{}", one.document, one.number))
        .collect();
    assert_eq!(names, ["FullAWSAccess/1", "AmazonSSMManagedInstanceCore/1"]);
}

#[test]
fn what_is_granted_beyond_the_choice_is_told_by_action_and_by_resource() {
    let grants = json!([
        { "Effect": "Allow", "Action": ["ssmmessages:*", "s3:PutObject", "iam:PassRole"], "Resource": "*" },
        { "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" },
        { "Effect": "Deny", "Action": "ec2:*", "Resource": "*" },
    ]);
    let found = ask(
        &[statement(Place::Identity, &grants)],
        &ec2(),
        &[],
        "session-s3-log",
    );
    let told: Vec<(&str, &str, Vec<String>)> = found.documents[0]
        .superfluous
        .iter()
        .map(|one| (one.id, one.at.as_str(), one.actions.clone()))
        .collect();
    let words = |words: &[&str]| {
        words
            .iter()
            .map(|&word| word.to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        told,
        [
            (
                "grant-wider",
                "Statement[1].Action",
                words(&["ssmmessages:*"])
            ),
            (
                "grant-wider",
                "Statement[1].Resource",
                words(&["s3:PutObject"])
            ),
            (
                "grant-superfluous",
                "Statement[1].Action",
                words(&["iam:PassRole"])
            ),
            ("grant-wider", "Statement[2].NotAction", words(&[])),
        ]
    );
}

#[test]
fn a_layer_of_denies_alone_is_told_to_refuse_everything() {
    let deny = json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "*" });
    for (place, beside) in [
        (
            Place::ServiceControl(0),
            Some(held("FullAWSAccess", &Place::ServiceControl(0))),
        ),
        (Place::Boundary, None),
        (
            Place::Session,
            Some(statement(
                Place::Session,
                &json!({
                    "Effect": "Allow", "Action": "*", "Resource": "*",
                }),
            )),
        ),
    ] {
        let mut given = vec![
            held(CORE, &Place::Identity),
            statement(place.clone(), &deny),
        ];
        let told = |given: &[Given]| {
            let found = ask(given, &ec2(), &[], "session-manager");
            let problems = found.documents[1].problems.iter();
            (
                found.coverage,
                problems
                    .filter(|one| one.id == "layer-allows-nothing")
                    .count(),
            )
        };
        assert_eq!(told(&given), (Coverage::NotCovered, 1), "{place:?}");
        if let Some(beside) = beside {
            given.push(beside);
            assert_eq!(told(&given), (Coverage::Covered, 0), "{place:?}");
        }
    }
}

#[test]
fn a_single_action_is_judged_on_the_resource_given_or_on_the_node_s_own() {
    let grant = json!({
        "Effect": "Allow", "Action": ["ssm:GetParameter", "ssm:UpdateInstanceInformation"],
        "Resource": ["arn:aws:ssm:eu-west-1:111122223333:parameter/app/*", "arn:aws:ec2:*:*:instance/*"],
    });
    let given = [statement(Place::Identity, &grant)];
    let parameter = |name: &str| format!("arn:aws:ssm:eu-west-1:111122223333:parameter/{name}");
    for (action, resources, expected) in [
        (
            "ssm:UpdateInstanceInformation",
            vec![],
            vec![Decision::Allowed],
        ),
        (
            "SSM:getparameter",
            vec![parameter("app/x")],
            vec![Decision::Allowed],
        ),
        (
            "ssm:GetParameter",
            vec![parameter("app/x"), parameter("other")],
            vec![Decision::Allowed, Decision::ImplicitDeny],
        ),
        ("iam:GetRole", vec![], vec![Decision::ImplicitDeny]),
    ] {
        let resources: Vec<&str> = resources.iter().map(String::as_str).collect();
        let found = ask_action(&given, action, &resources);
        let decisions: Vec<_> = found
            .requests
            .iter()
            .map(|one| one.evaluation.decision)
            .collect();
        assert_eq!(decisions, expected, "{action}");
    }
    // Of an action that no capability has, no resource is known.
    let narrow = json!({ "Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:*:*:q" });
    let found = ask_action(
        &[statement(Place::Identity, &narrow)],
        "sqs:SendMessage",
        &[],
    );
    assert_eq!(found.coverage, Coverage::Unknown);
}

#[test]
fn a_principal_tells_account_role_and_node() {
    let node =
        Node::of_principal("arn:aws-cn:sts::111122223333:assumed-role/R/mi-0123456789abcdef0");
    let texts = [&node.partition, &node.account, &node.role, &node.node_id]
        .map(|part| part.clone().unwrap());
    assert_eq!(
        texts,
        ["aws-cn", "111122223333", "R", "mi-0123456789abcdef0"]
    );
    assert!(node.is_hybrid());
    let role = Node::of_principal("arn:aws:iam::111122223333:role/a/b/R");
    assert_eq!(role.role.as_deref(), Some("R"));
    // The path of the role is known then, so a condition on the role's ARN is decided.
    let grant = json!({
        "Effect": "Allow", "Action": "*", "Resource": "*",
        "Condition": { "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/a/*" } },
    });
    let found = ask(
        &[statement(Place::Identity, &grant)],
        &role,
        &[],
        "session-manager",
    );
    assert_eq!(found.coverage, Coverage::Covered);
}

#[test]
fn a_key_that_no_request_of_a_node_carries_is_absent() {
    for key in [
        "aws:RequestTag/Team",
        "aws:SourceAccount",
        "iam:PassedToService",
    ] {
        let grant = json!({
            "Effect": "Allow", "Action": "*", "Resource": "*",
            "Condition": { "Null": { key: "true" } },
        });
        let found = ask(
            &[statement(Place::Identity, &grant)],
            &ec2(),
            &[],
            "session-manager",
        );
        assert_eq!(found.coverage, Coverage::Covered, "{key}");
    }
}
