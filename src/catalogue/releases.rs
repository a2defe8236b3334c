//! Releases of the agent that people reported a fault of. A table.
//!
//! A release is here when a public thread names the fault, the releases and, where it is known,
//! the one that mends it. Being here proves nothing about a host.

use crate::observations::AgentVersion;

/// A fault of some releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportedFault {
    /// The first release with it.
    pub from: AgentVersion,
    /// The first release without it.
    pub fixed_in: AgentVersion,
    /// What people saw.
    pub fault: &'static str,
    /// Where they said so.
    pub source: &'static str,
}

/// Every fault on record.
pub const REPORTED: [ReportedFault; 2] = [
    ReportedFault {
        from: AgentVersion::new(3, 0, 732, 0),
        fixed_in: AgentVersion::new(3, 0, 755, 0),
        fault: "sessions cannot be started after the update",
        source: "aws/amazon-ssm-agent issue 355",
    },
    ReportedFault {
        from: AgentVersion::new(3, 2, 183, 0),
        fixed_in: AgentVersion::new(3, 2, 286, 0),
        fault: "the registrations of EC2 and of hybrid activations share one manifest and damage each other",
        source: "aws/amazon-ssm-agent issues 484 and 497",
    },
];

/// The fault that people reported of a release.
#[must_use]
pub fn reported(version: AgentVersion) -> Option<&'static ReportedFault> {
    REPORTED
        .iter()
        .find(|fault| fault.from <= version && version < fault.fixed_in)
}

#[cfg(test)]
mod tests {
    use super::reported;

    #[test]
    fn a_fault_holds_from_its_first_release_to_the_one_that_mends_it() {
        let fault = |version: &str| reported(version.parse().unwrap()).map(|one| one.source);
        assert_eq!(fault("3.0.731.0"), None);
        assert_eq!(fault("3.0.732.0"), Some("aws/amazon-ssm-agent issue 355"));
        assert_eq!(fault("3.0.755.0"), None);
        assert!(fault("3.2.200.0").is_some());
        assert_eq!(fault("3.3.2299.0"), None);
    }
}
