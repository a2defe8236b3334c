//! Bundles of every released form stay readable. `tests/bundles/freeze` writes them, once.

use std::path::Path;

use crate::host::{analyze, contents};

#[test]
fn every_frozen_bundle_is_read_and_says_what_it_said() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bundles");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("the frozen bundles are there") {
        let path = entry.expect("it can be listed").path();
        if path.extension().is_none_or(|end| end != "gz") {
            continue;
        }
        count += 1;
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
    assert!(count >= 4, "{count} frozen bundles");
}
