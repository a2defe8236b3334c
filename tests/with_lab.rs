//! `with-lab SCENARIO COMMAND…`: runs a command while the simulated AWS of a scenario is up, with
//! the environment that leads the program there. For tests that are shell scripts, such as those of
//! the packages and of the fleet.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "stands outside the program: it runs a command and passes its exit status on"
)]

#[cfg(test)]
#[path = "lab/mod.rs"]
#[expect(dead_code, reason = "it serves, and checks nothing")]
mod lab;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    std::process::exit(run(&arguments));
}

fn run(arguments: &[String]) -> i32 {
    let [name, program, rest @ ..] = arguments else {
        eprintln!("usage: with-lab SCENARIO COMMAND…");
        return 2;
    };
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("tests/scenarios/{name}.json"));
    let scenario = match lab::scenario::Scenario::read(&file) {
        Ok(scenario) => scenario,
        Err(why) => {
            eprintln!("error: {why}");
            return 2;
        }
    };
    let lab = lab::Lab::start(scenario);
    let status = std::process::Command::new(program)
        .args(rest)
        .envs(lab.environment())
        // Whatever root it runs in: the lab's is elsewhere.
        .env("AWS_CA_BUNDLE", lab.authority_file())
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("SSM_PROBE_ROOT", lab.root())
        .env("SSM_PROBE_LAB", lab.scratch())
        .status();
    match status {
        Ok(status) => status.code().unwrap_or(4),
        Err(error) => {
            eprintln!("error: cannot run {program}: {error}");
            127
        }
    }
}
