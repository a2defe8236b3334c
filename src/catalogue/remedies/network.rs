//! Ways to mend names, routes, TLS, proxies and the clock.

use serde_json::json;

use super::agent_host::{drop_in, restart};
use super::names::Names;
use super::text::{aws, command, config, console, layout};
use crate::report::model::Remedy;

/// The names to allow in a firewall or proxy.
fn allow_list(names: &Names) -> String {
    ["ssm", "ssmmessages", "ec2messages"]
        .map(|service| format!("{}:443", names.host(service)))
        .join("\n")
}

/// One interface endpoint for each service.
fn create_endpoints(names: &Names, services: &[&str]) -> String {
    let create = aws(
        "ec2 create-vpc-endpoint",
        &[
            format!("--region {}", names.region),
            "--vpc-id VPC_ID".to_owned(),
            "--vpc-endpoint-type Interface".to_owned(),
            "--subnet-ids SUBNET_ID".to_owned(),
            "--security-group-ids ENDPOINT_GROUP_ID".to_owned(),
            "--private-dns-enabled".to_owned(),
            "--service-name \"$service\"".to_owned(),
        ],
    );
    format!(
        "for service in {}; do\n{create}\ndone",
        services
            .iter()
            .map(|service| service_name(names, service))
            .collect::<Vec<_>>()
            .join(" \\\n  ")
    )
}

/// Source: VPC guide, "AWS services that integrate with interface endpoints"; names in China
/// differ by service, so they are left to the person.
fn service_name(names: &Names, service: &str) -> String {
    if names.partition == "aws-cn" {
        "SERVICE_NAME".to_owned()
    } else {
        format!("com.amazonaws.{}.{service}", names.region)
    }
}

pub(super) fn dns(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Ask the host's own server and the VPC's resolver",
            format!(
                "getent ahosts {endpoint}\ndig +short +time=2 {endpoint}\ndig +short +time=2 \
                 @169.254.169.253 {endpoint}",
                endpoint = names.endpoint
            ),
        ),
        console(
            "Let the name server answer for AWS",
            format!(
                "Forward {} and its subdomains from your name server to the\nVPC's resolver (an \
                 inbound endpoint of Route 53 Resolver), or let this\nsubnet's DHCP options name \
                 AmazonProvidedDNS.",
                super::names::domain(&names.partition)
            ),
        ),
        restart(names),
    ]
}

pub(super) fn no_route(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Give the subnet interface endpoints, whose group admits 443 from this host",
            create_endpoints(names, &["ssm", "ssmmessages", "ec2messages"]),
        ),
        console(
            "Or give it a way out",
            "A route 0.0.0.0/0 to a NAT gateway in the subnet's route table; outgoing\nTCP 443 in \
             the instance's security group; in the network ACL outgoing 443\nand incoming \
             1024-65535.",
        ),
        restart(names),
    ]
}

pub(super) fn private_dns(names: &Names) -> Vec<Remedy> {
    let region = format!("--region {}", names.region);
    vec![
        command(
            "Turn on private DNS on the endpoints",
            aws(
                "ec2 modify-vpc-endpoint",
                &[
                    region.clone(),
                    "--vpc-endpoint-id ENDPOINT_ID".to_owned(),
                    "--private-dns-enabled".to_owned(),
                ],
            ),
        ),
        command(
            "Turn on both DNS attributes of the VPC, which private DNS needs",
            ["--enable-dns-support", "--enable-dns-hostnames"]
                .map(|attribute| {
                    aws(
                        "ec2 modify-vpc-attribute",
                        &[
                            region.clone(),
                            "--vpc-id VPC_ID".to_owned(),
                            attribute.to_owned(),
                        ],
                    )
                })
                .join("\n"),
        ),
        restart(names),
    ]
}

pub(super) fn endpoint_missing(names: &Names) -> Vec<Remedy> {
    let service = names.endpoint.split('.').next().unwrap_or("ssmmessages");
    vec![
        command(
            "Create the missing interface endpoint",
            create_endpoints(names, &[service]),
        ),
        restart(names),
    ]
}

pub(super) fn endpoint_refuses(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Admit 443 from this instance's security group in that of the endpoint",
            aws(
                "ec2 authorize-security-group-ingress",
                &[
                    format!("--region {}", names.region),
                    "--group-id ENDPOINT_GROUP_ID".to_owned(),
                    "--protocol tcp --port 443".to_owned(),
                    "--source-group SECURITY_GROUP_ID".to_owned(),
                ],
            ),
        ),
        restart(names),
    ]
}

pub(super) fn session_endpoint(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Add interface endpoints for the keys and logs that the session preferences use",
            create_endpoints(names, &["kms", "logs"]),
        ),
        command(
            "Add a gateway endpoint for a log bucket",
            aws(
                "ec2 create-vpc-endpoint",
                &[
                    format!("--region {}", names.region),
                    "--vpc-id VPC_ID".to_owned(),
                    "--route-table-ids ROUTE_TABLE_ID".to_owned(),
                    format!("--service-name {}", service_name(names, "s3")),
                ],
            ),
        ),
    ]
}

pub(super) fn proxy_not_in_service(names: &Names) -> Vec<Remedy> {
    vec![command(
        "Give the agent's unit the proxy, and restart it",
        drop_in(
            names,
            "proxy.conf",
            &[
                "Environment=\"http_proxy=PROXY_URL\"",
                "Environment=\"https_proxy=PROXY_URL\"",
                "Environment=\"no_proxy=169.254.169.254,[fd00:ec2::254]\"",
            ],
        ),
    )]
}

pub(super) fn proxy_refuses(names: &Names) -> Vec<Remedy> {
    vec![
        config("Allow CONNECT to these in the proxy", allow_list(names)),
        restart(names),
    ]
}

pub(super) fn websocket(names: &Names) -> Vec<Remedy> {
    vec![
        config(
            "Let WebSocket upgrades and long connections pass in the proxy or firewall",
            format!("wss://{}", names.host("ssmmessages")),
        ),
        command(
            "Or reach the service by an interface endpoint",
            create_endpoints(names, &["ssmmessages"]),
        ),
        restart(names),
    ]
}

pub(super) fn tls_intercepted(names: &Names) -> Vec<Remedy> {
    vec![
        config(
            "Exempt these from TLS inspection, as AWS advises",
            allow_list(names),
        ),
        command(
            "Or trust the inspecting authority on this host",
            "sudo cp CA_FILE /etc/pki/ca-trust/source/anchors/ && sudo update-ca-trust\n\
             # Debian and Ubuntu:\n\
             # sudo cp CA_FILE /usr/local/share/ca-certificates/inspection.crt\n\
             # sudo update-ca-certificates",
        ),
        restart(names),
    ]
}

pub(super) fn tls_cut(names: &Names) -> Vec<Remedy> {
    vec![
        config(
            "Allow these names in the firewall that reads TLS handshakes",
            allow_list(names),
        ),
        restart(names),
    ]
}

pub(super) fn ca_bundle(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Install the trusted roots",
            "sudo dnf install -y ca-certificates || sudo yum install -y ca-certificates ||\n\
             sudo apt-get install -y ca-certificates",
        ),
        restart(names),
    ]
}

pub(super) fn certificate(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "See what is presented, and set the clock if its dates are the trouble",
            format!(
                "date -u\necho | openssl s_client -connect {endpoint}:443 \\\n  -servername \
                 {endpoint} |\n  openssl x509 -noout -subject -issuer -dates",
                endpoint = names.endpoint
            ),
        ),
        restart(names),
    ]
}

pub(super) fn endpoint_override(names: &Names) -> Vec<Remedy> {
    vec![
        config(
            format!(
                "Set these back to empty in {}, or remove them",
                names.config()
            ),
            layout(&json!({
                "Agent": {"Region": "", "ServiceDomain": ""},
                "Ssm": {"Endpoint": ""},
                "Mgs": {"Endpoint": "", "Region": ""},
                "Mds": {"Endpoint": ""},
            })),
        ),
        restart(names),
    ]
}

pub(super) fn clock(names: &Names) -> Vec<Remedy> {
    let server = if names.instance_id.starts_with("mi-") {
        "time.aws.com"
    } else {
        "169.254.169.123"
    };
    vec![
        command(
            "Set the clock now",
            "sudo chronyc makestep || sudo timedatectl set-ntp true",
        ),
        command(
            "Keep it right: a time server for chrony (the folder's name differs by system)",
            format!(
                "echo 'server {server} prefer iburst minpoll 4 maxpoll 4' |\n  sudo tee -a \
                 /etc/chrony.conf\nsudo systemctl enable chronyd\nsudo systemctl restart chronyd"
            ),
        ),
        restart(names),
    ]
}

pub(super) fn service_unavailable() -> Vec<Remedy> {
    vec![command("Wait, and ask again", "ssm-probe --wait 10m")]
}
