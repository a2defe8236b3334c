//! Support bundles: collected on the host, safe to send, and judged again elsewhere.
//!
//! [`contents`] lists what is taken; [`pack`] masks and writes it; [`leak`] looks at the finished
//! archive once more; [`read`] opens one that nobody vouches for.

pub mod clean;
pub mod contents;
mod items;
pub mod leak;
pub mod manifest;
pub mod names;
pub mod pack;
pub mod read;
mod secrets;

pub use secrets::known_secrets;
