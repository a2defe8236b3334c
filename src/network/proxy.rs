//! The proxy that the agent would go through: its settings, by Go's rules, with their passwords.
//!
//! Pure. Passwords live in [`Secret`]; what may be shown is cut before it leaves here.
//!
//! Source: `golang.org/x/net/http/httpproxy`; Go `net/http` for `Proxy-Authorization`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;

use crate::no_proxy;
use crate::secret::Secret;

/// Proxy settings as they stand in somebody's environment.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// `HTTPS_PROXY`, else `https_proxy`.
    pub https: Option<Secret>,
    /// `HTTP_PROXY`, else `http_proxy`.
    pub http: Option<Secret>,
    /// `NO_PROXY`, else `no_proxy`.
    pub no_proxy: String,
}

/// How to speak to a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
    /// SOCKS or something else, which this program does not speak.
    Other,
}

/// One proxy.
#[derive(Debug, Clone)]
pub struct Proxy {
    /// How to speak to it.
    pub kind: Kind,
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The value of `Proxy-Authorization`, where the setting has a user.
    pub authorization: Option<Secret>,
}

impl Settings {
    /// The proxy for a request to `host`; `None` = straight.
    #[must_use]
    pub fn proxy_for(&self, is_tls: bool, host: &str, port: u16) -> Option<Proxy> {
        let set = if is_tls { &self.https } else { &self.http };
        let set = set.as_ref().filter(|set| !set.is_empty())?;
        if no_proxy::bypasses(&self.no_proxy, host, port) {
            return None;
        }
        Proxy::parse(set.expose())
    }
}

impl Proxy {
    /// Reads a setting; without a scheme it is an HTTP proxy.
    #[must_use]
    pub fn parse(setting: &str) -> Option<Self> {
        let setting = setting.trim();
        let (scheme, rest) = setting.split_once("://").unwrap_or(("http", setting));
        let (kind, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (Kind::Http, 80),
            "https" => (Kind::Https, 443),
            _ => (Kind::Other, 1080),
        };
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        let place = place.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = split_port(place, default_port);
        (!host.is_empty()).then(|| Self {
            kind,
            host: host.to_owned(),
            port,
            authorization: user.map(basic),
        })
    }

    /// How it may be shown: scheme, host and port.
    #[must_use]
    pub fn shown(&self) -> String {
        let scheme = match self.kind {
            Kind::Http => "http",
            Kind::Https => "https",
            Kind::Other => "socks or other",
        };
        format!("{scheme}://{}:{}", self.host, self.port)
    }
}

/// `host:port`, with the brackets of an IPv6 address taken off.
fn split_port(place: &str, default_port: u16) -> (&str, u16) {
    if let Some(rest) = place.strip_prefix('[') {
        let (host, tail) = rest.split_once(']').unwrap_or((rest, ""));
        let port = tail.strip_prefix(':').and_then(|port| port.parse().ok());
        return (host, port.unwrap_or(default_port));
    }
    match place.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().unwrap_or(default_port)),
        None => (place, default_port),
    }
}

/// User and password as they are shown to the proxy.
fn basic(user: &str) -> Secret {
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    let mut pair: Vec<u8> = percent_decode_str(name).collect();
    pair.push(b':');
    pair.extend(percent_decode_str(password));
    Secret::new(format!("Basic {}", STANDARD.encode(pair)))
}

#[cfg(test)]
mod tests {
    use super::{Kind, Proxy, Settings};
    use crate::secret::Secret;

    #[test]
    fn a_setting_is_read_as_go_reads_it() {
        for (setting, kind, host, port) in [
            ("http://proxy:3128", Kind::Http, "proxy", 3128),
            ("proxy:3128", Kind::Http, "proxy", 3128),
            ("proxy", Kind::Http, "proxy", 80),
            ("https://proxy/", Kind::Https, "proxy", 443),
            ("http://[fd00::1]:8080", Kind::Http, "fd00::1", 8080),
            ("socks5://proxy", Kind::Other, "proxy", 1080),
            ("http://u:p@x@proxy:1/", Kind::Http, "proxy", 1),
        ] {
            let proxy = Proxy::parse(setting).unwrap();
            assert_eq!(
                (proxy.kind, proxy.host.as_str(), proxy.port),
                (kind, host, port),
                "{setting}"
            );
        }
        assert!(Proxy::parse("http://").is_none());
    }

    #[test]
    fn user_and_password_are_decoded_and_never_shown() {
        let proxy = Proxy::parse("http://me:hunt%40er2@proxy:3128").unwrap();
        let shown = format!("{proxy:?} {}", proxy.shown());
        assert!(!shown.contains("hunt") && !shown.contains("me:"), "{shown}");
        assert_eq!(
            proxy.authorization.unwrap().expose(),
            "Basic bWU6aHVudEBlcjI="
        );
    }

    #[test]
    fn the_scheme_chooses_the_setting_and_no_proxy_wins() {
        let settings = Settings {
            https: Some(Secret::new("http://secure:1".to_owned())),
            http: Some(Secret::new("http://plain:2".to_owned())),
            no_proxy: ".example".to_owned(),
        };
        let host = |tls, host| settings.proxy_for(tls, host, 443).map(|one| one.host);
        assert_eq!(host(true, "ssm.aws").as_deref(), Some("secure"));
        assert_eq!(host(false, "ssm.aws").as_deref(), Some("plain"));
        assert_eq!(host(true, "ssm.example"), None);
        assert!(
            Settings::default()
                .proxy_for(true, "ssm.aws", 443)
                .is_none()
        );
    }

    proptest::proptest! {
        #[test]
        fn any_setting_is_read_without_a_panic(setting in "\\PC{0,60}") {
            let _read = Proxy::parse(&setting).map(|proxy| proxy.shown());
        }

        #[test]
        fn no_password_is_shown(user in "[^@]{0,8}") {
            let shown = Proxy::parse(&format!("http://{user}:hunter2@proxy:1")).map(|one| one.shown());
            proptest::prop_assert!(!shown.unwrap_or_default().contains("hunter2"));
        }
    }
}
