//! What an unsigned request was answered with: AWS's word, somebody else's, or neither for sure.
//!
//! Pure. Which unsigned answers bear AWS's signs is not documented for every service, so an
//! answer without them is somebody else's only where something gives that away.

use crate::network::Response;
use crate::observations::{HttpAnswer, Outcome};

use super::body;

/// Headers that only proxies write.
const OF_PROXIES: [&str; 4] = [
    "proxy-authenticate",
    "proxy-agent",
    "proxy-connection",
    "x-squid-error",
];

/// Reads an answer to an unsigned request.
#[must_use]
pub fn read(response: &Response) -> HttpAnswer {
    let outcome = body::outcome(response);
    let sign = match &outcome {
        Outcome::NotAws { sign, .. } => foreign(response, sign),
        Outcome::Answered(_) | Outcome::Failed { .. } | Outcome::NotAsked { .. } => None,
    };
    HttpAnswer {
        status: response.status,
        is_aws: matches!(outcome, Outcome::Answered(_)),
        sign,
        date: body::date(response),
    }
}

/// What gives an answer away as somebody else's.
fn foreign(response: &Response, sign: &str) -> Option<String> {
    if response.status == 407 {
        return Some("a proxy asks for a login".to_owned());
    }
    if let Some(host) = redirect(response) {
        return Some(format!("a redirect to {host}"));
    }
    let by_proxy = OF_PROXIES
        .into_iter()
        .find(|name| response.headers.contains_key(*name));
    if let Some(name) = by_proxy {
        return Some(format!("a proxy's header `{name}`"));
    }
    sign.starts_with("an HTML page").then(|| sign.to_owned())
}

/// The host that a redirect leads to, unless it is AWS's.
fn redirect(response: &Response) -> Option<String> {
    let location = response
        .header("location")
        .filter(|_| (300..400).contains(&response.status))?;
    let uri: http::Uri = location.parse().ok()?;
    let host = uri.host()?.to_owned();
    let is_aws = ["amazon.com", "amazonaws.com", "amazonaws.com.cn", "api.aws"]
        .into_iter()
        .any(|domain| host == domain || host.ends_with(&format!(".{domain}")));
    (!is_aws).then(|| host.chars().take(160).collect())
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::network::Response;

    fn response(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Response {
        let mut all = http::HeaderMap::new();
        for (name, value) in headers {
            all.insert(*name, value.parse().unwrap());
        }
        Response {
            status,
            headers: all,
            body: body.as_bytes().to_vec(),
            cut: false,
        }
    }

    #[test]
    fn a_request_id_or_an_error_type_is_aws_s_sign() {
        for headers in [
            [("x-amzn-requestid", "r")],
            [("x-amz-request-id", "r")],
            [("x-amzn-errortype", "UnknownOperationException")],
        ] {
            let read = read(&response(404, &headers, "<UnknownOperationException/>"));
            assert!(read.is_aws && read.sign.is_none(), "{read:?}");
        }
    }

    #[test]
    fn pages_logins_and_redirects_are_somebody_else_s() {
        for (status, headers, body) in [
            (403, ("content-type", "text/html"), "<html>blocked</html>"),
            (407, ("content-type", "text/plain"), ""),
            (302, ("location", "http://portal.example/login"), ""),
            (503, ("x-squid-error", "ERR_CONNECT_FAIL"), "no"),
        ] {
            let read = read(&response(status, &[headers], body));
            assert!(!read.is_aws && read.sign.is_some(), "{read:?}");
        }
    }

    #[test]
    fn an_answer_without_any_sign_is_neither() {
        for (status, headers, body) in [
            (404, ("content-length", "0"), ""),
            (302, ("location", "https://aws.amazon.com/iam"), ""),
        ] {
            let read = read(&response(status, &[headers], body));
            assert!(!read.is_aws && read.sign.is_none(), "{read:?}");
        }
    }
}
