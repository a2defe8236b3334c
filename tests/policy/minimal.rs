//! The least policy is enough, and nothing in it can be left out.

use serde_json::{Value, json};
use ssm_probe::catalogue::Capability;
use ssm_probe::policy::{
    Coverage, Document, Grammar, Layers, Needed, Node, Trust, Written, cover, lint, minimal,
    superfluous, trust_policy,
};
use ssm_probe::report::model::Layer;

use super::nodes::{ec2, hybrid};

fn coverage(policy: &Value, node: &Node, of: &'static Capability, optional: bool) -> Coverage {
    let document = Document::parse("least", policy, Grammar::Identity);
    assert!(document.is_readable(), "{:?}", document.problems);
    let layers = Layers {
        identity: vec![document],
        ..Layers::default()
    };
    let found = cover(&layers, node, &[], of);
    if optional {
        found.with_optional().coverage
    } else {
        found.coverage
    }
}

/// Every policy that has one entry of this element less.
fn without_one(policy: &Value, element: &str) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for number in 0..policy["Statement"].as_array().unwrap().len() {
        let entries = match &policy["Statement"][number][element] {
            Value::Array(entries) => entries.clone(),
            one => vec![one.clone()],
        };
        for (place, entry) in entries.iter().enumerate() {
            let mut fewer = policy.clone();
            let statements = fewer["Statement"].as_array_mut().unwrap();
            if entries.len() == 1 {
                statements.remove(number);
            } else {
                let mut rest = entries.clone();
                rest.remove(place);
                statements[number][element] = json!(rest);
            }
            found.push((entry.as_str().unwrap().to_owned(), fewer));
        }
    }
    found
}

#[test]
fn the_least_policy_covers_and_no_action_or_resource_of_it_can_be_left_out() {
    let mut left_out = 0;
    for node in [ec2(), hybrid()] {
        for capability in Capability::ALL {
            for optional in [false, true] {
                let Some(policy) = minimal(&node, &[capability], optional).unwrap() else {
                    let nothing = json!({ "Version": "2012-10-17", "Statement": [] });
                    let found = coverage(&nothing, &node, capability, optional);
                    assert_eq!(found, Coverage::Covered, "{}", capability.id);
                    continue;
                };
                let id = capability.id;
                let found = coverage(&policy, &node, capability, optional);
                assert_eq!(found, Coverage::Covered, "{id} {optional} {policy:#}");
                for (action, fewer) in without_one(&policy, "Action") {
                    let found = coverage(&fewer, &node, capability, optional);
                    assert_eq!(found, Coverage::NotCovered, "{id} {optional} {action}");
                    left_out += 1;
                }
                for (resource, fewer) in without_one(&policy, "Resource") {
                    // Unknown where AWS names the resource in two ways and only one is left.
                    let found = coverage(&fewer, &node, capability, optional);
                    assert_ne!(found, Coverage::Covered, "{id} {optional} {resource}");
                    left_out += 1;
                }
            }
        }
    }
    assert!(left_out > 1_000, "{left_out}");
}

#[test]
fn nothing_is_to_be_said_against_a_least_policy() {
    for node in [ec2(), hybrid()] {
        for capability in Capability::ALL {
            for optional in [false, true] {
                let Some(policy) = minimal(&node, &[capability], optional).unwrap() else {
                    continue;
                };
                let written = Written {
                    name: "least",
                    value: &policy,
                    layer: Layer::IdentityPolicy,
                };
                assert_eq!(lint(written, &node), [], "{}", capability.id);
                let chain = capability.with_dependencies();
                let required = chain.iter().flat_map(|part| part.required);
                let needed: Vec<Needed> = required
                    .chain(capability.optional)
                    .map(|need| Needed {
                        action: need.action.to_owned(),
                        grants: Vec::new(),
                    })
                    .collect();
                assert_eq!(superfluous(&policy, &needed), [], "{}", capability.id);
            }
        }
    }
}

#[test]
fn the_least_policy_for_everything_covers_everything() {
    let everything: Vec<&Capability> = Capability::ALL.iter().collect();
    let node = ec2();
    let policy = minimal(&node, &everything, true).unwrap().unwrap();
    for capability in Capability::ALL {
        let found = coverage(&policy, &node, capability, true);
        assert_eq!(found, Coverage::Covered, "{}", capability.id);
    }
}

#[test]
fn a_name_that_a_policy_needs_and_nobody_gave_is_asked_for() {
    let missing = |node: &Node, id: &str| {
        let capability = Capability::find(id).unwrap();
        minimal(node, &[capability], false).unwrap_err().names
    };
    let nothing = Node::default();
    assert_eq!(missing(&nothing, "session-kms"), ["--session-kms-key"]);
    let bare = Node {
        bucket: None,
        log_group: None,
        ..ec2()
    };
    assert_eq!(missing(&bare, "session-s3-log"), ["--session-log-bucket"]);
    assert_eq!(missing(&bare, "session-cwl-log"), ["--session-log-group"]);
    let of_group = missing(&nothing, "session-cwl-log");
    let expected = [
        "--account",
        "--partition",
        "--region",
        "--session-log-group",
    ];
    assert_eq!(of_group, expected);
}

/// By "Create the IAM service role required for Systems Manager in hybrid and multicloud
/// environments" and "Default Host Management Configuration".
#[test]
fn each_kind_of_node_has_the_trust_policy_of_aws_s_documents() {
    let policy = |trust| trust_policy(&ec2(), trust).unwrap()["Statement"][0].clone();
    let service = |name: &str| {
        json!({
            "Effect": "Allow", "Principal": { "Service": name }, "Action": "sts:AssumeRole",
        })
    };
    assert_eq!(policy(Trust::Ec2), service("ec2.amazonaws.com"));
    let mut hybrid = service("ssm.amazonaws.com");
    assert_eq!(policy(Trust::DefaultHostManagement), hybrid);
    hybrid["Condition"] = json!({
        "StringEquals": { "aws:SourceAccount": "111122223333" },
        "ArnEquals": { "aws:SourceArn": "arn:aws:ssm:eu-west-1:111122223333:*" },
    });
    assert_eq!(policy(Trust::Hybrid), hybrid);
    for trust in [Trust::Ec2, Trust::Hybrid, Trust::DefaultHostManagement] {
        let document = Document::parse(
            "trust",
            &trust_policy(&ec2(), trust).unwrap(),
            Grammar::Trust,
        );
        assert_eq!(document.problems, [], "{trust:?}");
    }
    assert!(trust_policy(&Node::default(), Trust::Hybrid).is_err());
}
