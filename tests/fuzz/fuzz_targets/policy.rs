#![no_main]
//! A policy document from anywhere: read in every grammar, linted, and put to requests.

use libfuzzer_sys::fuzz_target;
use ssm_probe::policy::{Context, Decision, Document, Grammar, Layers, Node, Request, Scoped, evaluate};

fuzz_target!(|text: &str| {
    let requests = [("ssm:GetDocument", "*"), ("s3:PutObject", "arn:aws:s3:::{bucket}/a/b")];
    for grammar in [Grammar::Identity, Grammar::Resource, Grammar::Trust] {
        let document = Document::parse_text("fuzzed", text, grammar);
        let is_readable = document.is_readable();
        let layers = match grammar {
            Grammar::Identity => Layers { identity: vec![document], ..Layers::default() },
            _ => Layers { resource: vec![Scoped::everywhere(document)], ..Layers::default() },
        };
        for (action, resource) in requests {
            for context in [Context::complete(), Context::partial()] {
                let request = Request::new(&Node::default().principal_arn(), action, resource, context);
                let found = evaluate(&layers, &request).decision;
                // What cannot be read grants nothing, and is not taken for an empty policy.
                assert!(is_readable || found == Decision::Unknown || grammar != Grammar::Identity);
            }
        }
    }
});
