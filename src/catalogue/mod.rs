//! Tables only: every finding, every check, every capability, and their words.

pub mod actions;
mod aws_buckets;
mod capabilities;
mod capability;
mod check_id;
pub mod checks;
mod finding_id;
pub mod findings;
mod managed_policies;
pub mod partitions;
pub mod releases;
mod remedies;
mod subject;

pub use aws_buckets::aws_owned_buckets;
pub use capability::{ActionNeed, Capability};
pub use check_id::CheckId;
pub use checks::CheckRow;
pub use finding_id::FindingId;
pub use findings::{Explain, FindingRow};
pub use managed_policies::{MANAGED_POLICIES, ManagedPolicy, managed_policy};
pub use remedies::remedies;
pub use subject::Subject;
