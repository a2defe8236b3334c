//! The policy engine against AWS's documented rules, and against rules of its own.

#![expect(
    clippy::disallowed_methods,
    reason = "a page of the documentation is compared, and made anew when asked"
)]

#[cfg(test)]
mod eval;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod lint;
#[cfg(test)]
mod managed;
#[cfg(test)]
mod minimal;
#[cfg(test)]
mod nodes;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod strategies;
#[cfg(test)]
mod vectors;
