//! The buckets that AWS owns and a node reads.
//!
//! Public to read: an IAM grant is needed only where a VPC endpoint or a perimeter restricts S3.
//! A `*` in place of the Region would take in look-alike names of other owners.
//!
//! Source: "SSM Agent communications with AWS managed S3 buckets", "Reference: Amazon S3 buckets
//! for patching operations".

/// The names of AWS's buckets in a Region; those whose suffix there is not known are left out.
#[must_use]
pub fn aws_owned_buckets(region: &str) -> Vec<String> {
    let suffixes = SUFFIXES.iter().find(|(known, ..)| *known == region);
    NAMES
        .iter()
        .filter_map(|name| {
            let name = name.replace("{region}", region);
            match suffixes {
                Some((_, patch, snapshot)) => Some(
                    name.replace("{patch_suffix}", patch)
                        .replace("{snapshot_suffix}", snapshot),
                ),
                None => (!name.contains('{')).then_some(name),
            }
        })
        .collect()
}

const NAMES: &[&str] = &[
    "aws-windows-downloads-{region}",
    "amazon-ssm-{region}",
    "aws-ssm-{region}",
    "patch-baseline-snapshot-{region}{snapshot_suffix}",
    "aws-patch-manager-{region}-{patch_suffix}",
    "aws-patchmanager-macos-{region}-{patch_suffix}",
    "amazon-ssm-packages-{region}",
    "{region}-birdwatcher-prod",
    "aws-ssm-distributor-file-{region}",
    "aws-ssm-document-attachments-{region}",
];

/// Region, suffix of the patch buckets, suffix of the snapshot bucket.
const SUFFIXES: &[(&str, &str, &str)] = &[
    ("af-south-1", "bdd5f65a9", "-tbxdb5b9"),
    ("ap-east-1", "632356271", ""),
    ("ap-northeast-1", "4849fa78f", ""),
    ("ap-northeast-2", "10467995c", ""),
    ("ap-northeast-3", "67373598a", ""),
    ("ap-south-1", "cb7c62ff9", ""),
    ("ap-south-2", "32f4b4128", "-50209442"),
    ("ap-southeast-1", "7fdfd9ef7", ""),
    ("ap-southeast-2", "17283a275", ""),
    ("ap-southeast-3", "aa48fc462", "-be0a3174"),
    ("ap-southeast-4", "01e2c40d3", "-dc6f76ce"),
    ("ca-central-1", "3148e69e3", ""),
    ("ca-west-1", "9e3a4b2f9", ""),
    ("eu-central-1", "9163fdaaf", ""),
    ("eu-central-2", "184ce43c8", ""),
    ("eu-north-1", "795879e9b", ""),
    ("eu-south-1", "c52f3f594", ""),
    ("eu-south-2", "a4cf248b1", "-df2c9d70"),
    ("eu-west-1", "5522fb710", ""),
    ("eu-west-2", "902a2bc74", ""),
    ("eu-west-3", "29bf85721", ""),
    ("il-central-1", "e221cb57b", ""),
    ("me-central-1", "2932f2f80", ""),
    ("me-south-1", "a53fc9dce", "-uduvl7q8"),
    ("sa-east-1", "ddf4b6a09", ""),
    ("us-east-1", "1970c647d", ""),
    ("us-east-2", "552881074", ""),
    ("us-west-1", "8badb4304", ""),
    ("us-west-2", "34d7f99f8", ""),
];
