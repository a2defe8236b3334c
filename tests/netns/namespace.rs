//! A network namespace that is gone when its test is, also when the test fails.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};

/// A network namespace and the processes in it.
pub(crate) struct Namespace {
    name: String,
    children: Vec<Child>,
}

impl Namespace {
    /// A new one; the name must be unique on this machine.
    pub(crate) fn new(name: String) -> Self {
        must(Command::new("ip").args(["netns", "add", &name]));
        let namespace = Self {
            name,
            children: Vec::new(),
        };
        namespace.ip("link set lo up");
        namespace
    }

    /// Its name, for `ip`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The file that stands for it.
    pub(crate) fn path(&self) -> std::path::PathBuf {
        format!("/run/netns/{}", self.name).into()
    }

    /// `ip` in it, its words parted by blanks.
    pub(crate) fn ip(&self, words: &str) {
        let mut command = Command::new("ip");
        command.args(["-n", &self.name]).args(words.split(' '));
        must(&mut command);
    }

    /// Loads a packet filter with these chains.
    pub(crate) fn filter(&self, chains: &str) {
        let mut child = self
            .command("nft")
            .args(["-f", "-"])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("`ip netns exec` can be started");
        let rules = format!("table inet lab {{\n{chains}\n}}\n");
        let mut input = child.stdin.take().expect("the input is a pipe");
        input
            .write_all(rules.as_bytes())
            .expect("nft reads its rules");
        drop(input);
        let done = child.wait_with_output().expect("nft ends");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "nft: {said}\n{rules}");
    }

    /// A command that will run in it.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name, program]);
        command
    }

    /// What a command in it prints.
    pub(crate) fn output(&self, program: &str, arguments: &[&str]) -> String {
        let done = self.command(program).args(arguments).output();
        let done = done.expect("`ip netns exec` can be started");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Starts a server in it, which ends with it.
    pub(crate) fn serve(&mut self, mut command: Command) {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.children
            .push(child.expect("the server can be started"));
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        for child in &mut self.children {
            // One that has ended by itself is what is wanted.
            let _ended = child.kill();
            let _ended = child.wait();
        }
        let deleted = Command::new("ip")
            .args(["netns", "del", &self.name])
            .status();
        if !deleted.is_ok_and(|status| status.success()) {
            eprintln!("the namespace {} could not be deleted", self.name);
        }
    }
}

/// Runs a command, or says what is missing.
#[track_caller]
fn must(command: &mut Command) {
    let done = command.output();
    let done = done.unwrap_or_else(|error| {
        panic!("{command:?}: {error}; `bash .ci/run netns` installs what this needs")
    });
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(
        done.status.success(),
        "{command:?}: {said}(this test makes network namespaces and must run as root)"
    );
}
