//! Whole hosts: the program in a network namespace of its own, with the real host names on port
//! 443, IMDS at 169.254.169.254, dnsmasq as the name server, tinyproxy as the proxy, and a
//! packet filter that drops and rejects.
//!
//! `.ci/run netns` installs what this needs and runs it as root. Without the rights or the tools
//! every test here fails and says so. No packet leaves the namespaces that a test has made.

#![expect(
    clippy::disallowed_methods,
    reason = "tests stand outside the program: they run it, and lay out its host"
)]

#[cfg(test)]
#[path = "../lab/mod.rs"]
#[expect(dead_code, reason = "the scenarios use the rest of the lab")]
mod lab;

#[cfg(test)]
mod dns;
#[cfg(test)]
mod imds;
#[cfg(test)]
mod namespace;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod whole_host;
