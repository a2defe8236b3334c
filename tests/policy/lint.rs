//! Every remark of the linter: one document that earns it, and one that is like it and does not.

use serde_json::{Value, json};
use ssm_probe::policy::{Given, Node, Place};

use super::nodes::ec2;

fn remarks(text: &str, place: Place, node: &Node) -> Vec<&'static str> {
    let given = Given::from_text("policy.json", text, place);
    let problems = given.judge(node, &[]).problems;
    let mut ids: Vec<_> = problems.iter().map(|problem| problem.id).collect();
    ids.dedup();
    ids
}

fn policy(statement: &Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": statement }).to_string()
}

fn allow(action: &str, resource: &str) -> String {
    policy(&json!({ "Effect": "Allow", "Action": action, "Resource": resource }))
}

fn under(condition: &Value) -> String {
    policy(&json!({
        "Effect": "Allow", "Action": "ssm:GetDocument", "Resource": "*", "Condition": condition,
    }))
}

#[test]
fn each_remark_is_earned_and_is_not_made_of_what_is_like_it() {
    let group = "arn:aws:logs:eu-west-1:111122223333:log-group:/ssm/sessions";
    let stream = format!("{group}:*");
    for (id, earns, like_it) in [
        (
            "resource-must-be-wildcard",
            allow(
                "ec2messages:GetMessages",
                "arn:aws:ec2:eu-west-1:111122223333:instance/*",
            ),
            allow("ec2messages:GetMessages", "*"),
        ),
        (
            "log-group-bare",
            allow("logs:PutLogEvents", group),
            allow("logs:PutLogEvents", &stream),
        ),
        (
            "log-group-form",
            allow("logs:DescribeLogStreams", &stream),
            allow("logs:DescribeLogStreams", group),
        ),
        (
            "wrong-partition",
            allow("s3:PutObject", "arn:aws-cn:s3:::logs/*"),
            allow("s3:PutObject", "arn:*:s3:::logs/*"),
        ),
        (
            "bucket-for-object",
            allow("s3:PutObject", "arn:aws:s3:::logs"),
            allow("s3:PutObject", "arn:aws:s3:::logs/*"),
        ),
        (
            "object-for-bucket",
            allow("s3:GetEncryptionConfiguration", "arn:aws:s3:::logs/*"),
            allow("s3:GetEncryptionConfiguration", "arn:aws:s3:::logs"),
        ),
        (
            "kms-alias",
            allow(
                "kms:Decrypt",
                "arn:aws:kms:eu-west-1:111122223333:alias/ssm",
            ),
            allow("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1"),
        ),
        (
            "operator-right",
            allow("ssm:StartSession", "*"),
            allow("ssm:GetDocument", "*"),
        ),
        (
            "action-unknown",
            allow("ssmmessages:OpenDataChanel", "*"),
            allow("ssmmessages:OpenDataChannel", "*"),
        ),
        (
            "key-never-there",
            under(&json!({ "StringEquals": { "aws:SourceAccount": "111122223333" } })),
            under(&json!({ "StringEqualsIfExists": { "aws:SourceAccount": "111122223333" } })),
        ),
        (
            "key-of-one-path",
            under(&json!({ "ArnLike": { "ec2:SourceInstanceARN": "arn:aws:ec2:*:*:instance/*" } })),
            under(&json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } })),
        ),
        (
            "version-missing",
            r#"{"Statement":{"Effect":"Allow","Action":"ssm:GetDocument","Resource":"*"}}"#
                .to_owned(),
            allow("ssm:GetDocument", "*"),
        ),
        (
            "version-old",
            allow("ssm:GetDocument", "*").replace("2012-10-17", "2008-10-17"),
            allow("ssm:GetDocument", "*"),
        ),
        (
            "resource-short",
            allow("ec2:DescribeTags", "arn:aws:ec2:*"),
            allow("ec2:DescribeTags", "*"),
        ),
        (
            "operator-spelling",
            under(&json!({ "stringequals": { "aws:PrincipalAccount": "111122223333" } })),
            under(&json!({ "StringEquals": { "aws:PrincipalAccount": "111122223333" } })),
        ),
    ] {
        let found = remarks(&earns, Place::Identity, &ec2());
        assert!(found.contains(&id), "{id}: {found:?} of {earns}");
        let found = remarks(&like_it, Place::Identity, &ec2());
        assert!(!found.contains(&id), "{id}: {found:?} of {like_it}");
    }
}

#[test]
fn a_document_that_iam_would_not_take_is_told_from_one_that_it_would() {
    let statement = |more: &str| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"ssm:*","Resource":"*"{more}}}}}"#
        )
    };
    for (id, text) in [
        ("not-json", "Version: 2012-10-17".to_owned()),
        ("not-an-object", "[]".to_owned()),
        ("missing-element", r#"{"Version":"2012-10-17"}"#.to_owned()),
        ("unknown-element", statement(r#","Principal":"*""#)),
        ("unknown-element", statement(r#","Conditions":{}"#)),
        ("duplicate-element", statement(r#","Effect":"Deny""#)),
        ("both-forms", statement(r#","NotAction":"s3:*""#)),
        ("effect-unknown", statement("").replace("Allow", "allow")),
        ("action-form", statement("").replace("ssm:*", "GetDocument")),
        (
            "resource-form",
            statement("").replace(r#""*""#, r#""logs/*""#),
        ),
        ("sid-characters", statement(r#","Sid":"a b""#)),
        (
            "operator-unknown",
            statement(r#","Condition":{"StringMatches":{"aws:x":"y"}}"#),
        ),
        (
            "key-form",
            statement(r#","Condition":{"StringLike":{"SourceVpc":"y"}}"#),
        ),
        (
            "value-form",
            statement(r#","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}}"#),
        ),
        (
            "variable-form",
            statement("").replace(r#""*""#, r#""arn:aws:s3:::a/${aws:userid""#),
        ),
        (
            "variable-place",
            statement("").replace(r#""*""#, r#""arn:aws:s3:${aws:x}::a""#),
        ),
        ("empty-list", statement("").replace(r#""ssm:*""#, "[]")),
        ("wrong-type", statement("").replace(r#""ssm:*""#, "7")),
        ("version-unknown", statement("").replace("2012", "2011")),
    ] {
        let given = Given::from_text("policy.json", &text, Place::Identity);
        assert!(given.is_broken(), "{id}: {text}");
        let found = remarks(&text, Place::Identity, &ec2());
        assert!(found.contains(&id), "{id}: {found:?} of {text}");
    }
    assert!(!Given::from_text("policy.json", &statement(""), Place::Identity).is_broken());
}

/// By "IAM and AWS STS quotas"; white space does not count.
#[test]
fn a_policy_over_iam_s_limits_is_told_for_its_layer() {
    let of_length = |length: usize| {
        let empty = allow("ssm:GetDocument", "arn:aws:ssm:eu-west-1::document/");
        let filling = "x".repeat(length - empty.len());
        allow(
            "ssm:GetDocument",
            &format!("arn:aws:ssm:eu-west-1::document/{filling}"),
        )
    };
    for (place, most) in [
        (Place::Identity, 10_240),
        (Place::Boundary, 6_144),
        (Place::Session, 2_048),
        (Place::ServiceControl(0), 5_120),
    ] {
        let spaced = of_length(most).replace(',', " ,\n");
        let found = remarks(&spaced, place.clone(), &ec2());
        assert!(!found.contains(&"too-large"), "{place:?} {found:?}");
        let found = remarks(&of_length(most + 1), place.clone(), &ec2());
        assert!(found.contains(&"too-large"), "{place:?} {found:?}");
    }
    let found = remarks(&of_length(6_145), Place::Identity, &ec2());
    assert_eq!(found, ["too-large-for-managed"]);
}

#[test]
fn a_managed_policy_that_no_node_should_have_is_named() {
    for (name, expected) in [
        ("AmazonEC2RoleforSSM", Some("managed-policy-deprecated")),
        (
            "arn:aws:iam::aws:policy/service-role/AmazonEC2RoleforSSM",
            Some("managed-policy-deprecated"),
        ),
        ("AmazonSSMFullAccess", Some("managed-policy-not-for-nodes")),
        (
            "AmazonSSMAutomationRole",
            Some("managed-policy-not-for-nodes"),
        ),
        (
            "AmazonSSMServiceRolePolicy",
            Some("managed-policy-not-for-nodes"),
        ),
        ("AmazonSSMManagedInstanceCore", None),
        ("CloudWatchAgentServerPolicy", None),
    ] {
        let given = Given::by_name(name, &Place::Identity).unwrap();
        let problems = given.judge(&ec2(), &[]).problems;
        let found = problems
            .iter()
            .find(|one| one.id.starts_with("managed-policy"));
        assert_eq!(found.map(|one| one.id), expected, "{name}");
    }
}
