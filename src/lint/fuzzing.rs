//! The door through which `tests/fuzz` reaches the parsers of an image's texts.

use super::text;

/// A unit, `/etc/fstab`, rules of a firewall, and cloud-init's files.
pub fn texts(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _settings = text::settings(&text);
    for path in ["/etc/fstab", "/etc/systemd/system/var.mount"] {
        for mount in text::mounts(path, &text) {
            let _covered = mount.covers("/var/lib/amazon/ssm");
        }
    }
    for line in text::blocks_imds(&text)
        .into_iter()
        .chain(text::undoes(&text))
    {
        // What is shown of a file is one short line, and commands no terminal.
        assert!(line.chars().count() <= 160 && !line.contains(['\x1b', '\n']));
    }
}
