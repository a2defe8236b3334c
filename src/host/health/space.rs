//! Room and mount options below the agent's folders.
//!
//! The kernel is asked about the folder itself. Below another root its answer is about this
//! machine's mounts, so it counts only where that root is a mount of its own.

use rustix::fs::{StatVfsMountFlags, fstatvfs};

use crate::host::file::{self, TEXT_LIMIT};
use crate::host::layout::Layout;
use crate::observations::{FolderSpace, FolderUse, Install, Reading, Space};
use crate::world::World;

/// Looks at each folder. `Absent` never: every host has a root.
pub(super) fn read(
    world: &World,
    layout: &Layout,
    installs: &[Install],
) -> Reading<Vec<FolderSpace>> {
    let programs = installs
        .first()
        .and_then(|install| install.binary.rsplit_once('/'))
        .map_or("/usr/bin", |(folder, _name)| folder);
    let mounts = mounts(world);
    let folders: Result<Vec<_>, _> = [
        (layout.data, FolderUse::Data),
        (layout.logs, FolderUse::Log),
        (programs, FolderUse::Programs),
        ("/tmp", FolderUse::Temporary),
    ]
    .into_iter()
    .map(|(folder, use_for)| one(world, folder, use_for, &mounts))
    .collect();
    match folders {
        Ok(folders) => Reading::found(folders, "statvfs"),
        Err(refusal) => refusal.reading("/"),
    }
}

fn one(
    world: &World,
    folder: &str,
    use_for: FolderUse,
    mounts: &[Mount],
) -> Result<FolderSpace, file::Refusal> {
    // Up to the root, which is there or nothing is.
    let mut looked_at = folder;
    let open = loop {
        match file::open_folder(world, if looked_at.is_empty() { "/" } else { looked_at }) {
            Ok(open) => break open,
            Err(refusal) if looked_at.is_empty() => return Err(refusal),
            Err(_refused) => {
                looked_at = looked_at
                    .rsplit_once('/')
                    .map_or("", |(above, _name)| above);
            }
        }
    };
    let looked_at = if looked_at.is_empty() { "/" } else { looked_at };
    let answer = fstatvfs(&open)?;
    // Below another root a folder that is not there may be on a volume that is not mounted.
    let is_ours = world.is_live_root() || (looked_at == folder && is_mount(world));
    let space = Space {
        total_bytes: answer.f_blocks.saturating_mul(answer.f_frsize),
        free_bytes: answer.f_bfree.saturating_mul(answer.f_frsize),
        total_inodes: answer.f_files,
        free_inodes: answer.f_ffree,
    };
    let mount = mount_of(mounts, looked_at);
    let (is_read_only, is_noexec) = if world.is_live_root() {
        (
            Some(answer.f_flag.contains(StatVfsMountFlags::RDONLY)),
            NOEXEC.map(|flag| answer.f_flag.contains(flag)),
        )
    } else {
        (
            mount.map(|mount| mount.has("ro")),
            mount.map(|mount| mount.has("noexec")),
        )
    };
    Ok(FolderSpace {
        folder: folder.to_owned(),
        use_for,
        looked_at: looked_at.to_owned(),
        space: is_ours.then_some(space),
        is_read_only,
        is_noexec,
    })
}

/// The mount flag that keeps programs from running, where the system tells it.
#[cfg(target_os = "linux")]
const NOEXEC: Option<StatVfsMountFlags> = Some(StatVfsMountFlags::NOEXEC);
/// The mount flag that keeps programs from running, where the system tells it.
#[cfg(not(target_os = "linux"))]
const NOEXEC: Option<StatVfsMountFlags> = None;

/// Whether another root is a mount point: then its file system is the host's own.
fn is_mount(world: &World) -> bool {
    let device = |root: std::path::PathBuf| {
        let world = World {
            root,
            ..world.clone()
        };
        file::stat(&world, "/").value().map(|meta| meta.id.0)
    };
    match (device(world.root.clone()), device(world.root.join(".."))) {
        (Some(own), Some(above)) => own != above,
        _ => false,
    }
}

/// One line of the mount table below the root.
struct Mount {
    point: String,
    options: Vec<String>,
}

impl Mount {
    fn has(&self, option: &str) -> bool {
        self.options.iter().any(|own| own == option)
    }
}

/// Source: `proc_pid_mountinfo(5)`: the fifth field is the mount point with octal escapes, the
/// sixth its options; after ` - ` come type, source and the file system's own options.
fn mounts(world: &World) -> Vec<Mount> {
    let path = "/proc/self/mountinfo";
    let reading = file::read_text(world, path, 4 * 1024 * 1024);
    let reading = if reading.value().is_some() {
        reading
    } else {
        file::read_text(world, "/proc/1/mountinfo", TEXT_LIMIT)
    };
    let lines = reading.value().map_or("", String::as_str).lines();
    lines.filter_map(parse_mount).collect()
}

fn parse_mount(line: &str) -> Option<Mount> {
    let (mount, system) = line.split_once(" - ")?;
    let mut fields = mount.split(' ').skip(4);
    let point = fields.next()?.replace("\\040", " ");
    let own = fields.next()?;
    let super_options = system.split(' ').nth(2).unwrap_or_default();
    Some(Mount {
        point,
        options: own
            .split(',')
            .chain(super_options.split(',').filter(|option| *option == "ro"))
            .map(str::to_owned)
            .collect(),
    })
}

/// The mount that a folder is on: the longest point, and of two alike the later one, on top.
fn mount_of<'a>(mounts: &'a [Mount], folder: &str) -> Option<&'a Mount> {
    mounts
        .iter()
        .filter(|mount| {
            let point = mount.point.trim_end_matches('/');
            folder
                .strip_prefix(point)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
        .max_by_key(|mount| mount.point.len())
}

#[cfg(test)]
mod tests {
    use super::{mount_of, parse_mount, read};
    use crate::host::layout::Layout;
    use crate::host::testing::Root;
    use crate::observations::FolderUse;
    use crate::world::World;

    const TABLE: &str = "\
22 1 259:1 / / rw,relatime shared:1 - ext4 /dev/root rw
30 22 259:2 / /var rw,nosuid,noexec - xfs /dev/sdb rw
31 22 259:3 / /var/log rw - ext4 /dev/sdc ro
32 22 0:5 / /tmp\\040dir rw - tmpfs tmpfs rw
broken line
";

    #[test]
    fn the_live_root_has_room_and_options() {
        let live = World {
            root: "/".into(),
            ..Root::new().world()
        };
        let reading = read(&live, &Layout::LINUX, &[]);
        let folders = reading.value().unwrap();
        assert_eq!(folders.len(), 4);
        for folder in folders {
            assert!(folder.space.unwrap().total_bytes > 0, "{folder:?}");
            assert!(folder.is_read_only.is_some() && folder.is_noexec.is_some());
        }
    }

    #[test]
    fn below_another_root_only_its_own_table_counts() {
        let root = Root::new();
        let look = || read(&root.world(), &Layout::LINUX, &[]);
        let bare = look();
        let data = &bare.value().unwrap()[0];
        assert_eq!(data.looked_at, "/");
        assert_eq!(
            (data.space, data.is_read_only, data.is_noexec),
            (None, None, None)
        );
        root.write("/proc/self/mountinfo", TABLE);
        root.folder("/var/lib/amazon");
        root.folder("/var/log/amazon/ssm");
        let full = look();
        let [data, log, programs, _] = full.value().unwrap().as_slice() else {
            panic!("{full:?}");
        };
        assert_eq!(
            (data.use_for, data.looked_at.as_str()),
            (FolderUse::Data, "/var/lib/amazon")
        );
        assert_eq!(
            (data.is_read_only, data.is_noexec),
            (Some(false), Some(true))
        );
        assert_eq!((log.is_read_only, log.is_noexec), (Some(true), Some(false)));
        assert_eq!(
            (programs.is_read_only, programs.is_noexec),
            (Some(false), Some(false))
        );
    }

    #[test]
    fn the_longest_mount_point_counts_and_names_end_at_a_slash() {
        let mounts: Vec<_> = TABLE.lines().filter_map(parse_mount).collect();
        let point = |folder| mount_of(&mounts, folder).unwrap().point.clone();
        assert_eq!(point("/var/log/amazon"), "/var/log");
        assert_eq!(point("/var/lib"), "/var");
        assert_eq!(point("/variable"), "/");
        assert_eq!(point("/tmp dir"), "/tmp dir");
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(line in "\\PC{0,80}", fields in "[a-z/ ,-]{0,60}") {
            let _mounts = (parse_mount(&line).is_some(), parse_mount(&fields).is_some());
        }
    }
}
