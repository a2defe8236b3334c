//! Where a service is: the agent's own overrides, then the shell's, then the computed name.
//!
//! Pure. Source: agent `common/identity/endpoint/endpoint.go`, `agent/appconfig`,
//! `agent/session/service/service.go`; AWS SDK settings reference for `AWS_ENDPOINT_URL_*`.

use crate::catalogue::partitions;
use crate::observations::Config;
use crate::world::Env;

/// Longest Region name that the agent takes.
const REGION_LIMIT: usize = 100;

/// Where one service's questions go, and for which Region they are signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Scheme, host and port, without a final slash: `https://ssm.eu-west-1.amazonaws.com`.
    pub base: String,
    /// Host and, where it is not the scheme's own, port.
    pub authority: String,
    /// The Region in the signature.
    pub signing_region: String,
}

/// The endpoint of a service for a node in `region`; `None` = no valid Region, or an override
/// that is no address.
#[must_use]
pub fn endpoint(service: &str, region: &str, config: &Config, env: &Env) -> Option<Endpoint> {
    let region = effective_region(service, region, config);
    let region = if service == "iam" {
        iam_region(region)
    } else {
        region
    };
    if !is_region(region) {
        return None;
    }
    let base = overridden(service, config)
        .or_else(|| from_environment(service, env))
        .unwrap_or_else(|| format!("https://{}", computed(service, region, config)));
    let uri: http::Uri = base.parse().ok()?;
    let authority = uri.authority()?.to_string();
    let scheme = uri.scheme_str()?;
    Some(Endpoint {
        base: format!("{scheme}://{authority}"),
        authority,
        signing_region: region.to_owned(),
    })
}

/// The partition that a Region belongs to.
#[must_use]
pub fn partition(region: &str) -> &'static str {
    partitions::of_region(region).name
}

/// The domain of a Region's services.
#[must_use]
pub fn domain(region: &str) -> &'static str {
    partitions::of_region(region).domain
}

/// Whether a text can be a Region: letters, digits and dashes, at most 100.
#[must_use]
pub fn is_region(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= REGION_LIMIT
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// `Mgs.Region` is for ssmmessages only, `Agent.Region` for ssm and ec2messages only.
fn effective_region<'a>(service: &str, region: &'a str, config: &'a Config) -> &'a str {
    let set = match service {
        "ssmmessages" => config.endpoints.ssmmessages_region.as_deref(),
        "ssm" | "ec2messages" => config.agent_region.as_deref(),
        _ => None,
    };
    set.filter(|set| !set.is_empty()).unwrap_or(region)
}

/// The override in `amazon-ssm-agent.json`.
fn overridden(service: &str, config: &Config) -> Option<String> {
    let endpoints = &config.endpoints;
    let written = match service {
        "ssm" => &endpoints.ssm,
        "ssmmessages" => &endpoints.ssmmessages,
        "ec2messages" => &endpoints.ec2messages,
        "s3" => &endpoints.s3,
        "kms" => &endpoints.kms,
        _ => &None,
    };
    let written = written
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())?;
    if service == "ssmmessages" {
        // The agent keeps only the host of what is written, and always speaks TLS to it.
        return Some(format!("https://{}", host_of(written)));
    }
    Some(if written.contains("://") {
        written.to_owned()
    } else {
        format!("https://{written}")
    })
}

/// The host part of a URL, or the whole text when it is no URL.
fn host_of(written: &str) -> &str {
    let rest = written
        .split_once("://")
        .map_or(written, |(_, rest)| rest)
        .trim_start_matches('/');
    rest.split(['/', '?', '#']).next().unwrap_or(rest)
}

fn from_environment(service: &str, env: &Env) -> Option<String> {
    env.get(&format!(
        "AWS_ENDPOINT_URL_{}",
        service.to_ascii_uppercase()
    ))
    .or_else(|| env.get("AWS_ENDPOINT_URL"))
    .map(str::to_owned)
}

/// The Region in which a partition's one IAM is.
///
/// Source: botocore's `endpoints.json`; partitions that are not here have a regional one.
fn iam_region(region: &str) -> &str {
    match partition(region) {
        "aws" => "us-east-1",
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        "aws-iso" => "us-iso-east-1",
        "aws-iso-b" => "us-isob-east-1",
        "aws-iso-f" => "us-isof-south-1",
        _ => region,
    }
}

fn computed(service: &str, region: &str, config: &Config) -> String {
    match (service, partition(region)) {
        ("iam", "aws") => return "iam.amazonaws.com".to_owned(),
        ("iam", "aws-us-gov") => return "iam.us-gov.amazonaws.com".to_owned(),
        ("iam", _) => return format!("iam.{region}.{}", domain(region)),
        _ => {}
    }
    if let Some(domain) = config
        .service_domain
        .as_deref()
        .filter(|set| !set.is_empty())
    {
        return format!("{service}.{region}.{domain}");
    }
    if config.use_dual_stack {
        let domain = match partition(region) {
            "aws-cn" => "api.amazonwebservices.com.cn",
            _ => "api.aws",
        };
        return format!("{service}.{region}.{domain}");
    }
    format!("{service}.{region}.{}", domain(region))
}

#[cfg(test)]
mod tests {
    use super::{endpoint, is_region, partition};
    use crate::observations::Config;
    use crate::world::Env;

    #[track_caller]
    fn check(service: &str, region: &str, set: impl FnOnce(&mut Config), base: &str, signed: &str) {
        let mut config = Config::defaults();
        set(&mut config);
        let found = endpoint(service, region, &config, &Env::default()).unwrap();
        assert_eq!(
            (found.base.as_str(), found.signing_region.as_str()),
            (base, signed)
        );
    }

    #[test]
    fn names_follow_the_region_s_partition() {
        for (region, host, partition_id) in [
            ("eu-west-1", "ssm.eu-west-1.amazonaws.com", "aws"),
            ("cn-north-1", "ssm.cn-north-1.amazonaws.com.cn", "aws-cn"),
            (
                "us-gov-west-1",
                "ssm.us-gov-west-1.amazonaws.com",
                "aws-us-gov",
            ),
            ("us-iso-east-1", "ssm.us-iso-east-1.c2s.ic.gov", "aws-iso"),
            (
                "us-isob-east-1",
                "ssm.us-isob-east-1.sc2s.sgov.gov",
                "aws-iso-b",
            ),
            (
                "us-isof-south-1",
                "ssm.us-isof-south-1.csp.hci.ic.gov",
                "aws-iso-f",
            ),
            (
                "eu-isoe-west-1",
                "ssm.eu-isoe-west-1.cloud.adc-e.uk",
                "aws-iso-e",
            ),
            (
                "eusc-de-east-1",
                "ssm.eusc-de-east-1.amazonaws.eu",
                "aws-eusc",
            ),
        ] {
            check("ssm", region, |_| (), &format!("https://{host}"), region);
            assert_eq!(partition(region), partition_id);
        }
    }

    #[test]
    fn iam_is_one_for_each_partition() {
        for (region, host, signed) in [
            ("eu-west-1", "iam.amazonaws.com", "us-east-1"),
            (
                "cn-northwest-1",
                "iam.cn-north-1.amazonaws.com.cn",
                "cn-north-1",
            ),
            ("us-gov-east-1", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
            (
                "eusc-de-east-1",
                "iam.eusc-de-east-1.amazonaws.eu",
                "eusc-de-east-1",
            ),
        ] {
            check("iam", region, |_| (), &format!("https://{host}"), signed);
        }
    }

    #[test]
    fn a_host_or_a_url_in_the_configuration_comes_first() {
        check(
            "ssm",
            "us-east-1",
            |config| config.endpoints.ssm = Some("ssm-fips.us-east-1.amazonaws.com".to_owned()),
            "https://ssm-fips.us-east-1.amazonaws.com",
            "us-east-1",
        );
        check(
            "ec2messages",
            "us-east-1",
            |config| config.endpoints.ec2messages = Some("https://vpce.example:8443/x".to_owned()),
            "https://vpce.example:8443",
            "us-east-1",
        );
    }

    #[test]
    fn only_the_host_of_a_message_gateway_override_counts() {
        for written in [
            "https://vpce-1.ssmmessages.us-east-1.vpce.amazonaws.com/path",
            "wss://vpce-1.ssmmessages.us-east-1.vpce.amazonaws.com",
            "vpce-1.ssmmessages.us-east-1.vpce.amazonaws.com",
        ] {
            check(
                "ssmmessages",
                "us-east-1",
                |config| config.endpoints.ssmmessages = Some(written.to_owned()),
                "https://vpce-1.ssmmessages.us-east-1.vpce.amazonaws.com",
                "us-east-1",
            );
        }
    }

    #[test]
    fn the_gateway_s_region_is_also_the_region_of_its_signature() {
        check(
            "ssmmessages",
            "us-east-1",
            |config| config.endpoints.ssmmessages_region = Some("eu-west-1".to_owned()),
            "https://ssmmessages.eu-west-1.amazonaws.com",
            "eu-west-1",
        );
    }

    #[test]
    fn the_agent_s_region_is_not_for_the_message_gateway() {
        let set = |config: &mut Config| config.agent_region = Some("eu-west-1".to_owned());
        check(
            "ssm",
            "us-east-1",
            set,
            "https://ssm.eu-west-1.amazonaws.com",
            "eu-west-1",
        );
        check(
            "ec2messages",
            "us-east-1",
            set,
            "https://ec2messages.eu-west-1.amazonaws.com",
            "eu-west-1",
        );
        check(
            "ssmmessages",
            "us-east-1",
            set,
            "https://ssmmessages.us-east-1.amazonaws.com",
            "us-east-1",
        );
        check(
            "sts",
            "us-east-1",
            set,
            "https://sts.us-east-1.amazonaws.com",
            "us-east-1",
        );
    }

    #[test]
    fn a_service_domain_replaces_the_rule_and_dual_stack_has_its_own() {
        check(
            "ssm",
            "us-east-1",
            |config| config.service_domain = Some("example.internal".to_owned()),
            "https://ssm.us-east-1.example.internal",
            "us-east-1",
        );
        check(
            "ssm",
            "us-east-1",
            |config| config.use_dual_stack = true,
            "https://ssm.us-east-1.api.aws",
            "us-east-1",
        );
        check(
            "ssmmessages",
            "cn-north-1",
            |config| config.use_dual_stack = true,
            "https://ssmmessages.cn-north-1.api.amazonwebservices.com.cn",
            "cn-north-1",
        );
    }

    #[test]
    fn the_shell_s_endpoints_come_after_the_agent_s_own() {
        let env = Env::from_pairs([
            ("AWS_ENDPOINT_URL_SSM", "https://ssm.lab:4001"),
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:4002/"),
        ]);
        let mut config = Config::defaults();
        let base = |service: &str, config: &Config| {
            endpoint(service, "us-east-1", config, &env).unwrap().base
        };
        assert_eq!(base("ssm", &config), "https://ssm.lab:4001");
        assert_eq!(base("sts", &config), "http://127.0.0.1:4002");
        config.endpoints.ssm = Some("own.example".to_owned());
        assert_eq!(base("ssm", &config), "https://own.example");
    }

    #[test]
    fn what_is_no_region_gives_no_endpoint() {
        for region in ["", "eu west", "eu-west-1/", "ä", &"a".repeat(101)] {
            assert!(!is_region(region));
            assert_eq!(
                endpoint("ssm", region, &Config::defaults(), &Env::default()),
                None
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn any_override_is_read_without_a_panic(text in ".{0,80}", service in "ssm|ssmmessages") {
            let mut config = Config::defaults();
            config.endpoints.ssm = Some(text.clone());
            config.endpoints.ssmmessages = Some(text);
            let _found = endpoint(&service, "us-east-1", &config, &Env::default()).is_some();
        }
    }
}
