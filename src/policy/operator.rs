//! The condition operators: their names, and what each says of an absent key.
//!
//! Source: "IAM JSON policy elements: Condition operators" and "Set operators for multi-valued
//! context keys".

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    /// Character by character.
    Text,
    /// Ignoring case.
    TextIgnoringCase,
    /// With `*` and `?`.
    TextPattern,
    /// Decimal numbers.
    Number(Relation),
    /// Instants.
    Instant(Relation),
    /// `true` and `false`.
    Flag,
    /// Base64 text, byte by byte.
    Binary,
    /// An address in a network.
    Address,
    /// ARNs, part by part, with `*` and `?`.
    Arn,
    /// Whether the key is there at all.
    Null,
}

/// How two ordered values stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Relation {
    /// Equal.
    Equal,
    /// The request's is less.
    Less,
    /// The request's is less or equal.
    LessOrEqual,
    /// The request's is greater.
    Greater,
    /// The request's is greater or equal.
    GreaterOrEqual,
}

impl Relation {
    /// Whether the request's value stands so to the policy's.
    pub(super) fn holds<T: PartialOrd>(self, request: &T, policy: &T) -> bool {
        match self {
            Self::Equal => request == policy,
            Self::Less => request < policy,
            Self::LessOrEqual => request <= policy,
            Self::Greater => request > policy,
            Self::GreaterOrEqual => request >= policy,
        }
    }
}

/// How a key with several values is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SetQualifier {
    /// `ForAllValues:`: every value must satisfy the comparison.
    All,
    /// `ForAnyValue:`: one value is enough.
    Any,
}

/// A condition operator, such as `ForAnyValue:StringNotLikeIfExists`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Operator {
    /// `ForAllValues:` or `ForAnyValue:`.
    pub(super) set: Option<SetQualifier>,
    /// What is compared.
    pub(super) comparison: Comparison,
    /// The `Not` forms.
    pub(super) negated: bool,
    /// The suffix `IfExists`.
    pub(super) if_exists: bool,
}

impl Operator {
    /// Reads an operator's name; upper and lower case do not matter.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let (set, rest) = match name.split_once(':') {
            None => (None, name),
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => {
                (Some(SetQualifier::All), rest)
            }
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => {
                (Some(SetQualifier::Any), rest)
            }
            Some(_) => return None,
        };
        let (base, if_exists) = match strip_suffix_ignoring_case(rest, "IfExists") {
            Some(base) => (base, true),
            None => (rest, false),
        };
        let (_, comparison, negated) = NAMES
            .iter()
            .find(|(known, ..)| known.eq_ignore_ascii_case(base))?;
        if *comparison == Comparison::Null && (if_exists || set.is_some()) {
            return None;
        }
        Some(Self {
            set,
            comparison: *comparison,
            negated: *negated,
            if_exists,
        })
    }

    /// Whether a name is spelt as AWS's documents spell it.
    pub(super) fn is_documented_spelling(name: &str) -> bool {
        let rest = name
            .strip_prefix("ForAllValues:")
            .or_else(|| name.strip_prefix("ForAnyValue:"))
            .unwrap_or(name);
        let base = rest.strip_suffix("IfExists").unwrap_or(rest);
        NAMES.iter().any(|(known, ..)| *known == base)
    }
}

fn strip_suffix_ignoring_case<'a>(text: &'a str, suffix: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(suffix.len())?;
    let (head, tail) = text.split_at_checked(at)?;
    tail.eq_ignore_ascii_case(suffix).then_some(head)
}

/// Every operator without prefix and suffix: name, comparison, negated.
const NAMES: [(&str, Comparison, bool); 27] = {
    use Comparison as C;
    use Relation as R;
    [
        ("StringEquals", C::Text, false),
        ("StringNotEquals", C::Text, true),
        ("StringEqualsIgnoreCase", C::TextIgnoringCase, false),
        ("StringNotEqualsIgnoreCase", C::TextIgnoringCase, true),
        ("StringLike", C::TextPattern, false),
        ("StringNotLike", C::TextPattern, true),
        ("NumericEquals", C::Number(R::Equal), false),
        ("NumericNotEquals", C::Number(R::Equal), true),
        ("NumericLessThan", C::Number(R::Less), false),
        ("NumericLessThanEquals", C::Number(R::LessOrEqual), false),
        ("NumericGreaterThan", C::Number(R::Greater), false),
        (
            "NumericGreaterThanEquals",
            C::Number(R::GreaterOrEqual),
            false,
        ),
        ("DateEquals", C::Instant(R::Equal), false),
        ("DateNotEquals", C::Instant(R::Equal), true),
        ("DateLessThan", C::Instant(R::Less), false),
        ("DateLessThanEquals", C::Instant(R::LessOrEqual), false),
        ("DateGreaterThan", C::Instant(R::Greater), false),
        (
            "DateGreaterThanEquals",
            C::Instant(R::GreaterOrEqual),
            false,
        ),
        ("Bool", C::Flag, false),
        ("BinaryEquals", C::Binary, false),
        ("IpAddress", C::Address, false),
        ("NotIpAddress", C::Address, true),
        ("ArnEquals", C::Arn, false),
        ("ArnLike", C::Arn, false),
        ("ArnNotEquals", C::Arn, true),
        ("ArnNotLike", C::Arn, true),
        ("Null", C::Null, false),
    ]
};

#[cfg(test)]
mod tests {
    use super::{Comparison, NAMES, Operator, SetQualifier};

    #[test]
    fn every_name_is_read_with_every_prefix_and_suffix() {
        for (name, comparison, negated) in NAMES {
            assert_eq!(Operator::parse(name).unwrap().negated, negated, "{name}");
            if comparison == Comparison::Null {
                assert_eq!(Operator::parse("NullIfExists"), None);
                assert_eq!(Operator::parse("ForAnyValue:Null"), None);
                continue;
            }
            let full = Operator::parse(&format!("ForAllValues:{name}IfExists")).unwrap();
            assert_eq!(full.set, Some(SetQualifier::All));
            assert!(full.if_exists);
            assert_eq!(full.comparison, comparison);
        }
        assert_eq!(Operator::parse("StringMatches"), None);
        assert_eq!(Operator::parse("ForSome:StringEquals"), None);
        assert!(Operator::is_documented_spelling(
            "ForAnyValue:StringLikeIfExists"
        ));
        assert!(!Operator::is_documented_spelling("stringequals"));
    }
}
