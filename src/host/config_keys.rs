//! The keys that the agent's configuration decoder knows, with type and range. A table only.
//!
//! Source: agent `agent/appconfig/{contracts,constants,appconfig_parser}.go`, and its release
//! notes for keys after 3.3.1142.0. Older agents ignore keys that they do not know.

/// One key: `Section.Name`.
pub(super) struct Row {
    /// `Section.Name`, as in the documents.
    pub(super) key: &'static str,
    /// What the decoder wants there.
    pub(super) kind: Kind,
}

impl Row {
    /// The section: what stands before the dot.
    pub(super) fn section(&self) -> &'static str {
        self.key.split_once('.').map_or("", |(section, _)| section)
    }

    /// The key within its section.
    pub(super) fn name(&self) -> &'static str {
        self.key.split_once('.').map_or("", |(_, name)| name)
    }
}

/// The type of a key.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Flag,
    Text,
    Texts,
    /// A whole number; outside `min..=max` the agent uses `default`.
    Number {
        min: i64,
        max: i64,
        default: i64,
    },
}

impl Kind {
    /// Whether the agent keeps this number.
    pub(super) fn holds(self, number: i64) -> bool {
        match self {
            Self::Number { min, max, .. } => (min..=max).contains(&number),
            Self::Flag | Self::Text | Self::Texts => true,
        }
    }
}

const fn flag(key: &'static str) -> Row {
    Row {
        key,
        kind: Kind::Flag,
    }
}

const fn text(key: &'static str) -> Row {
    Row {
        key,
        kind: Kind::Text,
    }
}

const fn any_number(key: &'static str) -> Row {
    number(key, i64::MIN, i64::MAX, 0)
}

const fn number(key: &'static str, min: i64, max: i64, default: i64) -> Row {
    Row {
        key,
        kind: Kind::Number { min, max, default },
    }
}

/// Every plain key. `Identity.ConsumptionOrder` and `Identity.CustomIdentities` have rules of
/// their own in `config.rs`.
pub(super) static KEYS: &[Row] = &[
    flag("Profile.ShareCreds"),
    text("Profile.ShareProfile"),
    flag("Profile.ForceUpdateCreds"),
    number("Profile.KeyAutoRotateDays", 0, 365, 0),
    text("Mds.Endpoint"),
    number("Mds.CommandWorkersLimit", 1, i64::MAX, 5),
    number("Mds.CommandWorkerBufferLimit", 1, i64::MAX, 5),
    number("Mds.StopTimeoutMillis", 10_000, 1_000_000, 20_000),
    number("Mds.CommandRetryLimit", 1, 100, 15),
    text("Ssm.Endpoint"),
    number("Ssm.HealthFrequencyMinutes", 5, 60, 5),
    number("Ssm.AssociationFrequencyMinutes", 5, 60, 10),
    any_number("Ssm.AssociationRetryLimit"),
    text("Ssm.CustomInventoryDefaultLocation"),
    number("Ssm.AssociationLogsRetentionDurationHours", 8, i64::MAX, 24),
    number("Ssm.RunCommandLogsRetentionDurationHours", 8, i64::MAX, 336),
    any_number("Ssm.SessionLogsRetentionDurationHours"),
    text("Ssm.SessionLogsDestination"),
    text("Ssm.PluginLocalOutputCleanup"),
    text("Ssm.OrchestrationDirectoryCleanup"),
    // Since 3.3.3050.0 and 3.3.2299.0.
    number("Ssm.CredentialRetryMaxSleepSeconds", 60, 1800, 1800),
    number("Ssm.HibernationMaxBackoffIntervalMinutes", 5, 1440, 60),
    text("Mgs.Region"),
    text("Mgs.Endpoint"),
    any_number("Mgs.StopTimeoutMillis"),
    any_number("Mgs.SessionWorkersLimit"),
    number("Mgs.SessionWorkerBufferLimit", 1, i64::MAX, 1),
    Row {
        key: "Mgs.DeniedPortForwardingRemoteIPs",
        kind: Kind::Texts,
    },
    text("Agent.Name"),
    text("Agent.Version"),
    text("Agent.Region"),
    text("Agent.ServiceDomain"),
    text("Agent.OrchestrationRootDir"),
    text("Agent.DownloadRootDir"),
    flag("Agent.ContainerMode"),
    flag("Agent.SelfUpdate"),
    number("Agent.SelfUpdateScheduleDay", 1, 7, 7),
    flag("Agent.TelemetryMetricsToCloudWatch"),
    flag("Agent.TelemetryMetricsToSSM"),
    text("Agent.TelemetryMetricsNamespace"),
    number(
        "Agent.LongRunningWorkerMonitorIntervalSeconds",
        30,
        1800,
        60,
    ),
    flag("Agent.ShouldPurgeInstanceProfileRoleCreds"),
    number("Agent.AuditExpirationDay", 3, 30, 7),
    flag("Agent.ForceFileIPC"),
    // Its upper end is the number of processors, which a mounted root does not tell.
    any_number("Agent.GoMaxProcForAgentWorker"),
    // Since 3.3.3270.0.
    flag("Agent.UseDualStackEndpoint"),
    text("Os.Lang"),
    text("Os.Name"),
    text("Os.Version"),
    text("S3.Endpoint"),
    text("S3.Region"),
    text("S3.LogBucket"),
    text("S3.LogKey"),
    flag("Birdwatcher.ForceEnable"),
    text("Kms.Endpoint"),
    flag("Kms.RequireKMSChallengeResponse"),
    text("Identity.Ec2SystemInfoDetectionResponse"),
];
