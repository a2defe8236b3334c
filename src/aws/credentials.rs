//! Live credentials of one path: held only while they sign, never printed or serialised.

use jiff::Timestamp;

use crate::observations::{CredentialFacts, CredentialSource};
use crate::secret::Secret;

/// Access keys and where they came from. `Debug` shows none of them.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The access key id.
    pub key_id: Secret,
    /// The secret access key.
    pub secret: Secret,
    /// The session token; `None` = long-lived keys.
    pub token: Option<Secret>,
    /// When they end, where the source says so.
    pub expires_at: Option<Timestamp>,
    /// Where they came from.
    pub source: CredentialSource,
}

impl Credentials {
    /// What may be known of them.
    #[must_use]
    pub fn facts(&self) -> CredentialFacts {
        CredentialFacts {
            source: self.source,
            expires_at: self.expires_at,
            key_prefix: self.key_id.expose().chars().take(4).collect(),
            has_token: self.token.is_some(),
        }
    }

    /// Every secret in them, to keep them out of texts that came from elsewhere.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        [&self.key_id, &self.secret].into_iter().chain(&self.token)
    }

    /// The same credentials in the signer's type.
    pub(crate) fn for_signing(&self) -> aws_credential_types::Credentials {
        // The end is not given: nothing may refuse to send what the agent would send.
        aws_credential_types::Credentials::new(
            self.key_id.expose(),
            self.secret.expose(),
            self.token.as_ref().map(|token| token.expose().to_owned()),
            None,
            "ssm-probe",
        )
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::Credentials;
    use crate::observations::CredentialSource;
    use crate::secret::Secret;

    /// Made-up credentials with recognisable secrets.
    pub(crate) fn planted() -> Credentials {
        Credentials {
            key_id: Secret::new("ASIAPLANTEDKEYID0001".to_owned()),
            secret: Secret::new("planted-secret-access-key".to_owned()),
            token: Some(Secret::new("planted-session-token".to_owned())),
            expires_at: None,
            source: CredentialSource::Imds,
        }
    }

    #[test]
    fn facts_hold_four_characters_of_the_key_id_and_no_more() {
        let facts = format!("{:?}", planted().facts());
        assert!(facts.contains("\"ASIA\""), "{facts}");
        assert!(!facts.contains("PLANTED"), "{facts}");
    }

    #[test]
    fn debug_shows_no_secret() {
        assert!(
            !format!("{:?}", planted())
                .to_lowercase()
                .contains("planted")
        );
    }
}
