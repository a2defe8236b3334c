//! Nodes whose every name is known.

use ssm_probe::observations::Path;
use ssm_probe::policy::Node;

/// A node on EC2.
pub(crate) fn ec2() -> Node {
    Node {
        path: Some(Path::InstanceProfile),
        partition: Some("aws".to_owned()),
        region: Some("eu-west-1".to_owned()),
        account: Some("111122223333".to_owned()),
        node_id: Some("i-0123456789abcdef0".to_owned()),
        role: Some("NodeRole".to_owned()),
        bucket: Some("example-session-logs".to_owned()),
        prefix: Some("nodes".to_owned()),
        kms_key_arn: Some(key("aws", "eu-west-1")),
        log_group: Some("/ssm/sessions".to_owned()),
        parameter: Some("/app/setting".to_owned()),
        secret: Some("aws/directory-services/d-1234567890/seamless-domain-join".to_owned()),
        directory_id: Some("d-1234567890".to_owned()),
        ..Node::default()
    }
}

/// A hybrid node in a partition of its own.
pub(crate) fn hybrid() -> Node {
    Node {
        path: Some(Path::HybridActivation),
        partition: Some("aws-cn".to_owned()),
        region: Some("cn-north-1".to_owned()),
        node_id: Some("mi-0123456789abcdef0".to_owned()),
        kms_key_arn: Some(key("aws-cn", "cn-north-1")),
        prefix: None,
        ..ec2()
    }
}

fn key(partition: &str, region: &str) -> String {
    format!("arn:{partition}:kms:{region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")
}
