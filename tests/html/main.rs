//! The report's page in headless Chromium: quiet, self-contained, accessible; screenshots kept.
//!
//! Needs Chromium, and node with the packages of `package.json`; `.ci/run html` installs them and
//! names their folder by `SSM_PROBE_HTML_TOOLS`.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "tests stand outside the program: they run it, and a browser"
)]

#[path = "../lab/mod.rs"]
#[expect(dead_code, reason = "the pages need a part of the lab")]
mod lab;

use std::path::{Path, PathBuf};
use std::process::Command;

use lab::scenario::Scenario;
use lab::{Lab, run};

/// One of each outcome, and what is long, hostile or offline.
const PAGES: [&str; 3] = [
    "e01-healthy-profile",
    "e02-profile-without-session-permissions",
    "everything-swallowed",
];

fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/ci-artefacts/html");
    std::fs::create_dir_all(&folder).expect("target is writable");
    folder
}

fn page(name: &str) {
    let file = format!("{}/tests/scenarios/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let lab = Lab::start(Scenario::read(Path::new(&file)).expect("the scenario is sound"));
    let mut command = run::command(&lab);
    command.args(["-o", "html"]);
    let run = run::run(&lab, command, "html");
    std::fs::write(folder().join(format!("{name}.html")), run.stdout).expect("target is writable");
}

/// A report of which every text tries to leave its place.
fn hostile_page() {
    let mut scenario = Lab::healthy();
    let hostile = "<script>alert(1)</script><img src=http://203.0.113.1/x onerror=alert(2)>'\"&";
    scenario.host.files.insert(
        "/etc/os-release".to_owned(),
        format!("PRETTY_NAME=\"{}\"\n", hostile.replace('"', "")).into(),
    );
    scenario.host.files.insert(
        "/etc/amazon/ssm/amazon-ssm-agent.json".to_owned(),
        serde_json::json!({"Identity": {"ConsumptionOrder": [hostile]}, "Agent": {"Region": hostile}}),
    );
    let lab = Lab::start(scenario);
    let mut command = run::command(&lab);
    command.args(["-o", "html"]);
    let run = run::run(&lab, command, "html");
    assert!(
        run.stdout.contains("&lt;script&gt;"),
        "the hostile text is shown"
    );
    std::fs::write(folder().join("hostile.html"), run.stdout).expect("target is writable");
}

#[test]
fn the_page_is_quiet_self_contained_and_accessible() {
    let tools = std::env::var_os("SSM_PROBE_HTML_TOOLS").expect("run .ci/run html");
    for name in PAGES {
        page(name);
    }
    hostile_page();
    let done = Command::new("node")
        .arg(format!(
            "{}/tests/html/check.mjs",
            env!("CARGO_MANIFEST_DIR")
        ))
        .args([Path::new(&tools), folder().as_path()])
        .output()
        .expect("node can be started");
    assert!(
        done.status.success(),
        "{}{}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
}
