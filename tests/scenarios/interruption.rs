//! Ctrl-C: whenever it comes, the report of what is known follows at once.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::lab::{Lab, run};
use crate::lab_itself::scenario;

/// After the interrupt a run may take this long on a busy machine; without it, all would take
/// longer, for every endpoint is silent for three seconds.
const AT_ONCE: Duration = Duration::from_secs(2);

/// Every test of interruption.
pub(crate) fn trials() -> Vec<Trial> {
    let moments = [0, 50, 200, 500, 1_000].map(|moment| {
        Trial::test(
            format!("an_interrupt_after_{moment}_ms_prints_what_is_known"),
            move || {
                interrupt_after(Duration::from_millis(moment));
                Ok(())
            },
        )
    });
    let mut trials = Vec::from(moments);
    trials.push(Trial::test("an_interrupt_ends_a_pause_of_wait", || {
        interrupt_a_pause();
        Ok(())
    }));
    trials
}

/// A host on which IMDS answers and every endpoint accepts and says nothing.
fn silent_endpoints() -> Lab {
    let all = ["sts", "ssm", "ssmmessages", "ec2messages", "s3"];
    let faults: serde_json::Map<String, Value> = all
        .map(|service| (service.to_owned(), "silent".into()))
        .into_iter()
        .collect();
    Lab::start(scenario(&json!({"faults": faults})))
}

fn interrupt_after(moment: Duration) {
    let lab = silent_endpoints();
    let begun = |lab: &Lab| !lab.cloud.requests().is_empty();
    let report = interrupted(&lab, &[], begun, moment);
    assert_eq!(report["schema"], "ssm-probe/report/1");
    let paths = report["paths"].as_array().map(Vec::len);
    assert_eq!(paths, Some(5), "the report is whole: {report}");
    assert_ne!(report["verdict"]["outcome"], "usable");
    assert!(report["verdict"]["headline"].is_string());
    let found = report["findings"].as_array().into_iter().flatten();
    let of_network: Vec<&Value> = found.filter(|one| one["owner"] == "network").collect();
    // It was we who stopped waiting: that is no fault of the network's.
    assert!(
        moment >= Duration::from_secs(1) || of_network.is_empty(),
        "{of_network:?}"
    );
    let waited = report.to_string().contains("nothing came within");
    assert!(moment >= Duration::from_secs(1) || !waited, "{report}");
}

fn interrupt_a_pause() {
    let lab = Lab::start(scenario(&json!({
        "host": {"last_taken": "no-credentials", "agent": "core-only"},
        "account": {"roles": {"NodeRole": {"policies": []}}}
    })));
    // The pause after the first round is much longer than the round.
    let asked = |lab: &Lab| {
        let token = Some("ssm:RequestManagedInstanceRoleToken");
        let requests = lab.cloud.requests();
        requests.iter().any(|it| it.action.as_deref() == token)
    };
    let report = interrupted(&lab, &["--wait", "10m"], asked, Duration::from_secs(3));
    assert_eq!(report["verdict"]["outcome"], "no-path");
}

/// Runs `check`, interrupts it some time after something is the case, and takes its report.
fn interrupted(
    lab: &Lab,
    arguments: &[&str],
    is_the_case: impl Fn(&Lab) -> bool,
    moment: Duration,
) -> Value {
    let mut command: Command = run::command(lab);
    let child = command
        .args(["-o", "json"])
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary under test can be started");
    let since = Instant::now();
    while !is_the_case(lab) {
        assert!(since.elapsed() < Duration::from_secs(20), "it never began");
        std::thread::sleep(Duration::from_millis(2));
    }
    std::thread::sleep(moment);
    let id = i32::try_from(child.id()).expect("process ids are small");
    let id = rustix::process::Pid::from_raw(id).expect("the child has an id");
    let sent = Instant::now();
    rustix::process::kill_process(id, rustix::process::Signal::INT).expect("it still runs");
    let done = child.wait_with_output().expect("a child can be waited for");
    assert!(sent.elapsed() < AT_ONCE, "it took {:?}", sent.elapsed());
    let code = done.status.code();
    assert!(matches!(code, Some(0 | 1 | 3)), "ended with {code:?}");
    let text = String::from_utf8_lossy(&done.stdout);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
