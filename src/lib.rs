//! `ssm-probe`: which permission path Session Manager has on this host, which permission is
//! missing on it, and the one thing to change.

pub mod aws;
pub mod catalogue;
pub mod diagnose;
pub mod host;
pub mod imds;
pub mod network;
pub mod no_proxy;
pub mod observations;
pub mod policy;
pub mod probe;
pub mod report;
pub mod secret;
pub mod world;

pub use diagnose::diagnose;
