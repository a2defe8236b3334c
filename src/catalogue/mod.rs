//! Tables only: every finding, every check, every capability, and their words.

mod check_id;
mod finding_id;
pub mod findings;
mod remedies;
mod subject;

pub use check_id::CheckId;
pub use finding_id::FindingId;
pub use remedies::remedies;
pub use subject::Subject;
