//! The arguments of `lint`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{Colour, FailOn};

/// The options of `lint`.
#[derive(Debug, Clone, Args)]
pub struct LintArgs {
    /// The root of the image: a folder with its files
    #[arg(long, value_name = "DIR")]
    pub root: PathBuf,
    /// The form of the result
    #[arg(short, long, value_enum, default_value_t = LintForm::Wide, env = "SSM_PROBE_LINT_OUTPUT")]
    pub output: LintForm,
    /// Write the result to this file in place of standard output
    #[arg(long, value_name = "FILE", env = "SSM_PROBE_OUTPUT_FILE")]
    pub output_file: Option<PathBuf>,
    /// From which weight on a rule makes the exit status 1
    #[arg(long, value_enum, default_value_t = FailOn::Error, env = "SSM_PROBE_FAIL_ON")]
    pub fail_on: FailOn,
    /// Whether to use colour
    #[arg(long, value_enum, default_value_t = Colour::Auto, env = "SSM_PROBE_COLOR")]
    pub color: Colour,
}

/// The forms of a lint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LintForm {
    /// For a person
    Wide,
    /// For programs
    Json,
    /// `JUnit` XML, for pipelines
    Junit,
}
