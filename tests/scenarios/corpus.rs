//! The scenario files as a whole: where they are, and which rows they must cover.

use std::collections::BTreeSet;
use std::path::Path;

use libtest_mimic::Trial;

use crate::lab::scenario::Scenario;

/// Rows of the decision table that look no different on the wire, and why.
const WITHOUT_SCENARIO: [&str; 0] = [];

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
