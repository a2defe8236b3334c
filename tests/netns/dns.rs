//! Names: field reports F48, F49.

use serde_json::json;

use super::routes::PUBLIC;
use super::whole_host::{DNS, WholeHost};

#[test]
fn a_name_server_that_drops_is_named_beside_the_vpc_s_own() {
    let whole = WholeHost::new(&["ssm", "ssmmessages"], &json!({}));
    whole.drop_beyond(&format!("ip daddr {DNS} meta l4proto {{ tcp, udp }}"));
    whole
        .check()
        .is(Some("dns-failure"), 6.0)
        .says("dns-failure", &["169.254.169.253", "10.0.1.5"]);
}

#[test]
fn a_name_server_that_refuses_is_named() {
    let whole = WholeHost::new(&[], &json!({}));
    whole.beyond.filter(&format!(
        "chain input {{ type filter hook input priority 0; ip daddr {DNS} reject; }}"
    ));
    whole.check().is(Some("dns-failure"), 6.0);
}

#[test]
fn a_resolv_conf_that_names_nobody_is_named() {
    let files = json!({"/etc/resolv.conf": "nameserver 10.0.0.77\noptions timeout:1 attempts:1\n"});
    let whole = WholeHost::new(&[], &json!({"host": {"files": files}}));
    whole.check().is(Some("dns-failure"), 6.0);
}

#[test]
fn public_addresses_beside_a_private_one_mean_that_private_dns_is_off() {
    let whole = WholeHost::new(&["ec2messages"], &json!({}));
    whole.drop_beyond(PUBLIC);
    whole
        .check()
        .is(Some("private-dns-off"), 6.0)
        .says("private-dns-off", &["52.94.0.5"]);
}
