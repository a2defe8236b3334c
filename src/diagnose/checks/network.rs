//! Checks of the way to AWS: each endpoint, and what this host's own settings make of it.

use super::{Judgement, evidence_of};
use crate::diagnose::case::Case;
use crate::diagnose::network_words::sentence;
use crate::diagnose::{endpoints, reach, words};
use crate::observations::{Link, ProxySettings, Service, ServiceNeed};
use crate::report::model::{CheckStatus, Evidence};

pub(super) fn endpoint(case: &Case<'_>, service: Service) -> Judgement {
    let Some(chain) = case.view.all.network.chains.get(&service) else {
        let is_for_sessions = matches!(service, Service::Kms | Service::Logs);
        return if is_for_sessions && reach::need(case.view, service) == ServiceNeed::Useful {
            Judgement::skip("the session preferences, as far as known, do not ask for it")
        } else {
            Judgement::unknown("it was not walked to: the Region is not known, or the run ended")
        };
    };
    let status = endpoints::status(case, service);
    let summary = match (status, reach::fault(case.view, service)) {
        (CheckStatus::Pass, _) => format!("{} answers", chain.host),
        (CheckStatus::Warn, Some(fault)) => format!(
            "{} Session Manager does not need it.",
            sentence(case, service, &fault)
        ),
        (_, Some(fault)) => sentence(case, service, &fault),
        (_, None) if chain.http.value().is_some() => {
            "something answered, and nothing tells whether it is AWS".to_owned()
        }
        (_, None) => "the run ended before it answered".to_owned(),
    };
    let report = endpoints::judge(case);
    let links = report.iter().filter(|one| one.service == service.name());
    let seen = links.flat_map(|one| {
        one.links.iter().map(|link| Evidence {
            source: format!("{}, {}", one.host, link_name(link.link)),
            value: format!("{} ({} ms)", link.detail, link.elapsed_ms),
            observed_at: one.observed_at,
        })
    });
    Judgement::new(status, summary).resting_on_all(seen.collect::<Vec<_>>())
}

fn link_name(link: Link) -> &'static str {
    match link {
        Link::Resolve => "name",
        Link::Connect => "TCP",
        Link::Tls => "TLS",
        Link::Http => "HTTP without a signature",
    }
}

pub(super) fn resolver(case: &Case<'_>) -> Judgement {
    let network = &case.view.all.network;
    let seen = network.resolver.as_ref().map(|config| {
        evidence_of(config, |config| {
            let servers: Vec<String> = config.servers.iter().map(ToString::to_string).collect();
            format!("servers {}", servers.join(", "))
        })
    });
    let mut chains = network.chains.iter();
    let judgement = if network.resolver_lies == Some(true) {
        Judgement::fail("it gives addresses to names that cannot exist")
    } else if chains
        .clone()
        .any(|(service, chain)| service.is_required() && chain.resolve.failure().is_some())
    {
        Judgement::fail("a required name does not resolve")
    } else if chains.any(|(_, chain)| chain.resolve.value().is_some()) {
        Judgement::pass("the required names resolve")
    } else {
        Judgement::unknown("no name was asked for")
    };
    judgement.resting_on_all(seen)
}

pub(super) fn routes(case: &Case<'_>) -> Judgement {
    let Some(reading) = &case.view.all.network.routes else {
        return Judgement::unknown("the routing table was not read");
    };
    let seen = evidence_of(reading, |routes| {
        format!(
            "default route IPv4 {}, IPv6 {}{}",
            yes(routes.default_ipv4),
            yes(routes.default_ipv6),
            routes
                .metadata
                .as_ref()
                .map_or_else(String::new, |route| format!(", {}", words::route(route)))
        )
    });
    let judgement = match reading.value() {
        None => Judgement::unknown("the routing table could not be read"),
        Some(routes)
            if routes
                .metadata
                .as_ref()
                .is_some_and(|one| one.way.is_dead_end()) =>
        {
            Judgement::warn("the route to 169.254.169.254 leads nowhere")
        }
        Some(routes) if routes.default_ipv4 || routes.default_ipv6 => {
            Judgement::pass("there is a default route")
        }
        Some(_) => Judgement::warn("there is no default route"),
    };
    judgement.resting_on(seen)
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

/// The agent's proxies against those that a person would look at.
pub(super) fn proxy(case: &Case<'_>) -> Judgement {
    let proxies = &case.view.all.network.proxies;
    let places = [
        ("the agent's process", &proxies.agent),
        ("the agent's unit and drop-ins", &proxies.unit),
        ("the shell of this run", &proxies.shell),
        ("/etc/environment", &proxies.environment_file),
    ];
    let seen = places.iter().filter_map(|(source, set)| {
        Some(Evidence {
            source: (*source).to_owned(),
            value: settings(set.as_ref()?),
            observed_at: None,
        })
    });
    let seen: Vec<Evidence> = seen.collect();
    let https = |set: &Option<ProxySettings>| set.as_ref().and_then(|set| set.https_proxy.clone());
    let own =
        https(&proxies.agent).or_else(|| https(&proxies.unit).filter(|_| proxies.agent.is_none()));
    let others = [&proxies.shell, &proxies.environment_file];
    let differs = others
        .iter()
        .filter_map(|set| https(set))
        .any(|other| Some(&other) != own.as_ref());
    let judgement = match own {
        Some(own) if differs => Judgement::warn(format!(
            "the agent goes through {own}, and the shell or /etc/environment through another"
        )),
        Some(own) => Judgement::pass(format!("the agent goes through {own}")),
        None if differs => {
            Judgement::warn("the shell or /etc/environment has a proxy, and the agent has none")
        }
        None => Judgement::pass("no proxy is set"),
    };
    judgement.resting_on_all(seen)
}

fn settings(set: &ProxySettings) -> String {
    let part =
        |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name}={value}"));
    let parts = [
        part("https_proxy", &set.https_proxy),
        part("http_proxy", &set.http_proxy),
        part("no_proxy", &set.no_proxy),
    ];
    let said: Vec<String> = parts.into_iter().flatten().collect();
    if said.is_empty() {
        "no proxy".to_owned()
    } else {
        said.join(" ")
    }
}

pub(super) fn trust(case: &Case<'_>) -> Judgement {
    let Some(store) = &case.view.all.network.trust else {
        return Judgement::unknown("the trust store was not read");
    };
    let judgement = match (store.roots, &store.problem) {
        (0, _) => Judgement::fail("no trusted root was found"),
        (roots, Some(problem)) => Judgement::warn(format!("{roots} roots; {problem}")),
        (roots, None) if store.chosen_by_shell => Judgement::warn(format!(
            "{roots} roots, named by AWS_CA_BUNDLE of this shell; the agent goes by the system's store, which may trust less"
        )),
        (roots, None) => Judgement::pass(format!("{roots} roots")),
    };
    judgement.resting_on(Evidence {
        source: if store.source.is_empty() {
            "the trust store".to_owned()
        } else {
            store.source.clone()
        },
        value: format!("{} roots", store.roots),
        observed_at: None,
    })
}
