//! The Python environment of `tests/oracles/setup.sh`.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// A program of the environment.
pub(crate) fn program(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program = root.join("target/oracles/bin").join(name);
    assert!(
        program.exists(),
        "{} is missing: run tests/oracles/setup.sh first",
        program.display()
    );
    program
}

/// What a script of this folder prints, as JSON.
pub(crate) fn run(script: &str, arguments: &[String]) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/oracles")
        .join(script);
    let output = Command::new(program("python"))
        .arg(script)
        .args(arguments)
        .output()
        .expect("the environment's Python can be started");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("the script prints JSON")
}
