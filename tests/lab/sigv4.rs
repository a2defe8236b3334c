//! An independent check of AWS Signature Version 4, written from the specification.
//!
//! Source: IAM User Guide "Create a signed AWS API request". It shares no code with the signer
//! under test (`aws-sigv4`), so a common mistake cannot hide.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;
use ring::{digest, hmac};

/// A request as it came off the wire, with the parts that a signature covers.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    /// The HTTP method.
    pub(crate) method: String,
    /// The path as sent, still percent-encoded.
    pub(crate) path: String,
    /// The query as sent, without the question mark.
    pub(crate) query: String,
    /// Header values by lower-case name; repeated headers are joined by a comma.
    pub(crate) headers: BTreeMap<String, String>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Wire {
    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// The parts of an `Authorization: AWS4-HMAC-SHA256 …` header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Authorization {
    /// The access key id, or the managed node's id in the hybrid form.
    pub(crate) key_id: String,
    /// The day of the scope, `YYYYMMDD`.
    pub(crate) day: String,
    /// The Region of the scope.
    pub(crate) region: String,
    /// The service of the scope.
    pub(crate) service: String,
    /// The signed headers, in the order given.
    pub(crate) signed_headers: Vec<String>,
    /// The signature: hex, or base64 in the hybrid form.
    pub(crate) signature: String,
}

impl Authorization {
    /// Takes the header apart; `Err` says what is wrong with it.
    pub(crate) fn parse(header: &str) -> Result<Self, String> {
        let rest = header
            .strip_prefix("AWS4-HMAC-SHA256 ")
            .ok_or("the algorithm is not AWS4-HMAC-SHA256")?;
        let mut fields = BTreeMap::new();
        for field in rest.split(',') {
            let (name, value) = field.trim().split_once('=').ok_or("a field has no value")?;
            fields.insert(name, value);
        }
        let field = |name: &str| {
            fields
                .get(name)
                .copied()
                .ok_or_else(|| format!("no {name}"))
        };
        let scope: Vec<&str> = field("Credential")?.split('/').collect();
        let &[key_id, day, region, service, "aws4_request"] = scope.as_slice() else {
            return Err("the credential scope has not five parts".to_owned());
        };
        Ok(Self {
            key_id: key_id.to_owned(),
            day: day.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            signed_headers: field("SignedHeaders")?
                .split(';')
                .map(str::to_owned)
                .collect(),
            signature: field("Signature")?.to_owned(),
        })
    }
}

/// What a signature is made over.
pub(crate) fn string_to_sign(wire: &Wire, authorization: &Authorization) -> Result<String, String> {
    let date = wire.header("x-amz-date").ok_or("no X-Amz-Date")?;
    let canonical = canonical_request(wire, &authorization.signed_headers)?;
    Ok(format!(
        "AWS4-HMAC-SHA256\n{date}\n{}/{}/{}/aws4_request\n{}",
        authorization.day,
        authorization.region,
        authorization.service,
        sha256_hex(canonical.as_bytes())
    ))
}

/// Whether the HMAC signature is the one that `secret` gives.
pub(crate) fn verify(
    wire: &Wire,
    authorization: &Authorization,
    secret: &str,
) -> Result<(), String> {
    let required = ["host", "x-amz-date", "x-amz-security-token"];
    for name in required {
        let signed = authorization.signed_headers.iter().any(|it| it == name);
        if wire.headers.contains_key(name) && !signed {
            return Err(format!("`{name}` is not among the signed headers"));
        }
    }
    let mut key = hmac_sha256(format!("AWS4{secret}").as_bytes(), &authorization.day);
    for part in [&authorization.region, &authorization.service] {
        key = hmac_sha256(&key, part);
    }
    key = hmac_sha256(&key, "aws4_request");
    let text = string_to_sign(wire, authorization)?;
    if hex(&hmac_sha256(&key, &text)) == authorization.signature {
        Ok(())
    } else {
        Err(format!(
            "the signature does not match; string to sign:\n{text}"
        ))
    }
}

/// How far the request's date is from the service's clock, in seconds (positive: request ahead).
pub(crate) fn seconds_ahead(wire: &Wire, service_clock: Timestamp) -> Result<i64, String> {
    let date = wire.header("x-amz-date").ok_or("no X-Amz-Date")?;
    let at = parse_date(date)?;
    Ok(at.as_second() - service_clock.as_second())
}

/// Reads `YYYYMMDDThhmmssZ`.
fn parse_date(text: &str) -> Result<Timestamp, String> {
    let civil = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", text)
        .map_err(|error| format!("X-Amz-Date `{text}`: {error}"))?;
    let zoned = civil
        .to_zoned(jiff::tz::TimeZone::UTC)
        .map_err(|error| error.to_string())?;
    Ok(zoned.timestamp())
}

fn canonical_request(wire: &Wire, signed_headers: &[String]) -> Result<String, String> {
    let mut headers = String::new();
    for name in signed_headers {
        let value = wire
            .header(name)
            .ok_or_else(|| format!("signed header `{name}` was not sent"))?;
        let collapsed = value.split_whitespace().collect::<Vec<_>>().join(" ");
        writeln!(headers, "{name}:{collapsed}").map_err(|error| error.to_string())?;
    }
    let mut sorted = signed_headers.to_vec();
    sorted.sort();
    if sorted != signed_headers {
        return Err("the signed headers are not in order".to_owned());
    }
    Ok([
        wire.method.as_str(),
        &canonical_path(&wire.path),
        &canonical_query(&wire.query),
        &headers,
        &signed_headers.join(";"),
        &sha256_hex(&wire.body),
    ]
    .join("\n"))
}

/// Every service but S3 encodes the path as sent once more.
fn canonical_path(path: &str) -> String {
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (encode(&decode(name)), encode(&decode(value)))
        })
        .collect();
    pairs.sort();
    let joined: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    joined.join("&")
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn encode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push_str(&hex(&[byte]).to_uppercase());
        }
    }
    out
}

/// Undoes percent-encoding; a plus sign stands for itself.
pub(crate) fn decode(text: &str) -> String {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let escaped = (byte == b'%').then(|| {
            let pair = [bytes.next().unwrap_or(b'0'), bytes.next().unwrap_or(b'0')];
            let digits = String::from_utf8_lossy(&pair).into_owned();
            u8::from_str_radix(&digits, 16).unwrap_or(b'?')
        });
        out.push(escaped.unwrap_or(byte));
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn hmac_sha256(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

fn sha256_hex(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(nibble.into(), 16).expect("a nibble is a digit");
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 0x0f)])
        .collect()
}
