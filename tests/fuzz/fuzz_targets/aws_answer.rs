#![no_main]
//! A body that came in AWS's place: JSON, XML or a page, and the denial that it may quote.

use libfuzzer_sys::fuzz_target;
use ssm_probe::aws::body;
use ssm_probe::diagnose::denial;
use ssm_probe::network::Response;
use ssm_probe::observations::Outcome;

fuzz_target!(|bytes: &[u8]| {
    for status in [200, 400, 403, 503] {
        let response = Response {
            status,
            headers: http::HeaderMap::new(),
            body: bytes.to_vec(),
            cut: false,
        };
        if let Outcome::Answered(answer) = body::outcome(&response) {
            let _denial = denial::parse(&answer.message.unwrap_or_default());
        }
    }
    let _denial = denial::parse(&String::from_utf8_lossy(bytes));
});
