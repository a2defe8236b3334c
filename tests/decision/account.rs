//! The plan for questions about the account, and what a simulation may say in the report.

use std::collections::{BTreeMap, BTreeSet};

use ssm_probe::observations::Call;
use ssm_probe::observations::{
    AccountCall, Answer, CallRecord, NotAsked, OperatorProfile, Outcome, Path, ProbeLevel,
    RoleFacts, Simulated, Simulation,
};
use ssm_probe::probe::account::{Asker, left_out, next};
use ssm_probe::report::model::{Decision, EvidenceKind, Layer};

use crate::seen::{INSTANCE, Seen, in_minutes, now};

fn calls(seen: &Seen) -> Vec<AccountCall> {
    let all = next(&seen.0, &BTreeSet::new());
    all.into_iter().map(|one| one.call).collect()
}

fn answer(arn: Option<&str>) -> CallRecord {
    CallRecord {
        path: None,
        endpoint: None,
        outcome: Outcome::Answered(Answer {
            status: 200,
            code: None,
            message: None,
            request_id: None,
            date: None,
            caller_arn: arn.map(str::to_owned),
        }),
        at: now(),
        elapsed_ms: 1,
    }
}

/// An instance on its profile, and a usable operator's profile.
fn named() -> Seen {
    Seen::ec2()
        .state(INSTANCE, "EC2", "EC2", in_minutes(30))
        .allowed(Call::UpdateInstanceInformation, Path::InstanceProfile)
        .allowed(Call::CreateControlChannel, Path::InstanceProfile)
        .with(|all| {
            all.account.operator = Some(OperatorProfile {
                name: "ops".to_owned(),
                source: "/home/ops/.aws/credentials".to_owned(),
                problem: None,
            });
        })
}

fn of_account(account: &str) -> Seen {
    named().with(|all| {
        let arn = format!("arn:aws:iam::{account}:user/ops");
        let record = answer(Some(&arn));
        all.account
            .calls
            .insert(AccountCall::OperatorIdentity, record);
    })
}

fn simulated(rows: Vec<Simulated>) -> Seen {
    of_account("111122223333").with(|all| {
        all.account
            .calls
            .insert(AccountCall::SimulatePrincipalPolicy, answer(None));
        all.account.simulation = Some(Simulation {
            role_arn: "arn:aws:iam::111122223333:role/NodeRole".to_owned(),
            results: rows,
            truncated: false,
        });
    })
}

fn row(action: &str, decision: &str) -> Simulated {
    Simulated {
        action: action.to_owned(),
        resource: "*".to_owned(),
        decision: decision.to_owned(),
        ..Simulated::default()
    }
}

fn permission(seen: &Seen, action: &str) -> (Decision, EvidenceKind, Option<Layer>) {
    let report = seen.report();
    let found = report
        .paths
        .iter()
        .flat_map(|path| &path.permissions)
        .find(|one| one.action == action)
        .expect("the action is listed");
    (found.decision, found.evidence, found.layer)
}

#[test]
fn without_an_operator_nothing_is_asked_below_full() {
    let seen = Seen::ec2().state(INSTANCE, "EC2", "EC2", in_minutes(30));
    assert_eq!(calls(&seen), []);
    let why: BTreeMap<_, _> = left_out(&seen.0).into_iter().collect();
    assert_eq!(why.get(&AccountCall::GetRole), Some(&NotAsked::NoOperator));
}

#[test]
fn at_passive_an_operator_is_not_asked_either() {
    let seen = named().with(|all| all.probe_level = ProbeLevel::Passive);
    assert_eq!(calls(&seen), []);
}

#[test]
fn the_operator_is_first_asked_who_they_are() {
    assert_eq!(calls(&named()), [AccountCall::OperatorIdentity]);
    let all = next(&named().0, &BTreeSet::new());
    assert!(all.iter().all(|one| one.asker == Asker::Operator));
}

#[test]
fn an_operator_of_another_account_is_asked_nothing_more() {
    assert_eq!(calls(&of_account("999988887777")), []);
    let why: BTreeMap<_, _> = left_out(&of_account("999988887777").0)
        .into_iter()
        .collect();
    let simulation = why.get(&AccountCall::SimulatePrincipalPolicy);
    assert_eq!(simulation, Some(&NotAsked::OtherAccount));
}

#[test]
fn the_simulation_waits_for_the_role_and_the_preferences() {
    let seen = of_account("111122223333");
    let first = calls(&seen);
    assert!(first.contains(&AccountCall::GetRole), "{first:?}");
    assert!(!first.contains(&AccountCall::SimulatePrincipalPolicy));
    let seen = seen.with(|all| {
        for call in [AccountCall::GetRole, AccountCall::GetSessionDocument] {
            all.account.calls.insert(call, answer(None));
        }
        all.account.role = Some(RoleFacts {
            arn: "arn:aws:iam::111122223333:role/NodeRole".to_owned(),
            boundary: None,
        });
    });
    assert!(calls(&seen).contains(&AccountCall::SimulatePrincipalPolicy));
}

#[test]
fn a_profile_that_cannot_be_used_asks_nothing() {
    let seen = named().with(|all| {
        if let Some(operator) = &mut all.account.operator {
            operator.problem = Some("it runs a program".to_owned());
        }
    });
    assert_eq!(calls(&seen), []);
}

#[test]
fn a_simulation_fills_in_what_nothing_live_answered() {
    let seen = simulated(vec![row("ssmmessages:OpenDataChannel", "allowed")]);
    assert_eq!(
        permission(&seen, "ssmmessages:OpenDataChannel"),
        (Decision::Allowed, EvidenceKind::Simulation, None)
    );
}

#[test]
fn a_live_answer_outweighs_a_simulation() {
    let seen = simulated(vec![row(
        "ssmmessages:CreateControlChannel",
        "implicitDeny",
    )]);
    assert_eq!(
        permission(&seen, "ssmmessages:CreateControlChannel"),
        (Decision::Allowed, EvidenceKind::Probe, None)
    );
}

#[test]
fn a_condition_key_that_is_missing_leaves_the_action_unknown() {
    let mut missing = row("ssmmessages:OpenDataChannel", "implicitDeny");
    missing.missing_context = vec!["aws:SourceVpc".to_owned()];
    let (decision, ..) = permission(&simulated(vec![missing]), "ssmmessages:OpenDataChannel");
    assert_eq!(decision, Decision::Unknown);
}

#[test]
fn the_organization_is_believed_only_where_the_control_is_let_through() {
    let refused = |action: &str| Simulated {
        allowed_by_organizations: Some(false),
        ..row(action, "implicitDeny")
    };
    let action = "ssmmessages:OpenDataChannel";
    let seen = simulated(vec![
        refused(action),
        row("sts:GetCallerIdentity", "allowed"),
    ]);
    let layer = Some(Layer::ServiceControlPolicy);
    let denied = (Decision::Denied, EvidenceKind::Simulation, layer);
    assert_eq!(permission(&seen, action), denied);
    let seen = simulated(vec![refused(action), refused("sts:GetCallerIdentity")]);
    assert_eq!(permission(&seen, action).0, Decision::Unknown);
}

#[test]
fn a_simulation_of_another_role_says_nothing() {
    let seen = simulated(vec![row("ssmmessages:OpenDataChannel", "allowed")]).with(|all| {
        if let Some(simulation) = &mut all.account.simulation {
            simulation.role_arn = "arn:aws:iam::111122223333:role/Other".to_owned();
        }
    });
    let (decision, ..) = permission(&seen, "ssmmessages:OpenDataChannel");
    assert_eq!(decision, Decision::Unknown);
}
