//! The rules as data: what is secret, how it is known, and an example of each.

use super::matchers::{Anchor, Shape, Way};

/// One kind of secret.
#[derive(Debug)]
pub struct Rule {
    /// Its stable id; what was masked bears it.
    pub id: &'static str,
    /// What it is, in a few words.
    pub what: &'static str,
    /// How it is known.
    pub detector: Detector,
    /// A text that this rule and no other finds; empty where it needs a secret known elsewhere.
    pub example: &'static str,
}

/// How a secret is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detector {
    /// A PEM block of a private key, whole or cut.
    PrivateKey,
    /// An access key id: all but its first four characters.
    KeyId,
    /// What stands behind one of these names.
    Named(&'static [&'static str], Shape),
    /// What stands behind one of these names of a header, to the end of the line.
    Header(&'static [&'static str]),
    /// User and password of a URL.
    UrlUser,
    /// User and password of a proxy without a scheme.
    ProxyUser,
    /// A token that its own beginning gives away, of at least so many characters.
    Prefixed(&'static [&'static str], usize),
    /// Variables of a unit's environment, other than proxies.
    Environment,
    /// Forty characters that look like nothing but a secret access key.
    BareSecretKey,
    /// A secret that was read on this host.
    Known,
    /// Any of these in base64 or in hexadecimal digits.
    Encoded,
    /// Any of these in percent-encoding or with JSON's backslashes.
    Escaped,
}

/// Every rule.
pub static RULES: [Rule; 18] = [
    Rule {
        id: "private-key",
        what: "private keys in PEM form",
        detector: Detector::PrivateKey,
        example: "-----BEGIN RSA PRIVATE KEY-----\nMIIEabcdefgh\n-----END RSA PRIVATE KEY-----\n",
    },
    Rule {
        id: "key-id",
        what: "access key ids beyond their first four characters",
        detector: Detector::KeyId,
        example: "using key AKIAIOSFODNN7EXAMPLE now\n",
    },
    Rule {
        id: "secret-key",
        what: "secret access keys by their name",
        detector: Detector::Named(
            &[
                "secretaccesskey",
                "secret_access_key",
                "secret-access-key",
                "secret access key",
                "awssecretkey",
                "aws_secret_key",
                "secretkey",
            ],
            Shape::Any,
        ),
        example: "aws_secret_access_key = short-example\n",
    },
    Rule {
        id: "session-token",
        what: "session, metadata and channel tokens by their name",
        detector: Detector::Named(
            &[
                "sessiontoken",
                "session_token",
                "session-token",
                "security-token",
                "security_token",
                "securitytoken",
                "tokenvalue",
                "token_value",
                "ec2-metadata-token",
                "authorization_token",
                "access_token",
                "refresh_token",
                "id_token",
            ],
            Shape::Any,
        ),
        example: "{\"SessionToken\":\"short-example\"}\n",
    },
    Rule {
        id: "token-by-form",
        what: "session tokens of STS, metadata tokens and web tokens by their form",
        detector: Detector::Prefixed(
            &[
                "IQoJb3JpZ2lu",
                "FwoGZXIvYXdz",
                "FQoGZXIvYXdz",
                "AQAEA",
                "eyJhbGciOi",
            ],
            32,
        ),
        example: "got IQoJb3JpZ2luX2VjEXAMPLEEXAMPLEEXAMPLEEXAMPLE back\n",
    },
    Rule {
        id: "token",
        what: "what looks like a token behind a general name",
        detector: Detector::Named(
            &["token", "credential", "fingerprint", "nonce", "secret"],
            Shape::Tokenish,
        ),
        example: "token=abcdefgh-12345678-ijkl\n",
    },
    Rule {
        id: "registration-key",
        what: "the private keys and the fingerprint of a registration",
        detector: Detector::Named(&["privatekey", "private_key", "private-key"], Shape::Any),
        example: "{\"privateKey\":\"short-example\"}\n",
    },
    Rule {
        id: "activation-code",
        what: "activation codes",
        detector: Detector::Named(
            &[
                "activationcode",
                "activation_code",
                "activation-code",
                "activation code",
                " -code",
                "--code",
            ],
            Shape::Any,
        ),
        example: "amazon-ssm-agent -register -code short-example -id x\n",
    },
    Rule {
        id: "password",
        what: "passwords and keys of other services by their name",
        detector: Detector::Named(
            &[
                "password",
                "passwd",
                "passphrase",
                "api_key",
                "apikey",
                "api-key",
                "client_secret",
                "clientsecret",
            ],
            Shape::Any,
        ),
        example: "//files/share /mnt cifs rw,password=short-example 0 0\n",
    },
    Rule {
        id: "authorization",
        what: "authorization headers and cookies",
        detector: Detector::Header(&["authorization", "asymmetrickeyauthorization", "cookie"]),
        example: "Authorization: Basic dXNl\n",
    },
    Rule {
        id: "signature",
        what: "signatures of requests, in headers and in addresses",
        detector: Detector::Named(&["signature"], Shape::Tokenish),
        example: "https://bucket/?X-Amz-Signature=0011223344556677&x=1\n",
    },
    Rule {
        id: "url-password",
        what: "user and password in an address",
        detector: Detector::UrlUser,
        example: "through http://user:word@proxy:3128\n",
    },
    Rule {
        id: "proxy-password",
        what: "user and password of a proxy that has no scheme",
        detector: Detector::ProxyUser,
        example: "https_proxy=user:word@proxy:3128\n",
    },
    Rule {
        id: "environment",
        what: "variables of a unit's environment other than proxies",
        detector: Detector::Environment,
        example: "Environment=LICENCE=short-example\n",
    },
    Rule {
        id: "secret-key-by-form",
        what: "forty characters that look like nothing but a secret access key",
        detector: Detector::BareSecretKey,
        example: "the other is wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY here\n",
    },
    Rule {
        id: "known-secret",
        what: "secrets that were read on this host, wherever they turn up",
        detector: Detector::Known,
        example: "",
    },
    Rule {
        id: "encoded",
        what: "any of these in base64 or hexadecimal",
        detector: Detector::Encoded,
        // SecretAccessKey=short-example
        example: "data U2VjcmV0QWNjZXNzS2V5PXNob3J0LWV4YW1wbGU=\n",
    },
    Rule {
        id: "escaped",
        what: "any of these behind percent signs or backslashes",
        detector: Detector::Escaped,
        example: "proxy=http%3A%2F%2Fuser%3Aword%40proxy%3A3128\n",
    },
];

impl Rule {
    /// The texts, in lower case, at which this rule has to look closer.
    pub(super) fn anchors(&self) -> Vec<(String, Anchor)> {
        let with = |texts: &[&'static str], way: Way| {
            let anchor = Anchor { rule: self.id, way };
            texts
                .iter()
                .map(|text| ((*text).to_owned(), anchor))
                .collect()
        };
        match self.detector {
            Detector::PrivateKey => with(&["private key-----"], Way::PrivateKey),
            Detector::KeyId => with(&["akia", "asia", "abia", "acca"], Way::KeyId),
            Detector::Named(names, shape) => with(names, Way::Named(shape)),
            Detector::Header(names) => with(names, Way::Header),
            Detector::UrlUser => ('a'..='z')
                .chain('0'..='9')
                .map(|last| {
                    let way = Way::UrlUser;
                    (format!("{last}://"), Anchor { rule: self.id, way })
                })
                .collect(),
            Detector::ProxyUser => with(&["_proxy"], Way::ProxyUser),
            Detector::Prefixed(prefixes, length) => prefixes
                .iter()
                .map(|prefix| {
                    let way = Way::Prefixed(prefix, length);
                    (prefix.to_ascii_lowercase(), Anchor { rule: self.id, way })
                })
                .collect(),
            Detector::Environment => with(&["environment="], Way::Environment),
            Detector::BareSecretKey | Detector::Known | Detector::Encoded | Detector::Escaped => {
                Vec::new()
            }
        }
    }
}
