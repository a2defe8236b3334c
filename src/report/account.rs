//! The account's view of this node, as text.

use super::model::{AccountReport, Report};
use super::page::Page;
use super::style::Tone;
use super::words;

pub(super) fn section(page: &mut Page, report: &Report) {
    let Some(account) = &report.account else {
        return;
    };
    page.heading(&format!(
        "The account's view, asked with {}",
        account.asked_with
    ));
    if let Some(problem) = &account.problem {
        page.entry(2, "unknown", Tone::Doubt, 9, problem);
    }
    for line in told(account, report) {
        page.entry(2, "-", Tone::Quiet, 2, &line);
    }
    if account.simulated {
        page.entry(
            2,
            "-",
            Tone::Quiet,
            2,
            &format!(
                "IAM's simulation of the role answers where nothing live did. It cannot see {}",
                account.blind_spots.join("; ")
            ),
        );
    }
    for line in &account.unanswered {
        page.entry(2, "unknown", Tone::Doubt, 9, line);
    }
}

fn told(account: &AccountReport, report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(arn) = &account.role_arn {
        let boundary = account.boundary.as_ref().map_or_else(
            || "no permissions boundary".to_owned(),
            |arn| format!("permissions boundary {arn}"),
        );
        lines.push(format!("role {arn}, {boundary}"));
    }
    if let Some(policies) = &account.policies {
        let names = if policies.is_empty() {
            "none".to_owned()
        } else {
            policies.join(", ")
        };
        lines.push(format!("its policies: {names}"));
    }
    if let Some(role) = &account.default_host_management {
        lines.push(format!(
            "Default Host Management in this account and Region: {role}"
        ));
    }
    if let Some(node) = &account.fleet {
        lines.push(if node.listed {
            let ping = node.ping_status.as_deref().unwrap_or("of unknown state");
            let age = words::age(node.last_ping_at, report.started_at);
            format!("Systems Manager shows the node as {ping}, last ping {age}")
        } else {
            "Systems Manager does not list this node".to_owned()
        });
    }
    if let Some(status) = &account.connection {
        lines.push(format!("its control channel is {status}, says the service"));
    }
    lines
}
