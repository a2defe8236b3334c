//! IAM's questions, and who the operator is.
//!
//! Source: IAM API Reference, version 2010-05-08.

use super::{AccountFact, Put};
use crate::aws::call::query;
use crate::aws::call::tree::Element;
use crate::aws::sign;
use crate::diagnose::simulation::Simulating;
use crate::network::Response;
use crate::observations::{Failure, MatchedStatement, NotAsked, RoleFacts, Simulated, Simulation};

/// Most rows of a simulation that one answer may hold.
const ROW_LIMIT: &str = "1000";

/// One request, signed by the asker.
pub(super) async fn query(
    put: Put<'_>,
    operation: &str,
    fields: &[(String, String)],
) -> Result<Result<Response, Failure>, NotAsked> {
    let (service, version) = match put.question.call.service() {
        "sts" => ("sts", query::STS),
        service => (service, query::IAM),
    };
    let mut request = query::request(put.endpoint, version, operation, fields)?;
    sign::sigv4(&mut request, put.credentials()?, put.scope(service))?;
    Ok(put.send(request).await)
}

/// The fields that name the role.
pub(super) fn role_name(put: Put<'_>) -> Result<Vec<(String, String)>, NotAsked> {
    let role = put.target.role.clone().ok_or(NotAsked::NoInstance)?;
    Ok(vec![("RoleName".to_owned(), role)])
}

/// The fields of a simulation: all actions, all resources, what is known of the request.
pub(super) fn simulation_fields(asked: &Simulating) -> Vec<(String, String)> {
    let mut fields = vec![
        ("PolicySourceArn".to_owned(), asked.role_arn.clone()),
        ("MaxItems".to_owned(), ROW_LIMIT.to_owned()),
    ];
    let mut list = |name: &str, values: &[String]| {
        for (place, value) in values.iter().enumerate() {
            fields.push((format!("{name}.member.{}", place + 1), value.clone()));
        }
    };
    list("ActionNames", &asked.actions);
    list("ResourceArns", &asked.resources);
    for (place, (key, value)) in asked.context.iter().enumerate() {
        let entry = format!("ContextEntries.member.{}", place + 1);
        fields.push((format!("{entry}.ContextKeyName"), key.clone()));
        fields.push((format!("{entry}.ContextKeyType"), "string".to_owned()));
        let values = format!("{entry}.ContextKeyValues.member.1");
        fields.push((values, value.clone()));
    }
    fields
}

/// What a good answer says.
pub(super) fn read(operation: &str, text: &str, asked: Option<&Simulating>) -> Option<AccountFact> {
    if operation == "GetCallerIdentity" {
        return query::caller_arn(text).map(AccountFact::Caller);
    }
    let result = query::result(operation, text)?;
    match operation {
        "GetRole" => {
            let role = result.child("Role")?;
            Some(AccountFact::Role(RoleFacts {
                arn: role.text_of("Arn")?.to_owned(),
                boundary: role
                    .child("PermissionsBoundary")
                    .and_then(|found| found.text_of("PermissionsBoundaryArn"))
                    .map(str::to_owned),
            }))
        }
        "ListAttachedRolePolicies" => Some(AccountFact::Attached(
            result
                .members("AttachedPolicies")
                .filter_map(|one| one.text_of("PolicyArn").map(str::to_owned))
                .collect(),
        )),
        "ListRolePolicies" => Some(AccountFact::Inline(
            result
                .members("PolicyNames")
                .map(|one| one.text().to_owned())
                .collect(),
        )),
        "SimulatePrincipalPolicy" => Some(AccountFact::Simulation(Simulation {
            role_arn: asked?.role_arn.clone(),
            results: result.members("EvaluationResults").flat_map(rows).collect(),
            truncated: result.text_of("IsTruncated") == Some("true"),
        })),
        _ => None,
    }
}

/// One result of the simulation, with those for single resources inside it.
fn rows(result: &Element) -> Vec<Simulated> {
    let Some(action) = result.text_of("EvalActionName") else {
        return Vec::new();
    };
    let whole = row(result, action, "EvalDecision");
    let mut rows: Vec<Simulated> = result
        .members("ResourceSpecificResults")
        .filter_map(|one| {
            let mut inner = row(one, action, "EvalResourceDecision")?;
            // What is said for the whole holds for each resource that says nothing else.
            if let Some(whole) = &whole {
                inner.allowed_by_organizations = whole.allowed_by_organizations;
                inner.allowed_by_boundary = inner.allowed_by_boundary.or(whole.allowed_by_boundary);
            }
            Some(inner)
        })
        .collect();
    rows.extend(whole.filter(|whole| rows.iter().all(|one| one.resource != whole.resource)));
    rows
}

fn row(element: &Element, action: &str, decision: &str) -> Option<Simulated> {
    let flag = |detail: &str, name: &str| {
        let said = element.child(detail)?.text_of(name)?;
        Some(said == "true")
    };
    Some(Simulated {
        action: action.to_owned(),
        resource: element
            .text_of("EvalResourceName")
            .unwrap_or("*")
            .to_owned(),
        decision: element.text_of(decision)?.to_owned(),
        matched: element
            .members("MatchedStatements")
            .filter_map(|one| {
                Some(MatchedStatement {
                    policy: one.text_of("SourcePolicyId")?.to_owned(),
                    kind: one
                        .text_of("SourcePolicyType")
                        .unwrap_or_default()
                        .to_owned(),
                    line: one
                        .child("StartPosition")
                        .and_then(|start| start.text_of("Line")?.parse().ok()),
                })
            })
            .collect(),
        missing_context: element
            .members("MissingContextValues")
            .map(|one| one.text().to_owned())
            .collect(),
        allowed_by_organizations: flag("OrganizationsDecisionDetail", "AllowedByOrganizations"),
        allowed_by_boundary: flag(
            "PermissionsBoundaryDecisionDetail",
            "AllowedByPermissionsBoundary",
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::{read, simulation_fields};
    use crate::aws::call::account::AccountFact;
    use crate::diagnose::simulation::Simulating;

    fn asked() -> Simulating {
        Simulating {
            role_arn: "arn:aws:iam::111122223333:role/service-role/R".to_owned(),
            actions: vec![
                "ssmmessages:OpenDataChannel".to_owned(),
                "kms:Decrypt".to_owned(),
            ],
            resources: vec![
                "*".to_owned(),
                "arn:aws:kms:eu-west-1:111122223333:key/k".to_owned(),
            ],
            context: vec![("ec2:SourceInstanceARN".to_owned(), "arn:x".to_owned())],
        }
    }

    #[test]
    fn one_request_holds_every_action_resource_and_key() {
        let fields = simulation_fields(&asked());
        let has = |name: &str, value: &str| fields.contains(&(name.to_owned(), value.to_owned()));
        assert!(has("ActionNames.member.2", "kms:Decrypt"));
        assert!(has("ResourceArns.member.1", "*"));
        assert!(has(
            "ContextEntries.member.1.ContextKeyValues.member.1",
            "arn:x"
        ));
    }

    #[test]
    fn a_simulation_is_read_row_by_row() {
        let text = include_str!("simulation_fixture.xml");
        let Some(AccountFact::Simulation(found)) =
            read("SimulatePrincipalPolicy", text, Some(&asked()))
        else {
            panic!("not read");
        };
        assert_eq!(found.role_arn, asked().role_arn);
        assert!(!found.truncated);
        let shown: Vec<(&str, &str, &str)> = found
            .results
            .iter()
            .map(|row| {
                (
                    row.action.as_str(),
                    row.resource.as_str(),
                    row.decision.as_str(),
                )
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("ssmmessages:OpenDataChannel", "*", "allowed"),
                (
                    "kms:Decrypt",
                    "arn:aws:kms:eu-west-1:111122223333:key/k",
                    "explicitDeny"
                ),
                ("kms:Decrypt", "*", "implicitDeny"),
            ]
        );
        let [data, key, any] = found.results.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(data.allowed_by_boundary, Some(true));
        assert_eq!(data.matched[0].line, Some(4));
        assert_eq!(key.matched[0].policy, "NoKeys");
        assert_eq!(
            key.allowed_by_organizations,
            Some(true),
            "said for the whole"
        );
        assert_eq!(any.missing_context, ["kms:ViaService"]);
    }
}
