//! The endpoints as text: one line for each.

use super::endpoint::{EndpointReport, LinkReport};
use super::model::Report;
use super::page::Page;
use super::words;
use crate::observations::Link;

/// Most characters of a line beside its status.
const WIDTH: usize = 69;

/// One line for each endpoint.
pub(super) fn endpoints(page: &mut Page, report: &Report) {
    if report.endpoints.is_empty() {
        return;
    }
    page.heading("Endpoints, as the agent would reach them");
    for endpoint in &report.endpoints {
        let (word, tone) = words::status(endpoint.status);
        page.entry(2, word, tone, 9, &line(endpoint));
    }
}

/// The service, where it is and how far the way goes, the less telling left out where the line
/// is too long.
fn line(endpoint: &EndpointReport) -> String {
    let links = links(&endpoint.links);
    let address = endpoint.address.as_deref().unwrap_or_default();
    let kind = endpoint.address_kind.as_deref().unwrap_or_default();
    let proxy = endpoint
        .proxy
        .as_ref()
        .map(|proxy| format!("by {proxy}"))
        .unwrap_or_default();
    let places = [
        format!("{proxy} {address} {kind}"),
        format!("{proxy} {address}"),
        format!("{proxy} {kind}"),
        String::new(),
    ];
    let texts = places.map(|place| {
        let words: Vec<&str> = place.split_whitespace().collect();
        let place = if endpoint.proxy.is_some() {
            words.get(..2).unwrap_or_default().join(" ")
        } else {
            words.join(" ")
        };
        let gap = if place.is_empty() { "" } else { " " };
        format!("{:11}{gap}{place}: {links}", endpoint.service)
    });
    let fitting = texts.iter().find(|line| line.chars().count() <= WIDTH);
    let line = fitting
        .or_else(|| texts.last())
        .cloned()
        .unwrap_or_default();
    line.chars().take(WIDTH).collect()
}

fn links(links: &[LinkReport]) -> String {
    if links.is_empty() {
        return "not known yet".to_owned();
    }
    let mut parts: Vec<String> = links
        .iter()
        .map(|one| {
            let name = match one.link {
                Link::Resolve => "dns",
                Link::Connect => "tcp",
                Link::Tls => "tls",
                Link::Http => "http",
            };
            if one.held {
                format!("{name} {}", one.elapsed_ms)
            } else {
                format!("{name} {}", one.detail)
            }
        })
        .collect();
    if let (Some(last), true) = (parts.last_mut(), links.last().is_some_and(|one| one.held)) {
        last.push_str(" ms");
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::{EndpointReport, LinkReport, line};
    use crate::observations::{Link, ServiceNeed};
    use crate::report::model::CheckStatus;

    fn endpoint(address: &str, proxy: Option<&str>, last_held: bool) -> EndpointReport {
        let link = |link, held| LinkReport {
            link,
            held,
            elapsed_ms: 1234,
            detail: "silent".to_owned(),
        };
        EndpointReport {
            service: "ssmmessages".to_owned(),
            host: "ssmmessages.eu-west-1.amazonaws.com".to_owned(),
            port: 443,
            need: ServiceNeed::Required,
            status: CheckStatus::Pass,
            proxy: proxy.map(str::to_owned),
            address: Some(address.to_owned()),
            address_kind: Some("public".to_owned()),
            links: vec![
                link(Link::Resolve, true),
                link(Link::Connect, true),
                link(Link::Tls, true),
                link(Link::Http, last_held),
            ],
            observed_at: None,
        }
    }

    #[test]
    fn a_line_tells_the_times_of_the_links_that_held() {
        assert_eq!(
            line(&endpoint("10.0.0.1", None, true)),
            "ssmmessages 10.0.0.1: dns 1234, tcp 1234, tls 1234, http 1234 ms"
        );
        assert_eq!(
            line(&endpoint("10.0.0.1", None, false)),
            "ssmmessages 10.0.0.1: dns 1234, tcp 1234, tls 1234, http silent"
        );
    }

    #[test]
    fn no_line_is_longer_than_the_page() {
        let long = "2600:1f14:1234:5678:9abc:def0:1234:5678";
        for proxy in [
            None,
            Some("http://proxy.a-very-long-name.example.internal:3128"),
        ] {
            assert!(line(&endpoint(long, proxy, true)).chars().count() <= super::WIDTH);
        }
    }
}
