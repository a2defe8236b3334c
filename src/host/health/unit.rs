//! The agent's systemd units, by their files: no bus, no `systemctl`.
//!
//! Source: `systemd.unit(5)`, "Unit File Load Path" and drop-ins; what a generator or a preset
//! would make is not known here.

use std::collections::BTreeMap;

use crate::host::file::{self, TEXT_LIMIT};
use crate::host::{environment, proxies};
use crate::observations::{Install, InstallKind, Reading, Unit};
use crate::world::{Env, World};

/// Where unit files are, first wins.
const FOLDERS: [&str; 6] = [
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/run/systemd/generator",
];
/// The control groups of units, in both layouts.
const GROUPS: [&str; 2] = [
    "/sys/fs/cgroup/system.slice",
    "/sys/fs/cgroup/systemd/system.slice",
];
/// Most drop-ins of one unit that are read.
const DROP_INS: usize = 32;

/// The units of the installations; of a package also when its binary is gone.
pub(super) fn read(world: &World, installs: &[Install]) -> Reading<Vec<Unit>> {
    if !FOLDERS.iter().any(|folder| file::exists(world, folder)) {
        return Reading::absent("/etc/systemd/system");
    }
    let mut names = vec![
        "amazon-ssm-agent.service".to_owned(),
        "snap.amazon-ssm-agent.amazon-ssm-agent.service".to_owned(),
    ];
    for install in installs {
        let name = format!("{}.service", install.unit);
        let is_systemd = !matches!(
            install.kind,
            InstallKind::MacPackage | InstallKind::Container
        );
        if is_systemd && !names.contains(&name) {
            names.push(name);
        }
    }
    let units = names
        .iter()
        .map(|name| one(world, name))
        .filter(|unit| unit.file.is_some() || unit.is_masked || unit.is_active == Some(true))
        .collect();
    Reading::found(units, "/etc/systemd/system")
}

fn one(world: &World, name: &str) -> Unit {
    let (file, is_masked) = find(world, name);
    let drop_ins = drop_ins(world, name);
    let settings = Settings::of(world, file.iter().chain(&drop_ins));
    let env = settings.environment(world);
    Unit {
        name: name.to_owned(),
        file,
        is_masked,
        is_enabled: is_enabled(world, name),
        is_active: is_active(world, name),
        drop_ins,
        environment: environment::observe(&env),
        user: settings.user,
        out_of_memory_kills: out_of_memory_kills(world, name),
    }
}

/// The file in force, and whether the first place that has one masks it.
fn find(world: &World, name: &str) -> (Option<String>, bool) {
    for folder in FOLDERS {
        let path = format!("{folder}/{name}");
        let link = file::read_link(world, &path);
        if link.value().is_some_and(|target| target == "/dev/null") {
            return (None, true);
        }
        match file::read_text(world, &path, TEXT_LIMIT) {
            Reading::Absent { .. } => {}
            Reading::Empty { .. } => return (None, true),
            _ => return (Some(path), false),
        }
    }
    (None, false)
}

/// Whether a target wants or requires it: a link in a `.wants` or `.requires` folder.
fn is_enabled(world: &World, name: &str) -> bool {
    FOLDERS.iter().any(|folder| {
        let entries = file::list(world, folder);
        entries.value().into_iter().flatten().any(|entry| {
            matches!(ending(entry), "wants" | "requires")
                && file::read_link(world, &format!("{folder}/{entry}/{name}"))
                    .value()
                    .is_some()
        })
    })
}

/// What stands after the last dot of a name.
fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// Whether its control group has processes.
fn is_active(world: &World, name: &str) -> Option<bool> {
    let slice = GROUPS.iter().find(|slice| file::exists(world, slice))?;
    let members = file::read_value(world, &format!("{slice}/{name}/cgroup.procs"));
    match members {
        Reading::Found { .. } => Some(true),
        Reading::Absent { .. } | Reading::Empty { .. } => Some(false),
        _ => None,
    }
}

fn out_of_memory_kills(world: &World, name: &str) -> Option<u64> {
    let slice = GROUPS.first()?;
    let events = file::read_text(world, &format!("{slice}/{name}/memory.events"), TEXT_LIMIT);
    events
        .value()?
        .lines()
        .find_map(|line| line.strip_prefix("oom_kill "))?
        .trim()
        .parse()
        .ok()
}

/// Drop-ins by name; of two with one name the one in the earlier folder counts.
fn drop_ins(world: &World, name: &str) -> Vec<String> {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for folder in FOLDERS {
        // `service.d` holds for every service.
        for drop_in in [format!("{name}.d"), "service.d".to_owned()] {
            let folder = format!("{folder}/{drop_in}");
            let entries = file::list(world, &folder);
            for entry in entries.value().into_iter().flatten() {
                if ending(entry) == "conf" && found.len() < DROP_INS {
                    found
                        .entry(entry.clone())
                        .or_insert_with(|| format!("{folder}/{entry}"));
                }
            }
        }
    }
    found.into_values().collect()
}

/// The environment that a unit would give its process.
pub(in crate::host) fn environment(world: &World, unit: &Unit) -> Env {
    Settings::of(world, unit.file.iter().chain(&unit.drop_ins)).environment(world)
}

/// What the `[Service]` sections of unit and drop-ins add up to.
#[derive(Default)]
struct Settings {
    environment: BTreeMap<String, String>,
    /// Files of further assignments, which win.
    files: Vec<String>,
    user: Option<String>,
}

impl Settings {
    fn of<'a>(world: &World, paths: impl Iterator<Item = &'a String>) -> Self {
        let mut settings = Self::default();
        for path in paths {
            let reading = file::read_text(world, path, TEXT_LIMIT);
            settings.read(reading.value().map_or("", String::as_str));
        }
        settings
    }

    /// The environment with its files read in.
    fn environment(&self, world: &World) -> Env {
        let mut all = self.environment.clone();
        for path in self.files.iter().take(DROP_INS) {
            let reading = file::read_text(world, path, TEXT_LIMIT);
            let text = reading.value().map_or("", String::as_str);
            all.extend(proxies::assignments(text));
        }
        all.into_iter().collect()
    }

    /// Source: `systemd.exec(5)`: `Environment=` adds, an empty one clears; assignments may be
    /// quoted.
    fn read(&mut self, text: &str) {
        let text = text.replace("\\\n", " ");
        for line in text.lines() {
            let line = line.trim();
            if let Some(value) = line.strip_prefix("Environment=") {
                if value.trim().is_empty() {
                    self.environment.clear();
                }
                for assignment in words(value) {
                    if let Some((name, value)) = assignment.split_once('=') {
                        self.environment.insert(name.to_owned(), value.to_owned());
                    }
                }
            } else if let Some(value) = line.strip_prefix("EnvironmentFile=") {
                let path = value.trim().trim_start_matches('-');
                if path.is_empty() {
                    self.files.clear();
                } else if path.starts_with('/') {
                    self.files.push(path.to_owned());
                }
            } else if let Some(value) = line.strip_prefix("User=") {
                self.user = Some(value.trim().to_owned())
                    .filter(|user| !matches!(user.as_str(), "" | "root" | "0"));
            }
        }
    }
}

/// Words at white space, except within quotes, which are taken off.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for char in text.chars() {
        match (char, quote) {
            ('"' | '\'', None) => quote = Some(char),
            (_, Some(open)) if char == open => quote = None,
            (_, None) if char.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            _ => word.push(char),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{Settings, read, words};
    use crate::host::testing::Root;
    use crate::observations::Unit;

    const NAME: &str = "amazon-ssm-agent.service";
    const SNAP: &str = "snap.amazon-ssm-agent.amazon-ssm-agent.service";

    fn look(root: &Root) -> Vec<Unit> {
        read(&root.world(), &[]).value().unwrap().clone()
    }

    #[track_caller]
    fn one(root: &Root) -> Unit {
        let [unit] = <[Unit; 1]>::try_from(look(root)).unwrap();
        unit
    }

    #[test]
    fn a_host_without_systemd_has_no_units() {
        let root = Root::new();
        assert!(read(&root.world(), &[]).is_absent());
        root.folder("/etc/systemd/system");
        assert_eq!(look(&root), []);
    }

    #[test]
    fn file_enabling_and_activity_are_told_apart() {
        let root = Root::new();
        let file = format!("/lib/systemd/system/{NAME}");
        root.write(&file, "[Service]\nExecStart=/usr/bin/amazon-ssm-agent\n");
        let unit = one(&root);
        assert_eq!(unit.file.as_deref(), Some(file.as_str()));
        assert!(!unit.is_enabled && !unit.is_masked);
        assert_eq!(unit.is_active, None);
        root.link(
            &format!("/etc/systemd/system/multi-user.target.wants/{NAME}"),
            &file,
        );
        root.folder("/sys/fs/cgroup/system.slice");
        let unit = one(&root);
        assert!(unit.is_enabled);
        assert_eq!(unit.is_active, Some(false));
        let group = format!("/sys/fs/cgroup/system.slice/{NAME}");
        root.write(&format!("{group}/cgroup.procs"), "90\n99\n");
        root.write(
            &format!("{group}/memory.events"),
            "low 0\noom 2\noom_kill 2\n",
        );
        let unit = one(&root);
        assert_eq!(
            (unit.is_active, unit.out_of_memory_kills),
            (Some(true), Some(2))
        );
    }

    #[test]
    fn a_link_to_nothing_or_an_empty_file_masks() {
        let root = Root::new();
        root.write(&format!("/usr/lib/systemd/system/{NAME}"), "[Service]\n");
        root.link(&format!("/etc/systemd/system/{NAME}"), "/dev/null");
        assert!(one(&root).is_masked && one(&root).file.is_none());
        root.write(&format!("/etc/systemd/system/{NAME}"), "");
        assert!(one(&root).is_masked);
        root.fifo(&format!("/etc/systemd/system/{NAME}"));
        assert!(!one(&root).is_masked && one(&root).file.is_some());
    }

    #[test]
    fn the_proxy_on_the_wrong_unit_is_seen_without_its_password() {
        let root = Root::new();
        root.write(&format!("/etc/systemd/system/{SNAP}"), "[Service]\n");
        root.write(
            &format!("/lib/systemd/system/{NAME}"),
            "[Service]\nUser=agent\n",
        );
        root.write(
            &format!("/etc/systemd/system/{NAME}.d/override.conf"),
            "[Service]\nEnvironment=\"https_proxy=http://u:hunter2@proxy:3128\" no_proxy=169.254.169.254\n",
        );
        root.write(
            &format!("/usr/lib/systemd/system/{NAME}.d/override.conf"),
            "hidden",
        );
        let units = look(&root);
        assert_eq!(units.len(), 2);
        let proxied = units.iter().find(|unit| unit.name == NAME).unwrap();
        assert_eq!(
            proxied.environment.https_proxy.as_deref(),
            Some("http://proxy:3128")
        );
        assert_eq!(
            proxied.environment.no_proxy.as_deref(),
            Some("169.254.169.254")
        );
        assert_eq!(proxied.user.as_deref(), Some("agent"));
        assert_eq!(
            proxied.drop_ins,
            [format!("/etc/systemd/system/{NAME}.d/override.conf")]
        );
        let snap = units.iter().find(|unit| unit.name == SNAP).unwrap();
        assert_eq!(snap.environment.https_proxy, None);
        assert!(!format!("{units:?}").contains("hunter2"));
    }

    #[test]
    fn assignments_are_cut_at_blanks_outside_of_quotes() {
        assert_eq!(words(r#""a=b c" d='e f' g=h"#), ["a=b c", "d=e f", "g=h"]);
        assert_eq!(words(""), Vec::<String>::new());
        let mut settings = Settings::default();
        settings.read("Environment=a=1 b=2\nEnvironment=\nEnvironment=c=3 \\\n d=4\n");
        let names: Vec<_> = settings.environment.keys().map(String::as_str).collect();
        assert_eq!(names, ["c", "d"]);
    }

    proptest::proptest! {
        #[test]
        fn no_unit_file_panics(text in "\\PC{0,80}", lines in "(Environment=|User=|\"|'| |a=b|\\n|\\\\\\n){0,20}") {
            Settings::default().read(&text);
            Settings::default().read(&lines);
        }
    }
}
