use super::{parse_audit, parse_binary, parse_dpkg, parse_log, read};
use crate::host::layout::Layout;
use crate::host::testing::Root;
use crate::observations::{AgentVersion, Install, InstallKind, Reading};

fn version(text: &str) -> AgentVersion {
    text.parse().unwrap()
}

fn installed(kind: InstallKind) -> Vec<Install> {
    vec![Install {
        kind,
        binary: "/usr/bin/amazon-ssm-agent".to_owned(),
        unit: String::new(),
    }]
}

const STATUS: &str = "\
Package: adduser
Status: install ok installed
Version: 3.118

Package: amazon-ssm-agent
Status: install ok installed
Description: agent
 Version: 9.9.9.9
Version: 3.3.987.0-1

Package: zlib
Status: install ok installed
Version: 1:1.2
";

#[test]
fn each_source_is_asked_in_turn_and_named() {
    let root = Root::new();
    let package = installed(InstallKind::Package);
    let look = |installs: &[Install]| read(&root.world(), &Layout::LINUX, installs);
    assert!(look(&package).value().is_none());

    root.write(
        "/var/log/amazon/ssm/amazon-ssm-agent.log",
        "INFO [amazon-ssm-agent] amazon-ssm-agent - v3.1.0.0\n",
    );
    assert_eq!(
        look(&package),
        with_time(
            &root,
            "3.1.0.0",
            "/var/log/amazon/ssm/amazon-ssm-agent.log",
            false
        )
    );

    let audit = "/var/log/amazon/ssm/audits/amazon-ssm-agent-audit-2026-11-23";
    root.write(
        audit,
        "SchemaVersion=1\nagent_telemetry amazon-ssm-agent.start 3.2.0.0 00:00:01\n",
    );
    root.write(
        "/var/log/amazon/ssm/audits/amazon-ssm-agent-audit-2026-11-24",
        "SchemaVersion=1\n",
    );
    assert_eq!(look(&package), with_time(&root, "3.2.0.0", audit, true));

    root.write("/var/lib/dpkg/status", STATUS);
    assert_eq!(look(&package).value(), Some(&version("3.3.987.0")));
    assert_eq!(look(&package).source(), "/var/lib/dpkg/status");
    assert_eq!(look(&installed(InstallKind::Container)).source(), audit);

    let yaml = "/snap/amazon-ssm-agent/current/meta/snap.yaml";
    root.write(yaml, "name: amazon-ssm-agent\nversion: '3.3.2299.0'\n");
    assert_eq!(
        look(&installed(InstallKind::Snap)).value(),
        Some(&version("3.3.2299.0"))
    );
}

fn with_time(root: &Root, text: &str, source: &str, timed: bool) -> Reading<AgentVersion> {
    let modified_at = crate::host::file::stat(&root.world(), source).modified_at();
    Reading::Found {
        value: version(text),
        source: source.to_owned(),
        modified_at: modified_at.filter(|_| timed),
    }
}

#[test]
fn a_package_that_was_removed_has_no_version() {
    let removed = STATUS.replace(
        "amazon-ssm-agent\nStatus: install ok installed",
        "amazon-ssm-agent\nStatus: deinstall ok config-files",
    );
    assert_eq!(parse_dpkg(&mut removed.as_bytes()).unwrap(), None);
    assert_eq!(parse_dpkg(&mut "".as_bytes()).unwrap(), None);
    let last = "Package: amazon-ssm-agent\nStatus: install ok installed\nVersion: 1:3.3.1.0+b1";
    assert_eq!(
        parse_dpkg(&mut last.as_bytes()).unwrap().as_deref(),
        Some("3.3.1.0")
    );
}

#[test]
fn the_newest_start_in_a_log_counts() {
    let log = "amazon-ssm-agent - v3.0.0.0\nssm-agent-worker - v3.9.0.0\namazon-ssm-agent - v3.1.0.0\namazon-ssm-agent - vbroken";
    assert_eq!(parse_log(log), Some(version("3.1.0.0")));
    assert_eq!(parse_log(""), None);
    assert_eq!(parse_log("3.1.0.0 amazon-ssm-agent"), None);
    let recorded = include_str!("../../tests/agent-runs/healthy-profile/amazon-ssm-agent.log");
    assert_eq!(parse_log(recorded), Some(version("3.3.0.0")));
}

#[test]
fn a_log_of_ten_gigabytes_is_searched_at_its_end_only() {
    let root = Root::new();
    root.sparse("/var/log/amazon/ssm/amazon-ssm-agent.log", 10 << 30);
    let reading = read(&root.world(), &Layout::LINUX, &[]);
    assert!(reading.value().is_none());
}

#[test]
fn rights_that_are_missing_are_told_before_places_that_are_empty() {
    let root = Root::new();
    root.write(
        "/snap/amazon-ssm-agent/current/meta/snap.yaml",
        "version: latest\n",
    );
    let reading = read(&root.world(), &Layout::LINUX, &installed(InstallKind::Snap));
    assert!(matches!(reading, Reading::Malformed { .. }));
}

#[test]
fn the_binary_s_answer_is_parsed_and_nothing_below_another_root_is_run() {
    assert_eq!(
        parse_binary("SSM Agent version: 3.3.987.0\n"),
        Ok(version("3.3.987.0"))
    );
    assert!(parse_binary("usage: ...").is_err());
    let root = Root::new();
    root.write("/usr/bin/amazon-ssm-agent", "#!/bin/sh\ntouch ran\n");
    root.mode("/usr/bin/amazon-ssm-agent", 0o755);
    let reading = read(
        &root.world(),
        &Layout::LINUX,
        &installed(InstallKind::Package),
    );
    assert!(reading.value().is_none());
}

#[test]
fn a_program_is_run_for_its_word_and_killed_when_it_gives_none() {
    let root = Root::new();
    let script = |text: &str| {
        root.write("/agent", text);
        root.mode("/agent", 0o755);
        super::run(&root.world(), root.real("/agent").to_str().unwrap())
    };
    let said = script("#!/bin/sh\n[ \"$*\" = -version ] && echo SSM Agent version: 3.3.987.0\n");
    assert_eq!(parse_binary(&said.unwrap()), Ok(version("3.3.987.0")));
    let watch = root.world().clock.stopwatch();
    assert!(
        script("#!/bin/sh\nexec /bin/sleep 60\n")
            .unwrap_err()
            .contains("did not end")
    );
    assert!(script("#!/bin/sh\nwhile :; do echo noise; done\n").is_err());
    let _left_behind = script("#!/bin/sh\n/bin/sleep 3 &\n");
    assert!(watch.elapsed().as_secs() < 5, "{:?}", watch.elapsed());
}

proptest::proptest! {
    #[test]
    fn no_source_panics(text in "\\PC{0,200}", lines in "(Package: |Status: |Version: |amazon-ssm-agent| installed|\\n|3\\.|-|:){0,30}") {
        for input in [&text, &lines] {
            let _answers = (
                parse_dpkg(&mut input.as_bytes()).is_ok(),
                parse_audit(input),
                parse_log(input),
                parse_binary(input).is_ok(),
            );
        }
    }
}
