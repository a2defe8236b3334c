//! The plan: what is asked, in which order, and what never is.

use std::collections::BTreeSet;

use ssm_probe::observations::Call::{
    CreateControlChannel, GetCallerIdentity, RequestRoleTokenDefaultHostManagement,
    RequestRoleTokenHybrid, UpdateInstanceInformation,
};
use ssm_probe::observations::{Call, Imds, Path, ProbeLevel, Reading};
use ssm_probe::probe::plan::next;

use crate::seen::{INSTANCE, Seen, in_minutes};

fn calls(seen: &Seen) -> Vec<(Call, Path)> {
    next(&seen.0, &BTreeSet::new(), false)
        .into_iter()
        .map(|one| (one.call, one.path))
        .collect()
}

fn has(seen: &Seen, call: Call) -> bool {
    calls(seen).iter().any(|(one, _)| *one == call)
}

#[test]
fn at_passive_nothing_is_asked() {
    let seen = Seen::ec2().with(|all| all.probe_level = ProbeLevel::Passive);
    assert_eq!(calls(&seen), []);
}

#[test]
fn the_deciding_question_goes_first_and_alone() {
    assert_eq!(
        calls(&Seen::ec2()),
        [(UpdateInstanceInformation, Path::InstanceProfile)]
    );
    assert_eq!(
        calls(&Seen::hybrid()),
        [(RequestRoleTokenHybrid, Path::HybridActivation)]
    );
}

#[test]
fn a_fresh_state_lets_everything_go_at_once() {
    let seen = Seen::ec2().state(INSTANCE, "EC2", "EC2", in_minutes(30));
    let asked = calls(&seen);
    assert!(
        asked.contains(&(CreateControlChannel, Path::InstanceProfile)),
        "{asked:?}"
    );
    assert!(
        asked.contains(&(UpdateInstanceInformation, Path::InstanceProfile)),
        "{asked:?}"
    );
}

#[test]
fn who_waits_too_long_for_the_deciding_answer_waits_no_longer() {
    let pending = BTreeSet::from([UpdateInstanceInformation]);
    let seen = Seen::ec2();
    assert_eq!(next(&seen.0, &pending, false), []);
    assert!(
        next(&seen.0, &pending, true)
            .iter()
            .any(|one| one.call == CreateControlChannel)
    );
}

#[test]
fn a_denied_profile_is_followed_by_the_default_host_management_token() {
    let seen = Seen::ec2().denied(UpdateInstanceInformation, Path::InstanceProfile);
    assert_eq!(
        calls(&seen),
        [(
            RequestRoleTokenDefaultHostManagement,
            Path::DefaultHostManagement
        )]
    );
}

#[test]
fn with_its_token_the_rest_is_asked_on_default_host_management() {
    let mut seen = Seen::ec2().no_profile().dhmc_on();
    seen.0.calls.remove(&CreateControlChannel);
    let asked = calls(&seen);
    assert!(
        asked.contains(&(CreateControlChannel, Path::DefaultHostManagement)),
        "{asked:?}"
    );
    assert!(
        asked
            .iter()
            .all(|(_, path)| *path == Path::DefaultHostManagement),
        "{asked:?}"
    );
}

#[test]
fn nothing_is_ever_asked_twice() {
    let seen = Seen::ec2()
        .allowed(UpdateInstanceInformation, Path::InstanceProfile)
        .allowed(CreateControlChannel, Path::InstanceProfile);
    assert!(!has(&seen, UpdateInstanceInformation) && !has(&seen, CreateControlChannel));
    let seen = Seen::ec2()
        .denied(UpdateInstanceInformation, Path::InstanceProfile)
        .dhmc_on();
    assert!(
        !has(&seen, UpdateInstanceInformation),
        "not on the other path either"
    );
}

#[test]
fn an_agent_that_does_not_run_sends_no_ping_and_asks_no_token() {
    let stopped = |seen: Seen| {
        seen.with(|all| all.host.agent.processes = Reading::found(Vec::new(), "/proc"))
    };
    assert!(!has(&stopped(Seen::ec2()), UpdateInstanceInformation));
    assert!(has(&stopped(Seen::ec2()), CreateControlChannel));
    assert_eq!(calls(&stopped(Seen::hybrid())), []);
    let full = |seen: Seen| seen.with(|all| all.probe_level = ProbeLevel::Full);
    assert!(has(&full(stopped(Seen::ec2())), UpdateInstanceInformation));
    assert!(has(&full(stopped(Seen::hybrid())), RequestRoleTokenHybrid));
}

#[test]
fn a_ping_never_carries_a_made_up_version() {
    let seen =
        Seen::ec2().with(|all| all.host.agent.version = Reading::not_read("nothing says it"));
    assert!(!has(&seen, UpdateInstanceInformation));
}

#[test]
fn an_identity_that_is_only_likely_sends_no_ping() {
    let seen = Seen::ec2().with(|all| {
        all.host.vault.registration = Reading::Forbidden {
            source: "Vault".to_owned(),
        };
    });
    assert!(!has(&seen, UpdateInstanceInformation) && has(&seen, GetCallerIdentity));
}

#[test]
fn before_imds_has_answered_only_a_registration_is_acted_on() {
    let waiting = |seen: Seen| seen.with(|all| all.imds = Imds::not_asked("not yet"));
    assert_eq!(calls(&waiting(Seen::ec2())), []);
    assert!(has(&waiting(Seen::hybrid()), RequestRoleTokenHybrid));
}

#[test]
fn data_channels_and_upgrades_are_for_full_only() {
    let seen = Seen::ec2().allowed(UpdateInstanceInformation, Path::InstanceProfile);
    assert!(!has(&seen, Call::CreateDataChannel) && !has(&seen, Call::OpenControlChannel));
    let seen = seen.with(|all| all.probe_level = ProbeLevel::Full);
    assert!(has(&seen, Call::CreateDataChannel) && has(&seen, Call::OpenControlChannel));
}
