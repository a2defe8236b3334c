//! The command line: clap's types, turned into plain values.

mod analyze;
mod bundle;
mod lint;
pub mod node;
pub mod policy;
mod session;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::catalogue::FindingId;
use crate::observations::ProbeLevel;
use crate::report::ignore::Ignore;
use crate::report::model::Severity;

pub use analyze::AnalyzeArgs;
pub use bundle::BundleArgs;
pub use lint::{LintArgs, LintForm};
pub use session::SessionArgs;

/// Tells which permission path AWS Systems Manager Session Manager has on this host, which
/// permission is missing on it, and the one thing to change.
///
/// Run without a command it makes the whole diagnosis. It changes nothing: by default it sends
/// only what the running SSM Agent would itself send within the hour.
#[derive(Debug, Parser)]
#[command(
    name = "ssm-probe",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Exit status: 0 usable, 1 blocked, 2 wrong usage, 3 too much is unknown (try sudo),\n\
                  4 internal error, 124 --wait ran out. See also: ssm-probe explain ID"
)]
pub struct CommandLine {
    /// What to do; the whole diagnosis unless said otherwise.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The options of the diagnosis.
    #[command(flatten)]
    pub check: CheckArgs,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the whole diagnosis (the default)
    Check(CheckArgs),
    /// Print the active path and its reason in one line, for scripts
    Path(LookArgs),
    /// Collect a support bundle that is safe to send
    Bundle(BundleArgs),
    /// Judge a bundle, a mounted root volume or an agent log, here and now
    Analyze(AnalyzeArgs),
    /// Judge the root of an image before it is baked
    Lint(LintArgs),
    /// Explain a finding or a check: what it means, how it is decided, how to mend it
    Explain {
        /// The id, such as session-permission-missing
        id: String,
    },
    /// List every check and finding
    ListChecks {
        /// The form of the list
        #[arg(short, long, value_enum, default_value_t = ListForm::Text)]
        output: ListForm,
    },
    /// Judge policies, or write the least one, without asking AWS
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// The forms of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListForm {
    /// Columns
    Text,
    /// JSON
    Json,
}

/// How to look.
#[derive(Debug, Clone, Args)]
pub struct LookArgs {
    /// How much may be sent to AWS
    #[arg(long, value_enum, default_value_t = Level::Agent, env = "SSM_PROBE_PROBE")]
    pub probe: Level,
    /// How long the whole run may take, such as 20s
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration, env = "SSM_PROBE_TIMEOUT")]
    pub timeout: Duration,
    /// Read the host's files and processes below this folder; IMDS, network and AWS stay this machine's
    #[arg(long, value_name = "DIR", default_value = "/", env = "SSM_PROBE_ROOT")]
    pub root: PathBuf,
    /// Also write what was seen, without secrets, for a replay elsewhere
    #[arg(long, value_name = "FILE")]
    pub save_observations: Option<PathBuf>,
    /// Show no progress on standard error
    #[arg(long, env = "SSM_PROBE_NO_PROGRESS")]
    pub no_progress: bool,
    /// What is known of the session preferences.
    #[command(flatten)]
    pub session: SessionArgs,
}

/// The options of `check`.
#[derive(Debug, Clone, Args)]
pub struct CheckArgs {
    /// How to look.
    #[command(flatten)]
    pub look: LookArgs,
    /// What to write, and what counts.
    #[command(flatten)]
    pub report: ReportArgs,
    /// Repeat until Session Manager is usable, for as long as this (at most every 30 s)
    #[arg(long, value_name = "TIME", value_parser = duration, env = "SSM_PROBE_WAIT")]
    pub wait: Option<Duration>,
}

/// What to write, and what counts for the exit status.
#[derive(Debug, Clone, Args)]
pub struct ReportArgs {
    /// The form of the report
    #[arg(short, long, value_enum, default_value_t = Form::Wide, env = "SSM_PROBE_OUTPUT")]
    pub output: Form,
    /// Write the report to this file in place of standard output
    #[arg(long, value_name = "FILE", env = "SSM_PROBE_OUTPUT_FILE")]
    pub output_file: Option<PathBuf>,
    /// Leave a finding out of the exit status, with the reason why
    #[arg(long, value_name = "ID=REASON", value_parser = ignored, env = "SSM_PROBE_IGNORE", value_delimiter = ',')]
    pub ignore: Vec<Ignore>,
    /// From which weight on a finding makes the exit status 1
    #[arg(long, value_enum, default_value_t = FailOn::Error, env = "SSM_PROBE_FAIL_ON")]
    pub fail_on: FailOn,
    /// Whether to use colour
    #[arg(long, value_enum, default_value_t = Colour::Auto, env = "SSM_PROBE_COLOR")]
    pub color: Colour,
}

/// How much may be sent; see [`ProbeLevel`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// Nothing signed: IMDS, DNS, TCP, TLS
    Passive,
    /// Only what the running agent would itself send within the hour
    Agent,
    /// The same for an agent that does not run, a data channel for an invented session, and a WebSocket upgrade
    Full,
}

impl From<Level> for ProbeLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Passive => Self::Passive,
            Level::Agent => Self::Agent,
            Level::Full => Self::Full,
        }
    }
}

/// The forms of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Everything, for a person
    Wide,
    /// Verdict, cause and fix
    Short,
    /// The JSON contract ssm-probe/report/1
    Json,
    /// One JSON object on a line for each check and finding, for collectors
    Jsonl,
    /// Metrics for the textfile collector of `node_exporter`
    Prometheus,
    /// One self-contained page
    Html,
}

/// From which weight on a finding counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// Errors only
    Error,
    /// Warnings too
    Warning,
}

impl From<FailOn> for Severity {
    fn from(fail_on: FailOn) -> Self {
        match fail_on {
            FailOn::Error => Self::Error,
            FailOn::Warning => Self::Warning,
        }
    }
}

/// Whether to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// `20s`, `2m`, `1h`, `500ms`, or plain seconds.
fn duration(text: &str) -> Result<Duration, String> {
    const UNITS: [(&str, u64); 4] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = text.strip_prefix(digits).unwrap_or_default();
    let unit = if unit.is_empty() { "s" } else { unit };
    let scale = UNITS
        .into_iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, scale)| scale);
    let amount: Option<u64> = digits.parse().ok();
    match (amount, scale) {
        (Some(amount), Some(scale)) if amount > 0 => {
            Ok(Duration::from_millis(amount.saturating_mul(scale)))
        }
        _ => Err("write a time such as 20s, 2m or 500ms".to_owned()),
    }
}

/// `ID=reason`, with an id of the catalogue.
fn ignored(text: &str) -> Result<Ignore, String> {
    let (id, reason) = text.split_once('=').ok_or("write ID=REASON")?;
    let reason = reason.trim();
    if reason.is_empty() {
        return Err("give a reason: ID=REASON".to_owned());
    }
    match FindingId::from_id(id.trim()) {
        Some(id) => Ok(Ignore {
            id,
            reason: reason.to_owned(),
        }),
        None => Err(format!("`{id}` is no finding; see ssm-probe list-checks")),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::CommandFactory;

    use super::{CommandLine, duration, ignored};

    #[test]
    fn the_definition_holds_together() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn times_are_read_with_their_units() {
        for (text, milliseconds) in [
            ("20", 20_000),
            ("20s", 20_000),
            ("2m", 120_000),
            ("500ms", 500),
            ("1h", 3_600_000),
        ] {
            assert_eq!(
                duration(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
        for text in ["", "s", "-1", "0", "1d", "1.5s", "99999999999999999999"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_finding_is_ignored_by_its_id_and_with_a_reason() {
        assert!(ignored("static-keys-present=known, ticket 7").is_ok());
        for text in [
            "static-keys-present",
            "static-keys-present=",
            "no-such-finding=x",
        ] {
            assert!(ignored(text).is_err(), "{text}");
        }
    }
}
