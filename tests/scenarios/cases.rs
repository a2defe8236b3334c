//! The field reports F01 to F84: which of them a scenario shows, and why the others have none.
//!
//! A scenario named `f04-…` shows F04. Each brings the log that such a host really has; in many
//! the log's last error is not the cause, and `misleads` says so.

use std::collections::BTreeSet;

use libtest_mimic::{Failed, Trial};
use ssm_probe::catalogue::FindingId;

use crate::corpus;
use crate::lab::logs;
use crate::lab::scenario::{AgentPresence, Misleads, Scenario};

/// The cases that this table speaks for.
const RANGES: [(u32, u32); 4] = [(1, 36), (58, 68), (74, 74), (76, 80)];

/// Cases that no scenario shows, and why.
const WITHOUT_SCENARIO: [(u32, &str); 2] = [
    (
        67,
        "Windows: the state of its set-up is kept in its registry, and this program runs on Linux and macOS",
    ),
    (
        80,
        "the version of the ECS container agent is not seen from inside a task; the agent in it looks as ever",
    ),
];

/// So many logs at least must mislead.
const MISLEADING: usize = 10;

/// Tests over the cases.
pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("every_case_has_a_scenario_or_a_reason_for_none", covered),
        Trial::test("every_case_brings_the_log_of_such_a_host", with_log),
        Trial::test("ten_logs_end_in_an_error_that_is_not_the_cause", misleading),
    ]
}

/// The number of the case that a scenario's name begins with.
fn number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix('f')?.split('-').next()?;
    (digits.len() == 2).then(|| digits.parse().ok())?
}

fn covered() -> Result<(), Failed> {
    let shown: BTreeSet<u32> = corpus::all()
        .iter()
        .filter_map(|(name, _)| number(name))
        .collect();
    let explained: BTreeSet<u32> = WITHOUT_SCENARIO.iter().map(|(case, _)| *case).collect();
    let missing: Vec<u32> = RANGES
        .into_iter()
        .flat_map(|(first, last)| first..=last)
        .filter(|case| !shown.contains(case) && !explained.contains(case))
        .collect();
    if !missing.is_empty() {
        return Err(format!("no scenario and no reason for {missing:?}").into());
    }
    let both: Vec<_> = explained.intersection(&shown).collect();
    if !both.is_empty() {
        return Err(format!("a scenario and a reason for none: {both:?}").into());
    }
    Ok(())
}

fn with_log() -> Result<(), Failed> {
    let (mut all, mut logged) = (BTreeSet::new(), BTreeSet::new());
    for (name, scenario) in corpus::all() {
        let host = scenario?.host;
        let brings_one = host.log.is_some()
            || host
                .files
                .keys()
                .any(|path| path.ends_with("/amazon-ssm-agent.log"));
        let case = number(&name).filter(|_| host.agent != AgentPresence::NotInstalled);
        all.extend(case);
        logged.extend(case.filter(|_| brings_one));
    }
    let without: Vec<_> = all
        .difference(&logged)
        .filter(|case| is_spoken_for(**case))
        .collect();
    if !without.is_empty() {
        return Err(format!("no log for {without:?}").into());
    }
    Ok(())
}

fn is_spoken_for(case: u32) -> bool {
    RANGES
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&case))
}

fn misleading() -> Result<(), Failed> {
    let mut count = 0;
    for (name, scenario) in corpus::all() {
        let scenario = scenario?;
        if let Some(misleads) = &scenario.misleads {
            count += 1;
            does_mislead(&scenario, misleads).map_err(|why| format!("{name}: {why}"))?;
        }
    }
    if count < MISLEADING {
        return Err(format!("only {count} logs mislead").into());
    }
    Ok(())
}

/// The last error is what it is said to be, and suggests something else than the cause.
fn does_mislead(scenario: &Scenario, misleads: &Misleads) -> Result<(), String> {
    let name = scenario.host.log.as_deref().ok_or("it has no log")?;
    let log = std::fs::read_to_string(logs::path(name)).map_err(|error| error.to_string())?;
    let last = log
        .lines()
        .rfind(|line| line.contains(" ERROR ") || line.contains(" WARN "))
        .ok_or("its log has no error")?;
    if !last.contains(&misleads.last_error) {
        return Err(format!("the last error is `{last}`"));
    }
    if FindingId::from_id(&misleads.suggests).is_none() {
        return Err(format!("`{}` is no finding", misleads.suggests));
    }
    if scenario.expect.cause.as_deref() == Some(&misleads.suggests) {
        return Err("what it suggests is the cause".to_owned());
    }
    Ok(())
}
