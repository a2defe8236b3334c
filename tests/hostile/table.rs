//! Every file of the agent, in every layout, replaced by everything that anybody can make.

use crate::child;
use crate::host::{Kind, Layout, real};
use crate::spoil::Spoil;

/// The faults of one layout's cells.
pub(crate) fn faults(
    layout: Layout,
    spoils: &[Spoil],
    binary: &std::path::Path,
    user: Option<u32>,
) -> Vec<String> {
    let mut faults = Vec::new();
    for spoil in spoils {
        for place in layout.places() {
            let scratch = tempfile::tempdir().expect("there is room for temporary files");
            open_to_all(scratch.path());
            let root = scratch.path().join("root");
            layout.lay(&root);
            if place.kind == Kind::Log {
                remove_side_logs(layout, &root);
            }
            spoil.put(&root, &place.path);
            let run = child::run(binary, scratch.path(), user);
            let pointer = format!("/host{}/reading", place.pointer);
            let is = run
                .observations
                .pointer(&pointer)
                .and_then(|it| it.as_str());
            let mut found = run.faults();
            if is != Some(spoil.reading(&place)) {
                found.push(format!(
                    "{} is {is:?}, not {}",
                    place.pointer,
                    spoil.reading(&place)
                ));
            }
            faults.extend(
                found
                    .into_iter()
                    .map(|fault| format!("{layout:?}, {} as {spoil:?}: {fault}", place.path)),
            );
            reopen(&root, &place.path);
        }
    }
    faults
}

/// Only where it is alone does a log show as itself.
fn remove_side_logs(layout: Layout, root: &std::path::Path) {
    for place in layout.places() {
        if place.kind == Kind::SideLog {
            std::fs::remove_file(real(root, &place.path)).expect("it was laid");
        }
    }
}

/// Another user writes his results here.
fn open_to_all(scratch: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    let open = std::fs::Permissions::from_mode(0o777);
    std::fs::set_permissions(scratch, open).expect("it is ours");
}

/// So that it can be removed by a plain user, too.
fn reopen(root: &std::path::Path, path: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let real = real(root, path);
    if real.is_dir() {
        let open = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(real, open).expect("it is ours");
    }
}

/// The layouts beside each other.
#[track_caller]
pub(crate) fn check(spoils: &[Spoil], binary: &std::path::Path, user: Option<u32>) {
    let faults: Vec<String> = std::thread::scope(|scope| {
        let runs =
            Layout::ALL.map(|layout| scope.spawn(move || faults(layout, spoils, binary, user)));
        runs.into_iter()
            .flat_map(|run| run.join().expect("a run does not panic"))
            .collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
