//! A file system without room, for real.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::lab::{Lab, run};
use crate::need_root;

/// A file system of its own over a folder, with the folder's content; unmounted when dropped.
pub(crate) struct Mount<'a>(&'a Path);

impl<'a> Mount<'a> {
    pub(crate) fn over(folder: &'a Path, options: &str) -> Self {
        let kept = folder.with_extension("kept");
        std::fs::rename(folder, &kept).expect("the lab's folder is writable");
        std::fs::create_dir(folder).expect("the lab's folder is writable");
        let path = |path: &Path| path.display().to_string();
        succeed(
            "mount",
            &["-t", "tmpfs", "-o", options, "tmpfs", &path(folder)],
        );
        let mount = Self(folder);
        succeed("cp", &["-a", &path(&kept.join(".")), &path(folder)]);
        mount
    }

    /// The folder as it is, and not to be written.
    pub(crate) fn read_only(folder: &'a Path) -> Self {
        let path = folder.display().to_string();
        succeed("mount", &["--bind", &path, &path]);
        let mount = Self(folder);
        succeed("mount", &["-o", "remount,bind,ro", &path]);
        mount
    }
}

impl Drop for Mount<'_> {
    fn drop(&mut self) {
        succeed("umount", &["--lazy", &self.0.display().to_string()]);
    }
}

fn succeed(program: &str, arguments: &[&str]) {
    let done = Command::new(program).args(arguments).output();
    let done = done.expect("Debian has it");
    assert!(done.status.success(), "{program} {arguments:?}: {done:?}");
}

fn report(lab: &Lab) -> Value {
    let mut command = run::command(lab);
    command.args(["-o", "json"]);
    let done = run::run(lab, command, "json");
    assert_eq!(done.status, Some(1), "{}{}", done.stdout, done.stderr);
    serde_json::from_str(&done.stdout).expect("it is JSON")
}

#[test]
fn no_bytes_are_left() {
    need_root();
    let lab = Lab::start(Lab::healthy());
    let root = lab.root();
    let _mount = Mount::over(&root, "size=4m");
    // Until it is refused; what did fit stays.
    let filled = std::fs::write(root.join("var/filler"), vec![0; 8 << 20]);
    assert!(filled.is_err());
    let report = report(&lab);
    assert_eq!(report["verdict"]["cause"], "disk-full");
    let detail = &report["findings"][0]["detail"];
    let detail = detail.as_str().expect("a finding has a detail");
    assert!(detail.contains("0 bytes free of 4.0 MiB"), "{detail}");
}

#[test]
fn no_inodes_are_left_and_bytes_are() {
    need_root();
    let lab = Lab::start(Lab::healthy());
    let root = lab.root();
    let _mount = Mount::over(&root, "size=64m,nr_inodes=400");
    let filler = |number: u32| std::fs::write(root.join(format!("var/filler{number}")), "");
    assert!((0..400).any(|number| filler(number).is_err()));
    let report = report(&lab);
    assert_eq!(report["verdict"]["cause"], "disk-full");
    let detail = &report["findings"][0]["detail"];
    let detail = detail.as_str().expect("a finding has a detail");
    assert!(detail.contains("0 of 400 inodes free"), "{detail}");
}
