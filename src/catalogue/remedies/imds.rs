//! Ways to give the agent the instance metadata service.

use super::agent_host::{drop_in, restart};
use super::names::Names;
use super::text::{aws, command, console};
use crate::report::model::Remedy;

fn modify(names: &Names, options: &[&str]) -> String {
    let mut all = vec![
        format!("--region {}", names.region),
        format!("--instance-id {}", names.instance_id),
    ];
    all.extend(options.iter().map(|&option| option.to_owned()));
    aws("ec2 modify-instance-metadata-options", &all)
}

pub(super) fn disabled(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Switch the metadata service on, with tokens required; it does no harm where it is on",
            modify(
                names,
                &["--http-endpoint enabled", "--http-tokens required"],
            ),
        ),
        restart(names),
    ]
}

pub(super) fn hop_limit(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Let the token's answer travel one hop further, for containers",
            modify(
                names,
                &["--http-endpoint enabled", "--http-put-response-hop-limit 2"],
            ),
        ),
        console(
            "Or run the agent on the host's own network",
            "Docker: --network host. Kubernetes: hostNetwork: true.",
        ),
        restart(names),
    ]
}

pub(super) fn proxied(names: &Names) -> Vec<Remedy> {
    vec![command(
        "Exempt the metadata addresses from the proxy of the agent's unit (put what no_proxy \
             already holds there before them), and restart it",
        drop_in(
            names,
            "imds.conf",
            &["Environment=\"no_proxy=169.254.169.254,[fd00:ec2::254]\""],
        ),
    )]
}

pub(super) fn blocked(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "Find the rule or route that is in the way",
            "ip route get 169.254.169.254\n\
             ip route show table all | grep 169.254\n\
             sudo iptables -S OUTPUT | grep 169.254\n\
             sudo nft list ruleset | grep -n 169.254",
        ),
        command(
            "Take away a null route, if that is what is there",
            "sudo ip route del unreachable 169.254.169.254 ||\n\
             sudo ip route del blackhole 169.254.169.254",
        ),
        command(
            "Or let root pass a firewall rule",
            "sudo iptables -I OUTPUT -d 169.254.169.254 -p tcp --dport 80 \\\n  \
             -m owner --uid-owner 0 -j ACCEPT",
        ),
        restart(names),
    ]
}

pub(super) fn foreign() -> Vec<Remedy> {
    vec![command(
        "Make the address unreachable on this machine (until the next start of the network)",
        "sudo ip route add unreachable 169.254.169.254",
    )]
}

pub(super) fn identity_role(names: &Names) -> Vec<Remedy> {
    vec![
        command(
            "See what IMDS says: 200 is right, 403 or 404 a filter in between",
            "token=$(curl -s -X PUT http://169.254.169.254/latest/api/token \\\n  \
             -H 'X-aws-ec2-metadata-token-ttl-seconds: 60')\n\
             curl -s -o /dev/null -w '%{http_code}\\n' \\\n  \
             -H \"X-aws-ec2-metadata-token: $token\" \\\n  \
             http://169.254.169.254/latest/meta-data/identity-credentials/ec2/info",
        ),
        command(
            "See that version 2 is allowed and the answer may travel far enough",
            modify(
                names,
                &["--http-endpoint enabled", "--http-put-response-hop-limit 2"],
            ),
        ),
        restart(names),
    ]
}
