//! The environment of the agent's core process: what matters of it, and its secrets.
//!
//! Names as Go and its AWS SDK read them. Pure: the process table hands in the bytes.

use super::{ContainerCredentials, KeySet};
use crate::observations::AgentEnvironment;
use crate::secret::Secret;
use crate::world::Env;

/// Where ECS serves container credentials on a relative address.
///
/// Source: AWS SDK for Go, `aws/defaults`.
const CONTAINER_HOST: &str = "http://169.254.170.2";

/// Parses `/proc/<pid>/environ`: `NAME=value`, each ended by a zero byte.
pub(super) fn parse(bytes: &[u8]) -> Env {
    bytes
        .split(|byte| *byte == 0)
        .filter_map(|entry| {
            let (name, value) = std::str::from_utf8(entry).ok()?.split_once('=')?;
            Some((name.to_owned(), value.to_owned()))
        })
        .collect()
}

/// What may be seen of an environment.
pub(super) fn observe(env: &Env) -> AgentEnvironment {
    let text = |name: &str| env.get(name).map(str::to_owned);
    AgentEnvironment {
        https_proxy: go_proxy(env, "HTTPS_PROXY", "https_proxy").map(without_user),
        http_proxy: go_proxy(env, "HTTP_PROXY", "http_proxy").map(without_user),
        no_proxy: go_proxy(env, "NO_PROXY", "no_proxy").map(str::to_owned),
        has_static_keys: env.get("AWS_ACCESS_KEY_ID").is_some(),
        shared_credentials_file: text("AWS_SHARED_CREDENTIALS_FILE"),
        profile: text("AWS_PROFILE"),
        home: text("HOME"),
        imds_disabled: env
            .get("AWS_EC2_METADATA_DISABLED")
            .is_some_and(|value| value.eq_ignore_ascii_case("true")),
        has_container_credentials: container_uri(env).is_some(),
        task_metadata_uri: env
            .get("ECS_CONTAINER_METADATA_URI_V4")
            .or_else(|| env.get("ECS_CONTAINER_METADATA_URI"))
            .map(str::to_owned),
    }
}

/// A proxy variable as Go's `httpproxy` takes it: upper case first.
pub(super) fn go_proxy<'a>(env: &'a Env, upper: &str, lower: &str) -> Option<&'a str> {
    env.get(upper).or_else(|| env.get(lower))
}

/// Static or temporary keys in the environment.
pub(super) fn keys(env: &Env) -> Option<KeySet> {
    let value = |name: &str| env.get(name).unwrap_or_default().to_owned();
    KeySet::from_texts(
        value("AWS_ACCESS_KEY_ID"),
        value("AWS_SECRET_ACCESS_KEY"),
        value("AWS_SESSION_TOKEN"),
    )
}

/// Where container credentials are, and what must be shown there. `read_token` reads the file
/// of `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`.
pub(super) fn container(
    env: &Env,
    read_token: impl FnOnce(&str) -> Option<String>,
) -> Option<ContainerCredentials> {
    let uri = container_uri(env)?;
    let token = env
        .get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        .map(str::to_owned)
        .or_else(|| read_token(env.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")?))
        .map(Secret::new);
    Some(ContainerCredentials { uri, token })
}

/// The full address comes first, and an empty one counts as unset.
///
/// Source: `RemoteCredProvider` in the agent's Go SDK, `aws/defaults/defaults.go`. Other SDKs
/// take the relative one first.
fn container_uri(env: &Env) -> Option<String> {
    let value = |name: &str| env.get(name).filter(|value| !value.is_empty());
    value("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        .map(str::to_owned)
        .or_else(|| {
            value("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
                .map(|path| format!("{CONTAINER_HOST}{path}"))
        })
}

/// The schemes that a proxy may have in Go. What else stands before `://` may be a password.
const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

/// A proxy's address without user and password: `scheme://host:port`.
///
/// A password may hold any character, written as it should be or not, so everything between the
/// scheme and the last `@` goes; an `@` in the path costs nothing here.
pub(super) fn without_user(url: &str) -> String {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) if SCHEMES.contains(&scheme) => (Some(scheme), rest),
        _ => (None, url),
    };
    let host = rest.rsplit_once('@').map_or(rest, |(_user, host)| host);
    match scheme {
        Some(scheme) => format!("{scheme}://{host}"),
        None => host.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{container, keys, observe, parse, without_user};
    use crate::world::Env;

    #[test]
    fn user_and_password_never_stay_in_a_proxy() {
        for (given, kept) in [
            ("http://proxy:3128", "http://proxy:3128"),
            ("http://user:hunter2@proxy:3128/", "http://proxy:3128/"),
            ("user:hunter2@proxy:3128", "proxy:3128"),
            ("http://user:hunter2@x@proxy:1", "http://proxy:1"),
            ("http://user:hun/ter2?#@proxy:1", "http://proxy:1"),
            ("user:hunter2://x@proxy:1", "proxy:1"),
            ("hunter2://x@proxy:1", "proxy:1"),
            ("//user:hunter2@proxy", "proxy"),
            ("hunter2@", ""),
        ] {
            assert_eq!(without_user(given), kept);
        }
    }

    #[test]
    fn the_environment_is_told_without_its_secrets() {
        let env = parse(
            b"HTTPS_PROXY=http://u:hunter2@p:1\0https_proxy=http://other\0no_proxy=169.254.169.254\0\
              AWS_ACCESS_KEY_ID=AKIAhunter2\0AWS_SECRET_ACCESS_KEY=hunter2\0AWS_SESSION_TOKEN=hunter2\0\
              HOME=/root\0AWS_EC2_METADATA_DISABLED=TRUE\0AWS_PROFILE=ops\0\
              AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/hunter2\0\
              AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/token\0ECS_CONTAINER_METADATA_URI_V4=http://169.254.170.2/v4/x\0\
              \xff\xfe=x\0broken\0=\0",
        );
        let seen = observe(&env);
        assert_eq!(seen.https_proxy.as_deref(), Some("http://p:1"));
        assert_eq!(seen.no_proxy.as_deref(), Some("169.254.169.254"));
        assert_eq!(seen.home.as_deref(), Some("/root"));
        assert_eq!(seen.profile.as_deref(), Some("ops"));
        assert!(seen.has_static_keys && seen.imds_disabled && seen.has_container_credentials);
        assert_eq!(
            seen.task_metadata_uri.as_deref(),
            Some("http://169.254.170.2/v4/x")
        );
        assert!(!format!("{seen:?}").contains("hunter2"));

        let keys = keys(&env).unwrap();
        assert_eq!(keys.secret.expose(), "hunter2");
        assert_eq!(keys.prefix(), "AKIA");
        let container =
            container(&env, |path| (path == "/token").then(|| "tok".to_owned())).unwrap();
        assert_eq!(container.uri, "http://169.254.170.2/v2/credentials/hunter2");
        assert_eq!(container.token.unwrap().expose(), "tok");
    }

    #[test]
    fn an_empty_environment_says_nothing() {
        let env = Env::default();
        assert_eq!(
            observe(&env),
            crate::observations::AgentEnvironment::default()
        );
        assert!(keys(&env).is_none() && container(&env, |_| None).is_none());
        assert!(keys(&Env::from_pairs([("AWS_ACCESS_KEY_ID", "AKIA")])).is_none());
    }

    #[test]
    fn the_full_address_of_container_credentials_comes_before_the_relative_one() {
        const FULL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
        const RELATIVE: &str = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
        for (full, relative, expected) in [
            ("http://localhost/a", "/b", Some("http://localhost/a")),
            ("", "/b", Some("http://169.254.170.2/b")),
            ("http://localhost/a", "", Some("http://localhost/a")),
            ("", "", None),
        ] {
            let env = Env::from_pairs([(FULL, full), (RELATIVE, relative)]);
            let uri = container(&env, |_| None).map(|found| found.uri);
            assert_eq!(uri.as_deref(), expected, "{full} {relative}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_environment_panics(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
            let _seen = observe(&parse(&bytes));
        }

        #[test]
        fn no_password_survives(user in "\\PC{1,12}", scheme in "|http://|https://|socks5://") {
            let found = without_user(&format!("{scheme}{user}:hunter2@proxy:3128"));
            proptest::prop_assert!(!found.contains("hunter2"), "{}", found);
        }
    }
}
