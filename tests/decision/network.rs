//! The chain judged: made-up chains to each endpoint, spoiled one link at a time.

use std::net::IpAddr;

use ssm_probe::observations::{
    Attempt, Chain, Connected, Failure, Handshake, HttpAnswer, Link, Resolved, Service, Step,
    TrustStore,
};
use ssm_probe::report::model::Severity;

use crate::seen::{Seen, now};

const PUBLIC: &str = "52.94.1.1";
const PRIVATE: &str = "10.0.1.5";

fn held<T>(value: T) -> Step<T> {
    Step::Held {
        value,
        at: now(),
        elapsed_ms: 10,
    }
}

fn broke<T>(failure: Failure) -> Step<T> {
    Step::Broke {
        failure,
        at: now(),
        elapsed_ms: 10,
    }
}

fn silent(link: Link) -> Failure {
    Failure::TimedOut {
        link,
        limit_ms: 3000,
    }
}

fn resolved(address: &str) -> Step<Resolved> {
    held(Resolved {
        addresses: vec![address.parse().expect("an address")],
        cnames: Vec::new(),
        source: "10.0.0.2".to_owned(),
    })
}

/// A chain on which AWS answers, at this address.
fn whole(service: Service, address: &str) -> Chain {
    let ip: IpAddr = address.parse().expect("an address");
    Chain {
        host: format!("{}.eu-west-1.amazonaws.com", service.name()),
        port: 443,
        overridden: false,
        proxy: None,
        resolve: resolved(address),
        vpc_resolve: None,
        connect: held(Connected { address: ip }),
        attempts: vec![Attempt {
            address: ip,
            step: held(()),
        }],
        tls: held(Handshake {
            version: "TLSv1.3".to_owned(),
            issuer: Some("Amazon RSA 2048 M01".to_owned()),
            not_after: None,
        }),
        presented: Vec::new(),
        trusted_by_built_in: None,
        http: held(HttpAnswer {
            status: 404,
            is_aws: true,
            sign: None,
            date: Some(now()),
        }),
        other_way_works: None,
        default_works: None,
    }
}

/// The same, broken at a link.
fn broken(service: Service, address: &str, failure: Failure) -> Chain {
    let mut chain = whole(service, address);
    chain.http = Step::NotAsked;
    match failure {
        Failure::NameNotFound
        | Failure::NameFailed { .. }
        | Failure::TimedOut {
            link: Link::Resolve,
            ..
        } => {
            chain.resolve = broke(failure);
            chain.connect = Step::NotAsked;
            chain.tls = Step::NotAsked;
        }
        Failure::CertificateName
        | Failure::CertificateNotTrusted { .. }
        | Failure::CertificateTime { .. }
        | Failure::TlsRefused { .. }
        | Failure::TimedOut {
            link: Link::Tls, ..
        } => chain.tls = broke(failure),
        _ => {
            chain.connect = broke(failure);
            chain.tls = Step::NotAsked;
        }
    }
    chain
}

fn with(chains: impl IntoIterator<Item = (Service, Chain)>) -> Seen {
    let mut seen = Seen::ec2();
    seen.0.network.chains = chains.into_iter().collect();
    seen
}

fn both(make: impl Fn(Service) -> Chain) -> Seen {
    with([Service::Ssm, Service::Ssmmessages].map(|service| (service, make(service))))
}

#[track_caller]
fn check(seen: &Seen, cause: &str) {
    let report = seen.report();
    assert_eq!(
        report.verdict.cause.as_deref(),
        Some(cause),
        "{:#?}",
        report.findings
    );
}

fn untrusted() -> Failure {
    Failure::CertificateNotTrusted {
        issuer: Some("CN=Inspector".to_owned()),
    }
}

#[test]
fn f44_public_and_silent_is_no_way_out() {
    check(
        &both(|service| broken(service, PUBLIC, silent(Link::Connect))),
        "no-route-to-endpoints",
    );
}

#[test]
fn f46_one_of_two_is_missing() {
    let seen = with([
        (Service::Ssm, whole(Service::Ssm, PRIVATE)),
        (
            Service::Ssmmessages,
            broken(Service::Ssmmessages, PUBLIC, silent(Link::Connect)),
        ),
    ]);
    check(&seen, "endpoint-missing");
}

#[test]
fn f47_a_private_address_that_does_not_accept_is_the_endpoint_s_group() {
    check(
        &both(|service| broken(service, PRIVATE, silent(Link::Connect))),
        "endpoint-refuses",
    );
}

#[test]
fn f48_public_names_beside_a_private_one_are_private_dns() {
    let mut seen = both(|service| broken(service, PUBLIC, silent(Link::Connect)));
    let logs = whole(Service::Logs, PRIVATE);
    seen.0.network.chains.insert(Service::Logs, logs);
    check(&seen, "private-dns-off");
}

#[test]
fn f49_a_name_server_that_does_not_ask_the_vpc_is_dns() {
    let seen = both(|service| {
        let mut chain = broken(service, PUBLIC, silent(Link::Connect));
        chain.vpc_resolve = Some(resolved(PRIVATE));
        chain
    });
    let report = seen.report();
    let finding = &report.findings[0];
    assert_eq!(finding.id, "dns-failure");
    assert!(finding.detail.contains("169.254.169.253 answers 10.0.1.5"));
}

#[test]
fn an_invented_address_is_dns_whatever_answers_there() {
    let mut seen = both(|service| broken(service, PUBLIC, Failure::CertificateName));
    seen.0.network.resolver_lies = Some(true);
    seen.0.network.invented = vec![PUBLIC.parse().expect("an address")];
    check(&seen, "dns-failure");
}

#[test]
fn f53_the_shell_s_proxy_works_where_direct_does_not() {
    let seen = both(|service| {
        let mut chain = broken(service, PUBLIC, silent(Link::Connect));
        chain.other_way_works = Some(true);
        chain
    });
    check(&seen, "proxy-not-in-service");
}

#[test]
fn f54_what_the_agent_s_proxy_does_is_the_proxy_s() {
    for failure in [
        Failure::NameNotFound,
        Failure::Refused,
        silent(Link::Connect),
        Failure::ProxyAnswered { status: 407 },
    ] {
        let seen = both(|service| {
            let mut chain = broken(service, PRIVATE, failure.clone());
            chain.proxy = Some("http://proxy:3128".to_owned());
            chain
        });
        check(&seen, "proxy-refuses");
    }
}

#[test]
fn f52_the_host_s_store_is_told_from_an_interception() {
    check(
        &both(|service| broken(service, PUBLIC, untrusted())),
        "tls-intercepted",
    );
    let old_store = both(|service| {
        let mut chain = broken(service, PUBLIC, untrusted());
        chain.trusted_by_built_in = Some(true);
        chain
    });
    check(&old_store, "ca-bundle-missing");
    let mut none = both(|service| broken(service, PUBLIC, untrusted()));
    none.0.network.trust = Some(TrustStore {
        source: String::new(),
        roots: 0,
        problem: None,
        chosen_by_shell: false,
    });
    check(&none, "ca-bundle-missing");
}

#[test]
fn f56_an_override_that_fails_where_the_default_works() {
    let seen = both(|service| {
        let mut chain = broken(service, PUBLIC, Failure::NameNotFound);
        chain.overridden = true;
        chain.default_works = Some(true);
        chain
    });
    check(&seen, "endpoint-override-wrong");
}

#[test]
fn f57_a_certificate_of_another_time_is_the_clock_s_when_aws_s_date_says_so() {
    let seen = both(|service| {
        let early = Failure::CertificateTime {
            why: "not valid yet".to_owned(),
        };
        let mut chain = broken(service, PUBLIC, early);
        chain.http = held(HttpAnswer {
            status: 404,
            is_aws: true,
            sign: None,
            date: Some(crate::seen::in_minutes(60 * 24 * 365)),
        });
        chain
    });
    let report = seen.report();
    assert_eq!(report.verdict.cause.as_deref(), Some("clock-skew"));
    let certificate = report
        .findings
        .iter()
        .find(|one| one.id == "certificate-invalid");
    assert_eq!(certificate.map(|one| one.severity), Some(Severity::Note));
}

#[test]
fn the_first_broken_link_is_the_cause_whichever_endpoint_has_it() {
    let seen = with([
        (Service::Ssm, broken(Service::Ssm, PUBLIC, untrusted())),
        (
            Service::Ssmmessages,
            broken(Service::Ssmmessages, PUBLIC, Failure::NameNotFound),
        ),
    ]);
    check(&seen, "dns-failure");
}

#[test]
fn what_sessions_do_not_need_is_never_a_finding() {
    let useful = [Service::Ec2messages, Service::Sts, Service::S3];
    let mut seen = both(|service| whole(service, PRIVATE));
    for service in useful {
        let chain = broken(service, PUBLIC, silent(Link::Connect));
        seen.0.network.chains.insert(service, chain);
    }
    let report = seen.report();
    assert_eq!(report.verdict.cause, None, "{:#?}", report.findings);
    assert!(
        report
            .findings
            .iter()
            .all(|one| one.severity != Severity::Error)
    );
}

#[test]
fn an_answer_without_any_sign_is_neither_aws_s_nor_somebody_else_s() {
    let seen = both(|service| {
        let mut chain = whole(service, PUBLIC);
        chain.http = held(HttpAnswer {
            status: 404,
            is_aws: false,
            sign: None,
            date: None,
        });
        chain
    });
    assert_eq!(seen.report().verdict.cause, None);
}
