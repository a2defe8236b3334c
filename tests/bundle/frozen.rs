//! Bundles of every released form stay readable. `tests/bundles/freeze` writes them, once.

use std::path::{Path, PathBuf};

use crate::host::{analyze, analyze_as, contents};

/// The frozen bundles.
fn frozen() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bundles");
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the frozen bundles are there")
        .map(|entry| entry.expect("it can be listed").path())
        .filter(|path| path.extension().is_some_and(|end| end == "gz"))
        .collect();
    found.sort();
    assert!(found.len() >= 4, "{found:?}");
    found
}

#[test]
fn every_frozen_bundle_is_read_and_says_what_it_said() {
    for path in frozen() {
        let (status, out, said) = analyze(&path);
        assert!(
            matches!(status, Some(0 | 1 | 3)),
            "{}: {said}",
            path.display()
        );
        let is: serde_json::Value = serde_json::from_str(&out).expect("it is JSON");
        let files = contents(&path);
        let report = files
            .iter()
            .find(|(name, _)| name == "report.json")
            .expect("it is there");
        let was: serde_json::Value = serde_json::from_str(&report.1).expect("it is JSON");
        for field in ["outcome", "path", "cause"] {
            assert_eq!(
                is["verdict"][field],
                was["verdict"][field],
                "{}: {field}",
                path.display()
            );
        }
    }
}

/// What a person reads, word for word: observations that never change, so words that change only
/// when somebody changes them. `INSTA_UPDATE=always cargo test --test bundle` writes them anew.
#[test]
fn the_text_forms_of_each_are_what_was_reviewed() {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.add_filter(r"(drawn from a support bundle at )[^;\s]+", "${1}NOW");
    settings.bind(|| {
        for path in frozen() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let name = name.trim_end_matches(".tar.gz");
            for form in ["wide", "short"] {
                let (_, out, _) = analyze_as(&path, form);
                insta::assert_snapshot!(format!("{name}.{form}"), out);
            }
        }
    });
}

#[test]
fn readme_shows_the_first_screen_that_is_printed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("it is there");
    let bundle = "tests/bundles/form-1-e02-profile-without-session-permissions.tar.gz";
    let (_, out, _) = analyze_as(&root.join(bundle), "wide");
    let first = out.split("\n\n").next().unwrap_or_default();
    // The simulated AWS listens at any port.
    let without_port = |text: &str| -> String {
        let is_digit = |c: char| c.is_ascii_digit();
        let end = ".amazonaws.com:";
        let mut parts = text.split(end);
        let head = parts.next().unwrap_or_default().to_owned();
        parts.fold(head, |all, part| {
            all + end + part.trim_start_matches(is_digit)
        })
    };
    assert!(
        without_port(&readme).contains(&without_port(first)),
        "README's real output is not this:\n{first}"
    );
}
