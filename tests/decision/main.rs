//! The decision table, a test for each of its 46 rows: which identity, which path, which verdict.

#![expect(clippy::expect_used, reason = "made-up values are valid")]

mod parts;
mod seen;

mod account;
mod agent_runs;
mod ec2;
mod ecs_and_custom;
mod health;
mod hybrid;
mod identity;
mod log;
mod network;
mod plan;
