//! Signatures: `SigV4` with access keys, and the agent's two uses of its RSA machine key.
//!
//! Source: agent `agent/ssm/rsaauth/*`, `agent/managedInstances/auth/rsa_key.go`; forms verified
//! against the real agent's requests.

use std::time::SystemTime;

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Request};
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PSS_SHA256, RsaKeyPair};

use super::Credentials;
use crate::secret::Secret;

/// The header of the counter-signature, in the agent's spelling.
pub const COUNTER_SIGNATURE: &str = "SSM-AsymmetricKeyAuthorization";
/// The label that stands in every form, also where RSA takes the place of HMAC.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Why a request could not be signed; says nothing of the key's content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unsigned {
    /// The stored private key is not base64 of an RSA key in PKCS#1 form.
    #[error("the stored private key cannot be used")]
    Key,
    /// The request itself cannot be signed.
    #[error("the request cannot be signed")]
    Request,
}

/// What a signature is made for.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// The service's name in the signature.
    pub service: &'a str,
    /// The Region in the signature.
    pub region: &'a str,
    /// The time of the signature.
    pub at: Timestamp,
}

/// Adds an ordinary `SigV4` signature.
///
/// # Errors
/// When the request has parts that cannot be signed.
pub fn sigv4(
    request: &mut Request<Vec<u8>>,
    credentials: &Credentials,
    scope: Scope<'_>,
) -> Result<(), Unsigned> {
    with_settings(request, credentials, scope, SigningSettings::default())
}

/// Adds the signature in the form of S3, which takes paths as they are and wants the body's hash.
///
/// # Errors
/// As [`sigv4`].
pub fn sigv4_s3(
    request: &mut Request<Vec<u8>>,
    credentials: &Credentials,
    scope: Scope<'_>,
) -> Result<(), Unsigned> {
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    with_settings(request, credentials, scope, settings)
}

fn with_settings(
    request: &mut Request<Vec<u8>>,
    credentials: &Credentials,
    scope: Scope<'_>,
    settings: SigningSettings,
) -> Result<(), Unsigned> {
    let identity = credentials.for_signing().into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(SystemTime::from(scope.at))
        .settings(settings)
        .build()
        .map_err(|_missing| Unsigned::Request)?
        .into();
    let uri = request.uri().to_string();
    let headers: Vec<(&str, &str)> = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let signable = SignableRequest::new(
        request.method().as_str(),
        uri.as_str(),
        headers.into_iter(),
        SignableBody::Bytes(request.body()),
    )
    .map_err(|_refused| Unsigned::Request)?;
    let (instructions, _signature) = sign(signable, &params)
        .map_err(|_refused| Unsigned::Request)?
        .into_parts();
    instructions.apply_to_request_http1x(request);
    Ok(())
}

/// Adds the counter-signature of Default Host Management: the machine key signs the finished
/// `Authorization` value.
///
/// # Errors
/// When the key cannot be used, or the request is not signed yet.
pub fn counter_sign(request: &mut Request<Vec<u8>>, key: &Secret) -> Result<(), Unsigned> {
    let authorization = request
        .headers()
        .get(http::header::AUTHORIZATION)
        .ok_or(Unsigned::Request)?
        .as_bytes()
        .to_vec();
    let value = format!("Signature={}", rsa_pss(key, &authorization)?);
    let mut value = HeaderValue::try_from(value).map_err(|_not_ascii| Unsigned::Request)?;
    value.set_sensitive(true);
    request.headers_mut().insert(COUNTER_SIGNATURE, value);
    Ok(())
}

/// Adds the hybrid form: `SigV4`'s string to sign, signed by the machine key, with the managed
/// instance's id as access key id.
///
/// # Errors
/// When the key cannot be used, or a signed header is missing.
pub fn machine_key(
    request: &mut Request<Vec<u8>>,
    instance_id: &str,
    key: &Secret,
    scope: Scope<'_>,
) -> Result<(), Unsigned> {
    let stamp = scope.at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let day = scope.at.strftime("%Y%m%d").to_string();
    insert(request, "x-amz-date", &stamp)?;
    let (names, canonical) = canonical_request(request)?;
    let place = format!("{day}/{}/{}/aws4_request", scope.region, scope.service);
    let to_sign = format!(
        "{ALGORITHM}\n{stamp}\n{place}\n{}",
        hex_sha256(canonical.as_bytes())
    );
    let signature = rsa_pss(key, to_sign.as_bytes())?;
    let authorization = format!(
        "{ALGORITHM} Credential={instance_id}/{place}, SignedHeaders={names}, Signature={signature}"
    );
    let hash = hex_sha256(request.body());
    // Sent but not signed, as the agent does.
    insert(request, "x-amz-content-sha256", &hash)?;
    insert(request, "authorization", &authorization)
}

/// The signed headers' names and the canonical request, for `POST /` without a query.
fn canonical_request(request: &Request<Vec<u8>>) -> Result<(String, String), Unsigned> {
    const SIGNED: [&str; 4] = ["content-type", "host", "x-amz-date", "x-amz-target"];
    let mut headers = String::new();
    for name in SIGNED {
        let value = request
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .ok_or(Unsigned::Request)?;
        for part in [name, ":", value.trim(), "\n"] {
            headers.push_str(part);
        }
    }
    let names = SIGNED.join(";");
    let canonical = format!(
        "{}\n/\n\n{headers}\n{names}\n{}",
        request.method(),
        hex_sha256(request.body())
    );
    Ok((names, canonical))
}

fn insert(request: &mut Request<Vec<u8>>, name: &'static str, value: &str) -> Result<(), Unsigned> {
    let mut value = HeaderValue::try_from(value).map_err(|_not_ascii| Unsigned::Request)?;
    value.set_sensitive(name == "authorization");
    request.headers_mut().insert(name, value);
    Ok(())
}

/// RSASSA-PSS with SHA-256 and a salt of 32 bytes, in padded base64.
fn rsa_pss(key: &Secret, message: &[u8]) -> Result<String, Unsigned> {
    let der = STANDARD
        .decode(key.expose().trim())
        .map(zeroize::Zeroizing::new)
        .map_err(|_not_base64| Unsigned::Key)?;
    let pair = RsaKeyPair::from_der(&der).map_err(|_refused| Unsigned::Key)?;
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(
        &RSA_PSS_SHA256,
        &SystemRandom::new(),
        message,
        &mut signature,
    )
    .map_err(|_failed| Unsigned::Key)?;
    Ok(STANDARD.encode(signature))
}

fn hex_sha256(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    digest(&SHA256, bytes)
        .as_ref()
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|half| DIGITS.get(usize::from(half)))
        .collect()
}

#[cfg(test)]
#[path = "sign_tests.rs"]
pub(crate) mod tests;
