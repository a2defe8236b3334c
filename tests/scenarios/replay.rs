//! The replay of a run: the same observations, judged in this process, give the same report.

use serde_json::Value;
use ssm_probe::observations::Observations;

/// What is wrong with the replay of the observations that a run saved beside its report.
pub(crate) fn faults(saved: &std::path::Path, report: &Value) -> Vec<String> {
    let observations = std::fs::read_to_string(saved)
        .map_err(|error| error.to_string())
        .and_then(|text| Observations::from_json(&text).map_err(|error| error.to_string()));
    let observations = match observations {
        Ok(observations) => observations,
        Err(why) => return vec![format!("the saved observations cannot be read: {why}")],
    };
    let again =
        serde_json::to_value(ssm_probe::diagnose(&observations)).expect("a report is plain data");
    let mut faults = Vec::new();
    for (field, was) in report.as_object().into_iter().flatten() {
        if again[field] != *was {
            let is = &again[field];
            faults.push(format!("the replay's `{field}` is {is}, not {was}"));
        }
    }
    faults
}
