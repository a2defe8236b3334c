//! The report: its types, and one renderer per form. Rendering knows nothing of how it was found.
//!
//! Pure: colour and width are arguments, and ages are counted from the report's own time.

pub mod bounds;
pub mod endpoint;
mod endpoints;
pub mod ignore;
pub mod model;

mod account;
mod catalogue_text;
mod html;
mod json;
mod jsonl;
mod lint_page;
mod page;
mod path_line;
mod policy_text;
mod prometheus;
mod sections;
mod short;
mod style;
mod summary;
mod wide;
mod words;

pub use catalogue_text::{explain_check, explain_finding, list, list_json, nearest_id};
pub use html::{esc as xml, html};
pub use json::{json, schema};
pub use jsonl::jsonl;
pub use lint_page::lint_page;
pub use page::clean;
pub use path_line::path_line;
pub use policy_text::policy_verdict;
pub use prometheus::prometheus;
pub use short::short;
pub use style::Style;
pub use wide::wide;
