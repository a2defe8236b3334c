//! Rows I1 to I13: what the agent takes itself for.

use ssm_probe::diagnose::identity::{Chosen, Identity};
use ssm_probe::observations::{CustomIdentityEntry, Reading};
use ssm_probe::report::model::{Severity, VerdictOutcome};

use crate::seen::{Seen, task};

#[track_caller]
fn check(seen: &Seen, row: &str, chosen: &Chosen) {
    let choice = seen.selection().identity;
    assert_eq!((&choice.chosen, choice.row), (chosen, Some(row)));
}

fn custom(seen: &mut Seen) {
    seen.config(|config| {
        config.custom_identities.push(CustomIdentityEntry {
            instance_id: "my-node".to_owned(),
            region: "eu-west-1".to_owned(),
        });
    });
}

#[test]
fn i1_container_mode_takes_ecs_or_nothing() {
    let mut seen = Seen::ec2();
    seen.config(|config| config.container_mode = true);
    check(&seen, "I1", &Chosen::None);
    let seen = seen.with(|all| all.task_metadata = task());
    check(&seen, "I1", &Chosen::Is(Identity::Ecs));
}

#[test]
fn i2_a_complete_registration_wins_over_ec2() {
    check(
        &Seen::ec2().registered(),
        "I2",
        &Chosen::Is(Identity::OnPrem),
    );
    check(&Seen::hybrid(), "I2", &Chosen::Is(Identity::OnPrem));
}

#[test]
fn i3_without_a_registration_imds_makes_it_ec2() {
    check(&Seen::ec2(), "I3", &Chosen::Is(Identity::Ec2));
    check(
        &Seen::ec2().half_registered(),
        "I3",
        &Chosen::Is(Identity::Ec2),
    );
}

#[test]
fn i4_neither_leaves_a_custom_identity_or_none() {
    check(&Seen::elsewhere(), "I4", &Chosen::None);
    let mut seen = Seen::elsewhere();
    custom(&mut seen);
    check(&seen, "I4", &Chosen::Is(Identity::Custom));
    let verdict = Seen::elsewhere().report().verdict;
    assert_eq!(verdict.outcome, VerdictOutcome::NoPath);
    assert_eq!(verdict.cause.as_deref(), Some("not-registered"));
}

#[test]
fn i5_ec2_first_takes_ec2_whatever_the_vault_holds() {
    let seen = Seen::ec2().registered().order(&["EC2", "OnPrem"]);
    check(&seen, "I5", &Chosen::Is(Identity::Ec2));
}

#[test]
fn i6_ec2_first_without_imds_takes_the_registration() {
    let seen = Seen::hybrid().order(&["EC2", "OnPrem"]);
    check(&seen, "I6", &Chosen::Is(Identity::OnPrem));
}

#[test]
fn i7_only_on_prem_without_a_registration_is_nothing_even_on_ec2() {
    let seen = Seen::ec2().order(&["OnPrem"]);
    check(&seen, "I7", &Chosen::None);
    let verdict = seen.report().verdict;
    assert_eq!(verdict.outcome, VerdictOutcome::NoPath);
    assert_eq!(
        verdict.cause.as_deref(),
        Some("identity-order-excludes-host")
    );
}

#[test]
fn i8_only_on_prem_with_a_registration_takes_it() {
    check(
        &Seen::ec2().registered().order(&["OnPrem"]),
        "I8",
        &Chosen::Is(Identity::OnPrem),
    );
}

#[test]
fn i9_only_ec2_without_imds_is_nothing() {
    let seen = Seen::hybrid().order(&["EC2"]);
    check(&seen, "I9", &Chosen::None);
    let verdict = seen.report().verdict;
    assert_eq!(
        verdict.cause.as_deref(),
        Some("identity-order-excludes-host")
    );
}

#[test]
fn i10_ecs_first_takes_the_task_or_the_next() {
    let seen = Seen::ec2().order(&["ECS", "EC2"]);
    check(&seen, "I10", &Chosen::Is(Identity::Ec2));
    let seen = seen.with(|all| all.task_metadata = task());
    check(&seen, "I10", &Chosen::Is(Identity::Ecs));
}

#[test]
fn i11_custom_first_takes_its_entry() {
    let mut seen = Seen::ec2().order(&["CustomIdentity", "EC2"]);
    custom(&mut seen);
    check(&seen, "I11", &Chosen::Is(Identity::Custom));
}

#[test]
fn i12_only_invalid_words_leave_the_default_order() {
    let mut seen = Seen::ec2();
    seen.config(|config| config.order_all_invalid = true);
    check(&seen, "I12", &Chosen::Is(Identity::Ec2));
}

#[test]
fn i13_invalid_json_keeps_the_agent_from_starting() {
    let seen = Seen::ec2().with(|all| {
        all.host.config = Reading::Malformed {
            source: "/etc/amazon/ssm/amazon-ssm-agent.json".to_owned(),
            why: "expected `,` at line 3".to_owned(),
        };
    });
    check(&seen, "I13", &Chosen::NotStarted);
    let report = seen.report();
    assert_eq!(
        report.verdict.cause.as_deref(),
        Some("agent-config-invalid")
    );
    assert_eq!(report.verdict.outcome, VerdictOutcome::NoPath);
}

#[test]
fn a_vault_that_only_root_may_read_leaves_the_identity_unknown() {
    let seen = Seen::ec2().with(|all| {
        all.privileged = false;
        all.host.vault.registration = Reading::Forbidden {
            source: "Vault".to_owned(),
        };
    });
    let choice = seen.selection().identity;
    assert_eq!(
        (choice.certain(), choice.best()),
        (None, Some(Identity::Ec2))
    );
    let report = seen.report();
    assert_eq!(report.verdict.outcome, VerdictOutcome::Inconclusive);
    let finding = report
        .findings
        .iter()
        .find(|one| one.id == "not-privileged")
        .expect("it is said");
    assert_eq!(finding.severity, Severity::Warning);
}
