//! Proxy settings wherever they are made, and which of them the agent has.
//!
//! The running process knows best; without one it is what its unit would give it.

use super::environment::{self, go_proxy};
use super::file::{self, TEXT_LIMIT};
use super::health::unit;
use crate::network::proxy::Settings;
use crate::observations::{AgentEnvironment, Host, Proxies, ProxySettings, Reading, Unit};
use crate::secret::Secret;
use crate::world::{Env, World};

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

/// The agent's own settings: those of its process, else those that its unit would give it.
pub(super) fn of_agent(
    world: &World,
    process: Option<&Env>,
    units: &Reading<Vec<Unit>>,
) -> Settings {
    match (process, in_use(units)) {
        (Some(env), _) => of_environment(env),
        (None, Some(one)) => of_environment(&unit::environment(world, one)),
        (None, None) => Settings::default(),
    }
}

/// What may be seen of the settings in each place, passwords cut out.
#[must_use]
pub fn observe(world: &World, host: &Host) -> Proxies {
    let file = file::read_text(world, ENVIRONMENT_FILE, TEXT_LIMIT);
    let file = file.value().map(|text| assignments(text).collect::<Env>());
    let unit = in_use(&host.health.units).map(|unit| &unit.environment);
    Proxies {
        agent: host.agent.environment.value().map(settings),
        unit: unit.map(settings),
        shell: Some(settings(&environment::observe(&world.env))),
        environment_file: file.map(|env| settings(&environment::observe(&env))),
    }
}

/// The file that logins read, and that snap's units read too.
const ENVIRONMENT_FILE: &str = "/etc/environment";

fn settings(seen: &AgentEnvironment) -> ProxySettings {
    ProxySettings {
        https_proxy: seen.https_proxy.clone(),
        http_proxy: seen.http_proxy.clone(),
        no_proxy: seen.no_proxy.clone(),
    }
}

/// The unit that runs the agent: one that is active or enabled, else the first.
fn in_use(units: &Reading<Vec<Unit>>) -> Option<&Unit> {
    let units = units.value()?;
    let active = |unit: &&Unit| unit.is_active == Some(true) || unit.is_enabled;
    units.iter().find(active).or_else(|| units.first())
}

/// `NAME=value` lines, quotes taken off, as `pam_env(8)` and systemd's `EnvironmentFile=` read them.
pub(super) fn assignments(text: &str) -> impl Iterator<Item = (String, String)> + '_ {
    text.lines().filter_map(|line| {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let (name, value) = line.split_once('=').filter(|_| !line.starts_with('#'))?;
        let value = value.trim();
        let quoted = ['"', '\'']
            .into_iter()
            .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
        Some((name.trim().to_owned(), quoted.unwrap_or(value).to_owned()))
    })
}

#[cfg(test)]
mod tests {
    use super::{assignments, of_environment};
    use crate::world::Env;

    #[test]
    fn lines_are_read_with_and_without_quotes() {
        let text =
            "# https_proxy=no\nHTTPS_PROXY=\"http://a:1\"\nexport no_proxy='x,y'\nnonsense\n";
        let env: Env = assignments(text).collect();
        let settings = of_environment(&env);
        assert_eq!(settings.https.unwrap().expose(), "http://a:1");
        assert_eq!(settings.no_proxy, "x,y");
    }
}
