//! Texts of the host that would command a terminal, reorder a line or never end: none of it
//! reaches the output, in whichever form.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::child;
use crate::host::{Layout, write};

/// Escape sequences (7 and 8 bit), a bell, directions, zero widths, tags, and a line end.
const HOSTILE: &str =
    "\u{1b}[2J\u{9b}31m\u{7}\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\r\nFAKE  PASS";
/// Longest report in any form, in bytes.
const LONGEST: usize = 400_000;

/// A host every text of which is `text`.
#[expect(clippy::too_many_lines, reason = "a list of files")]
fn lay(root: &Path, text: &str) {
    Layout::Package.lay(root);
    let json = serde_json::Value::from(text);
    let file = |path: &str, content: String| write(root, path, content.as_bytes());
    file("/etc/os-release", format!("PRETTY_NAME=\"{text}\"\n"));
    file("/etc/hostname", text.to_owned());
    file("/etc/machine-id", text.to_owned());
    file("/sys/class/dmi/id/sys_vendor", text.to_owned());
    file(
        "/etc/resolv.conf",
        format!(
            "nameserver [127.0.0.1]:{}\nsearch {text}\n",
            child::name_server()
        ),
    );
    file(
        "/etc/amazon/ssm/amazon-ssm-agent.json",
        format!(
            r#"{{"Agent":{{"Region":{json},"ServiceDomain":{json}}},"Mds":{{"Endpoint":{json}}},"Identity":{{"ConsumptionOrder":[{json},"OnPrem"],"CustomIdentities":[{{"InstanceID":{json},"Region":{json}}}]}},"Profile":{{"ShareProfile":{json}}}}}"#
        ),
    );
    let registration = |id: &serde_json::Value| {
        format!(
            r#"{{"instanceID":{id},"region":{json},"privateKey":"x","privateKeyType":{json},"privateKeyCreatedDate":{json}}}"#
        )
    };
    let store = "/var/lib/amazon/ssm/Vault/Store";
    file(&format!("{store}/RegistrationKey"), registration(&json));
    file(&format!("{store}/EC2RegistrationKey"), registration(&json));
    file(
        &format!("{store}/InstanceFingerprint"),
        format!(
            r#"{{"fingerprint":{json},"hardwareHash":{{"machine-id":{json},{json}:{json}}},"similarityThreshold":40}}"#
        ),
    );
    file(
        "/var/lib/amazon/ssm/runtimeconfig/identity_config.json",
        format!(
            r#"{{"InstanceId":{json},"IdentityType":{json},"CredentialSource":{json},"ShareFile":{json},"ShareProfile":{json}}}"#
        ),
    );
    file(
        "/root/.aws/credentials",
        format!("[{text}]\n[default]\naws_access_key_id={text}\naws_secret_access_key=x\n"),
    );
    let line =
        |level: &str, words: &str| format!("2026-01-01 10:00:00.0000 {level} {words} {text}\n");
    file(
        "/var/log/amazon/ssm/amazon-ssm-agent.log",
        [
            line("ERROR", "failed to start pty since RunAs user"),
            line("ERROR", "mkdir /x: no space left on device"),
            line(
                "ERROR",
                "fork/exec /var/lib/amazon/ssm/x: permission denied",
            ),
            line("ERROR", "RequestError: dial tcp: lookup"),
        ]
        .concat(),
    );
    file(
        "/var/log/audit/audit.log",
        format!(
            "type=AVC msg=audit(1767261600.1:1): avc:  denied  {{ execute {text} }} for comm=\"ssm-agent-worke\" name=\"{text}\"\n"
        ),
    );
    file(
        "/etc/systemd/system/amazon-ssm-agent.service",
        format!("[Service]\nUser={text}\nEnvironment=\"https_proxy=http://{text}:1\"\n"),
    );
    file(
        "/proc/9/stat",
        "9 (amazon-ssm-agen) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 9 0 100 1 1".to_owned(),
    );
    file(
        "/proc/9/environ",
        format!("https_proxy=http://{text}\0no_proxy={text}\0HOME=/{text}\0"),
    );
    file(
        "/proc/self/mountinfo",
        format!("22 1 259:1 / / ro,{text} - ext4 /dev/root ro\n"),
    );
}

/// Standard output and error of a form.
fn say(scratch: &Path, arguments: &[&str]) -> String {
    let template = child::command(
        &child::binary(),
        &scratch.join("root"),
        &scratch.join("o.json"),
    );
    let mut command = Command::new(child::binary());
    command
        .args(arguments)
        .arg("--root")
        .arg(scratch.join("root"))
        .args(["--probe", "passive"]);
    command.env_clear();
    for (name, value) in template.get_envs() {
        command.env(name, value.expect("it is set"));
    }
    let done = command
        .stdin(Stdio::null())
        .output()
        .expect("the binary can be started");
    assert!(
        matches!(done.status.code(), Some(0 | 1 | 3)),
        "{arguments:?}: {done:?}"
    );
    let text = [done.stdout, done.stderr].concat();
    String::from_utf8(text).expect("the output is text")
}

const FORMS: [&[&str]; 4] = [
    &["check", "-o", "wide"],
    &["check", "-o", "short"],
    &["check", "-o", "json"],
    &["path"],
];

#[test]
fn nothing_in_the_output_commands_a_terminal() {
    let scratch = tempfile::tempdir().expect("there is room for temporary files");
    lay(&scratch.path().join("root"), HOSTILE);
    for form in FORMS {
        let text = say(scratch.path(), form);
        let hazard = text
            .chars()
            .find(|c| *c != '\n' && (c.is_control() || HOSTILE.contains(*c) && !c.is_ascii()));
        assert_eq!(hazard, None, "{form:?}: {text}");
        // A text of the host begins no line of its own.
        assert!(
            !text.lines().any(|line| line.starts_with("FAKE")),
            "{form:?}: {text}"
        );
    }
}

#[test]
fn no_text_of_the_host_makes_the_report_long() {
    let scratch = tempfile::tempdir().expect("there is room for temporary files");
    lay(&scratch.path().join("root"), &"x ".repeat(8_000));
    for form in FORMS {
        let text = say(scratch.path(), form);
        assert!(text.len() < LONGEST, "{form:?}: {} bytes", text.len());
    }
}

#[test]
fn a_crowded_process_table_and_a_huge_environment_are_read_in_time() {
    let scratch = tempfile::tempdir().expect("there is room for temporary files");
    let root = scratch.path().join("root");
    Layout::Package.lay(&root);
    for pid in 1_000..2_000 {
        let stat = format!("{pid} (nothing) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 9 0 100 1 1");
        write(&root, &format!("/proc/{pid}/stat"), stat.as_bytes());
    }
    let stat = b"9 (amazon-ssm-agen) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 9 0 100 1 1";
    write(&root, "/proc/9/stat", stat);
    // A process that has ended but for its folder.
    std::fs::create_dir_all(root.join("proc/8")).expect("the root is writable");
    write(&root, "/proc/9/environ", &b"A=B\0".repeat(500_000));
    let run = child::run(&child::binary(), scratch.path(), None);
    assert_eq!(run.faults(), Vec::<String>::new());
    let agent = &run.observations["host"]["agent"];
    assert_eq!(agent["processes"]["value"][0]["pid"], 9);
    assert_eq!(agent["environment"]["reading"], "unreadable");
}
