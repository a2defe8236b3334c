//! The names of a node and of what it uses, as options: checked here, so that whatever is
//! written from them means what it says.

use clap::{Args, ValueEnum};

use crate::observations::Path;

/// The names that policies are judged or written for.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "The node, as far as it matters")]
pub struct NodeArgs {
    /// The session or role that asks: tells account, partition, role and node at once
    #[arg(long, value_name = "ARN", value_parser = principal)]
    pub principal: Option<String>,
    /// The account, 12 digits
    #[arg(long, value_parser = account)]
    pub account: Option<String>,
    /// The Region
    #[arg(long, value_parser = region)]
    pub region: Option<String>,
    /// The partition; the Region's unless given
    #[arg(long, value_parser = word)]
    pub partition: Option<String>,
    /// The role's name
    #[arg(long, value_parser = role)]
    pub role: Option<String>,
    /// The node, i-… or mi-…
    #[arg(long, value_name = "ID", value_parser = node_id)]
    pub node_id: Option<String>,
    /// The permission path that the credentials come by; it decides which condition keys exist
    #[arg(long, value_enum)]
    pub path: Option<PathArg>,
    /// The KMS key of sessions, or of the logs' bucket: its ARN or id
    #[arg(long, value_name = "KEY", value_parser = kms_key)]
    pub session_kms_key: Option<String>,
    /// The bucket of session logs, of output, or of content
    #[arg(long, value_name = "BUCKET", value_parser = bucket)]
    pub session_log_bucket: Option<String>,
    /// The prefix of the keys in that bucket
    #[arg(long, value_name = "PREFIX", value_parser = prefix)]
    pub session_log_prefix: Option<String>,
    /// The log group of session logs or output
    #[arg(long, value_name = "GROUP", value_parser = log_group)]
    pub session_log_group: Option<String>,
    /// The parameter that documents read
    #[arg(long, value_name = "NAME", value_parser = log_group)]
    pub parameter: Option<String>,
    /// The secret of a directory join
    #[arg(long, value_name = "NAME", value_parser = log_group)]
    pub secret: Option<String>,
    /// The directory to join, d-…
    #[arg(long, value_name = "ID", value_parser = word)]
    pub directory_id: Option<String>,
}

/// A permission path; see [`Path`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PathArg {
    /// The role in the instance profile
    InstanceProfile,
    /// The service role of a hybrid activation
    HybridActivation,
    /// Default Host Management Configuration
    DefaultHostManagement,
    /// The role of an ECS task
    EcsTaskRole,
    /// An identity of the agent's configuration
    CustomIdentity,
}

impl From<PathArg> for Path {
    fn from(path: PathArg) -> Self {
        match path {
            PathArg::InstanceProfile => Self::InstanceProfile,
            PathArg::HybridActivation => Self::HybridActivation,
            PathArg::DefaultHostManagement => Self::DefaultHostManagement,
            PathArg::EcsTaskRole => Self::EcsTaskRole,
            PathArg::CustomIdentity => Self::CustomIdentity,
        }
    }
}

/// A text of certain characters only, none of which means anything to IAM, a shell or Terraform.
fn of(text: &str, most: usize, extra: &str, what: &str) -> Result<String, String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || extra.contains(c);
    if (1..=most).contains(&text.len()) && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err(format!("not {what}"))
    }
}

fn word(text: &str) -> Result<String, String> {
    of(text, 64, "-", "a word of letters, digits and dashes")
}

fn account(text: &str) -> Result<String, String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("not 12 digits".to_owned())
    }
}

fn region(text: &str) -> Result<String, String> {
    of(text, 32, "-", "a Region such as eu-west-1")
}

fn role(text: &str) -> Result<String, String> {
    of(text, 64, "_+=,.@-", "a role's name (not its ARN or path)")
}

fn node_id(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix("mi-").or_else(|| text.strip_prefix("i-"));
    let is_id = digits.is_some_and(|digits| {
        (8..=32).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    if is_id {
        Ok(text.to_owned())
    } else {
        Err("not i-… or mi-… with hexadecimal digits".to_owned())
    }
}

/// Source: "Bucket naming rules".
fn bucket(text: &str) -> Result<String, String> {
    of(text, 255, "-._", "a bucket's name (not its ARN)")
}

/// The characters that "Naming Amazon S3 objects" calls safe.
fn prefix(text: &str) -> Result<String, String> {
    of(text, 900, "/!-_.'()", "a prefix of safe characters")
}

/// Source: `CreateLogGroup`; parameters and secrets take no others.
fn log_group(text: &str) -> Result<String, String> {
    of(text, 1_011, "._-/#+=@", "a name (not an ARN)")
}

/// A key's ARN or id; an alias names no key in a policy.
fn kms_key(text: &str) -> Result<String, String> {
    if text.contains("alias/") {
        return Err("an alias does not name a key in a policy; give the key's ARN".to_owned());
    }
    let is_arn = text.starts_with("arn:") && text.split(':').count() == 6 && text.contains(":key/");
    let is_id = !text.contains([':', '/']);
    if !is_arn && !is_id {
        return Err("not the ARN or id of a KMS key".to_owned());
    }
    of(text, 512, ":/-", "the ARN or id of a KMS key")
}

fn principal(text: &str) -> Result<String, String> {
    let mut parts = text.splitn(6, ':');
    let is_arn = parts.next() == Some("arn");
    let (service, rest) = (parts.nth(1), parts.nth(2).unwrap_or_default());
    let is_caller = match service {
        Some("sts") => rest.starts_with("assumed-role/") && rest.matches('/').count() == 2,
        Some("iam") => rest.starts_with("role/"),
        _ => false,
    };
    if is_arn && is_caller {
        of(text, 512, ":/_+=,.@-", "an ARN")
    } else {
        Err("not the ARN of a role or of its session (assumed-role/ROLE/NODE)".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{account, bucket, kms_key, log_group, node_id, principal, role};

    type Check = fn(&str) -> Result<String, String>;

    #[test]
    fn a_name_that_would_mean_something_else_in_a_policy_is_refused() {
        let cases: [(Check, &str, &str); 9] = [
            (account, "111122223333", "11112222333*"),
            (role, "Node_Role@x", "path/NodeRole"),
            (node_id, "mi-0123456789abcdef0", "mi-*"),
            (bucket, "my.logs-1", "arn:aws:s3:::logs"),
            (log_group, "/ssm/sessions", "logs:*"),
            (
                kms_key,
                "arn:aws:kms:eu-west-1:111122223333:key/1-2",
                "alias/ssm",
            ),
            (kms_key, "1234abcd-12ab-34cd-56ef-1234567890ab", "key/1"),
            (
                principal,
                "arn:aws:sts::111122223333:assumed-role/R/i-0123456789abcdef0",
                "arn:aws:iam::111122223333:user/x",
            ),
            (principal, "arn:aws:iam::111122223333:role/p/R", "NodeRole"),
        ];
        for (check, good, bad) in cases {
            assert!(check(good).is_ok(), "{good}");
            for wrong in [bad, "", "{account}", "${aws:userid}", "a b", "x'y\"z"] {
                assert!(check(wrong).is_err(), "{wrong}");
            }
        }
    }
}
