//! `lint`: an image's root, judged before it is baked.

use std::path::PathBuf;

use crate::cli::{LintArgs, LintForm};
use crate::exit::Exit;
use crate::host::file;
use crate::lint;
use crate::output::{self, Unwritten};
use crate::report::{self, Style};
use crate::world::World;

/// Judges an image.
///
/// # Errors
/// When the result cannot be written.
pub(super) fn run(args: &LintArgs) -> Result<Exit, Unwritten> {
    let root = args.root.display().to_string();
    let inside = World::real(args.root.clone());
    let is_folder = file::stat(&inside, "/")
        .value()
        .is_some_and(|meta| meta.is_folder);
    let is_system = ["/etc", "/usr"]
        .iter()
        .any(|folder| file::exists(&inside, folder));
    if !is_folder || !is_system {
        output::complain(&format!(
            "`{root}` is not the root of a system: there is no /etc in it"
        ));
        return Ok(Exit::Usage);
    }
    let rulings = lint::judge(&lint::look::image(&args.root));
    let world = World::real(PathBuf::from("/"));
    let style = Style {
        colour: args.output_file.is_none() && output::takes_colour(args.color, &world.env),
        ..Style::PLAIN
    };
    let text = match args.output {
        LintForm::Wide => lint::wide(&rulings, &root, style),
        LintForm::Json => report::json(&lint::json(&rulings, &root)),
        LintForm::Junit => lint::junit(&rulings, &root, args.fail_on.into()),
    };
    match &args.output_file {
        Some(file) => output::write_file(file, &text, 0o644)?,
        None => output::print(&text)?,
    }
    Ok(lint::exit(&rulings, args.fail_on.into()))
}
