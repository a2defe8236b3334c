//! The sockets: one for IMDS and one for each service, with the faults that live below HTTP.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::answer::{Answer, portal_page};
use super::certificates::Authority;
use super::cloud::Cloud;
use super::scenario::{Fault, ImdsService};
use super::services::{self, Reply};
use super::sigv4::Wire;
use super::{imds, websocket};

/// The services with an endpoint of their own.
pub(crate) const SERVICES: [&str; 4] = ["sts", "ssm", "ssmmessages", "ec2messages"];

/// How a socket behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// HTTP, by way of TLS where there is one.
    Serve,
    /// A web page for everything.
    Portal,
    /// Accept and never answer.
    Silent,
    /// Reset at once.
    Reset,
    /// One byte at a time.
    Drip,
    /// Nothing listens.
    Refuse,
    /// Packets vanish.
    Swallow,
}

/// A socket that is open, or whose address is kept unusable, for as long as this lives.
pub(crate) struct Door {
    /// Its address.
    pub(crate) address: SocketAddr,
    /// What keeps the address as it is, where no server's task does.
    _held: Box<dyn std::any::Any>,
}

/// Opens the socket of IMDS.
pub(crate) async fn open_imds(cloud: &Arc<Cloud>) -> Door {
    let manner = match cloud.scenario.imds.service {
        ImdsService::Answers => Manner::Serve,
        ImdsService::Refused => Manner::Refuse,
        ImdsService::Silent => Manner::Silent,
        ImdsService::Swallowed => Manner::Swallow,
        ImdsService::Drip => Manner::Drip,
        ImdsService::ForeignHtml => Manner::Portal,
    };
    open(cloud, "imds", manner, None).await
}

/// Opens the socket of a service.
pub(crate) async fn open_service(
    cloud: &Arc<Cloud>,
    service: &'static str,
    trusted: &Authority,
) -> Door {
    let fault = cloud.scenario.faults.get(service);
    let manner = match fault {
        Some(Fault::Silent) => Manner::Silent,
        Some(Fault::Swallow) => Manner::Swallow,
        Some(Fault::Refuse) => Manner::Refuse,
        Some(Fault::Reset) => Manner::Reset,
        Some(Fault::Drip) => Manner::Drip,
        Some(
            Fault::Throttle | Fault::Unavailable | Fault::ProxyPage | Fault::UntrustedCertificate,
        )
        | None => Manner::Serve,
    };
    let config = if fault == Some(&Fault::UntrustedCertificate) {
        Authority::new("A middlebox of the lab").server(service)
    } else {
        trusted.server(service)
    };
    open(cloud, service, manner, Some(TlsAcceptor::from(config))).await
}

async fn open(
    cloud: &Arc<Cloud>,
    service: &'static str,
    manner: Manner,
    tls: Option<TlsAcceptor>,
) -> Door {
    let any_port = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));
    let socket = TcpSocket::new_v4().expect("loopback sockets can be made");
    socket.bind(any_port).expect("loopback has free ports");
    let backlog = if manner == Manner::Swallow { 0 } else { 64 };
    let address = socket.local_addr().expect("the socket is bound");
    if manner == Manner::Refuse {
        return Door {
            address,
            // Bound and not listening: the port refuses, and nobody else can take it.
            _held: Box::new(socket),
        };
    }
    let listener = socket.listen(backlog).expect("a bound socket can listen");
    if manner == Manner::Swallow {
        return Door {
            address,
            _held: Box::new((listener, fill_backlog(address).await)),
        };
    }
    let cloud = Arc::clone(cloud);
    tokio::spawn(async move {
        let mut silent = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            match manner {
                Manner::Silent => silent.push(stream),
                Manner::Reset => reset(&stream),
                _ => {
                    let (cloud, tls) = (Arc::clone(&cloud), tls.clone());
                    tokio::spawn(connection(cloud, service, manner, tls, stream));
                }
            }
        }
    });
    Door {
        address,
        _held: Box::new(()),
    }
}

/// The kernel drops a further SYN once the queue of connections that nobody accepts is full.
async fn fill_backlog(address: SocketAddr) -> Vec<TcpStream> {
    let mut kept = Vec::new();
    let patience = Duration::from_millis(200);
    while let Ok(Ok(stream)) = tokio::time::timeout(patience, TcpStream::connect(address)).await {
        kept.push(stream);
    }
    kept
}

/// Closing with unread lingering data discarded sends a reset.
fn reset(stream: &TcpStream) {
    stream
        .set_zero_linger()
        .expect("a connected socket takes the option");
}

async fn connection(
    cloud: Arc<Cloud>,
    service: &'static str,
    manner: Manner,
    tls: Option<TlsAcceptor>,
    stream: TcpStream,
) {
    match tls {
        None => talk(cloud, service, manner, stream).await,
        // A client that does not like the certificate just goes away.
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                talk(cloud, service, manner, stream).await;
            }
        }
    }
}

async fn talk<S>(cloud: Arc<Cloud>, service: &'static str, manner: Manner, mut stream: S)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    if manner == Manner::Drip {
        return drip(&mut stream).await;
    }
    let serve = service_fn(move |request| {
        let cloud = Arc::clone(&cloud);
        async move { exchange(&cloud, service, manner, request).await }
    });
    // An error here is a client that left in the middle; the log has what it asked.
    let _left = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), serve)
        .with_upgrades()
        .await;
}

/// Promises much and sends little, for as long as anybody listens.
async fn drip<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut S) {
    let mut request = [0_u8; 4096];
    let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n";
    if stream.read(&mut request).await.is_err() || stream.write_all(head).await.is_err() {
        return;
    }
    while stream.write_all(b" ").await.is_ok() && stream.flush().await.is_ok() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn exchange(
    cloud: &Arc<Cloud>,
    service: &'static str,
    manner: Manner,
    mut request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let body = request.body_mut().collect().await?.to_bytes();
    let wire = wire(&request, &body);
    let reply = if manner == Manner::Portal {
        Reply::Answer(portal_page())
    } else if service == "imds" {
        imds::answer(cloud, &wire)
    } else {
        services::serve(cloud, service, &wire)
    };
    Ok(match reply {
        Reply::Answer(answer) => response(cloud, service, answer),
        Reply::Upgrade => websocket::accept(cloud, &wire, request),
        Reply::Never => std::future::pending().await,
    })
}

fn wire(request: &Request<Incoming>, body: &Bytes) -> Wire {
    let mut wire = Wire {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        headers: std::collections::BTreeMap::new(),
        body: body.to_vec(),
    };
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        wire.headers
            .entry(name.as_str().to_owned())
            .and_modify(|all: &mut String| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert_with(|| value.to_string());
    }
    wire
}

fn response(cloud: &Cloud, service: &str, answer: Answer) -> Response<Full<Bytes>> {
    let clock = if service == "imds" {
        jiff::Timestamp::now()
    } else {
        cloud.service_clock()
    };
    let date = clock.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let mut response = Response::builder()
        .status(answer.status)
        .header("date", date);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    response
        .body(Full::from(answer.body))
        .expect("the lab's headers are sound")
}
