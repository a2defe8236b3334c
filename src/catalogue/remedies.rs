//! TEMP
use super::{FindingId, Subject};
use crate::report::model::Remedy;
/// TEMP
#[must_use]
pub fn remedies(_id: FindingId, _subject: &Subject) -> Vec<Remedy> {
    Vec::new()
}
