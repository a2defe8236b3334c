use std::time::Duration;

use http::Request;
use rcgen::date_time_ymd;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{BODY_LIMIT, Response, Stack};
use crate::network::testing::{Lab, NAME, answering, answering_tls, listen, read_head};
use crate::observations::{Failure, Link};

const LIMIT: Duration = Duration::from_millis(400);

async fn get(stack: &Stack, url: &str) -> Result<Response, Failure> {
    let request = Request::get(url).body(Vec::new()).unwrap();
    let clock = crate::world::Clock::System.stopwatch();
    let sent = stack.send(request, LIMIT).await;
    assert!(
        clock.elapsed() < LIMIT + Duration::from_millis(600),
        "{:?}",
        clock.elapsed()
    );
    sent
}

fn timed_out(link: Link) -> Failure {
    Failure::TimedOut {
        link,
        limit_ms: 400,
    }
}

#[tokio::test]
async fn a_good_answer_over_tls_comes_whole() {
    let lab = Lab::new();
    let port = answering_tls(
        lab.tls(|_| ()),
        b"HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\nx-amzn-requestid: r-1\r\n\r\nno",
    )
    .await;
    let answer = get(&lab.stack(), &format!("https://{NAME}:{port}/"))
        .await
        .unwrap();
    assert_eq!((answer.status, answer.text().as_str()), (403, "no"));
    assert_eq!(answer.header("x-amzn-requestid"), Some("r-1"));
}

#[tokio::test]
async fn a_refused_port_is_not_a_timeout() {
    let lab = Lab::new();
    let port = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let url = format!("https://{NAME}:{port}/");
    assert_eq!(get(&lab.stack(), &url).await.unwrap_err(), Failure::Refused);
}

#[tokio::test]
async fn a_server_that_never_shakes_hands_is_waited_for_at_tls() {
    let lab = Lab::new();
    let port = listen(|mut socket| async move {
        let mut sink = vec![0; 4096];
        while socket.read(&mut sink).await.unwrap_or(0) > 0 {}
    })
    .await;
    let url = format!("https://{NAME}:{port}/");
    assert_eq!(
        get(&lab.stack(), &url).await.unwrap_err(),
        timed_out(Link::Tls)
    );
}

#[tokio::test]
async fn a_server_that_never_answers_is_waited_for_at_http() {
    let lab = Lab::new();
    let tls = lab.tls(|_| ());
    let port = listen(move |socket| {
        let tls = tls.clone();
        async move {
            let mut stream = tls.accept(socket).await.unwrap();
            read_head(&mut stream).await;
            std::future::pending::<()>().await;
        }
    })
    .await;
    let url = format!("https://{NAME}:{port}/");
    assert_eq!(
        get(&lab.stack(), &url).await.unwrap_err(),
        timed_out(Link::Http)
    );
}

#[tokio::test]
async fn a_full_backlog_is_waited_for_at_connect() {
    let lab = Lab::new();
    // Nothing accepts, and a backlog of one is soon full: further connections hang.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut held = Vec::new();
    for _ in 0..4 {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        held.push(tokio::spawn(socket.connect(address)));
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let url = format!("http://127.0.0.1:{}/", address.port());
    assert_eq!(
        get(&lab.stack(), &url).await.unwrap_err(),
        timed_out(Link::Connect)
    );
}

#[tokio::test]
async fn a_closed_handshake_is_a_reset_at_tls() {
    let lab = Lab::new();
    let port = listen(|mut socket| async move {
        let mut hello = [0; 16];
        socket.read_exact(&mut hello).await.unwrap();
    })
    .await;
    let url = format!("https://{NAME}:{port}/");
    assert_eq!(
        get(&lab.stack(), &url).await.unwrap_err(),
        Failure::Reset { link: Link::Tls }
    );
}

#[tokio::test]
async fn a_connection_closed_before_the_answer_is_a_reset_at_http() {
    let lab = Lab::new();
    let port = answering(b"").await;
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(
        get(&lab.stack(), &url).await.unwrap_err(),
        Failure::Reset { link: Link::Http }
    );
}

#[tokio::test]
async fn plain_http_on_the_tls_port_is_no_tls() {
    let lab = Lab::new();
    let port = listen(|mut socket| async move {
        socket
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        let mut sink = vec![0; 4096];
        while socket.read(&mut sink).await.unwrap_or(0) > 0 {}
    })
    .await;
    let url = format!("https://{NAME}:{port}/");
    let failure = get(&lab.stack(), &url).await.unwrap_err();
    assert!(matches!(failure, Failure::TlsRefused { .. }), "{failure:?}");
}

#[tokio::test]
async fn a_server_that_speaks_something_else_is_not_http() {
    let lab = Lab::new();
    let port = answering(b"SSH-2.0-OpenSSH_9.6\r\n\r\n").await;
    let failure = get(&lab.stack(), &format!("http://127.0.0.1:{port}/"))
        .await
        .unwrap_err();
    assert!(matches!(failure, Failure::NotHttp { .. }), "{failure:?}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_not_a_whole_answer() {
    let lab = Lab::new();
    let port = answering(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf").await;
    let failure = get(&lab.stack(), &format!("http://127.0.0.1:{port}/"))
        .await
        .unwrap_err();
    assert!(matches!(failure, Failure::NotHttp { .. }), "{failure:?}");
}

#[tokio::test]
async fn an_unknown_authority_is_named() {
    let lab = Lab::new();
    let foreign = Lab::new();
    let port = answering_tls(foreign.tls(|_| ()), b"").await;
    let url = format!("https://{NAME}:{port}/");
    let Failure::CertificateNotTrusted {
        issuer: Some(issuer),
    } = get(&lab.stack(), &url).await.unwrap_err()
    else {
        panic!("not seen as untrusted")
    };
    assert!(issuer.contains("Test Authority"), "{issuer}");
}

#[tokio::test]
async fn dates_and_names_of_certificates_are_told_apart() {
    let lab = Lab::new();
    let expired = lab.tls(|params| params.not_after = date_time_ymd(2001, 1, 1));
    let early = lab.tls(|params| {
        params.not_before = date_time_ymd(2090, 1, 1);
        params.not_after = date_time_ymd(2099, 1, 1);
    });
    for tls in [expired, early] {
        let port = answering_tls(tls, b"").await;
        let failure = get(&lab.stack(), &format!("https://{NAME}:{port}/"))
            .await
            .unwrap_err();
        assert!(
            matches!(failure, Failure::CertificateTime { .. }),
            "{failure:?}"
        );
    }
    let port = answering_tls(lab.tls(|_| ()), b"").await;
    let failure = get(&lab.stack(), &format!("https://other.example:{port}/"))
        .await
        .unwrap_err();
    assert_eq!(failure, Failure::CertificateName);
}

#[tokio::test]
async fn a_dripping_answer_ends_at_the_limit() {
    let lab = Lab::new();
    let port = listen(|mut socket| async move {
        read_head(&mut socket).await;
        socket
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
            .await
            .unwrap();
        while socket.write_all(b".").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let url = format!("http://127.0.0.1:{port}/");
    assert_eq!(
        get(&lab.stack(), &url).await.unwrap_err(),
        timed_out(Link::Http)
    );
}

#[tokio::test]
async fn a_huge_answer_is_cut_and_says_so() {
    let lab = Lab::new();
    let port = listen(|mut socket| async move {
        read_head(&mut socket).await;
        socket.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        while socket.write_all(&[b'x'; 8192]).await.is_ok() {}
    })
    .await;
    let answer = get(&lab.stack(), &format!("http://127.0.0.1:{port}/"))
        .await
        .unwrap();
    assert!(answer.cut);
    assert_eq!(answer.body.len(), BODY_LIMIT);
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let lab = Lab::new();
    let port = answering(
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    let answer = get(&lab.stack(), &format!("http://127.0.0.1:{port}/"))
        .await
        .unwrap();
    assert_eq!(answer.status, 302);
}

#[tokio::test]
async fn a_name_without_a_server_to_ask_fails_at_once() {
    let lab = Lab::new();
    let failure = get(&lab.stack(), "https://unlisted.example/")
        .await
        .unwrap_err();
    let Failure::NameFailed { why } = failure else {
        panic!("{failure:?}")
    };
    assert!(why.contains("/etc/resolv.conf"), "{why}");
}
