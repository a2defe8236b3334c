//! Which endpoints are walked to, and by which ways: a pure function of what is known so far.

use std::collections::BTreeSet;

use crate::aws::Target;
use crate::aws::endpoint::{self, Endpoint};
use crate::diagnose::identity::Identity;
use crate::diagnose::selection::select;
use crate::diagnose::sessions;
use crate::diagnose::view::{ImdsUse, Machine, View};
use crate::host::{self, HostSecrets};
use crate::network::chain::Way;
use crate::network::proxy::Settings;
use crate::observations::{Config, Observations, Path, Service};
use crate::world::{Env, World};

/// Where IMDS really is: only there does its answer prove a VPC around this host.
const IMDS: [&str; 2] = ["http://169.254.169.254", "http://[fd00:ec2::254]"];

/// The proxies of the agent, and those of the shell that this was started from.
#[derive(Debug, Clone, Default)]
pub(super) struct ProxyWays {
    pub(super) agent: Settings,
    pub(super) shell: Settings,
}

/// The proxies as the host's files and this run's own environment set them.
pub(super) fn proxies(secrets: &HostSecrets, world: &World) -> ProxyWays {
    ProxyWays {
        agent: secrets.proxies.clone(),
        shell: host::proxies::of_environment(&world.env),
    }
}

/// The Region whose endpoints matter; `None` = not known, or something that decides it has not
/// answered yet.
pub(super) fn region(seen: &Observations) -> Option<String> {
    let view = View::new(seen);
    let identity = select(view).identity.certain();
    let of = |path| Target::of(seen, path).map(|target| target.region);
    match identity {
        Some(Identity::OnPrem) => of(Path::HybridActivation),
        Some(Identity::Ecs) => of(Path::EcsTaskRole),
        Some(Identity::Custom) => of(Path::CustomIdentity),
        Some(Identity::Ec2) | None if view.imds() == ImdsUse::NotAsked => None,
        Some(Identity::Ec2) | None => view.region(false).map(str::to_owned).or_else(|| {
            // An agent that once registered here wrote down where.
            view.registered_region().map(str::to_owned)
        }),
    }
    .filter(|region| endpoint::is_region(region))
}

/// The services to walk to, as far as is known now what is needed.
fn needed(seen: &Observations) -> BTreeSet<Service> {
    let always = [
        Service::Ssm,
        Service::Ssmmessages,
        Service::Ec2messages,
        Service::S3,
        Service::Sts,
    ];
    let for_sessions = sessions::services(View::new(seen));
    always.into_iter().chain(for_sessions).collect()
}

/// The ways to every endpoint that matters in a Region.
pub(super) fn ways(
    seen: &Observations,
    region: &str,
    env: &Env,
    proxies: &ProxyWays,
) -> Vec<(Service, Way)> {
    let config = View::new(seen).config();
    let may_ask_vpc = is_in_a_vpc(seen);
    needed(seen)
        .into_iter()
        .filter_map(|service| {
            let found = endpoint::endpoint(service.name(), region, &config, env)?;
            let plain = endpoint::endpoint(service.name(), region, &Config::defaults(), env);
            let default_base = plain
                .map(|plain| plain.base)
                .filter(|plain| *plain != found.base);
            let way = Way {
                path: path(service, region),
                overridden: default_base.is_some(),
                default_base,
                other: other_way(&found, proxies),
                base: found.base,
                may_ask_vpc,
            };
            Some((service, way))
        })
        .collect()
}

/// Past the agent's proxy, or through the shell's where the agent has none.
fn other_way(found: &Endpoint, proxies: &ProxyWays) -> Option<Settings> {
    let uri: http::Uri = found.base.parse().ok()?;
    let (host, is_tls) = (uri.host()?, uri.scheme_str() != Some("http"));
    let port = uri.port_u16().unwrap_or(443);
    if proxies.agent.proxy_for(is_tls, host, port).is_some() {
        return Some(Settings::default());
    }
    proxies.shell.proxy_for(is_tls, host, port)?;
    Some(proxies.shell.clone())
}

/// What is asked for without a signature. Of S3 the file that the agent itself reads there.
///
/// Source: agent `agent/updateutil`: `amazon-ssm-<region>/latest/VERSION`.
fn path(service: Service, region: &str) -> String {
    match service {
        Service::S3 => format!("/amazon-ssm-{region}/latest/VERSION"),
        Service::Ssm
        | Service::Ssmmessages
        | Service::Ec2messages
        | Service::Sts
        | Service::Kms
        | Service::Logs => "/".to_owned(),
    }
}

fn is_in_a_vpc(seen: &Observations) -> bool {
    let machine = View::new(seen).machine();
    matches!(machine, Machine::Ec2ByImds | Machine::Ec2ByFirmware)
        && IMDS.contains(&seen.imds.endpoint.as_str())
}
