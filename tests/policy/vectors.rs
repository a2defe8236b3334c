//! Every decision vector: 127 with a complete context, 18 with something unknown.
//!
//! The expected values follow AWS's documents; each vector names the page, and how sure it is.

use serde_json::{Value, json};
use ssm_probe::policy::{Context, Decision, Document, KeyState, Layers, Request, evaluate};

#[test]
fn every_vector_is_decided_as_the_documents_say() {
    let vectors = read();
    let mut wrong = Vec::new();
    let mut counts = [0_usize; 2];
    for (group, name) in ["vectors", "unknownVectors"].into_iter().enumerate() {
        for vector in vectors[name].as_array().unwrap() {
            counts[group] += 1;
            let found = decide(vector);
            if found != expected(vector) {
                wrong.push(format!("{}: {found:?}", vector["id"]));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(counts, [127, 18]);
}

#[test]
fn an_unknown_vector_names_the_key_that_would_settle_it() {
    let vectors = read();
    for vector in vectors["unknownVectors"].as_array().unwrap() {
        let evaluation = evaluate(&layers(vector), &request(vector));
        if evaluation.decision != Decision::Unknown {
            assert!(evaluation.unknown_keys.is_empty(), "{}", vector["id"]);
            continue;
        }
        let open: Vec<String> = ["unknownPresence", "unknownValue"]
            .iter()
            .flat_map(|list| vector["request"][list].as_array().unwrap())
            .map(|key| key.as_str().unwrap().to_ascii_lowercase())
            .collect();
        assert_eq!(evaluation.unknown_keys, open, "{}", vector["id"]);
        assert_eq!(evaluation.doubts.is_empty(), !open.is_empty());
    }
}

fn read() -> Value {
    serde_json::from_str(include_str!("evaluation-vectors.json")).unwrap()
}

fn decide(vector: &Value) -> Decision {
    evaluate(&layers(vector), &request(vector)).decision
}

fn layers(vector: &Value) -> Layers {
    let mut members = serde_json::Map::new();
    for layer in ["identity", "boundary", "session", "scps"] {
        if let Some(value) = vector.get(layer) {
            members.insert(layer.to_owned(), value.clone());
        }
    }
    let mut layers = Layers::from_value(&Value::Object(members)).unwrap();
    for document in layers.documents() {
        let is_marked =
            vector["boundary"] == json!("unreadable") || vector["scps"] == json!("unreadable");
        assert!(
            document.is_readable() || is_marked,
            "{:?}",
            document.problems
        );
    }
    for _ in 0..vector["identityUnreadable"].as_u64().unwrap_or(0) {
        layers
            .identity
            .push(Document::unreadable("attached", "it could not be read"));
    }
    layers
}

fn request(vector: &Value) -> Request {
    let request = &vector["request"];
    let mut context = Context::complete();
    for (key, value) in request["context"].as_object().unwrap() {
        let values = match value {
            Value::Array(values) => values.iter().map(text).collect(),
            one => vec![text(one)],
        };
        context.set(key, KeyState::Values(values));
    }
    for (list, state) in [
        ("unknownPresence", KeyState::Unknown),
        ("unknownValue", KeyState::ValueUnknown),
    ] {
        for key in request[list].as_array().into_iter().flatten() {
            context.set(key.as_str().unwrap(), state.clone());
        }
    }
    Request::new(
        request["principal"].as_str().unwrap(),
        request["action"].as_str().unwrap(),
        request["resource"].as_str().unwrap(),
        context,
    )
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn expected(vector: &Value) -> Decision {
    match vector["expected"].as_str().unwrap() {
        "allowed" => Decision::Allowed,
        "explicitDeny" => Decision::ExplicitDeny,
        "implicitDeny" => Decision::ImplicitDeny,
        "unknown" => Decision::Unknown,
        other => panic!("{other}"),
    }
}
