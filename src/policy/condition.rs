//! One condition of a statement, and what it says of a request.
//!
//! Source: "IAM JSON policy elements: Condition", "Set operators for multi-valued context keys".
//! What is not known of a key settles nothing unless every value of it would say the same.

use super::context::{Context, KeyState};
use super::doubt::Doubts;
use super::operator::{Comparison, Operator, SetQualifier};
use super::pattern::{Template, matches, matches_arn, matches_ignoring_case};
use super::truth::Truth;
use super::value::{Network, parse_instant, parse_number};

/// One key under one operator.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Condition {
    /// The operator; `None` for a name no document knows.
    pub(super) operator: Option<Operator>,
    /// The operator's name as written.
    pub(super) operator_name: String,
    /// The key, in lower case.
    pub(super) key: String,
    /// The policy's values.
    pub(super) operands: Vec<Operand>,
}

/// One value of the policy, read as its operator wants it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    /// Text, flag, binary or ARN.
    Text(Template),
    /// A number.
    Number(f64),
    /// An instant.
    Instant(jiff::Timestamp),
    /// A network.
    Network(Network),
    /// Cannot be read as what the operator compares: a comparison with it is unknown.
    Unreadable,
}

impl Condition {
    /// Whether the condition holds.
    pub(super) fn judge(&self, context: &Context, doubts: &mut Doubts) -> Truth {
        let Some(operator) = self.operator else {
            doubts.note(format!(
                "the condition operator `{}` is not one of AWS's",
                self.operator_name
            ));
            return Truth::Unknown;
        };
        match context.state(&self.key) {
            KeyState::Absent => self.judge_absent(operator),
            KeyState::Values(values) => self.judge_values(operator, values, context, doubts),
            KeyState::ValueUnknown => {
                let truth = self.judge_unknown_value(operator);
                self.note_if_unknown(truth, doubts)
            }
            KeyState::Unknown => {
                let (absent, present) = (
                    self.judge_absent(operator),
                    self.judge_unknown_value(operator),
                );
                let truth = if absent == present {
                    absent
                } else {
                    Truth::Unknown
                };
                self.note_if_unknown(truth, doubts)
            }
        }
    }

    fn note_if_unknown(&self, truth: Truth, doubts: &mut Doubts) -> Truth {
        if truth == Truth::Unknown {
            doubts.key(&self.key);
        }
        truth
    }

    fn judge_absent(&self, operator: Operator) -> Truth {
        if operator.comparison == Comparison::Null {
            return self.any_flag("true");
        }
        if operator.if_exists {
            return Truth::True;
        }
        match operator.set {
            Some(SetQualifier::All) => Truth::True,
            Some(SetQualifier::Any) => Truth::False,
            None => operator.negated.into(),
        }
    }

    /// Of a key that is there, the value not known: only presence and `StringLike *` can be told.
    fn judge_unknown_value(&self, operator: Operator) -> Truth {
        match operator.comparison {
            Comparison::Null => self.any_flag("false"),
            Comparison::TextPattern if self.operands.iter().any(Operand::is_everything) => {
                Truth::True.negate_if(operator.negated)
            }
            Comparison::Text
            | Comparison::TextIgnoringCase
            | Comparison::TextPattern
            | Comparison::Number(_)
            | Comparison::Instant(_)
            | Comparison::Flag
            | Comparison::Binary
            | Comparison::Address
            | Comparison::Arn => Truth::Unknown,
        }
    }

    fn judge_values(
        &self,
        operator: Operator,
        values: &[String],
        context: &Context,
        doubts: &mut Doubts,
    ) -> Truth {
        if operator.comparison == Comparison::Null {
            return self.any_flag(if values.is_empty() { "true" } else { "false" });
        }
        let each: Vec<Truth> = values
            .iter()
            .map(|value| {
                self.operands
                    .iter()
                    .map(|operand| operand.compare(operator.comparison, value, context, doubts))
                    .fold(Truth::False, Truth::or)
                    .negate_if(operator.negated)
            })
            .collect();
        let every = each.iter().copied().fold(Truth::True, Truth::and);
        let some = each.iter().copied().fold(Truth::False, Truth::or);
        match operator.set {
            Some(SetQualifier::All) => every,
            Some(SetQualifier::Any) => some,
            None if operator.comparison == Comparison::Flag => some,
            // AWS does not say what a list means without a set operator; where every value says
            // the same, it does not matter.
            None if every == some => every,
            None => self.note_if_unknown(Truth::Unknown, doubts),
        }
    }

    /// Whether one of the policy's values is this flag (`Null` takes only `true` and `false`).
    fn any_flag(&self, flag: &str) -> Truth {
        self.operands
            .iter()
            .map(|operand| match operand {
                Operand::Text(text) => matches_ignoring_case(text.tokens(), flag).into(),
                Operand::Number(_)
                | Operand::Instant(_)
                | Operand::Network(_)
                | Operand::Unreadable => Truth::Unknown,
            })
            .fold(Truth::False, Truth::or)
    }
}

impl Operand {
    fn is_everything(&self) -> bool {
        matches!(self, Self::Text(text) if text.is_everything())
    }

    /// Whether one value of the request equals, is like, or lies in this one.
    ///
    /// A request's value that is not a number, instant or address where one is compared does
    /// not match (inferred: no document says so).
    fn compare(
        &self,
        comparison: Comparison,
        value: &str,
        context: &Context,
        doubts: &mut Doubts,
    ) -> Truth {
        match self {
            Self::Text(text) => text.test(context, doubts, |tokens| {
                let same = match comparison {
                    Comparison::TextIgnoringCase | Comparison::Flag => {
                        matches_ignoring_case(tokens, value)
                    }
                    Comparison::Arn => matches_arn(tokens, value),
                    Comparison::Text
                    | Comparison::TextPattern
                    | Comparison::Binary
                    | Comparison::Number(_)
                    | Comparison::Instant(_)
                    | Comparison::Address
                    | Comparison::Null => matches(tokens, value),
                };
                same.into()
            }),
            Self::Number(mine) => match comparison {
                Comparison::Number(relation) => parse_number(value)
                    .is_some_and(|theirs| relation.holds(&theirs, mine))
                    .into(),
                _ => Truth::False,
            },
            Self::Instant(mine) => match comparison {
                Comparison::Instant(relation) => parse_instant(value)
                    .is_some_and(|theirs| relation.holds(&theirs, mine))
                    .into(),
                _ => Truth::False,
            },
            Self::Network(network) => value
                .trim()
                .parse()
                .is_ok_and(|address| network.contains(address))
                .into(),
            Self::Unreadable => {
                doubts.note("a value of a condition cannot be read".to_owned());
                Truth::Unknown
            }
        }
    }
}
