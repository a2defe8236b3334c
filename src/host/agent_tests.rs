use super::{config_path, environment, installs};
use crate::host::layout::Layout;
use crate::host::testing::Root;
use crate::observations::{AgentProcess, InstallKind, ProcessRole, Reading};

fn core(executable: Option<&str>) -> Reading<Vec<AgentProcess>> {
    Reading::found(
        vec![AgentProcess {
            pid: 9,
            role: ProcessRole::Core,
            executable: executable.map(str::to_owned),
            started_at: None,
        }],
        "/proc",
    )
}

fn none() -> Reading<Vec<AgentProcess>> {
    Reading::found(Vec::new(), "/proc")
}

fn kinds(root: &Root, processes: &Reading<Vec<AgentProcess>>) -> Vec<InstallKind> {
    installs(&root.world(), processes)
        .iter()
        .map(|install| install.kind)
        .collect()
}

#[test]
fn every_kind_of_installation_is_found_with_its_unit() {
    let root = Root::new();
    assert_eq!(kinds(&root, &none()), []);
    root.write("/usr/bin/amazon-ssm-agent", "x");
    root.write("/snap/amazon-ssm-agent/42/amazon-ssm-agent", "x");
    root.link("/snap/amazon-ssm-agent/current", "42");
    let found = installs(&root.world(), &none());
    assert_eq!(found[0].unit, "amazon-ssm-agent");
    assert_eq!(found[1].kind, InstallKind::Snap);
    assert_eq!(found[1].unit, "snap.amazon-ssm-agent.amazon-ssm-agent");
    root.write("/managed-agents/execute-command/amazon-ssm-agent", "x");
    root.write("/ecs-execute-command-0a1b/amazon-ssm-agent", "x");
    root.write("/opt/aws/ssm/bin/amazon-ssm-agent", "x");
    assert_eq!(
        kinds(&root, &none()),
        [
            InstallKind::Package,
            InstallKind::Snap,
            InstallKind::MacPackage,
            InstallKind::Container,
            InstallKind::Container
        ]
    );
}

#[test]
fn two_names_of_one_binary_are_one_installation() {
    let root = Root::new();
    root.write("/usr/bin/amazon-ssm-agent", "x");
    root.link("/usr/sbin", "bin");
    assert_eq!(kinds(&root, &none()), [InstallKind::Package]);
}

#[test]
fn a_running_binary_in_another_place_is_an_installation_too() {
    let root = Root::new();
    assert_eq!(
        kinds(&root, &core(Some("/opt/x/amazon-ssm-agent"))),
        [InstallKind::Elsewhere]
    );
    assert_eq!(kinds(&root, &core(None)), []);
    root.write("/usr/bin/amazon-ssm-agent", "x");
    let replaced = core(Some("/usr/bin/amazon-ssm-agent (deleted)"));
    assert_eq!(kinds(&root, &replaced), [InstallKind::Package]);
    root.write("/snap/amazon-ssm-agent/current/amazon-ssm-agent", "x");
    let snap = core(Some("/snap/amazon-ssm-agent/41/amazon-ssm-agent"));
    assert_eq!(
        kinds(&root, &snap),
        [InstallKind::Package, InstallKind::Snap]
    );
}

/// The binaries and the configuration that ECS Exec injects.
fn exec_agent(root: &Root, folder: &str) {
    for name in ["amazon-ssm-agent", "ssm-agent-worker", "ssm-session-worker"] {
        root.write(&format!("{folder}/{name}"), "x");
        root.mode(&format!("{folder}/{name}"), 0o755);
    }
    root.write(
        &format!("{folder}/configuration/amazon-ssm-agent.json"),
        "{}",
    );
}

#[test]
fn binaries_elsewhere_bring_their_own_configuration_if_only_root_can_change_them() {
    let root = Root::new();
    let folder = "/managed-agents/execute-command";
    let own = format!("{folder}/configuration/amazon-ssm-agent.json");
    exec_agent(&root, folder);
    let path = || {
        let installs = installs(&root.world(), &none());
        config_path(&root.world(), &Layout::LINUX, &installs, &none())
    };
    assert_eq!(path(), own);
    root.mode(&format!("{folder}/ssm-agent-worker"), 0o775);
    assert_eq!(path(), Layout::LINUX.config);
    root.mode(&format!("{folder}/ssm-agent-worker"), 0o700);
    assert_eq!(path(), Layout::LINUX.config);
    root.mode(&format!("{folder}/ssm-agent-worker"), 0o755);
    root.folder(&own);
    assert_eq!(path(), Layout::LINUX.config);
}

#[test]
fn a_package_takes_its_configuration_from_etc() {
    let root = Root::new();
    exec_agent(&root, "/usr/bin");
    let processes = core(Some("/usr/bin/amazon-ssm-agent"));
    let path = config_path(&root.world(), &Layout::LINUX, &[], &processes);
    assert_eq!(path, "/etc/amazon/ssm/amazon-ssm-agent.json");
    exec_agent(&root, "/opt/x");
    let processes = core(Some("/opt/x/amazon-ssm-agent"));
    let path = config_path(&root.world(), &Layout::LINUX, &[], &processes);
    assert_eq!(path, "/opt/x/configuration/amazon-ssm-agent.json");
}

#[test]
fn the_environment_is_that_of_core_or_says_why_there_is_none() {
    let root = Root::new();
    let world = root.world();
    let (reading, env) = environment(&world, &none());
    assert!(reading.is_absent() && env.is_none());
    let (reading, _) = environment(&world, &Reading::not_read("no table"));
    assert!(matches!(reading, Reading::NotRead { .. }));
    root.write("/proc/9/environ", "https_proxy=http://u:hunter2@p:1\0");
    let (reading, env) = environment(&world, &core(None));
    assert_eq!(
        reading.value().unwrap().https_proxy.as_deref(),
        Some("http://p:1")
    );
    assert!(env.is_some());
    root.fifo("/proc/9/environ");
    let (reading, _) = environment(&world, &core(None));
    assert!(matches!(reading, Reading::Unreadable { .. }));
}
