//! The rules by their examples, by what must stay, and by properties.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::known::KnownSecrets;
use super::rules::{Detector, RULES};
use super::{Counts, Redactor, stream};
use crate::secret::Secret;

const PLANTED: &str = "pl4nted/Secret+with\"signs&that=matter";

fn known() -> KnownSecrets {
    let mut known = KnownSecrets::default();
    known.insert(&Secret::new(PLANTED.to_owned()));
    known
}

fn redact(text: &str) -> String {
    Redactor::new(&known()).redact_text(text, &mut Counts::new())
}

#[test]
fn each_rule_is_found_by_its_example_and_by_no_other_rule() {
    for rule in &RULES {
        let example = match rule.detector {
            Detector::Known => format!("seen {PLANTED} here\n"),
            _ => rule.example.to_owned(),
        };
        let found = Redactor::new(&known()).find(example.as_bytes());
        let rules: Vec<_> = found.iter().map(|span| span.rule).collect();
        assert_eq!(rules, [rule.id], "{example}");
        let without = Redactor::without(rule.id, &known()).find(example.as_bytes());
        assert!(without.is_empty(), "{}: {without:?}", rule.id);
    }
}

#[test]
fn what_is_secret_is_masked_and_the_rest_of_the_line_stays() {
    for (given, kept) in [
        ("AKIAIOSFODNN7EXAMPLE", "AKIA[redacted:key-id]"),
        (
            "{\"SecretAccessKey\":\"abc/def\",\"Expiration\":\"2026\"}",
            "{\"SecretAccessKey\":\"[redacted:secret-key]\",\"Expiration\":\"2026\"}",
        ),
        (
            "\"{\\\"SecretAccessKey\\\":\\\"abc\\\",\\\"n\\\":1}\"",
            "\"{\\\"SecretAccessKey\\\":\\\"[redacted:secret-key]\\\",\\\"n\\\":1}\"",
        ),
        (
            "<SessionToken>abc</SessionToken>",
            "<SessionToken>[redacted:session-token]</SessionToken>",
        ),
        (
            "https_proxy=http://u:p@proxy:3128",
            "https_proxy=http://[redacted:url-password]@proxy:3128",
        ),
        (
            "http://u:hun/ter2@proxy:1 x",
            "http://[redacted:url-password]@proxy:1 x",
        ),
        (
            "Environment=\"HTTPS_PROXY=http://p:1\" \"KEY=value\"",
            "Environment=\"HTTPS_PROXY=http://p:1\" \"KEY=[redacted:environment]",
        ),
        (
            "map[Authorization:[AWS4-HMAC-SHA256 Credential=x, Signature=y] Host:[z]]",
            "map[Authorization:[[redacted:authorization]] Host:[z]]",
        ),
    ] {
        assert_eq!(redact(given), kept);
    }
}

#[test]
fn evidence_is_no_secret() {
    for line in [
        "2026-01-01 00:00:00 ERROR failed to get controlchannel token, error: AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/Role/i-0123456789abcdef0 is not authorized to perform: ssmmessages:CreateControlChannel",
        "\"has_token\": true, \"token\": {\"fetched\": \"value\"}, \"key_prefix\": \"ASIA\"",
        "Authorization: denied for this user",
        "InvalidSignatureException: Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z",
        "https://ssm.ap-southeast-1.amazonaws.com:443/path@x",
        "RequestId: 8f0e8a4c-5a0b-4a3c-9b43-0f6f5d3b2d11 commit 0123456789abcdef0123456789abcdef01234567",
        "/var/lib/amazon/ssm/i-0123456789abcdef0/document/orchestration/awsrunShellScript/stdout",
        "nameserver 10.0.0.2, default via 10.0.0.1 dev eth0",
        "Environment=HTTPS_PROXY=http://proxy:3128 NO_PROXY=169.254.169.254",
        "password: none",
        "/etc/passwd: not there (undated)",
        "curl -H \"X-aws-ec2-metadata-token: $token\" http://169.254.169.254/",
        "sudo amazon-ssm-agent -register -y -region eu-west-1 -id ACTIVATION_ID -code ACTIVATION_CODE",
    ] {
        assert_eq!(redact(line), line);
    }
}

#[test]
fn a_known_secret_is_hidden_in_every_encoding() {
    let json = serde_json::to_string(PLANTED).unwrap();
    let percent: Vec<_> = PLANTED.bytes().map(|it| format!("%{it:02X}")).collect();
    let hex: Vec<_> = PLANTED.bytes().map(|it| format!("{it:02x}")).collect();
    for encoded in [
        PLANTED.to_owned(),
        json.clone(),
        json.replace('/', "\\/"),
        serde_json::to_string(&json).unwrap(),
        percent.concat(),
        PLANTED.replace('/', "%2F").replace('+', "%2B"),
        hex.concat(),
        STANDARD.encode(PLANTED),
        URL_SAFE_NO_PAD.encode(format!("x{PLANTED}")),
        STANDARD.encode(format!("some words, then {PLANTED}")),
        STANDARD.encode(STANDARD.encode(PLANTED)),
    ] {
        let text = format!("before {encoded} behind\n");
        let clean = redact(&text);
        assert!(clean.contains("[redacted:"), "{encoded}");
        assert!(!clean.contains("nted"), "{clean}");
        assert!(clean.starts_with("before ") && clean.ends_with(" behind\n"));
    }
}

/// What is encoded, in lines as `base64` and mail write them.
fn in_lines(text: &str, width: usize, between: &str) -> String {
    let lines: Vec<_> = text
        .as_bytes()
        .chunks(width)
        .map(String::from_utf8_lossy)
        .collect();
    lines.join(between)
}

#[test]
fn a_secret_is_hidden_that_an_encoding_wraps_over_lines() {
    let long = format!("some words before it, then {PLANTED}, and some words behind it");
    let hex: Vec<_> = long.bytes().map(|it| format!("{it:02x}")).collect();
    for encoded in [STANDARD.encode(&long), hex.concat()] {
        for (width, between) in [(76, "\n"), (64, "\r\n"), (40, "\n    "), (60, "\\n")] {
            let wrapped = in_lines(&encoded, width, between);
            for text in [
                format!("before\n{wrapped}\nright behind\n"),
                format!("before\ndata: {wrapped}\n\nbehind\n"),
                format!("before {{\"a\":\"{wrapped}\"}} behind\n"),
            ] {
                let clean = redact(&text);
                assert!(clean.contains("[redacted:"), "{text}");
                // Nothing of it that decodes is left.
                let shown = |line: &str| encoded.contains(line.trim()) && line.len() > 12;
                assert!(!clean.lines().any(shown), "{clean}");
                assert!(
                    clean.starts_with("before") && clean.ends_with("behind\n"),
                    "{clean}"
                );
                assert_eq!(redact(&clean), clean);
            }
        }
    }
}

#[test]
fn a_stream_is_not_cut_within_lines_that_an_encoding_wraps() {
    let filler = "2026-01-01 00:00:00 INFO nothing to see here at all\n".repeat(5_000);
    let words = "words that say nothing, and more of them ".repeat(30);
    let encoded = STANDARD.encode(format!("{words}{PLANTED} {words}"));
    let redactor = Redactor::new(&known());
    // The first cut falls somewhere near the end of `filler`.
    for gap in (0..3_000).step_by(70) {
        let at = 256 * 1024 - 1_500 + gap;
        let before = filler.repeat(2);
        let begin = before.get(..at).unwrap().rfind('\n').unwrap() + 1;
        let text = format!(
            "{}{}\n{filler}",
            before.get(..begin).unwrap(),
            in_lines(&encoded, 76, "\n")
        );
        let mut clean = Vec::new();
        stream::redact(&redactor, text.as_bytes(), &mut clean, &mut Counts::new()).unwrap();
        let shown = String::from_utf8(clean).unwrap();
        assert_eq!(shown.matches("[redacted:encoded]").count(), 1, "{gap}");
        assert!(shown.len() < begin + 100 + filler.len());
    }
}

#[test]
fn a_private_key_is_hidden_also_when_it_was_cut_or_escaped() {
    let key =
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpplanted\nplanted==\n-----END RSA PRIVATE KEY-----\n";
    for text in [
        key.to_owned(),
        key.replace('\n', "\\n"),
        key.lines().take(2).collect::<Vec<_>>().join("\n"),
        key.lines().skip(1).collect::<Vec<_>>().join("\n"),
    ] {
        let clean = redact(&format!("first.\n{text}\n(last.)\n"));
        assert!(!clean.contains("planted"), "{clean}");
        assert!(clean.contains("last."), "{clean}");
    }
}

#[test]
fn a_stream_is_cut_where_no_secret_is_cut() {
    let filler = "2026-01-01 00:00:00 INFO nothing to see here at all\n".repeat(5_000);
    let key = format!(
        "-----BEGIN PRIVATE KEY-----\n{}-----END PRIVATE KEY-----\n",
        "planted/planted/planted\n".repeat(100)
    );
    let redactor = Redactor::new(&known());
    for gap in [0, 1, 40, 5_000, 12_000] {
        let text = format!("{}{key}{filler}", filler.get(gap..).unwrap());
        let mut clean = Vec::new();
        stream::redact(&redactor, text.as_bytes(), &mut clean, &mut Counts::new()).unwrap();
        let shown = String::from_utf8(clean).unwrap();
        assert!(!shown.contains("planted"));
        assert_eq!(
            stream::first_secret(&redactor, shown.as_bytes()).unwrap(),
            None
        );
    }
}

#[test]
fn a_line_without_an_end_is_cut_and_what_follows_is_read() {
    let text = format!("first\n{}\nlast\n", "x".repeat(3_000_000));
    let mut clean = Vec::new();
    let redactor = Redactor::new(&known());
    stream::redact(&redactor, text.as_bytes(), &mut clean, &mut Counts::new()).unwrap();
    let shown = String::from_utf8(clean).unwrap();
    assert!(shown.starts_with("first\n[cut") && shown.ends_with("last\n"));
    assert!(shown.len() < 100);
}

fn pieces() -> impl Strategy<Value = String> {
    let examples = RULES.iter().map(|rule| rule.example.to_owned());
    let mut all: Vec<String> = examples.collect();
    all.extend([
        PLANTED.to_owned(),
        STANDARD.encode(PLANTED),
        "\"".to_owned(),
        "\\".to_owned(),
        "%".to_owned(),
        "token=".to_owned(),
        "Authorization: AWS ".to_owned(),
        "-----END PRIVATE KEY-----".to_owned(),
        "Environment=A=".to_owned(),
        "[redacted:".to_owned(),
        "]".to_owned(),
        "@".to_owned(),
        "\n".to_owned(),
    ]);
    let piece = prop_oneof![proptest::sample::select(all), "\\PC{0,8}"];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn redaction_is_idempotent_and_leaves_nothing_to_find(text in pieces()) {
        let redactor = Redactor::new(&known());
        let once = redactor.redact_text(&text, &mut Counts::new());
        let left = redactor.find(once.as_bytes());
        prop_assert!(left.is_empty(), "{:?} in {:?}", left, once);
        prop_assert!(!once.contains(PLANTED));
        let twice = redactor.redact_text(&once, &mut Counts::new());
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn redaction_shows_nothing_that_was_not_there(text in pieces()) {
        let clean = Redactor::new(&known()).redact_text(&text, &mut Counts::new());
        for part in clean.split("[redacted:").map(|part| part.split_once(']').map_or(part, |it| it.1)) {
            prop_assert!(text.contains(part) || part.is_empty() || text.contains("[redacted"), "{}", part);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        let clean = Redactor::new(&known()).redact(&bytes, &mut Counts::new());
        prop_assert!(clean.len() <= bytes.len() * 8 + 64);
    }
}
