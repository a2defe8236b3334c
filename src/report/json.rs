//! The report as JSON, for programs.

use serde::Serialize;

use super::model::Report;

/// A report, or observations, as JSON over several lines with a final line break.
#[must_use]
pub fn json<T: Serialize>(value: &T) -> String {
    // Texts for keys and finite numbers only: these types cannot fail to be written.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// The JSON Schema of the report, generated from its types.
#[must_use]
pub fn schema() -> String {
    json(&schemars::schema_for!(Report))
}
