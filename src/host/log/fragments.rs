//! The agent's sentences, as data: which fragment makes which event, in every text generation.
//!
//! Source: agent source at 2.3.372.0, 2.3.871.0, 2.3.1644.0, 3.0.603.0, 3.0.1479.0, 3.1.1927.0,
//! 3.2.582.0, 3.2.2303.0 and 3.3.1142.0 (`core`, `agent`, `common`), and public issue threads.
//! Messages change; codes and short fragments last. What is not here is no evidence.

use crate::observations::{EventKind, Sign};
use EventKind as E;

/// What follows a fragment that the event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// Nothing.
    None,
    /// The next word.
    Word,
    /// The first text between quotes in the whole entry.
    Quoted,
}

/// What an entry with this fragment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An event.
    Event(EventKind, Subject),
    /// Known to mean nothing, however loud.
    Noise,
}

const fn event(text: &'static str, kind: EventKind) -> (&'static str, Meaning) {
    (text, Meaning::Event(kind, Subject::None))
}

const fn word(text: &'static str, kind: EventKind) -> (&'static str, Meaning) {
    (text, Meaning::Event(kind, Subject::Word))
}

const fn quoted(text: &'static str, kind: EventKind) -> (&'static str, Meaning) {
    (text, Meaning::Event(kind, Subject::Quoted))
}

const fn noise(text: &'static str) -> (&'static str, Meaning) {
    (text, Meaning::Noise)
}

/// Every fragment. When an entry holds several, the first in this list says what it is.
pub(super) static FRAGMENTS: &[(&str, Meaning)] = &[
    // Loud and harmless: normal on every host that is not hybrid, or without a log config.
    noise("RegistrationKey does not exist"),
    noise("InstanceFingerprint does not exist"),
    noise("Error occurred fetching the seelog config file path"),
    noise("New Seelog Logger Creation Complete"),
    // Start and stop.
    word("amazon-ssm-agent - v", E::CoreStarted),
    word("ssm-agent-worker - v", E::WorkerStarted),
    event("is not running, starting worker process", E::WorkerLaunched),
    event("amazon-ssm-agent got signal:", E::CoreStopped),
    event("app config could not be loaded", E::ConfigInvalid),
    event("appconfig could not be loaded", E::ConfigInvalid),
    event("Failed to unmarshal config override", E::ConfigInvalid),
    event(
        "rror occurred when starting amazon-ssm-agent",
        E::StartFailed,
    ),
    event("Failed to start core agent", E::StartFailed),
    // Identity.
    word("Agent will take identity from ", E::IdentityTaken),
    word("Checking if agent identity type ", E::IdentityTried),
    quoted("Identity type '", E::IdentityWordUnknown),
    event(
        "Failed to get instance info from IMDS",
        E::Ec2IdentityFailed,
    ),
    event("Failed to fetch instance ID", E::Ec2IdentityFailed),
    event("failed to fetch instance ID", E::Ec2IdentityFailed),
    event("Failed to fetch region", E::Ec2IdentityFailed),
    event(
        "failed to get identity from ECS metadata",
        E::EcsIdentityFailed,
    ),
    event("Agent not taking ECS identity", E::EcsIdentityFailed),
    word("Skipping custom identity #", E::CustomIdentitySkipped),
    event("Agent failed to assume any identity", E::NoIdentity),
    event("failed to find identity, retrying", E::NoIdentity),
    event("failed to find agent identity", E::NoIdentity),
    // Vault and data root.
    event(
        "data file of RegistrationKey is missing",
        E::RegistrationLost,
    ),
    event("Failed to unmarshal instance info", E::RegistrationDamaged),
    event(
        "failed to set permission for vault folder",
        E::VaultNotWritable,
    ),
    event("failed to create vault folder", E::VaultNotWritable),
    event(
        "failed to store instance info in vault",
        E::VaultNotWritable,
    ),
    event(
        "nable to save registration information",
        E::VaultNotWritable,
    ),
    event("failed to create IPC folder", E::DataRootNotWritable),
    event(
        "failed to create directory /var/lib/amazon",
        E::DataRootNotWritable,
    ),
    // The EC2 registration.
    event("Registration info found for ec2 instance", E::Ec2Registered),
    event("EC2 registration was successful", E::Ec2Registered),
    event(
        "No registration info found for ec2 instance",
        E::Ec2NotRegistered,
    ),
    event(
        "Registering EC2 instance with Systems Manager",
        E::Ec2Registering,
    ),
    event(
        "Instance appears to already be registered",
        E::Ec2AlreadyRegistered,
    ),
    event("failed to register identity", E::Ec2RegistrationFailed),
    event("before retrying registration", E::Ec2RegistrationSleep),
    event("Registrar detected", E::RegistrarStarted),
    event("Registration attempted", E::RegistrarEnded),
    // The credentials of EC2.
    event(
        "Successfully connected with instance profile role credentials",
        E::ProfileConnected,
    ),
    event(
        "Failed to connect to Systems Manager with instance profile role credentials",
        E::ProfileRefused,
    ),
    event(
        "failed to retrieve instance profile role credentials",
        E::ProfileVanished,
    ),
    event(
        "Successfully connected with Systems Manager role credentials",
        E::DhmcConnected,
    ),
    event(
        "Failed to connect to Systems Manager with SSM role credentials",
        E::DhmcFailed,
    ),
    event(
        "failed to retrieve instance identity role",
        E::InstanceIdentityFailed,
    ),
    // The refresher, in the words of 3.0, 3.1 and 3.2 and later.
    event("Retrieve credentials produced error", E::CredentialsFailed),
    event(
        "Retrieve credentials produced unrecoverable aws error",
        E::CredentialsFailed,
    ),
    event(
        "Retrieve credentials produced aws error",
        E::CredentialsFailed,
    ),
    event(
        "error occurred in RequestManagedInstanceRoleToken",
        E::CredentialsFailed,
    ),
    event(
        "no valid credentials could be retrieved for ec2 identity",
        E::CredentialsFailed,
    ),
    event("returned from AWS API", E::CredentialsStatus),
    event("before retrying retrieve credentials", E::CredentialsSleep),
    event(
        "Next credential rotation will be in ",
        E::CredentialsRotation,
    ),
    event("Credentials ready", E::CredentialsReady),
    event(
        "Credentials exist and have not expired",
        E::CredentialsReady,
    ),
    event("redentialRefresher has started", E::RefresherStarted),
    event("Starting credentials refresher loop", E::RefresherStarted),
    event("Stopping credential refresher", E::RefresherStopped),
    event(
        "Identity does not require credential refresher",
        E::RefresherNotNeeded,
    ),
    event(
        "Identity does not want core agent to rotate credentials",
        E::RefresherNotNeeded,
    ),
    event(
        "Credentials are not available when they should",
        E::SharedCredentialsBad,
    ),
    event("unable to load shared credentials", E::SharedCredentialsBad),
    event(
        "shared credentials are already expired",
        E::SharedCredentialsBad,
    ),
    event(
        "runtime config has an empty ShareFile",
        E::SharedCredentialsBad,
    ),
    event(
        "Failed to write credentials to disk",
        E::SharedCredentialsNotWritten,
    ),
    event(
        "ailed to get path to shared credentials file",
        E::SharedCredentialsNotWritten,
    ),
    event(
        "Failed to get credential source from runtime config",
        E::RuntimeConfigBad,
    ),
    event("identity runtime config during init", E::RuntimeConfigBad),
    event("Failed to save new expiration", E::RuntimeConfigNotWritten),
    // The fingerprint. Two spaces after "Manager." in the source, one in older copies.
    event("The hardware ID (", E::MachineIdChanged),
    event(
        "Machine configuration has changed more than the allowed threshold",
        E::HardwareChanged,
    ),
    quoted(
        "has changed from the registered machine configuration value",
        E::HardwarePropertyChanged,
    ),
    event(
        "The saved machine configuration could not be loaded",
        E::HardwareUnknown,
    ),
    event("Error while fetching hardware hashes", E::HardwareUnknown),
    event(
        "Hardware hash generated contains invalid characters",
        E::HardwareUnknown,
    ),
    event("Calculated hardware difference", E::FingerprintReplaced),
    event("No initial fingerprint detected", E::FingerprintCreated),
    event("Could not read InstanceFingerprint file", E::FingerprintBad),
    event(
        "Error while fetching fingerprint data from vault",
        E::FingerprintBad,
    ),
    event(
        "Error while saving fingerprint data from vault",
        E::VaultNotWritable,
    ),
    event("Failed to get machine fingerprint", E::FingerprintBad),
    event(
        "Failed to rotate private key with error",
        E::KeyRotationFailed,
    ),
    event("most likely needs to be re-regist", E::KeyRotationLost),
    // Registering by hand.
    event("Registration failed due to", E::HybridRegistrationFailed),
    word("using Managed instance-id: ", E::HybridRegistered),
    event(
        "Registration information has been removed",
        E::HybridRegistrationCleared,
    ),
    // The worker: ping, hibernation, channels.
    event("Entering SSM Agent hibernate", E::Hibernating),
    event("Entering SSM Agent Worker hibernate", E::Hibernating),
    event("Agent is in hibernate mode", E::HibernationStarted),
    event("Health ping failed with error", E::HibernationPingFailed),
    event("Backing off health check to every ", E::HibernationBackoff),
    event("error when calling AWS APIs", E::PingFailed),
    event("GetMessages Error", E::MessagesFailed),
    event(
        "Failed to get controlchannel token",
        E::ControlChannelRefused,
    ),
    event("CreateControlChannel failed", E::ControlChannelRefused),
    event("Error setting up control channel", E::ControlChannelFailed),
    event("Failed to setup control channel", E::ControlChannelFailed),
    event(
        "failed to reconnect to the control",
        E::ControlChannelFailed,
    ),
    event("failed to connect controlchannel", E::ControlChannelFailed),
    event("Set up control channel successfully", E::ControlChannelUp),
    event(
        "Successfully reconnected with controlchannel",
        E::ControlChannelUp,
    ),
    event(
        "Starting receiving message from control channel",
        E::ControlChannelUp,
    ),
    event(
        "channel status is set to ssmmessages",
        E::ChannelSsmmessages,
    ),
    event(
        "channel status is set to ec2messages",
        E::ChannelEc2messages,
    ),
    // A session.
    event("Failed to get datachannel token", E::DataChannelRefused),
    event("CreateDataChannel failed", E::DataChannelRefused),
    event("Setting up data channel with id", E::DataChannelRefused),
    event("Handshake successfully completed", E::DataChannelUp),
    event("Fetching data key failed", E::DataKeyFailed),
    event("Unable to retrieve data key", E::DataKeyFailed),
    event("Error when decrypting data key", E::DataKeyFailed),
    event("Handshake timed out", E::HandshakeTimedOut),
    event(
        "encryption is not set up on the selected Amazon S3 bucket",
        E::S3EncryptionRefused,
    ),
    event(
        "unable to validate encryption on Amazon S3 bucket",
        E::S3EncryptionRefused,
    ),
    event(
        "encryption is not set up on the selected CloudWatch Logs log group",
        E::LogsEncryptionRefused,
    ),
    event(
        "unable to validate encryption on CloudWatch Logs log group",
        E::LogsEncryptionRefused,
    ),
    event("Error Calling DescribeLogGroups", E::LogGroupsFailed),
    event("Failed uploading", E::UploadFailed),
    word("since RunAs user ", E::RunAsUserMissing),
    event("invalid uid and gid", E::RunAsUserMissing),
    // The host under it.
    event("filewatcher listener encountered error", E::WatcherFailed),
    event("Error adding directory to watcher", E::WatcherFailed),
    event(
        "Error initializing the update reply watcher",
        E::WatcherFailed,
    ),
    event("Plugin with name Standard_Stream", E::PluginMissing),
    event("start process: ", E::WorkerNotStarted),
    event("failed to start worker", E::WorkerNotStarted),
    event("fork/exec /var/lib/amazon/ssm/", E::ProgramRefused),
    event("fork/exec /usr/bin/ssm-", E::ProgramRefused),
    event("fork/exec /snap/amazon-ssm-agent/", E::ProgramRefused),
    event("credentials refresher panic", E::Panicked),
    event("Core Agent crashed with message", E::Panicked),
    event("SSM Agent Worker crashed with message", E::Panicked),
    // Last, because they are parts of longer sentences.
    event("ailed to dial websocket", E::ControlChannelFailed),
    word("https_proxy: ", E::ProxyVariable),
    word("http_proxy: ", E::ProxyVariable),
    word("no_proxy: ", E::ProxyVariable),
];

/// Every sign. An entry has all of those that occur in it.
pub(super) static SIGNS: &[(&str, Sign)] = &[
    ("failed to get IMDSv2 token", Sign::ImdsTokenFailed),
    ("no EC2 instance role found", Sign::NoRoleInImds),
    ("EC2 instance role credentials", Sign::RoleKeysUnreadable),
    (
        "instance management role is not configured",
        Sign::DhmcNotConfigured,
    ),
    (
        "ec2 instance not yet registered with Systems Manager",
        Sign::Ec2NotRegistered,
    ),
    (
        "Skipping default host management fallback",
        Sign::DhmcSkipped,
    ),
    (
        "No Authorization header in request",
        Sign::NoAuthorizationHeader,
    ),
    (
        "instance metadata response is invalid",
        Sign::InstanceIdentityInvalid,
    ),
    ("MachineFingerprintDoesNotMatch", Sign::FingerprintMismatch),
    ("Not existing InstanceId mi-", Sign::NodeUnknown),
    (
        "shared credentials are already expired",
        Sign::SharedCredentialsExpired,
    ),
    ("Signature expired", Sign::SignatureExpired),
    ("ignature not yet current", Sign::SignatureNotYetValid),
    ("no such host", Sign::NameNotFound),
    ("server misbehaving", Sign::NameFailed),
    ("Temporary failure in name resolution", Sign::NameFailed),
    (":53: read udp", Sign::NameFailed),
    ("i/o timeout", Sign::TimedOut),
    ("context deadline exceeded", Sign::TimedOut),
    ("Client.Timeout", Sign::TimedOut),
    ("TLS handshake timeout", Sign::TimedOut),
    ("connection refused", Sign::Refused),
    ("network is unreachable", Sign::Unreachable),
    ("no route to host", Sign::Unreachable),
    ("host is down", Sign::Unreachable),
    ("connection reset by peer", Sign::Reset),
    ("unexpected EOF", Sign::Reset),
    ("close 1006", Sign::Reset),
    (
        "certificate signed by unknown authority",
        Sign::CertificateUntrusted,
    ),
    ("certificate is not trusted", Sign::CertificateUntrusted),
    (
        "certificate has expired or is not yet valid",
        Sign::CertificateTime,
    ),
    ("x509: certificate is valid for", Sign::CertificateName),
    ("proxyconnect tcp", Sign::ProxyUnreachable),
    ("Proxy Authentication Required", Sign::ProxyRefused),
    ("websocket: bad handshake", Sign::UpgradeRefused),
    ("ThrottlingException", Sign::Throttled),
    ("Rate exceeded", Sign::Throttled),
    ("no space left on device", Sign::NoSpace),
    ("too many open files", Sign::TooManyOpenFiles),
    ("read-only file system", Sign::ReadOnly),
    ("permission denied", Sign::PermissionDenied),
    ("operation not permitted", Sign::PermissionDenied),
    ("address already in use", Sign::AddressInUse),
    ("address in use", Sign::AddressInUse),
    ("unexpected response from the service", Sign::ServiceRefused),
    ("Unauthorized request", Sign::ServiceRefused),
    ("Request is not authenticated", Sign::ServiceRefused),
];

/// Error codes that may stand in an entry, besides everything that ends in `Exception`.
///
/// Source: agent source of the identity, registration and token calls; AWS SDK for Go 1.51.20.
pub(super) static CODES: &[&str] = &[
    "AccessDenied",
    "ActivationExpired",
    "AssumeRoleUnauthorizedAccess",
    "EC2MetadataError",
    "EC2RoleRequestError",
    "EmptyEC2RoleList",
    "ExpiredToken",
    "InstanceAlreadyRegistered",
    "InstanceProfileNotFound",
    "InternalFailure",
    "InternalServerError",
    "InvalidActivation",
    "InvalidActivationId",
    "InvalidClientTokenId",
    "InvalidInstanceId",
    "InvalidPublicKey",
    "MachineFingerprintDoesNotMatch",
    "RegistrationLimitExceeded",
    "RequestError",
    "RequestExpired",
    "RequestTimeout",
    "SerializationError",
    "ServiceUnavailable",
    "SignatureDoesNotMatch",
    "TooManyUpdates",
];
