//! The Query protocol of STS and IAM: a form, signed as every other call is, and XML back.
//!
//! `aws-sdk-sts` and `aws-sdk-iam` would give the same at a price: see ARCHITECTURE.md, "Absent on
//! purpose". Source: STS and IAM API References; shapes held against botocore's model and moto.

use http::{Method, Request};

use super::tree::Element;
use crate::aws::endpoint::Endpoint;
use crate::observations::NotAsked;

/// The API of STS.
pub(super) const STS: &str = "2011-06-15";
/// The API of IAM.
pub(super) const IAM: &str = "2010-05-08";

/// A request of the Query protocol, not yet signed. `version` is that of the service's API.
pub(super) fn request(
    endpoint: &Endpoint,
    version: &str,
    operation: &str,
    fields: &[(String, String)],
) -> Result<Request<Vec<u8>>, NotAsked> {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("Action", operation)
        .append_pair("Version", version)
        .extend_pairs(fields)
        .finish()
        // As AWS's own SDKs write it, byte by byte.
        .replace('*', "%2A");
    Request::builder()
        .method(Method::POST)
        .uri(format!("{}/", endpoint.base))
        .header("host", &endpoint.authority)
        .header(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )
        .body(form.into_bytes())
        .map_err(|_invalid| NotAsked::NoInstance)
}

/// The part of a good answer that is the operation's own.
pub(super) fn result(operation: &str, text: &str) -> Option<Element> {
    Element::parse(text)?.into_child(&format!("{operation}Result"))
}

/// Whom a good answer of `GetCallerIdentity` names.
pub(super) fn caller_arn(text: &str) -> Option<String> {
    let arn = result("GetCallerIdentity", text)?;
    arn.text_of("Arn").map(str::to_owned)
}
