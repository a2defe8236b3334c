//! The observations with the questions that every judge asks already answered.
//!
//! Pure; nothing here concludes, it only names what is there.

use jiff::Timestamp;

use super::reply::{self, Reply};
use crate::observations::{
    AgentEnvironment, AgentVersion, Call, CallRecord, Config, Fetched, Observations, Path,
    ProcessRole, Reading, Registration, RuntimeConfig, Unit,
};

/// The first agent that speaks IMDSv2.
///
/// Source: the agent's release notes; `aws/amazon-ssm-agent` issues 238 and 277.
pub const IMDSV2_MINIMUM: AgentVersion = AgentVersion::new(2, 3, 814, 0);

/// Whether this is an EC2 instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// IMDS gives an instance id and a Region.
    Ec2ByImds,
    /// The firmware says so, and IMDS does not answer as it should.
    Ec2ByFirmware,
    /// Neither says so.
    NotEc2,
    /// Neither could be asked.
    Unknown,
}

/// Whether IMDS works the way the agent's identity client needs it: a token, an id, a Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImdsUse {
    /// It does.
    Works,
    /// It does not.
    Fails,
    /// It was not asked, or has not answered yet.
    NotAsked,
}

/// A view of one run.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// What it is a view of.
    pub all: &'a Observations,
}

impl<'a> View<'a> {
    /// A view of these observations.
    #[must_use]
    pub fn new(all: &'a Observations) -> Self {
        Self { all }
    }

    /// The time that everything is judged by: when the run began.
    #[must_use]
    pub fn now(self) -> Timestamp {
        self.all.started_at
    }

    /// The configuration; the defaults when there is none or it could not be read.
    #[must_use]
    pub fn config(self) -> Config {
        self.all
            .host
            .config
            .value()
            .cloned()
            .unwrap_or_else(Config::defaults)
    }

    /// Whether IMDS works for the agent.
    #[must_use]
    pub fn imds(self) -> ImdsUse {
        let imds = &self.all.imds;
        let environment = self.all.host.agent.environment.value();
        if imds.disabled_by_environment || environment.is_some_and(|env| env.imds_disabled) {
            return ImdsUse::Fails;
        }
        if self.is_shut_out_of_imdsv2() {
            return ImdsUse::Fails;
        }
        match (
            &imds.token,
            imds.instance_id.value(),
            imds.identity_document.value(),
        ) {
            (Fetched::NotAsked { .. }, ..) => ImdsUse::NotAsked,
            (Fetched::Value { .. }, Some(id), Some(document))
                if is_instance_id(id) && !document.region.is_empty() =>
            {
                ImdsUse::Works
            }
            _ => ImdsUse::Fails,
        }
    }

    /// Whether the agent predates IMDSv2, and this instance answers nothing else.
    #[must_use]
    pub fn is_shut_out_of_imdsv2(self) -> bool {
        self.version()
            .is_some_and(|version| version < IMDSV2_MINIMUM)
            && self.all.imds.plain_get.status() == Some(401)
    }

    /// Whether IMDS must still be asked the way an agent from before IMDSv2 asks it.
    #[must_use]
    pub fn awaits_plain_get(self) -> bool {
        let imds = &self.all.imds;
        self.version()
            .is_some_and(|version| version < IMDSV2_MINIMUM)
            && imds.token.value().is_some()
            && matches!(imds.plain_get, Fetched::NotAsked { .. })
    }

    /// Whether this is an EC2 instance.
    #[must_use]
    pub fn machine(self) -> Machine {
        match (self.imds(), self.firmware_says_ec2()) {
            (ImdsUse::Works, _) => Machine::Ec2ByImds,
            (_, Some(true)) => Machine::Ec2ByFirmware,
            (ImdsUse::Fails, _) | (ImdsUse::NotAsked, Some(false)) => Machine::NotEc2,
            (ImdsUse::NotAsked, None) => Machine::Unknown,
        }
    }

    /// Whether the firmware says EC2; `None` when there is none to ask.
    #[must_use]
    pub fn firmware_says_ec2(self) -> Option<bool> {
        let dmi = &self.all.host.dmi;
        if dmi.uuid_says_ec2.value() == Some(&true) {
            return Some(true);
        }
        let vendor = dmi.vendor.value()?.to_lowercase();
        Some(vendor.contains("amazon ec2"))
    }

    /// The EC2 instance id, as IMDS gives it; offline, as the agent's state does.
    #[must_use]
    pub fn ec2_instance_id(self) -> Option<&'a str> {
        let by_imds = self.all.imds.instance_id.value().map(String::as_str);
        by_imds
            .or_else(|| self.offline_state().map(|state| state.instance_id.as_str()))
            .filter(|id| is_instance_id(id))
    }

    /// What the agent took, where nothing but files was looked at.
    #[must_use]
    pub fn offline_state(self) -> Option<&'a RuntimeConfig> {
        self.runtime_config().filter(|_| self.all.offline)
    }

    /// The complete hybrid registration, if there is one.
    #[must_use]
    pub fn registration(self) -> Option<&'a Registration> {
        self.all
            .host
            .vault
            .registration
            .value()
            .filter(|found| found.is_complete())
    }

    /// The Region the agent would use for this identity.
    #[must_use]
    pub fn region(self, hybrid: bool) -> Option<&'a str> {
        let imds = self
            .all
            .imds
            .identity_document
            .value()
            .map(|document| document.region.as_str());
        let hybrid_region = self.registration().map(|found| found.region.as_str());
        let first = if hybrid {
            hybrid_region.or(imds)
        } else {
            imds.or(hybrid_region)
        };
        first
            .or_else(|| self.custom_region())
            .or(self.all.shell_region.as_deref())
            .filter(|region| !region.is_empty())
    }

    /// Where an agent on this EC2 instance last registered: good enough to look there and for a
    /// command's blank, and no more, since an image may carry another instance's.
    #[must_use]
    pub fn registered_region(self) -> Option<&'a str> {
        let stored = self.all.host.vault.ec2_registration.value()?;
        Some(stored.region.as_str()).filter(|region| !region.is_empty())
    }

    fn custom_region(self) -> Option<&'a str> {
        let config = self.all.host.config.value()?;
        config
            .custom_identities
            .first()
            .map(|entry| entry.region.as_str())
    }

    /// What the agent last took, if it can be read.
    #[must_use]
    pub fn runtime_config(self) -> Option<&'a RuntimeConfig> {
        self.all.host.runtime_config.value()
    }

    /// What the agent last took, if its credentials have not ended and it is about `instance_id`.
    #[must_use]
    pub fn fresh_state(self, instance_id: &str) -> Option<&'a RuntimeConfig> {
        self.runtime_config().filter(|state| {
            state.instance_id == instance_id
                && state
                    .credentials_expires_at
                    .is_some_and(|end| end > self.now())
        })
    }

    /// The agent's version, if known.
    #[must_use]
    pub fn version(self) -> Option<AgentVersion> {
        self.all.host.agent.version.value().copied()
    }

    /// Whether the agent is installed; `None` when that could not be told.
    #[must_use]
    pub fn installed(self) -> Option<bool> {
        let agent = &self.all.host.agent;
        let is_there = !agent.installs.is_empty() || agent.running() == Some(true);
        // Where nothing of the host was read, such as of a log alone, no place was looked at.
        let looked = !matches!(agent.processes, Reading::NotRead { .. });
        (is_there || looked).then_some(is_there)
    }

    /// Whether the agent's core process runs; `None` when that could not be told.
    #[must_use]
    pub fn running(self) -> Option<bool> {
        self.all.host.agent.running()
    }

    /// The environment of the agent's process, or what its unit would give it.
    #[must_use]
    pub fn agent_environment(self) -> Option<&'a AgentEnvironment> {
        let host = &self.all.host;
        host.agent.environment.value().or_else(|| {
            let units = host.health.units.value()?;
            let in_use = |unit: &&Unit| unit.is_active == Some(true) || unit.is_enabled;
            let unit = units.iter().find(in_use).or_else(|| units.first())?;
            Some(&unit.environment)
        })
    }

    /// Whether the agent's worker runs: it is started once the core has credentials.
    #[must_use]
    pub fn has_worker(self) -> bool {
        let processes = self.all.host.agent.processes.value();
        processes.is_some_and(|all| all.iter().any(|one| one.role == ProcessRole::Worker))
    }

    /// The record of a call.
    #[must_use]
    pub fn record(self, call: Call) -> Option<&'a CallRecord> {
        self.all.calls.get(&call)
    }

    /// What came back for a call.
    #[must_use]
    pub fn reply(self, call: Call) -> Reply {
        reply::read(call, self.record(call))
    }

    /// What came back for a call that was asked with this path's credentials.
    #[must_use]
    pub fn reply_on(self, call: Call, path: Path) -> Option<Reply> {
        let record = self
            .record(call)
            .filter(|record| record.path == Some(path))?;
        Some(reply::read(call, Some(record)))
    }

    /// Whether some part of the host could not be read for lack of rights.
    #[must_use]
    pub fn anything_forbidden(self) -> bool {
        let host = &self.all.host;
        host.vault.registration.is_forbidden()
            || host.vault.ec2_registration.is_forbidden()
            || host.vault.fingerprint.is_forbidden()
            || host.runtime_config.is_forbidden()
            || host.config.is_forbidden()
            || host.agent.environment.is_forbidden()
            || host.dhmc_credentials.is_forbidden()
            || host.root_credentials.is_forbidden()
            || host.agent_log.is_forbidden()
            || host.health.inotify.is_forbidden()
            || host.health.denials.is_forbidden()
    }
}

/// Whether a text has the form of an instance id: `i-` and hexadecimal digits.
#[must_use]
pub fn is_instance_id(text: &str) -> bool {
    text.strip_prefix("i-").is_some_and(|digits| {
        digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Whether a reading proves that there is nothing usable; `None` = could not be read.
#[must_use]
pub fn certainly_without<T>(reading: &Reading<T>) -> Option<bool> {
    match reading {
        Reading::Found { .. } => Some(false),
        Reading::Absent { .. } | Reading::Empty { .. } | Reading::Malformed { .. } => Some(true),
        Reading::Forbidden { .. } | Reading::Unreadable { .. } | Reading::NotRead { .. } => None,
    }
}
