//! The faults and what must be said of each: a table.

/// What an endpoint is to a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// None works without it.
    Required,
    /// Of use to the agent, or to nothing.
    Useful,
    /// The session preferences of the matrix's host ask for it.
    Preferences,
}

/// The columns.
pub(crate) const ENDPOINTS: [(&str, Need); 7] = [
    ("ssm", Need::Required),
    ("ssmmessages", Need::Required),
    ("ec2messages", Need::Useful),
    ("sts", Need::Useful),
    ("s3", Need::Useful),
    ("kms", Need::Preferences),
    ("logs", Need::Preferences),
];

/// What must be said of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Said {
    /// The finding.
    pub(crate) finding: &'static str,
    /// Who can mend it.
    pub(crate) owner: &'static str,
    /// The exit status.
    pub(crate) exit: i32,
}

/// A row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    /// What is wrong, for a person.
    pub(crate) name: &'static str,
    /// The fault in a scenario's words.
    pub(crate) fault: &'static str,
    /// What must be said where the endpoint is required.
    pub(crate) said: Said,
    /// What must be said where only the session preferences ask for it.
    pub(crate) preferred: Said,
    /// Whether the agent goes through the lab's proxy.
    pub(crate) proxied: bool,
    /// Where it can be.
    pub(crate) place: Place,
}

/// Where a fault can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// At any endpoint.
    Endpoint,
    /// At an endpoint that is not required.
    NotRequired,
    /// In the WebSocket upgrade, which only `ssmmessages` has.
    Upgrade,
    /// On the host, so that every endpoint shows it: its clock is ahead by this many seconds.
    HostClock(i64),
}

const fn row(name: &'static str, fault: &'static str, said: Said) -> Row {
    Row {
        name,
        fault,
        said,
        preferred: SESSIONS,
        proxied: false,
        place: Place::Endpoint,
    }
}

const fn error(finding: &'static str, owner: &'static str) -> Said {
    Said {
        finding,
        owner,
        exit: 1,
    }
}

/// Nothing that a session needs is broken.
pub(crate) const USABLE: Said = Said {
    finding: "",
    owner: "",
    exit: 0,
};
/// What the session preferences ask for cannot be had.
const SESSIONS: Said = error("session-endpoint-unreachable", "network");
/// AWS answered and said nothing: too little is known.
const UNKNOWN: Said = Said {
    finding: "service-unavailable",
    owner: "account",
    exit: 3,
};
const DNS: Said = error("dns-failure", "network");
const MISSING: Said = error("endpoint-missing", "network");
const CUT: Said = error("tls-cut", "network");
const CLOCK: Said = error("clock-skew", "host");
const PROXY: Said = error("proxy-refuses", "network");

/// Every row, from the name to the session.
pub(crate) fn rows() -> Vec<Row> {
    let mut all = on_the_way().to_vec();
    all.extend(certificates());
    all.extend(strangers());
    all.extend(answers());
    all.extend(elsewhere());
    all
}

fn on_the_way() -> [Row; 9] {
    [
        row("the name does not exist", "name-not-found", DNS),
        row("the name server fails (SERVFAIL)", "name-fails", DNS),
        row("the name server is silent", "name-silent", DNS),
        row(
            "the name leads to a wrong address",
            "wrong-address",
            MISSING,
        ),
        row("connections are refused", "refuse", MISSING),
        row("packets vanish", "swallow", MISSING),
        row("connections are reset", "reset", CUT),
        row("TLS is silent", "silent", CUT),
        row("TLS is reset", "tls-reset", CUT),
    ]
}

fn certificates() -> [Row; 6] {
    let intercepted = error("tls-intercepted", "network");
    let invalid = error("certificate-invalid", "network");
    [
        row(
            "the authority is unknown",
            "untrusted-certificate",
            intercepted,
        ),
        row(
            "the certificate has expired",
            "expired-certificate",
            invalid,
        ),
        row(
            "the certificate is not valid yet",
            "future-certificate",
            invalid,
        ),
        row("the certificate is for another name", "other-name", invalid),
        row("TLS 1.0 only", "old-tls", CUT),
        row("plain HTTP on 443", "plain-http", CUT),
    ]
}

fn strangers() -> [Row; 5] {
    let through_proxy = |name, fault| Row {
        proxied: true,
        ..row(name, fault, PROXY)
    };
    [
        row("a captive portal redirects", "portal-redirect", PROXY),
        row("a proxy's HTML page, 403", "proxy-page", PROXY),
        through_proxy("the proxy asks for a login, 407", "proxy-asks-login"),
        through_proxy("the proxy refuses CONNECT", "proxy-refuses"),
        through_proxy("the proxy is silent", "proxy-silent"),
    ]
}

fn answers() -> [Row; 5] {
    // AWS answers, so it can be reached; whether the key may be used stays unknown.
    let by_aws = |row: Row| Row {
        preferred: USABLE,
        ..row
    };
    [
        row("the answer drips", "drip", UNKNOWN),
        row(
            "an answer without end and without AWS's signs",
            "huge-body",
            PROXY,
        ),
        row("the answer breaks off", "truncated-body", UNKNOWN),
        by_aws(row("503", "unavailable", UNKNOWN)),
        by_aws(row("throttled", "throttle", UNKNOWN)),
    ]
}

fn elsewhere() -> [Row; 4] {
    let blocked = error("websocket-blocked", "network");
    let at = |place, row: Row| Row {
        place,
        preferred: row.said,
        ..row
    };
    [
        at(
            Place::NotRequired,
            Row {
                said: USABLE,
                ..row(
                    "the service's own clock is an hour off",
                    "clock-ahead",
                    USABLE,
                )
            },
        ),
        at(
            Place::HostClock(3_600),
            row("this host's clock is an hour ahead", "", CLOCK),
        ),
        at(
            Place::HostClock(-3_600),
            row("this host's clock is an hour behind", "", CLOCK),
        ),
        at(
            Place::Upgrade,
            row("the WebSocket upgrade is refused", "proxy-page", blocked),
        ),
    ]
}
