//! Looking once: host, IMDS and AWS side by side, each bounded, until the plan has no more to ask.
//!
//! The edge that drives the others. It has no opinion: `plan` says what to ask, every answer
//! becomes an observation, and whatever dies or hangs leaves a record too. Live credentials stay
//! in the keyring and die with it.

mod account;
mod ending;
mod sessions;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use tokio::task::{Id, JoinError, JoinSet};

use super::endpoints::{self, ProxyWays};
use super::limits::Limits;
use super::plan::{self, Question};
use super::walks::{self, Gained, Walks, Work};
use super::wishes::Wishes;
use super::{begin, secrets};
use crate::aws::call::Means;
use crate::aws::call::account::AccountAsked;
use crate::aws::{Asked, Credentials, Keyring, Target, ask};
use crate::diagnose::identity::Identity;
use crate::diagnose::selection::select;
use crate::diagnose::view::{IMDSV2_MINIMUM, View};
use crate::host::{self, HostSecrets, KeySet};
use crate::imds::{self, ImdsSecrets, container};
use crate::network::progress::Progress;
use crate::network::{Stack, routes};
use crate::observations::{
    AccountCall, Call, Fetched, Host, Imds, NotAsked, Observations, OperatorProfile, Outcome, Path,
    Reading, Routes, TaskMetadata,
};
use crate::secret::Secret;
use crate::world::{Stopwatch, World};

/// How long a question may be silent before the rest of the plan stops waiting for it.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often silence is looked at.
const TICK: Duration = Duration::from_millis(100);

/// Looks once. Cannot fail: what went wrong is part of what was seen. When `interrupted` turns
/// true it stops at once and gives what is known.
pub async fn observe(
    world: &World,
    limits: &Limits,
    wishes: Wishes,
    interrupted: watch::Receiver<bool>,
) -> Observations {
    let (seen, _secrets) = observe_with_secrets(world, limits, wishes, interrupted).await;
    seen
}

/// The same, with every secret that was met on the way, so that a bundle can keep them out.
pub async fn observe_with_secrets(
    world: &World,
    limits: &Limits,
    wishes: Wishes,
    interrupted: watch::Receiver<bool>,
) -> (Observations, Vec<Secret>) {
    let mut run = Run::new(world, *limits, &wishes);
    run.begin();
    run.follow(interrupted).await;
    let secrets = run.secrets();
    (run.finish(), secrets)
}

/// Whom a question is about: in an ECS task always the task, whoever's credentials it uses.
fn subject(seen: &Observations, path: Path) -> Path {
    match select(View::new(seen)).identity.certain() {
        Some(Identity::Ecs) => Path::EcsTaskRole,
        _ => path,
    }
}

/// What a task brings home.
enum Event {
    Host(Box<(Host, HostSecrets)>),
    Stack(Stack, Reading<Routes>),
    Imds(Box<(Imds, ImdsSecrets)>),
    PlainImds(Fetched<bool>),
    Task(Fetched<TaskMetadata>),
    Container(Option<Credentials>),
    Users(Reading<BTreeMap<String, bool>>),
    Operator(Box<(OperatorProfile, Option<KeySet>)>),
    Account(AccountCall, Box<AccountAsked>),
    Answer(Question, Box<Asked>),
    Beside(Gained),
}

/// A question under way.
struct Pending {
    call: Call,
    question: Question,
    progress: Progress,
    at: Timestamp,
    since: Stopwatch,
}

struct Run {
    world: World,
    limits: Limits,
    since: Stopwatch,
    seen: Observations,
    keyring: Keyring,
    host: Option<HostSecrets>,
    imds: Option<ImdsSecrets>,
    container: Option<Credentials>,
    stack: Option<Stack>,
    tasks: JoinSet<Event>,
    pending: BTreeMap<Id, Pending>,
    /// Questions about the account under way.
    account: BTreeMap<Id, account::PendingAccount>,
    /// The session's user that was looked for.
    looked_for: Option<String>,
    /// The task's own services that have not answered yet: they can change the identity.
    task_services: usize,
    walks: Walks,
    /// The tasks of the walks, on which nothing waits but the end of the run.
    beside: BTreeSet<Id>,
    /// The task that asks for a name that must not exist, and since when.
    control: Option<(Id, Stopwatch)>,
}

impl Run {
    fn new(world: &World, limits: Limits, wishes: &Wishes) -> Self {
        Self {
            world: world.clone(),
            limits,
            since: world.clock.stopwatch(),
            seen: begin::nothing_seen(world, wishes),
            keyring: Keyring::default(),
            host: None,
            imds: None,
            container: None,
            stack: None,
            tasks: JoinSet::new(),
            pending: BTreeMap::new(),
            account: BTreeMap::new(),
            looked_for: None,
            task_services: 0,
            walks: Walks::default(),
            beside: BTreeSet::new(),
            control: None,
        }
    }

    /// Host files, trust store and IMDS need nothing of each other.
    fn begin(&mut self) {
        self.look_for_operator();
        let world = self.world.clone();
        self.tasks
            .spawn_blocking(move || Event::Host(Box::new(host::collect(&world))));
        let world = self.world.clone();
        self.tasks
            .spawn_blocking(move || Event::Stack(Stack::read(&world), routes::read(&world)));
        let world = self.world.clone();
        self.tasks.spawn(async move {
            let stack = Stack::without_trust(&world);
            Event::Imds(Box::new(imds::collect(&world, &stack).await))
        });
    }

    /// Takes events until there is nothing left to wait for or to ask.
    async fn follow(&mut self, mut interrupted: watch::Receiver<bool>) {
        let limit = tokio::time::sleep(self.limits.whole);
        tokio::pin!(limit);
        loop {
            let stopped = async {
                // A sender that is gone can no longer interrupt.
                if interrupted.wait_for(|stop| *stop).await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                done = self.tasks.join_next_with_id() => match done {
                    Some(done) => self.take(done),
                    None => return,
                },
                () = tokio::time::sleep(TICK), if self.may_grow_impatient() => {}
                () = &mut limit => break,
                () = stopped => break,
            }
            self.ask_more();
            if self.waits_for_nothing_but_the_control() {
                return;
            }
        }
        self.seen.cut_short = true;
    }

    /// Whether silence may change what is done.
    fn may_grow_impatient(&self) -> bool {
        !self.pending.is_empty() || !self.account.is_empty() || self.tasks.len() == 1
    }

    fn take(&mut self, done: Result<(Id, Event), JoinError>) {
        let (id, event) = match done {
            Ok((id, event)) => (id, Some(event)),
            // A task that panicked is this tool's own failure, never a finding.
            Err(error) => (error.id(), None),
        };
        let pending = self.pending.remove(&id);
        if event.is_some() {
            self.account.remove(&id);
        }
        let is_beside = self.beside.remove(&id);
        match (event, pending) {
            (Some(event), _) => self.learn(event),
            (None, None) if is_beside => {}
            (None, Some(pending)) => {
                let outcome = Outcome::NotAsked {
                    why: NotAsked::ToolFailed,
                };
                self.record(&pending, outcome);
            }
            (None, None) => {
                if !self.lose_account(id) {
                    self.fail();
                }
            }
        }
    }

    fn learn(&mut self, event: Event) {
        match event {
            Event::Host(found) => {
                let (host, secrets) = *found;
                self.seen.network.proxies = host::proxies::observe(&self.world, &host);
                self.seen.host = host;
                secrets::take_machine_keys(&mut self.keyring, &secrets);
                self.host = Some(secrets);
                self.ask_task();
                self.ask_imds_plainly();
            }
            Event::Stack(stack, routes) => {
                self.seen.network.routes = Some(routes);
                self.seen.network.resolver = Some(stack.names.config().clone());
                self.seen.network.trust = Some(stack.trust.observe());
                self.stack = Some(stack);
                self.ask_task();
            }
            Event::Imds(found) => {
                let (imds, secrets) = *found;
                self.seen.imds = imds;
                self.keyring
                    .identity_role
                    .clone_from(&secrets.identity_role);
                self.imds = Some(secrets);
                self.ask_imds_plainly();
            }
            Event::PlainImds(answer) => self.seen.imds.plain_get = answer,
            Event::Task(metadata) => {
                self.seen.task_metadata = metadata;
                self.task_services -= 1;
            }
            Event::Container(credentials) => {
                self.container = credentials;
                self.task_services -= 1;
            }
            Event::Users(users) => self.seen.sessions.users = users,
            Event::Operator(found) => self.take_operator(*found),
            Event::Account(call, asked) => self.take_account(call, *asked),
            Event::Answer(question, asked) => {
                if let Some(learned) = asked.learned {
                    self.take_learned(learned);
                }
                self.seen.calls.insert(question.call, asked.record);
                if let Some((path, credentials)) = asked.gained {
                    self.keyring.insert(path, credentials);
                }
            }
            Event::Beside(gained) => walks::learn(gained, &mut self.seen.network),
        }
        let sources = secrets::Sources {
            host: self.host.as_ref(),
            imds: self.imds.as_ref(),
            container: self.container.as_ref(),
        };
        secrets::fill(&mut self.keyring, &self.seen, sources);
        self.seen.credentials = self.keyring.facts();
        self.look_for_user();
    }

    /// An agent from before IMDSv2 asks without a token; so must this, to see what it sees.
    fn ask_imds_plainly(&mut self) {
        let version = View::new(&self.seen).version();
        let token_came = self.seen.imds.token.value().is_some();
        if token_came && version.is_some_and(|version| version < IMDSV2_MINIMUM) {
            let world = self.world.clone();
            self.tasks.spawn(async move {
                let stack = Stack::without_trust(&world);
                Event::PlainImds(imds::plain_get(&world, &stack).await)
            });
        }
    }

    /// An ECS task's own services, where the agent's environment names them.
    fn ask_task(&mut self) {
        let (Some(secrets), Some(stack)) = (&self.host, &self.stack) else {
            return;
        };
        let environment = self.seen.host.agent.environment.value();
        if let Some(uri) = environment.and_then(|environment| environment.task_metadata_uri.clone())
        {
            let (world, stack) = (self.world.clone(), stack.clone());
            self.task_services += 1;
            self.tasks.spawn(async move {
                Event::Task(container::task_metadata(&world, &stack, &uri).await)
            });
        }
        if let Some(place) = secrets.container.clone() {
            let (world, stack) = (self.world.clone(), stack.clone());
            self.task_services += 1;
            self.tasks.spawn(async move {
                Event::Container(container::credentials(&world, &stack, &place).await)
            });
        }
    }

    /// Puts the questions that the plan wants now.
    fn ask_more(&mut self) {
        let (Some(stack), Some(secrets)) = (&self.stack, &self.host) else {
            return;
        };
        if self.task_services > 0 {
            return;
        }
        let proxies = endpoints::proxies(secrets, &self.world);
        let stack = stack.through(proxies.agent.clone());
        self.walk(&stack, &proxies);
        self.ask_account(&stack);
        let under_way: BTreeSet<Call> = self.pending.values().map(|one| one.call).collect();
        let impatient = self
            .pending
            .values()
            .any(|one| one.since.elapsed() >= PATIENCE);
        let keyring = Arc::new(self.keyring.clone());
        for question in plan::next(&self.seen, &under_way, impatient) {
            let target = Target::of(&self.seen, subject(&self.seen, question.path));
            let progress = Progress::default();
            let pending = Pending {
                call: question.call,
                question,
                progress: progress.clone(),
                at: self.world.clock.now(),
                since: self.world.clock.stopwatch(),
            };
            let (world, stack, keyring) = (self.world.clone(), stack.clone(), Arc::clone(&keyring));
            let limit = self.time_for(question.call);
            let handle = self.tasks.spawn(async move {
                let means = Means {
                    world: &world,
                    stack: &stack,
                    limit,
                    progress: &progress,
                };
                let asked = Box::pin(ask(means, target.as_ref(), &keyring, question)).await;
                Event::Answer(question, Box::new(asked))
            });
            self.pending.insert(handle.id(), pending);
        }
    }

    /// Every secret of the run.
    fn secrets(&self) -> Vec<Secret> {
        let of_host = self.host.iter().flat_map(HostSecrets::all);
        self.keyring.secrets().chain(of_host).cloned().collect()
    }

    /// Walks to every endpoint, beside the questions.
    fn walk(&mut self, stack: &Stack, proxies: &ProxyWays) {
        let limit = self.limits.probe;
        let env = &self.world.env;
        for work in self.walks.begin(&self.seen, stack, env, proxies, limit) {
            self.put_beside(work);
        }
        if self.control.is_none()
            && let Some(work) = walks::control(&self.seen, stack, limit)
        {
            self.control = Some((self.put_beside(work), self.world.clock.stopwatch()));
        }
    }

    fn put_beside(&mut self, work: Work) -> Id {
        let id = self
            .tasks
            .spawn(async move { Event::Beside(work.await) })
            .id();
        self.beside.insert(id);
        id
    }
}
