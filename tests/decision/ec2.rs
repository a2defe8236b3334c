//! Rows E1 to E21: which credentials, where the identity is EC2.

use ssm_probe::observations::Call::{
    CreateControlChannel, RequestRoleTokenDefaultHostManagement, UpdateInstanceInformation,
};
use ssm_probe::observations::{Call, CredentialsDocument, Fetched, Path};
use ssm_probe::report::model::PathState::{Active, Broken, Missing, Unknown};
use ssm_probe::report::model::{Severity, VerdictOutcome};

use crate::seen::{Expect, INSTANCE, Seen, check, in_minutes, now, status};

const PROFILE: Path = Path::InstanceProfile;
const DHMC: Path = Path::DefaultHostManagement;

fn usable(path: Path) -> Expect<'static> {
    Expect {
        outcome: VerdictOutcome::Usable,
        path: Some(path),
        cause: None,
        states: &[],
        missing: &[],
    }
}

fn no_path(cause: &str) -> Expect<'_> {
    Expect {
        outcome: VerdictOutcome::NoPath,
        path: None,
        cause: Some(cause),
        states: &[],
        missing: &[],
    }
}

/// The profile's role may not call `UpdateInstanceInformation`.
fn denied_profile() -> Seen {
    Seen::ec2().denied(UpdateInstanceInformation, PROFILE)
}

#[track_caller]
fn severity(seen: &Seen, id: &str) -> Option<Severity> {
    seen.report()
        .findings
        .into_iter()
        .find(|one| one.id == id)
        .map(|one| one.severity)
}

#[test]
fn e1_a_profile_that_may_register_is_taken() {
    let seen = Seen::ec2()
        .allowed(UpdateInstanceInformation, PROFILE)
        .allowed(CreateControlChannel, PROFILE);
    let states = [
        (PROFILE, Active),
        (DHMC, Unknown),
        (Path::HybridActivation, Missing),
    ];
    check(
        &seen,
        "E1",
        &Expect {
            states: &states,
            ..usable(PROFILE)
        },
    );
    assert_eq!(severity(&seen, "host-is-fine"), Some(Severity::Note));
}

#[test]
fn e2_a_profile_without_channels_is_taken_and_blocks() {
    let seen = Seen::ec2()
        .allowed(UpdateInstanceInformation, PROFILE)
        .denied(CreateControlChannel, PROFILE);
    check(
        &seen,
        "E2",
        &Expect {
            outcome: VerdictOutcome::Blocked,
            path: Some(PROFILE),
            cause: Some("session-permission-missing"),
            states: &[(PROFILE, Active), (DHMC, Unknown)],
            missing: &["ssmmessages:CreateControlChannel"],
        },
    );
    assert_eq!(severity(&seen, "dhmc-shadowed"), Some(Severity::Warning));
}

#[test]
fn e3_a_denied_profile_leads_to_default_host_management() {
    let seen = denied_profile().dhmc_on();
    check(
        &seen,
        "E3",
        &Expect {
            states: &[(PROFILE, Broken), (DHMC, Active)],
            ..usable(DHMC)
        },
    );
    assert_eq!(
        severity(&seen, "registration-permission-missing"),
        Some(Severity::Note)
    );
}

#[test]
fn e4_a_denied_profile_and_no_default_host_management_is_nothing() {
    let seen = denied_profile().dhmc_off();
    let states = [(PROFILE, Broken), (DHMC, Missing)];
    check(
        &seen,
        "E4",
        &Expect {
            states: &states,
            ..no_path("registration-permission-missing")
        },
    );
    assert_eq!(severity(&seen, "dhmc-not-enabled"), Some(Severity::Note));
}

#[test]
fn e4_a_host_that_was_on_default_host_management_misses_that() {
    let seen = denied_profile()
        .dhmc_off()
        .state(INSTANCE, "EC2", "SSM", in_minutes(-60));
    check(&seen, "E4", &no_path("dhmc-not-enabled"));
}

#[test]
fn e5_a_denied_profile_and_no_registration_is_nothing() {
    let seen = denied_profile().unregistered_instance();
    check(
        &seen,
        "E5",
        &Expect {
            states: &[(PROFILE, Broken), (DHMC, Broken)],
            ..no_path("registration-permission-missing")
        },
    );
    assert_eq!(
        severity(&seen, "ec2-registration-missing"),
        Some(Severity::Note)
    );
}

#[test]
fn e6_no_profile_leads_to_default_host_management() {
    let seen = Seen::ec2().no_profile().dhmc_on();
    check(
        &seen,
        "E6",
        &Expect {
            states: &[(PROFILE, Missing), (DHMC, Active)],
            ..usable(DHMC)
        },
    );
}

#[test]
fn e7_no_profile_and_no_default_host_management_is_nothing() {
    let seen = Seen::ec2().no_profile().dhmc_off();
    check(
        &seen,
        "E7",
        &Expect {
            states: &[(PROFILE, Missing), (DHMC, Missing)],
            ..no_path("no-permission-path")
        },
    );
    assert_eq!(severity(&seen, "dhmc-not-enabled"), None);
}

#[test]
fn e8_no_profile_and_no_registration_is_nothing() {
    let seen = Seen::ec2().no_profile().unregistered_instance();
    check(&seen, "E8", &no_path("ec2-registration-missing"));
}

#[test]
fn e9_a_role_that_cannot_be_assumed_leads_to_default_host_management() {
    let seen = Seen::ec2().refused_role().dhmc_on();
    check(
        &seen,
        "E9",
        &Expect {
            states: &[(PROFILE, Broken), (DHMC, Active)],
            ..usable(DHMC)
        },
    );
    assert_eq!(severity(&seen, "role-trust-wrong"), Some(Severity::Warning));
}

#[test]
fn e10_a_role_that_cannot_be_assumed_and_nothing_else_is_nothing() {
    let seen = Seen::ec2().refused_role().dhmc_off();
    check(&seen, "E10", &no_path("role-trust-wrong"));
    assert_eq!(severity(&seen, "dhmc-not-enabled"), Some(Severity::Note));
}

#[test]
fn e11_an_older_agent_does_not_go_on_from_a_broken_trust() {
    let seen = Seen::ec2().refused_role().version("3.2.700.0");
    check(
        &seen,
        "E11",
        &Expect {
            states: &[(PROFILE, Broken), (DHMC, Unknown)],
            ..no_path("role-trust-wrong")
        },
    );
}

#[test]
fn e12_an_unreachable_service_decides_nothing() {
    let seen = Seen::ec2().silent(UpdateInstanceInformation, PROFILE);
    let report = seen.report();
    assert_eq!(seen.selection().row, Some("E12"));
    assert_eq!(report.verdict.path, None);
    assert_eq!(severity(&seen, "dhmc-not-tried"), Some(Severity::Note));
    assert!(
        report
            .findings
            .iter()
            .all(|one| !one.id.contains("permission")),
        "{:#?}",
        report.findings
    );
}

#[test]
fn e13_a_throttled_test_decides_nothing() {
    let seen = Seen::ec2().answered(
        UpdateInstanceInformation,
        PROFILE,
        400,
        "ThrottlingException",
        "Rate exceeded",
    );
    check(
        &seen,
        "E13",
        &Expect {
            outcome: VerdictOutcome::Inconclusive,
            path: None,
            cause: None,
            states: &[(PROFILE, Unknown), (DHMC, Unknown)],
            missing: &[],
        },
    );
    assert_eq!(
        severity(&seen, "service-unavailable"),
        Some(Severity::Warning)
    );
}

#[test]
fn e14_ended_or_unknown_keys_are_nothing() {
    for code in [
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "UnrecognizedClientException",
    ] {
        let seen = Seen::ec2().answered(UpdateInstanceInformation, PROFILE, 400, code, "no");
        check(
            &seen,
            "E14",
            &Expect {
                states: &[(PROFILE, Broken), (DHMC, Unknown)],
                ..no_path("instance-credentials-expired")
            },
        );
    }
}

#[test]
fn e15_a_wrong_clock_blocks_whatever_is_allowed() {
    let seen = Seen::ec2().answered(
        UpdateInstanceInformation,
        PROFILE,
        400,
        "InvalidSignatureException",
        "Signature expired: 20260101T114000Z is now earlier than 20260101T115500Z (20260101T120000Z - 5 min.)",
    );
    check(
        &seen,
        "E15",
        &Expect {
            outcome: VerdictOutcome::Blocked,
            path: None,
            cause: Some("clock-skew"),
            states: &[(PROFILE, Unknown), (DHMC, Unknown)],
            missing: &[],
        },
    );
}

#[test]
fn e16_an_empty_role_list_is_nothing() {
    let seen = Seen::ec2().with(|all| {
        all.imds.role_name = Fetched::Empty { at: now() };
        all.imds.role_credentials = Fetched::not_asked("no role");
        all.credentials.clear();
    });
    check(
        &seen,
        "E16",
        &Expect {
            states: &[(PROFILE, Broken)],
            ..no_path("profile-empty")
        },
    );
}

#[test]
fn e17_default_host_management_without_the_identity_role_is_nothing() {
    let seen = Seen::ec2()
        .no_profile()
        .with(|all| all.imds.identity_credentials = status(404));
    check(
        &seen,
        "E17",
        &Expect {
            states: &[(DHMC, Broken)],
            ..no_path("dhmc-identity-role-unreadable")
        },
    );
}

#[test]
fn e18_default_host_management_with_another_key_is_nothing() {
    let seen = Seen::ec2().no_profile().answered(
        RequestRoleTokenDefaultHostManagement,
        DHMC,
        400,
        "AccessDeniedException",
        "not authorized",
    );
    check(
        &seen,
        "E18",
        &Expect {
            states: &[(DHMC, Broken)],
            ..no_path("ec2-registration-missing")
        },
    );
}

#[test]
fn e19_default_host_management_whose_role_lacks_something_blocks() {
    let given = || {
        Seen::ec2()
            .no_profile()
            .dhmc_on()
            .allowed(UpdateInstanceInformation, DHMC)
    };
    let lacking = |call: Call, cause: &'static str, action: &'static str| {
        let seen = given().denied(call, DHMC);
        check(
            &seen,
            "E6",
            &Expect {
                outcome: VerdictOutcome::Blocked,
                path: Some(DHMC),
                cause: Some(cause),
                states: &[(DHMC, Active)],
                missing: &[action],
            },
        );
    };
    lacking(
        CreateControlChannel,
        "session-permission-missing",
        "ssmmessages:CreateControlChannel",
    );
    lacking(
        UpdateInstanceInformation,
        "registration-permission-missing",
        "ssm:UpdateInstanceInformation",
    );
}

#[test]
fn e20_an_agent_from_before_default_host_management_has_nothing() {
    let seen = Seen::ec2().no_profile().version("3.2.500.0");
    check(
        &seen,
        "E20",
        &Expect {
            states: &[(DHMC, Broken)],
            ..no_path("dhmc-agent-too-old")
        },
    );
}

#[test]
fn e21_a_fresh_state_keeps_the_profile_until_the_next_test() {
    let seen = Seen::ec2()
        .state(INSTANCE, "EC2", "EC2", in_minutes(40))
        .allowed(CreateControlChannel, PROFILE);
    check(
        &seen,
        "E21",
        &Expect {
            states: &[(PROFILE, Active)],
            ..usable(PROFILE)
        },
    );
}

#[test]
fn a_state_past_its_end_selects_nothing() {
    let seen = Seen::ec2().state(INSTANCE, "EC2", "EC2", in_minutes(-1));
    assert_eq!(seen.selection().active, None);
    assert!(seen.selection().question.is_some());
}

#[test]
fn keys_past_their_end_are_expired_before_aws_says_so() {
    let seen = Seen::ec2().with(|all| {
        if let Fetched::Value {
            value: CredentialsDocument { expires_at, .. },
            ..
        } = &mut all.imds.role_credentials
        {
            *expires_at = Some(in_minutes(-5));
        }
    });
    check(&seen, "E14", &no_path("instance-credentials-expired"));
}
