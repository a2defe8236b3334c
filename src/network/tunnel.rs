//! CONNECT through an HTTP proxy, really spoken, its answer bounded.

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::classify;
use super::proxy::Proxy;
use crate::observations::{Failure, Link};

/// Longest head of an answer that is read, in bytes.
const HEAD_LIMIT: usize = 16 * 1024;

/// Opens a way to `host` through a proxy that `stream` leads to.
///
/// # Errors
/// When the proxy answers anything but success, or not at all.
pub(super) async fn open<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    proxy: &Proxy,
    host: &str,
    port: u16,
) -> Result<(), Failure> {
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    let mut request = format!(
        "CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\nUser-Agent: {}\r\n",
        super::http::USER_AGENT
    );
    if let Some(authorization) = &proxy.authorization {
        request.push_str("Proxy-Authorization: ");
        request.push_str(authorization.expose());
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    let request = zeroize::Zeroizing::new(request);
    let broken = |error: &std::io::Error| {
        classify::socket(error, Link::Connect, 0).unwrap_or(Failure::Reset {
            link: Link::Connect,
        })
    };
    stream
        .write_all(request.as_bytes())
        .await
        .map_err(|error| broken(&error))?;
    let head = read_head(stream).await.map_err(|error| broken(&error))?;
    match status(&head) {
        Some(200..=299) => Ok(()),
        Some(status) => Err(Failure::ProxyAnswered { status }),
        None => Err(Failure::ProxyUnusable {
            why: "its answer to CONNECT is not HTTP".to_owned(),
        }),
    }
}

/// Up to the empty line, byte by byte: what comes after it belongs to the other side.
async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> std::io::Result<Vec<u8>> {
    let mut head = Vec::new();
    while head.len() < HEAD_LIMIT && !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(head)
}

fn status(head: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(head).ok()?;
    let rest = text.strip_prefix("HTTP/1.")?;
    rest.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Failure, open, status};
    use crate::network::proxy::Proxy;

    async fn answered(answer: &'static [u8]) -> (Result<(), Failure>, String) {
        let (mut near, mut far) = tokio::io::duplex(4096);
        let proxy = Proxy::parse("http://me:hunter2@proxy:3128").unwrap();
        let (opened, asked) = tokio::join!(
            async move { open(&mut near, &proxy, "ssm.example", 443).await },
            async move {
                let asked = crate::network::testing::read_head(&mut far).await;
                tokio::io::AsyncWriteExt::write_all(&mut far, answer)
                    .await
                    .unwrap();
                asked
            }
        );
        (opened, asked)
    }

    #[tokio::test]
    async fn the_proxy_is_asked_for_the_way_with_the_user_s_word() {
        let (opened, asked) = answered(b"HTTP/1.0 200 Connection established\r\n\r\n").await;
        assert_eq!(opened, Ok(()));
        assert!(
            asked.starts_with("CONNECT ssm.example:443 HTTP/1.1\r\n"),
            "{asked}"
        );
        assert!(asked.contains("Proxy-Authorization: Basic bWU6aHVudGVyMg==\r\n"));
    }

    #[tokio::test]
    async fn what_the_proxy_says_instead_is_kept() {
        for status in [b"403", b"407", b"503"] {
            let answer: &'static [u8] = [b"HTTP/1.1 ", &status[..], b" no\r\n\r\n"].concat().leak();
            let (opened, _) = answered(answer).await;
            let status = String::from_utf8_lossy(status).parse().unwrap();
            assert_eq!(opened, Err(Failure::ProxyAnswered { status }));
        }
        let (opened, _) = answered(b"SSH-2.0-OpenSSH\r\n\r\n").await;
        assert!(matches!(opened, Err(Failure::ProxyUnusable { .. })));
    }

    #[test]
    fn a_head_that_is_none_has_no_status() {
        assert_eq!(status(b"HTTP/1.1 x\r\n\r\n"), None);
        assert_eq!(status(b"\xff\xfe"), None);
    }
}
