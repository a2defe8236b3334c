//! How fast the policy engine decides: `cargo bench --bench policy`. The issue asks for at least
//! 200 000 decisions a second on one core for a role with ten managed policies, and for the
//! largest permitted policy parsed and asked in under 5 ms.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "measures from outside, by the clock"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde_json::json;
use ssm_probe::catalogue::{Capability, MANAGED_POLICIES};
use ssm_probe::policy::{
    Document, Given, Grammar, Layers, Node, Place, Request, evaluate, layers_of,
};

const PRINCIPAL: &str = "arn:aws:sts::111122223333:assumed-role/NodeRole/i-0123456789abcdef0";

fn main() {
    let (decisions, took) = decisions();
    let rate = f64::from(decisions) / took.as_secs_f64();
    println!("decisions         {rate:.0} a second, ten managed policies");
    println!(
        "largest policy    {:.2?} to parse and ask, bucket policy of 20 480 characters",
        largest()
    );
}

/// Every action of every capability, over and over, for a second.
fn decisions() -> (u32, Duration) {
    let given: Vec<Given> = MANAGED_POLICIES
        .iter()
        .take(10)
        .filter_map(|policy| Given::by_name(policy.name, &Place::Identity))
        .collect();
    let layers = layers_of(&given);
    let node = Node {
        region: Some("eu-west-1".to_owned()),
        ..Node::of_principal(PRINCIPAL)
    };
    let requests: Vec<Request> = Capability::ALL
        .iter()
        .flat_map(|capability| capability.required.iter().chain(capability.optional))
        .flat_map(|need| {
            let forms = need.request.iter().flat_map(|form| node.fill(form));
            forms.map(|form| (need.action, form)).collect::<Vec<_>>()
        })
        .map(|(action, resource)| Request::new(PRINCIPAL, action, &resource, node.context()))
        .collect();
    let begin = Instant::now();
    let mut decisions = 0;
    while begin.elapsed() < Duration::from_secs(1) {
        for request in &requests {
            black_box(evaluate(&layers, request));
            decisions += 1;
        }
    }
    (decisions, begin.elapsed())
}

/// The median of a hundred times.
fn largest() -> Duration {
    let statement = |number: usize| {
        json!({
            "Sid": format!("S{number}"), "Effect": "Allow", "Principal": { "AWS": "111122223333" },
            "Action": ["s3:PutObject", "s3:Get*"], "Resource": format!("arn:aws:s3:::logs-{number}/*/a?/*"),
            "Condition": { "StringLike": { "aws:PrincipalTag/Team": ["ops-*", "${aws:PrincipalAccount}"] } },
        })
    };
    let mut policy = json!({ "Version": "2012-10-17", "Statement": [] });
    for number in 0.. {
        let mut more = policy.clone();
        more["Statement"]
            .as_array_mut()
            .expect("a list")
            .push(statement(number));
        if more.to_string().len() > 20_480 {
            break;
        }
        policy = more;
    }
    let text = policy.to_string();
    let context = Node::of_principal(PRINCIPAL).context();
    let request = Request::new(
        PRINCIPAL,
        "s3:PutObject",
        "arn:aws:s3:::logs-9/x/ab/y",
        context,
    );
    let mut times: Vec<Duration> = (0..100)
        .map(|_| {
            let begin = Instant::now();
            let document = Document::parse_text("largest", black_box(&text), Grammar::Resource);
            let layers = Layers {
                resource: vec![ssm_probe::policy::Scoped::everywhere(document)],
                ..Layers::default()
            };
            black_box(evaluate(&layers, &request));
            begin.elapsed()
        })
        .collect();
    times.sort();
    times.get(50).copied().unwrap_or_default()
}
