//! The door through which `tests/fuzz` reaches the parsers of an image's texts.

use super::text;

/// A unit, `/etc/fstab`, rules of a firewall, and cloud-init's files; what would be shown of them.
#[must_use]
pub fn texts(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let _settings = text::settings(&text);
    for path in ["/etc/fstab", "/etc/systemd/system/var.mount"] {
        for mount in text::mounts(path, &text) {
            let _covered = mount.covers("/var/lib/amazon/ssm");
        }
    }
    let blocks = text::blocks_imds(&text).into_iter();
    blocks.chain(text::undoes(&text)).collect()
}
