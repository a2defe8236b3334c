//! The message gateway's control channel: accepts the upgrade and watches what comes.
//!
//! A client under the do-no-harm rule sends nothing; a text or binary frame is a complaint, for
//! the first one would take the channel over from the agent.

use std::sync::Arc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt as _;

use super::cloud::Cloud;
use super::services::accept_key;
use super::sigv4::Wire;

/// Switches protocols and keeps watch on the socket, or closes it at once.
pub(crate) fn accept(
    cloud: &Arc<Cloud>,
    wire: &Wire,
    mut request: Request<Incoming>,
    stays: bool,
) -> Response<Full<Bytes>> {
    let key = accept_key(wire.header("sec-websocket-key").unwrap_or_default());
    let upgraded = hyper::upgrade::on(&mut request);
    let cloud = Arc::clone(cloud);
    tokio::spawn(async move {
        if let Ok(upgraded) = upgraded.await
            && stays
        {
            watch(&cloud, TokioIo::new(upgraded)).await;
        }
    });
    Response::builder()
        .status(101)
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-accept", key)
        .body(Full::default())
        .expect("the lab's headers are sound")
}

/// The first byte of a frame tells its kind.
///
/// Source: RFC 6455 section 5.2: 1 text, 2 binary, 8 close.
async fn watch(cloud: &Cloud, mut socket: TokioIo<hyper::upgrade::Upgraded>) {
    let mut first = [0_u8; 1];
    if let Ok(1) = socket.read(&mut first).await
        && matches!(first[0] & 0x0f, 0..=2)
    {
        cloud.complain("a data frame was sent on the control channel");
    }
}
