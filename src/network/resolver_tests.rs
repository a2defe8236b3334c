use std::net::{IpAddr, SocketAddr};

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::Name;

use super::{Hosts, Names, Reading, Servers, Unresolved};

/// What a made-up name server says to every question.
#[derive(Clone, Copy)]
enum Says {
    Code(u8),
    Address,
    Nothing,
}

/// A name server on loopback; it copies each question into its answer.
#[expect(clippy::disallowed_methods, reason = "a test's own server on loopback")]
async fn server(says: impl Fn(&[u8]) -> Says + Send + 'static) -> SocketAddr {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut packet = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut packet).await {
            let question = &packet[..length];
            if let Some(answer) = reply(question, says(question)) {
                socket.send_to(&answer, from).await.unwrap();
            }
        }
    });
    address
}

fn reply(question: &[u8], says: Says) -> Option<Vec<u8>> {
    let name_end = 12 + question[12..].iter().position(|byte| *byte == 0)? + 1;
    let (code, records) = match says {
        Says::Nothing => return None,
        Says::Code(code) => (code, 0),
        // Only the question for an IPv4 address gets one.
        Says::Address => (0, u8::from(question[name_end + 1] == 1)),
    };
    let mut answer = question[..2].to_vec();
    answer.extend([0x81, 0x80 | code, 0, 1, 0, records, 0, 0, 0, 0]);
    answer.extend(&question[12..name_end + 4]);
    if records == 1 {
        answer.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 9, 8, 7]);
    }
    Some(answer)
}

fn names(address: SocketAddr, search: &[&str], ndots: usize) -> Names {
    let mut udp = ConnectionConfig::udp();
    udp.port = address.port();
    let server = NameServerConfig::new(address.ip(), true, vec![udp]);
    let mut options = ResolverOpts::default();
    options.timeout = std::time::Duration::from_millis(100);
    options.attempts = 1;
    options.cache_size = 0;
    let resolver = TokioResolver::builder_with_config(
        ResolverConfig::from_parts(None, Vec::new(), vec![server]),
        TokioRuntimeProvider::default(),
    )
    .with_options(options)
    .build()
    .unwrap();
    let search = search
        .iter()
        .map(|name| Name::from_utf8(name).unwrap())
        .collect();
    Names::new(
        Hosts::parse("10.1.1.1 listed.example"),
        Ok(Servers {
            resolver,
            search,
            ndots,
            source: address.ip().to_string(),
        }),
        Reading::absent("/etc/resolv.conf"),
    )
}

#[tokio::test]
async fn the_server_s_answers_are_told_apart() {
    let not_found = names(server(|_| Says::Code(3)).await, &[], 1);
    assert_eq!(
        not_found.lookup("ssm.example").await,
        Err(Unresolved::NotFound)
    );
    let failed = names(server(|_| Says::Code(2)).await, &[], 1);
    assert!(matches!(
        failed.lookup("ssm.example").await,
        Err(Unresolved::Failed(_))
    ));
    let empty = names(server(|_| Says::Code(0)).await, &[], 1);
    assert!(matches!(
        empty.lookup("ssm.example").await,
        Err(Unresolved::Failed(_))
    ));
    let silent = names(server(|_| Says::Nothing).await, &[], 1);
    assert_eq!(silent.lookup("ssm.example").await, Err(Unresolved::Silent));
    let found = names(server(|_| Says::Address).await, &[], 1);
    let answer = found.lookup("ssm.example").await.unwrap();
    assert_eq!(answer.addresses, ["10.9.8.7".parse::<IpAddr>().unwrap()]);
    assert_eq!(answer.source, "127.0.0.1");
}

#[tokio::test]
async fn the_search_list_is_tried_and_the_written_name_decides() {
    // Only the name below the search domain exists; the written one makes the server fail.
    let says = |question: &[u8]| {
        if question.windows(8).any(|part| part == b"internal") {
            Says::Address
        } else {
            Says::Code(2)
        }
    };
    let address = server(says).await;
    assert!(
        names(address, &["internal."], 1)
            .lookup("ssm.example")
            .await
            .is_ok()
    );
    let found = names(address, &["elsewhere."], 5)
        .lookup("ssm.example")
        .await;
    assert!(matches!(found, Err(Unresolved::Failed(_))), "{found:?}");
}

#[tokio::test]
async fn hosts_literals_and_localhost_need_no_server() {
    let names = Names::from_files(
        &Reading::found(b"10.1.1.1 listed.example".to_vec(), "/etc/hosts"),
        &Reading::absent("/etc/resolv.conf"),
    );
    assert_eq!(
        names
            .lookup("LISTED.example")
            .await
            .unwrap()
            .addresses
            .len(),
        1
    );
    assert_eq!(
        names
            .lookup("[fd00:ec2::254]")
            .await
            .unwrap()
            .addresses
            .len(),
        1
    );
    assert_eq!(
        names
            .lookup("169.254.169.254")
            .await
            .unwrap()
            .addresses
            .len(),
        1
    );
    assert_eq!(names.lookup("localhost").await.unwrap().addresses.len(), 2);
    assert!(matches!(
        names.lookup("other.example").await,
        Err(Unresolved::Failed(_))
    ));
}

#[tokio::test]
async fn a_broken_resolv_conf_is_said_and_stops_nothing() {
    for content in [&b"\xff\xfe\x00garbage"[..], b"nameserver", b"# nothing\n"] {
        let names = Names::from_files(
            &Reading::absent("/etc/hosts"),
            &Reading::found(content.to_vec(), "/etc/resolv.conf"),
        );
        let Err(Unresolved::Failed(why)) = names.lookup("ssm.example").await else {
            panic!("resolved without a server")
        };
        assert!(why.contains("/etc/resolv.conf"), "{why}");
    }
}
