//! The report as one self-contained page: no script, nothing from elsewhere, readable on screen
//! and on paper, by day and by night.
//!
//! Everything that comes from a host goes through [`esc`].

mod chain;
mod sections;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::model::{Report, VerdictOutcome};
use super::page::clean;
use super::style::Tone;

/// The page's whole style.
const STYLE: &str = include_str!("page.css");

/// The report as a page.
#[must_use]
pub fn html(report: &Report) -> String {
    let mut page = String::new();
    let subject = report.host.instance_id.as_deref().unwrap_or("this host");
    // Only this very style may be applied, and nothing may be loaded or run.
    let digest = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    page.push_str("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.extend([format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'\">\n"
    )]);
    page.push_str(
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n",
    );
    page.extend([format!(
        "<title>{}: Session Manager on {}</title>\n<link rel=\"icon\" href=\"data:,\">\n\
         <style>{STYLE}</style>\n</head>\n<body>\n",
        esc(outcome_title(report.verdict.outcome)),
        esc(subject)
    )]);
    sections::header(&mut page, report);
    page.push_str("<main>\n");
    sections::cause(&mut page, report);
    chain::picture(&mut page, report);
    sections::offline(&mut page, report);
    sections::paths(&mut page, report);
    sections::permissions(&mut page, report);
    sections::findings(&mut page, report);
    sections::checks(&mut page, report);
    page.push_str("</main>\n");
    sections::footer(&mut page, report);
    page.push_str("</body>\n</html>\n");
    page
}

fn outcome_title(outcome: VerdictOutcome) -> &'static str {
    match outcome {
        VerdictOutcome::Usable => "Usable",
        VerdictOutcome::Blocked => "Blocked",
        VerdictOutcome::NoPath => "No path",
        VerdictOutcome::Inconclusive => "Unknown",
    }
}

/// A text as the content of an element or of a quoted attribute, of HTML and XML alike.
#[must_use]
pub fn esc(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for line in text.split('\n') {
        if !escaped.is_empty() {
            escaped.push('\n');
        }
        for c in clean(line).chars() {
            match c {
                '&' => escaped.push_str("&amp;"),
                '<' => escaped.push_str("&lt;"),
                '>' => escaped.push_str("&gt;"),
                '"' => escaped.push_str("&quot;"),
                '\'' => escaped.push_str("&#39;"),
                other => escaped.push(other),
            }
        }
    }
    escaped
}

/// The class that colours something of this tone.
fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Doubt => "doubt",
        Tone::Label | Tone::Paste => "plain",
        Tone::Quiet => "quiet",
    }
}

/// A word in a small frame of its colour.
fn badge(word: &str, tone: Tone) -> String {
    format!("<span class=\"badge {}\">{}</span>", class(tone), esc(word))
}

#[cfg(test)]
mod tests {
    use super::esc;

    #[test]
    fn nothing_from_a_host_becomes_markup() {
        assert_eq!(
            esc("<script>alert('x')</script>&\"\u{1b}[2J"),
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot; [2J"
        );
        assert_eq!(esc("a\nb"), "a\nb");
    }

    proptest::proptest! {
        #[test]
        fn no_text_can_leave_its_place(text in ".*") {
            let escaped = esc(&text);
            proptest::prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
        }
    }
}
