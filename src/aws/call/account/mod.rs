//! Questions about the account, with the operator's profile or, at `full`, the node's own role.
//!
//! All are reads. The operator's credentials are taken for these and for nothing else.

mod fleet;
mod iam;

use http::Request;

use super::{Means, clean, good, outcome_of};
use crate::aws::endpoint::{Endpoint, endpoint};
use crate::aws::sign::Scope;
use crate::aws::{Credentials, Keyring};
use crate::diagnose::simulation::Simulating;
use crate::network::Response;
use crate::observations::{
    AccountCall, CallRecord, Config, Failure, FleetNode, NotAsked, Outcome, RoleFacts,
    SessionPreferences, Simulation,
};
use crate::probe::account::{AccountQuestion, Asker};

/// What the questions are about.
#[derive(Debug, Clone)]
pub struct AccountTarget {
    /// The node's id.
    pub instance_id: String,
    /// Its Region.
    pub region: String,
    /// The agent's effective configuration: its endpoints lead where this host can go.
    pub config: Config,
    /// The name of its role.
    pub role: Option<String>,
    /// What to simulate.
    pub simulating: Option<Simulating>,
}

/// What an answer says beyond yes and no.
#[derive(Debug)]
pub enum AccountFact {
    /// Who the operator is.
    Caller(String),
    /// The role.
    Role(RoleFacts),
    /// Its managed policies.
    Attached(Vec<String>),
    /// Its inline policies.
    Inline(Vec<String>),
    /// The simulation.
    Simulation(Simulation),
    /// The role of Default Host Management; empty = off.
    Setting(String),
    /// The node in the fleet.
    Fleet(FleetNode),
    /// Its connection.
    Connection(String),
    /// The session preferences.
    Preferences(SessionPreferences),
}

/// What became of a question.
#[derive(Debug)]
pub struct AccountAsked {
    /// For the observations.
    pub record: CallRecord,
    /// What the answer says.
    pub fact: Option<AccountFact>,
}

/// Puts one question about the account. Cannot fail: whatever happens is its record.
pub async fn ask_account(
    means: Means<'_>,
    target: &AccountTarget,
    keyring: &Keyring,
    question: AccountQuestion,
) -> AccountAsked {
    let at = means.world.clock.now();
    let clock = means.world.clock.stopwatch();
    let service = question.call.service();
    let place = endpoint(service, &target.region, &target.config, &means.world.env);
    let done = match &place {
        Some(endpoint) => {
            let put = Put {
                means,
                target,
                keyring,
                endpoint,
                question,
            };
            put.ask().await
        }
        None => Err(NotAsked::NoInstance),
    };
    let (outcome, fact) = done.unwrap_or_else(|why| (Outcome::NotAsked { why }, None));
    let outcome = match (outcome, &fact) {
        (Outcome::Answered(mut answer), Some(AccountFact::Caller(arn))) => {
            answer.caller_arn = Some(arn.clone());
            Outcome::Answered(answer)
        }
        (outcome, _) => outcome,
    };
    AccountAsked {
        record: CallRecord {
            path: match question.asker {
                Asker::Operator => None,
                Asker::Node(path) => Some(path),
            },
            endpoint: place.map(|endpoint| endpoint.authority),
            outcome: clean(outcome, keyring),
            at,
            elapsed_ms: clock.elapsed_ms(),
        },
        fact,
    }
}

/// One question with everything it needs at hand.
#[derive(Clone, Copy)]
struct Put<'a> {
    means: Means<'a>,
    target: &'a AccountTarget,
    keyring: &'a Keyring,
    endpoint: &'a Endpoint,
    question: AccountQuestion,
}

impl<'a> Put<'a> {
    async fn ask(self) -> Result<(Outcome, Option<AccountFact>), NotAsked> {
        let call = self.question.call;
        let operation = call.operation();
        if call.service() == "ssm" {
            return fleet::ask(self).await;
        }
        let simulating = self.target.simulating.as_ref();
        let fields = match call {
            AccountCall::OperatorIdentity => Vec::new(),
            AccountCall::SimulatePrincipalPolicy => {
                iam::simulation_fields(simulating.ok_or(NotAsked::NoInstance)?)
            }
            _ => iam::role_name(self)?,
        };
        let sent = iam::query(self, operation, &fields).await?;
        let fact = good(&sent).and_then(|text| iam::read(operation, &text, simulating));
        Ok((outcome_of(sent), fact))
    }

    /// The asker's credentials, and nobody else's.
    fn credentials(self) -> Result<&'a Credentials, NotAsked> {
        let found = match self.question.asker {
            Asker::Operator => self.keyring.operator.as_ref(),
            Asker::Node(path) => self.keyring.get(path),
        };
        found.ok_or(NotAsked::NoCredentials)
    }

    fn scope(self, service: &'a str) -> Scope<'a> {
        Scope {
            service,
            region: &self.endpoint.signing_region,
            at: self.means.world.clock.now(),
        }
    }

    async fn send(self, request: Request<Vec<u8>>) -> Result<Response, Failure> {
        let means = self.means;
        means
            .stack
            .send_marking(request, means.limit, means.progress)
            .await
    }
}
