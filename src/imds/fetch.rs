//! One bounded question to a local metadata service.

use std::time::Duration;

use http::Request;
use jiff::Timestamp;

use crate::network::{Kept, Response, Stack};
use crate::observations::{Failure, Fetched};
use crate::secret::Secret;
use crate::world::World;

/// How long one question may take, as in the agent's SDK.
pub(super) const LIMIT: Duration = Duration::from_secs(1);
/// How long a token shall live, in seconds: longer than any run.
const TOKEN_SECONDS: u32 = 300;
/// Longest token that is taken; real ones have 56 characters.
const TOKEN_LIMIT: usize = 4_096;
/// The header that sets and tells a token's lifetime.
const TTL_HEADER: &str = "x-aws-ec2-metadata-token-ttl-seconds";

/// A metadata service at one address.
pub(super) struct Service<'a> {
    world: &'a World,
    stack: &'a Stack,
    base: &'a str,
    /// From the token to the credentials it is one connection, as in the agent's SDK.
    kept: Kept,
}

impl<'a> Service<'a> {
    pub(super) fn new(world: &'a World, stack: &'a Stack, base: &'a str) -> Self {
        Self {
            world,
            stack,
            base,
            kept: Kept::default(),
        }
    }

    /// `PUT api/token`: its lifetime for the observations, and the token.
    pub(super) async fn token(&self) -> (Fetched<u32>, Option<Secret>) {
        let request = Request::put(self.url("api/token"))
            .header(TTL_HEADER, TOKEN_SECONDS)
            .body(Vec::new());
        let (at, sent) = self.send(request).await;
        let lifetime = sent
            .as_ref()
            .ok()
            .and_then(|response| response.header(TTL_HEADER)?.trim().parse().ok());
        let mut token = None;
        let observed = fetched(at, sent, |text| {
            let is_token = text.len() <= TOKEN_LIMIT && text.bytes().all(|b| b.is_ascii_graphic());
            if !is_token {
                return Err("not a token".to_owned());
            }
            token = Some(Secret::new(text.to_owned()));
            Ok(lifetime.unwrap_or(TOKEN_SECONDS))
        });
        (observed, token)
    }

    /// `GET meta-data/` without a token: whether the body looks like a metadata index.
    pub(super) async fn plain_get(&self) -> Fetched<bool> {
        let request = Request::get(self.url("meta-data/")).body(Vec::new());
        let (at, sent) = self.send(request).await;
        fetched(at, sent, |text| {
            Ok(text.lines().any(|line| line.trim() == "instance-id"))
        })
    }

    /// `GET` of a path with a token.
    pub(super) async fn get<T>(
        &self,
        path: &str,
        token: &Secret,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Fetched<T> {
        let request = Request::get(self.url(path))
            .header("x-aws-ec2-metadata-token", token.expose())
            .body(Vec::new());
        let (at, sent) = self.send(request).await;
        fetched(at, sent, parse)
    }

    fn url(&self, path: &str) -> String {
        format!("{}/latest/{path}", self.base)
    }

    async fn send(
        &self,
        request: Result<Request<Vec<u8>>, http::Error>,
    ) -> (Timestamp, Result<Response, Failure>) {
        let at = self.world.clock.now();
        let sent = match request {
            Ok(request) => self.stack.send_keeping(request, LIMIT, &self.kept).await,
            Err(error) => Err(Failure::NameFailed {
                why: format!("`{}` is no address: {error}", self.base),
            }),
        };
        (at, sent)
    }
}

/// An answer as an observation, its body read by `parse`.
pub(super) fn fetched<T>(
    at: Timestamp,
    sent: Result<Response, Failure>,
    parse: impl FnOnce(&str) -> Result<T, String>,
) -> Fetched<T> {
    let response = match sent {
        Ok(response) => response,
        Err(failure) => return Fetched::Failed { failure, at },
    };
    if response.status != 200 {
        return Fetched::Status {
            status: response.status,
            at,
        };
    }
    if response.cut {
        let why = "longer than any answer of this service".to_owned();
        return Fetched::Malformed { why, at };
    }
    let text = response.text();
    let text = text.trim();
    if text.is_empty() {
        return Fetched::Empty { at };
    }
    match parse(text) {
        Ok(value) => Fetched::Value { value, at },
        Err(why) => Fetched::Malformed { why, at },
    }
}
