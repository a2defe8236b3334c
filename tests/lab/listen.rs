//! The sockets: one for IMDS and one for each service, with the faults that live below HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::answer::{Answer, portal_page};
use super::certificates::Authority;
use super::cloud::Cloud;
use super::faults::{Manner, Presented};
use super::misbehave::{self, Answering, reset};
use super::scenario::ImdsService;
use super::services::{self, Reply};
use super::sigv4::Wire;
use super::site::Site;
use super::{imds, slow, websocket};

/// The services with an endpoint of their own.
pub(crate) const SERVICES: [&str; 8] = [
    "sts",
    "ssm",
    "ssmmessages",
    "ec2messages",
    "s3",
    "kms",
    "logs",
    "iam",
];

/// A socket that is open, or whose address is kept unusable, for as long as this lives.
pub(crate) struct Door {
    /// Its address.
    pub(crate) address: SocketAddr,
    /// What keeps the address as it is, where no server's task does.
    _held: Box<dyn std::any::Any>,
}

/// Opens the socket of IMDS.
pub(crate) async fn open_imds(cloud: &Arc<Cloud>, site: &Site) -> Door {
    let manner = match cloud.scenario.imds.service {
        ImdsService::Answers => Manner::Serve,
        ImdsService::Refused => Manner::Refuse,
        ImdsService::Silent => Manner::Silent,
        ImdsService::Swallowed => Manner::Swallow,
        ImdsService::Drip => Manner::Misbehave(Answering::Drip),
        ImdsService::ForeignHtml => Manner::Portal,
    };
    open(cloud, "imds", site, manner, None).await
}

/// Opens the socket of a service.
pub(crate) async fn open_service(
    cloud: &Arc<Cloud>,
    service: &'static str,
    site: &Site,
    trusted: &Authority,
) -> Door {
    let fault = cloud.scenario.faults.get(service);
    let manner = fault.map_or(Manner::Serve, |fault| fault.manner());
    let presented = fault.map_or(Presented::Good, |fault| fault.presented());
    let config = if presented == Presented::Untrusted {
        Authority::new("A middlebox of the lab").server(service, presented)
    } else {
        trusted.server(service, presented)
    };
    let tls = Some(TlsAcceptor::from(config));
    open(cloud, service, site, manner, tls).await
}

async fn open(
    cloud: &Arc<Cloud>,
    service: &'static str,
    site: &Site,
    manner: Manner,
    tls: Option<TlsAcceptor>,
) -> Door {
    let (address, delay) = (site.address(service), site.delay);
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()
    } else {
        TcpSocket::new_v6()
    };
    let socket = socket.expect("sockets can be made");
    socket
        .bind(address)
        .expect("the lab's address has a free port");
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
                    tokio::spawn(async move {
                        if delay.is_zero() {
                            connection(cloud, service, manner, tls, stream).await;
                        } else {
                            let stream = slow::from_afar(stream, delay);
                            secured(cloud, service, manner, tls, stream).await;
                        }
                    });
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

async fn connection(
    cloud: Arc<Cloud>,
    service: &'static str,
    manner: Manner,
    tls: Option<TlsAcceptor>,
    stream: TcpStream,
) {
    if let Manner::InPlaceOfTls(how) = manner {
        return misbehave::in_place_of_tls(how, stream).await;
    }
    secured(cloud, service, manner, tls, stream).await;
}

async fn secured<S>(
    cloud: Arc<Cloud>,
    service: &'static str,
    manner: Manner,
    tls: Option<TlsAcceptor>,
    stream: S,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
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
    if let Manner::Misbehave(how) = manner {
        return misbehave::answer(how, &mut stream).await;
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
        Reply::Upgrade => websocket::accept(cloud, &wire, request, true),
        Reply::HangUp => websocket::accept(cloud, &wire, request, false),
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
        cloud.clock_of(service)
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
