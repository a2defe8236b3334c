//! A name server for one lab, over UDP and TCP: the services' names, and nothing else.
//!
//! Source: RFC 1035 section 4 for the messages.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UdpSocket};

use super::certificates::host_of;
use super::cloud::Cloud;
use super::listen::SERVICES;
use super::scenario::{Fault, Resolver};
use super::site::Site;

const NO_ERROR: u8 = 0;
const SERVER_FAILURE: u8 = 2;
const NO_SUCH_NAME: u8 = 3;
const QUESTION_AT: usize = 12;

/// Answers questions until the lab ends.
pub(crate) async fn open(cloud: &Arc<Cloud>, site: &Site) -> SocketAddr {
    let (udp, tcp) = sockets(site.address("dns")).await;
    let address = udp.local_addr().expect("the socket is bound");
    tokio::spawn(datagrams(Arc::clone(cloud), udp, site.delay * 2));
    tokio::spawn(connections(Arc::clone(cloud), tcp));
    address
}

/// Both on one port; a free one of UDP may be taken for TCP.
async fn sockets(address: SocketAddr) -> (UdpSocket, TcpListener) {
    loop {
        let udp = UdpSocket::bind(address).await.expect("a port is free");
        let same = udp.local_addr().expect("the socket is bound");
        if let Ok(tcp) = TcpListener::bind(same).await {
            return (udp, tcp);
        }
    }
}

async fn datagrams(cloud: Arc<Cloud>, socket: UdpSocket, delay: Duration) {
    let socket = Arc::new(socket);
    let mut packet = [0; 1_500];
    while let Ok((length, from)) = socket.recv_from(&mut packet).await {
        let answer = packet.get(..length).and_then(|text| answer(&cloud, text));
        if let Some(answer) = answer {
            let socket = Arc::clone(&socket);
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                // An error is a client that has gone.
                let _gone = socket.send_to(&answer, from).await;
            });
        }
    }
}

async fn connections(cloud: Arc<Cloud>, listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(connection(Arc::clone(&cloud), stream));
    }
}

async fn connection(cloud: Arc<Cloud>, mut stream: TcpStream) {
    while let Ok(length) = stream.read_u16().await {
        let mut question = vec![0; usize::from(length)];
        if stream.read_exact(&mut question).await.is_err() {
            return;
        }
        let Some(answer) = answer(&cloud, &question) else {
            return std::future::pending().await;
        };
        let length = u16::try_from(answer.len()).expect("answers are short");
        if stream.write_u16(length).await.is_err() || stream.write_all(&answer).await.is_err() {
            return;
        }
    }
}

/// What a name gives.
enum Says {
    Address(Ipv4Addr),
    Code(u8),
    Nothing,
}

/// The answer to a message; `None` = silence.
fn answer(cloud: &Cloud, message: &[u8]) -> Option<Vec<u8>> {
    let (name, end) = name(message)?;
    let kind = message.get(end + 1)?;
    let asks_for_ipv4 = *kind == 1;
    let (code, address) = match says(cloud, &name) {
        Says::Nothing => return None,
        Says::Code(code) => (code, None),
        Says::Address(address) => (NO_ERROR, asks_for_ipv4.then_some(address)),
    };
    let mut answer = message.get(..2)?.to_vec();
    answer.extend([0x81, 0x80 | code, 0, 1, 0, u8::from(address.is_some())]);
    answer.extend([0, 0, 0, 0]);
    answer.extend(message.get(QUESTION_AT..end + 4)?);
    if let Some(address) = address {
        // The name of the question, type A, class IN, one minute, four bytes.
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]);
        answer.extend(address.octets());
    }
    Some(answer)
}

/// The name that is asked for in lower case, and where it ends.
fn name(message: &[u8]) -> Option<(String, usize)> {
    let mut labels = Vec::new();
    let mut at = QUESTION_AT;
    loop {
        let length = usize::from(*message.get(at)?);
        at += 1;
        if length == 0 {
            return Some((labels.join("."), at));
        }
        let label = message.get(at..at + length)?;
        labels.push(String::from_utf8_lossy(label).to_ascii_lowercase());
        at += length;
    }
}

fn says(cloud: &Cloud, name: &str) -> Says {
    let scenario = &cloud.scenario;
    if matches!(
        scenario.resolver,
        Resolver::Silent | Resolver::SilentBesideHosts
    ) {
        return Says::Nothing;
    }
    // A bucket's name stands before that of S3.
    let is_of = |service: &str| {
        let host = host_of(service);
        name == host || (service == "s3" && name.ends_with(&format!(".{host}")))
    };
    let service = SERVICES.into_iter().find(|it| is_of(it));
    let Some(service) = service else {
        return match scenario.resolver {
            Resolver::Lies => Says::Address(wrong_address()),
            _ => Says::Code(NO_SUCH_NAME),
        };
    };
    match scenario.faults.get(service) {
        Some(Fault::NameNotFound) => Says::Code(NO_SUCH_NAME),
        Some(Fault::NameFails) => Says::Code(SERVER_FAILURE),
        Some(Fault::NameSilent) => Says::Nothing,
        Some(Fault::WrongAddress) => Says::Address(wrong_address()),
        _ => match cloud.address(service).map(|address| address.ip()) {
            Some(IpAddr::V4(address)) => Says::Address(address),
            _ => Says::Code(NO_SUCH_NAME),
        },
    }
}

/// An address of this machine where none of the lab's servers listens.
fn wrong_address() -> Ipv4Addr {
    Ipv4Addr::new(127, 9, 9, 9)
}
