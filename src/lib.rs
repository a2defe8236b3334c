//! `ssm-probe`: which permission path Session Manager has on this host, which permission is
//! missing on it, and the one thing to change.
//!
//! The whole program is three calls: [`observe`] looks once at the host, at IMDS and at AWS;
//! [`diagnose()`] judges what was seen, a pure function; [`report`] renders it. [`run`] tells the
//! story of each command.

pub mod aws;
pub mod bundle;
pub mod catalogue;
pub mod cli;
pub mod diagnose;
pub mod exit;
mod finder;
pub mod host;
pub mod imds;
pub mod input;
pub mod lint;
pub mod network;
pub mod no_proxy;
pub mod observations;
pub mod output;
pub mod policy;
pub mod probe;
pub mod redact;
pub mod report;
pub mod run;
pub mod secret;
pub mod world;

pub use diagnose::diagnose;
pub use probe::execute::{observe, observe_with_secrets};
pub use probe::limits::Limits;
