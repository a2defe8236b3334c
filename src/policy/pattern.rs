//! Texts of a policy: wildcards, policy variables, and how they meet a request's text.
//!
//! Source: "IAM policy elements: Variables and tags"; "IAM JSON policy elements: Resource".

use std::borrow::Cow;

use super::context::{Context, KeyState};
use super::doubt::Doubts;
use super::truth::Truth;

/// Stands in a request's text for a part that is not known: only `*` takes it in.
pub(super) const OPEN: char = '\0';

/// One element of a policy text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// This character.
    Char(char),
    /// `*`: any run of characters.
    Any,
    /// `?`: exactly one character.
    One,
    /// The policy variable with this number.
    Variable(usize),
}

/// A policy variable `${key}` or `${key, 'default'}`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Variable {
    key: String,
    default: Option<String>,
}

/// How a text is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    /// `*` and `?` stand for other characters.
    pub(super) wildcards: bool,
    /// `${...}` stands for a value of the request; only with `Version` 2012-10-17.
    pub(super) variables: bool,
}

/// A policy text, taken apart once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template {
    tokens: Vec<Token>,
    variables: Vec<Variable>,
}

/// Why a text cannot be read: its policy variable is not closed or has no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadVariable;

impl Template {
    /// Takes a text apart.
    pub(super) fn parse(text: &str, reading: Reading) -> Result<Self, BadVariable> {
        let mut template = Self {
            tokens: Vec::with_capacity(text.len()),
            variables: Vec::new(),
        };
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if reading.variables
                && let Some(inner) = rest.strip_prefix("${")
            {
                let (name, after) = inner.split_once('}').ok_or(BadVariable)?;
                template.push_variable(name)?;
                rest = after;
                continue;
            }
            template.tokens.push(match first {
                '*' if reading.wildcards => Token::Any,
                '?' if reading.wildcards => Token::One,
                other => Token::Char(other),
            });
            rest = rest.strip_prefix(first).unwrap_or_default();
        }
        Ok(template)
    }

    fn push_variable(&mut self, inner: &str) -> Result<(), BadVariable> {
        if let "*" | "?" | "$" = inner {
            self.tokens.extend(inner.chars().map(Token::Char));
            return Ok(());
        }
        let (key, default) = match inner.split_once(',') {
            Some((key, default)) => (key, Some(unquote(default).ok_or(BadVariable)?)),
            None => (inner, None),
        };
        let key = key.trim().to_ascii_lowercase();
        if key.is_empty() {
            return Err(BadVariable);
        }
        self.tokens.push(Token::Variable(self.variables.len()));
        self.variables.push(Variable { key, default });
        Ok(())
    }

    /// Whether the text is nothing but `*`.
    pub(super) fn is_everything(&self) -> bool {
        !self.tokens.is_empty() && self.tokens.iter().all(|token| *token == Token::Any)
    }

    /// The tokens as written, variables included.
    pub(super) fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Whether `test` holds for the text once the request's values are filled in.
    ///
    /// A variable whose key is absent and has no default makes the text match nothing.
    pub(super) fn test(
        &self,
        context: &Context,
        doubts: &mut Doubts,
        test: impl FnOnce(&[Token]) -> Truth,
    ) -> Truth {
        match self.fill(context, doubts) {
            Filled::Tokens(tokens) => test(&tokens),
            Filled::Nothing => Truth::False,
            Filled::Unknown => Truth::Unknown,
        }
    }

    fn fill(&self, context: &Context, doubts: &mut Doubts) -> Filled<'_> {
        if self.variables.is_empty() {
            return Filled::Tokens(Cow::Borrowed(&self.tokens));
        }
        let mut filled = Vec::with_capacity(self.tokens.len());
        let mut unknown = false;
        for token in &self.tokens {
            let Token::Variable(number) = *token else {
                filled.push(*token);
                continue;
            };
            let Some(variable) = self.variables.get(number) else {
                continue;
            };
            match context.state(&variable.key) {
                KeyState::Values(values) if values.len() == 1 => {
                    filled.extend(values.iter().flat_map(|v| v.chars()).map(Token::Char));
                }
                KeyState::Absent => match &variable.default {
                    Some(default) => filled.extend(default.chars().map(Token::Char)),
                    None => return Filled::Nothing,
                },
                KeyState::Values(_) | KeyState::ValueUnknown | KeyState::Unknown => {
                    doubts.key(&variable.key);
                    unknown = true;
                }
            }
        }
        if unknown {
            Filled::Unknown
        } else {
            Filled::Tokens(Cow::Owned(filled))
        }
    }
}

/// A text with the request's values in place of its variables.
enum Filled<'a> {
    Tokens(Cow<'a, [Token]>),
    /// A variable has no value: the text matches nothing.
    Nothing,
    Unknown,
}

fn unquote(text: &str) -> Option<String> {
    let inner = text.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.to_owned())
}

/// Whether tokens match a whole text, character by character.
pub(super) fn matches(tokens: &[Token], text: &str) -> bool {
    matches_by(tokens, text, |expected, found| expected == found)
}

/// Whether tokens match a whole text, upper and lower case being the same.
pub(super) fn matches_ignoring_case(tokens: &[Token], text: &str) -> bool {
    matches_by(tokens, text, |expected, found| {
        expected == found || expected.to_lowercase().eq(found.to_lowercase())
    })
}

/// Walks both once, going back only to the latest `*`: at worst `tokens` times `text`.
fn matches_by(tokens: &[Token], text: &str, same: impl Fn(char, char) -> bool) -> bool {
    let (mut pattern, mut left) = (tokens.iter(), text.chars());
    let mut latest_star = None;
    loop {
        let (mut next_pattern, mut next_left) = (pattern.clone(), left.clone());
        let step = match next_pattern.next() {
            None if left.as_str().is_empty() => return true,
            None | Some(Token::Variable(_)) => false,
            Some(Token::Any) => {
                latest_star = Some((next_pattern.clone(), left.clone()));
                next_left = left.clone();
                true
            }
            Some(Token::One) => next_left.next().is_some_and(|found| found != OPEN),
            Some(Token::Char(expected)) => next_left
                .next()
                .is_some_and(|found| found != OPEN && same(*expected, found)),
        };
        if step {
            (pattern, left) = (next_pattern, next_left);
            continue;
        }
        let Some((after_star, from)) = latest_star.as_mut() else {
            return false;
        };
        if from.next().is_none() {
            return false;
        }
        (pattern, left) = (after_star.clone(), from.clone());
    }
}

/// Whether tokens match an ARN, each of its six parts on its own; the sixth keeps its colons.
///
/// A pattern with fewer parts is completed with `*`, as the service is said to do
/// (third-party research; no AWS document says so).
pub(super) fn matches_arn(tokens: &[Token], arn: &str) -> bool {
    let mut parts = arn.splitn(6, ':');
    tokens
        .splitn(6, |token| *token == Token::Char(':'))
        .all(|pattern| parts.next().is_some_and(|part| matches(pattern, part)))
}

/// Into how many parts an ARN's text falls, variables not counted as colons.
pub(super) fn arn_parts(tokens: &[Token]) -> usize {
    tokens.splitn(6, |token| *token == Token::Char(':')).count()
}

/// A text of the request in which parts in braces, such as `{bucket}`, may be anything.
pub(super) fn open_tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let (head, mut rest) = text.split_once('{')?;
    tokens.extend(head.chars().map(Token::Char));
    loop {
        let (_, after) = rest.split_once('}')?;
        tokens.push(Token::Any);
        let Some((between, next)) = after.split_once('{') else {
            tokens.extend(after.chars().map(Token::Char));
            return Some(tokens);
        };
        tokens.extend(between.chars().map(Token::Char));
        rest = next;
    }
}

/// Whether some text matches both.
pub(super) fn may_meet(left: &[Token], right: &[Token]) -> bool {
    // `row[j]`: the tokens of `left` read so far and the first `j` of `right` can match one text.
    let closed = |row: &mut Vec<bool>, open: bool| {
        for (at, token) in right.iter().enumerate() {
            let from = row.get(at).copied().unwrap_or_default();
            let skips = *token == Token::Any || open;
            if let Some(next) = row.get_mut(at + 1) {
                *next |= from && skips;
            }
        }
    };
    let mut row = vec![false; right.len() + 1];
    if let Some(first) = row.first_mut() {
        *first = true;
    }
    closed(&mut row, false);
    for token in left {
        let open = *token == Token::Any;
        let mut next: Vec<bool> = if open {
            row.clone()
        } else {
            vec![false; row.len()]
        };
        for (at, other) in right.iter().enumerate() {
            let from = row.get(at).copied().unwrap_or_default();
            let stays = *other == Token::Any;
            let meets = stays || same_character(*token, *other);
            if !from || !meets || open {
                continue;
            }
            if let Some(cell) = next.get_mut(if stays { at } else { at + 1 }) {
                *cell = true;
            }
        }
        closed(&mut next, open);
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

fn same_character(left: Token, right: Token) -> bool {
    match (left, right) {
        (Token::Char(left), Token::Char(right)) => left == right,
        (Token::Variable(_), _) | (_, Token::Variable(_)) => false,
        (Token::One | Token::Any, _) | (_, Token::One | Token::Any) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{Reading, Template, may_meet, open_tokens};

    const PATTERN: Reading = Reading {
        wildcards: true,
        variables: false,
    };

    #[track_caller]
    fn meet(pattern: &str, open: &str) -> bool {
        let pattern = Template::parse(pattern, PATTERN).unwrap();
        let open = open_tokens(open).unwrap();
        let both = may_meet(pattern.tokens(), &open);
        assert_eq!(both, may_meet(&open, pattern.tokens()));
        both
    }

    #[test]
    fn an_open_text_meets_every_pattern_that_some_value_of_it_matches() {
        assert!(meet(
            "arn:aws:s3:::logs/*",
            "arn:aws:s3:::{bucket}/{object}"
        ));
        assert!(meet(
            "arn:aws:s3:::*-logs/a?c",
            "arn:aws:s3:::{bucket}/{object}"
        ));
        assert!(meet("arn:*", "arn:aws:s3:::{bucket}"));
        assert!(meet("*", "{anything}"));
        assert!(meet("a", "a{b}"));
        assert!(!meet(
            "arn:aws:ec2:*:*:instance/*",
            "arn:aws:s3:::{bucket}/{object}"
        ));
        assert!(!meet("arn:aws:s3:::logs", "arn:aws:s3:::{bucket}/{object}"));
        assert!(!meet("b*", "a{b}"));
    }
}
