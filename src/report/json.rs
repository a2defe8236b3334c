//! The report as JSON, for programs.

use super::model::Report;

/// The whole report as JSON over several lines, with a final line break.
///
/// # Errors
///
/// Only if the report holds something JSON cannot, which its types do not allow.
pub fn json(report: &Report) -> Result<String, serde_json::Error> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}
