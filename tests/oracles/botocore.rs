//! botocore's client and signer against the lab: what AWS's own SDK signs, our verifier takes.

use serde_json::{Value, json};

use crate::lab::Lab;
use crate::lab::cloud::INSTANCE;
use crate::python;

/// What botocore was answered, by operation: status and body.
fn ask(lab: &Lab, corrupt: bool) -> Value {
    let given = json!({
        "endpoints": {
            "sts": lab.endpoint("sts"),
            "ssm": lab.endpoint("ssm"),
            "ssmmessages": lab.endpoint("ssmmessages")
        },
        "authority": lab.authority_file(),
        "key_id": lab.cloud.part("profile", "key_id"),
        "secret": lab.cloud.part("profile", "secret"),
        "token": lab.cloud.part("profile", "token"),
        "node": INSTANCE,
        "version": crate::lab::host::AGENT_VERSION,
        "corrupt": corrupt
    });
    python::run("botocore_client.py", &[given.to_string()])
}

#[test]
fn the_lab_accepts_what_botocore_signs() {
    let lab = Lab::start(Lab::healthy());
    let answers = ask(&lab, false);
    let arn = "arn:aws:sts::111122223333:assumed-role/NodeRole/i-0123456789abcdef0";
    assert_eq!(answers["GetCallerIdentity"], json!([200, arn]));
    assert_eq!(
        answers["ListInstanceAssociations"],
        json!([200, "{\"Associations\":[]}"])
    );
    assert_eq!(answers["UpdateInstanceInformation"], json!([200, "{}"]));
    assert_eq!(answers["CreateControlChannel"][0], json!(201));
    assert_eq!(lab.cloud.complaints(), Vec::<String>::new());
}

#[test]
fn the_lab_refuses_what_botocore_signed_once_it_is_corrupted() {
    let lab = Lab::start(Lab::healthy());
    let answers = ask(&lab, true);
    assert_eq!(answers["GetCallerIdentity"][0], json!(403));
    assert_eq!(answers["ListInstanceAssociations"][0], json!(400));
    assert_eq!(answers["UpdateInstanceInformation"][0], json!(400));
    assert_eq!(answers["CreateControlChannel"][0], json!(403));
    assert_eq!(lab.cloud.complaints().len(), 4);
}
