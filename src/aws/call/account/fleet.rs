//! What Systems Manager tells of the node and of the account's settings.
//!
//! Source: Systems Manager API Reference; `permissions` and shapes as botocore's model has them.

use http::{Method, Request};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{AccountFact, Put, good, outcome_of};
use crate::aws::call::session;
use crate::aws::sign;
use crate::diagnose::sessions;
use crate::observations::{AccountCall, FleetNode, NotAsked, Outcome};

/// The setting that names the role of Default Host Management.
const SETTING: &str = "/ssm/managed-instance/default-ec2-instance-management-role";

pub(super) async fn ask(put: Put<'_>) -> Result<(Outcome, Option<AccountFact>), NotAsked> {
    let id = &put.target.instance_id;
    let body = match put.question.call {
        AccountCall::GetServiceSetting => json!({ "SettingId": SETTING }),
        AccountCall::DescribeInstanceInformation => json!({
            "Filters": [{ "Key": "InstanceIds", "Values": [id] }]
        }),
        AccountCall::GetConnectionStatus => json!({ "Target": id }),
        _ => json!({ "Name": sessions::DOCUMENT, "DocumentFormat": "JSON" }),
    };
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(format!("{}/", put.endpoint.base))
        .header("host", &put.endpoint.authority)
        .header("content-type", "application/x-amz-json-1.1")
        .header(
            "x-amz-target",
            format!("AmazonSSM.{}", put.question.call.operation()),
        )
        .body(body.to_string().into_bytes())
        .map_err(|_invalid| NotAsked::NoInstance)?;
    sign::sigv4(&mut request, put.credentials()?, put.scope("ssm"))?;
    let sent = put.send(request).await;
    let fact = good(&sent)
        .and_then(|text| serde_json::from_str(&text).ok())
        .and_then(|body| read(put.question.call, id, &body));
    Ok((outcome_of(sent), fact))
}

fn read(call: AccountCall, id: &str, body: &Value) -> Option<AccountFact> {
    match call {
        AccountCall::GetServiceSetting => {
            let value = body.get("ServiceSetting")?.get("SettingValue")?.as_str()?;
            let off = value == "$None";
            Some(AccountFact::Setting(if off {
                String::new()
            } else {
                value.to_owned()
            }))
        }
        AccountCall::DescribeInstanceInformation => fleet(id, body).map(AccountFact::Fleet),
        AccountCall::GetConnectionStatus => {
            let status = body.get("Status")?.as_str()?;
            Some(AccountFact::Connection(status.to_owned()))
        }
        _ => session::preferences(body).map(AccountFact::Preferences),
    }
}

fn fleet(id: &str, body: &Value) -> Option<FleetNode> {
    let list = body.get("InstanceInformationList")?.as_array()?;
    let text = |node: &Value, name: &str| Some(node.get(name)?.as_str()?.to_owned());
    let found = list
        .iter()
        .find(|node| text(node, "InstanceId").as_deref() == Some(id));
    Some(found.map_or_else(FleetNode::default, |node| {
        FleetNode {
            listed: true,
            ping_status: text(node, "PingStatus"),
            last_ping_at: node
                .get("LastPingDateTime")
                .and_then(Value::as_f64)
                .and_then(time),
            agent_version: text(node, "AgentVersion"),
            iam_role: text(node, "IamRole").filter(|role| !role.is_empty()),
        }
    }))
}

/// Seconds since 1970, to the second.
fn time(seconds: f64) -> Option<Timestamp> {
    let span = jiff::SignedDuration::try_from_secs_f64(seconds.trunc()).ok()?;
    Timestamp::UNIX_EPOCH.checked_add(span).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{fleet, read};
    use crate::aws::call::account::AccountFact;
    use crate::observations::AccountCall;

    #[test]
    fn a_setting_of_none_means_off() {
        let setting = |value: &str| {
            let body = json!({"ServiceSetting": {"SettingValue": value}});
            match read(AccountCall::GetServiceSetting, "", &body) {
                Some(AccountFact::Setting(role)) => role,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(setting("$None"), "");
        assert_eq!(setting("service-role/R"), "service-role/R");
    }

    #[test]
    fn only_this_node_counts_and_an_empty_list_is_an_answer() {
        let body = json!({"InstanceInformationList": [
            {"InstanceId": "i-2", "PingStatus": "Online"},
            {"InstanceId": "i-1", "PingStatus": "ConnectionLost", "LastPingDateTime": 1_767_225_600.123}
        ]});
        let node = fleet("i-1", &body).unwrap();
        assert_eq!(node.ping_status.as_deref(), Some("ConnectionLost"));
        assert_eq!(
            node.last_ping_at.unwrap().to_string(),
            "2026-01-01T00:00:00Z"
        );
        assert!(!fleet("i-3", &body).unwrap().listed);
        assert!(fleet("i-3", &json!({})).is_none());
    }
}
