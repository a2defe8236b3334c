//! The recorded runs of the real agent: from the files that each one left, the path concluded is
//! the one that the agent took.

#![expect(
    clippy::disallowed_methods,
    reason = "lays out the files of a made-up host"
)]

use std::path::{Path as File, PathBuf};

use jiff::{SignedDuration, Timestamp};
use ssm_probe::diagnose::selection::select;
use ssm_probe::diagnose::view::View;
use ssm_probe::host;
use ssm_probe::observations::{Observations, Path, Reading};
use ssm_probe::world::{Clock, Env, World};

use crate::seen::Seen;

/// Lays one run's files out as the agent had them.
fn lay_out(run: &str) -> tempfile::TempDir {
    let from = File::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/agent-runs")
        .join(run);
    let root = tempfile::tempdir().expect("a folder");
    let ssm = root.path().join("var/lib/amazon/ssm");
    let put = |name: &str, to: PathBuf| {
        let Ok(text) = std::fs::read(from.join(name)) else {
            return false;
        };
        std::fs::create_dir_all(to.parent().expect("it has one")).expect("a folder");
        std::fs::write(to, text).expect("a file");
        true
    };
    put(
        "identity_config.json",
        ssm.join("runtimeconfig/identity_config.json"),
    );
    put(
        "amazon-ssm-agent.log",
        root.path().join("var/log/amazon/ssm/amazon-ssm-agent.log"),
    );
    for (manifest, keys) in [
        (
            "Manifest",
            ["RegistrationKey", "InstanceFingerprint"].as_slice(),
        ),
        ("EC2Manifest", &["EC2RegistrationKey"]),
    ] {
        let listed: serde_json::Map<String, serde_json::Value> = keys
            .iter()
            .filter(|key| {
                put(
                    &format!("vault-{key}.json"),
                    ssm.join("Vault/Store").join(key),
                )
            })
            .map(|key| {
                (
                    (*key).to_owned(),
                    format!("/var/lib/amazon/ssm/Vault/Store/{key}").into(),
                )
            })
            .collect();
        if !listed.is_empty() {
            let text = serde_json::to_string(&listed).expect("it is JSON");
            std::fs::write(ssm.join("Vault").join(manifest), text).expect("a file");
        }
    }
    root
}

/// What is seen of a run from its files alone, `minutes` after the agent last had credentials.
fn offline(run: &str) -> Observations {
    let root = lay_out(run);
    let world = World {
        clock: Clock::Fixed(Timestamp::UNIX_EPOCH),
        env: Env::default(),
        root: root.path().to_path_buf(),
    };
    let (host, _) = host::collect(&world);
    let state = host.runtime_config.value().cloned();
    let retrieved = state.and_then(|state| state.credentials_retrieved_at);
    Seen::offline(
        host,
        retrieved.unwrap_or(Timestamp::UNIX_EPOCH) + SignedDuration::from_mins(1),
    )
    .0
}

#[track_caller]
fn check(run: &str, taken: Option<Path>) {
    let seen = offline(run);
    assert_eq!(select(View::new(&seen)).active, taken, "{run}");
}

#[test]
fn the_healthy_run_took_the_instance_profile() {
    check("healthy-profile", Some(Path::InstanceProfile));
    check("ssmmessages-nxdomain", Some(Path::InstanceProfile));
}

#[test]
fn the_run_without_a_profile_took_default_host_management() {
    check("dhmc-only", Some(Path::DefaultHostManagement));
}

#[test]
fn the_registered_run_took_the_hybrid_activation() {
    check("hybrid.imds-noroute", Some(Path::HybridActivation));
}

#[test]
fn the_broken_runs_took_nothing() {
    for run in ["profile-no-policy", "clock-skew", "imds-disabled"] {
        check(run, None);
    }
}

#[test]
fn a_key_removed_from_a_recording_is_not_taken_for_one() {
    let seen = offline("hybrid.imds-noroute");
    let Reading::Found { value, .. } = &seen.host.vault.registration else {
        panic!("{:?}", seen.host.vault.registration)
    };
    assert!(value.has_private_key && !value.private_key_usable);
}
