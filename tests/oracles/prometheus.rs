//! The metrics, read by Prometheus's own client library.

use std::process::Command;

use serde_json::json;

use crate::lab::run::binary;

#[test]
fn prometheus_s_own_reader_takes_the_metrics_of_every_frozen_bundle() {
    let folder = tempfile::tempdir().unwrap();
    let bundles = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/bundles")).unwrap();
    let mut count = 0;
    for bundle in bundles.map(|entry| entry.unwrap().path()) {
        if bundle.extension().is_none_or(|end| end != "gz") {
            continue;
        }
        let page = folder.path().join("page.prom");
        let done = Command::new(binary())
            .env_clear()
            .args(["analyze", "-o", "prometheus", "--output-file"])
            .args([&page, &bundle])
            .status()
            .unwrap();
        let read = super::python::run("prometheus.py", &[page.to_string_lossy().into_owned()]);
        let usable = u8::from(done.code() == Some(0));
        assert_eq!(read["ssm_probe_usable"], json!([[{}, usable]]), "{read}");
        let outcomes = read["ssm_probe_outcome"].as_array().unwrap();
        let held = outcomes.iter().filter(|one| one[1] == json!(1));
        assert_eq!(held.count(), 1, "{read}");
        count += 1;
    }
    assert!(count >= 4, "{count} bundles");
}
