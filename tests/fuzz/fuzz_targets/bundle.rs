#![no_main]
//! A bundle that nobody vouches for: the archive, what it unpacks to, its manifest, and what it
//! says was seen. What is read at all must also be judged and shown without harm.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use libfuzzer_sys::fuzz_target;
use sha2::{Digest as _, Sha256};
use ssm_probe::bundle::manifest::{MANIFEST, OBSERVATIONS};
use ssm_probe::bundle::read::{self, Bundle, Refused};
use ssm_probe::report::{self, Style};
use tar::{Builder, Header};

fuzz_target!(|bytes: &[u8]| {
    judged(read::archive(bytes));
    // Checksums hold a fuzzer back, so it is let in behind each of them.
    judged(read::archive(packed(bytes).as_slice()));
    judged(read::archive(archive(&[(MANIFEST, bytes), (OBSERVATIONS, b"{}")]).as_slice()));
    let manifest = format!(
        "{{\"format\":\"ssm-probe/bundle/1\",\"tool\":\"\",\"version\":\"\",\"created_at\":\"2026-01-01T00:00:00Z\",\
         \"files\":[{{\"name\":\"{OBSERVATIONS}\",\"source\":\"\",\"size\":{},\"sha256\":\"{}\"}}]}}",
        bytes.len(),
        Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
    );
    let bundle = read::archive(archive(&[(MANIFEST, manifest.as_bytes()), (OBSERVATIONS, bytes)]).as_slice());
    // A sound shell: only the observations can be refused.
    assert!(matches!(bundle, Ok(_) | Err(Refused::NotABundle(_))), "{bundle:?}");
    judged(bundle);
});

fn judged(bundle: Result<Bundle, Refused>) {
    match bundle {
        Ok(bundle) => {
            let report = ssm_probe::diagnose(&bundle.observations);
            let shown = [
                report::wide(&report, Style::PLAIN),
                report::html(&report),
                report::json(&report),
                report::jsonl(&report),
                report::prometheus(&report),
            ];
            for text in shown {
                assert!(!text.contains('\x1b'), "it commands a terminal: {text}");
            }
        }
        Err(refused) => {
            let said = refused.to_string();
            assert!(said.len() < 2_000 && !said.contains('\x1b'), "{said}");
        }
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(bytes).expect("memory takes it");
    packer.finish().expect("memory takes it")
}

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = Header::new_ustar();
        header.set_size(content.len() as u64);
        archive.append_data(&mut header, name, *content).expect("memory takes it");
    }
    packed(&archive.into_inner().expect("memory takes it"))
}
