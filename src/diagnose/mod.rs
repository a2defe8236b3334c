//! From observations to a report: pure functions, no clock, no files, no network.

pub mod denial;
pub mod ec2;
pub mod hybrid;
pub mod identity;
pub mod reply;
pub mod selection;
pub mod view;
