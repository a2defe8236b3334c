//! The story of `policy eval` and `policy minimal`.

use std::collections::BTreeMap;
use std::path::Path;

use crate::aws::endpoint;
use crate::catalogue::{Capability, MANAGED_POLICIES};
use crate::cli::ListForm;
use crate::cli::node::NodeArgs;
use crate::cli::policy::{Chosen, EvalArgs, MinimalArgs, PolicyCommand, PolicyForm, TrustKind};
use crate::exit::Exit;
use crate::input;
use crate::output::{self, Unwritten};
use crate::policy::{
    Coverage, Given, KeyState, Node, Place, Plan, Question, Trust, judge, minimal, trust_policy,
};
use crate::report::{self, Style};
use crate::world::World;

/// Largest document that is read, in bytes. The largest policy that AWS takes has 20 480
/// characters; this leaves room for white space, URL encoding and what tools print around it.
const DOCUMENT_LIMIT: u64 = 128 * 1024;

/// Does what the command line says.
pub(super) async fn run(command: PolicyCommand, world: &World) -> Result<Exit, Unwritten> {
    match command {
        PolicyCommand::Eval(args) => eval(&args, world).await,
        PolicyCommand::Minimal(args) => write_minimal(&args),
    }
}

async fn eval(args: &EvalArgs, world: &World) -> Result<Exit, Unwritten> {
    let (given, stated) = match (read_all(args).await, stated(args)) {
        (Ok(given), Ok(stated)) => (given, stated),
        (Err(why), _) | (_, Err(why)) => {
            output::complain(&why);
            return Ok(Exit::Usage);
        }
    };
    let node = Node {
        now: Some(world.clock.now()),
        ..node(&args.node)
    };
    let mut capabilities = Chosen::capabilities(&args.capabilities);
    if capabilities.is_empty() && args.action.is_empty() {
        capabilities.extend(Capability::find("session-manager"));
    }
    let verdict = judge(
        &given,
        &Question {
            node: &node,
            stated: &stated,
            capabilities,
            optional: args.optional,
            actions: &args.action,
            resources: &args.resource,
        },
    );
    output::print(&match args.output {
        ListForm::Text => report::policy_verdict(&verdict, Style::PLAIN),
        ListForm::Json => report::json(&verdict),
    })?;
    Ok(if given.iter().any(Given::is_broken) {
        Exit::Usage
    } else {
        match verdict.coverage {
            Coverage::Covered => Exit::Usable,
            Coverage::NotCovered => Exit::Blocked,
            Coverage::Unknown => Exit::Inconclusive,
        }
    })
}

/// Every document of the command line, read for its place.
async fn read_all(args: &EvalArgs) -> Result<Vec<Given>, String> {
    let places = places(args);
    if places.is_empty() {
        return Err("give a document: a file, `-`, or the name of a managed policy".to_owned());
    }
    if places
        .iter()
        .filter(|(argument, _)| *argument == "-")
        .count()
        > 1
    {
        return Err("standard input can be read once only".to_owned());
    }
    let mut given = Vec::with_capacity(places.len());
    for (argument, place) in places {
        given.push(read(argument, place).await?);
    }
    Ok(given)
}

fn places(args: &EvalArgs) -> Vec<(&str, Place)> {
    let mut found: Vec<(&str, Place)> = Vec::new();
    let identity = args.documents.iter().chain(&args.identity);
    found.extend(identity.map(|one| (one.as_str(), Place::Identity)));
    let boundary = args.boundary.iter();
    found.extend(boundary.map(|one| (one.as_str(), Place::Boundary)));
    found.extend(
        args.session
            .iter()
            .map(|one| (one.as_str(), Place::Session)),
    );
    for (level, documents) in args.scp.iter().enumerate() {
        let documents = documents.split(',').filter(|one| !one.is_empty());
        found.extend(documents.map(|one| (one, Place::ServiceControl(level))));
    }
    let rcps = args.rcp.iter();
    found.extend(rcps.map(|one| (one.as_str(), Place::ResourceControl)));
    for argument in &args.endpoint {
        let (service, document) = scoped(argument);
        found.push((document, Place::Endpoint(service)));
    }
    for argument in &args.resource_policy {
        let (service, document) = scoped(argument);
        found.push((document, Place::Resource(service)));
    }
    found
}

/// `SERVICE=DOCUMENT`, or a document alone.
fn scoped(argument: &str) -> (Option<String>, &str) {
    let is_service = |text: &str| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        !text.is_empty() && text.chars().all(plain)
    };
    match argument.split_once('=') {
        Some((service, document)) if is_service(service) => (Some(service.to_owned()), document),
        _ => (None, argument),
    }
}

async fn read(argument: &str, place: Place) -> Result<Given, String> {
    if argument == "unreadable" {
        return Ok(Given::unreadable(place));
    }
    if let Some(given) = Given::by_name(argument, &place) {
        return Ok(given);
    }
    if argument.starts_with("arn:") {
        return Err(format!(
            "`{argument}` is not held here; give the output of `aws iam get-policy-version`"
        ));
    }
    let bytes = input::read(Path::new(argument), DOCUMENT_LIMIT)
        .await
        .map_err(|why| format!("cannot read `{argument}`: {why}{}", meant(argument)))?;
    let text = String::from_utf8(bytes).map_err(|_binary| format!("`{argument}` is not text"))?;
    Ok(Given::from_text(argument, &text, place))
}

/// The managed policy that was probably meant by a name that is no file.
fn meant(argument: &str) -> String {
    MANAGED_POLICIES
        .iter()
        .map(|policy| (strsim::jaro(policy.name, argument), policy.name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map_or_else(String::new, |(_, name)| format!("; did you mean `{name}`?"))
}

/// What is stated of the condition keys; a key that is given again has several values.
fn stated(args: &EvalArgs) -> Result<Vec<(String, KeyState)>, String> {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, value) in &args.context {
        let key = key.to_ascii_lowercase();
        values.entry(key).or_default().push(value.clone());
    }
    let mut stated = Vec::new();
    for key in &args.absent {
        let key = key.to_ascii_lowercase();
        if values.contains_key(&key) {
            return Err(format!(
                "`{key}` has a value and is absent: only one can hold"
            ));
        }
        stated.push((key, KeyState::Absent));
    }
    let given = values.into_iter();
    stated.extend(given.map(|(key, values)| (key, KeyState::Values(values))));
    Ok(stated)
}

fn write_minimal(args: &MinimalArgs) -> Result<Exit, Unwritten> {
    match plan(args) {
        Ok(plan) if plan.policy.is_none() && plan.trust.is_none() => {
            output::complain("what was chosen needs no permission of the role");
            Ok(Exit::Usable)
        }
        Ok(plan) => {
            let node = node(&args.node);
            let text = match args.output {
                PolicyForm::Document => plan.as_documents(),
                PolicyForm::Cli => plan.as_commands(&node),
                PolicyForm::Cloudformation => plan.as_cloudformation(),
                PolicyForm::Terraform => plan.as_terraform(),
            };
            match &args.output_file {
                Some(file) => output::write_file(file, &text, 0o600)?,
                None => output::print(&text)?,
            }
            Ok(Exit::Usable)
        }
        Err(why) => {
            output::complain(&why);
            Ok(Exit::Usage)
        }
    }
}

fn plan(args: &MinimalArgs) -> Result<Plan, String> {
    let node = node(&args.node);
    let chosen = Chosen::capabilities(&args.capabilities);
    let policy = minimal(&node, &chosen, args.optional).map_err(|missing| missing.to_string())?;
    let trust = match args.trust.map(Trust::from) {
        Some(trust) => {
            let document = trust_policy(&node, trust).map_err(|missing| missing.to_string())?;
            Some((trust, document))
        }
        None => None,
    };
    let role = match (&node.role, args.output) {
        (Some(role), _) => role.clone(),
        (None, PolicyForm::Document) => String::new(),
        (None, _) => return Err("this form needs --role".to_owned()),
    };
    Ok(Plan {
        policy,
        trust,
        role,
    })
}

impl From<TrustKind> for Trust {
    fn from(kind: TrustKind) -> Self {
        match kind {
            TrustKind::Ec2 => Self::Ec2,
            TrustKind::Hybrid => Self::Hybrid,
            TrustKind::Dhmc => Self::DefaultHostManagement,
        }
    }
}

/// The node that the options name; single names outweigh the principal's.
fn node(args: &NodeArgs) -> Node {
    let principal = args.principal.as_deref();
    let by_principal = principal.map_or_else(Node::default, Node::of_principal);
    let of_region = args.region.as_deref().map(endpoint::partition);
    let partition = args
        .partition
        .clone()
        .or_else(|| by_principal.partition.clone());
    Node {
        path: args.path.map(Into::into),
        partition: partition.or_else(|| of_region.map(str::to_owned)),
        region: args.region.clone(),
        account: args
            .account
            .clone()
            .or_else(|| by_principal.account.clone()),
        node_id: args
            .node_id
            .clone()
            .or_else(|| by_principal.node_id.clone()),
        role: args.role.clone().or_else(|| by_principal.role.clone()),
        kms_key_arn: args.session_kms_key.as_deref().map(key_arn),
        bucket: args.session_log_bucket.clone(),
        prefix: args.session_log_prefix.clone(),
        log_group: args.session_log_group.clone(),
        parameter: args.parameter.clone(),
        secret: args.secret.clone(),
        directory_id: args.directory_id.clone(),
        ..by_principal
    }
}

/// The ARN of a key that may be given by its id, then of this account and Region.
fn key_arn(key: &str) -> String {
    if key.starts_with("arn:") {
        return key.to_owned();
    }
    format!("arn:{{partition}}:kms:{{region}}:{{account}}:key/{key}")
}
