//! `policy eval` and `policy minimal` from outside: what one writes, the other takes.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use ssm_probe::catalogue::Capability;

/// Every name that a policy may need.
const NODE: [&str; 22] = [
    "--region=eu-west-1",
    "--account",
    "111122223333",
    "--node-id",
    "i-0123456789abcdef0",
    "--role",
    "NodeRole",
    "--session-kms-key",
    "1234abcd-12ab-34cd-56ef-1234567890ab",
    "--session-log-bucket",
    "example-session-logs",
    "--session-log-prefix",
    "nodes/it's",
    "--session-log-group",
    "/ssm/sessions",
    "--parameter",
    "/app/setting",
    "--secret",
    "aws/directory-services/d-1234567890/seamless-domain-join",
    "--directory-id",
    "d-1234567890",
    "--path=instance-profile",
];

fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ssm-probe"))
        .arg("policy")
        .args(arguments)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program just built can be started");
    let mut pipe = child.stdin.take().expect("it has a standard input");
    // A program that refuses its arguments does not read.
    drop(pipe.write_all(input.as_bytes()));
    drop(pipe);
    child.wait_with_output().expect("it ends")
}

#[track_caller]
fn check(arguments: &[&str], input: &str, status: i32) -> String {
    let done = run(arguments, input);
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&done.stderr).into_owned();
    let found = done.status.code();
    assert_eq!(found, Some(status), "{arguments:?}: {text}{complaint}");
    text + &complaint
}

fn minimal(id: &str, form: &str, more: &[&str]) -> String {
    let mut arguments = vec!["minimal", "--for", id, "--output", form];
    arguments.extend(NODE.iter().chain(more));
    check(&arguments, "", 0)
}

#[track_caller]
fn covered(id: &str, policy: &str) {
    let mut arguments = vec!["eval", "-", "--for", id, "--output", "json"];
    arguments.extend(NODE);
    let verdict: Value = serde_json::from_str(&check(&arguments, policy, 0)).expect("it is JSON");
    assert_eq!(verdict["coverage"], "covered", "{id}");
    let document = &verdict["documents"][0];
    assert_eq!(document["problems"], serde_json::json!([]), "{id}");
}

/// The policy among the words that a POSIX shell makes of the commands.
fn policy_in_commands(commands: &str) -> String {
    let script = format!("aws() {{ for word; do printf '%s\\0' \"$word\"; done; }}\n{commands}");
    let shell = Command::new("sh").arg("-ec").arg(script).output();
    let words = shell.expect("there is a shell").stdout;
    let words: Vec<&[u8]> = words.split(|byte| *byte == 0).collect();
    let option = words.iter().position(|word| word == b"--policy-document");
    let policy = words.get(option.expect("it writes a policy") + 1);
    String::from_utf8(policy.expect("and names it").to_vec()).expect("it is text")
}

fn policy_in_template(template: &str) -> String {
    let template: Value = serde_json::from_str(template).expect("the template is JSON");
    template["Resources"]["NodePolicy"]["Properties"]["PolicyDocument"].to_string()
}

/// The argument of `jsonencode`, as an independent reader of HCL evaluates it.
fn policy_in_terraform(configuration: &str) -> String {
    use hcl::eval::{Context, Evaluate, FuncArgs, FuncDef, ParamType};
    let body = hcl::parse(configuration).expect("it is HCL");
    let block = body
        .blocks()
        .find(|block| {
            block
                .labels()
                .first()
                .is_some_and(|label| label.as_str() == "aws_iam_role_policy")
        })
        .expect("it has a policy");
    let attribute = block.body().attributes().find(|one| one.key() == "policy");
    let mut context = Context::new();
    let jsonencode = |arguments: FuncArgs| Ok(hcl::Value::from(as_json(&arguments[0]).to_string()));
    let function = FuncDef::builder().param(ParamType::Any).build(jsonencode);
    context.declare_func("jsonencode", function);
    let value = attribute
        .expect("with a document")
        .expr()
        .evaluate(&context);
    value
        .expect("it can be evaluated")
        .as_str()
        .expect("a text")
        .to_owned()
}

fn as_json(value: &hcl::Value) -> Value {
    serde_json::to_value(value).expect("every value of HCL is one of JSON")
}

#[test]
fn every_printed_form_of_a_least_policy_satisfies_eval() {
    for capability in Capability::ALL {
        let id = capability.id;
        let document = minimal(id, "document", &[]);
        if capability
            .with_dependencies()
            .iter()
            .all(|part| part.required.is_empty())
        {
            assert!(document.contains("needs no permission"), "{id}: {document}");
            continue;
        }
        covered(id, &document);
        covered(id, &policy_in_commands(&minimal(id, "cli", &[])));
        covered(id, &policy_in_template(&minimal(id, "cloudformation", &[])));
        covered(id, &policy_in_terraform(&minimal(id, "terraform", &[])));
    }
}

#[test]
fn the_policy_is_the_same_when_the_role_is_made_with_it() {
    for kind in ["ec2", "hybrid", "dhmc"] {
        let more = ["--trust", kind];
        let id = "session-s3-log-kms";
        let document: Value = serde_json::from_str(&minimal(id, "document", &more)).expect("JSON");
        assert_eq!(
            document["TrustPolicy"]["Statement"][0]["Action"],
            "sts:AssumeRole"
        );
        covered(id, &document["Policy"].to_string());
        covered(id, &policy_in_commands(&minimal(id, "cli", &more)));
        covered(
            id,
            &policy_in_template(&minimal(id, "cloudformation", &more)),
        );
        covered(id, &policy_in_terraform(&minimal(id, "terraform", &more)));
    }
}

#[test]
fn the_exit_status_tells_covered_refused_unknown_and_broken() {
    let core = "AmazonSSMManagedInstanceCore";
    for (arguments, input, status) in [
        (vec!["eval", core], "", 0),
        (vec!["eval", core, "--for", "session-kms"], "", 1),
        (vec!["eval", core, "--boundary", "unreadable"], "", 3),
        (vec!["eval", core, "-"], "{}", 2),
        (vec!["eval", core, "-"], "not JSON", 2),
        (vec!["eval"], "", 2),
        (vec!["eval", "-", "-"], "{}", 2),
        (vec!["eval", "/no/such/file"], "", 2),
        (vec!["eval", core, "--for", "session-magic"], "", 2),
        (
            vec!["eval", core, "--context", "aws:x=1", "--absent", "aws:x"],
            "",
            2,
        ),
        (vec!["minimal", "--for", "session-kms"], "", 2),
        (vec!["minimal", "--output", "terraform"], "", 2),
        (vec!["minimal"], "", 0),
    ] {
        check(&arguments, input, status);
    }
}

#[test]
fn a_name_that_is_nearly_a_managed_policy_is_answered_with_it() {
    let said = check(&["eval", "AmazonSSMManagedInstancesCore"], "", 2);
    assert!(
        said.contains("did you mean `AmazonSSMManagedInstanceCore`"),
        "{said}"
    );
    let said = check(
        &["eval", "arn:aws:iam::aws:policy/AdministratorAccess"],
        "",
        2,
    );
    assert!(said.contains("get-policy-version"), "{said}");
}

#[test]
fn a_hostile_document_ends_in_an_error_and_in_time() {
    let deep = "[".repeat(100_000);
    let long = format!("{{\"Version\": \"{}\"}}", "x".repeat(200_000));
    let wide = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"ssm:*","Resource":[{}"*"]}}}}"#,
        r#""arn:aws:ssm:*:*:*a*a*a*a*a*a*a*b","#.repeat(3_000)
    );
    for (input, status) in [(deep, 2), (long, 2), (wide, 1), ("\u{1b}[2J".to_owned(), 2)] {
        let said = check(&["eval", "-", "--for", "all"], &input, status);
        assert!(!said.contains('\u{1b}'), "{said}");
    }
    check(&["eval", "/dev/zero"], "", 2);
    check(&["eval", "/"], "", 2);
}

#[test]
fn text_keeps_80_columns_but_for_words_that_are_longer() {
    let text = check(
        &["eval", "AmazonEC2RoleforSSM", "--for", "all", "--optional"],
        "",
        1,
    );
    for line in text.lines() {
        let fits = line.chars().count() <= 80 || !line.trim().contains(' ');
        assert!(fits || line.starts_with("  "), "{line}");
    }
    assert!(text.contains("managed-policy-deprecated"), "{text}");
}

#[test]
fn the_policy_is_written_where_the_user_points() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("policy.json");
    let path = file.display().to_string();
    let said = check(&["minimal", "--output-file", &path], "", 0);
    assert_eq!(said, "");
    check(&["eval", &path], "", 0);
    assert!(Path::new(&path).exists());
}
