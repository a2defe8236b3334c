//! A connection that is kept for the next question to the same service, as the agent's SDK keeps
//! its one to IMDS: on a slow way each new connection is a round trip lost.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::Request;

use super::http::{Exchange, as_sent, read_body, within};
use super::progress::Progress;
use super::{Response, Stack};
use crate::observations::{Failure, Link};

/// Room for one open connection to one service.
#[derive(Debug, Default)]
pub struct Kept(Mutex<Option<Exchange>>);

impl Kept {
    fn take(&self) -> Option<Exchange> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn put(&self, exchange: Exchange) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(exchange);
    }
}

impl Stack {
    /// As [`Self::send`], over the kept connection where one is free, and keeping its own.
    ///
    /// A kept connection that the server has closed meanwhile, before a word of an answer, is no
    /// failure: the question then goes over a new one.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn send_keeping(
        &self,
        request: Request<Vec<u8>>,
        limit: Duration,
        kept: &Kept,
    ) -> Result<Response, Failure> {
        let progress = Progress::default();
        let exchange = async {
            if let Some(exchange) = kept.take()
                && let Some(answer) = self.once_more(exchange, &request, limit, &progress).await
            {
                let (exchange, answer) = answer;
                kept.put(exchange);
                return answer;
            }
            let (response, exchange) = self.begin(request, limit, &progress).await?;
            let response = read_body(response, limit, &progress).await?;
            kept.put(exchange);
            Ok(response)
        };
        within(limit, &progress, Box::pin(exchange)).await
    }

    /// `None` = the connection was over before it carried the question.
    async fn once_more(
        &self,
        mut exchange: Exchange,
        request: &Request<Vec<u8>>,
        limit: Duration,
        progress: &Progress,
    ) -> Option<(Exchange, Result<Response, Failure>)> {
        exchange.sender.ready().await.ok()?;
        progress.reached(Link::Http);
        let place = self.place(request.uri()).ok()?;
        let request = as_sent(request.clone(), &place);
        let response = exchange.sender.send_request(request).await.ok()?;
        let answer = read_body(response, limit, progress).await;
        Some((exchange, answer))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use http::Request;
    use tokio::io::AsyncWriteExt as _;

    use super::Kept;
    use crate::network::Stack;
    use crate::network::testing::{Lab, listen, read_head};

    /// Three questions to a server that closes a connection after `most` answers; how many
    /// connections that took.
    async fn connections(most: usize, says_so: bool) -> usize {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let port = listen(move |mut socket| {
            counted.fetch_add(1, Ordering::Relaxed);
            async move {
                for number in 1..=most {
                    if read_head(&mut socket).await.is_empty() {
                        return;
                    }
                    let last = if says_so && number == most {
                        "connection: close\r\n"
                    } else {
                        ""
                    };
                    let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n{last}\r\nok");
                    socket.write_all(answer.as_bytes()).await.unwrap();
                }
            }
        })
        .await;
        let stack = Stack::without_trust(&Lab::new().world());
        let kept = Kept::default();
        for _ in 0..3 {
            let request = Request::get(format!("http://127.0.0.1:{port}/latest/"))
                .body(Vec::new())
                .unwrap();
            let sent = stack.send_keeping(request, Duration::from_secs(5), &kept);
            assert_eq!(sent.await.unwrap().body, b"ok");
        }
        count.load(Ordering::Relaxed)
    }

    #[tokio::test]
    async fn one_connection_carries_every_question() {
        assert_eq!(connections(3, false).await, 1);
    }

    #[tokio::test]
    async fn a_connection_that_the_server_ends_is_no_failure() {
        assert_eq!(connections(1, true).await, 3);
        assert_eq!(connections(1, false).await, 3);
        assert_eq!(connections(2, true).await, 2);
    }
}
