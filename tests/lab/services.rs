//! STS, Systems Manager, the message gateway and ec2messages: who asks, may they, what comes back.
//!
//! The order is AWS's: signature, credentials, authorization, then the operation.

use base64::Engine as _;
use serde_json::{Value, json};

use super::answer::{Answer, Form, storage_front_page};
use super::cloud::{ACCOUNT, Cloud, Credentials, Holder, INSTANCE, Logged, NODE, REGION, TASK};
use super::iam;
use super::keys::MachineKey;
use super::policy;
use super::preferences;
use super::scenario::{Dhmc, HybridState, Machine, ServiceRegistration, Worth};
use super::sigv4::{self, Authorization, Wire};

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Reply {
    /// This answer.
    Answer(Answer),
    /// Nothing, for ever.
    Never,
    /// The connection turns into a WebSocket.
    Upgrade,
    /// The connection turns into a WebSocket and is closed.
    HangUp,
}

/// The clock may differ by this much.
///
/// Source: IAM User Guide "Signature Version 4": requests are valid for five minutes.
const CLOCK_TOLERANCE_S: i64 = 300;

/// Serves one request that reached the endpoint of `service`.
pub(crate) fn serve(cloud: &Cloud, service: &str, wire: &Wire) -> Reply {
    let action = action(service, wire);
    let authorization = wire.header("authorization").map(Authorization::parse);
    let signed_by = match &authorization {
        Some(Ok(authorization)) => Some(authorization.key_id.clone()),
        Some(Err(_)) => Some("malformed".to_owned()),
        None => None,
    };
    let query = if wire.query.is_empty() { "" } else { "?" };
    cloud.log(Logged {
        service: service.to_owned(),
        method: wire.method.clone(),
        path: format!("{}{query}{}", wire.path, wire.query),
        action: action.clone(),
        signed_by,
        user_agent: wire.header("user-agent").unwrap_or_default().to_owned(),
    });
    let form = Form::of(service);
    if let Some(reply) = fault(cloud, service, action.as_deref()) {
        return reply;
    }
    let answer = match (action, authorization) {
        (_, None) if service == "s3" && wire.path == "/" => storage_front_page(),
        (_, None) => form.unsigned(),
        (_, Some(Err(why))) => {
            cloud.complain(format!("{service}: {why}"));
            form.error(400, "IncompleteSignature", &why)
        }
        (None, Some(Ok(_))) => {
            cloud.complain(format!(
                "{service}: no operation at {} {}",
                wire.method, wire.path
            ));
            form.unknown_operation()
        }
        (Some(action), Some(Ok(authorization))) => {
            return authenticated(cloud, service, &action, wire, &authorization);
        }
    };
    Reply::Answer(answer)
}

fn fault(cloud: &Cloud, service: &str, action: Option<&str>) -> Option<Reply> {
    let faults = &cloud.scenario.faults;
    let by_action = action.and_then(|action| faults.get(action));
    let fault = by_action.or_else(|| faults.get(service))?;
    fault.reply(Form::of(service))
}

/// The IAM action of a request.
fn action(service: &str, wire: &Wire) -> Option<String> {
    let name = match service {
        "sts" | "iam" => String::from_utf8_lossy(&wire.body)
            .split('&')
            .find_map(|pair| pair.strip_prefix("Action=").map(str::to_owned))?,
        "ssmmessages" => {
            let channel = if wire.path.starts_with("/v1/control-channel/") {
                "ControlChannel"
            } else if wire.path.starts_with("/v1/data-channel/") {
                "DataChannel"
            } else {
                return None;
            };
            let upgrade = wire.header("upgrade").is_some();
            match wire.method.as_str() {
                "POST" => format!("Create{channel}"),
                "GET" if upgrade => format!("Open{channel}"),
                _ => return None,
            }
        }
        "s3" if wire.method == "GET"
            && wire.query.split('&').any(|it| it.starts_with("encryption")) =>
        {
            "GetEncryptionConfiguration".to_owned()
        }
        _ => {
            let target = wire.header("x-amz-target")?;
            let (prefix, name) = target.split_once('.')?;
            let known = [
                ("ssm", "AmazonSSM"),
                ("ec2messages", "EC2WindowsMessageDeliveryService"),
                ("kms", "TrentService"),
                ("logs", "Logs_20140328"),
            ];
            known
                .contains(&(service, prefix))
                .then(|| name.to_owned())?
        }
    };
    Some(format!("{service}:{name}"))
}

fn authenticated(
    cloud: &Cloud,
    service: &str,
    action: &str,
    wire: &Wire,
    authorization: &Authorization,
) -> Reply {
    let form = Form::of(service);
    if let Some(refusal) = wrong_scope(cloud, service, authorization) {
        return Reply::Answer(form.bad_signature(&refusal));
    }
    if let Some(refusal) = wrong_time(cloud, service, wire) {
        return Reply::Answer(form.bad_signature(&refusal));
    }
    if authorization.key_id.starts_with("mi-") {
        return Reply::Answer(hybrid_token(cloud, action, wire, authorization));
    }
    let Some(credentials) = cloud.credentials(&authorization.key_id) else {
        return Reply::Answer(form.unknown_key());
    };
    if let Err(why) = sigv4::verify(wire, authorization, &credentials.secret) {
        cloud.complain(format!("{action}: {why}"));
        return Reply::Answer(form.bad_signature(
            "The request signature we calculated does not match the signature you provided.",
        ));
    }
    if wire.header("x-amz-security-token") != credentials.token.as_deref() {
        cloud.complain(format!("{action}: the session token is not the one issued"));
        return Reply::Answer(form.unknown_key());
    }
    if credentials.worth == Worth::Expired {
        return Reply::Answer(form.expired());
    }
    let resource = resource_of(service, wire);
    match policy::refuse(cloud, &credentials.holder, action, resource) {
        Some(message) => Reply::Answer(form.denied(&message)),
        None => operate(cloud, action, wire, &credentials),
    }
}

/// The resource of a request that names one; `None` = the caller's own node.
fn resource_of(service: &str, wire: &Wire) -> Option<String> {
    let body = || serde_json::from_slice(&wire.body).unwrap_or(Value::Null);
    match service {
        "kms" => Some(preferences::key_arn(&body())),
        "iam" => Some(iam::resource(wire)),
        "s3" => preferences::bucket_of(wire).map(|bucket| format!("arn:aws:s3:::{bucket}")),
        "logs" => Some(format!(
            "arn:aws:logs:{REGION}:{ACCOUNT}:log-group::log-stream:"
        )),
        "ssm" if wire.header("x-amz-target") == Some("AmazonSSM.GetDocument") => Some(format!(
            "arn:aws:ssm:{REGION}:{ACCOUNT}:document/{}",
            body()["Name"].as_str().unwrap_or_default()
        )),
        _ => None,
    }
}

fn wrong_scope(cloud: &Cloud, service: &str, authorization: &Authorization) -> Option<String> {
    let region = if service == "iam" {
        "us-east-1"
    } else {
        REGION
    };
    let right = authorization.service == service && authorization.region == region;
    if right {
        return None;
    }
    let scope = format!("{}/{}", authorization.region, authorization.service);
    cloud.complain(format!("{service}: signed for {scope}"));
    Some(format!(
        "Credential should be scoped to a valid region and service, not {scope}."
    ))
}

fn wrong_time(cloud: &Cloud, service: &str, wire: &Wire) -> Option<String> {
    let clock = cloud.clock_of(service);
    let stamp = |at: jiff::Timestamp| at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let limit = jiff::SignedDuration::from_secs(CLOCK_TOLERANCE_S);
    let date = wire.header("x-amz-date").unwrap_or_default();
    match sigv4::seconds_ahead(wire, clock) {
        Err(why) => {
            cloud.complain(why.clone());
            Some(why)
        }
        Ok(ahead) if ahead < -CLOCK_TOLERANCE_S => Some(format!(
            "Signature expired: {date} is now earlier than {} ({} - 5 min.)",
            stamp(clock - limit),
            stamp(clock)
        )),
        Ok(ahead) if ahead > CLOCK_TOLERANCE_S => Some(format!(
            "Signature not yet current: {date} is still later than {} ({} + 5 min.)",
            stamp(clock + limit),
            stamp(clock)
        )),
        Ok(_) => None,
    }
}

fn operate(cloud: &Cloud, action: &str, wire: &Wire, who: &Credentials) -> Reply {
    let answer = match action {
        "sts:GetCallerIdentity" => caller_identity(&who.holder),
        "ssm:UpdateInstanceInformation" => update_information(cloud, wire, &who.holder),
        "ssm:ListInstanceAssociations" => list_associations(cloud, wire, &who.holder),
        "ssm:RequestManagedInstanceRoleToken" => dhmc_token(cloud, wire, &who.holder),
        "ssmmessages:CreateControlChannel" | "ssmmessages:CreateDataChannel" => {
            create_channel(cloud, action, wire, &who.holder)
        }
        "ssmmessages:OpenControlChannel" => return open_channel(cloud, wire, &who.holder),
        "ec2messages:GetEndpoint" => get_endpoint(cloud, wire),
        _ if action.starts_with("iam:") => iam::serve(cloud, action, wire),
        "ssm:GetServiceSetting" | "ssm:DescribeInstanceInformation" | "ssm:GetConnectionStatus" => {
            match body(cloud, wire) {
                Err(answer) => answer,
                Ok(body) if action == "ssm:GetServiceSetting" => iam::setting(cloud, &body),
                Ok(body) if action == "ssm:GetConnectionStatus" => iam::connection(cloud, &body),
                Ok(body) => iam::information(cloud, &body),
            }
        }
        "s3:GetEncryptionConfiguration" => preferences::bucket_encryption(cloud),
        "ssm:GetDocument" | "kms:Decrypt" | "logs:DescribeLogGroups" => match body(cloud, wire) {
            Err(answer) => answer,
            Ok(body) if action == "kms:Decrypt" => preferences::decrypt(cloud, &body),
            Ok(body) if action == "ssm:GetDocument" => preferences::get_document(cloud, &body),
            Ok(body) => preferences::log_groups(cloud, &body),
        },
        _ => {
            cloud.complain(format!("{action} was called"));
            Form::of(action.split(':').next().unwrap_or_default()).unknown_operation()
        }
    };
    Reply::Answer(answer)
}

fn caller_identity(holder: &Holder) -> Answer {
    let body = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n  \
         <GetCallerIdentityResult>\n    <Arn>{}</Arn>\n    <UserId>AROAEXAMPLEROLEID0001</UserId>\n    \
         <Account>{ACCOUNT}</Account>\n  </GetCallerIdentityResult>\n  <ResponseMetadata>\n    \
         <RequestId>{}</RequestId>\n  </ResponseMetadata>\n</GetCallerIdentityResponse>",
        holder.arn(),
        uuid::Uuid::new_v4()
    );
    Form::xml(200, body)
}

/// The id of the node that credentials act for: their session's name, or the ECS task they are
/// used in.
fn node_of(cloud: &Cloud, holder: &Holder) -> String {
    if cloud.scenario.host.machine == Machine::Container {
        return format!("ecs:lab_{TASK}_{TASK}-0000000001");
    }
    match holder {
        Holder::Role(_, session) => session.clone(),
        Holder::InstanceIdentity => INSTANCE.to_owned(),
        Holder::User(_) => String::new(),
    }
}

fn body(cloud: &Cloud, wire: &Wire) -> Result<Value, Answer> {
    serde_json::from_slice(&wire.body).map_err(|error| {
        cloud.complain(format!("{}: the body is not JSON: {error}", wire.path));
        Form::Json.error(400, "SerializationException", "")
    })
}

fn validation(cloud: &Cloud, what: &str) -> Answer {
    cloud.complain(what);
    Form::Json.error(400, "ValidationException", what)
}

fn update_information(cloud: &Cloud, wire: &Wire, holder: &Holder) -> Answer {
    let body = match body(cloud, wire) {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let version = cloud.scenario.host.agent_version.as_deref();
    let agents_own = json!({
        "AgentName": "amazon-ssm-agent",
        "AgentVersion": version.unwrap_or(super::host::AGENT_VERSION),
        "InstanceId": node_of(cloud, holder),
        "PlatformType": "Linux"
    });
    if body["InstanceId"] != agents_own["InstanceId"] {
        return Form::Json.error(400, "InvalidInstanceId", "");
    }
    if body != agents_own {
        return validation(
            cloud,
            "UpdateInstanceInformation is not the agent's four fields",
        );
    }
    Form::json(&json!({}))
}

fn list_associations(cloud: &Cloud, wire: &Wire, holder: &Holder) -> Answer {
    match body(cloud, wire) {
        Err(answer) => answer,
        Ok(body) if body["InstanceId"] == node_of(cloud, holder) => {
            Form::json(&json!({"Associations": []}))
        }
        Ok(_) => Form::Json.error(400, "InvalidInstanceId", ""),
    }
}

fn get_endpoint(cloud: &Cloud, wire: &Wire) -> Answer {
    match body(cloud, wire) {
        Err(answer) => answer,
        Ok(body) if body["Destination"].is_string() => Form::json(&json!({
            "Endpoint": {"Endpoint": format!("ec2messages.{REGION}.amazonaws.com"), "Protocol": "HTTPS"}
        })),
        Ok(_) => validation(cloud, "GetEndpoint without a Destination"),
    }
}

fn create_channel(cloud: &Cloud, action: &str, wire: &Wire, holder: &Holder) -> Answer {
    let body = match body(cloud, wire) {
        Ok(body) => body,
        Err(answer) => return answer,
    };
    let request_id = body["RequestId"].as_str().unwrap_or_default();
    if body["MessageSchemaVersion"] != "1.0" || request_id.len() < 16 {
        return validation(
            cloud,
            "a channel was asked for without schema version or request id",
        );
    }
    let id = sigv4::decode(wire.path.rsplit('/').next().unwrap_or_default());
    if action.ends_with("ControlChannel") {
        if id != node_of(cloud, holder) {
            cloud.complain(format!(
                "a control channel was asked for `{id}`, another node"
            ));
            return Form::Channel.denied("");
        }
    } else if !body["ClientId"].is_string() || id.is_empty() || id.starts_with("test") {
        return validation(cloud, "a data channel was asked for without a client id");
    } else {
        // No such session exists; the gateway knows only that it is over.
        return Form::xml(
            400,
            "<BadRequest>\n<ClientErrorMessage>Session is already terminated\
             </ClientErrorMessage>\n</BadRequest>"
                .to_owned(),
        );
    }
    let token = format!("AAEAA{}", super::cloud::random_hex(32));
    cloud.plant("TokenValue", &token);
    Form::xml(
        201,
        format!(
            "<CreateControlChannelResponse><MessageSchemaVersion>1.0</MessageSchemaVersion>\
             <TokenValue>{token}</TokenValue></CreateControlChannelResponse>"
        ),
    )
}

fn open_channel(cloud: &Cloud, wire: &Wire, holder: &Holder) -> Reply {
    let own = format!("/v1/control-channel/{}", node_of(cloud, holder));
    if sigv4::decode(&wire.path) != own || wire.query != "role=subscribe&stream=input" {
        cloud.complain(format!(
            "a channel was opened at {}?{}",
            wire.path, wire.query
        ));
    }
    if wire.header("sec-websocket-version") != Some("13") {
        cloud.complain("the upgrade is not WebSocket 13");
    }
    Reply::Upgrade
}

fn dhmc_token(cloud: &Cloud, wire: &Wire, holder: &Holder) -> Answer {
    if *holder != Holder::InstanceIdentity {
        cloud.complain("a Default Host Management token was asked for with other credentials");
        return Form::Json.denied("");
    }
    let authorization = wire.header("authorization").unwrap_or_default();
    let counter = wire
        .header("ssm-asymmetrickeyauthorization")
        .and_then(|value| value.strip_prefix("Signature="));
    let Some(counter) = counter else {
        return validation(cloud, "no SSM-AsymmetricKeyAuthorization: Signature=…");
    };
    let registered = match cloud.scenario.account.ec2_registration {
        ServiceRegistration::Registered => MachineKey::Ec2,
        ServiceRegistration::OtherKey | ServiceRegistration::OtherKeyDenied => MachineKey::Stranger,
    };
    if registered.verify(authorization, counter).is_err() {
        return refuse_machine_key(cloud, authorization, counter);
    }
    match body(cloud, wire) {
        Err(answer) => return answer,
        Ok(body) if body == json!({"Fingerprint": INSTANCE}) => {}
        Ok(_) => return validation(cloud, "the fingerprint is not the instance's id"),
    }
    match cloud.scenario.account.dhmc {
        Dhmc::Off => Form::Json.denied(&format!(
            "Systems Manager's instance management role is not configured for account: {ACCOUNT}"
        )),
        Dhmc::On => token(cloud, super::cloud::dhmc_holder()),
    }
}

/// The key is another than the registered one; one that is none of the lab's is a client's fault.
fn refuse_machine_key(cloud: &Cloud, text: &str, signature: &str) -> Answer {
    let keys = [MachineKey::Ec2, MachineKey::Hybrid, MachineKey::Stranger];
    if keys.iter().all(|key| key.verify(text, signature).is_err()) {
        cloud.complain("the RSA signature fits none of the lab's keys");
    }
    match cloud.scenario.account.ec2_registration {
        ServiceRegistration::OtherKeyDenied => Form::Json.denied(""),
        ServiceRegistration::Registered | ServiceRegistration::OtherKey => Form::Json
            .bad_signature(
                "The request signature we calculated does not match the signature you provided.",
            ),
    }
}

fn hybrid_token(cloud: &Cloud, action: &str, wire: &Wire, authorization: &Authorization) -> Answer {
    if action != "ssm:RequestManagedInstanceRoleToken" {
        cloud.complain(format!("{action} was signed with the machine's key"));
        return Form::Json.unknown_key();
    }
    if authorization.key_id != NODE || cloud.scenario.account.hybrid == HybridState::Deregistered {
        let message = format!("Not existing InstanceId {}", authorization.key_id);
        return Form::Json.error(400, "InvalidInstanceId", &message);
    }
    let signed = sigv4::string_to_sign(wire, authorization);
    let verified =
        signed.and_then(|text| MachineKey::Hybrid.verify(&text, &authorization.signature));
    if let Err(why) = verified {
        if cloud.scenario.host.hybrid_registration
            != Some(super::scenario::RegistrationFile::OtherKey)
        {
            cloud.complain(format!("{action}: {why}"));
        }
        return Form::Json.bad_signature(
            "The request signature we calculated does not match the signature you provided.",
        );
    }
    let fingerprint = cloud.named("fingerprint").unwrap_or_default();
    match body(cloud, wire) {
        Err(answer) => return answer,
        Ok(body) if body == json!({"Fingerprint": fingerprint}) => {}
        Ok(_) => return validation(cloud, "the fingerprint is not the stored one"),
    }
    match cloud.scenario.account.hybrid {
        HybridState::FingerprintMismatch => {
            Form::Json.error(400, "MachineFingerprintDoesNotMatch", "")
        }
        HybridState::RoleUnusable => Form::Json.denied(""),
        HybridState::Registered | HybridState::Deregistered => {
            token(cloud, super::cloud::hybrid_holder())
        }
    }
}

/// Fresh credentials in the form of `RequestManagedInstanceRoleToken`.
fn token(cloud: &Cloud, holder: Holder) -> Answer {
    let issued = cloud.issue("role-token", holder, Worth::Valid);
    // AWS writes timestamps of JSON 1.1 as floating-point numbers.
    let ends: f64 = format!("{}.0", issued.ends.as_second())
        .parse()
        .expect("digits are a number");
    Form::json(&json!({
        "AccessKeyId": issued.key_id,
        "SecretAccessKey": issued.secret,
        "SessionToken": issued.token,
        "TokenExpirationDate": ends,
        "UpdateKeyPair": false
    }))
}

/// The key that a WebSocket upgrade is answered with.
///
/// Source: RFC 6455 section 4.2.2.
pub(crate) fn accept_key(request_key: &str) -> String {
    let text = format!("{request_key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    let digest = ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, text.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(digest.as_ref())
}
