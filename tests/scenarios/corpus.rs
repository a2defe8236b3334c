//! The scenario files as a whole: where they are, and which rows they must cover.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use libtest_mimic::Trial;

use crate::lab::scenario::Scenario;

/// Rows of the decision table that look no different on the wire, and why.
const WITHOUT_SCENARIO: [&str; 0] = [];

/// The field reports on the network and on the way to IMDS: each has a scenario here, or a whole
/// host in `tests/netns`, where an address must be public or private for real.
const FIELD_REPORTS: [u32; 22] = [
    21, 33, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 71,
];

/// The broken hosts that `ssm-cli get-diagnostics` of October 2024 shows all green.
const ALL_GREEN_THERE: u8 = 11;

/// Every scenario, or why its file cannot be read, by name.
pub(crate) fn all() -> Vec<(String, Result<Scenario, String>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let entries = std::fs::read_dir(&folder).expect("the scenarios are beside the tests");
    let mut all: Vec<_> = entries
        .map(|entry| entry.expect("the folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|it| it == "json"))
        .map(|path| {
            let name = path.file_stem().expect("a file has a name");
            (name.to_string_lossy().into_owned(), Scenario::read(&path))
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

/// Tests over the whole corpus.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("every_row_of_the_decision_table_has_a_scenario", rows),
        Trial::test("every_scenario_is_one_sentence_with_an_origin", docs),
        Trial::test("every_network_fault_of_the_field_has_a_test", field_reports),
        Trial::test(
            "the_hosts_that_ssm_cli_shows_green_are_told_apart",
            told_apart,
        ),
    ]
}

fn rows() -> Result<(), libtest_mimic::Failed> {
    let mut have = BTreeSet::new();
    for (_, scenario) in all() {
        have.extend(scenario?.row);
    }
    let range = |letter: char, last: u32| (1..=last).map(move |n| format!("{letter}{n}"));
    let missing: Vec<_> = range('E', 21)
        .chain(range('H', 9))
        .chain(range('O', 3))
        .chain(range('I', 13))
        .filter(|row| !have.contains(row) && !WITHOUT_SCENARIO.contains(&row.as_str()))
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("no scenario for {missing:?}").into())
    }
}

fn field_reports() -> Result<(), libtest_mimic::Failed> {
    let mut origins = Vec::new();
    for (_, scenario) in all() {
        origins.push(scenario?.origin);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/netns");
    for entry in std::fs::read_dir(folder)? {
        origins.push(std::fs::read_to_string(entry?.path())?);
    }
    let missing: Vec<_> = FIELD_REPORTS
        .into_iter()
        .filter(|number| !origins.iter().any(|it| it.contains(&format!("F{number}"))))
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(format!("no test for the field reports {missing:?}").into())
    }
}

fn told_apart() -> Result<(), libtest_mimic::Failed> {
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    let mut numbers = BTreeSet::new();
    for (name, scenario) in all() {
        let scenario = scenario?;
        let Some(number) = scenario.peer else {
            continue;
        };
        numbers.insert(number);
        let expect = scenario.expect;
        if expect.exit == 0 {
            return Err(format!("{name} is green here too").into());
        }
        let told = format!(
            "{:?} {:?} {:?} {:?} {:?}",
            expect.path, expect.cause, expect.missing, expect.findings, expect.says
        );
        if let Some(other) = seen.insert(told, name.clone()) {
            return Err(format!("{name} looks like {other}").into());
        }
    }
    if numbers == (1..=ALL_GREEN_THERE).collect() {
        Ok(())
    } else {
        Err(format!("only {numbers:?} have a scenario").into())
    }
}

fn docs() -> Result<(), libtest_mimic::Failed> {
    for (name, scenario) in all() {
        let scenario = scenario?;
        let one_sentence = scenario.docs.ends_with('.') && !scenario.docs.contains(". ");
        if !one_sentence || scenario.origin.is_empty() {
            return Err(format!("{name}: `docs` is not one sentence, or no `origin`").into());
        }
    }
    Ok(())
}
