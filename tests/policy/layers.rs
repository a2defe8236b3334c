//! How the layers meet: grants of resources, endpoints of one service, other accounts.
//!
//! Expected by "Policy evaluation for requests within a single account", "Resource control
//! policies (RCPs)", "Key policies in AWS KMS", "Control access to VPC endpoints".

use serde_json::{Value, json};
use ssm_probe::policy::{Context, Decision, Document, Grammar, Layers, Request, Scoped, evaluate};
use ssm_probe::report::model::Layer;

const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/NodeRole/i-0123456789abcdef0";
const OBJECT: &str = "arn:aws:s3:::logs/a";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1";

fn statement(effect: &str, action: &str) -> Value {
    json!({ "Effect": effect, "Action": action, "Resource": "*" })
}

fn identity(action: &str) -> Document {
    let policy = json!({ "Version": "2012-10-17", "Statement": statement("Allow", action) });
    Document::parse("identity", &policy, Grammar::Identity)
}

fn resource_policy(principal: &Value, effect: &str, action: &str) -> Document {
    let mut statement = statement(effect, action);
    statement["Principal"] = principal.clone();
    let policy = json!({ "Version": "2012-10-17", "Statement": statement });
    let document = Document::parse("resource", &policy, Grammar::Resource);
    assert!(document.is_readable(), "{:?}", document.problems);
    document
}

fn decide(layers: &Layers, action: &str, resource: &str) -> (Decision, Option<Layer>) {
    let request = Request::new(SESSION, action, resource, Context::complete());
    let found = evaluate(layers, &request);
    (found.decision, found.layer)
}

const ALLOWED: (Decision, Option<Layer>) = (Decision::Allowed, None);

fn refused_by(layer: Layer) -> (Decision, Option<Layer>) {
    (Decision::ImplicitDeny, Some(layer))
}

#[test]
fn a_grant_of_the_resource_stands_in_for_as_much_as_it_names_the_caller() {
    let nothing = || identity("ec2:*");
    let role = json!({ "AWS": "arn:aws:iam::111122223333:role/path/NodeRole" });
    for (principal, boundary, session, expected) in [
        (json!("*"), true, true, ALLOWED),
        (json!({ "AWS": SESSION }), true, true, ALLOWED),
        (role.clone(), false, false, ALLOWED),
        (
            role.clone(),
            true,
            false,
            refused_by(Layer::PermissionsBoundary),
        ),
        (role, false, true, refused_by(Layer::SessionPolicy)),
        (
            json!({ "AWS": "111122223333" }),
            false,
            false,
            refused_by(Layer::IdentityPolicy),
        ),
        (
            json!({ "AWS": "arn:aws:iam::111122223333:role/Other" }),
            false,
            false,
            refused_by(Layer::IdentityPolicy),
        ),
    ] {
        let layers = Layers {
            identity: vec![nothing()],
            boundary: boundary.then(nothing),
            session: session.then(|| vec![nothing()]),
            resource: vec![Scoped::everywhere(resource_policy(
                &principal, "Allow", "s3:*",
            ))],
            ..Layers::default()
        };
        let found = decide(&layers, "s3:PutObject", OBJECT);
        assert_eq!(found, expected, "{principal} {boundary} {session}");
    }
}

#[test]
fn a_key_must_allow_by_its_own_policy_and_a_bucket_need_not() {
    let others = json!({ "AWS": "arn:aws:iam::111122223333:role/Other" });
    let layers = |action| Layers {
        identity: vec![identity("*")],
        resource: vec![Scoped::everywhere(resource_policy(
            &others, "Allow", action,
        ))],
        ..Layers::default()
    };
    let key = decide(&layers("kms:*"), "kms:Decrypt", KEY);
    assert_eq!(key, refused_by(Layer::ResourcePolicy));
    assert_eq!(decide(&layers("s3:*"), "s3:PutObject", OBJECT), ALLOWED);
    let delegating = Layers {
        resource: vec![Scoped::everywhere(resource_policy(
            &json!({ "AWS": "arn:aws:iam::111122223333:root" }),
            "Allow",
            "kms:*",
        ))],
        ..layers("kms:*")
    };
    assert_eq!(decide(&delegating, "kms:Decrypt", KEY), ALLOWED);
}

#[test]
fn a_bucket_s_policy_does_not_speak_for_the_key() {
    let bucket = resource_policy(&json!("*"), "Allow", "s3:*");
    let layers = Layers {
        identity: vec![identity("*")],
        resource: vec![Scoped::by_content(bucket)],
        ..Layers::default()
    };
    assert_eq!(decide(&layers, "kms:GenerateDataKey", KEY), ALLOWED);
}

#[test]
fn the_service_of_a_resource_s_policy_is_read_from_its_actions_or_its_arns() {
    let scope = |action: &str, resource: &str| {
        let policy = json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource,
        } });
        Scoped::by_content(Document::parse("p", &policy, Grammar::Resource)).service
    };
    assert_eq!(scope("kms:*", "*").as_deref(), Some("kms"));
    assert_eq!(scope("s3:*Object", "*").as_deref(), Some("s3"));
    assert_eq!(scope("*", "arn:aws:s3:::logs/*").as_deref(), Some("s3"));
    assert_eq!(scope("*", "*"), None);
}

#[test]
fn an_endpoint_s_policy_holds_for_its_own_service() {
    let layers = Layers {
        identity: vec![identity("*")],
        endpoint: vec![Scoped {
            service: Some("s3".to_owned()),
            document: resource_policy(&json!("*"), "Allow", "s3:GetObject"),
        }],
        ..Layers::default()
    };
    assert_eq!(decide(&layers, "ssm:GetDocument", "*"), ALLOWED);
    assert_eq!(decide(&layers, "s3:GetObject", OBJECT), ALLOWED);
    let put = decide(&layers, "s3:PutObject", OBJECT);
    assert_eq!(put, refused_by(Layer::VpcEndpointPolicy));
}

#[test]
fn a_resource_control_policy_never_reaches_systems_manager() {
    let layers = Layers {
        identity: vec![identity("*")],
        resource_control: vec![resource_policy(&json!("*"), "Deny", "*")],
        ..Layers::default()
    };
    for action in [
        "ssm:GetDocument",
        "ssmmessages:OpenDataChannel",
        "ec2messages:GetMessages",
    ] {
        assert_eq!(decide(&layers, action, "*"), ALLOWED);
    }
    let expected = (Decision::ExplicitDeny, Some(Layer::ResourceControlPolicy));
    for (action, resource) in [("s3:PutObject", OBJECT), ("kms:Decrypt", KEY)] {
        assert_eq!(decide(&layers, action, resource), expected);
    }
}

#[test]
fn a_resource_of_another_account_needs_both_sides() {
    let foreign = "arn:aws:kms:eu-west-1:444455556666:key/1";
    let mut layers = Layers {
        identity: vec![identity("kms:*")],
        ..Layers::default()
    };
    assert_eq!(
        decide(&layers, "kms:Decrypt", foreign),
        (Decision::Unknown, None)
    );
    let grant = resource_policy(&json!({ "AWS": SESSION }), "Allow", "kms:*");
    layers.resource = vec![Scoped::everywhere(grant)];
    assert_eq!(decide(&layers, "kms:Decrypt", foreign), ALLOWED);
    layers.identity = vec![identity("s3:*")];
    let found = decide(&layers, "kms:Decrypt", foreign);
    assert_eq!(found, refused_by(Layer::IdentityPolicy));
}

#[test]
fn a_part_of_the_resource_that_is_not_known_is_taken_in_by_a_star_alone() {
    for (pattern, expected) in [
        ("arn:aws:s3:::*/*", Decision::Allowed),
        ("arn:aws:s3:::*", Decision::Allowed),
        // As long as the name of the part, which says nothing.
        ("arn:aws:s3:::????????/*", Decision::Unknown),
        ("arn:aws:s3:::logs/*", Decision::Unknown),
        ("arn:aws:s3:::logs", Decision::ImplicitDeny),
        ("arn:aws:ec2:*:*:*", Decision::ImplicitDeny),
    ] {
        let policy = json!({ "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "s3:*", "Resource": pattern,
        } });
        let layers = Layers {
            identity: vec![Document::parse("p", &policy, Grammar::Identity)],
            ..Layers::default()
        };
        let (found, _) = decide(&layers, "s3:PutObject", "arn:aws:s3:::{bucket}/{object}");
        assert_eq!(found, expected, "{pattern}");
    }
}

#[test]
fn every_level_of_the_organization_must_allow_and_one_level_unites_its_documents() {
    let levels = |levels: Vec<Vec<Document>>| Layers {
        identity: vec![identity("*")],
        service_control: levels,
        ..Layers::default()
    };
    let united = levels(vec![vec![identity("s3:*"), identity("ssm:*")]]);
    assert_eq!(decide(&united, "ssm:GetDocument", "*"), ALLOWED);
    let apart = levels(vec![vec![identity("s3:*")], vec![identity("ssm:*")]]);
    let found = decide(&apart, "ssm:GetDocument", "*");
    assert_eq!(found, refused_by(Layer::ServiceControlPolicy));
}
