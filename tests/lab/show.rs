//! The command line of `cargo demo`.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::lab::scenario::Scenario;
use crate::lab::{Lab, run};

/// What is asked for on the command line.
pub(crate) fn main() -> i32 {
    let mut arguments = std::env::args().skip(1);
    match arguments.next() {
        None => list(),
        Some(name) => one(&name, arguments.collect()),
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

fn names() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).expect("the scenarios are beside the tests");
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".json").map(str::to_owned))
        .collect();
    names.sort();
    names
}

fn read(name: &str) -> Result<Scenario, String> {
    Scenario::read(&folder().join(format!("{name}.json")))
}

fn list() -> i32 {
    let mut text = "Scenarios; run one with `cargo demo NAME`:\n\n".to_owned();
    for name in names() {
        let docs = read(&name).map_or_else(|why| why, |scenario| scenario.docs);
        text += &format!("  {name}\n      {docs}\n");
    }
    // `cargo demo | head` closes the pipe before the end.
    let _ = std::io::stdout().write_all(text.as_bytes());
    0
}

fn one(name: &str, arguments: Vec<String>) -> i32 {
    if !names().iter().any(|it| it == name) {
        eprintln!("error: there is no scenario `{name}`{}", nearest(name));
        eprintln!("`cargo demo` lists them all");
        return 2;
    }
    let scenario = match read(name) {
        Ok(scenario) => scenario,
        Err(why) => {
            eprintln!("error: {why}");
            return 4;
        }
    };
    eprintln!("{name}: {}\n", scenario.docs);
    let lab = Lab::start(scenario);
    let mut command = run::command(&lab);
    for name in ["TERM", "COLUMNS", "NO_COLOR", "CLICOLOR_FORCE", "RUST_LOG"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    let status = command
        .args(arguments)
        .status()
        .expect("the program just built can be started");
    // A host that is shown to be broken is a demonstration that worked.
    match status.code() {
        Some(code) => {
            eprintln!("\n(ssm-probe ended with exit status {code})");
            0
        }
        None => 4,
    }
}

fn nearest(name: &str) -> String {
    let mut near: Vec<(f64, String)> = names()
        .into_iter()
        .map(|it| (strsim::jaro_winkler(name, &it), it))
        .filter(|(likeness, _)| *likeness > 0.6)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    let near: Vec<String> = near
        .into_iter()
        .take(3)
        .map(|(_, it)| format!("`{it}`"))
        .collect();
    if near.is_empty() {
        String::new()
    } else {
        format!("; near it: {}", near.join(", "))
    }
}
