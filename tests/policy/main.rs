//! The policy engine against AWS's documented rules, and against rules of its own.

#[cfg(test)]
mod layers;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod vectors;
