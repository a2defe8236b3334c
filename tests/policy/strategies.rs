//! Made-up policies and requests, for the properties here and for the differential oracle.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// The role's session that asks.
pub(crate) const PRINCIPAL: &str = "arn:aws:sts::111122223333:assumed-role/Role/i-1";

/// Actions with a resource each that their service takes.
pub(crate) const REQUESTS: [(&str, &str); 4] = [
    (
        "ssm:UpdateInstanceInformation",
        "arn:aws:ec2:eu-west-1:111122223333:instance/i-1",
    ),
    (
        "ssm:GetParameter",
        "arn:aws:ssm:eu-west-1:111122223333:parameter/app/a",
    ),
    ("s3:PutObject", "arn:aws:s3:::logs/a/b"),
    ("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1"),
];

/// What a condition key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    List,
    Number,
    Instant,
    Flag,
    Address,
    Arn,
}

/// Condition keys, each of its kind.
pub(crate) const KEYS: [(&str, Kind); 7] = [
    ("aws:SourceVpc", Kind::Text),
    ("aws:PrincipalOrgPaths", Kind::List),
    ("aws:MultiFactorAuthAge", Kind::Number),
    ("aws:TokenIssueTime", Kind::Instant),
    ("aws:ViaAWSService", Kind::Flag),
    ("aws:SourceIp", Kind::Address),
    ("aws:SourceArn", Kind::Arn),
];

impl Kind {
    /// Values that a request may carry.
    pub(crate) fn values(self) -> &'static [&'static str] {
        match self {
            Self::Text => &["vpc-1", "vpc-2", "VPC-1", "ops"],
            Self::List => &["o-a/r-b/ou-1/", "o-a/r-b/ou-2/", "o-x/r-y/"],
            Self::Number => &["0", "2", "2.0", "300"],
            Self::Instant => &["2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z"],
            Self::Flag => &["true", "false"],
            Self::Address => &["203.0.113.7", "10.0.0.1", "2001:db8::1"],
            Self::Arn => &[
                "arn:aws:ssm:eu-west-1:111122223333:document/a",
                "arn:aws:s3:::logs",
            ],
        }
    }

    /// Operators that compare it.
    fn operators(self) -> &'static [&'static str] {
        match self {
            Self::Text | Self::List => &[
                "StringEquals",
                "StringNotEquals",
                "StringEqualsIgnoreCase",
                "StringNotEqualsIgnoreCase",
                "StringLike",
                "StringNotLike",
            ],
            Self::Number => &[
                "NumericEquals",
                "NumericNotEquals",
                "NumericLessThan",
                "NumericLessThanEquals",
                "NumericGreaterThan",
                "NumericGreaterThanEquals",
            ],
            Self::Instant => &[
                "DateEquals",
                "DateNotEquals",
                "DateLessThan",
                "DateLessThanEquals",
                "DateGreaterThan",
                "DateGreaterThanEquals",
            ],
            Self::Flag => &["Bool"],
            Self::Address => &["IpAddress", "NotIpAddress"],
            Self::Arn => &["ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"],
        }
    }

    /// What a policy may compare it with.
    fn operands(self) -> &'static [&'static str] {
        match self {
            Self::Text => &["vpc-1", "vpc-*", "?pc-2", "*", "${aws:PrincipalAccount}"],
            Self::List => &["o-a/r-b/ou-1/", "o-a/*", "o-?/r-y/", "*"],
            Self::Number => &["2", "100", "0.5"],
            Self::Instant => &["2026-06-01T12:00:00Z", "2026-03-01"],
            Self::Flag => &["true", "false"],
            Self::Address => &["203.0.113.0/24", "10.0.0.1", "2001:db8::/32", "0.0.0.0/0"],
            Self::Arn => &[
                "arn:aws:ssm:*:111122223333:document/*",
                "arn:aws:s3:::logs",
                "arn:*:s3:::l?gs",
            ],
        }
    }
}

fn action_pattern() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just("*".to_owned()),
        4 => (0..REQUESTS.len()).prop_map(|at| REQUESTS[at].0.to_owned()),
        1 => Just("ssm:*".to_owned()),
        1 => Just("s3:Put?bject".to_owned()),
        1 => Just("ssm:*Information".to_owned()),
        1 => Just("kms:*Crypt".to_owned()),
    ]
}

fn resource_pattern() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just("*".to_owned()),
        3 => (0..REQUESTS.len()).prop_map(|at| REQUESTS[at].1.to_owned()),
        1 => Just("arn:aws:s3:::logs/*".to_owned()),
        1 => Just("arn:*:ec2:*:${aws:PrincipalAccount}:instance/*".replace("${aws:PrincipalAccount}", "*")),
        1 => Just("arn:aws:ssm:*:111122223333:parameter/${aws:PrincipalAccount}/*".to_owned()),
        1 => Just("arn:aws:*:eu-west-?:*:*".to_owned()),
    ]
}

/// One condition: operator, key and values that fit each other.
fn condition() -> impl Strategy<Value = Option<Value>> {
    let one = select(&KEYS[..]).prop_flat_map(|(key, kind)| {
        let prefix = match kind {
            // A list without a set operator is not defined.
            Kind::List => select(vec!["ForAllValues:", "ForAnyValue:"]),
            _ => select(vec!["", "", "", "ForAllValues:", "ForAnyValue:"]),
        };
        let suffix = select(vec!["", "", "IfExists"]);
        let operands = prop::collection::vec(select(kind.operands()), 1..3);
        let null = prop::bool::weighted(0.1);
        (select(kind.operators()), prefix, suffix, operands, null).prop_map(
            move |(operator, prefix, suffix, operands, null)| {
                if null {
                    json!({ "Null": { key: "true" } })
                } else {
                    json!({ format!("{prefix}{operator}{suffix}"): { key: operands } })
                }
            },
        )
    });
    prop::option::of(one)
}

/// One statement with this effect, or either.
pub(crate) fn statement(effects: &'static [&'static str]) -> impl Strategy<Value = Value> {
    (
        select(effects),
        prop::bool::weighted(0.15),
        prop::collection::vec(action_pattern(), 1..3),
        prop::bool::weighted(0.15),
        prop::collection::vec(resource_pattern(), 1..3),
        condition(),
    )
        .prop_map(
            |(effect, not_action, actions, not_resource, resources, condition)| {
                let mut statement = json!({ "Effect": effect });
                statement[if not_action { "NotAction" } else { "Action" }] = json!(actions);
                let element = if not_resource {
                    "NotResource"
                } else {
                    "Resource"
                };
                statement[element] = json!(resources);
                if let Some(condition) = condition {
                    statement["Condition"] = condition;
                }
                statement
            },
        )
}

/// Effects, an Allow being the likelier.
pub(crate) const EITHER: &[&str] = &["Allow", "Allow", "Allow", "Deny"];

fn document() -> impl Strategy<Value = Value> {
    prop::collection::vec(statement(EITHER), 1..4)
        .prop_map(|statements| json!({ "Version": "2012-10-17", "Statement": statements }))
}

fn principal() -> impl Strategy<Value = Value> {
    select(vec![
        json!("*"),
        json!({ "AWS": PRINCIPAL }),
        json!({ "AWS": "arn:aws:iam::111122223333:role/Role" }),
        json!({ "AWS": "111122223333" }),
        json!({ "AWS": "arn:aws:iam::111122223333:role/Other" }),
    ])
}

/// A document whose statements name principals.
fn resource_document(
    effects: &'static [&'static str],
    everyone: bool,
) -> impl Strategy<Value = Value> {
    let named = (statement(effects), principal()).prop_map(move |(mut statement, principal)| {
        statement["Principal"] = if everyone { json!("*") } else { principal };
        statement
    });
    prop::collection::vec(named, 1..4)
        .prop_map(|statements| json!({ "Version": "2012-10-17", "Statement": statements }))
}

/// The policies of every layer in JSON, so that a test can add to them before they are parsed.
pub(crate) fn scenario() -> impl Strategy<Value = Value> {
    (
        prop::collection::vec(document(), 1..4),
        prop::option::weighted(0.3, document()),
        prop::option::weighted(0.2, document()),
        prop::collection::vec(prop::collection::vec(document(), 1..3), 0..3),
        prop::option::weighted(0.2, resource_document(&["Deny"], true)),
        prop::option::weighted(0.3, resource_document(EITHER, true)),
        prop::option::weighted(0.4, resource_document(EITHER, false)),
    )
        .prop_map(
            |(identity, boundary, session, scps, rcps, endpoint, resource)| {
                let mut layers = json!({ "identity": identity, "scps": scps });
                for (name, document) in [
                    ("boundary", boundary),
                    ("session", session),
                    ("rcps", rcps),
                    ("endpoint", endpoint),
                    ("resource", resource),
                ] {
                    if let Some(document) = document {
                        layers[name] = document;
                    }
                }
                layers
            },
        )
}
