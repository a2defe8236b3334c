//! Conclusions on names, routes, TLS, proxies and time. A table.

use super::{Explain, FindingRow};
use crate::report::model::{Owner, Severity};

const ENDPOINTS: &str = "User Guide, \"Improve the security of EC2 instances by using VPC endpoints \
    for Systems Manager\".";

pub(super) const DNS_FAILURE: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Network,
    title: "A name that the agent needs does not resolve",
    explain: Explain {
        means: "The agent cannot turn an AWS name into an address: the name server is silent, or it \
            says that there is no such name.",
        decided: "The name was asked of the servers in this host's `resolv.conf`, with `hosts` read \
            first, as the agent's own resolver does; the VPC resolver is asked for comparison.",
        mend: "Make the server answer, forward AWS names to the VPC's resolver, or use the VPC's \
            resolver directly.",
        limits: "Names that only systemd or NSS modules know are not seen, and the agent does not see \
            them either.",
        sources: "aws/amazon-ssm-agent issue 312; aws/session-manager-plugin issue 122.",
    },
};

pub(super) const NO_ROUTE_TO_ENDPOINTS: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Network,
    title: "No way from this host to the Systems Manager endpoints",
    explain: Explain {
        means: "The endpoints' names resolve to public addresses and none of them answers. Typically a \
            private subnet without NAT and without VPC endpoints, a broken NAT, or a filter on \
            outgoing 443.",
        decided: "Every required name was tried: resolved, connected on 443 with a limit, and none \
            connected.",
        mend: "Give the subnet a way out (NAT), or interface endpoints for `ssm` and `ssmmessages` with \
            private DNS on; agents before 3.3.40.0 want `ec2messages` too. Outgoing 443 must be open \
            in security group and network ACL, and the answers' high ports inwards.",
        limits: "From inside, a missing route, a filter and a broken NAT look much alike. Opening \
            inbound 443 on the instance never helps.",
        sources: ENDPOINTS,
    },
};

pub(super) const PRIVATE_DNS_OFF: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Network,
    title: "VPC endpoints seem to be there, and the names lead past them",
    explain: Explain {
        means: "The VPC's resolver gives public addresses, which cannot be reached, while another AWS \
            name resolves privately. The endpoints' private DNS, or the VPC's DNS attributes, are \
            off.",
        decided: "Kind of address by name: public and silent for the required one, private for another.",
        mend: "Turn on private DNS on the endpoints and both DNS attributes of the VPC. Take back \
            `vpce-` names from the agent's configuration, if someone put them there.",
        limits: "That an endpoint for the required service exists cannot be seen from the host.",
        sources: "awsdocs/aws-systems-manager-user-guide pull request 24; VPC User Guide, \"DNS \
            attributes for your VPC\".",
    },
};

pub(super) const ENDPOINT_MISSING: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Network,
    title: "One of the required endpoints cannot be reached while another can",
    explain: Explain {
        means: "The host reaches Systems Manager, may show as online, and cannot reach the service \
            that carries sessions. Every session ends in TargetNotConnected.",
        decided: "One required name answers on 443 and another, at a public address, does not.",
        mend: "Create the missing interface endpoint in this VPC, with private DNS, in the subnet's \
            zone.",
        limits: "A filter that lets only one name pass looks the same.",
        sources: "terraform-aws-modules/terraform-aws-vpc issue 204; \
            awsdocs/aws-systems-manager-user-guide pull request 91.",
    },
};

pub(super) const ENDPOINT_REFUSES: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Network,
    title: "A VPC endpoint does not accept connections from this host",
    explain: Explain {
        means: "The name resolves to a private address, so an interface endpoint exists, and it does \
            not accept TCP 443 from here. Its security group is the usual reason.",
        decided: "A private address in the answer and no connection on 443 within the limit.",
        mend: "Admit 443 from this instance's security group, or from the VPC's range, in the security \
            group of the endpoint.",
        limits: "A network ACL, or an endpoint shared from another VPC without a route, looks the same.",
        sources: "aws/aws-cdk issue 4589; terraform-aws-modules/terraform-aws-vpc pull request 908.",
    },
};

pub(super) const TLS_INTERCEPTED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Network,
    title: "TLS to AWS is opened on the way by someone else's certificate",
    explain: Explain {
        means: "What answers in place of AWS presents a certificate that this host does not trust. A \
            proxy that inspects TLS does that.",
        decided: "The chain that was presented does not end in a root this host trusts; its issuer is \
            in the evidence.",
        mend: "Exempt the Systems Manager names from inspection, which AWS advises, or install the \
            inspecting authority's root in the host's trust store.",
        limits: "A very old trust store refuses AWS's own roots as well; look at the issuer's name.",
        sources: "aws/amazon-ssm-agent issue 195; aws/eks-pod-identity-agent issue 47.",
    },
};

pub(super) const TLS_CUT: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Network,
    title: "Connections open and TLS is cut",
    explain: Explain {
        means: "TCP to 443 connects and the TLS handshake is reset or hangs. A firewall that reads the \
            name in the handshake and does not like it behaves so.",
        decided: "Connected, then reset, closed or silent during the handshake.",
        mend: "Allow the exact names in the firewall: `ssm`, `ssmmessages` and, for older agents, \
            `ec2messages` of this Region.",
        limits: "Faults of path MTU can look the same: small packets pass and large ones do not.",
        sources: "PaloAltoNetworks/lab-aws-gwlb-vmseries pull request 60; aws/amazon-ssm-agent issue \
            350.",
    },
};

pub(super) const CA_BUNDLE_MISSING: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "This host has no usable store of trusted certificates",
    explain: Explain {
        means: "No file of trusted roots was found where the agent looks, or it holds none. No TLS \
            connection of the agent can succeed.",
        decided: "The known places of trust stores were read; none gave a certificate.",
        mend: "Install or restore the package `ca-certificates`, then restart the agent.",
        limits: "A store in an unusual place named in the agent's environment is honoured; one named \
            only in your shell is not.",
        sources: "Go `crypto/x509` root locations, which the agent uses; aws/amazon-ecs-agent issue \
            1845.",
    },
};

pub(super) const CERTIFICATE_INVALID: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Network,
    title: "The certificate that was presented is not valid for this name or time",
    explain: Explain {
        means: "The chain is trusted, and the certificate is expired, not valid yet, or for another \
            name.",
        decided: "The verifier's own reason, kept in the evidence.",
        mend: "If it is a matter of time, look at this host's clock first. If it is the name, look at \
            DNS, at a proxy, and at endpoint settings in the agent's configuration.",
        limits: "It does not tell who presented the certificate.",
        sources: "Rules of RFC 5280 and RFC 6125, as the TLS library applies them.",
    },
};

pub(super) const PROXY_NOT_IN_SERVICE: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The shell has a proxy and the agent has none",
    explain: Explain {
        means: "Your shell reaches AWS through a proxy, so curl works. The agent's service does not \
            know that proxy, and the direct way is closed.",
        decided: "Proxy variables in this run's environment, none in the environment of the agent's \
            process, and no direct connection.",
        mend: "Set the variables in a drop-in of the unit that really runs the agent, with the \
            metadata addresses in `no_proxy`, and restart it.",
        limits: "It does not prove that the proxy can carry sessions.",
        sources: "User Guide, \"Configure SSM Agent to use a proxy (Linux)\"; aws/eks-hybrid pull \
            request 833.",
    },
};

pub(super) const PROXY_REFUSES: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Network,
    title: "The agent's proxy answers with an error of its own",
    explain: Explain {
        means: "The proxy was reached and does not open the way: it asks for a login, forbids the \
            name, or cannot reach AWS itself.",
        decided: "An HTTP answer that is the proxy's and not AWS's; its status is in the evidence.",
        mend: "Allow CONNECT to port 443 of the Systems Manager names in the proxy.",
        limits: "AWS has not been asked anything, so permissions stay unknown. Proxies reached by \
            HTTPS are not supported for sessions.",
        sources: "User Guide, \"Configure SSM Agent to use a proxy (Linux)\".",
    },
};

pub(super) const WEBSOCKET_BLOCKED: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Network,
    title: "Calls to ssmmessages pass and its WebSocket does not",
    explain: Explain {
        means: "A session runs over a WebSocket. The service answers ordinary calls from here, and \
            something between refuses or cuts the upgrade.",
        decided: "An HTTPS call to ssmmessages was answered by AWS, and an upgrade there was answered \
            by something else, or cut; or the agent's log repeats a bad handshake.",
        mend: "Let the proxy or firewall pass WebSocket upgrades to `ssmmessages`, or use an interface \
            endpoint.",
        limits: "Idle limits that cut a running session later are not seen.",
        sources: "User Guide, \"Configure SSM Agent to use a proxy\"; aws/amazon-ssm-agent issues 172 \
            and 256.",
    },
};

pub(super) const ENDPOINT_OVERRIDE_WRONG: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "An endpoint set in the agent's configuration does not work",
    explain: Explain {
        means: "`amazon-ssm-agent.json` sends the agent to another endpoint or Region than the \
            default, and that one fails where the default works, or does not fit the Region that \
            requests are signed for.",
        decided: "Both names were tried, and the configuration was compared with this host's Region.",
        mend: "Remove the setting, or correct it, and restart the agent. AWS's own `ssm-cli \
            get-diagnostics` does not read this file and shows green.",
        limits: "A setting that is meant for another network looks wrong from this one.",
        sources: "aws/amazon-ssm-agent issues 249 and 426.",
    },
};

pub(super) const CLOCK_SKEW: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Host,
    title: "The clock is too far off for AWS to accept signatures",
    explain: Explain {
        means: "AWS refuses requests whose time is more than about five minutes off. Everything else \
            may be right; the agent does not fall back to another path either.",
        decided: "This host's clock compared with the Date header of an AWS answer, or a signature \
            that was refused for its time.",
        mend: "Set the clock and keep it: chrony with 169.254.169.123 on EC2, `time.aws.com` \
            elsewhere. In a virtual machine look at the hypervisor's time service too.",
        limits: "A proxy can send a Date of its own; the evidence names who answered.",
        sources: "aws/amazon-ecs-agent issue 1513; EC2 User Guide, \"Set the time for your instance\".",
    },
};

pub(super) const SESSION_ENDPOINT_UNREACHABLE: FindingRow = FindingRow {
    severity: Severity::Error,
    owner: Owner::Network,
    title: "A service that the session preferences need cannot be reached",
    explain: Explain {
        means: "The preferences of this account and Region use KMS, CloudWatch Logs or S3, and that \
            service's endpoint is out of reach. Sessions hang for minutes or fail.",
        decided: "The preferences, as the agent's log shows them, and a connection to the service.",
        mend: "Add the endpoint (interface for `kms` and `logs`, gateway for `s3`), or turn the \
            preference off.",
        limits: "Preferences are read at each session; the log shows those of the last one.",
        sources: "aws/amazon-ssm-agent issues 432 and 639.",
    },
};

pub(super) const SERVICE_UNAVAILABLE: FindingRow = FindingRow {
    severity: Severity::Warning,
    owner: Owner::Account,
    title: "AWS answered with an error that says nothing on permissions",
    explain: Explain {
        means: "A call was throttled or met a server error. It was not refused, and it was not let \
            through, so this permission stays unknown.",
        decided: "Throttling codes, 429 or any 5xx from AWS. The call was not repeated.",
        mend: "Wait a minute and run again; `--wait` does that for you. If it stays, look at the AWS \
            Health Dashboard and at what else in the account calls so often.",
        limits: "It proves that the network and TLS are sound, and nothing else.",
        sources: "AWS General Reference, \"Common error types\".",
    },
};
