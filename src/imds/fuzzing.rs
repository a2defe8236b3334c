//! The door through which `tests/fuzz` reaches the parsers of IMDS's answers.

use super::document;

/// Any answer of IMDS.
pub fn document(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    drop(document::credentials(text));
    drop(document::instance_id(text));
    drop(document::role_name(text));
    drop(document::word(text));
}
