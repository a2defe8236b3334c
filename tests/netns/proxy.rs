//! A real proxy, known to the agent or not: field reports F53, F54.

use serde_json::json;

use super::routes::PUBLIC;
use super::whole_host::{PROXY, WholeHost};

fn proxied(extra: &serde_json::Value) -> WholeHost {
    let mut environment = json!({
        "https_proxy": format!("http://{PROXY}"),
        "no_proxy": "169.254.169.254"
    });
    for (name, value) in extra.as_object().into_iter().flatten() {
        environment[name] = value.clone();
    }
    let whole = WholeHost::new(&[], &json!({"host": {"agent_environment": environment}}));
    // Only the proxy has a way out.
    whole.drop_beyond(&format!("iifname \"gw0\" {PUBLIC}"));
    whole
}

#[test]
fn an_agent_that_knows_its_proxy_is_usable() {
    let mut whole = proxied(&json!({}));
    whole.proxy("ConnectPort 443");
    whole.check().is(None, 20.0);
}

#[test]
fn a_proxy_that_the_shell_knows_and_the_agent_does_not_is_named() {
    let mut whole = WholeHost::new(&[], &json!({}));
    whole.proxy("ConnectPort 443");
    whole.drop_beyond(&format!("iifname \"gw0\" {PUBLIC}"));
    let seen = whole.check_with(|command| {
        command.env("https_proxy", format!("http://{PROXY}"));
    });
    seen.is(Some("proxy-not-in-service"), 8.0)
        .says("proxy-not-in-service", &["10.0.0.3"]);
}

#[test]
fn a_proxy_that_wants_a_login_is_named() {
    let mut whole = proxied(&json!({}));
    whole.proxy("ConnectPort 443\nBasicAuth node letmein");
    whole
        .check()
        .is(Some("proxy-refuses"), 8.0)
        .says("proxy-refuses", &["407"]);
}

#[test]
fn a_proxy_gets_its_login_and_nobody_else_does() {
    let url = format!("http://node:letmein@{PROXY}");
    let mut whole = proxied(&json!({"https_proxy": url}));
    whole.proxy("ConnectPort 443\nBasicAuth node letmein");
    whole.check().is(None, 20.0).does_not_show("letmein");
}

#[test]
fn a_proxy_that_forbids_connect_is_named() {
    let mut whole = proxied(&json!({}));
    whole.proxy("ConnectPort 8443");
    whole
        .check()
        .is(Some("proxy-refuses"), 8.0)
        .says("proxy-refuses", &["403"]);
}

#[test]
fn a_proxy_that_is_away_is_named() {
    let whole = proxied(&json!({}));
    whole
        .check()
        .is(Some("proxy-refuses"), 8.0)
        .says("proxy-refuses", &["10.0.0.3"]);
}

#[test]
fn no_proxy_is_honoured() {
    let whole = WholeHost::new(
        &[],
        &json!({"host": {"agent_environment": {
            "https_proxy": "http://10.0.0.77:3128",
            "no_proxy": "169.254.169.254,.amazonaws.com"
        }}}),
    );
    whole.check().is(None, 20.0);
}
