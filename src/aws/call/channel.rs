//! The message gateway's questions: JSON in, XML out, and a socket that is closed at once.
//!
//! Source: agent `agent/session/service/service.go`,
//! `agent/session/communicator/websocketchannel.go`. The token of a channel is dropped unread,
//! and no frame but the close is ever sent: a token frame would take the agent's commands over.

use std::time::Duration;

use http::{HeaderValue, Method, Request};
use tokio::io::AsyncReadExt as _;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::{client::generate_key, derive_accept_key};
use tokio_tungstenite::tungstenite::protocol::Role;

use super::{Put, outcome_of};
use crate::aws::{body, sign};
use crate::network::{Response, Upgraded};
use crate::observations::{Answer, NotAsked, Outcome};

/// The service's name in signatures.
const SERVICE: &str = "ssmmessages";
/// How long the other side of an upgraded socket must not hang up.
const WATCH: Duration = Duration::from_millis(300);
/// The first byte of a frame that closes.
///
/// Source: RFC 6455 section 5.2.
const CLOSE_FRAME: u8 = 0x88;
/// How long closing an upgraded socket may take.
const CLOSE_LIMIT: Duration = Duration::from_millis(200);

/// Registers a control channel for the node's own id, as the agent does at every reconnect.
pub(super) async fn create_control(put: Put<'_>) -> Result<Outcome, NotAsked> {
    let path = format!("/v1/control-channel/{}", put.target.instance_id);
    let body = serde_json::json!({
        "MessageSchemaVersion": "1.0",
        "RequestId": uuid::Uuid::new_v4().to_string(),
    });
    create(put, &path, &body).await
}

/// Asks for a data channel of a session that does not exist.
pub(super) async fn create_data(put: Put<'_>) -> Result<Outcome, NotAsked> {
    let path = format!("/v1/data-channel/{}", invented_session());
    let body = serde_json::json!({
        "MessageSchemaVersion": "1.0",
        "RequestId": uuid::Uuid::new_v4().to_string(),
        "ClientId": uuid::Uuid::new_v4().to_string(),
    });
    create(put, &path, &body).await
}

async fn create(put: Put<'_>, path: &str, body: &serde_json::Value) -> Result<Outcome, NotAsked> {
    let mut request = Request::builder()
        .method(Method::POST)
        .uri(format!("{}{path}", put.endpoint.base))
        .header("content-type", "application/json")
        .body(body.to_string().into_bytes())
        .map_err(|_invalid| NotAsked::NoInstance)?;
    sign::sigv4(&mut request, put.credentials()?, put.scope(SERVICE))?;
    Ok(outcome_of(put.send(request).await))
}

/// Upgrades to a WebSocket and closes it without a word.
pub(super) async fn open_control(put: Put<'_>) -> Result<Outcome, NotAsked> {
    let mut request = Request::builder()
        .method(Method::GET)
        .uri(format!(
            "{}/v1/control-channel/{}?role=subscribe&stream=input",
            put.endpoint.base, put.target.instance_id
        ))
        .body(Vec::new())
        .map_err(|_invalid| NotAsked::NoInstance)?;
    sign::sigv4(&mut request, put.credentials()?, put.scope(SERVICE))?;
    let key = generate_key();
    add_upgrade(&mut request, &key)?;
    match put.upgrade(request).await {
        Err(failure) => Ok(Outcome::Failed { failure }),
        Ok((response, None)) => Ok(body::outcome(&response)),
        Ok((response, Some(socket))) => {
            Ok(match (upgraded(&response, &key), stays(socket).await) {
                (Outcome::Answered(answer), false) => Outcome::NotAws {
                    status: answer.status,
                    sign: "the socket opened and was closed at once, before a word".to_owned(),
                },
                (outcome, _) => outcome,
            })
        }
    }
}

/// Added after signing, as the agent's library does, so none of these is signed.
fn add_upgrade(request: &mut Request<Vec<u8>>, key: &str) -> Result<(), NotAsked> {
    let key = HeaderValue::try_from(key).map_err(|_not_ascii| NotAsked::ToolFailed)?;
    let headers = request.headers_mut();
    headers.insert("connection", HeaderValue::from_static("Upgrade"));
    headers.insert("upgrade", HeaderValue::from_static("websocket"));
    headers.insert("sec-websocket-version", HeaderValue::from_static("13"));
    headers.insert("sec-websocket-key", key);
    Ok(())
}

/// Watches the socket in silence and closes it; false = the other side hung up first.
///
/// The agent's next word would be its token, and the gateway waits for it.
async fn stays(mut socket: Upgraded) -> bool {
    let mut first = [0_u8; 1];
    let read = match tokio::time::timeout(WATCH, socket.read(&mut first)).await {
        Err(_silent) => Vec::new(),
        Ok(Ok(1)) if first != [CLOSE_FRAME] => first.to_vec(),
        Ok(_) => return false,
    };
    let closing = async {
        let role = Role::Client;
        let mut stream = WebSocketStream::from_partially_read(socket, read, role, None).await;
        stream.close(None).await
    };
    // Whether the other side says goodbye too makes no difference.
    let _closed = tokio::time::timeout(CLOSE_LIMIT, closing).await;
    true
}

/// Only a server that knows the key speaks WebSocket; a proxy's 101 is no answer of AWS.
fn upgraded(response: &Response, key: &str) -> Outcome {
    let accepted = response.header("sec-websocket-accept").map(str::trim);
    if accepted != Some(derive_accept_key(key.as_bytes()).as_str()) {
        return Outcome::NotAws {
            status: response.status,
            sign: "an upgrade without the right `Sec-WebSocket-Accept`".to_owned(),
        };
    }
    Outcome::Answered(Answer {
        status: response.status,
        code: None,
        message: None,
        request_id: response.header("x-amzn-requestid").map(str::to_owned),
        date: body::date(response),
        caller_arn: None,
    })
}

/// A session id of the real ones' shape, which names its origin in CloudTrail.
pub(super) fn invented_session() -> String {
    let hex: String = uuid::Uuid::new_v4()
        .simple()
        .to_string()
        .chars()
        .take(17)
        .collect();
    format!("ssmprobe-{hex}")
}

#[cfg(test)]
mod tests {
    use super::invented_session;

    #[test]
    fn an_invented_session_has_the_shape_of_a_real_one() {
        let id = invented_session();
        let hex = id.strip_prefix("ssmprobe-").unwrap();
        assert_eq!(hex.len(), 17);
        assert!(hex.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    }
}
