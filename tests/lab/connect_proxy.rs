//! An HTTP proxy for CONNECT, as the agent's environment may name one.
//!
//! Source: RFC 9110 section 9.3.6; the pages are in the style of Squid.

use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use super::certificates::host_of;
use super::cloud::{Cloud, Logged};
use super::listen::SERVICES;
use super::scenario::Fault;

/// The name in front of the planted password.
pub(crate) const USER: &str = "node";
/// Longest head that is read, in bytes.
const HEAD_LIMIT: usize = 8_192;

/// Serves on an address until the lab ends.
pub(crate) async fn open(cloud: &Arc<Cloud>, address: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind(address).await.expect("a port is free");
    let address = listener.local_addr().expect("the socket is bound");
    let cloud = Arc::clone(cloud);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(Arc::clone(&cloud), stream));
        }
    });
    address
}

async fn serve(cloud: Arc<Cloud>, mut client: TcpStream) {
    let Some(head) = read_head(&mut client).await else {
        return;
    };
    let mut words = head.split_whitespace();
    let method = words.next().unwrap_or_default().to_owned();
    let target = words.next().unwrap_or_default().to_owned();
    cloud.log(Logged {
        service: "proxy".to_owned(),
        method: method.clone(),
        path: target.clone(),
        action: None,
        signed_by: None,
        user_agent: String::new(),
    });
    let answer = match upstream(&cloud, &method, &target, &head).await {
        Ok(mut server) => {
            let opened = b"HTTP/1.1 200 Connection established\r\n\r\n";
            if client.write_all(opened).await.is_ok() {
                // Either side may leave at any time.
                let _left = copy_bidirectional(&mut client, &mut server).await;
            }
            return;
        }
        Err(Refusal::Silence) => return std::future::pending().await,
        Err(Refusal::Page(status)) => page(status),
    };
    if client.write_all(answer.as_bytes()).await.is_ok() {
        // As above.
        let _left = client.shutdown().await;
    }
}

enum Refusal {
    Page(&'static str),
    Silence,
}

async fn upstream(
    cloud: &Cloud,
    method: &str,
    target: &str,
    head: &str,
) -> Result<TcpStream, Refusal> {
    let host = target.rsplit_once(':').map_or(target, |(host, _)| host);
    let service = SERVICES.into_iter().find(|it| host_of(it) == host);
    let Some(service) = service.filter(|_| method == "CONNECT") else {
        return Err(Refusal::Page("403 Forbidden"));
    };
    match cloud.scenario.faults.get(service) {
        Some(Fault::ProxyAsksLogin) => {
            return Err(Refusal::Page("407 Proxy Authentication Required"));
        }
        Some(Fault::ProxyRefuses) => return Err(Refusal::Page("403 Forbidden")),
        Some(Fault::ProxySilent) => return Err(Refusal::Silence),
        _ => {}
    }
    if cloud.scenario.proxy_wants_login && !knows_password(cloud, head) {
        return Err(Refusal::Page("407 Proxy Authentication Required"));
    }
    let address = cloud.address(service);
    let address = address.ok_or(Refusal::Page("503 Service Unavailable"))?;
    TcpStream::connect(address)
        .await
        .map_err(|_unreachable| Refusal::Page("503 Service Unavailable"))
}

fn knows_password(cloud: &Cloud, head: &str) -> bool {
    let password = cloud.named("proxy_password").unwrap_or_default();
    let wanted = base64::engine::general_purpose::STANDARD.encode(format!("{USER}:{password}"));
    head.lines()
        .filter_map(|line| line.split_once(':'))
        .any(|(name, value)| {
            name.eq_ignore_ascii_case("proxy-authorization")
                && value.trim() == format!("Basic {wanted}")
        })
}

async fn read_head(client: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() > HEAD_LIMIT {
            return None;
        }
        head.push(client.read_u8().await.ok()?);
    }
    Some(String::from_utf8_lossy(&head).into_owned())
}

fn page(status: &str) -> String {
    let body = "<html><head><title>ERROR: The requested URL could not be retrieved</title></head>\
                <body><h1>Access Denied.</h1></body></html>";
    let login = if status.starts_with("407") {
        "Proxy-Authenticate: Basic realm=\"lab\"\r\n"
    } else {
        ""
    };
    format!(
        "HTTP/1.1 {status}\r\nServer: squid/5.7\r\n{login}Content-Type: text/html\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}
