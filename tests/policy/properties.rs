//! What must hold whatever the policies say.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use ssm_probe::policy::{
    Context, Decision, Document, Grammar, KeyState, Layers, Request, Scoped, evaluate,
};

use super::strategies::{EITHER, KEYS, Kind, PRINCIPAL, REQUESTS, scenario, statement};

fn key_state(kind: Kind) -> impl Strategy<Value = KeyState> {
    let most = if kind == Kind::List { 3 } else { 2 };
    prop_oneof![
        Just(KeyState::Absent),
        Just(KeyState::Unknown),
        Just(KeyState::ValueUnknown),
        prop::collection::vec(select(kind.values()), 1..most)
            .prop_map(|values| KeyState::Values(values.into_iter().map(str::to_owned).collect())),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let what = prop_oneof![
        4 => select(&REQUESTS[..]),
        1 => Just(("ssmmessages:OpenDataChannel", "*")),
        1 => Just(("s3:PutObject", "arn:aws:s3:::{bucket}/a/b")),
    ];
    let states = KEYS.map(|(_, kind)| key_state(kind));
    (what, states).prop_map(|((action, resource), states)| {
        let mut context = Context::complete().with("aws:PrincipalAccount", "111122223333");
        for ((key, _), state) in KEYS.iter().zip(states) {
            context.set(key, state);
        }
        Request::new(PRINCIPAL, action, resource, context)
    })
}

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
        mut layers in scenario(), statement in statement(EITHER), request in request()
    ) {
        let before = decide(&layers, &request);
        add(&mut layers, &statement, "Allow");
        prop_assert!(reach(decide(&layers, &request)) >= reach(before));
    }

    #[test]
    fn adding_a_deny_never_grants_anything(
        mut layers in scenario(), statement in statement(EITHER), request in request()
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
        layers in scenario(), request in request(),
        (which, state) in (0..KEYS.len()).prop_flat_map(|at| (Just(at), key_state(KEYS[at].1)))
    ) {
        // Only from knowing nothing of the key: a known value does not become another one.
        let mut unaware = request.clone();
        unaware.context.set(KEYS[which].0, KeyState::Unknown);
        let mut aware = request;
        aware.context.set(KEYS[which].0, state);
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
        for (key, kind) in KEYS {
            let value = kind.values()[0].to_owned();
            request.context.set(key, KeyState::Values(vec![value]));
        }
        prop_assume!(!request.resource().contains('{'));
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
