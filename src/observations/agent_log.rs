//! The agent's log as typed events: judgement never sees a substring.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What the ends of the agent's log files say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AgentLog {
    /// What was recognised, oldest first; of old ones the newest of each kind is kept.
    pub events: Vec<LogEvent>,
    /// The files that were opened, newest first.
    pub files: Vec<LogFile>,
    /// The time of the oldest entry that was read, recognised or not.
    pub first_at: Option<Timestamp>,
    /// The time of the newest entry that was read.
    pub last_at: Option<Timestamp>,
    /// How many entries were read.
    pub entries: u64,
    /// How many of them are known to mean nothing.
    pub noise: u64,
    /// How many warnings and errors were not recognised. They are no evidence of anything.
    pub unknown_errors: u64,
    /// The time zone that the times were read in; `None` = not known, and UTC was taken.
    pub time_zone: Option<String>,
}

impl AgentLog {
    /// The newest event of a kind.
    #[must_use]
    pub fn last(&self, kind: EventKind) -> Option<&LogEvent> {
        self.events.iter().rev().find(|event| event.kind == kind)
    }

    /// The newest event of any of these kinds.
    #[must_use]
    pub fn last_of(&self, kinds: &[EventKind]) -> Option<&LogEvent> {
        self.events
            .iter()
            .rev()
            .find(|event| kinds.contains(&event.kind))
    }

    /// The events since the newest start of core, or all when no start was seen.
    ///
    /// Core says its version only after it has chosen an identity, so what it logged of that
    /// choice just before belongs to the start, too.
    #[must_use]
    pub fn since_start(&self) -> &[LogEvent] {
        let mut start = self
            .events
            .iter()
            .rposition(|event| event.kind == EventKind::CoreStarted)
            .unwrap_or(0);
        let said = self.events.get(start).map(|event| event.at);
        while let Some(before) = start.checked_sub(1).and_then(|at| self.events.get(at))
            && before.kind.precedes_start()
            && said.is_some_and(|said| said.duration_since(before.at) <= CHOICE)
        {
            start = start.saturating_sub(1);
        }
        self.events.get(start..).unwrap_or_default()
    }
}

/// The longest that core takes to choose an identity: three rounds, each with IMDS silent.
const CHOICE: jiff::SignedDuration = jiff::SignedDuration::from_secs(90);

/// One log file and how much of it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFile {
    /// Its path on the host.
    pub path: String,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// How many bytes of its end were read (after unpacking).
    pub read_bytes: u64,
    /// Whether it was read from its beginning.
    pub complete: bool,
    /// When it was last written.
    pub modified_at: Option<Timestamp>,
    /// Why it could not be read; `None` = it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
}

/// One recognised entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEvent {
    /// When it was logged, by the host's clock and zone.
    pub at: Timestamp,
    /// What it says.
    pub kind: EventKind,
    /// Who logged it.
    pub by: LogSource,
    /// How loudly.
    pub level: LogLevel,
    /// The first error code in it, such as `AccessDeniedException`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Everything else that is known of its text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<Sign>,
    /// What it is about: an identity, a version, a user, a property; depends on the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The host in the first address or name look-up in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// How long the agent says that it will wait, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_ms: Option<u64>,
    /// Its text, for denials to be taken apart and people to read: shortened, on one line,
    /// without users, passwords and query strings in addresses. Errors and warnings only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl LogEvent {
    /// Whether its text carries this sign.
    #[must_use]
    pub fn has(&self, sign: Sign) -> bool {
        self.signs.contains(&sign)
    }
}

/// Which of the agent's programs logged something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogSource {
    /// `amazon-ssm-agent`.
    Core,
    /// `ssm-agent-worker`.
    Worker,
    /// `ssm-session-worker`.
    SessionWorker,
    /// `ssm-document-worker`.
    DocumentWorker,
}

/// How loudly something was logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// `TRACE` or `DEBUG`.
    Debug,
    /// `INFO`.
    Info,
    /// `WARN`.
    Warn,
    /// `ERROR` or `CRITICAL`.
    Error,
}

/// What an entry of the agent's log says. The texts are in `host/log/fragments.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// Core began; the subject is its version.
    CoreStarted,
    /// The worker began; the subject is its version. It only does once credentials exist.
    WorkerStarted,
    /// Core launches the worker; again and again means that it crashes.
    WorkerLaunched,
    /// Core was told to stop.
    CoreStopped,
    /// Core could not start and ended.
    StartFailed,
    /// A proxy variable of core at its start; the subject is its name, the message its value.
    ProxyVariable,
    /// The configuration does not parse; core does not start.
    ConfigInvalid,
    /// An identity is being tried; the subject is its type.
    IdentityTried,
    /// The identity taken; the subject is its type.
    IdentityTaken,
    /// A word in `ConsumptionOrder` is no identity.
    IdentityWordUnknown,
    /// IMDS did not give id and Region.
    Ec2IdentityFailed,
    /// The task metadata could not be read.
    EcsIdentityFailed,
    /// A custom identity lacks id or Region.
    CustomIdentitySkipped,
    /// No identity fits; core ends after three of these.
    NoIdentity,
    /// The manifest names a registration whose file is gone.
    RegistrationLost,
    /// The registration's JSON is damaged.
    RegistrationDamaged,
    /// The vault could not be written.
    VaultNotWritable,
    /// The data root could not be written.
    DataRootNotWritable,
    /// The EC2 registration needed for Default Host Management is there.
    Ec2Registered,
    /// It is not there.
    Ec2NotRegistered,
    /// It is being asked for: the last word while the endpoint swallows packets.
    Ec2Registering,
    /// The service has one and this host has not.
    Ec2AlreadyRegistered,
    /// Asking for it failed.
    Ec2RegistrationFailed,
    /// The wait before it is asked for again.
    Ec2RegistrationSleep,
    /// The instance profile's credentials passed the agent's test.
    ProfileConnected,
    /// They did not, for a reason that leads to Default Host Management.
    ProfileRefused,
    /// The instance profile's credentials are gone after core had taken them.
    ProfileVanished,
    /// Default Host Management gave credentials.
    DhmcConnected,
    /// It did not.
    DhmcFailed,
    /// The instance identity role could not be read from IMDS.
    InstanceIdentityFailed,
    /// The registrar of EC2 begins, before the refresher may.
    RegistrarStarted,
    /// Its first attempt is over, well or badly.
    RegistrarEnded,
    /// The refresher began.
    RefresherStarted,
    /// The refresher ended for good; not expected to happen.
    RefresherStopped,
    /// Credentials exist, new or from before.
    CredentialsReady,
    /// Every path failed; the summary of each failure.
    CredentialsFailed,
    /// The service's answer behind a failure.
    CredentialsStatus,
    /// The wait before credentials are asked for again.
    CredentialsSleep,
    /// When they are refreshed next; all is well.
    CredentialsRotation,
    /// The identity needs no refresher, or wants none.
    RefresherNotNeeded,
    /// A shared credentials file is missing, damaged or expired.
    SharedCredentialsBad,
    /// The shared credentials file could not be written.
    SharedCredentialsNotWritten,
    /// `identity_config.json` could not be read.
    RuntimeConfigBad,
    /// `identity_config.json` could not be written.
    RuntimeConfigNotWritten,
    /// The machine id changed; logged only in the run that replaces the fingerprint.
    MachineIdChanged,
    /// Too many hardware properties changed.
    HardwareChanged,
    /// One hardware property changed; the subject is its name.
    HardwarePropertyChanged,
    /// The stored or the present hardware properties are unusable.
    HardwareUnknown,
    /// The fingerprint was replaced: a hybrid registration is useless from here on.
    FingerprintReplaced,
    /// A first fingerprint was made: normal at registration, fatal to an existing one.
    FingerprintCreated,
    /// The fingerprint could not be read.
    FingerprintBad,
    /// The registration's key could not be rotated.
    KeyRotationFailed,
    /// Local and remote key differ.
    KeyRotationLost,
    /// A hybrid registration failed; the code says why.
    HybridRegistrationFailed,
    /// A hybrid registration succeeded; the subject is the id.
    HybridRegistered,
    /// A hybrid registration was cleared.
    HybridRegistrationCleared,
    /// The worker's ping failed; it hibernates.
    Hibernating,
    /// The worker hibernates (its own log).
    HibernationStarted,
    /// A ping in hibernation failed; logged once in a period.
    HibernationPingFailed,
    /// How often it pings from here on.
    HibernationBackoff,
    /// A ping failed after the start.
    PingFailed,
    /// `GetMessages` failed; sessions do not need it.
    MessagesFailed,
    /// The control channel's token was refused or could not be asked for.
    ControlChannelRefused,
    /// The control channel's WebSocket could not be opened.
    ControlChannelFailed,
    /// The control channel is up.
    ControlChannelUp,
    /// Sessions can reach this node.
    ChannelSsmmessages,
    /// They cannot; only Run Command works.
    ChannelEc2messages,
    /// A session's channel token was refused or could not be asked for.
    DataChannelRefused,
    /// A session's channel is up.
    DataChannelUp,
    /// A session's client never completed its handshake.
    HandshakeTimedOut,
    /// The session's key could not be decrypted.
    DataKeyFailed,
    /// The session's bucket is not encrypted, or looks so.
    S3EncryptionRefused,
    /// The session's log group is not encrypted, or looks so.
    LogsEncryptionRefused,
    /// `DescribeLogGroups` failed.
    LogGroupsFailed,
    /// A log could not be uploaded.
    UploadFailed,
    /// The session's user does not exist; the subject is the name.
    RunAsUserMissing,
    /// A file watcher could not be made.
    WatcherFailed,
    /// A plugin is missing: in truth the disk is full, read-only, or inotify is at its limit.
    PluginMissing,
    /// A worker could not be started.
    WorkerNotStarted,
    /// Something could not be written for want of room, or because it is read-only; the rest of
    /// the entry is not known.
    NotWritten,
    /// A program below the agent's folders was not started: Go's own words for it.
    ProgramRefused,
    /// A part of the agent crashed and was started again.
    Panicked,
}

impl EventKind {
    /// Whether core logs it before it says its version at a start.
    #[must_use]
    pub fn precedes_start(self) -> bool {
        matches!(
            self,
            Self::ProxyVariable
                | Self::IdentityTried
                | Self::IdentityTaken
                | Self::IdentityWordUnknown
                | Self::Ec2IdentityFailed
                | Self::EcsIdentityFailed
                | Self::CustomIdentitySkipped
                | Self::NoIdentity
        )
    }
}

/// Something known about an entry's text, apart from what kind of entry it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// The IMDS token could not be got and the agent does not fall back to `IMDSv1`.
    ImdsTokenFailed,
    /// IMDS listed no role.
    NoRoleInImds,
    /// IMDS listed a role and did not give its keys.
    RoleKeysUnreadable,
    /// Default Host Management is not configured in this account and Region.
    DhmcNotConfigured,
    /// It needs the EC2 registration, which is missing.
    Ec2NotRegistered,
    /// It was not tried, because the profile failed on something other than a denial.
    DhmcSkipped,
    /// The instance identity role was missing when a request was signed.
    NoAuthorizationHeader,
    /// The instance identity role's document was not a success.
    InstanceIdentityInvalid,
    /// The fingerprint is not the registered one.
    FingerprintMismatch,
    /// The service does not know the hybrid id.
    NodeUnknown,
    /// The shared credentials are past their end.
    SharedCredentialsExpired,
    /// A signature was refused for its age.
    SignatureExpired,
    /// A signature was refused for its youth.
    SignatureNotYetValid,
    /// A name does not exist.
    NameNotFound,
    /// A name server did not answer or failed.
    NameFailed,
    /// Nothing came in time.
    TimedOut,
    /// A connection was refused.
    Refused,
    /// No route.
    Unreachable,
    /// A connection was reset or closed.
    Reset,
    /// A certificate is not signed by a trusted root.
    CertificateUntrusted,
    /// A certificate is out of its time.
    CertificateTime,
    /// A certificate is for another name.
    CertificateName,
    /// The proxy could not be reached.
    ProxyUnreachable,
    /// The proxy refused.
    ProxyRefused,
    /// The WebSocket upgrade was refused.
    UpgradeRefused,
    /// The service throttled.
    Throttled,
    /// No space or no inotify watch is left: the system has one error for both.
    NoSpace,
    /// No file descriptor or no inotify instance is left.
    TooManyOpenFiles,
    /// The file system is read-only.
    ReadOnly,
    /// The system forbade it.
    PermissionDenied,
    /// A port or socket is taken: another agent in the same namespace.
    AddressInUse,
    /// The channel's token was refused by the service (an answer, not a network failure).
    ServiceRefused,
}
