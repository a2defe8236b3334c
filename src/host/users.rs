//! Whether a user exists on this host, by its files alone: no NSS, and below `World::root`.
//!
//! Source: `passwd(5)`, `nsswitch.conf(5)`; Ubuntu Core keeps further users in
//! `/var/lib/extrausers/passwd`.

use std::collections::BTreeMap;

use super::file::{self, TEXT_LIMIT};
use crate::observations::Reading;
use crate::world::World;

/// Largest table of users that is read, in bytes.
const TABLE_LIMIT: u64 = 1024 * 1024;
/// Where users are listed; the first must be readable.
const TABLES: [&str; 2] = ["/etc/passwd", "/var/lib/extrausers/passwd"];
/// Sources of `nsswitch.conf` whose users are all in files, or are never a session's.
const IN_FILES: [&str; 5] = ["files", "compat", "extrausers", "systemd", "altfiles"];

/// Which of these users exist. A name is left out where the files cannot tell: it is not among
/// them, and this host also takes users from a directory service.
#[must_use]
pub fn exist<'a>(
    world: &World,
    names: impl IntoIterator<Item = &'a str>,
) -> Reading<BTreeMap<String, bool>> {
    let [first, more] = TABLES.map(|path| file::read_bytes(world, path, TABLE_LIMIT));
    let elsewhere = directory_service(world);
    first.map(|table| {
        let more = more.value();
        names
            .into_iter()
            .filter_map(|name| {
                let listed = lists(&table, name) || more.is_some_and(|more| lists(more, name));
                (listed || elsewhere.is_none()).then(|| (name.to_owned(), listed))
            })
            .collect()
    })
}

/// Whether a table has a line for the user. Lines need not be text.
fn lists(table: &[u8], name: &str) -> bool {
    !name.is_empty()
        && table
            .split(|byte| *byte == b'\n')
            .any(|line| line.split(|byte| *byte == b':').next() == Some(name.as_bytes()))
}

/// The first source of users that is not a file, such as `sss`, `ldap` or `winbind`.
fn directory_service(world: &World) -> Option<String> {
    let reading = file::read_text(world, "/etc/nsswitch.conf", TEXT_LIMIT);
    let sources = reading
        .value()?
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("passwd:"))?;
    sources
        .split('#')
        .next()?
        .split_ascii_whitespace()
        .filter(|word| !word.starts_with('['))
        .find(|word| !IN_FILES.contains(word))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::exist;
    use crate::host::testing::Root;
    use crate::observations::Reading;

    const TABLE: &[u8] = b"root:x:0:0::/root:/bin/sh\nssm-user:x:1001:1001::/:/bin/sh\nb\xff:x\n";

    fn look(root: &Root, name: &str) -> Option<bool> {
        let reading = exist(&root.world(), [name]);
        reading.value().unwrap().get(name).copied()
    }

    #[test]
    fn a_user_exists_when_a_line_begins_with_the_whole_name() {
        let root = Root::new();
        root.write("/etc/passwd", TABLE);
        assert_eq!(look(&root, "ssm-user"), Some(true));
        for name in ["ssm", "ssm-user:x", "/root", "", "x"] {
            assert_eq!(look(&root, name), Some(false), "{name}");
        }
        root.write(
            "/var/lib/extrausers/passwd",
            "alice:x:1002:1002::/:/bin/sh\n",
        );
        assert_eq!(look(&root, "alice"), Some(true));
    }

    #[test]
    fn a_directory_service_leaves_it_open_whether_others_exist() {
        let root = Root::new();
        root.write("/etc/passwd", TABLE);
        root.write(
            "/etc/nsswitch.conf",
            "passwd: files systemd # sss\ngroup: sss\n",
        );
        assert_eq!(look(&root, "alice"), Some(false));
        root.write(
            "/etc/nsswitch.conf",
            "passwd: files [NOTFOUND=return] sss\n",
        );
        assert_eq!(look(&root, "alice"), None);
        assert_eq!(look(&root, "ssm-user"), Some(true));
    }

    #[test]
    fn a_table_that_cannot_be_read_says_so() {
        let root = Root::new();
        assert!(exist(&root.world(), ["alice"]).is_absent());
        root.sparse("/etc/passwd", 1 << 30);
        assert!(matches!(
            exist(&root.world(), ["alice"]),
            Reading::Unreadable { .. }
        ));
    }
}
