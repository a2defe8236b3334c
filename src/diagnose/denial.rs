//! AWS's denial sentence, taken apart: action, resource, layer.
//!
//! Pure. AWS says which policy refused only in prose, so this is the one place that reads prose;
//! when in doubt the layer is `not-said`.
//!
//! Source: IAM User Guide "Troubleshoot access denied error messages".

use crate::report::model::Layer;

/// What a denial says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    /// The caller's ARN.
    pub principal: Option<String>,
    /// The refused action, `service:Operation`.
    pub action: Option<String>,
    /// The resource it was checked against.
    pub resource: Option<String>,
    /// The layer that refused.
    pub layer: Layer,
    /// Whether it was an explicit deny; `false` = nothing allows it, or not said.
    pub explicit: bool,
    /// The ARN of the policy that denied, where AWS adds it.
    pub policy_arn: Option<String>,
}

/// The words that name a layer, by layer. Articles and white space are dropped before matching.
const LAYER_WORDS: [(&str, Layer); 11] = [
    ("vpc endpoint policy", Layer::VpcEndpointPolicy),
    ("service control policy", Layer::ServiceControlPolicy),
    ("resource control policy", Layer::ResourceControlPolicy),
    ("permissions boundary", Layer::PermissionsBoundary),
    ("sessions policy", Layer::SessionPolicy),
    ("session policy", Layer::SessionPolicy),
    ("identity-based policy", Layer::IdentityPolicy),
    ("identity-based policies", Layer::IdentityPolicy),
    ("role trust policy", Layer::ResourcePolicy),
    ("resource-based policy", Layer::ResourcePolicy),
    ("resource-based policies", Layer::ResourcePolicy),
];

/// Takes a denial's message apart. Any text gives an answer.
#[must_use]
pub fn parse(message: &str) -> Denial {
    let text = normalize(message);
    let principal = between(&text, "user: ", " is not authorized");
    let rest = after(&text, "is not authorized to perform: ").unwrap_or_default();
    let action = first_word(rest);
    let resource = after(rest, " on resource: ").and_then(first_word);
    let (layer, explicit) = layer_of(&text);
    Denial {
        principal: principal.map(|arn| original(message, arn)),
        action: action.map(|word| original(message, &word)),
        resource: resource.map(|word| original(message, &word)),
        layer,
        explicit,
        policy_arn: trailing_policy(&text).map(|arn| original(message, &arn)),
    }
}

/// Lower case, entities decoded, white space folded.
fn normalize(message: &str) -> String {
    let decoded = message
        .replace("&apos;", "'")
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    decoded
        .to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn layer_of(text: &str) -> (Layer, bool) {
    if let Some(tail) = after(text, "with an explicit deny in ") {
        return (first_layer(tail), true);
    }
    if let Some(tail) = after(text, "because no ") {
        return (first_layer(tail), false);
    }
    (Layer::NotSaid, false)
}

/// The layer whose words come first in the tail.
fn first_layer(tail: &str) -> Layer {
    LAYER_WORDS
        .iter()
        .filter_map(|(words, layer)| Some((tail.find(words)?, *layer)))
        .min_by_key(|(at, _)| *at)
        .map_or(Layer::NotSaid, |(_, layer)| layer)
}

/// `…: arn:aws:…` at the end, behind the reason.
fn trailing_policy(text: &str) -> Option<String> {
    let tail = after(text, "with an explicit deny in ")?;
    let arn = after(tail, ": arn:")?;
    first_word(arn).map(|rest| format!("arn:{rest}"))
}

fn after<'a>(text: &'a str, mark: &str) -> Option<&'a str> {
    text.split_once(mark).map(|(_, rest)| rest)
}

fn between<'a>(text: &'a str, left: &str, right: &str) -> Option<&'a str> {
    Some(after(text, left)?.split_once(right)?.0).filter(|inner| !inner.contains(' '))
}

fn first_word(text: &str) -> Option<String> {
    let word = text.split(' ').next()?.trim_end_matches(['.', ',', ';']);
    (!word.is_empty()).then(|| word.to_owned())
}

/// The word as the message spells it: matching was done in lower case.
fn original(message: &str, lower: &str) -> String {
    message
        .split(|c: char| c.is_whitespace() || c == '<' || c == '>')
        .map(|word| word.trim_end_matches(['.', ',', ';']))
        .find(|word| word.to_lowercase() == lower)
        .unwrap_or(lower)
        .to_owned()
}

/// A line in which AWS's denial names neither caller nor resource: both are long, both stand elsewhere
/// on the page, and what was denied and by which policy comes after them.
#[must_use]
pub fn in_short(line: &str) -> String {
    const DENIED: &str = " is not authorized to perform: ";
    let Some((before, after)) = line.split_once(DENIED) else {
        return line.to_owned();
    };
    let before = before.rsplit_once("User: ").map_or_else(
        || before.to_owned(),
        |(start, _arn)| format!("{start}User: ..."),
    );
    let after = match after.split_once(" on resource: ") {
        Some((action, rest)) => {
            let more = rest.split_once(' ').map_or("", |(_resource, more)| more);
            format!("{action} on resource: ... {more}")
        }
        None => after.to_owned(),
    };
    format!("{before}{DENIED}{}", after.trim_end())
}

#[cfg(test)]
mod tests {
    use super::{Denial, in_short, parse};
    use crate::report::model::Layer;

    const USER: &str = "User: arn:aws:sts::111122223333:assumed-role/NodeRole/i-0123456789abcdef0 is not authorized to perform: ssmmessages:CreateControlChannel on resource: arn:aws:ssmmessages:eu-west-1:111122223333:*";

    #[track_caller]
    fn check(tail: &str, layer: Layer, explicit: bool) {
        let Denial {
            action,
            layer: seen,
            explicit: said,
            principal,
            resource,
            ..
        } = parse(&format!("{USER} {tail}"));
        assert_eq!((seen, said), (layer, explicit), "{tail}");
        assert_eq!(action.as_deref(), Some("ssmmessages:CreateControlChannel"));
        assert_eq!(
            resource.as_deref(),
            Some("arn:aws:ssmmessages:eu-west-1:111122223333:*")
        );
        assert_eq!(
            principal.as_deref(),
            Some("arn:aws:sts::111122223333:assumed-role/NodeRole/i-0123456789abcdef0")
        );
    }

    #[test]
    fn every_tail_of_the_iam_guide_names_its_layer() {
        let layers = [
            ("identity-based policy", Layer::IdentityPolicy),
            ("service control policy", Layer::ServiceControlPolicy),
            ("permissions boundary", Layer::PermissionsBoundary),
            ("session policy", Layer::SessionPolicy),
            ("VPC endpoint policy", Layer::VpcEndpointPolicy),
            ("resource-based policy", Layer::ResourcePolicy),
        ];
        for (words, layer) in layers {
            check(
                &format!("because no {words} allows the ssmmessages:CreateControlChannel action"),
                layer,
                false,
            );
            check(&format!("with an explicit deny in a {words}"), layer, true);
        }
        check(
            "with an explicit deny in a resource control policy",
            Layer::ResourceControlPolicy,
            true,
        );
        check(
            "with an explicit deny in a sessions policy",
            Layer::SessionPolicy,
            true,
        );
    }

    #[test]
    fn a_denial_without_a_reason_names_no_layer() {
        check("", Layer::NotSaid, false);
    }

    #[test]
    fn white_space_case_and_articles_do_not_matter() {
        check(
            "With  an explicit\n deny in an Identity-Based policy",
            Layer::IdentityPolicy,
            true,
        );
    }

    #[test]
    fn the_layer_that_denies_through_another_is_the_first_one_named() {
        check(
            "with an explicit deny in a VPC endpoint policy transitively through a service control policy",
            Layer::VpcEndpointPolicy,
            true,
        );
    }

    #[test]
    fn a_trailing_policy_arn_is_kept() {
        let arn =
            "arn:aws:organizations::999999999999:policy/o-abc123/service_control_policy/p-Def456";
        let seen = parse(&format!(
            "{USER} with an explicit deny in a service control policy: {arn}"
        ));
        assert_eq!(seen.policy_arn.as_deref(), Some(arn));
    }

    #[test]
    fn kms_leaves_all_its_alternatives_open() {
        let seen = parse(
            "User: arn:aws:sts::1:assumed-role/R/i is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:1:key/k because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access",
        );
        assert_eq!(seen.layer, Layer::NotSaid);
    }

    #[test]
    fn any_text_gives_an_answer() {
        for text in [
            "",
            "because no ",
            "User: ",
            "with an explicit deny in ",
            "\u{0}<>&amp;",
        ] {
            assert_eq!(parse(text).layer, Layer::NotSaid);
        }
    }

    #[test]
    fn a_denial_in_short_keeps_what_was_denied_and_why() {
        for (line, short) in [
            (
                "X: User: arn:aws:sts::1:assumed-role/R/i-1 is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:1:key/k because no identity-based policy allows the kms:Decrypt action (seen in this run)",
                "X: User: ... is not authorized to perform: kms:Decrypt on resource: ... because no identity-based policy allows the kms:Decrypt action (seen in this run)",
            ),
            (
                "User: a is not authorized to perform: kms:Decrypt on resource: k",
                "User: ... is not authorized to perform: kms:Decrypt on resource: ...",
            ),
            (
                "User: a is not authorized to perform: kms:Decrypt",
                "User: ... is not authorized to perform: kms:Decrypt",
            ),
            ("nothing came within 1000 ms", "nothing came within 1000 ms"),
        ] {
            assert_eq!(in_short(line), short);
        }
    }
}
