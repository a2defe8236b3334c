//! What a capability is: a use of Systems Manager, and what the node's role needs for it.
//!
//! Rights of the person who opens a session are never among the needs of a node.

use super::capabilities::CAPABILITIES;
use crate::report::model::Severity;

/// One use of Systems Manager, such as a session or its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capability {
    /// Its stable id, such as `session-manager`.
    pub id: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// How much its absence weighs for those who use it.
    pub weight: Severity,
    /// Capabilities that must be there too.
    pub depends_on: &'static [&'static str],
    /// What turns it on; empty = nothing has to.
    pub enabled_by: &'static str,
    /// Without one of these it does not work.
    pub required: &'static [ActionNeed],
    /// Needed in the situation that each one names.
    pub optional: &'static [ActionNeed],
    /// Condition keys of its requests, in templates; an empty value = certainly absent.
    pub context: &'static [(&'static str, &'static str)],
    /// What a person sees when a needed action is denied.
    pub symptom: &'static str,
    /// The oldest agent that has it; empty = any.
    pub min_agent_version: &'static str,
    /// What else it needs that no policy of the role can give.
    pub also_needs: &'static [&'static str],
}

/// One action a capability needs, with templates for its resource.
///
/// A template's `{names}` are filled with the node's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionNeed {
    /// `service:Operation`.
    pub action: &'static str,
    /// What to write into a policy's `Resource`.
    pub grant: &'static [&'static str],
    /// The forms in which AWS may name the resource of the request.
    pub request: &'static [&'static str],
    /// When it is needed; empty where it always is.
    pub why: &'static str,
}

/// The resource of an action: what to grant, and what is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// What to write into a policy.
    pub(super) grant: &'static [&'static str],
    /// What the request is checked against.
    pub(super) request: &'static [&'static str],
}

impl Capability {
    /// Every capability, Session Manager first.
    pub const ALL: &'static [Self] = CAPABILITIES;

    /// The capability with this id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|capability| capability.id == id)
    }

    /// The capability with all it depends on, nearest to the node first, each once.
    #[must_use]
    pub fn with_dependencies(&'static self) -> Vec<&'static Self> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect(&'static self, found: &mut Vec<&'static Self>) {
        for id in self.depends_on {
            if let Some(other) = Self::find(id) {
                other.collect(found);
            }
        }
        if !found.contains(&self) {
            found.push(self);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Capability;

    #[test]
    fn ids_are_unique_and_every_dependency_exists() {
        for (place, capability) in Capability::ALL.iter().enumerate() {
            let first = Capability::ALL.iter().position(|c| c.id == capability.id);
            assert_eq!(first, Some(place), "{}", capability.id);
            for id in capability.depends_on {
                assert!(Capability::find(id).is_some(), "{id}");
            }
            for need in capability.required.iter().chain(capability.optional) {
                assert!(!need.grant.is_empty() && !need.request.is_empty());
            }
            for need in capability.optional {
                assert!(!need.why.is_empty(), "{} {}", capability.id, need.action);
            }
        }
    }

    #[test]
    fn no_right_of_the_operator_is_asked_of_a_node() {
        for capability in Capability::ALL {
            for need in capability.required.iter().chain(capability.optional) {
                assert!(
                    !matches!(
                        need.action,
                        "ssm:StartSession" | "ssm:SendCommand" | "ssm:TerminateSession"
                    ),
                    "{}",
                    capability.id
                );
            }
        }
    }

    #[test]
    fn dependencies_come_first_and_once() {
        let ids: Vec<&str> = Capability::find("patch-baseline-association")
            .unwrap()
            .with_dependencies()
            .iter()
            .map(|c| c.id)
            .collect();
        assert_eq!(
            ids,
            [
                "managed-node",
                "run-command",
                "patch-manager",
                "state-manager",
                "patch-baseline-association"
            ]
        );
    }
}
