#![no_main]
//! A support bundle from anywhere: refused or read, and what is read can be judged and shown.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::fuzz_target;
use ssm_probe::bundle::read;
use ssm_probe::{diagnose, report};

fuzz_target!(|bytes: &[u8]| {
    let _refused = read::archive(bytes);
    // Packed as a bundle is, so that what is fuzzed is the archive and not the packing.
    let mut packed = GzEncoder::new(Vec::new(), Compression::none());
    packed.write_all(bytes).expect("memory takes it");
    let packed = packed.finish().expect("memory takes it");
    if let Ok(bundle) = read::archive(packed.as_slice()) {
        let report = diagnose(&bundle.observations);
        let _page = report::html(&report);
        let _text = report::wide(&report, report::Style::PLAIN);
    }
});
