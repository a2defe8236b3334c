#![no_main]
//! Any text with a secret in it: the secret goes, and a second pass finds nothing more.

use libfuzzer_sys::fuzz_target;
use ssm_probe::redact::known::KnownSecrets;
use ssm_probe::redact::{Counts, Redactor};
use ssm_probe::secret::Secret;

const PLANTED: &str = "pLanted/Secret+Access0Key1for2the3fuzzer";

fuzz_target!(|bytes: &[u8]| {
    let mut known = KnownSecrets::default();
    known.insert(&Secret::new(PLANTED.to_owned()));
    let redactor = Redactor::new(&known);
    let (before, after) = bytes.split_at(bytes.len() / 2);
    let text = [before, PLANTED.as_bytes(), after].concat();
    let once = redactor.redact(&text, &mut Counts::new());
    assert!(!once.windows(PLANTED.len()).any(|part| part == PLANTED.as_bytes()), "it is still there");
    assert_eq!(redactor.redact(&once, &mut Counts::new()), once, "a second pass changes something");
    assert!(redactor.find(&once).is_empty(), "the second look refuses what the first let through");
});
