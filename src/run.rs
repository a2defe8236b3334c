//! The program's story: what each command does, from plain values to an exit status.

mod analyze;
mod bundle;
mod lint;
mod policy;

use std::time::Duration;

use clap::CommandFactory;
use tokio::sync::watch;

use crate::catalogue::{CheckId, FindingId};
use crate::cli::{CheckArgs, Command, CommandLine, Form, ListForm, LookArgs, ReportArgs};
use crate::exit::{self, Exit};
use crate::observations::Observations;
use crate::output::{self, Progress, Unwritten};
use crate::report::model::{Report, VerdictOutcome};
use crate::report::{self, Style};
use crate::world::World;
use crate::{Limits, diagnose, observe};

/// The shortest pause between two rounds of `--wait`: each round asks AWS anew.
const PAUSE: Duration = Duration::from_secs(30);

/// Does what the command line says.
///
/// # Errors
/// When a result cannot be written.
pub async fn run(line: CommandLine) -> Result<Exit, Unwritten> {
    match line.command {
        None => check(line.check).await,
        Some(Command::Check(args)) => check(args).await,
        Some(Command::Path(args)) => path(args).await,
        Some(Command::Bundle(args)) => bundle::run(args).await,
        Some(Command::Analyze(args)) => analyze::run(&args),
        Some(Command::Lint(args)) => lint::run(&args),
        Some(Command::Explain { id }) => explain_id(&id),
        Some(Command::ListChecks { output }) => {
            output::print(&match output {
                ListForm::Text => report::list(Style::PLAIN),
                ListForm::Json => format!("{:#}\n", report::list_json()),
            })?;
            Ok(Exit::Usable)
        }
        Some(Command::Policy(command)) => policy::run(command, &World::real("/".into())).await,
        Some(Command::Completions { shell }) => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut CommandLine::command(), "ssm-probe", &mut text);
            output::print(&String::from_utf8_lossy(&text))?;
            Ok(Exit::Usable)
        }
        Some(Command::Man) => {
            let mut text = Vec::new();
            clap_mangen::Man::new(CommandLine::command())
                .render(&mut text)
                .map_err(Unwritten::StandardOutput)?;
            output::print(&String::from_utf8_lossy(&text))?;
            Ok(Exit::Usable)
        }
    }
}

/// The whole diagnosis, repeated while `--wait` lasts.
async fn check(args: CheckArgs) -> Result<Exit, Unwritten> {
    let world = World::real(args.look.root.clone());
    let since = world.clock.stopwatch();
    let interrupted = interruption();
    let (report, ran_out) = loop {
        let mut report = look(&world, &args.look, &interrupted).await?;
        report::ignore::apply(&mut report, &args.report.ignore);
        let usable = report.verdict.outcome == VerdictOutcome::Usable;
        let Some(wait) = args.wait.filter(|_| !usable && !*interrupted.borrow()) else {
            break (report, false);
        };
        let left = wait.saturating_sub(since.elapsed());
        if left <= PAUSE {
            break (report, true);
        }
        pause(&interrupted).await;
        // A round that is cut short at once would know less than this one.
        if *interrupted.borrow() {
            break (report, false);
        }
    };
    tell(&world, &args.report, &report)?;
    Ok(if ran_out {
        Exit::WaitedOut
    } else {
        exit::of_report(&report, args.report.fail_on.into())
    })
}

/// Writes a report in the form and to the place that are wanted.
fn tell(world: &World, args: &ReportArgs, report: &Report) -> Result<(), Unwritten> {
    let style = Style {
        colour: args.output_file.is_none() && output::takes_colour(args.color, &world.env),
        ..Style::PLAIN
    };
    let text = match args.output {
        Form::Wide => report::wide(report, style),
        Form::Short => report::short(report, style),
        Form::Json => report::json(report),
        Form::Jsonl => report::jsonl(report),
        Form::Prometheus => report::prometheus(report),
        Form::Html => report::html(report),
    };
    match &args.output_file {
        // Another user's collector reads metrics; they hold nothing that is not for it.
        Some(file) if args.output == Form::Prometheus => output::write_file(file, &text, 0o644),
        Some(file) => output::write_file(file, &text, 0o600),
        None => output::print(&text),
    }
}

async fn path(args: LookArgs) -> Result<Exit, Unwritten> {
    let world = World::real(args.root.clone());
    let report = look(&world, &args, &interruption()).await?;
    output::print(&report::path_line(&report))?;
    Ok(exit::of_path(&report))
}

/// Looks once, and judges what was seen.
async fn look(
    world: &World,
    args: &LookArgs,
    interrupted: &watch::Receiver<bool>,
) -> Result<Report, Unwritten> {
    let limits = Limits {
        whole: args.timeout,
        ..Limits::default()
    };
    let progress = Progress::begin("looking at this host and asking AWS", !args.no_progress);
    let seen: Observations = observe(world, &limits, args.into(), interrupted.clone()).await;
    progress.end();
    if let Some(file) = &args.save_observations {
        output::write_file(file, &report::json(&seen), 0o600)?;
    }
    Ok(diagnose(&seen))
}

/// Turns true when the person interrupts: the report of what is known follows.
fn interruption() -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            // Nobody listens any more only when the run is over.
            let _listening = sender.send(true).is_ok();
        } else {
            std::future::pending::<()>().await;
        }
    });
    receiver
}

async fn pause(interrupted: &watch::Receiver<bool>) {
    let mut interrupted = interrupted.clone();
    tokio::select! {
        () = tokio::time::sleep(PAUSE) => {}
        _changed = interrupted.changed() => {}
    }
}

fn explain_id(id: &str) -> Result<Exit, Unwritten> {
    let text = match (FindingId::from_id(id), CheckId::from_id(id)) {
        (Some(finding), _) => report::explain_finding(finding, Style::PLAIN),
        (None, Some(check)) => report::explain_check(check, Style::PLAIN),
        (None, None) => {
            let near = report::nearest_id(id)
                .map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            output::complain(&format!("`{id}` is neither a finding nor a check{near}"));
            return Ok(Exit::Usage);
        }
    };
    output::print(&text)?;
    Ok(Exit::Usable)
}
