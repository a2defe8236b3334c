//! The door through which `tests/fuzz` reaches the parsers of the resolver's files.

use super::hosts::Hosts;
use super::resolver::Names;
use crate::no_proxy;
use crate::observations::Reading;

/// `/etc/resolv.conf`, `/etc/hosts`, and a list of hosts that go around the proxy.
pub fn resolver(bytes: &[u8]) {
    let file = |source| Reading::found(bytes.to_vec(), source);
    drop(Names::from_files(
        &file("/etc/hosts"),
        &file("/etc/resolv.conf"),
    ));
    let text = String::from_utf8_lossy(bytes);
    let hosts = Hosts::parse(&text);
    let _addresses = hosts.lookup("localhost");
    let _bypassed = no_proxy::bypasses(&text, "ssm.eu-west-1.amazonaws.com", 443);
}
