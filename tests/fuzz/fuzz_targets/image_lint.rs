#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ssm_probe::lint::fuzzing::texts(bytes));
