//! `bundle`: look, mask, pack, look at the archive once more, and only then give it its name.

use std::io::{self, Cursor, Read, Write};
use std::path::{Path, PathBuf};

use tokio::sync::watch;

use super::interruption;
use crate::bundle::clean::Cleaner;
use crate::bundle::leak;
use crate::bundle::pack::{self, Bounds, Packed, Unpacked};
use crate::bundle::{known_secrets, names};
use crate::cli::BundleArgs;
use crate::exit::Exit;
use crate::observations::Observations;
use crate::output::{self, NewFile, Progress, Unwritten};
use crate::redact::Redactor;
use crate::redact::known::KnownSecrets;
use crate::redact::pseudonyms::Pseudonyms;
use crate::world::World;
use crate::{Limits, observe_with_secrets, report};

/// Collects a bundle.
///
/// # Errors
/// When it cannot be written; then there is none.
pub(super) async fn run(args: BundleArgs) -> Result<Exit, Unwritten> {
    if is_standard_output(&args.output) && output::is_terminal() {
        output::complain("a bundle is no text: send it to a file, or through a pipe");
        return Ok(Exit::Usage);
    }
    // The disk is tried first: nobody should wait for a look that cannot be kept.
    let place = Place::begin(&args.output)?;
    let world = World::real(args.look.root.clone());
    let limits = Limits {
        whole: args.look.timeout,
        ..Limits::default()
    };
    let interrupted = interruption();
    let progress = Progress::begin(
        "looking at this host and asking AWS",
        !args.look.no_progress,
    );
    let wishes = (&args.look).into();
    let (seen, secrets) = observe_with_secrets(&world, &limits, wishes, interrupted.clone()).await;
    progress.end();
    if let Some(file) = &args.look.save_observations {
        output::write_file(file, &report::json(&seen), 0o600)?;
    }
    let progress = Progress::begin("collecting and masking", !args.look.no_progress);
    let job = Job {
        world,
        args,
        seen,
        interrupted,
    };
    // Beside the event loop, so that an interruption is still noticed.
    let done = tokio::task::spawn_blocking(move || {
        let known = known_secrets(&job.world, &job.seen, secrets);
        job.write(place, &known)
    })
    .await;
    progress.end();
    match done {
        Ok(done) => done,
        Err(_panicked) => Ok(Exit::Internal),
    }
}

fn is_standard_output(path: &Path) -> bool {
    path == Path::new("-")
}

/// Where the bundle goes: under a temporary name until it is whole and safe, or into memory.
enum Place {
    Memory,
    File(NewFile, PathBuf),
    Folder(NewFile, PathBuf),
}

impl Place {
    fn begin(path: &Path) -> Result<Self, Unwritten> {
        if is_standard_output(path) {
            return Ok(Self::Memory);
        }
        match output::stands_at(path) {
            Some(true) => Ok(Self::Folder(NewFile::begin(path)?, path.to_path_buf())),
            Some(false) => Err(Unwritten::File {
                path: path.to_path_buf(),
                source: io::Error::new(
                    io::ErrorKind::AlreadyExists,
                    "it is already there, and is not written over",
                ),
            }),
            None => {
                let folder = match path.parent() {
                    Some(folder) if folder != Path::new("") => folder,
                    _ => Path::new("."),
                };
                Ok(Self::File(NewFile::begin(folder)?, path.to_path_buf()))
            }
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Memory => Path::new("-"),
            Self::File(_, path) | Self::Folder(_, path) => path,
        }
    }
}

struct Job {
    world: World,
    args: BundleArgs,
    seen: Observations,
    interrupted: watch::Receiver<bool>,
}

impl Job {
    fn write(self, place: Place, known: &KnownSecrets) -> Result<Exit, Unwritten> {
        let pseudonyms = self
            .args
            .pseudonymize
            .then(|| names::pseudonyms(&self.world, &self.seen));
        let mut cleaner = Cleaner::new(Redactor::new(known), pseudonyms);
        let check = Redactor::new(known);
        let target = place.path().to_path_buf();
        let exit = match place {
            Place::Memory => self.to_memory(&mut cleaner, &check),
            Place::File(file, path) => self.to_file(file, &mut cleaner, &check, |_| path),
            Place::Folder(file, folder) => {
                self.to_file(file, &mut cleaner, &check, |name| folder.join(name))
            }
        };
        let exit = match exit {
            Ok(exit) => exit,
            Err(Failed::Unwritten(unwritten)) => return Err(unwritten),
            Err(Failed::Packing(Unpacked::Write(source))) => {
                return Err(Unwritten::File {
                    path: target,
                    source,
                });
            }
            Err(Failed::Packing(other)) => {
                output::complain(&format!("no bundle was written: {other}"));
                Exit::Internal
            }
            Err(Failed::Refused(why)) => {
                output::complain(&format!("no bundle was written: {why}"));
                Exit::Internal
            }
        };
        if let (Exit::Usable, Some(file), Some(map)) =
            (exit, &self.args.pseudonym_map, cleaner.into_pseudonyms())
        {
            keep_map(file, &map)?;
        }
        Ok(exit)
    }

    fn pack<W: Write>(&self, cleaner: &mut Cleaner, out: W) -> Result<(W, Packed), Failed> {
        let bounds = Bounds {
            log: self.args.max_log,
            total: self.args.max_total,
        };
        let go_on = |_: &str| !*self.interrupted.borrow();
        let packed = pack::pack(&self.world, &self.seen, cleaner, bounds, out, go_on)?;
        Ok(packed)
    }

    fn to_memory(&self, cleaner: &mut Cleaner, check: &Redactor) -> Result<Exit, Failed> {
        let (archive, packed) = self.pack(cleaner, Vec::new())?;
        safe(Cursor::new(&archive), check)?;
        output::print_bytes(&archive).map_err(Failed::Unwritten)?;
        let size = u64::try_from(archive.len()).unwrap_or(u64::MAX);
        output::complain(&summary("standard output", packed, size));
        Ok(Exit::Usable)
    }

    fn to_file(
        &self,
        file: NewFile,
        cleaner: &mut Cleaner,
        check: &Redactor,
        path: impl FnOnce(&str) -> PathBuf,
    ) -> Result<Exit, Failed> {
        let (mut file, packed) = self.pack(cleaner, file)?;
        safe(file.reread().map_err(Unpacked::Write)?, check)?;
        let size = file.size();
        let path = path(&self.name(cleaner));
        file.keep(&path).map_err(Failed::Unwritten)?;
        let shown = path.display().to_string();
        output::complain(&summary(&shown, packed, size));
        output::print(&format!("{shown}\n")).map_err(Failed::Unwritten)?;
        Ok(Exit::Usable)
    }

    /// `ssm-probe-i-0123456789abcdef0-20260101T000000Z.tar.gz`
    fn name(&self, cleaner: &mut Cleaner) -> String {
        let report = crate::diagnose(&self.seen);
        let id = report.host.instance_id.unwrap_or_else(|| "host".to_owned());
        let id = cleaner.clean_text(&id, &mut crate::redact::Counts::new());
        let safe = |c: &char| c.is_ascii_alphanumeric() || *c == '-';
        let id: String = id.chars().filter(safe).take(40).collect();
        let at = self.seen.started_at.strftime("%Y%m%dT%H%M%SZ");
        format!("ssm-probe-{id}-{at}.tar.gz")
    }
}

/// Why there is no bundle.
enum Failed {
    Unwritten(Unwritten),
    Packing(Unpacked),
    Refused(String),
}

impl From<Unpacked> for Failed {
    fn from(error: Unpacked) -> Self {
        Self::Packing(error)
    }
}

/// The second look, at the finished archive.
fn safe(archive: impl Read, check: &Redactor) -> Result<(), Failed> {
    match leak::find(archive, check) {
        Ok(None) => Ok(()),
        Ok(Some(leak)) => Err(Failed::Refused(format!(
            "its own leak check found something secret in `{}` (rule {}); please report it",
            leak.file, leak.rule
        ))),
        Err(refused) => Err(Failed::Refused(format!(
            "the finished archive cannot be checked: {refused}"
        ))),
    }
}

fn summary(place: &str, packed: Packed, size: u64) -> String {
    format!(
        "bundle of {} files, {} KiB, to {place}; {} secrets masked, {} things could not be collected (errors.log)",
        packed.files,
        size.div_ceil(1024),
        packed.masked,
        packed.missing
    )
}

fn keep_map(path: &Path, pseudonyms: &Pseudonyms) -> Result<(), Unwritten> {
    let unwritten = |source| Unwritten::File {
        path: path.to_path_buf(),
        source,
    };
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let mut file = NewFile::begin(folder.unwrap_or_else(|| Path::new(".")))?;
    file.write_all(pseudonyms.map().as_bytes())
        .map_err(unwritten)?;
    file.keep(path)
}
