//! The policy inside what AWS's own tools print around it.
//!
//! So that the output of `aws iam get-policy-version`, `aws iam get-role-policy`, `aws s3api
//! get-bucket-policy`, `aws kms get-key-policy` or `aws organizations describe-policy` can be
//! given as it is. Inside, the policy is an object, or a text that holds one.

use serde_json::Value;

use super::json::{self, Parsed};

/// Where each tool puts the policy.
const PLACES: [&str; 4] = [
    "/PolicyVersion/Document",
    "/PolicyDocument",
    "/Policy/Content",
    "/Policy",
];

/// The policy in a parsed text; the text itself where it is none of those outputs.
pub(super) fn policy_in(parsed: Parsed) -> Result<Parsed, String> {
    if parsed.value.get("Statement").is_some() {
        return Ok(parsed);
    }
    let inner = PLACES
        .iter()
        .filter_map(|place| parsed.value.pointer(place))
        .find(|inner| inner.is_string() || inner.get("Statement").is_some());
    match inner {
        Some(Value::String(text)) => json::parse(text),
        Some(object) => Ok(Parsed {
            value: object.clone(),
            duplicates: parsed.duplicates,
        }),
        None => Ok(parsed),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::policy_in;
    use crate::policy::json::parse;

    #[test]
    fn what_aws_s_tools_print_around_a_policy_is_taken_off() {
        let policy = json!({"Version": "2012-10-17", "Statement": []});
        let text = policy.to_string();
        for around in [
            policy.clone(),
            json!({"PolicyVersion": {"Document": policy, "VersionId": "v2"}}),
            json!({"RoleName": "R", "PolicyName": "P", "PolicyDocument": policy}),
            json!({"Policy": text}),
            json!({"Policy": {"PolicySummary": {"Name": "P"}, "Content": text}}),
            json!({"Policy": text, "PolicyName": "default"}),
        ] {
            let found = policy_in(parse(&around.to_string()).unwrap()).unwrap();
            assert_eq!(found.value, policy, "{around}");
        }
    }

    #[test]
    fn anything_else_stays_as_it_is() {
        for text in [r#"{"Policy": {"Arn": "x"}}"#, "[1]", r#"{"Stetement": []}"#] {
            let found = policy_in(parse(text).unwrap()).unwrap();
            assert_eq!(found, parse(text).unwrap());
        }
        assert!(policy_in(parse(r#"{"Policy": "not JSON"}"#).unwrap()).is_err());
    }
}
