//! Rows H1 to H9: which credentials, where the identity is `OnPrem`.

use ssm_probe::observations::Call::{
    CreateControlChannel, RequestRoleTokenHybrid, UpdateInstanceInformation,
};
use ssm_probe::observations::{CredentialSource, Path};
use ssm_probe::report::model::PathState::{Active, Broken, Missing, Unknown};
use ssm_probe::report::model::{Severity, VerdictOutcome};

use crate::seen::{Expect, Seen, check};

const HYBRID: Path = Path::HybridActivation;

fn no_path(cause: &str) -> Expect<'_> {
    Expect {
        outcome: VerdictOutcome::NoPath,
        path: None,
        cause: Some(cause),
        states: &[(HYBRID, Broken), (Path::InstanceProfile, Missing)],
        missing: &[],
    }
}

fn usable() -> Expect<'static> {
    Expect {
        outcome: VerdictOutcome::Usable,
        path: Some(HYBRID),
        cause: None,
        states: &[(HYBRID, Active), (Path::DefaultHostManagement, Missing)],
        missing: &[],
    }
}

/// The token call is answered with an error.
fn refused(code: &str, message: &str) -> Seen {
    Seen::hybrid().answered(RequestRoleTokenHybrid, HYBRID, 400, code, message)
}

fn working() -> Seen {
    Seen::hybrid()
        .stored_hybrid()
        .allowed(UpdateInstanceInformation, HYBRID)
        .allowed(CreateControlChannel, HYBRID)
}

#[test]
fn h1_a_registered_node_with_a_good_role_is_usable() {
    check(&working(), "H1", &usable());
    let issued = Seen::hybrid()
        .allowed(RequestRoleTokenHybrid, HYBRID)
        .credentials(HYBRID, CredentialSource::RoleToken)
        .allowed(CreateControlChannel, HYBRID);
    check(&issued, "H1", &usable());
}

#[test]
fn h2_a_deregistered_node_has_nothing() {
    let seen = refused(
        "InvalidInstanceId",
        "Not existing InstanceId mi-0123456789abcdef0",
    );
    check(&seen, "H2", &no_path("hybrid-deregistered"));
}

#[test]
fn h3_a_changed_fingerprint_has_nothing() {
    let seen = refused(
        "MachineFingerprintDoesNotMatch",
        "Fingerprint doesn't match",
    );
    check(&seen, "H3", &no_path("hybrid-fingerprint-changed"));
}

#[test]
fn h4_a_role_that_is_not_handed_out_is_nothing() {
    check(
        &refused("AccessDeniedException", "no"),
        "H4",
        &no_path("hybrid-role-unusable"),
    );
}

#[test]
fn h5_a_role_that_may_not_register_blocks() {
    let seen = Seen::hybrid()
        .stored_hybrid()
        .denied(UpdateInstanceInformation, HYBRID)
        .allowed(CreateControlChannel, HYBRID);
    check(
        &seen,
        "H5",
        &Expect {
            outcome: VerdictOutcome::Blocked,
            path: Some(HYBRID),
            cause: Some("registration-permission-missing"),
            states: &[(HYBRID, Active)],
            missing: &["ssm:UpdateInstanceInformation"],
        },
    );
}

#[test]
fn h6_a_role_without_channels_blocks() {
    let seen = Seen::hybrid()
        .stored_hybrid()
        .allowed(UpdateInstanceInformation, HYBRID)
        .denied(CreateControlChannel, HYBRID);
    check(
        &seen,
        "H6",
        &Expect {
            outcome: VerdictOutcome::Blocked,
            path: Some(HYBRID),
            cause: Some("session-permission-missing"),
            states: &[(HYBRID, Active)],
            missing: &["ssmmessages:CreateControlChannel"],
        },
    );
}

#[test]
fn h7_a_broken_network_decides_nothing() {
    let seen = Seen::hybrid().silent(RequestRoleTokenHybrid, HYBRID);
    assert_eq!(seen.selection().row, Some("H7"));
    let report = seen.report();
    assert_eq!(report.verdict.path, None);
    assert!(
        report
            .findings
            .iter()
            .all(|one| !one.id.starts_with("hybrid-")),
        "{:#?}",
        report.findings
    );
}

#[test]
fn h8_the_tier_cannot_be_seen_and_is_said() {
    let report = working().report();
    let note = report
        .findings
        .iter()
        .find(|one| one.id == "hybrid-tier-not-visible")
        .expect("it is said");
    assert_eq!(note.severity, Severity::Note);
    assert_eq!(report.verdict.outcome, VerdictOutcome::Usable);
}

#[test]
fn h9_a_wrong_clock_blocks() {
    let seen = refused(
        "InvalidSignatureException",
        "Signature expired: 20260101T114000Z is now earlier than 20260101T115500Z (20260101T120000Z - 5 min.)",
    );
    check(
        &seen,
        "H9",
        &Expect {
            outcome: VerdictOutcome::Blocked,
            path: None,
            cause: Some("clock-skew"),
            states: &[(HYBRID, Unknown)],
            missing: &[],
        },
    );
}

#[test]
fn a_registration_on_an_ec2_instance_is_the_cause_when_it_is_dead() {
    let seen = Seen::ec2().registered().answered(
        RequestRoleTokenHybrid,
        HYBRID,
        400,
        "InvalidInstanceId",
        "Not existing InstanceId",
    );
    let report = seen.report();
    assert_eq!(
        report.verdict.cause.as_deref(),
        Some("hybrid-registration-leftover")
    );
    let note = report
        .findings
        .iter()
        .find(|one| one.id == "hybrid-deregistered")
        .expect("it is said");
    assert_eq!(
        note.severity,
        Severity::Note,
        "clearing the registration mends it"
    );
}

#[test]
fn a_registration_on_an_ec2_instance_that_works_is_a_warning() {
    let seen = Seen::ec2()
        .registered()
        .stored_hybrid()
        .allowed(CreateControlChannel, HYBRID);
    let report = seen.report();
    assert_eq!(report.verdict.outcome, VerdictOutcome::Usable);
    let found = report
        .findings
        .iter()
        .find(|one| one.id == "hybrid-registration-leftover")
        .expect("it is said");
    assert_eq!(found.severity, Severity::Warning);
}

#[test]
fn a_half_finished_registration_elsewhere_was_refused() {
    let report = Seen::elsewhere().half_registered().report();
    assert_eq!(
        report.verdict.cause.as_deref(),
        Some("hybrid-activation-refused")
    );
}
