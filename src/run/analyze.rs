//! `analyze`: the same engine on a bundle, a mounted root volume, or the agent's log alone.

use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

use super::tell;
use crate::bundle::read::{self, Bundle, Refused};
use crate::cli::AnalyzeArgs;
use crate::diagnose;
use crate::exit::{self, Exit};
use crate::host::{self, file};
use crate::observations::Reading;
use crate::output::{self, Unwritten};
use crate::probe::offline;
use crate::report::ignore;
use crate::report::model::{Basis, Offline, Report};
use crate::world::World;

/// Where the magic word of a tar archive stands.
const USTAR_AT: usize = 257;

/// Judges a record.
///
/// # Errors
/// When the report cannot be written.
pub(super) fn run(args: &AnalyzeArgs) -> Result<Exit, Unwritten> {
    let world = World::real(PathBuf::from("/"));
    let judged = match (&args.root, &args.target) {
        (Some(root), _) => of_root(root),
        (None, Some(target)) if target == Path::new("-") => of_archive(io::stdin().lock()),
        (None, Some(target)) => of_path(&world, target),
        (None, None) => Err(Unfit("nothing was named".to_owned())),
    };
    let mut report = match judged {
        Ok(report) => report,
        Err(Unfit(why)) => {
            let what = args.root.as_ref().or(args.target.as_ref());
            let what = what.map_or_else(String::new, |path| format!("`{}`: ", path.display()));
            output::complain(&format!("{what}{why}"));
            return Ok(Exit::Usage);
        }
    };
    ignore::apply(&mut report, &args.report.ignore);
    tell(&world, &args.report, &report)?;
    Ok(exit::of_report(&report, args.report.fail_on.into()))
}

/// Why something cannot be analysed.
struct Unfit(String);

impl From<Refused> for Unfit {
    fn from(refused: Refused) -> Self {
        Self(refused.to_string())
    }
}

fn of_path(world: &World, target: &Path) -> Result<Report, Unfit> {
    let absolute = std::path::absolute(target).map_err(|error| Unfit(error.to_string()))?;
    let path = absolute.to_string_lossy().into_owned();
    match file::stat(world, &path) {
        Reading::Found { value, .. } if value.is_folder => of_folder(&absolute, &path),
        Reading::Found { .. } => of_file(world, &path),
        Reading::Absent { .. } => Err(Unfit("it is not there".to_owned())),
        Reading::Forbidden { .. } => Err(Unfit("permission denied".to_owned())),
        Reading::Unreadable { why, .. } => Err(Unfit(why)),
        Reading::Empty { .. } | Reading::Malformed { .. } | Reading::NotRead { .. } => {
            Err(Unfit("it cannot be read".to_owned()))
        }
    }
}

fn of_folder(absolute: &Path, path: &str) -> Result<Report, Unfit> {
    if read::is_unpacked(absolute) {
        return Ok(of_bundle(&read::folder(absolute)?));
    }
    let world = World::real(absolute.to_path_buf());
    if ["/etc", "/usr", "/var/lib/amazon", "/var/log/amazon"]
        .iter()
        .any(|place| file::exists(&world, place))
    {
        return of_root(absolute);
    }
    if file::exists(&world, "/amazon-ssm-agent.log") {
        return of_log(
            &World::real(PathBuf::from("/")),
            &format!("{path}/amazon-ssm-agent.log"),
        );
    }
    Err(Unfit(
        "it is neither an unpacked bundle, nor a root volume, nor a folder of the agent's logs"
            .to_owned(),
    ))
}

fn of_file(world: &World, path: &str) -> Result<Report, Unfit> {
    let (mut opened, meta) = match file::open(world, path) {
        Ok(opened) => opened,
        Err(file::Refusal::Absent) => return Err(Unfit("it is not there".to_owned())),
        Err(file::Refusal::Forbidden) => return Err(Unfit("permission denied".to_owned())),
        Err(file::Refusal::Unreadable(why)) => return Err(Unfit(why)),
    };
    if meta.size_bytes == 0 {
        return Err(Unfit("it is empty".to_owned()));
    }
    let mut start = Vec::new();
    let peeked = (&mut opened).take(2).read_to_end(&mut start);
    let packed = peeked.is_ok() && start == [0x1f, 0x8b];
    if !packed {
        return of_log(world, path);
    }
    let rewound = opened.seek(SeekFrom::Start(0));
    rewound.map_err(|error| Unfit(error.to_string()))?;
    let mut header = Vec::new();
    let read = GzDecoder::new(&mut opened)
        .take(512)
        .read_to_end(&mut header);
    let is_tar = header
        .get(USTAR_AT..)
        .is_some_and(|rest| rest.starts_with(b"ustar"));
    // What cannot even be unpacked is a damaged bundle rather than a log.
    if read.is_ok() && !is_tar {
        return of_log(world, path);
    }
    let rewound = opened.seek(SeekFrom::Start(0));
    rewound.map_err(|error| Unfit(error.to_string()))?;
    of_archive(opened)
}

fn of_archive(source: impl Read) -> Result<Report, Unfit> {
    Ok(of_bundle(&read::archive(source)?))
}

fn of_bundle(bundle: &Bundle) -> Report {
    let at = bundle.manifest.created_at;
    let mut not_known = vec![format!(
        "what has changed on the host, in the network and in AWS since {at}"
    )];
    if bundle.manifest.pseudonymized {
        not_known.push(
            "real names: this bundle has pseudonyms, also in what is to be pasted".to_owned(),
        );
    }
    drawn(&bundle.observations, Basis::Bundle, not_known)
}

fn of_root(root: &Path) -> Result<Report, Unfit> {
    let world = World::real(root.to_path_buf());
    if let Reading::Found { value, .. } = file::stat(&world, "/")
        && value.is_folder
    {
        let not_known = [
            "whether the agent runs, and in what environment",
            "what IMDS answers, and so whether an instance profile is attached",
            "whether the network reaches AWS, and whether the clock is right",
            "what AWS allows, beyond what the agent has logged",
        ];
        let not_known = not_known.map(str::to_owned).to_vec();
        return Ok(drawn(&offline::root(&world), Basis::Root, not_known));
    }
    Err(Unfit("it is no folder that can be read".to_owned()))
}

fn of_log(world: &World, path: &str) -> Result<Report, Unfit> {
    let log = host::log_alone(world, path);
    match &log {
        Reading::Found { value, .. } if value.entries == 0 => {
            return Err(Unfit(
                "it is neither a bundle nor a log of the agent: no entry was found".to_owned(),
            ));
        }
        Reading::Found { .. } => {}
        Reading::Unreadable { why, .. } => return Err(Unfit(why.clone())),
        _ => return Err(Unfit("it cannot be read".to_owned())),
    }
    let not_known = [
        "whether the agent still runs, and what it has done since the log's last entry",
        "what is on the host: configuration, registration, credentials, version installed",
        "what IMDS, the network and AWS answer now",
        "the time zone of the log; its times are taken for UTC",
    ];
    let not_known = not_known.map(str::to_owned).to_vec();
    Ok(drawn(&offline::log(world, log), Basis::Log, not_known))
}

fn drawn(seen: &crate::observations::Observations, basis: Basis, not_known: Vec<String>) -> Report {
    let mut report = diagnose(seen);
    report.offline = Some(Offline {
        basis,
        analyzed_at: World::real(PathBuf::from("/")).clock.now(),
        not_known,
    });
    report
}
