use http::Request;
use ring::signature::{RSA_PSS_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};

use super::{COUNTER_SIGNATURE, Scope, Unsigned, counter_sign, hex_sha256, machine_key, sigv4};
use crate::aws::Credentials;
use crate::observations::CredentialSource;
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// A key made for tests, in the form in which the agent stores one: base64 of PKCS#1.
pub(crate) fn key() -> Secret {
    Secret::new(STANDARD.encode(KEY_DER))
}

const KEY_DER: &[u8] = include_bytes!("../host/testdata/rsa-2048.pkcs1.der");

fn scope() -> Scope<'static> {
    Scope {
        service: "ssm",
        region: "eu-west-1",
        at: "2026-01-02T03:04:05Z".parse().unwrap(),
    }
}

fn request() -> Request<Vec<u8>> {
    Request::post("https://ssm.eu-west-1.amazonaws.com/")
        .header("host", "ssm.eu-west-1.amazonaws.com")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "AmazonSSM.RequestManagedInstanceRoleToken")
        .body(br#"{"Fingerprint":"f"}"#.to_vec())
        .unwrap()
}

fn header<'a>(request: &'a Request<Vec<u8>>, name: &str) -> &'a str {
    request.headers().get(name).unwrap().to_str().unwrap()
}

#[track_caller]
fn assert_signs(signature: &str, message: &str) {
    let pair = RsaKeyPair::from_der(KEY_DER).unwrap();
    let public = ring::signature::KeyPair::public_key(&pair)
        .as_ref()
        .to_vec();
    UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, public)
        .verify(message.as_bytes(), &STANDARD.decode(signature).unwrap())
        .unwrap();
}

#[test]
fn the_machine_key_signs_the_string_that_sigv4_would() {
    let mut request = request();
    machine_key(&mut request, "mi-0123456789abcdef0", &key(), scope()).unwrap();
    let authorization = header(&request, "authorization");
    let (begin, signature) = authorization.split_once("Signature=").unwrap();
    assert_eq!(
        begin,
        "AWS4-HMAC-SHA256 Credential=mi-0123456789abcdef0/20260102/eu-west-1/ssm/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
    );
    let canonical = format!(
        "POST\n/\n\ncontent-type:application/x-amz-json-1.1\nhost:ssm.eu-west-1.amazonaws.com\n\
         x-amz-date:20260102T030405Z\nx-amz-target:AmazonSSM.RequestManagedInstanceRoleToken\n\n\
         content-type;host;x-amz-date;x-amz-target\n{}",
        hex_sha256(br#"{"Fingerprint":"f"}"#)
    );
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n20260102T030405Z\n20260102/eu-west-1/ssm/aws4_request\n{}",
        hex_sha256(canonical.as_bytes())
    );
    assert_signs(signature, &to_sign);
    assert!(request.headers().get("x-amz-security-token").is_none());
}

#[test]
fn the_counter_signature_is_over_the_finished_authorization() {
    let mut request = request();
    let role = Credentials {
        key_id: Secret::new("ASIAEXAMPLE".to_owned()),
        secret: Secret::new("secret".to_owned()),
        token: Some(Secret::new("token".to_owned())),
        expires_at: None,
        source: CredentialSource::Imds,
    };
    sigv4(&mut request, &role, scope()).unwrap();
    counter_sign(&mut request, &key()).unwrap();
    let authorization = header(&request, "authorization").to_owned();
    assert!(
        authorization.contains(
            "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target,"
        ),
        "{authorization}"
    );
    let value = header(&request, COUNTER_SIGNATURE);
    assert_signs(value.strip_prefix("Signature=").unwrap(), &authorization);
}

/// The vector "get-vanilla" of AWS's `SigV4` test suite.
#[test]
fn sigv4_matches_aws_s_own_vector() {
    let mut request = Request::get("https://example.amazonaws.com/")
        .body(Vec::new())
        .unwrap();
    let keys = Credentials {
        key_id: Secret::new("AKIDEXAMPLE".to_owned()),
        secret: Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned()),
        token: None,
        expires_at: None,
        source: CredentialSource::Environment,
    };
    let scope = Scope {
        service: "service",
        region: "us-east-1",
        at: "2015-08-30T12:36:00Z".parse().unwrap(),
    };
    sigv4(&mut request, &keys, scope).unwrap();
    assert_eq!(
        header(&request, "authorization"),
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
         SignedHeaders=host;x-amz-date, \
         Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"
    );
}

#[test]
fn a_key_that_is_none_is_refused_without_a_word_of_it() {
    for text in ["", "planted", "cGxhbnRlZA==", "===="] {
        let refused = machine_key(
            &mut request(),
            "mi-0",
            &Secret::new(text.to_owned()),
            scope(),
        );
        assert_eq!(refused, Err(Unsigned::Key));
    }
    assert_eq!(counter_sign(&mut request(), &key()), Err(Unsigned::Request));
}
