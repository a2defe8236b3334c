//! Servers that break the rules below HTTP: in the handshake, and in the middle of an answer.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// How a server behaves in place of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InPlaceOfTls {
    /// Reads the client's greeting and resets.
    Reset,
    /// Knows no protocol but TLS 1.0.
    OldVersion,
    /// Speaks HTTP without TLS.
    PlainHttp,
}

/// How a server answers a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answering {
    /// One byte at a time.
    Drip,
    /// Without end, as fast as it can.
    Huge,
    /// It promises more than it sends.
    Truncated,
}

/// Does something else where TLS should begin.
pub(crate) async fn in_place_of_tls(how: InPlaceOfTls, mut stream: TcpStream) {
    let mut greeting = [0_u8; 4096];
    if stream.read(&mut greeting).await.is_err() {
        return;
    }
    match how {
        InPlaceOfTls::Reset => reset(&stream),
        InPlaceOfTls::OldVersion => {
            if stream.write_all(&server_hello_of_tls_1_0()).await.is_ok() {
                linger(&mut stream).await;
            }
        }
        InPlaceOfTls::PlainHttp => {
            let page = b"HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: 0\r\n\
                         Connection: close\r\n\r\n";
            if stream.write_all(page).await.is_ok() {
                linger(&mut stream).await;
            }
        }
    }
}

/// Closing with unread lingering data discarded sends a reset.
pub(crate) fn reset(stream: &TcpStream) {
    stream
        .set_zero_linger()
        .expect("a connected socket takes the option");
}

/// Waits for the client to leave, so that no reset overtakes what was written.
async fn linger(stream: &mut TcpStream) {
    let mut rest = [0_u8; 256];
    while matches!(stream.read(&mut rest).await, Ok(1..)) {}
}

/// Source: RFC 2246 sections 6.2.1, 7.4.1.3 and A.5: version 3.1, no session, the suite 0x000a
/// with triple DES, no compression.
fn server_hello_of_tls_1_0() -> Vec<u8> {
    let mut hello = vec![22, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
    hello.extend([7; 32]);
    hello.extend([0, 0, 10, 0]);
    hello
}

/// Answers a request as no server should.
pub(crate) async fn answer<S: AsyncRead + AsyncWrite + Unpin>(how: Answering, stream: &mut S) {
    let mut request = [0_u8; 4096];
    let length = match how {
        Answering::Drip | Answering::Truncated => "1000000",
        Answering::Huge => "10000000000",
    };
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
    if stream.read(&mut request).await.is_err() || stream.write_all(head.as_bytes()).await.is_err()
    {
        return;
    }
    let chunk = vec![b' '; 16_384];
    let (piece, pause) = match how {
        Answering::Drip => (&chunk[..1], Duration::from_millis(100)),
        Answering::Huge => (&chunk[..], Duration::ZERO),
        Answering::Truncated => {
            // The client sees the end of the stream; an error is a client that has gone.
            let _gone = stream.write_all(b"{\"trunc").await;
            let _gone = stream.shutdown().await;
            return;
        }
    };
    while stream.write_all(piece).await.is_ok() && stream.flush().await.is_ok() {
        tokio::time::sleep(pause).await;
    }
}
