//! Ways that are there, missing or shut: field reports F44, F45, F46, F47, F50, F55.

use serde_json::json;

use super::whole_host::WholeHost;

/// Packets to the public addresses of AWS.
pub(crate) const PUBLIC: &str = "ip daddr 52.94.0.0/16 tcp dport 443";
/// The same for the interface endpoints.
const PRIVATE: &str = "ip daddr 10.0.1.0/24 tcp dport 443";

#[test]
fn a_host_behind_nat_is_usable() {
    let whole = WholeHost::new(&[], &json!({}));
    whole.check().is(None, 20.0);
}

#[test]
fn two_interface_endpoints_are_enough() {
    let whole = WholeHost::new(&["ssm", "ssmmessages"], &json!({}));
    whole.drop_beyond(PUBLIC);
    whole.check().is(None, 8.0);
}

#[test]
fn a_private_subnet_without_a_way_out_is_named() {
    let whole = WholeHost::new(&[], &json!({}));
    whole.drop_beyond(PUBLIC);
    let names = ["ssm.eu-west-1.amazonaws.com", "52.94.0.5"];
    whole
        .check()
        .is(Some("no-route-to-endpoints"), 6.0)
        .says("no-route-to-endpoints", &names);
}

#[test]
fn a_host_without_a_default_route_is_named() {
    let whole = WholeHost::new(&[], &json!({}));
    whole.host.ip("route del default");
    for near in ["169.254.169.254", "169.254.169.253"] {
        whole.host.ip(&format!("route add {near} via 10.0.0.1"));
    }
    whole
        .check()
        .is(Some("no-route-to-endpoints"), 6.0)
        .says("no-route-to-endpoints", &["default route"]);
}

#[test]
fn an_endpoint_that_is_missing_beside_one_that_works_is_named() {
    let whole = WholeHost::new(&["ssm"], &json!({}));
    whole.drop_beyond(PUBLIC);
    let names = ["ssmmessages.eu-west-1.amazonaws.com", "52.94.0.6"];
    whole
        .check()
        .is(Some("endpoint-missing"), 6.0)
        .says("endpoint-missing", &names);
}

#[test]
fn an_endpoint_s_security_group_that_drops_is_named() {
    let whole = WholeHost::new(&["ssm", "ssmmessages"], &json!({}));
    whole.drop_beyond(PRIVATE);
    whole
        .check()
        .is(Some("endpoint-refuses"), 6.0)
        .says("endpoint-refuses", &["10.0.1.5"]);
}

#[test]
fn an_endpoint_that_rejects_is_named() {
    let whole = WholeHost::new(&["ssm", "ssmmessages"], &json!({}));
    let reject = "ip daddr 10.0.1.6 tcp dport 443 reject with tcp reset";
    whole.beyond.filter(&format!(
        "chain input {{ type filter hook input priority 0; {reject}; }}"
    ));
    whole
        .check()
        .is(Some("endpoint-refuses"), 6.0)
        .says("endpoint-refuses", &["10.0.1.6"]);
}

#[test]
fn a_filter_on_outgoing_443_is_named_for_public_and_private_alike() {
    let whole = WholeHost::new(&["ssmmessages"], &json!({}));
    whole.host_firewall("tcp dport 443 drop");
    let seen = whole.check();
    seen.is_silent_on("session-permission-missing")
        .is_silent_on("registration-permission-missing");
    // Which of the two is the cause is the order of the services; both are the network's.
    seen.is_one_of(
        &[
            "no-route-to-endpoints",
            "private-dns-off",
            "endpoint-refuses",
        ],
        6.0,
    );
}

#[test]
fn a_host_with_ipv6_alone_cannot_reach_ipv4_endpoints() {
    let whole = WholeHost::new(&[], &json!({}));
    whole.host.ip("route del default");
    for near in ["169.254.169.254", "169.254.169.253"] {
        whole.host.ip(&format!("route add {near} via 10.0.0.1"));
    }
    whole.beyond.ip("-6 addr add fd00::1/64 dev gw0 nodad");
    whole.host.ip("-6 addr add fd00::10/64 dev eth0 nodad");
    whole.host.ip("-6 route add default via fd00::1");
    whole
        .check()
        .is(Some("no-route-to-endpoints"), 6.0)
        .says("no-route-to-endpoints", &["IPv4"]);
}

#[test]
fn one_endpoint_swallowed_leaves_the_rest_complete() {
    let whole = WholeHost::new(&[], &json!({}));
    whole.drop_beyond("ip daddr 52.94.0.6 tcp dport 443");
    // The probe's bound is 3 s, and one more.
    whole
        .check()
        .is(Some("endpoint-missing"), 4.0 + LOADED_MACHINE_S)
        .is_allowed("ssm:UpdateInstanceInformation");
}

#[test]
fn everything_swallowed_ends_within_six_seconds() {
    let whole = WholeHost::new(&[], &json!({}));
    whole
        .beyond
        .filter("chain input { type filter hook input priority 0; drop; }");
    whole.check().ended_within(6.0);
}

/// Slack for a machine that runs other tests beside.
const LOADED_MACHINE_S: f64 = 1.5;
