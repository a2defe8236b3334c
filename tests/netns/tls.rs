//! TLS cut on the way, and opened by someone else: field reports F51, F52.

use serde_json::json;

use super::whole_host::WholeHost;

/// Segments to port 443 that carry more than a bare acknowledgement: the greeting and later.
const WITH_DATA: &str = "tcp dport 443 meta length > 120";

#[test]
fn a_firewall_that_drops_the_greeting_is_named() {
    let whole = WholeHost::new(&[], &json!({}));
    whole.drop_beyond(WITH_DATA);
    whole.check().is(Some("tls-cut"), 6.0);
}

#[test]
fn a_firewall_that_resets_the_greeting_is_named() {
    let whole = WholeHost::new(&[], &json!({}));
    whole.beyond.filter(&format!(
        "chain input {{ type filter hook input priority 0; {WITH_DATA} reject with tcp reset; }}"
    ));
    whole.check().is(Some("tls-cut"), 6.0);
}

#[test]
fn inspection_is_named_with_its_issuer() {
    let faults = json!({"ssm": "untrusted-certificate", "ssmmessages": "untrusted-certificate"});
    let whole = WholeHost::new(&[], &json!({"faults": faults}));
    whole
        .check()
        .is(Some("tls-intercepted"), 6.0)
        .says("tls-intercepted", &["A middlebox of the lab"]);
}
