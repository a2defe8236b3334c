//! A connection whose every packet is under way for a while, as from far away.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// Most bytes of one packet.
const PACKET: usize = 16_384;

/// The server's end of a connection that has come from far away. The kernel has answered the
/// client's SYN at once, so its first packet is held back for as long as that would have taken.
pub(crate) fn from_afar(stream: TcpStream, delay: Duration) -> DuplexStream {
    let (near, far) = tokio::io::duplex(1 << 20);
    let (from_client, to_client) = stream.into_split();
    let (from_server, to_server) = tokio::io::split(far);
    tokio::spawn(carry(from_client, to_server, delay, delay * 2));
    tokio::spawn(carry(from_server, to_client, delay, Duration::ZERO));
    near
}

/// Carries packets one way; each arrives `delay` after it was sent, the first one later.
async fn carry(
    mut from: impl AsyncRead + Unpin + Send + 'static,
    mut to: impl AsyncWrite + Unpin,
    delay: Duration,
    at_first: Duration,
) {
    let (sender, mut receiver) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let opened = Instant::now() + at_first;
    tokio::spawn(async move {
        let mut packet = vec![0; PACKET];
        while let Ok(length) = from.read(&mut packet).await {
            let sent = Instant::now().max(opened);
            let bytes = packet.get(..length).unwrap_or_default().to_vec();
            if sender.send((sent + delay, bytes)).is_err() || length == 0 {
                return;
            }
        }
    });
    while let Some((at, bytes)) = receiver.recv().await {
        tokio::time::sleep_until(at).await;
        if bytes.is_empty() || to.write_all(&bytes).await.is_err() || to.flush().await.is_err() {
            break;
        }
    }
    // Either side may have gone.
    let _gone = to.shutdown().await;
}
