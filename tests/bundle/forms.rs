//! The forms for programs say what the JSON report says: lines for collectors, metrics for scraping.

use serde_json::Value;

use crate::frozen::frozen;
use crate::host::analyze_as;

#[test]
fn a_line_for_each_check_and_finding_stands_for_itself() {
    for path in frozen() {
        let report: Value = serde_json::from_str(&analyze_as(&path, "json").1).expect("it is JSON");
        let (_, text, _) = analyze_as(&path, "jsonl");
        let lines: Vec<Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("each line is JSON"))
            .collect();
        for (kind, list) in [("check", "checks"), ("finding", "findings")] {
            let of_kind: Vec<&Value> = lines.iter().filter(|line| line["kind"] == kind).collect();
            let listed = report[list].as_array().expect("it is a list");
            assert_eq!(of_kind.len(), listed.len(), "{}: {kind}", path.display());
            for (line, one) in of_kind.into_iter().zip(listed) {
                assert_eq!(line["schema"], "ssm-probe/line/1");
                assert_eq!(line["time"], report["started_at"]);
                assert_eq!(line["host"], report["host"]["instance_id"]);
                for field in ["outcome", "path", "cause"] {
                    assert_eq!(line[field], report["verdict"][field], "{field}");
                }
                for (field, value) in one.as_object().expect("it is an object") {
                    assert_eq!(&line[field], value, "{field}");
                }
            }
        }
    }
}

#[test]
fn metrics_say_the_outcome_the_paths_and_the_findings() {
    for path in frozen() {
        let report: Value = serde_json::from_str(&analyze_as(&path, "json").1).expect("it is JSON");
        let (_, text, _) = analyze_as(&path, "prometheus");
        let has = |sample: String| {
            assert!(
                text.lines().any(|line| line == sample),
                "{}: no `{sample}` in\n{text}",
                path.display()
            );
        };
        let text_of = |value: &Value| value.as_str().expect("it is a word").to_owned();
        let outcome = text_of(&report["verdict"]["outcome"]);
        has(format!(
            "ssm_probe_usable {}",
            u8::from(outcome == "usable")
        ));
        has(format!("ssm_probe_outcome{{outcome=\"{outcome}\"}} 1"));
        for one in report["paths"].as_array().expect("it is a list") {
            let (path, state) = (text_of(&one["path"]), text_of(&one["state"]));
            has(format!(
                "ssm_probe_path_state{{path=\"{path}\",state=\"{state}\"}} 1"
            ));
        }
        for one in report["findings"].as_array().expect("it is a list") {
            let [id, severity, owner] = ["id", "severity", "owner"].map(|it| text_of(&one[it]));
            has(format!(
                "ssm_probe_finding{{finding=\"{id}\",severity=\"{severity}\",owner=\"{owner}\",ignored=\"false\"}} 1"
            ));
        }
    }
}
