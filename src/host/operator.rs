//! The named AWS profile of the person at the keyboard: keys for questions about the account.
//!
//! Read like the AWS CLI reads it, below the real root: the person's files are not the host's.
//! Keys and session tokens only; what would have to be run, assumed or logged in for is named,
//! not done.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".

use std::path::PathBuf;

use super::credentials_file;
use super::file::{self, TEXT_LIMIT};
use super::secrets::KeySet;
use crate::observations::OperatorProfile;
use crate::world::World;

/// Settings that come before keys in the same profile, and what they are.
const BEFORE_KEYS: [(&str, &str); 2] = [
    ("role_arn", "assumes a role"),
    ("web_identity_token_file", "uses a web identity"),
];
/// Settings that come after them.
const AFTER_KEYS: [(&str, &str); 5] = [
    ("sso_session", "signs in by IAM Identity Center"),
    ("sso_start_url", "signs in by IAM Identity Center"),
    ("login_session", "signs in by `aws login`"),
    ("credential_process", "runs a program"),
    ("source_profile", "takes another profile's keys"),
];

/// A pair of files that a profile may be in.
struct Place {
    credentials: String,
    config: String,
}

/// Looks for the profile. Blocking and bounded.
#[must_use]
pub fn read(world: &World, name: &str) -> (OperatorProfile, Option<KeySet>) {
    let files = World {
        root: PathBuf::from("/"),
        ..world.clone()
    };
    let places = places(&files);
    let mut looked = Vec::new();
    for place in &places {
        if let Some((source, found)) = look(&files, place, name) {
            return match found {
                Ok(keys) => (profile(name, source, None), Some(keys)),
                Err(problem) => (profile(name, source, Some(problem)), None),
            };
        }
        looked.extend([place.credentials.clone(), place.config.clone()]);
    }
    let source = looked.join(", ");
    let problem = if source.is_empty() {
        "no home folder is known; set AWS_SHARED_CREDENTIALS_FILE".to_owned()
    } else {
        format!("there is no profile `{name}` in {source}")
    };
    (profile(name, source, Some(problem)), None)
}

fn profile(name: &str, source: String, problem: Option<String>) -> OperatorProfile {
    OperatorProfile {
        name: name.to_owned(),
        source,
        problem,
    }
}

/// The files of this user; under `sudo` then those of the one who called it.
fn places(world: &World) -> Vec<Place> {
    let home = world.env.get("HOME").map(str::to_owned);
    let caller = world
        .env
        .get("SUDO_USER")
        .and_then(|user| home_of(world, user));
    let given = |name: &str| world.env.get(name).map(str::to_owned);
    let (credentials, config) = (
        given("AWS_SHARED_CREDENTIALS_FILE"),
        given("AWS_CONFIG_FILE"),
    );
    let mut homes: Vec<String> = home.into_iter().chain(caller).collect();
    if homes.is_empty() && (credentials.is_some() || config.is_some()) {
        homes.push(String::new());
    }
    homes.dedup();
    homes
        .into_iter()
        .map(|home| Place {
            credentials: credentials
                .clone()
                .unwrap_or_else(|| format!("{home}/.aws/credentials")),
            config: config
                .clone()
                .unwrap_or_else(|| format!("{home}/.aws/config")),
        })
        .collect()
}

fn home_of(world: &World, user: &str) -> Option<String> {
    let reading = file::read_text(world, "/etc/passwd", 1024 * 1024);
    reading.value()?.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == user)
            .then(|| fields.nth(4))
            .flatten()
            .filter(|home| home.starts_with('/'))
            .map(str::to_owned)
    })
}

/// The profile's file, and its keys or why it has none; `None` = it is in neither file.
fn look(world: &World, place: &Place, name: &str) -> Option<(String, Result<KeySet, String>)> {
    let in_config = if name == "default" {
        name.to_owned()
    } else {
        format!("profile {name}")
    };
    let mut settings = Vec::new();
    let mut keys = None;
    let mut source = None;
    for (path, section) in [(&place.credentials, name), (&place.config, &in_config)] {
        let reading = file::read_text(world, path, TEXT_LIMIT);
        if reading.is_forbidden() {
            let problem = format!("{path} may not be read");
            return Some((path.clone(), Err(problem)));
        }
        let Some(text) = reading.value() else {
            continue;
        };
        let Some(found) = section_of(text, section) else {
            continue;
        };
        settings.extend(found);
        source.get_or_insert_with(|| path.clone());
        if keys.is_none()
            && let Ok((_, Some(found))) = credentials_file::parse(text, section)
        {
            source = Some(path.clone());
            keys = Some(found);
        }
    }
    let has = |wanted: &(&str, &str)| settings.iter().any(|name| name == wanted.0);
    let unsupported = |(setting, what): &(&str, &str)| {
        format!(
            "it {what} ({setting}), which this tool does not do; put what `aws configure \
             export-credentials --profile {name}` prints into a profile of its own"
        )
    };
    let result = match (BEFORE_KEYS.iter().find(|it| has(it)), keys) {
        (Some(first), _) => Err(unsupported(first)),
        (None, Some(keys)) => Ok(keys),
        (None, None) => Err(AFTER_KEYS
            .iter()
            .find(|it| has(it))
            .map_or_else(|| "it holds no access keys".to_owned(), unsupported)),
    };
    Some((source?, result))
}

/// The names of a section's settings; `None` = there is no such section.
fn section_of(text: &str, section: &str) -> Option<Vec<String>> {
    let mut found: Option<Vec<String>> = None;
    let mut inside = false;
    for line in text.lines() {
        if let Some(header) = line.trim_start().strip_prefix('[') {
            let name = header.split(']').next().unwrap_or(header);
            let words: Vec<&str> = name.split_ascii_whitespace().collect();
            inside = words.join(" ") == section;
            if inside {
                found.get_or_insert_default();
            }
        } else if inside
            && !line.starts_with([' ', '\t', '#', ';'])
            && let (Some(names), Some((key, _))) = (&mut found, line.split_once('='))
        {
            names.push(key.trim().to_ascii_lowercase());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::host::testing::Root;
    use crate::world::{Clock, Env, World};

    const CREDENTIALS: &str = "[ops]\naws_access_key_id = AKIAOPS\naws_secret_access_key = s\n\
        [temporary]\naws_access_key_id=ASIAOPS\naws_secret_access_key=s\naws_session_token=t\n";
    const CONFIG: &str = "[profile sso]\nsso_session = corp\nregion = eu-west-1\n\
        [profile run]\ncredential_process = /bin/give --secret hunter2\n\
        [profile admin]\nrole_arn = arn:aws:iam::111122223333:role/Admin\nsource_profile = ops\n\
        [profile empty]\nregion = eu-west-1\n";

    fn world(root: &Root) -> World {
        root.write("/home/a/.aws/credentials", CREDENTIALS);
        root.write("/home/a/.aws/config", CONFIG);
        let home = root.real("/home/a");
        World {
            clock: Clock::System,
            env: Env::from_pairs([("HOME", home.to_str().unwrap())]),
            root: "/nowhere".into(),
        }
    }

    #[test]
    fn keys_with_or_without_a_token_are_taken() {
        let root = Root::new();
        let world = world(&root);
        for (name, prefix, token) in [("ops", "AKIA", false), ("temporary", "ASIA", true)] {
            let (profile, keys) = read(&world, name);
            let keys = keys.unwrap();
            assert_eq!(profile.problem, None);
            assert_eq!(
                (keys.prefix().as_str(), keys.token.is_some()),
                (prefix, token)
            );
        }
    }

    #[test]
    fn what_is_not_supported_is_named_with_the_way_out() {
        let root = Root::new();
        let world = world(&root);
        for (name, word) in [
            ("sso", "IAM Identity Center"),
            ("run", "runs a program"),
            ("admin", "assumes a role"),
            ("empty", "no access keys"),
            ("nobody", "there is no profile"),
        ] {
            let (profile, keys) = read(&world, name);
            let problem = profile.problem.unwrap();
            assert!(
                keys.is_none() && problem.contains(word),
                "{name}: {problem}"
            );
            assert!(!problem.contains("hunter2"));
        }
    }

    #[test]
    fn a_home_that_is_not_known_is_an_answer_too() {
        let world = World {
            clock: Clock::System,
            env: Env::default(),
            root: "/".into(),
        };
        assert!(read(&world, "ops").0.problem.is_some());
    }
}
