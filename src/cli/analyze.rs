//! The arguments of `analyze`.

use std::path::PathBuf;

use clap::Args;

use super::ReportArgs;

/// The options of `analyze`.
#[derive(Debug, Clone, Args)]
pub struct AnalyzeArgs {
    /// A bundle, a folder it was unpacked into, a mounted root volume, or an agent log; `-` reads a bundle from standard input
    #[arg(value_name = "BUNDLE|DIR|LOG", required_unless_present = "root")]
    pub target: Option<PathBuf>,
    /// A mounted root volume, whatever is in it
    #[arg(long, value_name = "DIR", conflicts_with = "target")]
    pub root: Option<PathBuf>,
    /// What to write, and what counts.
    #[command(flatten)]
    pub report: ReportArgs,
}
