//! What must hold whatever the policies say.

use proptest::prelude::*;
use serde_json::{Value, json};
use ssm_probe::policy::{
    Context, Decision, Document, Grammar, KeyState, Layers, Request, Scoped, evaluate,
};

const ACTIONS: [&str; 4] = [
    "ssm:UpdateInstanceInformation",
    "ssm:GetDocument",
    "ssmmessages:OpenDataChannel",
    "s3:PutObject",
];
const RESOURCES: [&str; 4] = [
    "*",
    "arn:aws:s3:::logs/a/b",
    "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
    "arn:aws:ssm:eu-west-1:111122223333:managed-instance/mi-1",
];
const KEYS: [&str; 3] = ["aws:SourceVpc", "aws:PrincipalTag/Team", "ec2:RoleDelivery"];
const VALUES: [&str; 4] = ["vpc-1", "2.0", "ops", "*"];

fn action_pattern() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("*".to_owned()),
        prop::sample::select(&ACTIONS[..]).prop_map(str::to_owned),
        Just("ssm:*".to_owned()),
        Just("s3:Put?bject".to_owned()),
        Just("ssm:*Information".to_owned()),
    ]
}

fn resource_pattern() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => Just("*".to_owned()),
        1 => prop::sample::select(&RESOURCES[1..]).prop_map(str::to_owned),
        1 => Just("arn:aws:s3:::logs/${aws:PrincipalTag/team}/*".to_owned()),
        1 => Just("arn:*:ec2:*:*:instance/*".to_owned()),
    ]
}

fn condition() -> impl Strategy<Value = Option<Value>> {
    let operator = prop::sample::select(vec![
        "StringEquals",
        "StringNotEquals",
        "StringLikeIfExists",
        "ForAllValues:StringEquals",
        "ForAnyValue:StringNotLike",
        "NumericLessThan",
        "Null",
    ]);
    let key = prop::sample::select(&KEYS[..]);
    let values = prop::collection::vec(prop::sample::select(&VALUES[..]), 1..3);
    prop::option::of((operator, key, values).prop_map(|(operator, key, values)| {
        let values = match operator {
            "Null" => json!("true"),
            "NumericLessThan" => json!("2"),
            _ => json!(values),
        };
        json!({ operator: { key: values } })
    }))
}

fn statement() -> impl Strategy<Value = Value> {
    let effect = prop_oneof![2 => Just("Allow"), 1 => Just("Deny")];
    (
        effect,
        any::<bool>(),
        prop::collection::vec(action_pattern(), 1..3),
        any::<bool>(),
        prop::collection::vec(resource_pattern(), 1..3),
        condition(),
    )
        .prop_map(
            |(effect, not_action, actions, not_resource, resources, condition)| {
                let mut statement = json!({ "Effect": effect });
                statement[if not_action { "NotAction" } else { "Action" }] = json!(actions);
                statement[if not_resource {
                    "NotResource"
                } else {
                    "Resource"
                }] = json!(resources);
                if let Some(condition) = condition {
                    statement["Condition"] = condition;
                }
                statement
            },
        )
}

fn document() -> impl Strategy<Value = Value> {
    prop::collection::vec(statement(), 1..4)
        .prop_map(|statements| json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// A scenario in JSON, so that a test can add to it before it is parsed.
fn scenario() -> impl Strategy<Value = Value> {
    (
        prop::collection::vec(document(), 1..4),
        prop::option::of(document()),
        prop::option::of(document()),
        prop::collection::vec(prop::collection::vec(document(), 1..3), 0..3),
    )
        .prop_map(|(identity, boundary, session, scps)| {
            let mut layers = json!({ "identity": identity, "scps": scps });
            if let Some(boundary) = boundary {
                layers["boundary"] = boundary;
            }
            if let Some(session) = session {
                layers["session"] = session;
            }
            layers
        })
}

fn key_state() -> impl Strategy<Value = KeyState> {
    prop_oneof![
        Just(KeyState::Absent),
        Just(KeyState::Unknown),
        Just(KeyState::ValueUnknown),
        prop::collection::vec(prop::sample::select(&VALUES[..]), 1..3)
            .prop_map(|values| KeyState::Values(values.into_iter().map(str::to_owned).collect())),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    (
        prop::sample::select(&ACTIONS[..]),
        prop::sample::select(&RESOURCES[..]),
        [key_state(), key_state(), key_state()],
    )
        .prop_map(|(action, resource, states)| {
            let mut context = Context::complete();
            for (key, state) in KEYS.iter().zip(states) {
                context.set(key, state);
            }
            Request::new(PRINCIPAL, action, resource, context)
        })
}

const PRINCIPAL: &str = "arn:aws:sts::111122223333:assumed-role/Role/i-1";

fn decide(layers: &Value, request: &Request) -> Decision {
    let layers = Layers::from_value(layers).unwrap();
    for document in layers.documents() {
        assert!(document.is_readable(), "{:?}", document.problems);
    }
    evaluate(&layers, request).decision
}

/// How far a request gets: refused, perhaps, let through.
fn reach(decision: Decision) -> u8 {
    match decision {
        Decision::ExplicitDeny | Decision::ImplicitDeny => 0,
        Decision::Unknown => 1,
        Decision::Allowed => 2,
    }
}

fn add(layers: &mut Value, statement: &Value, effect: &str) {
    let mut statement = statement.clone();
    statement["Effect"] = json!(effect);
    layers["identity"][0]["Statement"]
        .as_array_mut()
        .unwrap()
        .push(statement);
}

/// The other spelling of every letter.
fn swap_case(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_lowercase() {
                c.to_ascii_uppercase()
            } else {
                c.to_ascii_lowercase()
            }
        })
        .collect()
}

fn respell_actions_and_keys(layers: &mut Value) {
    match layers {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                match (name.as_str(), value) {
                    ("Action" | "NotAction", Value::Array(actions)) => {
                        for action in actions {
                            *action = json!(swap_case(action.as_str().unwrap()));
                        }
                    }
                    ("Condition", Value::Object(operators)) => {
                        for keys in operators.values_mut() {
                            let respelt = keys.as_object().unwrap().iter();
                            *keys = respelt.map(|(k, v)| (swap_case(k), v.clone())).collect();
                        }
                    }
                    (_, value) => respell_actions_and_keys(value),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(respell_actions_and_keys),
        _ => {}
    }
}

fn reverse_everything(layers: &mut Value) {
    match layers {
        Value::Object(members) => members.values_mut().for_each(reverse_everything),
        Value::Array(values) => {
            values.reverse();
            values.iter_mut().for_each(reverse_everything);
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn adding_an_allow_never_takes_anything_away(
        mut layers in scenario(), statement in statement(), request in request()
    ) {
        let before = decide(&layers, &request);
        add(&mut layers, &statement, "Allow");
        prop_assert!(reach(decide(&layers, &request)) >= reach(before));
    }

    #[test]
    fn adding_a_deny_never_grants_anything(
        mut layers in scenario(), statement in statement(), request in request()
    ) {
        let before = decide(&layers, &request);
        add(&mut layers, &statement, "Deny");
        prop_assert!(reach(decide(&layers, &request)) <= reach(before));
    }

    #[test]
    fn the_order_of_levels_documents_statements_and_values_does_not_matter(
        layers in scenario(), request in request()
    ) {
        let before = decide(&layers, &request);
        let mut reversed = layers;
        reverse_everything(&mut reversed);
        prop_assert_eq!(decide(&reversed, &request), before);
    }

    #[test]
    fn case_does_not_matter_in_actions_and_keys(layers in scenario(), request in request()) {
        let before = decide(&layers, &request);
        let mut respelt = layers;
        respell_actions_and_keys(&mut respelt);
        prop_assert_eq!(decide(&respelt, &request), before);
        let shouted = Request::new(
            PRINCIPAL, &swap_case(request.action()), request.resource(), request.context.clone(),
        );
        prop_assert_eq!(decide(&respelt, &shouted), before);
    }

    #[test]
    fn knowing_one_key_more_never_contradicts_what_was_known(
        layers in scenario(), request in request(), which in 0..KEYS.len(), state in key_state()
    ) {
        // Only from knowing nothing of the key: a known value does not become another one.
        let mut unaware = request.clone();
        unaware.context.set(KEYS[which], KeyState::Unknown);
        let mut aware = request;
        aware.context.set(KEYS[which], state);
        let (before, after) = (decide(&layers, &unaware), decide(&layers, &aware));
        match before {
            Decision::Unknown => {}
            // An implicit deny may turn out to be an explicit one: still a deny.
            Decision::ImplicitDeny => prop_assert_eq!(reach(after), 0),
            Decision::Allowed | Decision::ExplicitDeny => prop_assert_eq!(after, before),
        }
    }

    #[test]
    fn a_decision_on_complete_knowledge_is_never_unknown(layers in scenario(), request in request()) {
        let mut request = request;
        for key in KEYS {
            request.context.set(key, KeyState::Values(vec!["ops".to_owned()]));
        }
        prop_assert_ne!(decide(&layers, &request), Decision::Unknown);
    }

    #[test]
    fn garbage_is_refused_without_panic(text in ".{0,200}", request in request()) {
        for grammar in [Grammar::Identity, Grammar::Resource, Grammar::Trust] {
            let document = Document::parse_text("garbage", &text, grammar);
            prop_assert!(!document.is_readable());
            prop_assert!(!document.problems.is_empty());
            let layers = Layers { identity: vec![document], ..Layers::default() };
            prop_assert_eq!(evaluate(&layers, &request).decision, Decision::Unknown);
        }
    }

    #[test]
    fn a_document_with_garbage_in_its_places_never_panics(
        action in ".{0,40}", resource in ".{0,60}", operator in ".{0,20}", key in ".{0,20}",
        value in ".{0,40}", principal in ".{0,40}", request in request()
    ) {
        let statement = json!({
            "Effect": "Allow", "Principal": { "AWS": [principal, "*"] }, "Action": [action, "ssm:*"],
            "Resource": [resource, format!("arn:aws:s3:::{value}")],
            "Condition": { "StringLike": { key.clone(): value }, operator: { key: resource } },
        });
        let value = json!({ "Version": "2012-10-17", "Statement": statement });
        let document = Document::parse("garbage", &value, Grammar::Resource);
        let layers = Layers { resource: vec![Scoped::everywhere(document)], ..Layers::default() };
        prop_assert_ne!(evaluate(&layers, &request).decision, Decision::Allowed);
    }
}

#[test]
fn a_pattern_full_of_stars_ends_in_time() {
    let pattern = format!("arn:aws:s3:::{}b", "*a".repeat(2_000));
    let document = json!({
        "Version": "2012-10-17",
        "Statement": { "Effect": "Allow", "Action": "s3:*", "Resource": pattern },
    });
    let layers = Layers::from_value(&json!({ "identity": document })).unwrap();
    let resource = format!("arn:aws:s3:::{}", "a".repeat(5_000));
    let request = Request::new(PRINCIPAL, "s3:PutObject", &resource, Context::complete());
    assert_eq!(evaluate(&layers, &request).decision, Decision::ImplicitDeny);
}
