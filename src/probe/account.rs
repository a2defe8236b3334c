//! Which questions about the account to put next, and with whose credentials.
//!
//! Pure. The operator's are asked with nothing else than the profile that was named, and first
//! whether it is of this account: another account may have a role of the same name. Without a
//! profile the node's own role is asked at `full`, and only about itself.

use std::collections::BTreeSet;

use crate::aws::call::account::AccountTarget;
use crate::diagnose::case::Case;
use crate::diagnose::reply::Reply;
use crate::diagnose::simulation;
use crate::diagnose::view::View;
use crate::observations::{AccountCall, Call, NotAsked, Observations, Path, ProbeLevel};

/// Whose credentials a question about the account is put with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asker {
    /// The person at the keyboard, by the profile they named.
    Operator,
    /// The node's own role on this path.
    Node(Path),
}

/// One question about the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccountQuestion {
    /// The call.
    pub call: AccountCall,
    /// Whose credentials it is put with.
    pub asker: Asker,
}

/// The questions to put now. `pending` are under way.
#[must_use]
pub fn next(seen: &Observations, pending: &BTreeSet<AccountCall>) -> Vec<AccountQuestion> {
    if seen.account.operator.is_none() && seen.probe_level < ProbeLevel::Full {
        return Vec::new();
    }
    let case = Case::new(View::new(seen));
    let Some(asker) = asker(&case) else {
        return Vec::new();
    };
    AccountCall::ALL
        .into_iter()
        .filter(|call| !seen.account.calls.contains_key(call) && !pending.contains(call))
        .filter(|call| refusal(&case, *call).is_none() && is_due(&case, asker, *call))
        .map(|call| AccountQuestion { call, asker })
        .collect()
}

/// Why the questions that are not on record were left out.
#[must_use]
pub fn left_out(seen: &Observations) -> Vec<(AccountCall, NotAsked)> {
    let case = Case::new(View::new(seen));
    AccountCall::ALL
        .into_iter()
        .filter(|call| !seen.account.calls.contains_key(call))
        .map(|call| {
            let late = if seen.cut_short {
                NotAsked::OutOfTime
            } else {
                NotAsked::NotNeeded
            };
            (call, refusal(&case, call).unwrap_or(late))
        })
        .collect()
}

/// What the questions are about, on the path that is active or tried first.
#[must_use]
pub fn target(seen: &Observations) -> Option<AccountTarget> {
    let view = View::new(seen);
    let case = Case::new(view);
    let path = case.path()?;
    let node = simulation::node_of(&case, path);
    Some(AccountTarget {
        instance_id: case.instance_id()?.to_owned(),
        region: case.region()?.to_owned(),
        config: view.config(),
        role: node.role.clone(),
        simulating: simulation::request(view, &node),
    })
}

fn asker(case: &Case<'_>) -> Option<Asker> {
    match &case.view.all.account.operator {
        Some(_) => Some(Asker::Operator),
        None => case.path().map(Asker::Node),
    }
}

/// Whether what comes before a question has been answered.
fn is_due(case: &Case<'_>, asker: Asker, call: AccountCall) -> bool {
    let seen = case.view.all;
    let done = |call: AccountCall| seen.account.calls.contains_key(&call);
    // The path must be settled: the questions are about its role.
    let open = case
        .selection
        .asks
        .filter(|call| !seen.calls.contains_key(call));
    if case.selection.active.is_none() && open.is_some() {
        return false;
    }
    match (asker, call) {
        (Asker::Operator, AccountCall::OperatorIdentity) => true,
        (Asker::Operator, _) if !done(AccountCall::OperatorIdentity) => false,
        // The simulation needs the role's path, and what the preferences name.
        (Asker::Operator, AccountCall::SimulatePrincipalPolicy) => {
            done(AccountCall::GetRole) && done(AccountCall::GetSessionDocument)
        }
        (Asker::Node(_), AccountCall::SimulatePrincipalPolicy) => {
            done(AccountCall::GetRole) && seen.calls.contains_key(&Call::GetSessionDocument)
        }
        (Asker::Node(_), AccountCall::ListAttachedRolePolicies | AccountCall::ListRolePolicies) => {
            done(AccountCall::GetRole)
        }
        _ => true,
    }
}

/// Why a question may not be put; `None` = it may.
fn refusal(case: &Case<'_>, call: AccountCall) -> Option<NotAsked> {
    let account = &case.view.all.account;
    if case.view.all.probe_level == ProbeLevel::Passive {
        return Some(NotAsked::ProbeLevel);
    }
    if case.instance_id().is_none() || case.region().is_none() {
        return Some(NotAsked::NoInstance);
    }
    let Some(operator) = &account.operator else {
        return refusal_of_node(case, call);
    };
    if operator.problem.is_some() {
        return Some(NotAsked::NoCredentials);
    }
    if call == AccountCall::OperatorIdentity {
        return None;
    }
    let asked = account.calls.contains_key(&AccountCall::OperatorIdentity);
    let theirs = simulation::operator_account(case.view);
    if asked && (theirs.is_none() || theirs != case.account_id()) {
        return Some(NotAsked::OtherAccount);
    }
    needs_role(call).then(|| without_role(case)).flatten()
}

fn refusal_of_node(case: &Case<'_>, call: AccountCall) -> Option<NotAsked> {
    match call {
        AccountCall::GetRole
        | AccountCall::SimulatePrincipalPolicy
        | AccountCall::ListAttachedRolePolicies
        | AccountCall::ListRolePolicies => {}
        _ => return Some(NotAsked::NoOperator),
    }
    if case.view.all.probe_level < ProbeLevel::Full {
        return Some(NotAsked::NoOperator);
    }
    let path = case.path()?;
    if !case.view.all.credentials.contains_key(&path) {
        return Some(NotAsked::NoCredentials);
    }
    let may_read = simulation::reply(case.view, AccountCall::GetRole);
    let lists = matches!(
        call,
        AccountCall::ListAttachedRolePolicies | AccountCall::ListRolePolicies
    );
    if lists && !matches!(may_read, Reply::Allowed | Reply::NotAsked(_)) {
        return Some(NotAsked::NotNeeded);
    }
    without_role(case)
}

fn needs_role(call: AccountCall) -> bool {
    call.service() == "iam"
}

fn without_role(case: &Case<'_>) -> Option<NotAsked> {
    let role = case.path().and_then(|path| case.principal(path)?.role);
    role.is_none().then_some(NotAsked::NoInstance)
}
