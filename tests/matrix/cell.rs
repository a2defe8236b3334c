//! One cell: one lab with one fault, one run of the program.

use std::time::Duration;

use serde_json::{Value, json};

use super::rows::{Need, Place, Row, Said, USABLE};
use crate::lab::{Lab, run};

/// No run may take longer: a probe's bound twice, and a machine that is busy with others.
const IN_TIME: Duration = Duration::from_secs(15);

/// Findings that speak of permissions; none of these faults is one.
const OF_PERMISSIONS: [&str; 15] = [
    "no-permission-path",
    "dhmc-not-enabled",
    "role-trust-wrong",
    "instance-credentials-expired",
    "registration-permission-missing",
    "session-permission-missing",
    "optional-permission-missing",
    "denied-by-permissions-boundary",
    "denied-by-service-control-policy",
    "denied-by-resource-control-policy",
    "denied-by-endpoint-policy",
    "denied-by-session-policy",
    "denied-explicitly",
    "session-kms-denied",
    "session-log-permission-missing",
];

/// The key that encrypts sessions where the preferences ask for one.
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/0123abcd-0000-4000-8000-0123456789ab";

/// A fault at an endpoint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell {
    row: Row,
    service: &'static str,
    need: Need,
}

/// What came out.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// Where.
    pub(crate) cell: Cell,
    /// What the page shows.
    pub(crate) shown: String,
    faults: Vec<String>,
}

impl Cell {
    /// The cell, if an endpoint can have the fault.
    pub(crate) fn new(row: &Row, service: &'static str, need: Need) -> Option<Self> {
        let possible = match row.place {
            Place::Endpoint | Place::HostClock(_) => true,
            Place::NotRequired => need != Need::Required,
            Place::Upgrade => service == "ssmmessages",
        };
        possible.then_some(Self {
            row: *row,
            service,
            need,
        })
    }

    /// Whether it stands in this row and column.
    pub(crate) fn is(&self, row: &Row, service: &str) -> bool {
        self.row.name == row.name && self.service == service
    }

    /// What must be said of it.
    fn said(&self) -> Said {
        match (self.need, self.row.place) {
            (_, Place::HostClock(_)) | (Need::Required, _) => self.row.said,
            (Need::Preferences, _) => self.row.preferred,
            (Need::Useful, _) => USABLE,
        }
    }

    fn scenario(&self) -> Value {
        let service = self.service;
        let fault = self.row.fault;
        let faults = match self.row.place {
            Place::Upgrade => json!({format!("{service}:OpenControlChannel"): fault}),
            Place::HostClock(_) => json!({}),
            Place::Endpoint | Place::NotRequired => json!({service: fault}),
        };
        // The services are behind when the host is ahead.
        let offset = match self.row.place {
            Place::HostClock(ahead) => -ahead,
            Place::Upgrade | Place::Endpoint | Place::NotRequired => 0,
        };
        let environment = if self.row.proxied {
            json!({"https_proxy": "http://{{proxy}}", "no_proxy": "169.254.169.254"})
        } else {
            json!({})
        };
        let mut arguments = Vec::new();
        if self.row.place == Place::Upgrade {
            arguments.extend(["--probe", "full"]);
        }
        match service {
            "kms" => arguments.extend(["--session-kms-key", KEY]),
            "logs" => arguments.extend(["--session-log-group", "/sessions"]),
            _ => {}
        }
        json!({
            "docs": "A cell.", "origin": "the fault matrix",
            "faults": faults,
            "clock_offset_s": offset,
            "host": {"agent_environment": environment},
            "account": {"roles": {"NodeRole": {"policies": [
                "AmazonSSMManagedInstanceCore", {"allow": ["kms:Decrypt", "logs:*"]}
            ]}}},
            "args": arguments,
            "expect": {"exit": 0, "outcome": "usable", "path": null, "cause": null}
        })
    }

    /// Runs the program in it.
    pub(crate) fn run(&self) -> Outcome {
        let scenario = serde_json::from_value(self.scenario()).expect("the scenario is sound");
        let lab = Lab::start(scenario);
        let mut command = run::command(&lab);
        command.args(["-o", "json"]);
        let run = run::run(&lab, command, "cell");
        let report: Value = serde_json::from_str(&run.stdout).unwrap_or(Value::Null);
        let mut faults = lab.cloud.complaints();
        if run.took > IN_TIME {
            faults.push(format!("took {:?}", run.took));
        }
        if run.stderr.contains("panicked at") {
            faults.push("the program panicked".to_owned());
        }
        faults.extend(permission_faults(&report));
        let said = self.said();
        faults.extend(if said == USABLE {
            usable(&report, run.status)
        } else {
            told(&said, &report, run.status)
        });
        Outcome {
            cell: *self,
            shown: shown(&said),
            faults,
        }
    }
}

impl Outcome {
    /// What is wrong with it.
    pub(crate) fn complaint(&self) -> Option<String> {
        (!self.faults.is_empty()).then(|| {
            format!(
                "{} at {}: {}",
                self.cell.row.name,
                self.cell.service,
                self.faults.join("; ")
            )
        })
    }
}

/// The right finding, of the right owner, is the cause where it is an error.
fn told(said: &Said, report: &Value, status: Option<i32>) -> Vec<String> {
    let mut faults = Vec::new();
    let finding = finding(report, said.finding);
    if finding["owner"] != said.owner {
        let have: Vec<_> = findings(report).map(|it| it["id"].clone()).collect();
        faults.push(format!("no {} of {}: {have:?}", said.finding, said.owner));
    }
    let cause = &report["verdict"]["cause"];
    let wanted = if said.exit == 1 {
        said.finding.into()
    } else {
        Value::Null
    };
    if *cause != wanted {
        faults.push(format!("the cause is {cause}, not {wanted}"));
    }
    if status != Some(said.exit) {
        faults.push(format!("exit {status:?}, not {}", said.exit));
    }
    faults
}

/// Nothing that a session needs is broken, so nothing is an error.
fn usable(report: &Value, status: Option<i32>) -> Vec<String> {
    let mut faults = Vec::new();
    if status != Some(0) || report["verdict"]["outcome"] != "usable" {
        faults.push(format!("exit {status:?}, {}", report["verdict"]));
    }
    let errors = findings(report).filter(|it| it["severity"] == "error");
    faults.extend(errors.map(|it| format!("an error {}", it["id"])));
    faults
}

fn permission_faults(report: &Value) -> Vec<String> {
    let of_permissions = OF_PERMISSIONS
        .into_iter()
        .filter(|id| *finding(report, id) != Value::Null)
        .map(|id| format!("{id} is no permission problem"));
    let paths = report["paths"].as_array().into_iter().flatten();
    let denied = paths
        .flat_map(|path| path["permissions"].as_array().into_iter().flatten())
        .filter(|one| one["decision"] == "denied")
        .map(|one| format!("{} is called denied", one["action"]));
    of_permissions.chain(denied).collect()
}

fn findings(report: &Value) -> impl Iterator<Item = &Value> {
    report["findings"].as_array().into_iter().flatten()
}

fn finding<'a>(report: &'a Value, id: &str) -> &'a Value {
    findings(report)
        .find(|it| it["id"] == id)
        .unwrap_or(&Value::Null)
}

fn shown(said: &Said) -> String {
    match said.exit {
        0 => "usable, 0".to_owned(),
        exit => format!("`{}`, {}, {exit}", said.finding, said.owner),
    }
}
