//! The account's view of this node, for the report: whatever those who may ask were told.

use super::case::Case;
use super::permissions;
use super::reply::Reply;
use super::simulation::{self, BLIND_SPOTS};
use crate::observations::{AccountCall, CallRecord, NotAsked, Outcome};
use crate::report::model::AccountReport;

/// The account's view; `None` = nobody was asked.
pub(super) fn view(case: &Case<'_>) -> Option<AccountReport> {
    let account = &case.view.all.account;
    let by_node = account.calls.values().find_map(|record| record.path);
    let asked_with = match (&account.operator, by_node) {
        (Some(operator), _) => format!("profile {}", operator.name),
        (None, Some(path)) => format!("the node's own role ({})", path.title()),
        (None, None) => return None,
    };
    let problem = account
        .operator
        .as_ref()
        .and_then(|operator| operator.problem.clone())
        .or_else(|| other_account(case));
    let simulated = account.simulation.as_ref();
    let policies = account.attached.as_ref().map(|attached| {
        let inline = account.inline.iter().flatten();
        attached.iter().chain(inline).cloned().collect()
    });
    Some(AccountReport {
        asked_with,
        problem,
        role_arn: account.role.as_ref().map(|role| role.arn.clone()),
        boundary: account.role.as_ref().and_then(|role| role.boundary.clone()),
        policies,
        simulated: simulated.is_some(),
        blind_spots: simulated
            .iter()
            .flat_map(|_| BLIND_SPOTS)
            .map(str::to_owned)
            .collect(),
        default_host_management: account.default_host_management_role.as_ref().map(|role| {
            if role.is_empty() {
                "off".to_owned()
            } else {
                role.clone()
            }
        }),
        fleet: account.fleet.clone(),
        connection: account.connection.clone(),
        unanswered: unanswered(case),
    })
}

/// An operator of another account sees another account's roles and nodes.
fn other_account(case: &Case<'_>) -> Option<String> {
    case.view.all.account.operator.as_ref()?;
    let theirs = simulation::operator_account(case.view);
    let ours = case.account_id();
    match (theirs, ours) {
        (Some(theirs), Some(ours)) if theirs != ours => Some(format!(
            "the profile is of account {theirs}, and this node of {ours}"
        )),
        (None, _) => Some("whether the profile is of this node's account is not known".to_owned()),
        (Some(_), None) => Some("this node's account is not known".to_owned()),
        (Some(_), Some(_)) => None,
    }
}

/// The questions that were put and not let through, each with the answer.
fn unanswered(case: &Case<'_>) -> Vec<String> {
    let account = &case.view.all.account;
    AccountCall::ALL
        .into_iter()
        .filter_map(|call| {
            let record = account.calls.get(&call)?;
            let reply = simulation::reply(case.view, call);
            let quiet = matches!(
                reply,
                Reply::Allowed
                    | Reply::NotAsked(
                        NotAsked::NoOperator
                            | NotAsked::NotNeeded
                            | NotAsked::NoCredentials
                            | NotAsked::OtherAccount
                    )
            );
            let name = format!("{}:{}", call.service(), call.operation());
            let said = match (call, code(record)) {
                (AccountCall::GetSessionDocument, "InvalidDocument") => {
                    "there is no such document, so no session preferences are set".to_owned()
                }
                _ => permissions::words(&reply, record),
            };
            (!quiet).then(|| format!("{name}: {said}"))
        })
        .collect()
}

fn code(record: &CallRecord) -> &str {
    match &record.outcome {
        Outcome::Answered(answer) => answer.code.as_deref().unwrap_or_default(),
        _ => "",
    }
}
