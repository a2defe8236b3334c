//! What IAM's policies say of a request, without asking AWS.
//!
//! Pure: no network, files or clock. Documents become [`Layers`], a [`Request`] is put to them,
//! and [`evaluate`] answers allowed, denied by which layer, or unknown for want of what. A live
//! answer of AWS outranks anything computed here.

mod condition;
mod context;
mod document;
mod doubt;
mod evaluate;
mod json;
mod layers;
mod name;
mod operator;
mod parse;
mod parse_values;
mod pattern;
mod principal;
mod rcp_services;
mod request;
mod tally;
mod truth;
mod value;

pub use context::{Context, KeyState};
pub use document::{Document, Effect, Grammar, Problem, Severity};
pub use evaluate::{Decision, Evaluation, Refusal, evaluate, evaluate_forms};
pub use layers::Layers;
pub use name::Name;
pub use request::Request;
pub use tally::StatementRef;
