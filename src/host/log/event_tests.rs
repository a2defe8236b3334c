use jiff::Timestamp;

use super::{FRAGMENTS, Finding, Meaning, SIGNS, go_duration_ms, recognise, shorten};
use crate::host::log::entry::{Entry, for_each};
use crate::observations::{EventKind as E, LogEvent, LogLevel, LogSource, Sign as S};

fn entry(text: &str) -> Entry {
    Entry {
        at: Timestamp::UNIX_EPOCH,
        level: LogLevel::Error,
        text: text.as_bytes().to_vec(),
    }
}

#[track_caller]
fn event(text: &str) -> LogEvent {
    match recognise(&entry(text)) {
        Finding::Event(event) => event,
        Finding::Noise => panic!("noise: {text}"),
        Finding::Unknown => panic!("unknown: {text}"),
    }
}

/// The fragments of `agent-credentials.md` section 6 and `failures.md` section 0 in the texts of
/// the generations that wrote them.
const CORPUS: &[(&str, E)] = &[
    (
        "[ssm-agent-worker] Agent will take identity from EC2",
        E::IdentityTaken,
    ),
    ("Agent will take identity from OnPrem", E::IdentityTaken),
    (
        "Checking if agent identity type OnPrem can be assumed",
        E::IdentityTried,
    ),
    ("Identity type 'foo' does not exist", E::IdentityWordUnknown),
    (
        "[EC2Identity] Failed to get instance info from IMDS. Err: failed to get identity instance id. Error: EC2MetadataError: failed to get IMDSv2 token and fallback to IMDSv1 is disabled",
        E::Ec2IdentityFailed,
    ),
    // 2.3 and 3.0.
    (
        "Failed to fetch instance ID. Data from vault is empty. RequestError: send request failed",
        E::Ec2IdentityFailed,
    ),
    (
        "error fetching the instanceID, failed to fetch instance ID. x",
        E::Ec2IdentityFailed,
    ),
    ("Agent failed to assume any identity", E::NoIdentity),
    (
        "failed to find identity, retrying: failed to find agent identity",
        E::NoIdentity,
    ),
    (
        "Error occurred when starting amazon-ssm-agent: failed to get identity: failed to find agent identity",
        E::StartFailed,
    ),
    // 3.0.
    (
        "error occurred when starting amazon-ssm-agent: x",
        E::StartFailed,
    ),
    (
        "failed to get identity from ECS metadata",
        E::EcsIdentityFailed,
    ),
    (
        "[ECSIdentity] Agent not taking ECS identity: Could not fetch metadata endpoint",
        E::EcsIdentityFailed,
    ),
    (
        "The InstanceID provided as part of CustomIdentity cannot be empty. Skipping custom identity #0",
        E::CustomIdentitySkipped,
    ),
    (
        "app config could not be loaded - invalid character",
        E::ConfigInvalid,
    ),
    (
        "Failed to load instance info from vault. data file of RegistrationKey is missing",
        E::RegistrationLost,
    ),
    (
        "Failed to unmarshal instance info. x",
        E::RegistrationDamaged,
    ),
    (
        "failed to set permission for vault folder or its content. x",
        E::VaultNotWritable,
    ),
    ("failed to create IPC folder: x", E::DataRootNotWritable),
    (
        "[EC2Identity] Registration info found for ec2 instance",
        E::Ec2Registered,
    ),
    (
        "[EC2Identity] No registration info found for ec2 instance, attempting registration",
        E::Ec2NotRegistered,
    ),
    (
        "[EC2Identity] EC2 registration was successful.",
        E::Ec2Registered,
    ),
    (
        "[EC2Identity] Registering EC2 instance with Systems Manager",
        E::Ec2Registering,
    ),
    (
        "[amazon-ssm-agent] Registrar detected. Attempting registration",
        E::RegistrarStarted,
    ),
    (
        "[amazon-ssm-agent] Registration attempted. Resuming core agent startup.",
        E::RegistrarEnded,
    ),
    (
        "[CredentialRefresher] Unexpected identity retrieved: ECS. Stopping credential refresher.",
        E::RefresherStopped,
    ),
    (
        "Retrieve credentials produced error: no valid credentials could be retrieved for ec2 identity. Default Host Management Err: ec2 instance not yet registered with Systems Manager",
        E::CredentialsFailed,
    ),
    (
        "Retrieve credentials produced error: unexpected error getting instance profile role credentials or calling UpdateInstanceInformation. Skipping default host management fallback: x",
        E::CredentialsFailed,
    ),
    (
        "Instance appears to already be registered. Err: x",
        E::Ec2AlreadyRegistered,
    ),
    (
        "[Registrar] failed to register identity: error calling RegisterManagedInstance API: RequestError: send request failed",
        E::Ec2RegistrationFailed,
    ),
    (
        "[Registrar] sleeping for 0.26666666666666666 minutes before retrying registration",
        E::Ec2RegistrationSleep,
    ),
    (
        "EC2RoleProvider Successfully connected with instance profile role credentials",
        E::ProfileConnected,
    ),
    (
        "EC2RoleProvider Failed to connect to Systems Manager with instance profile role credentials. Err: retrieved credentials failed to report to ssm. Error: EC2RoleRequestError: no EC2 instance role found",
        E::ProfileRefused,
    ),
    (
        "EC2RoleProvider Successfully connected with Systems Manager role credentials",
        E::DhmcConnected,
    ),
    (
        "EC2RoleProvider Failed to connect to Systems Manager with SSM role credentials. x",
        E::DhmcFailed,
    ),
    (
        "[TokenRequestService] failed to retrieve instance identity role. Error: RequestError",
        E::InstanceIdentityFailed,
    ),
    (
        "Failed to get credential source from runtime config",
        E::RuntimeConfigBad,
    ),
    (
        "failed to retrieve instance profile role credentials. Err: x",
        E::ProfileVanished,
    ),
    (
        "unable to load shared credentials. Err: x",
        E::SharedCredentialsBad,
    ),
    (
        "shared credentials are already expired, they were retrieved at a and expired at b",
        E::SharedCredentialsBad,
    ),
    (
        "runtime config has an empty ShareFile",
        E::SharedCredentialsBad,
    ),
    (
        "[CredentialRefresher] credentialRefresher has started",
        E::RefresherStarted,
    ),
    // 3.0.
    (
        "[CredentialRefresher] CredentialRefresher has started",
        E::RefresherStarted,
    ),
    (
        "[CredentialRefresher] Starting credentials refresher loop",
        E::RefresherStarted,
    ),
    (
        "[CredentialRefresher] Credentials ready",
        E::CredentialsReady,
    ),
    // 3.0 and 3.1.
    (
        "Credentials exist and have not expired, sending ready message",
        E::CredentialsReady,
    ),
    (
        "Next credential rotation will be in 29.99997795335 minutes",
        E::CredentialsRotation,
    ),
    (
        "Identity does not require credential refresher",
        E::RefresherNotNeeded,
    ),
    (
        "Identity does not want core agent to rotate credentials",
        E::RefresherNotNeeded,
    ),
    // 3.2 and later, 3.0.
    (
        "Credentials are not available when they should be: x",
        E::SharedCredentialsBad,
    ),
    (
        "Credentials are not available when they should: x",
        E::SharedCredentialsBad,
    ),
    (
        "Retrieve credentials produced error: x",
        E::CredentialsFailed,
    ),
    // 3.0 and 3.1.
    (
        "Retrieve credentials produced unrecoverable aws error: x",
        E::CredentialsFailed,
    ),
    (
        "Retrieve credentials produced aws error: x",
        E::CredentialsFailed,
    ),
    // 2.3.
    (
        "error occurred in RequestManagedInstanceRoleToken: InvalidInstanceId: Not existing InstanceId mi-0",
        E::CredentialsFailed,
    ),
    (
        "Status code 400 returned from AWS API. RequestId: x Message: y",
        E::CredentialsStatus,
    ),
    (
        "Sleeping for 25m5s before retrying retrieve credentials",
        E::CredentialsSleep,
    ),
    (
        "Failed to save new expiration: x",
        E::RuntimeConfigNotWritten,
    ),
    (
        "Failed to write credentials to disk, attempting force write",
        E::SharedCredentialsNotWritten,
    ),
    (
        "Failed to write credentials to disk even with force, retrying: x",
        E::SharedCredentialsNotWritten,
    ),
    (
        "Cannot connect to AWS Systems Manager.  The hardware ID (a) has changed from the registered value (b).",
        E::MachineIdChanged,
    ),
    (
        "Cannot connect to AWS Systems Manager.  Machine configuration has changed more than the allowed threshold.",
        E::HardwareChanged,
    ),
    (
        "The 'bios-hash' value (a) has changed from the registered machine configuration value (b).",
        E::HardwarePropertyChanged,
    ),
    (
        "Cannot connect to AWS Systems Manager.  The saved machine configuration could not be loaded or the current machine configuration could not be determined.",
        E::HardwareUnknown,
    ),
    (
        "Calculated hardware difference, regenerating fingerprint...",
        E::FingerprintReplaced,
    ),
    (
        "No initial fingerprint detected, generating fingerprint file...",
        E::FingerprintCreated,
    ),
    (
        "Could not read InstanceFingerprint file: x",
        E::FingerprintBad,
    ),
    (
        "Error while fetching hardware hashes from instance: x",
        E::HardwareUnknown,
    ),
    (
        "Hardware hash generated contains invalid characters. x",
        E::HardwareUnknown,
    ),
    ("Failed to get machine fingerprint: x", E::FingerprintBad),
    (
        "Failed to rotate private key with error: x",
        E::KeyRotationFailed,
    ),
    // 3.3, and 3.0 with its typing error.
    (
        "Failed to roll-back remove public key change, instance most likely needs to be re-registered: x",
        E::KeyRotationLost,
    ),
    (
        "instance most likely needs to be re-registed: x",
        E::KeyRotationLost,
    ),
    (
        "Failed to get path to shared credentials file, not sharing credentials: x",
        E::SharedCredentialsNotWritten,
    ),
    (
        "Registration failed due to error registering the instance with AWS SSM. ActivationExpired: ",
        E::HybridRegistrationFailed,
    ),
    (
        "Successfully registered the instance with AWS SSM using Managed instance-id: mi-0123",
        E::HybridRegistered,
    ),
    (
        "Registration information has been removed from the instance.",
        E::HybridRegistrationCleared,
    ),
    (
        "Entering SSM Agent hibernate - AccessDeniedException: x",
        E::Hibernating,
    ),
    // 3.0 and 3.1.
    ("Entering SSM Agent Worker hibernate - x", E::Hibernating),
    (
        "Agent is in hibernate mode. Reducing logging. Logging will be reduced to one log per backoff period",
        E::HibernationStarted,
    ),
    (
        "Health ping failed with error - x",
        E::HibernationPingFailed,
    ),
    (
        "Backing off health check to every 600 seconds for 1800 seconds.",
        E::HibernationBackoff,
    ),
    (
        "error when calling AWS APIs. error details - x",
        E::PingFailed,
    ),
    (
        "Failed to get controlchannel token, error: CreateControlChannel failed with error: createControlChannel request failed: x",
        E::ControlChannelRefused,
    ),
    (
        "Error setting up control channel: x",
        E::ControlChannelFailed,
    ),
    // 2.3 and 3.0.
    (
        "Failed to setup control channel, err: x",
        E::ControlChannelFailed,
    ),
    (
        "Failed to dial websocket, status: 403 Forbidden, err: websocket: bad handshake",
        E::ControlChannelFailed,
    ),
    ("Set up control channel successfully", E::ControlChannelUp),
    (
        "SSM Connection channel status is set to ssmmessages",
        E::ChannelSsmmessages,
    ),
    (
        "SSM Connection channel status is set to ec2messages",
        E::ChannelEc2messages,
    ),
    (
        "GetMessages Error: AccessDeniedException: x",
        E::MessagesFailed,
    ),
    (
        "Encountered error while initiating handshake. Handshake timed out. Please ensure",
        E::HandshakeTimedOut,
    ),
    (
        "Encountered error while initiating handshake. Fetching data key failed: Unable to retrieve data key, Error when decrypting data key AccessDenied",
        E::DataKeyFailed,
    ),
    (
        "We couldn't start the session because encryption is not set up on the selected Amazon S3 bucket. x",
        E::S3EncryptionRefused,
    ),
    (
        "Couldn't start the session because we are unable to validate encryption on Amazon S3 bucket. Error: AccessDenied",
        E::S3EncryptionRefused,
    ),
    (
        "We couldn't start the session because encryption is not set up on the selected CloudWatch Logs log group. x",
        E::LogsEncryptionRefused,
    ),
    (
        "Couldn't start the session because we are unable to validate encryption on CloudWatch Logs log group. x",
        E::LogsEncryptionRefused,
    ),
    (
        "Error Calling DescribeLogGroups:RequestError: x",
        E::LogGroupsFailed,
    ),
    ("Failed uploading s3://x AccessDenied", E::UploadFailed),
    (
        "Unable to start command: failed to start pty since RunAs user alice does not exist",
        E::RunAsUserMissing,
    ),
    (
        "filewatcher listener encountered error when start watcher: too many open files",
        E::WatcherFailed,
    ),
    (
        "filewatcher listener encountered error when add watch: no space left on device",
        E::WatcherFailed,
    ),
    (
        "Plugin with name Standard_Stream not found",
        E::PluginMissing,
    ),
    (
        "Plugin with name Standard_Stream is not found",
        E::PluginMissing,
    ),
    (
        "[amazon-ssm-agent] [LongRunningWorkerContainer] [WorkerProvider] Worker ssm-agent-worker is not running, starting worker process",
        E::WorkerLaunched,
    ),
    (
        "[amazon-ssm-agent] amazon-ssm-agent got signal:terminated value:0x9217a0",
        E::CoreStopped,
    ),
    (
        "Failed to get datachannel token, error: CreateDataChannel failed with error: x",
        E::DataChannelRefused,
    ),
    ("Handshake successfully completed.", E::DataChannelUp),
    ("failed to start worker: x", E::WorkerNotStarted),
    (
        "fork/exec /usr/bin/ssm-session-worker: permission denied",
        E::ProgramRefused,
    ),
    ("SSM Agent Worker crashed with message x!", E::Panicked),
    (
        "[amazon-ssm-agent] amazon-ssm-agent - v3.3.0.0",
        E::CoreStarted,
    ),
    (
        "[ssm-agent-worker] ssm-agent-worker - v3.3.0.0",
        E::WorkerStarted,
    ),
];

#[test]
fn every_text_of_every_generation_is_recognised() {
    for (text, kind) in CORPUS {
        assert_eq!(event(text).kind, *kind, "{text}");
        let in_errors_log = format!("[minLog @ credentialrefresher.go.280] {text}");
        assert_eq!(event(&in_errors_log).kind, *kind, "{in_errors_log}");
    }
}

/// How the generations write one entry: before 3.3.808.0 without a fraction of the second, and
/// since with; to 3.3.1141 AWS's errors go on over lines; the errors' own log has the place.
const FORMS: [(&str, &str); 4] = [
    (
        "2026-11-24 10:00:00",
        "\ncaused by: x\n\tstatus code: 400, request id: ",
    ),
    (
        "2026-11-24 10:00:00.1234",
        "\n\tstatus code: 400, request id: 866a0cab",
    ),
    ("2026-11-24 10:00:00.1234", ""),
    ("2026-11-24 10:00:00", "\r"),
];

#[test]
fn every_text_is_recognised_in_the_form_of_every_generation() {
    let places = ["", "[minLog @ credentialrefresher.go.280] "];
    let contexts = ["", "[ssm-agent-worker] [MessageService] "];
    for (text, kind) in CORPUS {
        for (at, tail) in FORMS {
            for (place, context) in places
                .iter()
                .zip(contexts)
                .chain(contexts.iter().zip(places))
            {
                for level in ["INFO", "WARN", "ERROR", "DEBUG"] {
                    let log = format!("{at} {level} {place}{context}{text}{tail}\n{at} INFO x");
                    let mut kinds = Vec::new();
                    for_each(log.as_bytes(), &jiff::tz::TimeZone::UTC, |entry| {
                        if let Finding::Event(event) = recognise(entry) {
                            kinds.push(event.kind);
                        }
                    });
                    assert_eq!(kinds, [*kind], "{log}");
                }
            }
        }
    }
}

#[test]
fn the_corpus_has_an_example_of_every_kind_of_event() {
    let mut missing: Vec<E> = FRAGMENTS
        .iter()
        .filter_map(|(_, meaning)| match meaning {
            // A proxy variable is one only where it begins the entry: see its own test.
            Meaning::Event(E::ProxyVariable, _) | Meaning::Noise => None,
            Meaning::Event(kind, _) => Some(*kind),
        })
        .filter(|kind| !CORPUS.iter().any(|(_, shown)| shown == kind))
        .collect();
    missing.sort_unstable();
    missing.dedup();
    assert_eq!(missing, [], "kinds without an example");
}

#[test]
fn every_fragment_and_every_sign_can_be_found_and_none_hides_another() {
    for (index, (text, _)) in FRAGMENTS.iter().enumerate() {
        assert!(text.len() >= 4, "{text}");
        let alone = FRAGMENTS
            .iter()
            .position(|(other, _)| text.contains(other))
            .unwrap();
        assert_eq!(alone, index, "{text} is hidden by {}", FRAGMENTS[alone].0);
    }
    for (text, sign) in SIGNS {
        let found = event(&format!("Retrieve credentials produced error: {text}"));
        assert!(found.has(*sign), "{text}");
    }
}

#[test]
fn noise_is_noise_at_any_level_and_the_rest_is_no_evidence() {
    for text in [
        "Error while loading server info Failed to load instance info from vault. RegistrationKey does not exist",
        "Error occurred fetching the seelog config file path /etc/amazon/ssm/seelog.xml: no such file",
        "http_proxy: ",
    ] {
        assert!(matches!(recognise(&entry(text)), Finding::Noise), "{text}");
    }
    for text in [
        "",
        "AccessDeniedException",
        "connection refused",
        "Something new failed",
    ] {
        assert!(
            matches!(recognise(&entry(text)), Finding::Unknown),
            "{text}"
        );
    }
}

#[test]
fn codes_signs_and_endpoints_are_taken_out_of_the_text() {
    let denied = event(
        "EC2RoleProvider Failed to connect to Systems Manager with instance profile role credentials. Err: retrieved credentials failed to report to ssm. Error: AccessDeniedException: User: arn:aws:sts::1:assumed-role/R/i-0 is not authorized",
    );
    assert_eq!(denied.code.as_deref(), Some("AccessDeniedException"));
    assert!(denied.message.unwrap().contains("assumed-role/R/i-0"));

    let skipped = event(
        "Retrieve credentials produced error: unexpected error getting instance profile role credentials or calling UpdateInstanceInformation. Skipping default host management fallback: retrieved credentials failed to report to ssm. Error: RequestError: send request failed caused by: Post \"https://ssm.us-east-1.amazonaws.com/\": dial tcp 10.0.0.1:443: i/o timeout",
    );
    assert_eq!(skipped.kind, E::CredentialsFailed);
    assert_eq!(skipped.code.as_deref(), Some("RequestError"));
    assert_eq!(skipped.signs, [S::DhmcSkipped, S::TimedOut]);
    assert_eq!(
        skipped.endpoint.as_deref(),
        Some("ssm.us-east-1.amazonaws.com")
    );

    let lookup = event(
        "Failed to get controlchannel token, error: dial tcp: lookup ssmmessages.us-east-1.amazonaws.com on 127.0.0.1:53: no such host",
    );
    assert_eq!(
        lookup.endpoint.as_deref(),
        Some("ssmmessages.us-east-1.amazonaws.com")
    );
    assert_eq!(lookup.signs, [S::NameNotFound]);

    let xml = event(
        "Failed to get controlchannel token, error: unexpected response from the service <AccessDeniedException></AccessDeniedException>",
    );
    assert_eq!(xml.code.as_deref(), Some("AccessDeniedException"));
    assert_eq!(xml.signs, [S::ServiceRefused]);
    let dhmc = event(
        "Retrieve credentials produced error: no valid credentials could be retrieved for ec2 identity. Default Host Management Err: error calling RequestManagedInstanceRoleToken: AccessDeniedException: Systems Manager's instance management role is not configured for account: 1",
    );
    assert_eq!(dhmc.signs, [S::DhmcNotConfigured]);
}

#[test]
fn subjects_and_waits_are_taken_from_their_place() {
    for (text, subject) in [
        ("Agent will take identity from EC2", "EC2"),
        ("amazon-ssm-agent - v3.3.0.0", "3.3.0.0"),
        ("Identity type 'foo' does not exist", "foo"),
        (
            "The 'bios-hash' value (a) has changed from the registered machine configuration value (b).",
            "bios-hash",
        ),
        ("since RunAs user alice does not exist", "alice"),
        ("using Managed instance-id: mi-0123.", "mi-0123"),
    ] {
        assert_eq!(event(text).subject.as_deref(), Some(subject), "{text}");
    }
    for (text, wait_ms) in [
        (
            "Sleeping for 25m5s before retrying retrieve credentials",
            1_505_000,
        ),
        (
            "Next credential rotation will be in 29.5 minutes",
            1_770_000,
        ),
        (
            "sleeping for 0.25 minutes before retrying registration",
            15_000,
        ),
        (
            "Backing off health check to every 600 seconds for 1800 seconds.",
            600_000,
        ),
    ] {
        assert_eq!(event(text).wait_ms, Some(wait_ms), "{text}");
    }
    assert_eq!(
        event("Sleeping for ever before retrying retrieve credentials").wait_ms,
        None
    );
}

#[test]
fn durations_are_read_as_go_prints_them() {
    for (text, ms) in [
        ("5m0s", Some(300_000)),
        ("1h2m3.5s", Some(3_723_500)),
        ("16s", Some(16_000)),
        ("500ms", Some(500)),
        ("", Some(0)),
        ("5", None),
        ("m", None),
        ("5x", None),
        ("-5s", None),
        ("1e300h", None),
    ] {
        assert_eq!(go_duration_ms(text), ms, "{text}");
    }
}

#[test]
fn what_is_secret_in_an_address_does_not_stay() {
    let text = shorten(
        "Put \"https://me:hunter2@h/p?X-Amz-Signature=hunter2\": http://u:hunter2@proxy:1 refused",
    );
    assert_eq!(text, "Put \"https://h/p\": http://proxy:1 refused");
    let variable = event("https_proxy: http://u:hunter2@proxy:3128");
    assert_eq!(variable.subject.as_deref(), Some("https_proxy"));
    assert_eq!(variable.message.as_deref(), Some("http://proxy:3128"));
    assert!(shorten(&"x".repeat(5000)).len() < 900);
}

#[test]
fn the_program_that_wrote_an_entry_is_known_by_its_context() {
    assert_eq!(
        event("[ssm-agent-worker] Credentials ready").by,
        LogSource::Worker
    );
    assert_eq!(event("Credentials ready").by, LogSource::Core);
}

proptest::proptest! {
    #[test]
    fn no_entry_panics(text in "\\PC{0,200}", index in 0..FRAGMENTS.len(), tail in "[ -~]{0,60}") {
        let _finding = recognise(&entry(&text));
        let _finding = recognise(&entry(&format!("{}{tail}", FRAGMENTS[index].0)));
        let _duration = go_duration_ms(&tail);
    }

    #[test]
    fn no_password_stays(user in "[^\\s@/?#]{0,8}", host in "[a-z]{1,8}") {
        let text = shorten(&format!("x http://{user}:hunter2@{host}/?t=hunter2 y"));
        proptest::prop_assert!(!text.contains("hunter2"), "{}", text);
    }
}

#[test]
fn the_system_s_own_refusals_count_in_an_entry_that_is_not_known_otherwise() {
    let kind = |level: LogLevel, text: &str| match recognise(&Entry {
        at: "2026-01-01T10:00:00Z".parse().unwrap(),
        level,
        text: text.as_bytes().to_vec(),
    }) {
        Finding::Event(event) => Some(event.kind),
        Finding::Noise | Finding::Unknown => None,
    };
    let error = |text| kind(LogLevel::Error, text);
    let written = "failed to save state: write /var/lib/amazon/ssm/x: no space left on device";
    assert_eq!(error(written), Some(E::NotWritten));
    assert_eq!(kind(LogLevel::Debug, written), None);
    assert_eq!(
        error("mkdir /var/log/amazon: read-only file system"),
        Some(E::NotWritten)
    );
    assert_eq!(
        error("inotify add watch: no space left on device"),
        Some(E::WatcherFailed)
    );
    assert_eq!(error("open /x: permission denied"), None);
}
