//! The way from this host to an HTTP answer: names, trust, one HTTP stack, foreign errors.
//!
//! An edge: it opens sockets and has no opinion. Every other module that needs the network
//! comes through [`http::Stack`].

pub mod chain;
pub mod classify;
mod connect;
mod dns_port;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod hosts;
pub mod http;
mod kept;
mod open;
pub mod progress;
pub mod proxy;
pub mod resolver;
pub mod routes;
mod store;
#[cfg(test)]
pub(crate) mod testing;
mod tls;
pub mod trust;
mod tunnel;

pub use http::{Response, Stack, Upgraded};
pub use kept::Kept;
