//! The metadata service kept away: field reports F40, F41, F42.

use serde_json::json;

use super::whole_host::{PROXY, WholeHost};

#[test]
fn a_host_firewall_that_rejects_metadata_is_named() {
    let whole = WholeHost::new(&[], &json!({}));
    whole.host_firewall("ip daddr 169.254.169.254 reject");
    whole.check().is(Some("imds-blocked"), 6.0);
}

#[test]
fn a_null_route_to_metadata_is_named() {
    let whole = WholeHost::new(&[], &json!({}));
    whole.host.ip("route add unreachable 169.254.169.254");
    whole
        .check()
        .is(Some("imds-blocked"), 6.0)
        .says("imds-blocked", &["unreachable"]);
}

#[test]
fn a_stale_route_to_metadata_is_named() {
    let whole = WholeHost::new(&[], &json!({}));
    // The gateway of the subnet that the image was made in.
    whole
        .host
        .ip("route add 169.254.169.254 via 10.9.0.1 dev eth0 onlink");
    whole
        .check()
        .is(Some("imds-blocked"), 6.0)
        .says("imds-blocked", &["10.9.0.1"]);
}

#[test]
fn metadata_sent_to_a_proxy_is_named() {
    let environment = json!({
        "http_proxy": format!("http://{PROXY}"),
        "no_proxy": ".amazonaws.com"
    });
    let host = json!({"last_taken": "never", "agent_environment": environment});
    let mut whole = WholeHost::new(&[], &json!({"host": host}));
    whole.proxy("");
    whole.check().is(Some("imds-proxied"), 20.0);
}

#[test]
fn a_hybrid_host_without_a_route_to_metadata_is_known_at_once() {
    let host = json!({"machine": "on-premises", "last_taken": "hybrid"});
    let whole = WholeHost::new(&[], &json!({"host": host}));
    whole.host.ip("route add unreachable 169.254.169.254");
    whole.check().is(None, 20.0).is_on("hybrid-activation");
}

#[test]
fn a_hybrid_host_whose_metadata_packets_vanish_is_known_all_the_same() {
    let host = json!({"machine": "on-premises", "last_taken": "hybrid"});
    let whole = WholeHost::new(&[], &json!({"host": host}));
    whole.drop_beyond("ip daddr 169.254.169.254");
    whole.check().is(None, 20.0).is_on("hybrid-activation");
}
