//! One question to AWS, put once: shaped, signed, sent, and its answer read.
//!
//! It never retries, never registers, rotates or takes over anything, and never goes beyond
//! the caller's limit.

pub mod account;
mod channel;
mod identity;
mod query;
mod service;
mod session;
mod tree;

use std::time::Duration;

use http::Request;

use super::endpoint::{Endpoint, endpoint};
use super::sign::{Scope, Unsigned};
use super::{Credentials, Keyring, Target, body};
use crate::network::progress::Progress;
use crate::network::{Response, Stack, Upgraded};
use crate::observations::{
    Call, CallRecord, Failure, LogGroup, NotAsked, Outcome, Path, SessionPreferences,
};
use crate::probe::plan::Question;
use crate::world::World;

/// What every question is put with.
#[derive(Debug, Clone, Copy)]
pub struct Means<'a> {
    /// Clock and environment.
    pub world: &'a World,
    /// The network.
    pub stack: &'a Stack,
    /// How long one question may take, from the name to the last byte.
    pub limit: Duration,
    /// Moves as the question does, so that an interruption can say where it waited.
    pub progress: &'a Progress,
}

/// What became of a question.
#[derive(Debug)]
pub struct Asked {
    /// For the observations.
    pub record: CallRecord,
    /// Credentials that a role-token call gained.
    pub gained: Option<(Path, Credentials)>,
    /// What the answer says beyond yes and no.
    pub learned: Option<Learned>,
}

/// What an answer says beyond yes and no.
#[derive(Debug)]
pub enum Learned {
    /// The session preferences.
    Preferences(SessionPreferences),
    /// The session log's group.
    LogGroup(LogGroup),
}

/// Puts one question. Cannot fail: whatever happens is its record.
pub async fn ask(
    means: Means<'_>,
    target: Option<&Target>,
    keyring: &Keyring,
    question: Question,
) -> Asked {
    let at = means.world.clock.now();
    let clock = means.world.clock.stopwatch();
    let place = target.and_then(|target| place(means, target, question.call));
    let done = match (target, &place) {
        (Some(target), Some(endpoint)) => {
            let put = Put {
                means,
                target,
                keyring,
                endpoint,
                path: question.path,
            };
            put.ask(question.call).await
        }
        _ => Err(NotAsked::NoInstance),
    };
    let done = done.unwrap_or_else(|why| Outcome::NotAsked { why }.into());
    Asked {
        record: CallRecord {
            path: Some(question.path),
            endpoint: place.map(|endpoint| endpoint.authority),
            outcome: clean(done.outcome, keyring),
            at,
            elapsed_ms: clock.elapsed_ms(),
        },
        gained: done.gained.map(|credentials| (question.path, credentials)),
        learned: done.learned,
    }
}

fn place(means: Means<'_>, target: &Target, call: Call) -> Option<Endpoint> {
    endpoint(
        call.service(),
        &target.region,
        &target.config,
        &means.world.env,
    )
}

/// Keeps secrets that a server echoed out of the record.
fn clean(outcome: Outcome, keyring: &Keyring) -> Outcome {
    let text = |text: Option<String>| text.map(|text| keyring.redact(&text));
    match outcome {
        Outcome::Answered(mut answer) => {
            answer.code = text(answer.code);
            answer.message = text(answer.message);
            answer.request_id = text(answer.request_id);
            answer.caller_arn = text(answer.caller_arn);
            Outcome::Answered(answer)
        }
        Outcome::NotAws { status, sign } => Outcome::NotAws {
            status,
            sign: keyring.redact(&sign),
        },
        other => other,
    }
}

/// An outcome, and what came with it.
struct Answered {
    outcome: Outcome,
    gained: Option<Credentials>,
    learned: Option<Learned>,
}

impl From<Outcome> for Answered {
    fn from(outcome: Outcome) -> Self {
        Self {
            outcome,
            gained: None,
            learned: None,
        }
    }
}

/// What became of a question, or why it was not put.
type Done = Result<Answered, NotAsked>;

/// One question with everything it needs at hand.
#[derive(Clone, Copy)]
struct Put<'a> {
    means: Means<'a>,
    target: &'a Target,
    keyring: &'a Keyring,
    endpoint: &'a Endpoint,
    path: Path,
}

impl<'a> Put<'a> {
    async fn ask(self, call: Call) -> Done {
        let outcome = match call {
            Call::GetCallerIdentity => identity::caller_identity(self).await?,
            Call::ListInstanceAssociations => service::associations(self).await?,
            Call::UpdateInstanceInformation => service::update_information(self).await?,
            Call::GetEndpoint => service::message_endpoint(self).await?,
            Call::RequestRoleTokenDefaultHostManagement => {
                return service::token_default_host_management(self).await;
            }
            Call::RequestRoleTokenHybrid => return service::token_hybrid(self).await,
            Call::CreateControlChannel => channel::create_control(self).await?,
            Call::CreateDataChannel => channel::create_data(self).await?,
            Call::OpenControlChannel => channel::open_control(self).await?,
            Call::GetSessionDocument => return session::get_document(self).await,
            Call::DecryptSessionKey => session::decrypt(self).await?,
            Call::GetBucketEncryption => session::bucket_encryption(self).await?,
            Call::DescribeLogGroups => return session::describe_log_groups(self).await,
        };
        Ok(outcome.into())
    }

    /// The credentials of the question's own path.
    fn credentials(self) -> Result<&'a Credentials, NotAsked> {
        self.keyring.get(self.path).ok_or(NotAsked::NoCredentials)
    }

    /// For the signature of this question, now.
    fn scope(self, service: &'a str) -> Scope<'a> {
        Scope {
            service,
            region: &self.endpoint.signing_region,
            at: self.means.world.clock.now(),
        }
    }

    async fn send(self, request: Request<Vec<u8>>) -> Result<Response, Failure> {
        let Means {
            stack,
            limit,
            progress,
            ..
        } = self.means;
        stack.send_marking(request, limit, progress).await
    }

    async fn upgrade(
        self,
        request: Request<Vec<u8>>,
    ) -> Result<(Response, Option<Upgraded>), Failure> {
        let Means {
            stack,
            limit,
            progress,
            ..
        } = self.means;
        stack.upgrade(request, limit, progress).await
    }
}

/// The answer to a request, or where it failed.
fn outcome_of(sent: Result<Response, Failure>) -> Outcome {
    match sent {
        Ok(response) => body::outcome(&response),
        Err(failure) => Outcome::Failed { failure },
    }
}

/// The text of a success that is whole.
fn good<E>(sent: &Result<Response, E>) -> Option<String> {
    let response = sent.as_ref().ok()?;
    (response.status == 200 && !response.cut).then(|| response.text())
}

/// A request that could not be signed was not asked: without a usable key there is nothing to
/// sign with, and anything else is a fault of this program.
impl From<Unsigned> for NotAsked {
    fn from(unsigned: Unsigned) -> Self {
        match unsigned {
            Unsigned::Key => Self::NoCredentials,
            Unsigned::Request => Self::ToolFailed,
        }
    }
}

#[cfg(test)]
#[path = "call_tests.rs"]
mod tests;
