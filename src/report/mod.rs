//! The report: its types, and one renderer per form. Rendering knows nothing of how it was found.
//!
//! Pure: colour and width are arguments, and ages are counted from the report's own time.

pub mod bounds;
pub mod ignore;
pub mod model;

mod account;
mod catalogue_text;
mod json;
mod page;
mod path_line;
mod policy_text;
mod sections;
mod short;
mod style;
mod wide;
mod words;

pub use catalogue_text::{explain_check, explain_finding, list, list_json, nearest_id};
pub use json::{json, schema};
pub use path_line::path_line;
pub use policy_text::policy_verdict;
pub use short::short;
pub use style::Style;
pub use wide::wide;
