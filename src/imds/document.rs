//! The forms of metadata answers.
//!
//! Pure. An answer of another form is malformed, which is how something that is not IMDS shows;
//! the reasons given never quote the content, which may be secret.

use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::aws::Credentials;
use crate::observations::{CredentialSource, CredentialsDocument};
use crate::secret::Secret;

/// Longest single word that is taken.
const WORD_LIMIT: usize = 128;

/// A JSON document.
pub(super) fn parse_json<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| {
        // The error's own text may quote a value.
        format!(
            "not the JSON it should be (line {}, column {})",
            error.line(),
            error.column()
        )
    })
}

/// One word, such as a zone or a domain.
pub(super) fn word(text: &str) -> Result<String, String> {
    let is_word = text.len() <= WORD_LIMIT
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    if is_word {
        Ok(text.to_owned())
    } else {
        Err("not one word".to_owned())
    }
}

/// `i-` and hexadecimal digits.
pub(super) fn instance_id(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix("i-").unwrap_or_default();
    let is_id = (8..=32).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if is_id {
        Ok(text.to_owned())
    } else {
        Err("not an instance id".to_owned())
    }
}

/// The first line of the list of roles: a name in IAM's alphabet.
pub(super) fn role_name(text: &str) -> Result<String, String> {
    let name = text.lines().next().unwrap_or_default().trim();
    let is_name = !name.is_empty()
        && name.len() <= 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte));
    if is_name {
        Ok(name.to_owned())
    } else {
        Err("not a role's name".to_owned())
    }
}

/// A credentials document as IMDS writes it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Written {
    code: String,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    last_updated: Option<String>,
    #[serde(default)]
    access_key_id: Option<Secret>,
    #[serde(default)]
    secret_access_key: Option<Secret>,
    #[serde(default)]
    token: Option<Secret>,
    #[serde(default)]
    expiration: Option<String>,
}

/// A credentials document, taken apart into what may be known and what must not.
pub(super) fn credentials(
    text: &str,
) -> Result<(CredentialsDocument, Option<Credentials>), String> {
    let written: Written = parse_json(text)?;
    let time = |text: Option<String>| text.and_then(|text| text.parse::<Timestamp>().ok());
    let expires_at = time(written.expiration);
    let full = |secret: Option<Secret>| secret.filter(|secret| !secret.is_empty());
    let parts = full(written.access_key_id)
        .zip(full(written.secret_access_key))
        .zip(full(written.token));
    let is_usable = written.code == "Success";
    let observed = CredentialsDocument {
        code: written.code.chars().take(WORD_LIMIT).collect(),
        message: written
            .message
            .map(|message| message.chars().take(1_024).collect()),
        expires_at,
        updated_at: time(written.last_updated),
        complete: parts.is_some(),
    };
    let credentials = parts
        .filter(|_| is_usable)
        .map(|((key_id, secret), token)| Credentials {
            key_id,
            secret,
            token: Some(token),
            expires_at,
            source: CredentialSource::Imds,
        });
    Ok((observed, credentials))
}

#[cfg(test)]
mod tests {
    use super::{credentials, instance_id, parse_json, role_name, word};
    use crate::observations::{IdentityDocument, ProfileInfo};

    const GOOD: &str = r#"{
      "Code" : "Success", "LastUpdated" : "2026-01-01T00:00:00Z", "Type" : "AWS-HMAC",
      "AccessKeyId" : "ASIAPLANTED", "SecretAccessKey" : "planted-secret", "Token" : "planted-token",
      "Expiration" : "2026-01-01T06:00:00Z" }"#;

    #[test]
    fn a_credentials_document_is_taken_apart() {
        let (observed, found) = credentials(GOOD).unwrap();
        assert!(observed.complete);
        assert_eq!(observed.expires_at, found.unwrap().expires_at);
        let shown = serde_json::to_string(&observed).unwrap().to_lowercase();
        assert!(!shown.contains("planted"), "{shown}");
    }

    #[test]
    fn a_code_other_than_success_gives_no_credentials() {
        let text =
            r#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"EC2 cannot assume the role X."}"#;
        let (observed, found) = credentials(text).unwrap();
        assert_eq!(observed.code, "AssumeRoleUnauthorizedAccess");
        assert!(found.is_none() && !observed.complete);
    }

    #[test]
    fn an_incomplete_document_is_seen_as_such() {
        let (observed, found) = credentials(r#"{"Code":"Success","AccessKeyId":"ASIA"}"#).unwrap();
        assert!(found.is_none() && !observed.complete);
    }

    #[test]
    fn a_malformed_document_is_not_quoted() {
        for text in [
            r#"{"Code": ["planted-secret"]}"#,
            r#"{"Code":"Success","Token": 12345}"#,
            "planted-secret",
        ] {
            let why = credentials(text).unwrap_err();
            assert!(!why.contains("planted") && !why.contains("12345"), "{why}");
        }
    }

    #[test]
    fn real_documents_are_read() {
        let document: IdentityDocument = parse_json(
            r#"{"accountId":"111122223333","architecture":"x86_64","availabilityZone":"eu-west-1a",
                "billingProducts":null,"devpayProductCodes":null,"imageId":"ami-0123456789abcdef0",
                "instanceId":"i-0123456789abcdef0","instanceType":"t3.micro","kernelId":null,
                "pendingTime":"2026-01-01T00:00:00Z","privateIp":"10.0.0.5","ramdiskId":null,
                "region":"eu-west-1","version":"2017-09-30"}"#,
        )
        .unwrap();
        assert_eq!(document.region, "eu-west-1");
        let info: ProfileInfo = parse_json(
            r#"{"Code":"Success","LastUpdated":"2026-01-01T00:00:00Z",
                "InstanceProfileArn":"arn:aws:iam::111122223333:instance-profile/Node",
                "InstanceProfileId":"AIPAEXAMPLE"}"#,
        )
        .unwrap();
        assert!(info.instance_profile_arn.is_some());
    }

    #[test]
    fn pages_are_neither_ids_nor_names_nor_words() {
        for text in [
            "<html><body>Sign in</body></html>",
            "i-xyz",
            "two words",
            "i-",
            "",
        ] {
            assert!(instance_id(text).is_err());
        }
        assert!(role_name("<html>").is_err());
        assert!(word("<html>").is_err());
        assert_eq!(role_name("Node.Role\nsecond").unwrap(), "Node.Role");
        assert_eq!(
            instance_id("i-0123456789abcdef0").unwrap(),
            "i-0123456789abcdef0"
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,300}") {
            let _read = (
                credentials(&text).is_ok(),
                instance_id(&text).is_ok(),
                role_name(&text).is_ok(),
                word(&text).is_ok(),
                parse_json::<IdentityDocument>(&text).is_ok(),
            );
        }
    }
}
