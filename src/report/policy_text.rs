//! The result of `policy eval` for a person.

use super::model::Layer;
use super::page::Page;
use super::style::{Style, Tone};
use crate::policy::{
    ActionCoverage, CapabilityCoverage, Coverage, Decision, DocumentVerdict, Evaluation,
    PolicyVerdict, Refusal, Severity, StatementRef,
};

/// Where the actions of an entry begin.
const COLUMN: usize = 9;

/// The result as text.
#[must_use]
pub fn policy_verdict(verdict: &PolicyVerdict, style: Style) -> String {
    let mut page = Page::new(style);
    headline(&mut page, verdict);
    for capability in &verdict.capabilities {
        capability_section(&mut page, capability);
    }
    if !verdict.requests.is_empty() {
        page.heading("Single actions");
        for request in &verdict.requests {
            let on = request.resources.join(" or ");
            let what = format!("{} on {on}", request.action);
            entry(&mut page, &[what], &request.evaluation, "");
        }
    }
    if let Some(policy) = &verdict.add {
        page.heading("To add to the role's policies, with names in capitals filled in");
        page.paste(&format!("{policy:#}"));
    }
    if !verdict.documents.is_empty() {
        page.heading("Documents");
        for document in &verdict.documents {
            document_section(&mut page, document);
        }
    }
    limits(&mut page, verdict);
    page.finish()
}

fn headline(page: &mut Page, verdict: &PolicyVerdict) {
    let (word, tone) = coverage(verdict.coverage);
    let of = |wanted: Coverage| -> Vec<&str> {
        let capabilities = verdict.capabilities.iter();
        let concerned = capabilities.filter(|one| one.coverage == wanted);
        concerned.map(|one| one.id).collect()
    };
    let concerned = match (verdict.coverage, of(verdict.coverage).as_slice()) {
        (Coverage::Covered, []) => "every chosen action is allowed".to_owned(),
        (Coverage::Covered, ids) => format!("{}: what is needed is allowed", ids.join(", ")),
        (Coverage::Unknown, []) => "not all that decides is known".to_owned(),
        (Coverage::Unknown, ids) => format!("{}: not all that decides is known", ids.join(", ")),
        (Coverage::NotCovered, []) => "a chosen action is refused".to_owned(),
        (Coverage::NotCovered, ids) => format!("{}: a needed action is refused", ids.join(", ")),
    };
    page.entry(0, word, tone, word.len() + 2, &concerned);
    for document in verdict.documents.iter().filter(|one| !one.readable) {
        let text = format!(
            "`{}` cannot be read, so what it says is unknown",
            document.name
        );
        page.paragraph(word.len() + 2, &text);
    }
}

fn coverage(coverage: Coverage) -> (&'static str, Tone) {
    match coverage {
        Coverage::Covered => ("COVERED", Tone::Good),
        Coverage::Unknown => ("UNKNOWN", Tone::Doubt),
        Coverage::NotCovered => ("NOT COVERED", Tone::Bad),
    }
}

fn capability_section(page: &mut Page, capability: &CapabilityCoverage) {
    let (word, _) = coverage(capability.coverage);
    page.heading(&format!("{}  {word}", capability.id));
    page.paragraph(2, capability.title);
    if capability.actions.is_empty() {
        page.paragraph(2, "It needs no permission of the role.");
    }
    let (counting, others): (Vec<_>, Vec<_>) =
        capability.actions.iter().partition(|action| action.counts);
    entries(page, &counting);
    if !others.is_empty() {
        page.paragraph(2, "In some situations also:");
        entries(page, &others);
    }
}

/// Actions with the same answer for the same reason stand together.
fn entries(page: &mut Page, actions: &[&ActionCoverage]) {
    let mut groups: Vec<(Vec<String>, &ActionCoverage)> = Vec::new();
    for action in actions {
        let like = groups.iter_mut().find(|(_, first)| {
            first.why == action.why
                && reason(&first.evaluation) == reason(&action.evaluation)
                && first.evaluation.decision == action.evaluation.decision
        });
        match like {
            Some((names, _)) => names.push(action.action.to_owned()),
            None => groups.push((vec![action.action.to_owned()], action)),
        }
    }
    groups.sort_by_key(|(_, first)| order(first.evaluation.decision));
    for (names, first) in groups {
        entry(page, &names, &first.evaluation, first.why);
    }
}

/// What needs attention comes first.
fn order(decision: Decision) -> u8 {
    match decision {
        Decision::ExplicitDeny => 0,
        Decision::ImplicitDeny => 1,
        Decision::Unknown => 2,
        Decision::Allowed => 3,
    }
}

fn entry(page: &mut Page, names: &[String], evaluation: &Evaluation, why: &str) {
    let (word, tone) = match evaluation.decision {
        Decision::Allowed => ("allowed", Tone::Good),
        Decision::ImplicitDeny => ("missing", Tone::Bad),
        Decision::ExplicitDeny => ("denied", Tone::Bad),
        Decision::Unknown => ("unknown", Tone::Doubt),
    };
    page.entry(2, word, tone, COLUMN, &names.join(", "));
    for sentence in reason(evaluation) {
        page.paragraph(2 + COLUMN, &sentence);
    }
    if !why.is_empty() {
        page.quiet(2 + COLUMN, why);
    }
}

/// Why the decision is what it is, in sentences.
fn reason(evaluation: &Evaluation) -> Vec<String> {
    let mut sentences: Vec<String> = evaluation.refusals.iter().map(refusal).collect();
    if evaluation.decision == Decision::Allowed {
        sentences.push(format!("By {}.", named(&evaluation.statements)));
    }
    if !evaluation.unknown_keys.is_empty() {
        let keys = evaluation.unknown_keys.join(", ");
        sentences.push(format!(
            "It depends on {keys}: give --context KEY=VALUE, or --absent KEY."
        ));
    }
    sentences.extend(
        evaluation
            .doubts
            .iter()
            .map(|doubt| format!("Open: {doubt}.")),
    );
    if !evaluation.possible_denies.is_empty() && evaluation.decision != Decision::ExplicitDeny {
        let statements = named(&evaluation.possible_denies);
        sentences.push(format!("It may be denied by {statements}."));
    }
    sentences
}

/// One layer's refusal, and what does not help against it.
fn refusal(refusal: &Refusal) -> String {
    let (layer, advice) = match refusal.layer {
        Layer::IdentityPolicy if refusal.explicit => (
            "the role's policies",
            "no further Allow helps, the Deny must be changed",
        ),
        Layer::IdentityPolicy => ("the role's policies", ""),
        Layer::PermissionsBoundary => (
            "the permissions boundary",
            "attaching more policies to the role cannot lift it",
        ),
        Layer::SessionPolicy => (
            "the session policy",
            "attaching more policies to the role cannot lift it",
        ),
        Layer::ServiceControlPolicy => (
            "the organization's service control policies",
            "only the organization's administrator can change that",
        ),
        Layer::ResourceControlPolicy => (
            "the organization's resource control policies",
            "only the organization's administrator can change that",
        ),
        Layer::VpcEndpointPolicy => (
            "the VPC endpoint's policy",
            "it is changed at the endpoint, not at the role",
        ),
        Layer::ResourcePolicy => (
            "the resource's own policy",
            "it is changed at the resource, not at the role",
        ),
        Layer::NotSaid => ("a policy", ""),
    };
    let advice = match advice {
        "" => String::new(),
        advice => format!("; {advice}"),
    };
    if refusal.explicit {
        let statements = named(&refusal.statements);
        format!("Denied in {layer}, by {statements}{advice}.")
    } else {
        format!("Nothing in {layer} allows it{advice}.")
    }
}

fn named(statements: &[StatementRef]) -> String {
    let name = |one: &StatementRef| {
        let sid = one.sid.as_ref().filter(|sid| !sid.is_empty());
        let sid = sid.map_or_else(String::new, |sid| format!(" ({sid})"));
        format!("`{}` statement {}{sid}", one.document, one.number)
    };
    let names: Vec<String> = statements.iter().map(name).collect();
    names.join(", ")
}

fn document_section(page: &mut Page, document: &DocumentVerdict) {
    let mut about = layer_name(document.layer).to_owned();
    if let Some(version) = document.managed_policy {
        let (version, date) = (version.version, version.date);
        about = format!("{about}; AWS's, {version} of {date}");
    }
    page.entry(
        2,
        &document.name,
        Tone::Label,
        document.name.chars().count() + 2,
        &format!("({about})"),
    );
    for problem in &document.problems {
        let (word, tone) = match problem.severity {
            Severity::Error => ("error", Tone::Bad),
            Severity::Warning => ("warning", Tone::Doubt),
        };
        let at = if problem.at.is_empty() {
            String::new()
        } else {
            format!("{}: ", problem.at)
        };
        let text = format!("{at}{} [{}]", problem.text, problem.id);
        page.entry(4, word, tone, COLUMN, &text);
    }
    for excess in &document.superfluous {
        let actions: Vec<String> = excess
            .actions
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        let text = format!(
            "{}: {} {} [{}]",
            excess.at,
            actions.join(", "),
            excess.text,
            excess.id
        );
        page.entry(4, "beyond", Tone::Quiet, COLUMN, &text);
    }
    if document.problems.is_empty() && document.superfluous.is_empty() && document.readable {
        page.paragraph(4, "nothing to remark");
    }
}

fn layer_name(layer: Layer) -> &'static str {
    match layer {
        Layer::IdentityPolicy => "identity policy",
        Layer::PermissionsBoundary => "permissions boundary",
        Layer::SessionPolicy => "session policy",
        Layer::ServiceControlPolicy => "service control policy",
        Layer::ResourceControlPolicy => "resource control policy",
        Layer::VpcEndpointPolicy => "VPC endpoint policy",
        Layer::ResourcePolicy => "resource policy",
        Layer::NotSaid => "policy",
    }
}

/// What was not looked at.
fn limits(page: &mut Page, verdict: &PolicyVerdict) {
    page.blank();
    let names: Vec<&str> = verdict
        .not_given
        .iter()
        .map(|layer| layer_name(*layer))
        .collect();
    if !names.is_empty() {
        let text = format!(
            "Not given, and taken for absent: {}. Where one exists it may still refuse.",
            names.join(", ")
        );
        page.quiet(0, &text);
    }
    page.quiet(
        0,
        "Computed from documents alone; a live answer of AWS outranks it.",
    );
}
