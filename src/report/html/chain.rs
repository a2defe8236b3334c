//! The way from the host to a session as a picture: one station after the other.

use super::super::model::{CheckReport, CheckStatus, Report, Severity};
use super::super::style::Tone;
use super::{class, esc};

/// A station: its name, what it stands for, and how the ids of its checks begin.
struct Station {
    name: &'static str,
    about: &'static str,
    prefixes: &'static [&'static str],
}

static STATIONS: [Station; 7] = [
    Station {
        name: "Host",
        about: "what the agent lives on",
        prefixes: &["host."],
    },
    Station {
        name: "Agent",
        about: "installed, running, configured",
        prefixes: &["agent."],
    },
    Station {
        name: "Metadata",
        about: "IMDS answers",
        prefixes: &["imds."],
    },
    Station {
        name: "Path",
        about: "where credentials come from",
        prefixes: &[
            "identity.",
            "hybrid.",
            "profile.",
            "dhmc.",
            "path.",
            "credentials.",
        ],
    },
    Station {
        name: "Network",
        about: "the way to AWS",
        prefixes: &["endpoint.", "network.", "clock."],
    },
    Station {
        name: "Permissions",
        about: "what AWS allows",
        prefixes: &["permission."],
    },
    Station {
        name: "Session",
        about: "what a session needs besides",
        prefixes: &["session."],
    },
];

/// The picture.
pub(super) fn picture(page: &mut String, report: &Report) {
    page.push_str(
        "<section aria-labelledby=\"chain\">\n<h2 id=\"chain\">The way to a session</h2>\n\
         <ol class=\"chain\">\n",
    );
    for station in &STATIONS {
        let checks: Vec<_> = report
            .checks
            .iter()
            .filter(|check| station.prefixes.iter().any(|it| check.id.starts_with(it)))
            .collect();
        if checks.is_empty() {
            continue;
        }
        let (word, tone) = state(report, &checks);
        page.extend([format!(
            "<li class=\"{}\">{}<strong>{}</strong><span class=\"word\">{}</span>\
             <small>{}</small></li>\n",
            class(tone),
            icon(tone),
            esc(station.name),
            esc(word),
            esc(&about(station, &checks))
        )]);
    }
    page.push_str("</ol>\n</section>\n");
}

/// What a station says: only an error of the report is a break.
fn state(report: &Report, checks: &[&CheckReport]) -> (&'static str, Tone) {
    let names = |severity: Severity| {
        report.findings.iter().any(|finding| {
            finding.severity == severity
                && finding.ignored.is_none()
                && checks
                    .iter()
                    .any(|check| finding.checks.contains(&check.id))
        })
    };
    let is = |status: CheckStatus| checks.iter().any(|check| check.status == status);
    if names(Severity::Error)
        && (is(CheckStatus::Fail) || is(CheckStatus::Unknown) || is(CheckStatus::Warn))
    {
        ("broken", Tone::Bad)
    } else if is(CheckStatus::Fail) || is(CheckStatus::Warn) {
        ("doubtful", Tone::Doubt)
    } else if is(CheckStatus::Unknown) {
        ("not all known", Tone::Doubt)
    } else if is(CheckStatus::Pass) {
        ("holds", Tone::Good)
    } else {
        ("not needed", Tone::Quiet)
    }
}

/// The first check that did not pass, or what the station stands for.
fn about(station: &Station, checks: &[&CheckReport]) -> String {
    let worst = [CheckStatus::Fail, CheckStatus::Warn, CheckStatus::Unknown]
        .into_iter()
        .find_map(|status| checks.iter().find(|check| check.status == status));
    worst.map_or_else(|| station.about.to_owned(), |check| check.id.clone())
}

/// A mark that repeats what the word says.
fn icon(tone: Tone) -> String {
    let stroke = match tone {
        Tone::Good => "M7 12.5l3.4 3.4L17 9",
        Tone::Bad => "M8 8l8 8M16 8l-8 8",
        Tone::Doubt => "M12 7v6.5M12 16.6v.4",
        Tone::Label | Tone::Paste | Tone::Quiet => "M8 12h8",
    };
    format!(
        "<svg viewBox=\"0 0 24 24\" width=\"36\" height=\"36\" aria-hidden=\"true\" focusable=\"false\">\
         <circle cx=\"12\" cy=\"12\" r=\"10.5\"/><path d=\"{stroke}\"/></svg>"
    )
}
