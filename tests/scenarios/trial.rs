//! One scenario: the binary in the lab in every output form, then the replay.

use std::process::Command;

use serde_json::Value;

use crate::lab::run::{self, Run};
use crate::lab::{Lab, scenario::Scenario};
use crate::{bundles, do_no_harm, expectations, replay, secrets};

/// One run of the binary in a lab of its own.
struct Trial {
    lab: Lab,
    run: Run,
}

/// The four runs of a scenario beside each other, then everything that must hold of them.
pub(crate) fn run(scenario: &Result<Scenario, String>) -> Result<(), String> {
    let scenario = scenario.clone()?;
    let (json, wide, short, bundle) = std::thread::scope(|scope| {
        let json = scope.spawn(|| {
            trial(&scenario, "json", |command, lab| {
                command.env("RUST_LOG", "trace");
                command
                    .arg("--save-observations")
                    .arg(observations_file(lab));
            })
        });
        let wide = scope.spawn(|| trial(&scenario, "wide", |_, _| ()));
        let short = scope.spawn(|| {
            trial(&scenario, "short", |command, _| {
                command.env("RUST_LOG", "trace");
            })
        });
        let bundle = scope.spawn(|| bundles::collect(&scenario));
        let done = "a run does not panic";
        (
            json.join().expect(done),
            wide.join().expect(done),
            short.join().expect(done),
            bundle.join().expect(done),
        )
    });
    let mut faults = Vec::new();
    let trials = [("json", &json), ("wide", &wide), ("short", &short)];
    for (form, trial) in trials {
        let found = expectations::of_run(&scenario, &trial.run)
            .into_iter()
            .chain(do_no_harm::faults(&trial.lab.cloud))
            .chain(secrets::faults(&trial.lab, &trial.run));
        faults.extend(found.map(|fault| format!("-o {form}: {fault}")));
    }
    let (lab, bundled) = &bundle;
    let of_bundle = bundles::faults(&scenario, lab, bundled).into_iter();
    let of_bundle = of_bundle.chain(do_no_harm::faults(&lab.cloud));
    faults.extend(of_bundle.map(|fault| format!("bundle: {fault}")));
    faults.extend(expectations::of_calls(&scenario, &json.lab.cloud));
    match serde_json::from_str::<Value>(&json.run.stdout) {
        Ok(report) => {
            faults.extend(expectations::of_report(&scenario, &report));
            faults.extend(replay::faults(&observations_file(&json.lab), &report));
        }
        Err(error) => faults.push(format!("-o json is not JSON: {error}")),
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(explain(&scenario, &faults, &json))
}

fn trial(scenario: &Scenario, form: &str, prepare: impl Fn(&mut Command, &Lab)) -> Trial {
    let lab = Lab::start(scenario.clone());
    let before = do_no_harm::files(&lab.root());
    let mut command = run::command(&lab);
    command.arg("-o").arg(form);
    prepare(&mut command, &lab);
    let run = run::run(&lab, command, form);
    if do_no_harm::files(&lab.root()) != before {
        lab.cloud.complain("the program changed the host's files");
    }
    Trial { lab, run }
}

/// Where the observations of a run are kept.
fn observations_file(lab: &Lab) -> std::path::PathBuf {
    lab.scratch().join("observations.json")
}

fn explain(scenario: &Scenario, faults: &[String], trial: &Trial) -> String {
    let asked: Vec<String> = trial
        .lab
        .cloud
        .requests()
        .iter()
        .map(|it| format!("  {} {} {} {:?}", it.service, it.method, it.path, it.action))
        .collect();
    format!(
        "{}\n\n{}\n\nexit {:?} after {:?}; requests of -o json:\n{}\n\n{}\n{}",
        scenario.docs,
        faults.join("\n"),
        trial.run.status,
        trial.run.took,
        asked.join("\n"),
        trial.run.stdout,
        trial.run.stderr.chars().take(4_000).collect::<String>()
    )
}
