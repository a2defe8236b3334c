//! Questions to AWS: where they go, how they are signed, what came back.
//!
//! An edge with no opinion: it asks what `probe::plan` chose and records the answer. Live
//! credentials stay in the [`Keyring`] and never reach observations.

pub mod body;
pub mod call;
pub mod credentials;
pub mod endpoint;
pub mod keyring;
pub mod sign;
pub mod target;
pub mod unsigned;
mod xml;

pub use call::{Asked, ask};
pub use credentials::Credentials;
pub use keyring::Keyring;
pub use target::Target;
