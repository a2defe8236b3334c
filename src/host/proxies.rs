//! Proxy settings wherever they are made, and which of them the agent has.
//!
//! The running process knows best; without one it is what its unit would give it.

use super::environment::go_proxy;
use crate::network::proxy::Settings;
use crate::secret::Secret;
use crate::world::Env;

/// The settings in an environment, as Go reads them: upper case first.
#[must_use]
pub fn of_environment(env: &Env) -> Settings {
    let secret = |upper, lower| go_proxy(env, upper, lower).map(|set| Secret::new(set.to_owned()));
    Settings {
        https: secret("HTTPS_PROXY", "https_proxy"),
        http: secret("HTTP_PROXY", "http_proxy"),
        no_proxy: go_proxy(env, "NO_PROXY", "no_proxy")
            .unwrap_or_default()
            .to_owned(),
    }
}
