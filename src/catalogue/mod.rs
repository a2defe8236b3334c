//! Tables only: every finding, every check, every capability, and their words.

mod check_id;
pub mod checks;
mod finding_id;
pub mod findings;
mod remedies;
mod subject;

pub use check_id::CheckId;
pub use checks::CheckRow;
pub use finding_id::FindingId;
pub use findings::{Explain, FindingRow};
pub use remedies::remedies;
pub use subject::Subject;
