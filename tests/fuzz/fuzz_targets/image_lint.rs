#![no_main]
//! The texts of an image that `lint` reads.

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for line in ssm_probe::lint::fuzzing::texts(bytes) {
        // What is shown of a file is one short line, and commands no terminal.
        assert!(line.chars().count() <= 160 && !line.contains(['\x1b', '\n']), "{line}");
    }
});
