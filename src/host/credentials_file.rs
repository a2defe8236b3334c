//! Shared credentials files: the agent's own for Default Host Management, and root's.
//!
//! Source: agent `agent/managedInstances/sharedCredentials`; form: AWS SDK for Go, `internal/ini`.
//! The values go into the secrets; observed are only their presence and kind.

use super::file::{self, TEXT_LIMIT};
use super::{KeySet, layout::Layout};
use crate::observations::{AgentEnvironment, CredentialsFile, Reading, RuntimeConfig};
use crate::world::World;

/// Reads one profile of the file at `path`.
pub(super) fn read(
    world: &World,
    path: &str,
    profile: &str,
) -> (Reading<CredentialsFile>, Option<KeySet>) {
    let mut keys = None;
    let reading = file::read_text(world, path, TEXT_LIMIT).parse(|text| {
        let (observed, found) = parse(&text, profile)?;
        keys = found;
        Ok(observed)
    });
    (reading, keys)
}

/// Where the agent keeps Default Host Management credentials.
pub(super) fn dhmc_path(layout: &Layout, runtime: &Reading<RuntimeConfig>) -> String {
    shared_by(runtime, "EC2").unwrap_or_else(|| format!("{}/credentials", layout.data))
}

/// Where a hybrid agent of this environment shares its credentials.
///
/// Source: agent `sharedCredentials`: the variable, else `$HOME`, else the home in `passwd`.
/// What the agent itself noted down comes first.
pub(super) fn root_path(
    world: &World,
    layout: &Layout,
    runtime: &Reading<RuntimeConfig>,
    environment: &Reading<AgentEnvironment>,
) -> String {
    let environment = environment.value();
    if let Some(path) = environment.and_then(|all| all.shared_credentials_file.clone()) {
        return path;
    }
    shared_by(runtime, "OnPrem").unwrap_or_else(|| {
        let home = environment
            .and_then(|all| all.home.clone())
            .or_else(|| passwd_home(world))
            .unwrap_or_else(|| layout.root_home.to_owned());
        format!("{}/.aws/credentials", home.trim_end_matches('/'))
    })
}

fn shared_by(runtime: &Reading<RuntimeConfig>, identity: &str) -> Option<String> {
    runtime
        .value()
        .filter(|config| config.identity_type == identity && !config.share_file.is_empty())
        .map(|config| config.share_file.clone())
}

/// The home of user id 0.
fn passwd_home(world: &World) -> Option<String> {
    let reading = file::read_text(world, "/etc/passwd", 1024 * 1024);
    reading.value()?.lines().find_map(|line| {
        let mut fields = line.split(':').skip(2);
        let is_root = fields.next()? == "0";
        let home = fields.nth(2)?;
        (is_root && home.starts_with('/')).then(|| home.to_owned())
    })
}

/// One profile of a file, and the names of the others.
pub(super) fn parse(
    text: &str,
    profile: &str,
) -> Result<(CredentialsFile, Option<KeySet>), String> {
    if text.contains('\0') {
        return Err("holds zero bytes".to_owned());
    }
    let mut section = None;
    let mut others = Vec::new();
    let mut values = Values::default();
    for line in text.lines() {
        if line.trim_start().starts_with(['#', ';']) {
            continue;
        }
        // An indented line belongs to the value before it (nested settings).
        if line.starts_with([' ', '\t']) || line.is_empty() {
            continue;
        }
        if let Some(header) = line.strip_prefix('[') {
            let (name, _comment) = header
                .split_once(']')
                .ok_or("a profile's name is not closed by `]`")?;
            let name = name.trim();
            if name != profile && !others.iter().any(|other| other == name) {
                others.push(name.to_owned());
            }
            section = Some(name);
        } else if let Some((key, value)) = line.split_once('=') {
            if section == Some(profile) {
                values.set(key.trim(), value.trim());
            }
        } else {
            return Err("a line is neither a profile nor a setting".to_owned());
        }
    }
    let keys = values.key_set();
    let observed = CredentialsFile {
        profile: profile.to_owned(),
        has_keys: keys.is_some(),
        has_token: keys.as_ref().is_some_and(|keys| keys.token.is_some()),
        key_prefix: keys.as_ref().map_or_else(String::new, KeySet::prefix),
        other_profiles: others,
    };
    Ok((observed, keys))
}

#[derive(Default)]
struct Values {
    key_id: String,
    secret: String,
    token: String,
}

impl Values {
    fn set(&mut self, key: &str, value: &str) {
        let place = match key.to_ascii_lowercase().as_str() {
            "aws_access_key_id" => &mut self.key_id,
            "aws_secret_access_key" => &mut self.secret,
            "aws_session_token" => &mut self.token,
            _ => return,
        };
        let unquoted = value
            .strip_prefix('"')
            .and_then(|value| value.strip_suffix('"'))
            .unwrap_or(value);
        unquoted.clone_into(place);
    }

    fn key_set(self) -> Option<KeySet> {
        KeySet::from_texts(self.key_id, self.secret, self.token)
    }
}

#[cfg(test)]
#[path = "credentials_file_tests.rs"]
mod tests;
