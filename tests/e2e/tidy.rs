//! House rules that no lint knows: who may use whom, and how long a file may be.

use std::path::{Path, PathBuf};

/// Folders and files that must not touch an edge.
const PURE: [&str; 7] = [
    "diagnose",
    "policy",
    "catalogue",
    "redact",
    "report",
    "observations",
    "no_proxy.rs",
];
/// The edges: they open sockets, files, the clock or the environment.
const EDGES: [&str; 7] = [
    "host",
    "imds",
    "network",
    "aws",
    "input",
    "output",
    "probe::execute",
];
/// The files that may open one of clippy's closed doors.
const DOORS: [&str; 7] = [
    "host/", "network/", "imds/", "aws/", "input.rs", "output/", "world.rs",
];

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the sources are there") {
            let path: PathBuf = entry.expect("it can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let name = path
                    .strip_prefix(&root)
                    .expect("below")
                    .display()
                    .to_string();
                found.push((name, std::fs::read_to_string(&path).expect("it is text")));
            }
        }
    }
    assert!(found.len() > 100, "the walk finds the sources");
    found
}

#[test]
fn what_is_pure_uses_no_edge() {
    for (name, text) in sources() {
        if !PURE.iter().any(|pure| name.starts_with(pure)) {
            continue;
        }
        for edge in EDGES {
            assert!(
                !text.contains(&format!("crate::{edge}")),
                "{name} uses {edge}"
            );
        }
    }
}

#[test]
fn only_edges_open_a_closed_door() {
    for (name, text) in sources() {
        let opens = text.contains("clippy::disallowed_methods");
        assert!(
            !opens || DOORS.iter().any(|door| name.starts_with(door)),
            "{name}"
        );
    }
}

#[test]
fn no_file_is_too_long_to_read() {
    for (name, text) in sources() {
        let lines = text.lines().count();
        let is_table = name.starts_with("catalogue/")
            || name == "report/model.rs"
            || name == "bundle/contents.rs"
            || name == "redact/rules.rs"
            || name.ends_with("/fragments.rs")
            || name.contains("observations/");
        assert!(
            lines <= 400 || is_table || name.ends_with("_tests.rs"),
            "{name} has {lines} lines"
        );
    }
}
