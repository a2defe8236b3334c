//! The arguments of `bundle`.

use std::path::PathBuf;

use clap::Args;

use super::LookArgs;
use crate::bundle::read::UNPACKED_LIMIT;

/// Most that may be taken of the host: half of what `analyze` reads of a bundle. The other half is
/// for the observations, the reports, and masks that are longer than what they hide.
const LARGEST_TOTAL: u64 = UNPACKED_LIMIT / 2;

/// The options of `bundle`.
#[derive(Debug, Clone, Args)]
pub struct BundleArgs {
    /// How to look.
    #[command(flatten)]
    pub look: LookArgs,
    /// Where to put it: a new file, a folder, or `-` for standard output (then no disk is touched)
    #[arg(
        short,
        long,
        value_name = "FILE|DIR|-",
        default_value = ".",
        env = "SSM_PROBE_BUNDLE_OUTPUT"
    )]
    pub output: PathBuf,
    /// How much of each log to take, counted from its end
    #[arg(long, value_name = "SIZE", default_value = "5M", value_parser = size, env = "SSM_PROBE_MAX_LOG")]
    pub max_log: u64,
    /// How much to take of the host in all, before packing; 128M at most
    #[arg(long, value_name = "SIZE", default_value = "20M", value_parser = total, env = "SSM_PROBE_MAX_TOTAL")]
    pub max_total: u64,
    /// Replace account, instance, role and host names and public addresses by pseudonyms
    #[arg(long, env = "SSM_PROBE_PSEUDONYMIZE")]
    pub pseudonymize: bool,
    /// Keep the map of the pseudonyms in this new file, on this host; otherwise it is dropped
    #[arg(long, value_name = "FILE", requires = "pseudonymize")]
    pub pseudonym_map: Option<PathBuf>,
}

/// A size of which `analyze` can still read a bundle.
fn total(text: &str) -> Result<u64, String> {
    match size(text)? {
        size if size <= LARGEST_TOTAL => Ok(size),
        _ => Err(format!(
            "`analyze` could not read such a bundle; {}M is the most",
            LARGEST_TOTAL >> 20
        )),
    }
}

/// `5M`, `200K`, `1G`, or plain bytes.
fn size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.strip_prefix(digits).unwrap_or_default();
    let scale: Option<u64> = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "k" | "kb" | "kib" => Some(1024),
        "m" | "mb" | "mib" => Some(1024 * 1024),
        "g" | "gb" | "gib" => Some(1024 * 1024 * 1024),
        _ => None,
    };
    let amount: Option<u64> = digits.parse().ok();
    match (amount, scale) {
        (Some(amount), Some(scale)) => Ok(amount.saturating_mul(scale)),
        _ => Err("write a size such as 5M, 200K or 1G".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{size, total};

    #[test]
    fn sizes_are_read_with_their_units() {
        for (text, bytes) in [
            ("0", 0),
            ("7", 7),
            ("200K", 204_800),
            ("5M", 5_242_880),
            ("1g", 1 << 30),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "M", "-1", "1T", "1.5M"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_more_is_taken_than_can_be_read_again() {
        assert_eq!(total("128M"), Ok(128 << 20));
        for text in ["129M", "1G", "99999999999999G"] {
            let why = total(text).expect_err("it is too much");
            assert!(why.contains("128M is the most"), "{why}");
        }
    }
}
