//! Nothing that was read makes the report long: each text is cut, each list of evidence too.
//!
//! Pure. Host files and servers may name things as long as they like.

use super::model::{Evidence, Report};

/// Longest text of a report that comes from outside, in characters.
const TEXT: usize = 2_000;
/// Longest name, such as a version, a Region or an id.
const NAME: usize = 256;
/// Most observations that one check shows.
const EVIDENCE: usize = 24;

/// Cuts what is too long, and says so.
pub fn apply(report: &mut Report) {
    let host = &mut report.host;
    let agent = &mut report.agent;
    let names = [
        &mut host.root,
        &mut host.instance_id,
        &mut host.region,
        &mut host.account_id,
        &mut host.partition,
        &mut host.os,
        &mut agent.version,
        &mut agent.identity,
        &mut agent.credential_source,
    ];
    for name in names.into_iter().flatten() {
        cut(name, NAME);
    }
    cut(&mut report.verdict.headline, TEXT);
    for path in &mut report.paths {
        cut(&mut path.reason, TEXT);
        if let Some(principal) = &mut path.principal {
            cut(&mut principal.arn, TEXT);
            let names = [&mut principal.role, &mut principal.account_id];
            for name in names.into_iter().flatten() {
                cut(name, NAME);
            }
        }
        for permission in &mut path.permissions {
            cut(&mut permission.detail, TEXT);
        }
    }
    for check in &mut report.checks {
        cut(&mut check.summary, TEXT);
        cut_evidence(&mut check.evidence);
    }
    for finding in &mut report.findings {
        cut(&mut finding.detail, TEXT);
    }
}

fn cut_evidence(evidence: &mut Vec<Evidence>) {
    let left_out = evidence.len().saturating_sub(EVIDENCE);
    evidence.truncate(EVIDENCE);
    if left_out > 0
        && let Some(last) = evidence.last_mut()
    {
        cut(&mut last.value, TEXT);
        last.value = format!("{} (and {left_out} more)", last.value);
    }
    for one in evidence {
        cut(&mut one.source, NAME);
        cut(&mut one.value, TEXT);
    }
}

/// Cuts a text at a character, with a word on how much is missing.
fn cut(text: &mut String, limit: usize) {
    let Some((at, _)) = text.char_indices().nth(limit) else {
        return;
    };
    let missing = text.get(at..).unwrap_or_default().chars().count();
    text.truncate(at);
    *text = format!("{text}… ({missing} characters more)");
}

#[cfg(test)]
mod tests {
    use super::{EVIDENCE, cut, cut_evidence};
    use crate::report::model::Evidence;

    #[test]
    fn a_text_is_cut_at_a_character_and_says_so() {
        let mut text = "ä".repeat(10);
        cut(&mut text, 10);
        assert_eq!(text, "ä".repeat(10));
        cut(&mut text, 4);
        assert_eq!(text, "ääää… (6 characters more)");
    }

    #[test]
    fn of_many_observations_the_first_are_kept() {
        let one = Evidence {
            source: "s".repeat(5000),
            value: "v".to_owned(),
            observed_at: None,
        };
        let mut all = vec![one; 100];
        cut_evidence(&mut all);
        assert_eq!(all.len(), EVIDENCE);
        assert!(all.iter().all(|one| one.source.len() < 300));
        assert!(all.last().unwrap().value.ends_with("(and 76 more)"));
    }
}
