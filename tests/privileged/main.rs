//! What only root can lay out: devices, files that a plain user may not read, full file systems.
//!
//! `.ci/run privileged` runs it. Where it lacks root's rights it fails; it never skips.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests stand outside the program: they lay out its files and run it"
)]

#[path = "../bundle/host.rs"]
#[expect(dead_code, reason = "bundles are analysed elsewhere")]
mod bundled;
#[path = "../hostile/child.rs"]
#[expect(dead_code, reason = "costs are measured elsewhere")]
mod child;
#[path = "../hostile/host.rs"]
mod host;
#[path = "../lab/mod.rs"]
#[expect(dead_code, reason = "scenarios use the rest of the lab")]
mod lab;
#[path = "../hostile/spoil.rs"]
#[expect(dead_code, reason = "what anybody can make is tried elsewhere")]
mod spoil;
#[path = "../hostile/table.rs"]
mod table;

mod bundle;
mod cells;
mod full;
mod nobody;

/// The user without any rights.
const NOBODY: u32 = 65_534;

/// Nothing here means anything without root's rights.
#[track_caller]
fn need_root() {
    assert!(
        rustix::process::geteuid().is_root(),
        "this target lays out devices and other users' files: run it as root"
    );
}

/// The binary in a place that every user may enter.
fn open_binary() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().expect("there is room for temporary files");
    open(folder.path(), 0o755);
    let binary = folder.path().join("ssm-probe");
    std::fs::copy(child::binary(), &binary).expect("the binary is built");
    open(&binary, 0o755);
    (folder, binary)
}

/// Sets the mode of a file or folder.
fn open(path: &std::path::Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(path, mode).expect("root may do that");
}
