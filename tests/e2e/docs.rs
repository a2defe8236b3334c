//! The documentation shows what the program really prints.

use std::path::Path;
use std::process::Command;

const FENCE: &str = "```console\n";

#[test]
fn every_output_on_the_page_about_policies_is_the_program_s_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src");
    let file = folder.join("policy.md");
    let written = std::fs::read_to_string(&file).expect("the page is there");
    let mut current = String::new();
    let mut rest = written.as_str();
    let mut examples = 0;
    while let Some((before, block)) = rest.split_once(FENCE) {
        let (block, after) = block.split_once("```\n").expect("a block ends");
        let command = block.lines().next().expect("a block begins with a command");
        let printed = output(&folder, command);
        current.extend([before, FENCE, command, "\n", &printed, "```\n"]);
        rest = after;
        examples += 1;
    }
    current.push_str(rest);
    assert!(examples >= 9, "{examples}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&file, &current).expect("the page is written");
        return;
    }
    assert_eq!(written, current, "run UPDATE_DOCS=1 cargo test --test e2e");
}

/// Both outputs, as a terminal shows them.
fn output(folder: &Path, command: &str) -> String {
    let arguments = command
        .strip_prefix("$ ssm-probe ")
        .expect("the program itself");
    let done = Command::new(env!("CARGO_BIN_EXE_ssm-probe"))
        .args(arguments.split(' '))
        .current_dir(folder)
        .env_clear()
        .output()
        .expect("the program just built can be started");
    String::from_utf8([done.stdout, done.stderr].concat()).expect("it prints text")
}
