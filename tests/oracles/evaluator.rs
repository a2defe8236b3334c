//! The policy engine against an independent evaluator, `@cloud-copilot/iam-simulate`, on the
//! documented vectors and on made-up policies. Only decisions on complete knowledge: the other
//! one knows no `unknown`.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use ssm_probe::policy::{Context, Decision, KeyState, Layers, Request, evaluate};

use super::strategies::{KEYS, Kind, PRINCIPAL, REQUESTS, scenario};

/// How many made-up requests are compared.
const CASES: usize = 4_000;

/// Vectors on which the other evaluator is known to differ from AWS's documents, and why.
const DIFFERENT: [(&str, &str); 4] = [
    (
        "var-condition-missing-ne",
        "a negated operator with an absent variable does not match",
    ),
    ("var-notresource-missing", "the documents are silent"),
    (
        "var-2008-literal",
        "variables are filled in whatever the Version",
    ),
    (
        "var-noversion-literal",
        "variables are filled in whatever the Version",
    ),
];

#[test]
fn the_vectors_are_decided_as_an_independent_evaluator_decides_them() {
    let file = include_str!("../policy/evaluation-vectors.json");
    let file: Value = serde_json::from_str(file).unwrap();
    let vectors = file["vectors"].as_array().unwrap();
    let asked: Vec<Value> = vectors
        .iter()
        .map(|vector| {
            let request = &vector["request"];
            simulation(
                vector,
                request["action"].as_str().unwrap(),
                request["resource"].as_str().unwrap(),
                &request["context"],
                request["principal"].as_str().unwrap(),
            )
        })
        .collect();
    let mut differing = Vec::new();
    for (vector, found) in vectors.iter().zip(ask(&asked)) {
        if found != vector["expected"].as_str().unwrap() {
            differing.push(vector["id"].as_str().unwrap());
        }
    }
    differing.sort_unstable();
    let mut expected = DIFFERENT.map(|(id, _why)| id);
    expected.sort_unstable();
    assert_eq!(differing, expected);
}

#[test]
fn made_up_policies_are_decided_as_an_independent_evaluator_decides_them() {
    let mut runner = TestRunner::deterministic();
    let states = KEYS.map(|(_, kind)| {
        let most = if kind == Kind::List { 3 } else { 2 };
        prop_values(kind, most)
    });
    let strategy = (scenario(), 0..REQUESTS.len(), states);
    let cases: Vec<(Value, usize, [Vec<&str>; 7])> = (0..CASES)
        .map(|_| strategy.new_tree(&mut runner).unwrap().current())
        .collect();
    let mut asked = Vec::new();
    let mut ours = Vec::new();
    for (layers, which, states) in &cases {
        let (action, resource) = REQUESTS[*which];
        let mut layers = layers.clone();
        leave_out_known_differences(&mut layers);
        fit_to_service(&mut layers, action);
        let mut context = json!({ "aws:PrincipalAccount": "111122223333" });
        for ((key, kind), values) in KEYS.iter().zip(states) {
            match values.as_slice() {
                [] => {}
                [one] if *kind != Kind::List => context[key] = json!(one),
                all => context[key] = json!(all),
            }
        }
        leave_out_known_differences(&mut context);
        asked.push(simulation(&layers, action, resource, &context, PRINCIPAL));
        ours.push(decide(&layers, action, resource, &context));
    }
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    let mut differing = Vec::new();
    for ((ours, theirs), question) in ours.iter().zip(ask(&asked)).zip(&asked) {
        *counts.entry(theirs.clone()).or_default() += 1;
        if *ours != theirs {
            differing.push(format!("we: {ours}, they: {theirs}: {question}"));
        }
    }
    let few: Vec<&String> = differing.iter().take(3).collect();
    assert!(
        differing.is_empty(),
        "{} of {CASES} differ: {few:#?}",
        differing.len()
    );
    // The comparison is worth something only if every decision is met often.
    assert!(
        counts.values().all(|count| *count > CASES / 20),
        "{counts:?}"
    );
    assert_eq!(counts.len(), 3, "{counts:?}");
}

fn prop_values(kind: Kind, most: usize) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::collection::vec(proptest::sample::select(kind.values()), 0..most)
}

/// What the other evaluator is known to decide against AWS's documents: a set operator with
/// `IfExists` on an absent key, the network of all addresses, and IPv6 beside IPv4.
fn leave_out_known_differences(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::Object(operators)) = members.get_mut("Condition") {
                let named = std::mem::take(operators).into_iter().map(|(name, keys)| {
                    let plain = name
                        .strip_suffix("IfExists")
                        .filter(|_| name.starts_with("For"));
                    (plain.unwrap_or(&name).to_owned(), keys)
                });
                *operators = named.collect();
            }
            members.values_mut().for_each(leave_out_known_differences);
        }
        Value::Array(values) => values.iter_mut().for_each(leave_out_known_differences),
        Value::String(text) => match text.as_str() {
            "0.0.0.0/0" => "203.0.0.0/8".clone_into(text),
            "2001:db8::/32" => "198.51.100.0/24".clone_into(text),
            "2001:db8::1" => "198.51.100.1".clone_into(text),
            _ => {}
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Systems Manager has no policies on its resources, a key always has one (and how far its grant
/// reaches past a boundary no document says), and a resource control policy names services.
fn fit_to_service(layers: &mut Value, action: &str) {
    let delegating = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::111122223333:root" },
        "Action": "kms:*", "Resource": "*",
    } });
    let members = layers.as_object_mut().unwrap();
    if action.starts_with("ssm:") {
        members.remove("resource");
    }
    if action.starts_with("kms:") {
        members.remove("boundary");
        members.remove("session");
        members.entry("resource").or_insert(delegating);
    }
    let statements = layers.pointer_mut("/rcps/Statement");
    for statement in statements
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        statement.as_object_mut().unwrap().remove("NotAction");
        statement["Action"] = json!(["s3:*", "kms:*"]);
    }
}

fn decide(layers: &Value, action: &str, resource: &str, context: &Value) -> String {
    let layers = Layers::from_value(layers).unwrap();
    let mut known = Context::complete();
    for (key, value) in context.as_object().unwrap() {
        let values = match value {
            Value::Array(values) => values.clone(),
            one => vec![one.clone()],
        };
        let values = values
            .iter()
            .map(|value| value.as_str().unwrap().to_owned());
        known.set(key, KeyState::Values(values.collect()));
    }
    match evaluate(&layers, &Request::new(PRINCIPAL, action, resource, known)).decision {
        Decision::Allowed => "allowed",
        Decision::ExplicitDeny => "explicitDeny",
        Decision::ImplicitDeny => "implicitDeny",
        Decision::Unknown => "unknown",
    }
    .to_owned()
}

/// A question in the other evaluator's words.
fn simulation(
    layers: &Value,
    action: &str,
    resource: &str,
    context: &Value,
    principal: &str,
) -> Value {
    let list = |value: &Value| match value {
        Value::Array(documents) => documents.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    let named = |value: &Value| -> Vec<Value> {
        let documents = list(value).into_iter().enumerate();
        documents
            .map(|(at, policy)| json!({ "name": format!("p{at}"), "policy": policy }))
            .collect()
    };
    let levels: Vec<Value> = list(&layers["scps"])
        .iter()
        .enumerate()
        .map(|(at, level)| json!({ "orgIdentifier": format!("l{at}"), "policies": named(level) }))
        .collect();
    let mut question = json!({
        "request": {
            "principal": principal, "action": action, "contextVariables": context,
            "resource": { "resource": resource, "accountId": "111122223333" },
        },
        "identityPolicies": named(&layers["identity"]),
        "serviceControlPolicies": levels,
        "resourceControlPolicies": [],
    });
    let rcps = named(&layers["rcps"]);
    if !rcps.is_empty() {
        question["resourceControlPolicies"] =
            json!([{ "orgIdentifier": "root", "policies": rcps }]);
    }
    for (ours, theirs) in [
        ("boundary", "permissionBoundaryPolicies"),
        ("endpoint", "vpcEndpointPolicies"),
    ] {
        let documents = named(&layers[ours]);
        if !documents.is_empty() {
            question[theirs] = json!(documents);
        }
    }
    for (ours, theirs) in [("session", "sessionPolicy"), ("resource", "resourcePolicy")] {
        if let Some(document) = list(&layers[ours]).first() {
            question[theirs] = document.clone();
        }
    }
    question
}

/// Their decisions, in the vectors' words.
fn ask(questions: &[Value]) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/oracles/simulate");
    let script = folder.join("simulate.mjs");
    assert!(
        script.exists(),
        "{} is missing: run tests/oracles/setup.sh first",
        script.display()
    );
    let mut child = Command::new(super::python::program("node"))
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node can be started");
    let mut pipe = child.stdin.take().unwrap();
    let lines: String = questions
        .iter()
        .map(|question| format!("{question}\n"))
        .collect();
    let writer = std::thread::spawn(move || pipe.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().expect("it reads every question");
    let answers: Vec<String> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .zip(questions)
        .map(|(line, question)| match line {
            "Allowed" => "allowed".to_owned(),
            "ExplicitlyDenied" => "explicitDeny".to_owned(),
            "ImplicitlyDenied" => "implicitDeny".to_owned(),
            other => panic!("{other} of {question}"),
        })
        .collect();
    assert_eq!(answers.len(), questions.len());
    answers
}
