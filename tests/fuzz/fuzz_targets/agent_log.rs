#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ssm_probe::host::fuzzing::agent_log(bytes));
