//! From JSON to a [`Document`]: every documented form, and every undocumented one named.
//!
//! Source: "Grammar of the IAM JSON policy language". IAM refuses malformed documents when they
//! are written, so a document with an error is not half believed: it counts as unreadable.

use serde_json::{Map, Value};

use super::condition::Condition;
use super::document::{Body, Document, Effect, Grammar, Listed, Problem, Severity, Statement};
use super::name::Name;
use super::principal::PrincipalPattern;
use super::{exported, json, parse_values};

#[path = "parse_principals.rs"]
mod principals;

impl Document {
    /// Reads a document from its text, also in the URL-encoded form of raw API replies and as
    /// AWS's tools print it.
    #[must_use]
    pub fn parse_text(name: &str, text: &str, grammar: Grammar) -> Self {
        Self::parse_both(name, text, grammar).0
    }

    /// Reads a document, and tells its JSON value where it is JSON at all. What AWS's tools print
    /// around a policy is taken off.
    pub(super) fn parse_both(name: &str, text: &str, grammar: Grammar) -> (Self, Option<Value>) {
        match json::parse(text).and_then(exported::policy_in) {
            Ok(parsed) => {
                let mut document = Self::parse(name, &parsed.value, grammar);
                if !parsed.duplicates.is_empty() {
                    let problem = |at| {
                        Problem {
                    id: "duplicate-element",
                    severity: Severity::Error,
                    at,
                    text: "written twice in one object: IAM does not take it, and readers differ in which one they see"
                        .to_owned(),
                }
                    };
                    document
                        .problems
                        .extend(parsed.duplicates.into_iter().map(problem));
                    document.believe_only_if_sound();
                }
                (document, Some(parsed.value))
            }
            Err(error) => {
                let mut document = Self::unreadable(name, "it is not JSON");
                document.problems.push(Problem {
                    id: "not-json",
                    severity: Severity::Error,
                    at: String::new(),
                    text: error,
                });
                (document, None)
            }
        }
    }

    /// Reads a document from its JSON value.
    #[must_use]
    pub fn parse(name: &str, value: &Value, grammar: Grammar) -> Self {
        let mut reader = Reader {
            grammar,
            variables: false,
            problems: Vec::new(),
        };
        let statements = reader.document(value);
        let mut document = Self {
            name: name.into(),
            problems: reader.problems,
            body: Body::Readable(statements),
        };
        document.believe_only_if_sound();
        document
    }

    fn believe_only_if_sound(&mut self) {
        let first = self
            .problems
            .iter()
            .find(|problem| problem.severity == Severity::Error);
        if let Some(problem) = first {
            self.body = Body::Unreadable(match problem.at.as_str() {
                "" => problem.text.clone(),
                at => format!("{at}: {}", problem.text),
            });
        }
    }
}

/// Collects problems on the way through a document.
pub(super) struct Reader {
    grammar: Grammar,
    /// Whether `${…}` is a variable: only with `Version` 2012-10-17.
    pub(super) variables: bool,
    problems: Vec<Problem>,
}

impl Reader {
    /// Names an error: IAM would not take the document.
    pub(super) fn error(&mut self, id: &'static str, at: &str, text: impl Into<String>) {
        self.problem(Severity::Error, id, at, text.into());
    }

    /// Names a doubt: the document works, and not as its author may think.
    pub(super) fn warn(&mut self, id: &'static str, at: &str, text: impl Into<String>) {
        self.problem(Severity::Warning, id, at, text.into());
    }

    fn problem(&mut self, severity: Severity, id: &'static str, at: &str, text: String) {
        self.problems.push(Problem {
            id,
            severity,
            at: at.to_owned(),
            text,
        });
    }

    fn document(&mut self, value: &Value) -> Vec<Statement> {
        let Value::Object(elements) = value else {
            self.error("not-an-object", "", "a policy document is a JSON object");
            return Vec::new();
        };
        self.known_elements("", elements, &["Version", "Id", "Statement"]);
        self.version(elements.get("Version"));
        if elements.get("Id").is_some_and(|id| !id.is_string()) {
            self.error("wrong-type", "Id", "`Id` is a string");
        }
        let statements = match elements.get("Statement") {
            Some(Value::Array(statements)) => statements.as_slice(),
            Some(one @ Value::Object(_)) => std::slice::from_ref(one),
            Some(_) => {
                self.error(
                    "wrong-type",
                    "Statement",
                    "`Statement` is an object or a list of them",
                );
                &[]
            }
            None => {
                self.error("missing-element", "", "`Statement` is missing");
                &[]
            }
        };
        let read: Vec<Statement> = statements
            .iter()
            .zip(1..)
            .filter_map(|(value, number)| self.statement(value, number))
            .collect();
        self.repeated_sids(&read);
        read
    }

    fn version(&mut self, version: Option<&Value>) {
        match version {
            Some(Value::String(version)) if version == "2012-10-17" => self.variables = true,
            Some(Value::String(version)) if version == "2008-10-17" => self.warn(
                "version-old",
                "Version",
                "with 2008-10-17 policy variables are plain text; use 2012-10-17",
            ),
            Some(_) => self.error("version-unknown", "Version", "`Version` is 2012-10-17 or 2008-10-17"),
            None => self.warn(
                "version-missing",
                "",
                "`Version` is missing, so 2008-10-17 holds and policy variables are plain text; add 2012-10-17",
            ),
        }
    }

    fn known_elements(&mut self, at: &str, elements: &Map<String, Value>, known: &[&str]) {
        for name in elements.keys() {
            if known.contains(&name.as_str()) {
                continue;
            }
            let meant = known.iter().find(|known| {
                known.eq_ignore_ascii_case(name) || format!("{known}s").eq_ignore_ascii_case(name)
            });
            let text = match meant {
                Some(meant) => format!("`{name}` is not an element of a policy; `{meant}` is"),
                None => format!("`{name}` is not an element of this kind of policy"),
            };
            self.error("unknown-element", &join(at, name), text);
        }
    }

    fn repeated_sids(&mut self, statements: &[Statement]) {
        let mut seen = std::collections::BTreeSet::new();
        for statement in statements {
            if let Some(sid) = statement.sid.as_ref().filter(|sid| !sid.is_empty())
                && !seen.insert(sid.clone())
            {
                let at = format!("Statement[{}].Sid", statement.number);
                self.error("sid-repeated", &at, format!("`{sid}` names two statements"));
            }
        }
    }

    fn statement(&mut self, value: &Value, number: usize) -> Option<Statement> {
        let at = format!("Statement[{number}]");
        let Value::Object(elements) = value else {
            self.error("wrong-type", &at, "a statement is a JSON object");
            return None;
        };
        self.known_elements(&at, elements, self.grammar.elements());
        let effect = match elements.get("Effect").and_then(Value::as_str) {
            Some("Allow") => Some(Effect::Allow),
            Some("Deny") => Some(Effect::Deny),
            Some(_) | None => {
                self.error(
                    "effect-unknown",
                    &join(&at, "Effect"),
                    "`Effect` is `Allow` or `Deny`",
                );
                None
            }
        };
        let sid = self.sid(elements.get("Sid"), &at);
        let principals = self.principals(elements, &at);
        let actions = self.pair(
            elements,
            &at,
            "Action",
            "NotAction",
            true,
            parse_values::action,
        );
        let needs_resource = self.grammar != Grammar::Trust;
        let resources = self.pair(
            elements,
            &at,
            "Resource",
            "NotResource",
            needs_resource,
            parse_values::resource,
        );
        let conditions = self.conditions(elements.get("Condition"), &join(&at, "Condition"));
        Some(Statement {
            sid,
            number,
            effect: effect?,
            principals,
            actions: actions?.into(),
            resources,
            conditions,
        })
    }

    fn sid(&mut self, sid: Option<&Value>, at: &str) -> Option<Name> {
        let sid = sid?;
        let Value::String(sid) = sid else {
            self.error("wrong-type", &join(at, "Sid"), "`Sid` is a string");
            return None;
        };
        if self.grammar == Grammar::Identity && !sid.chars().all(|c| c.is_ascii_alphanumeric()) {
            self.error(
                "sid-characters",
                &join(at, "Sid"),
                "IAM takes only letters and digits in a `Sid`",
            );
        }
        Some(sid.as_str().into())
    }

    /// An element that comes in two forms, of which a statement has one.
    fn pair<T>(
        &mut self,
        elements: &Map<String, Value>,
        at: &str,
        name: &str,
        not_name: &str,
        required: bool,
        read: fn(&mut Self, &str, &str) -> Option<T>,
    ) -> Option<Listed<T>> {
        let (value, name, negated) = match (elements.get(name), elements.get(not_name)) {
            (Some(value), None) => (value, name, false),
            (None, Some(value)) => (value, not_name, true),
            (Some(_), Some(_)) => {
                self.error(
                    "both-forms",
                    at,
                    format!("`{name}` and `{not_name}` exclude each other"),
                );
                return None;
            }
            (None, None) if required => {
                self.error("missing-element", at, format!("`{name}` is missing"));
                return None;
            }
            (None, None) => return None,
        };
        let at = join(at, name);
        let texts = self.strings(value, &at);
        let patterns = texts
            .into_iter()
            .filter_map(|text| read(self, text, &at))
            .collect();
        Some(Listed { negated, patterns })
    }

    /// A string or a list of strings.
    fn strings<'a>(&mut self, value: &'a Value, at: &str) -> Vec<&'a str> {
        let values = match value {
            Value::Array(values) => values.as_slice(),
            one => std::slice::from_ref(one),
        };
        if values.is_empty() {
            self.error("empty-list", at, "the list is empty");
        }
        let mut strings = Vec::with_capacity(values.len());
        for value in values {
            match value.as_str() {
                Some(text) => strings.push(text),
                None => self.error("wrong-type", at, "a string, or a list of strings"),
            }
        }
        strings
    }

    fn conditions(&mut self, value: Option<&Value>, at: &str) -> Vec<Condition> {
        let mut conditions = Vec::new();
        let operators = match value {
            None => return conditions,
            Some(Value::Object(operators)) => operators,
            Some(_) => {
                self.error("wrong-type", at, "`Condition` is an object");
                return conditions;
            }
        };
        for (operator, keys) in operators {
            let at = join(at, operator);
            let Value::Object(keys) = keys else {
                self.error("wrong-type", &at, "an operator holds an object of keys");
                continue;
            };
            for (key, values) in keys {
                conditions.push(parse_values::condition(
                    self,
                    operator,
                    key,
                    values,
                    &join(&at, key),
                ));
            }
        }
        conditions
    }
}

impl Grammar {
    fn elements(self) -> &'static [&'static str] {
        match self {
            Self::Identity => &[
                "Sid",
                "Effect",
                "Action",
                "NotAction",
                "Resource",
                "NotResource",
                "Condition",
            ],
            Self::Resource => &[
                "Sid",
                "Effect",
                "Principal",
                "NotPrincipal",
                "Action",
                "NotAction",
                "Resource",
                "NotResource",
                "Condition",
            ],
            Self::Trust => &[
                "Sid",
                "Effect",
                "Principal",
                "NotPrincipal",
                "Action",
                "NotAction",
                "Condition",
            ],
        }
    }
}

/// A place inside another.
fn join(at: &str, name: &str) -> String {
    if at.is_empty() {
        name.to_owned()
    } else {
        format!("{at}.{name}")
    }
}
