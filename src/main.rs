//! Arguments to exit status, nothing else.

use std::process::ExitCode;

use clap::Parser;
use ssm_probe::cli::CommandLine;
use ssm_probe::exit::Exit;
use ssm_probe::{output, run};

fn main() -> ExitCode {
    // A panic's own message could quote what it stumbled over, so only its place is told.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |at| format!(" at {at}"));
        output::complain(&format!("internal error{place}; please report it"));
    }));
    let line = CommandLine::parse();
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    else {
        output::complain("cannot start: the system refuses an event loop");
        return ExitCode::from(Exit::Internal.code());
    };
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        runtime.block_on(run::run(line))
    }));
    // A read that hangs in the kernel must not keep the report's reader waiting.
    runtime.shutdown_background();
    let exit = match done {
        Ok(Ok(exit)) => exit,
        Ok(Err(unwritten)) => {
            output::complain(&unwritten.to_string());
            Exit::Internal
        }
        Err(_panic) => Exit::Internal,
    };
    ExitCode::from(exit.code())
}
