//! `Principal` and `NotPrincipal`, the elements that only policies on resources have.

use serde_json::{Map, Value};

use super::{Listed, PrincipalPattern, Reader, join};
use crate::policy::document::Grammar;

impl Reader {
    pub(super) fn principals(
        &mut self,
        elements: &Map<String, Value>,
        at: &str,
    ) -> Option<Listed<PrincipalPattern>> {
        let (value, name, negated) = match (elements.get("Principal"), elements.get("NotPrincipal"))
        {
            (Some(value), None) => (value, "Principal", false),
            (None, Some(value)) => (value, "NotPrincipal", true),
            (Some(_), Some(_)) => {
                self.error(
                    "both-forms",
                    at,
                    "`Principal` and `NotPrincipal` exclude each other",
                );
                return None;
            }
            (None, None) => {
                if self.grammar != Grammar::Identity {
                    self.error("missing-element", at, "`Principal` is missing");
                }
                return None;
            }
        };
        let patterns = self.principal_patterns(value, &join(at, name));
        Some(Listed { negated, patterns })
    }

    fn principal_patterns(&mut self, value: &Value, at: &str) -> Vec<PrincipalPattern> {
        let kinds = match value {
            Value::String(text) if text == "*" => return vec![PrincipalPattern::Everyone],
            Value::Object(kinds) => kinds,
            _ => {
                self.error("wrong-type", at, "`*`, or an object such as {\"AWS\": …}");
                return Vec::new();
            }
        };
        let mut patterns = Vec::new();
        for (kind, value) in kinds {
            let at = join(at, kind);
            let texts = self.strings(value, &at);
            match kind.as_str() {
                "AWS" => {
                    for text in texts {
                        match PrincipalPattern::parse_aws(text) {
                            Some(pattern) => patterns.push(pattern),
                            None => self.error(
                                "principal-unknown",
                                &at,
                                format!("`{text}` is no principal"),
                            ),
                        }
                    }
                }
                "Service" | "Federated" | "CanonicalUser" => patterns.push(PrincipalPattern::Other),
                _ => self.error(
                    "unknown-element",
                    &at,
                    format!("`{kind}` is no kind of principal"),
                ),
            }
        }
        patterns
    }
}
