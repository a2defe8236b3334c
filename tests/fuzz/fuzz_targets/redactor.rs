#![no_main]
//! A text with a secret somewhere in it: the secret goes, and nothing is found a second time.

use libfuzzer_sys::fuzz_target;
use ssm_probe::redact::known::KnownSecrets;
use ssm_probe::redact::pseudonyms::Pseudonyms;
use ssm_probe::redact::{Counts, Redactor, stream};
use ssm_probe::secret::Secret;

const PLANTED: &[u8] = b"pl4nted/Secret+with\"signs&that=matter";

fuzz_target!(|bytes: &[u8]| {
    let mut known = KnownSecrets::default();
    known.insert(&Secret::new(String::from_utf8_lossy(PLANTED).into_owned()));
    let redactor = Redactor::new(&known);
    let place = bytes.first().map_or(0, |first| usize::from(*first) * bytes.len() / 256);
    let (before, behind) = bytes.split_at(place);
    let text = [before, PLANTED, behind].concat();
    let once = redactor.redact(&text, &mut Counts::new());
    let shown = String::from_utf8_lossy(&once);
    assert!(!once.windows(PLANTED.len()).any(|part| part == PLANTED), "{shown}");
    // The leak check would refuse the bundle.
    assert_eq!(redactor.find(&once), [], "{shown}");
    assert_eq!(redactor.redact(&once, &mut Counts::new()), once, "{shown}");
    // A mask is longer than the shortest secret, and never by more than itself.
    assert!(once.len() <= text.len() * 8 + 64, "{shown}");
    let mut streamed = Vec::new();
    stream::redact(&redactor, text.as_slice(), &mut streamed, &mut Counts::new()).expect("memory gives it");
    let found = stream::first_secret(&redactor, streamed.as_slice()).expect("memory gives it");
    assert_eq!(found, None, "{}", String::from_utf8_lossy(&streamed));
    let named = |name: &str| [name.to_owned()];
    let mut pseudonyms = Pseudonyms::new(named("billing-db-7"), named("NodeRole"), named("52.1.2.3"));
    let replaced = pseudonyms.replace(&once);
    let replaced = String::from_utf8_lossy(&replaced);
    assert!(!replaced.to_ascii_lowercase().contains("i-0123456789abcdef0"), "{replaced}");
});
