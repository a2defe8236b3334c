//! What IAM's policies say of a request, without asking AWS.
//!
//! Pure: no network, files or clock. Documents become [`Layers`], a [`Request`] is put to them,
//! and [`evaluate()`] answers allowed, denied by which layer, or unknown for want of what. A live
//! answer of AWS outranks anything computed here.

mod condition;
mod context;
mod coverage;
mod document;
mod doubt;
mod evaluate;
mod exported;
mod given;
mod json;
mod layers;
mod lint;
mod minimal;
mod name;
mod node;
mod operator;
mod parse;
mod parse_values;
mod pattern;
mod principal;
mod rcp_services;
mod request;
mod superfluous;
mod tally;
mod truth;
mod value;
mod verdict;
mod written_as;

pub use context::{Context, KeyState};
pub use coverage::{ActionCoverage, CapabilityCoverage, Coverage, StatedKeys, cover};
pub use document::{Document, Effect, Grammar, Problem, Severity};
pub use evaluate::{Decision, Evaluation, Refusal, evaluate, evaluate_forms};
pub use given::{DocumentVerdict, Given, ManagedVersion, Place, layers_of};
pub use layers::{Layers, Scoped};
pub use lint::{Written, lint};
pub use minimal::{Missing, Trust, minimal, minimal_for_actions, trust_policy};
pub use name::Name;
pub use node::Node;
pub use request::Request;
pub use superfluous::{Excess, Needed, superfluous};
pub use tally::StatementRef;
pub use verdict::{PolicyVerdict, Question, RequestVerdict, judge};
pub use written_as::Plan;
