//! IAM, and what Systems Manager tells of the account, as an operator sees it.
//!
//! A simulation decides by the scenario's policies with the crate's own engine, and sees only
//! what AWS's simulation sees: identity policies, the boundary, and service control policies.
//! Source: IAM API Reference 2010-05-08; Systems Manager API Reference.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{Answer, Form};
use super::cloud::{ACCOUNT, Cloud, DHMC_ROLE};
use super::policy::{self, Simulated};
use super::scenario::Dhmc;
use super::sigv4::{self, Wire};

/// How the fleet shows the node.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FleetSpec {
    /// `PingStatus`; none = the node is not listed.
    pub(crate) ping: Option<String>,
    /// Whether a control channel is open.
    pub(crate) connected: bool,
}

/// The path of a role in IAM.
fn path_of(role: &str) -> &'static str {
    if role == DHMC_ROLE {
        "service-role/"
    } else {
        ""
    }
}

fn role_arn(role: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{}{role}", path_of(role))
}

/// The fields of a request of the Query protocol.
fn fields(wire: &Wire) -> BTreeMap<String, String> {
    String::from_utf8_lossy(&wire.body)
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| {
            let text = |it: &str| sigv4::decode(&it.replace('+', " "));
            (text(name), text(value))
        })
        .collect()
}

/// The resource that IAM checks a call against.
pub(crate) fn resource(wire: &Wire) -> String {
    let fields = fields(wire);
    match (fields.get("PolicySourceArn"), fields.get("RoleName")) {
        (Some(arn), _) => arn.clone(),
        (None, Some(role)) => role_arn(role),
        (None, None) => "*".to_owned(),
    }
}

/// Serves one call behind authorization.
pub(crate) fn serve(cloud: &Cloud, action: &str, wire: &Wire) -> Answer {
    let operation = action.trim_start_matches("iam:");
    let fields = fields(wire);
    if operation == "SimulatePrincipalPolicy" {
        cloud.tell("iam.request", &String::from_utf8_lossy(&wire.body));
    }
    if fields.get("Version").map(String::as_str) != Some("2010-05-08") {
        cloud.complain(format!("{action} without the API's version"));
    }
    let role = match (fields.get("RoleName"), fields.get("PolicySourceArn")) {
        (Some(role), _) => role.clone(),
        (None, Some(arn)) => arn.rsplit('/').next().unwrap_or_default().to_owned(),
        (None, None) => String::new(),
    };
    if !policy::is_role(cloud, &role) {
        let message = format!("The role with name {role} cannot be found.");
        return Form::Query.error(404, "NoSuchEntity", &message);
    }
    let result = match operation {
        "GetRole" => get_role(cloud, &role),
        "ListAttachedRolePolicies" => attached(cloud, &role),
        "ListRolePolicies" => inline(cloud, &role),
        "SimulatePrincipalPolicy" => match simulate(cloud, &role, &fields) {
            Ok(result) => result,
            Err(why) => return Form::Query.error(400, "InvalidInput", &why),
        },
        _ => {
            cloud.complain(format!("{action} was called"));
            return Form::Query.unknown_operation();
        }
    };
    Form::xml(
        200,
        format!(
            "<{operation}Response xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
             <{operation}Result>{result}</{operation}Result><ResponseMetadata><RequestId>{}\
             </RequestId></ResponseMetadata></{operation}Response>",
            uuid::Uuid::new_v4()
        ),
    )
}

fn get_role(cloud: &Cloud, role: &str) -> String {
    let boundary = policy::has_boundary(cloud, role).then(|| {
        format!(
            "<PermissionsBoundary><PermissionsBoundaryType>Policy</PermissionsBoundaryType>\
             <PermissionsBoundaryArn>arn:aws:iam::{ACCOUNT}:policy/Boundary</PermissionsBoundaryArn>\
             </PermissionsBoundary>"
        )
    });
    format!(
        "<Role><Path>/{}</Path><RoleName>{role}</RoleName><RoleId>AROAEXAMPLEROLEID0001</RoleId>\
         <Arn>{}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate>{}</Role>",
        path_of(role),
        role_arn(role),
        boundary.unwrap_or_default()
    )
}

fn attached(cloud: &Cloud, role: &str) -> String {
    let members = policy::managed_of(cloud, role)
        .iter()
        .map(|name| {
            format!(
                "<member><PolicyName>{name}</PolicyName><PolicyArn>arn:aws:iam::aws:policy/{name}\
                 </PolicyArn></member>"
            )
        })
        .collect::<Vec<String>>()
        .concat();
    format!("<IsTruncated>false</IsTruncated><AttachedPolicies>{members}</AttachedPolicies>")
}

fn inline(cloud: &Cloud, role: &str) -> String {
    let members = (1..=policy::inline_of(cloud, role))
        .map(|number| format!("<member>inline-{number}</member>"))
        .collect::<Vec<String>>()
        .concat();
    format!("<IsTruncated>false</IsTruncated><PolicyNames>{members}</PolicyNames>")
}

/// The members of a list in a request.
fn list<'a>(fields: &'a BTreeMap<String, String>, name: &str) -> Vec<&'a str> {
    (1..)
        .map_while(|place| fields.get(&format!("{name}.member.{place}")))
        .map(String::as_str)
        .collect()
}

fn simulate(
    cloud: &Cloud,
    role: &str,
    fields: &BTreeMap<String, String>,
) -> Result<String, String> {
    let source = fields.get("PolicySourceArn").cloned().unwrap_or_default();
    if source != role_arn(role) {
        return Err(format!(
            "Invalid Entity Arn: {source} does not clearly define entity type"
        ));
    }
    let seen: Vec<&str> = fields.values().map(String::as_str).collect();
    cloud.tell("iam.simulation", &seen.join("\n"));
    let actions = list(fields, "ActionNames");
    let mut resources = list(fields, "ResourceArns");
    if resources.is_empty() {
        resources.push("*");
    }
    let context: Vec<(String, String)> = (1..)
        .map_while(|place| {
            let entry = format!("ContextEntries.member.{place}");
            let key = fields.get(&format!("{entry}.ContextKeyName"))?;
            let value = fields.get(&format!("{entry}.ContextKeyValues.member.1"))?;
            Some((key.clone(), value.clone()))
        })
        .collect();
    if actions.is_empty() {
        return Err("1 validation error detected: no ActionNames".to_owned());
    }
    let mut text = "<IsTruncated>false</IsTruncated><EvaluationResults>".to_owned();
    for action in actions {
        for resource in &resources {
            let row = policy::simulate(cloud, role, action, resource, &context);
            write!(text, "{}", result(action, resource, &row)).expect("a text takes text");
        }
    }
    text.push_str("</EvaluationResults>");
    Ok(text)
}

fn result(action: &str, resource: &str, row: &Simulated) -> String {
    let matched = row
        .statements
        .iter()
        .map(|policy| {
            format!(
                "<member><SourcePolicyId>{policy}</SourcePolicyId><SourcePolicyType>IAM Policy\
                 </SourcePolicyType><StartPosition><Line>1</Line><Column>1</Column></StartPosition>\
                 <EndPosition><Line>1</Line><Column>9</Column></EndPosition></member>"
            )
        })
        .collect::<Vec<String>>()
        .concat();
    let missing = row
        .missing
        .iter()
        .map(|key| format!("<member>{key}</member>"))
        .collect::<Vec<String>>()
        .concat();
    let boundary = row.boundary.map_or_else(String::new, |allowed| {
        format!(
            "<PermissionsBoundaryDecisionDetail><AllowedByPermissionsBoundary>{allowed}\
             </AllowedByPermissionsBoundary></PermissionsBoundaryDecisionDetail>"
        )
    });
    let organization = row.organization.map_or_else(String::new, |allowed| {
        format!(
            "<OrganizationsDecisionDetail><AllowedByOrganizations>{allowed}\
             </AllowedByOrganizations></OrganizationsDecisionDetail>"
        )
    });
    format!(
        "<member><EvalActionName>{action}</EvalActionName><EvalResourceName>{resource}\
         </EvalResourceName><EvalDecision>{}</EvalDecision><MatchedStatements>{matched}\
         </MatchedStatements><MissingContextValues>{missing}</MissingContextValues>{organization}\
         {boundary}</member>",
        row.decision
    )
}

/// `ssm:GetServiceSetting`.
pub(crate) fn setting(cloud: &Cloud, body: &Value) -> Answer {
    let id = body["SettingId"].as_str().unwrap_or_default();
    if id != "/ssm/managed-instance/default-ec2-instance-management-role" {
        cloud.complain(format!("the setting `{id}` was asked for"));
    }
    let (value, status) = match cloud.scenario.account.dhmc {
        Dhmc::On => (format!("{}{DHMC_ROLE}", path_of(DHMC_ROLE)), "Customized"),
        Dhmc::Off => ("$None".to_owned(), "Default"),
    };
    Form::json(&json!({
        "ServiceSetting": {"SettingId": id, "SettingValue": value, "Status": status}
    }))
}

/// `ssm:DescribeInstanceInformation`.
pub(crate) fn information(cloud: &Cloud, body: &Value) -> Answer {
    let filter = &body["Filters"][0];
    if filter["Key"] != "InstanceIds" || filter["Values"].as_array().map(Vec::len) != Some(1) {
        cloud.complain("DescribeInstanceInformation for more than the node itself");
    }
    let nodes: Vec<Value> = cloud
        .scenario
        .account
        .fleet
        .ping
        .iter()
        .map(|ping| {
            json!({
                "InstanceId": filter["Values"][0], "PingStatus": ping,
                "LastPingDateTime": cloud.started.as_second() - 600,
                "AgentVersion": super::host::AGENT_VERSION
            })
        })
        .collect();
    Form::json(&json!({ "InstanceInformationList": nodes }))
}

/// `ssm:GetConnectionStatus`.
pub(crate) fn connection(cloud: &Cloud, body: &Value) -> Answer {
    let connected = cloud.scenario.account.fleet.connected;
    let status = if connected {
        "connected"
    } else {
        "notconnected"
    };
    Form::json(&json!({ "Target": body["Target"], "Status": status }))
}
