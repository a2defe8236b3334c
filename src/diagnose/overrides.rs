//! Endpoints in the agent's configuration that contradict the Region requests are signed for.
//!
//! Pure. Source: agent `agent/session/service/service.go`: the signing Region does not follow a
//! custom endpoint.

use super::case::Case;
use crate::observations::{EndpointOverrides, Service};

/// An endpoint of one Region that is signed for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The service.
    pub service: Service,
    /// The host that is set.
    pub host: String,
    /// The Region in its name.
    pub host_region: String,
    /// The Region of the signature.
    pub signing_region: String,
}

/// The first contradiction in the configuration.
#[must_use]
pub fn contradiction(case: &Case<'_>) -> Option<Contradiction> {
    let config = case.view.config();
    let region = case.region()?;
    let EndpointOverrides {
        ssm,
        ssmmessages,
        ssmmessages_region,
        ..
    } = &config.endpoints;
    [
        (Service::Ssm, ssm, &config.agent_region),
        (Service::Ssmmessages, ssmmessages, ssmmessages_region),
    ]
    .into_iter()
    .find_map(|(service, written, own_region)| {
        let signing = own_region
            .as_deref()
            .filter(|region| !region.is_empty())
            .unwrap_or(region);
        let host = host_of(written.as_deref()?);
        let host_region = host.split('.').find(|label| is_region(label))?;
        (host_region != signing).then(|| Contradiction {
            service,
            host: host.to_owned(),
            host_region: host_region.to_owned(),
            signing_region: signing.to_owned(),
        })
    })
}

fn host_of(written: &str) -> &str {
    let rest = written.split_once("://").map_or(written, |(_, rest)| rest);
    rest.split(['/', ':', '?', '#']).next().unwrap_or(rest)
}

/// Whether a label has a Region's form: words and a final digit, such as `us-gov-west-1`.
fn is_region(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    let is_word =
        |part: &&str| !part.is_empty() && part.bytes().all(|one| one.is_ascii_lowercase());
    let Some((last, words)) = parts.split_last() else {
        return false;
    };
    matches!(parts.len(), 3 | 4)
        && last.len() == 1
        && last.bytes().all(|one| one.is_ascii_digit())
        && words.iter().all(is_word)
        && words.first().is_some_and(|first| first.len() <= 4)
}

#[cfg(test)]
mod tests {
    use super::{host_of, is_region};

    #[test]
    fn regions_are_told_from_other_labels() {
        for label in [
            "eu-west-1",
            "us-gov-west-1",
            "cn-north-1",
            "ap-southeast-2",
            "eusc-de-east-1",
        ] {
            assert!(is_region(label), "{label}");
        }
        for label in [
            "ssm",
            "ssm-fips",
            "vpce-0123456789-abc",
            "amazonaws",
            "",
            "a-b-c",
            "eu-west-10",
        ] {
            assert!(!is_region(label), "{label}");
        }
    }

    #[test]
    fn the_host_is_taken_out_of_what_is_written() {
        for written in ["https://ssm.x.com/path", "ssm.x.com:443", "ssm.x.com"] {
            assert_eq!(host_of(written), "ssm.x.com");
        }
    }
}
