//! The sections of the page, in the order of what is needed first.

use super::super::model::{
    CheckReport, CheckStatus, Decision, Finding, Need, PathReport, PathState, Permission, Remedy,
    Report, Severity,
};
use super::super::{sections, summary, wide, words};
use super::{badge, class, esc};

/// The verdict.
pub(super) fn header(page: &mut String, report: &Report) {
    let (word, tone) = words::outcome(report.verdict.outcome);
    page.extend([format!(
        "<header class=\"verdict {}\">\n<p class=\"word\">{}</p>\n<h1>{}</h1>\n<p class=\"host\">{}</p>\n</header>\n",
        class(tone),
        esc(word),
        esc(&report.verdict.headline),
        esc(&summary::host(report)),
    )]);
}

/// The finding to act on first, and what to do.
pub(super) fn cause(page: &mut String, report: &Report) {
    let Some(finding) = wide::leading(report) else {
        return;
    };
    let (label, tone) = wide::label(report, finding);
    page.extend([format!(
        "<section class=\"cause\" aria-labelledby=\"cause\">\n<h2 id=\"cause\">{}: {}</h2>\n<p>{}</p>\n",
        esc(label),
        esc(&finding.title),
        esc(&finding.detail)
    )]);
    if let Some(line) = sections::main_evidence(report, finding) {
        page.extend([format!("<p class=\"evidence\">{}</p>\n", esc(&line))]);
    }
    page.extend([format!(
        "<p>To be mended by <strong>{}</strong>. {} <code>{}</code></p>\n",
        esc(words::owner(finding.owner)),
        badge(&finding.id, tone),
        esc(&finding.more)
    )]);
    remedies(page, &finding.remedies);
    page.push_str("</section>\n");
}

fn remedies(page: &mut String, remedies: &[Remedy]) {
    if remedies.is_empty() {
        return;
    }
    page.push_str("<ol class=\"remedies\">\n");
    for remedy in remedies {
        page.extend([format!(
            "<li><p>{}</p><pre><code>{}</code></pre></li>\n",
            esc(&remedy.summary),
            esc(&remedy.text)
        )]);
    }
    page.push_str("</ol>\n");
}

/// Every path, the active one first.
pub(super) fn paths(page: &mut String, report: &Report) {
    page.push_str(
        "<section aria-labelledby=\"paths\">\n<h2 id=\"paths\">Permission paths</h2>\n<table>\n\
         <thead><tr><th scope=\"col\">Path</th><th scope=\"col\">State</th><th scope=\"col\">Why</th></tr></thead>\n<tbody>\n",
    );
    for path in &report.paths {
        let (word, tone) = words::state(path.state);
        let principal = sections::principal(path).map_or_else(String::new, |line| {
            format!("<p class=\"quiet\">{}</p>", esc(&line))
        });
        page.extend([format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}{principal}</td></tr>\n",
            esc(path.path.id()),
            badge(word, tone),
            esc(&path.reason),
        )]);
    }
    page.push_str("</tbody>\n</table>\n</section>\n");
}

/// The head of a table of permissions.
const HEAD: &str = "<thead><tr><th scope=\"col\">Action</th><th scope=\"col\">Decision</th><th scope=\"col\">Grounds</th></tr></thead>\n<tbody>\n";

/// Action by action, on every path that was asked about.
pub(super) fn permissions(page: &mut String, report: &Report) {
    let is_active = |path: &&PathReport| path.state == PathState::Active;
    let any_active = report.paths.iter().any(|path| is_active(&path));
    for path in report
        .paths
        .iter()
        .filter(|path| !path.permissions.is_empty() && (is_active(path) || !any_active))
    {
        let id = path.path.id();
        page.extend([format!(
            "<section aria-labelledby=\"permissions-{id}\">\n<h2 id=\"permissions-{id}\">Permissions on {id}</h2>\n<table>\n\
             {HEAD}"
        )]);
        // What nobody needs here and nobody knows is folded away.
        let is_idle =
            |one: &&Permission| one.need == Need::Optional && one.decision == Decision::Unknown;
        for permission in path.permissions.iter().filter(|one| !is_idle(one)) {
            one_permission(page, report, permission);
        }
        page.push_str("</tbody>\n</table>\n");
        let idle: Vec<_> = path.permissions.iter().filter(is_idle).collect();
        if !idle.is_empty() {
            page.extend([format!(
                "<details>\n<summary>{} optional actions are not known</summary>\n<table>\n{HEAD}",
                idle.len()
            )]);
            for permission in idle {
                one_permission(page, report, permission);
            }
            page.push_str("</tbody>\n</table>\n</details>\n");
        }
        page.push_str("</section>\n");
    }
}

fn one_permission(page: &mut String, report: &Report, permission: &Permission) {
    let (word, tone) = words::decision(permission.decision);
    let mut grounds = words::evidence(permission.evidence).to_owned();
    if permission.observed_at.is_some() {
        let age = words::age(permission.observed_at, report.started_at);
        grounds = format!("{grounds} ({age})");
    }
    if let Some(layer) = permission.layer {
        grounds = format!("{grounds}, {}", words::layer(layer));
    }
    page.extend([format!(
        "<tr><th scope=\"row\">{}<p class=\"quiet\">{}</p></th><td>{}</td><td>{}<p class=\"quiet\">{}</p></td></tr>\n",
        esc(&permission.action),
        esc(words::need(permission.need)),
        badge(word, tone),
        esc(&grounds),
        esc(&permission.detail)
    )]);
}

/// Every finding but the leading one, which stands above.
pub(super) fn findings(page: &mut String, report: &Report) {
    let leading = wide::leading(report).map(|one| one.id.as_str());
    let others: Vec<_> = report
        .findings
        .iter()
        .filter(|one| Some(one.id.as_str()) != leading)
        .collect();
    if others.is_empty() {
        return;
    }
    let title = if leading.is_some() {
        "Other findings"
    } else {
        "Findings"
    };
    page.extend([format!(
        "<section aria-labelledby=\"findings\">\n<h2 id=\"findings\">{title}</h2>\n"
    )]);
    for finding in others {
        one_finding(page, finding);
    }
    page.push_str("</section>\n");
}

fn one_finding(page: &mut String, finding: &Finding) {
    let (word, tone) = words::weight(finding);
    page.extend([format!(
        "<article>\n<h3>{} {}</h3>\n<p>{}</p>\n",
        badge(word, tone),
        esc(&finding.title),
        esc(&finding.detail)
    )]);
    if let Some(reason) = &finding.ignored {
        page.extend([format!("<p>Set aside: {}</p>\n", esc(reason))]);
    }
    page.extend([format!(
        "<p class=\"quiet\">Owner: {}. <code>{}</code></p>\n",
        esc(words::owner(finding.owner)),
        esc(&finding.more)
    )]);
    if finding.severity != Severity::Note && finding.ignored.is_none() {
        remedies(page, &finding.remedies);
    }
    page.push_str("</article>\n");
}

/// Every check with its evidence; those that passed or do not apply are folded away.
pub(super) fn checks(page: &mut String, report: &Report) {
    page.push_str("<section aria-labelledby=\"checks\">\n<h2 id=\"checks\">Checks</h2>\n");
    let is_open =
        |check: &&CheckReport| !matches!(check.status, CheckStatus::Pass | CheckStatus::Skip);
    let open: Vec<_> = report.checks.iter().filter(is_open).collect();
    if open.is_empty() {
        page.push_str("<p>Every check that applies has passed.</p>\n");
    } else {
        table(page, report, &open, "Checks that did not pass");
    }
    for (status, title) in [
        (CheckStatus::Pass, "passed"),
        (CheckStatus::Skip, "do not apply here"),
    ] {
        let some: Vec<_> = report
            .checks
            .iter()
            .filter(|check| check.status == status)
            .collect();
        if some.is_empty() {
            continue;
        }
        page.extend([format!(
            "<details>\n<summary>{} {title}</summary>\n",
            some.len()
        )]);
        table(page, report, &some, &format!("Checks: {title}"));
        page.push_str("</details>\n");
    }
    page.push_str("</section>\n");
}

fn table(page: &mut String, report: &Report, checks: &[&CheckReport], caption: &str) {
    page.extend([format!(
        "<table>\n<caption>{}</caption>\n<thead><tr><th scope=\"col\">Check</th><th scope=\"col\">Says</th>\
         <th scope=\"col\">Evidence</th></tr></thead>\n<tbody>\n",
        esc(caption)
    )]);
    for check in checks {
        let (word, tone) = words::status(check.status);
        let evidence: Vec<String> = check
            .evidence
            .iter()
            .map(|one| {
                format!(
                    "<p class=\"quiet\"><b>{}</b> {} <span>({})</span></p>",
                    esc(&one.source),
                    esc(&one.value),
                    esc(&words::age(one.observed_at, report.started_at))
                )
            })
            .collect();
        page.extend([format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}{}</td></tr>\n",
            esc(&check.id),
            badge(word, tone),
            esc(&check.summary),
            evidence.concat(),
        )]);
    }
    page.push_str("</tbody>\n</table>\n");
}

/// What was run, and when.
pub(super) fn footer(page: &mut String, report: &Report) {
    page.extend([format!(
        "<footer>\n<p>{}</p>\n<p>{}</p>\n</footer>\n",
        esc(&format!("Agent: {}.", summary::agent(&report.agent))),
        esc(&summary::run(report))
    )]);
}

/// What the page was drawn from, when not on the running host.
pub(super) fn offline(page: &mut String, report: &Report) {
    let Some(offline) = &report.offline else {
        return;
    };
    page.extend([format!(
        "<section class=\"offline\" aria-labelledby=\"offline\">\n<h2 id=\"offline\">Away from the host</h2>\n<p>{}</p>\n<ul>\n",
        esc(&summary::basis(offline))
    )]);
    for one in &offline.not_known {
        page.extend([format!("<li>{}</li>\n", esc(one))]);
    }
    page.push_str("</ul>\n</section>\n");
}
