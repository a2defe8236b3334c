//! Made-up observations for the rows: a healthy EC2 instance or hybrid node, spoiled one way at
//! a time.

use crate::parts::{ec2_imds, host, registration};
use jiff::{SignedDuration, Timestamp};
use ssm_probe::diagnose::diagnose;
use ssm_probe::diagnose::selection::{Selection, select};
use ssm_probe::diagnose::view::View;
use ssm_probe::observations::{
    Answer, Call, CallRecord, Config, CredentialFacts, CredentialSource, CredentialsDocument,
    Failure, Fetched, Fingerprint, Host, Imds, Link, Observations, Outcome, Path, ProbeLevel,
    Reading, RuntimeConfig, SCHEMA, TaskMetadata,
};
use ssm_probe::report::model::{PathState, Report, Severity, VerdictOutcome};

pub(crate) const INSTANCE: &str = "i-0123456789abcdef0";
pub(crate) const NODE: &str = "mi-0123456789abcdef0";
pub(crate) const ACCOUNT: &str = "111122223333";

pub(crate) fn now() -> Timestamp {
    "2026-01-01T12:00:00Z".parse().expect("a literal")
}

pub(crate) fn in_minutes(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

pub(crate) fn value<T>(value: T) -> Fetched<T> {
    Fetched::Value { value, at: now() }
}

pub(crate) fn status<T>(status: u16) -> Fetched<T> {
    Fetched::Status { status, at: now() }
}

pub(crate) fn silent<T>() -> Fetched<T> {
    Fetched::Failed {
        failure: Failure::TimedOut {
            link: Link::Connect,
            limit_ms: 1000,
        },
        at: now(),
    }
}

/// Observations under construction.
pub(crate) struct Seen(pub(crate) Observations);

impl Seen {
    /// An EC2 instance with a running agent, a profile whose role may do everything, and an EC2
    /// registration; nothing has been asked of AWS yet.
    pub(crate) fn ec2() -> Self {
        let mut seen = Self::bare();
        seen.0.imds = ec2_imds();
        seen.0.host.dmi.vendor =
            Reading::found("Amazon EC2".to_owned(), "/sys/class/dmi/id/sys_vendor");
        seen.0.host.vault.ec2_registration =
            Reading::found(registration(INSTANCE), "EC2RegistrationKey");
        seen.credentials(Path::InstanceProfile, CredentialSource::Imds)
    }

    /// A machine elsewhere with a complete hybrid registration and a running agent.
    pub(crate) fn hybrid() -> Self {
        Self::elsewhere().registered()
    }

    /// A machine that is not an EC2 instance and not registered.
    pub(crate) fn elsewhere() -> Self {
        let mut seen = Self::bare();
        seen.0.imds.token = silent();
        seen.0.imds.plain_get = silent();
        seen.0.host.dmi.vendor = Reading::found("QEMU".to_owned(), "/sys/class/dmi/id/sys_vendor");
        seen
    }

    /// Files alone, looked at later.
    pub(crate) fn offline(host: Host, now: Timestamp) -> Self {
        let mut seen = Self::bare();
        seen.0.host = host;
        seen.0.started_at = now;
        seen.0.offline = true;
        seen
    }

    fn bare() -> Self {
        Self(Observations {
            schema: SCHEMA.to_owned(),
            tool_version: "0.0.0".to_owned(),
            started_at: now(),
            elapsed_ms: 400,
            probe_level: ProbeLevel::Agent,
            privileged: true,
            shell_region: None,
            host: host(),
            imds: Imds::not_asked("not asked"),
            task_metadata: Fetched::not_asked("no ECS variable"),
            credentials: std::collections::BTreeMap::new(),
            calls: std::collections::BTreeMap::new(),
            sessions: ssm_probe::observations::Sessions::default(),
            account: ssm_probe::observations::AccountView::default(),
            network: ssm_probe::observations::Network::default(),
            offline: false,
            cut_short: false,
        })
    }

    pub(crate) fn registered(mut self) -> Self {
        self.0.host.vault.registration = Reading::found(registration(NODE), "RegistrationKey");
        self.0.host.vault.fingerprint = Reading::found(
            Fingerprint {
                has_fingerprint: true,
                similarity_threshold: 40,
                hardware: [("machine-id".to_owned(), "abc\n".to_owned())].into(),
                current_machine_id: Reading::found("abc".to_owned(), "/etc/machine-id"),
            },
            "InstanceFingerprint",
        );
        self
    }

    /// Only keys in the vault: a registration that was begun and not finished.
    pub(crate) fn half_registered(mut self) -> Self {
        let mut half = registration("");
        half.region = String::new();
        self.0.host.vault.registration = Reading::found(half, "RegistrationKey");
        self
    }

    pub(crate) fn order(mut self, words: &[&str]) -> Self {
        self.config(|config| {
            config.order_is_set = true;
            config.consumption_order = words.iter().map(|word| (*word).to_owned()).collect();
        });
        self
    }

    pub(crate) fn config(&mut self, change: impl FnOnce(&mut Config)) {
        let mut config = self
            .0
            .host
            .config
            .value()
            .cloned()
            .unwrap_or_else(Config::defaults);
        change(&mut config);
        self.0.host.config = Reading::found(config, "/etc/amazon/ssm/amazon-ssm-agent.json");
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Observations)) -> Self {
        change(&mut self.0);
        self
    }

    pub(crate) fn credentials(mut self, path: Path, source: CredentialSource) -> Self {
        self.0.credentials.insert(
            path,
            CredentialFacts {
                source,
                expires_at: Some(in_minutes(300)),
                key_prefix: "ASIA".to_owned(),
                has_token: true,
            },
        );
        self
    }

    /// No profile is attached.
    pub(crate) fn no_profile(mut self) -> Self {
        self.0.imds.profile_info = status(404);
        self.0.imds.role_name = status(404);
        self.0.imds.role_credentials = Fetched::not_asked("no role");
        self.0.credentials.remove(&Path::InstanceProfile);
        self
    }

    /// The role cannot be assumed.
    pub(crate) fn refused_role(mut self) -> Self {
        self.0.imds.role_credentials = value(CredentialsDocument {
            code: "AssumeRoleUnauthorizedAccess".to_owned(),
            message: None,
            expires_at: None,
            updated_at: None,
            complete: false,
        });
        self.0.credentials.remove(&Path::InstanceProfile);
        self
    }

    /// The agent has no EC2 registration, and tried.
    pub(crate) fn unregistered_instance(mut self) -> Self {
        self.0.host.vault.ec2_registration = Reading::absent("EC2RegistrationKey");
        self
    }

    pub(crate) fn version(mut self, version: &str) -> Self {
        self.0.host.agent.version =
            Reading::found(version.parse().expect("a version"), "/var/lib/dpkg/status");
        self
    }

    /// The agent's own state: its last success and when that ends.
    pub(crate) fn state(mut self, id: &str, identity: &str, source: &str, ends: Timestamp) -> Self {
        self.0.host.runtime_config = Reading::found(
            RuntimeConfig {
                instance_id: id.to_owned(),
                identity_type: identity.to_owned(),
                credential_source: source.to_owned(),
                share_file: String::new(),
                share_profile: String::new(),
                credentials_expires_at: Some(ends),
                credentials_retrieved_at: Some(in_minutes(-10)),
            },
            "identity_config.json",
        );
        self
    }

    pub(crate) fn answered(
        self,
        call: Call,
        path: Path,
        status: u16,
        code: &str,
        message: &str,
    ) -> Self {
        self.outcome(
            call,
            path,
            Outcome::Answered(Answer {
                status,
                code: (!code.is_empty()).then(|| code.to_owned()),
                message: (!message.is_empty()).then(|| message.to_owned()),
                request_id: None,
                date: Some(now()),
                caller_arn: None,
            }),
        )
    }

    pub(crate) fn outcome(mut self, call: Call, path: Path, outcome: Outcome) -> Self {
        self.0.calls.insert(
            call,
            CallRecord {
                path: Some(path),
                endpoint: Some("ssm.example:443".to_owned()),
                outcome,
                at: now(),
                elapsed_ms: 0,
            },
        );
        self
    }

    pub(crate) fn allowed(self, call: Call, path: Path) -> Self {
        let status = if call == Call::CreateControlChannel {
            201
        } else {
            200
        };
        self.answered(call, path, status, "", "")
    }

    pub(crate) fn denied(self, call: Call, path: Path) -> Self {
        let action = call.action();
        let message = format!(
            "User: arn:aws:sts::{ACCOUNT}:assumed-role/NodeRole/{INSTANCE} is not authorized to perform: {action} on resource: * because no identity-based policy allows the {action} action"
        );
        self.answered(call, path, 400, "AccessDeniedException", &message)
    }

    pub(crate) fn silent(self, call: Call, path: Path) -> Self {
        let failure = Failure::TimedOut {
            link: Link::Connect,
            limit_ms: 3000,
        };
        self.outcome(call, path, Outcome::Failed { failure })
    }

    pub(crate) fn dhmc_off(self) -> Self {
        self.answered(
            Call::RequestRoleTokenDefaultHostManagement,
            Path::DefaultHostManagement,
            400,
            "AccessDeniedException",
            "Systems Manager's instance management role is not configured for account: 111122223333",
        )
    }

    /// Default Host Management hands out credentials that open control channels.
    pub(crate) fn dhmc_on(self) -> Self {
        self.allowed(
            Call::RequestRoleTokenDefaultHostManagement,
            Path::DefaultHostManagement,
        )
        .credentials(Path::DefaultHostManagement, CredentialSource::RoleToken)
        .allowed(Call::CreateControlChannel, Path::DefaultHostManagement)
    }

    /// The hybrid role's credentials, stored by the agent and not ended.
    pub(crate) fn stored_hybrid(self) -> Self {
        self.state(NODE, "OnPrem", "SSM", in_minutes(50))
            .credentials(Path::HybridActivation, CredentialSource::SharedFile)
    }

    pub(crate) fn selection(&self) -> Selection {
        select(View::new(&self.0))
    }

    pub(crate) fn report(&self) -> Report {
        diagnose(&self.0)
    }
}

/// ECS task metadata that answers.
pub(crate) fn task() -> Fetched<TaskMetadata> {
    value(TaskMetadata {
        cluster: Some("c".to_owned()),
        task_arn: None,
        container_id: None,
    })
}

/// What a row's report must say.
pub(crate) struct Expect<'a> {
    pub(crate) outcome: VerdictOutcome,
    pub(crate) path: Option<Path>,
    pub(crate) cause: Option<&'a str>,
    pub(crate) states: &'a [(Path, PathState)],
    pub(crate) missing: &'a [&'a str],
}

/// Checks a report against what its row says.
#[track_caller]
pub(crate) fn check(seen: &Seen, row: &str, expect: &Expect<'_>) {
    let report = seen.report();
    let said = (
        report.verdict.outcome,
        report.verdict.path,
        report.verdict.cause.as_deref(),
    );
    assert_eq!(
        said,
        (expect.outcome, expect.path, expect.cause),
        "{:#?}",
        report.findings
    );
    assert_eq!(
        seen.selection()
            .row
            .or_else(|| seen.selection().identity.row),
        Some(row)
    );
    for (path, state) in expect.states {
        let found = report
            .paths
            .iter()
            .find(|one| one.path == *path)
            .expect("every path is listed");
        assert_eq!(found.state, *state, "{path:?}: {}", found.reason);
    }
    let missing: Vec<&str> = report
        .paths
        .iter()
        .find(|one| Some(one.path) == expect.path)
        .map(|one| one.missing.iter().map(String::as_str).collect())
        .unwrap_or_default();
    assert_eq!(missing, expect.missing);
    let first_error = report
        .findings
        .iter()
        .find(|one| one.severity == Severity::Error);
    assert_eq!(
        first_error.map(|one| one.id.as_str()),
        expect.cause,
        "the cause is the first error"
    );
}
