//! The partitions of AWS: which Regions they hold, and the domain of their services.
//!
//! Source: `partitions.json` of the AWS SDKs.

/// One partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Partition {
    /// How the names of its Regions begin; no prefix begins another.
    pub region_prefix: &'static str,
    /// The domain of its services.
    pub domain: &'static str,
    /// Its name in ARNs.
    pub name: &'static str,
}

const fn row(region_prefix: &'static str, domain: &'static str, name: &'static str) -> Partition {
    Partition {
        region_prefix,
        domain,
        name,
    }
}

/// Every partition but `aws`, which holds all other Regions.
const PARTITIONS: [Partition; 7] = [
    row("cn-", "amazonaws.com.cn", "aws-cn"),
    row("us-gov-", "amazonaws.com", "aws-us-gov"),
    row("us-iso-", "c2s.ic.gov", "aws-iso"),
    row("us-isob-", "sc2s.sgov.gov", "aws-iso-b"),
    row("us-isof-", "csp.hci.ic.gov", "aws-iso-f"),
    row("eu-isoe-", "cloud.adc-e.uk", "aws-iso-e"),
    row("eusc-de-", "amazonaws.eu", "aws-eusc"),
];

const AWS: Partition = row("", "amazonaws.com", "aws");

/// The partition that a Region belongs to.
#[must_use]
pub fn of_region(region: &str) -> &'static Partition {
    let mut all = PARTITIONS.iter();
    all.find(|one| region.starts_with(one.region_prefix))
        .unwrap_or(&AWS)
}

/// The domain of a partition's services, by its name in ARNs.
#[must_use]
pub fn domain_of(partition: &str) -> &'static str {
    let mut all = PARTITIONS.iter();
    all.find(|one| one.name == partition).unwrap_or(&AWS).domain
}
