//! A lint for a person: what is wrong first, each with what to do.

use super::model::Severity;
use super::page::Page;
use super::style::{Style, Tone};
use crate::lint::rules::Rule;
use crate::lint::{Ruling, Rulings};

/// The whole lint as text.
#[must_use]
pub fn lint_page(rulings: &Rulings, root: &str, style: Style) -> String {
    let mut page = Page::new(style);
    let found = |severity: Severity| {
        rulings
            .iter()
            .filter(|(rule, ruling)| {
                rule.severity == severity && matches!(ruling, Ruling::Found(_))
            })
            .count()
    };
    let unknown = rulings
        .iter()
        .filter(|(_, ruling)| matches!(ruling, Ruling::Unknown(_)))
        .count();
    let (errors, warnings) = (found(Severity::Error), found(Severity::Warning));
    let (word, tone) = match (errors, warnings, unknown) {
        (1.., _, _) => ("WRONG", Tone::Bad),
        (0, 1.., _) => ("WARNING", Tone::Doubt),
        (0, 0, 1..) => ("UNKNOWN", Tone::Doubt),
        _ => ("CLEAN", Tone::Good),
    };
    page.labelled(
        word,
        tone,
        &format!(
            "The image at {root}: {}, {}, {unknown} not known, of {} rules",
            counted(errors, "error"),
            counted(warnings, "warning"),
            rulings.len()
        ),
    );
    let weight = |(rule, ruling): &&(&'static Rule, Ruling)| {
        (matches!(ruling, Ruling::Unknown(_)), rule.severity)
    };
    let mut shown: Vec<_> = rulings
        .iter()
        .filter(|(_, ruling)| *ruling != Ruling::Clean)
        .collect();
    shown.sort_by_key(weight);
    for (rule, ruling) in shown {
        page.blank();
        one(&mut page, rule, ruling);
    }
    page.finish()
}

fn one(page: &mut Page, rule: &Rule, ruling: &Ruling) {
    match ruling {
        Ruling::Clean => {}
        Ruling::Unknown(why) => {
            page.labelled(
                "unknown",
                Tone::Doubt,
                &format!("{}: {}", rule.id, rule.title),
            );
            page.quiet(super::page::LABEL, why);
        }
        Ruling::Found(spots) => {
            let (word, tone) = match rule.severity {
                Severity::Error => ("error", Tone::Bad),
                Severity::Warning | Severity::Note => ("warning", Tone::Doubt),
            };
            page.labelled(
                word,
                tone,
                &format!("{}; expected: {}", rule.id, rule.title),
            );
            for spot in spots {
                page.paragraph(
                    super::page::LABEL,
                    &format!("{}: {}", spot.path, spot.detail),
                );
            }
            page.quiet(super::page::LABEL, rule.why);
            page.paste(rule.remedy);
        }
    }
}

/// `1 error`, `2 errors`.
fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
