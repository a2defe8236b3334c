//! The report: its types, and one renderer per form. Rendering knows nothing of how it was found.

pub mod model;
