//! The bundle of a scenario: judged again elsewhere it says the same, and it holds no secret.

use std::path::Path;

use serde_json::Value;
use ssm_probe::bundle::read;

use crate::expectations;
use crate::lab::Lab;
use crate::lab::run::{self, Run};
use crate::lab::scenario::Scenario;
use crate::secrets;

/// Collects a bundle in a lab of its own.
pub(crate) fn collect(scenario: &Scenario) -> (Lab, Run) {
    let lab = Lab::start(scenario.clone());
    let mut command = run::command_of(&lab, "bundle");
    command.arg("-o").arg(file(&lab));
    let run = run::run(&lab, command, "bundle");
    (lab, run)
}

fn file(lab: &Lab) -> std::path::PathBuf {
    lab.scratch().join("bundle.tar.gz")
}

/// Everything that is wrong with it.
pub(crate) fn faults(scenario: &Scenario, lab: &Lab, run: &Run) -> Vec<String> {
    if run.status != Some(0) {
        return vec![format!("exit {:?}: {}", run.status, run.stderr)];
    }
    let open = |path: &Path| std::fs::File::open(path).map_err(|error| error.to_string());
    let files = open(&file(lab)).and_then(contents);
    let bundle = open(&file(lab))
        .and_then(|archive| read::archive(archive).map_err(|refused| refused.to_string()));
    let (files, bundle) = match (files, bundle) {
        (Ok(files), Ok(bundle)) => (files, bundle),
        (Err(why), _) | (_, Err(why)) => return vec![why],
    };
    let mut faults = Vec::new();
    let named = |name: &str| {
        files
            .iter()
            .find(|(file, _)| file == name)
            .map(|(_, text)| text)
    };
    let was: Value = named("report.json")
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default();
    let is = serde_json::to_value(ssm_probe::diagnose(&bundle.observations));
    let is = is.expect("a report is plain data");
    if is != was {
        faults.push("analysed again, the bundle gives another report".to_owned());
    }
    faults.extend(expectations::of_report(scenario, &is));
    for name in [
        "report.txt",
        "report.html",
        "errors.log",
        "net/calls.json",
        "imds/metadata.json",
    ] {
        if named(name).is_none() {
            faults.push(format!("`{name}` is not in it"));
        }
    }
    for (name, text) in &files {
        let shown = secrets::in_text(lab, text);
        faults.extend(
            shown
                .into_iter()
                .map(|secret| format!("{secret} is in `{name}`")),
        );
    }
    faults
}

/// Every file of an archive with its text.
pub(crate) fn contents(archive: impl std::io::Read) -> Result<Vec<(String, String)>, String> {
    let mut files = Vec::new();
    read::each_file(archive, |name, content| {
        let mut bytes = Vec::new();
        content.read_to_end(&mut bytes)?;
        files.push((
            name.to_owned(),
            String::from_utf8_lossy(&bytes).into_owned(),
        ));
        Ok(())
    })
    .map_err(|refused| refused.to_string())?;
    Ok(files)
}

/// What is frozen for a release: one of each outcome, path and kind of cause, each as a file of its own.
const FROZEN: [&str; 10] = [
    "denied-by-service-control-policy",
    "e01-healthy-profile",
    "e02-profile-without-session-permissions",
    "e03-denied-profile-and-dhmc-on",
    "e07-no-profile-and-dhmc-off",
    "e12-ssm-swallowed",
    "h01-healthy-hybrid-node",
    "h03-fingerprint-changed",
    "i4-not-on-aws",
    "everything-swallowed",
];

/// The trial that writes the frozen bundles, where `SSM_PROBE_FREEZE` says how their names begin.
pub(crate) fn freezing() -> Option<libtest_mimic::Trial> {
    let start = std::env::var_os("SSM_PROBE_FREEZE")?;
    let start = start.to_string_lossy().into_owned();
    Some(libtest_mimic::Trial::test("freeze_bundles", move || {
        for (name, scenario) in crate::corpus::all() {
            if !FROZEN.contains(&name.as_str()) {
                continue;
            }
            let (lab, run) = collect(&scenario?);
            if run.status != Some(0) {
                return Err(run.stderr.into());
            }
            std::fs::copy(file(&lab), format!("{start}-{name}.tar.gz"))?;
        }
        Ok(())
    }))
}
