//! The arguments of `policy eval` and `policy minimal`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};

use super::node::NodeArgs;
use crate::catalogue::Capability;

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    /// Judge policies: what is missing, what is superfluous, which statement decides
    ///
    /// Asks no AWS and needs no credentials. A document is a file, `-` for standard input, the
    /// name or ARN of one of AWS's managed policies that are held here, or the word `unreadable`
    /// for one that exists and cannot be shown. What AWS's tools print (`aws iam
    /// get-policy-version`, `aws s3api get-bucket-policy`, …) is taken as it is.
    #[command(
        after_help = "Exit status: 0 covered, 1 a needed action is refused, 2 a document is not a policy or the\n\
                      usage is wrong, 3 not all that decides is known.\n\
                      Example: ssm-probe policy eval AmazonSSMManagedInstanceCore extra.json --for session-kms"
    )]
    Eval(Box<EvalArgs>),
    /// Write the least policy for chosen capabilities
    ///
    /// What it writes satisfies `policy eval` for the same capabilities and names.
    #[command(
        after_help = "Example: ssm-probe policy minimal --for session-s3-log --session-log-bucket logs \\\n\
                      \x20          --region eu-west-1 --account 111122223333 -o terraform"
    )]
    Minimal(Box<MinimalArgs>),
}

/// The options of `policy eval`.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// The role's own policies, the same as --identity
    #[arg(value_name = "DOCUMENT")]
    pub documents: Vec<String>,
    /// One of the role's own policies, attached or inline
    #[arg(long, value_name = "DOCUMENT")]
    pub identity: Vec<String>,
    /// The role's permissions boundary
    #[arg(long, value_name = "DOCUMENT")]
    pub boundary: Option<String>,
    /// A session policy
    #[arg(long, value_name = "DOCUMENT")]
    pub session: Vec<String>,
    /// The service control policies of one level (root, unit, account), joined by commas; once
    /// for each level
    #[arg(long, value_name = "DOCUMENT[,…]")]
    pub scp: Vec<String>,
    /// A resource control policy
    #[arg(long, value_name = "DOCUMENT")]
    pub rcp: Vec<String>,
    /// The policy of a VPC endpoint; with SERVICE= (such as s3=) of that service's endpoint only
    #[arg(long, value_name = "[SERVICE=]DOCUMENT")]
    pub endpoint: Vec<String>,
    /// The policy of a bucket, key or secret; with SERVICE= for that service, else for the one
    /// that it names
    #[arg(long, value_name = "[SERVICE=]DOCUMENT")]
    pub resource_policy: Vec<String>,
    /// A single action to judge, such as ssm:GetParameter
    #[arg(long, value_name = "ACTION", value_parser = action)]
    pub action: Vec<String>,
    /// The resource of the single actions; the one that a node asks for unless given
    #[arg(long, value_name = "ARN", requires = "action")]
    pub resource: Vec<String>,
    /// The capabilities to judge, joined by commas, or `all`; session-manager unless an action is given
    #[arg(long = "for", value_name = "CAPABILITY", value_delimiter = ',', value_parser = capability_parser(), hide_possible_values = true)]
    pub capabilities: Vec<Chosen>,
    /// Count what a capability needs only in some situations too
    #[arg(long)]
    pub optional: bool,
    /// A condition key of the requests and its value; again for more values
    #[arg(long, value_name = "KEY=VALUE", value_parser = key_value)]
    pub context: Vec<(String, String)>,
    /// A condition key that the requests do not carry
    #[arg(long, value_name = "KEY", value_parser = key)]
    pub absent: Vec<String>,
    /// The node.
    #[command(flatten)]
    pub node: NodeArgs,
    /// The form of the result
    #[arg(short, long, value_enum, default_value_t = super::ListForm::Text)]
    pub output: super::ListForm,
}

/// The options of `policy minimal`.
#[derive(Debug, Args)]
pub struct MinimalArgs {
    /// The capabilities to allow, joined by commas, or `all`
    #[arg(long = "for", value_name = "CAPABILITY", value_delimiter = ',', value_parser = capability_parser(), hide_possible_values = true, default_value = "session-manager")]
    pub capabilities: Vec<Chosen>,
    /// Grant what a capability needs only in some situations too
    #[arg(long)]
    pub optional: bool,
    /// Also make the role, with the trust policy of this kind of node
    #[arg(long, value_enum, value_name = "KIND")]
    pub trust: Option<TrustKind>,
    /// The form of the policy
    #[arg(short, long, value_enum, default_value_t = PolicyForm::Document)]
    pub output: PolicyForm,
    /// Write it to this file in place of standard output
    #[arg(long, value_name = "FILE")]
    pub output_file: Option<PathBuf>,
    /// The node.
    #[command(flatten)]
    pub node: NodeArgs,
}

/// The forms of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PolicyForm {
    /// The policy document
    Document,
    /// Commands of the AWS CLI
    Cli,
    /// A `CloudFormation` template, in JSON
    Cloudformation,
    /// Terraform configuration
    Terraform,
}

/// Who a role trusts; see [`crate::policy::Trust`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TrustKind {
    /// EC2, for an instance profile
    Ec2,
    /// Systems Manager, for a hybrid activation of this account
    Hybrid,
    /// Systems Manager, for Default Host Management Configuration
    Dhmc,
}

/// A value of `--for`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    /// One capability.
    One(&'static Capability),
    /// Every capability.
    All,
}

impl Chosen {
    /// The capabilities that were chosen, each once.
    #[must_use]
    pub fn capabilities(chosen: &[Self]) -> Vec<&'static Capability> {
        if chosen.contains(&Self::All) {
            return Capability::ALL.iter().collect();
        }
        let mut found = Vec::new();
        for one in chosen {
            if let Self::One(capability) = one
                && !found.contains(capability)
            {
                found.push(*capability);
            }
        }
        found
    }
}

fn capability_parser() -> impl TypedValueParser<Value = Chosen> {
    let ids = Capability::ALL.iter().map(|capability| capability.id);
    PossibleValuesParser::new(ids.chain(["all"]))
        .map(|id| Capability::find(&id).map_or(Chosen::All, Chosen::One))
}

/// `service:Operation`, without wildcards: a question is about one action.
fn action(text: &str) -> Result<String, String> {
    let plain = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    match text.split_once(':') {
        Some((service, operation)) if plain(service) && plain(operation) => Ok(text.to_owned()),
        _ => Err("write service:Operation, such as ssm:GetParameter".to_owned()),
    }
}

fn key(text: &str) -> Result<String, String> {
    if text.contains(':') && !text.contains(char::is_whitespace) {
        Ok(text.to_owned())
    } else {
        Err("write a condition key such as aws:SourceVpc".to_owned())
    }
}

fn key_value(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("write KEY=VALUE")?;
    Ok((key(name)?, value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::{action, key_value};

    #[test]
    fn an_action_is_one_action() {
        assert!(action("ssm:GetParameter").is_ok());
        for text in ["ssm", "ssm:", ":Get", "ssm:Get*", "ssm:Get Parameter", "*"] {
            assert!(action(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_keeps_what_follows_the_first_equals_sign() {
        let expected = ("aws:PrincipalTag/a".to_owned(), "b=c".to_owned());
        assert_eq!(key_value("aws:PrincipalTag/a=b=c"), Ok(expected));
        assert!(key_value("aws:SourceVpc").is_err());
        assert!(key_value("SourceVpc=x").is_err());
    }
}
