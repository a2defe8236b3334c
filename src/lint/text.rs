//! Lines of configuration that matter: settings of units, mounts, firewalls, cloud-init. Pure.

/// IMDS, over IPv4 and IPv6.
const IMDS: [&str; 4] = [
    "169.254.169.254",
    "169.254.0.0/16",
    "fd00:ec2::254",
    "link-local",
];

/// The lines of a text that are no comments, without white space around them.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with(['#', ';']))
}

/// `Key=value` of a unit; an empty value takes an earlier one back, so the last one counts for
/// single settings.
pub(super) fn settings(text: &str) -> Vec<(&str, &str)> {
    let all: Vec<_> = lines(text)
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim(), value.trim()))
        .collect();
    let last = |key: &str| all.iter().rposition(|(other, _)| *other == key);
    all.iter()
        .enumerate()
        .filter(|(at, (key, _))| last(key) == Some(*at))
        .map(|(_, one)| *one)
        .collect()
}

/// A mount that is set up at boot.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mount {
    pub(super) place: String,
    pub(super) is_noexec: bool,
}

impl Mount {
    /// Whether a path lies on it.
    pub(super) fn covers(&self, path: &str) -> bool {
        self.place == "/"
            || path
                .strip_prefix(self.place.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Whether a file is a mount unit of systemd.
pub(super) fn is_mount_unit(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| end == "mount")
}

/// The mounts of `/etc/fstab`, or of one mount unit.
pub(super) fn mounts(path: &str, text: &str) -> Vec<Mount> {
    let is_noexec = |options: &str| {
        options
            .split(',')
            .fold(false, |before, option| match option {
                "noexec" | "user" | "users" => true,
                "exec" => false,
                _ => before,
            })
    };
    if !is_mount_unit(path) {
        return lines(text)
            .filter_map(|line| {
                let mut fields = line.split_whitespace();
                let (place, options) = (fields.nth(1)?, fields.nth(1)?);
                let place = place.trim_end_matches('/');
                Some(Mount {
                    place: if place.is_empty() { "/" } else { place }.to_owned(),
                    is_noexec: is_noexec(options),
                })
            })
            .collect();
    }
    let settings = settings(text);
    let get = |key: &str| {
        settings
            .iter()
            .find(|(name, _)| *name == key)
            .map(|(_, value)| *value)
    };
    let mount = get("Where").map(|place| Mount {
        place: place.to_owned(),
        is_noexec: get("Options").is_some_and(is_noexec),
    });
    mount.into_iter().collect()
}

/// Lines that keep everyone, root included, from IMDS.
pub(super) fn blocks_imds(text: &str) -> Vec<String> {
    lines(text)
        .filter(|line| is_block(line))
        .map(short)
        .collect()
}

fn is_block(line: &str) -> bool {
    let lower = line.to_lowercase();
    let names_imds = IMDS.iter().any(|address| lower.contains(address));
    let has_word = |word: &str| {
        lower
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .any(|one| one == word)
    };
    let drops = [
        "drop",
        "reject",
        "blackhole",
        "unreachable",
        "prohibit",
        "deny",
    ]
    .iter()
    .any(|word| has_word(word));
    // A rule for other users only lets the agent through.
    let spares_root = (lower.contains("uid-owner") || lower.contains("skuid"))
        && (lower.contains("! --uid-owner root")
            || lower.contains("! --uid-owner 0")
            || lower.contains("skuid != root")
            || lower.contains("skuid != 0")
            || !(has_word("root") || lower.contains("owner 0") || lower.contains("skuid 0")));
    names_imds && drops && !spares_root
}

/// Lines of cloud-init's files that undo what the image has set right.
pub(super) fn undoes(text: &str) -> Vec<String> {
    const STOPS: [&str; 7] = [
        "disable",
        "mask",
        "stop",
        "remove",
        "purge",
        "uninstall",
        "erase",
    ];
    lines(text)
        .filter(|line| {
            let lower = line.to_lowercase();
            let words: Vec<_> = lower
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
                .collect();
            let on_agent =
                lower.contains("amazon-ssm-agent") && STOPS.iter().any(|stop| words.contains(stop));
            let no_metadata = words.contains(&"disable_ec2_metadata") && words.contains(&"true");
            let registers = lower.contains("amazon-ssm-agent")
                && words
                    .iter()
                    .any(|word| *word == "-register" || *word == "register")
                && words.iter().any(|word| *word == "-code" || *word == "code");
            on_agent || no_metadata || registers || is_block(line)
        })
        .map(|line| {
            if line.to_lowercase().contains("code") {
                // An activation code may stand in it.
                "the agent is registered with an activation code".to_owned()
            } else {
                short(line)
            }
        })
        .collect()
}

/// A line as it may be shown.
fn short(line: &str) -> String {
    let clean = crate::report::clean(line);
    clean.chars().take(160).collect()
}

#[cfg(test)]
mod tests {
    use super::{Mount, blocks_imds, mounts, settings, undoes};

    #[test]
    fn only_what_keeps_root_away_blocks_imds() {
        for line in [
            "-A OUTPUT -d 169.254.169.254/32 -j DROP",
            "-A OUTPUT -d 169.254.169.254/32 -j REJECT --reject-with icmp-port-unreachable",
            "ip daddr 169.254.169.254 drop",
            "ip daddr 169.254.0.0/16 counter reject",
            "up ip route add blackhole 169.254.169.254",
            "ip daddr 169.254.169.254 meta skuid root drop",
        ] {
            assert_eq!(blocks_imds(line).len(), 1, "{line}");
        }
        for line in [
            "# -A OUTPUT -d 169.254.169.254/32 -j DROP",
            "-A OUTPUT -d 169.254.169.254/32 -j ACCEPT",
            "-A OUTPUT -d 169.254.169.254/32 -m owner ! --uid-owner root -j DROP",
            "-A OUTPUT -d 169.254.169.254/32 -m owner --uid-owner nobody -j DROP",
            "ip daddr 169.254.169.254 meta skuid != root drop",
            "-A INPUT -s 10.0.0.0/8 -j DROP",
        ] {
            assert!(blocks_imds(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn the_last_mount_option_counts() {
        let fstab = "# x\nUUID=1 / ext4 defaults 0 1\nUUID=2 /var/ ext4 noexec,nosuid 0 2\n/dev/x /srv ext4 user,exec 0 0\n";
        let places: Vec<_> = mounts("/etc/fstab", fstab)
            .into_iter()
            .map(|mount| (mount.place, mount.is_noexec))
            .collect();
        assert_eq!(
            places,
            [
                ("/".to_owned(), false),
                ("/var".to_owned(), true),
                ("/srv".to_owned(), false)
            ]
        );
        let unit = "[Mount]\nWhat=/dev/x\nWhere=/var/lib\nOptions=nosuid,noexec\n";
        let expected = Mount {
            place: "/var/lib".to_owned(),
            is_noexec: true,
        };
        assert_eq!(
            mounts("/etc/systemd/system/var-lib.mount", unit),
            [expected]
        );
    }

    #[test]
    fn a_mount_covers_what_lies_below_it() {
        let var = Mount {
            place: "/var".to_owned(),
            is_noexec: true,
        };
        assert!(var.covers("/var/lib/amazon/ssm") && var.covers("/var"));
        assert!(!var.covers("/variable"));
    }

    #[test]
    fn of_a_setting_the_last_counts() {
        assert_eq!(
            settings("[Service]\nUser=nobody\nUser=\n# X=1\nRestart=no\n"),
            [("User", ""), ("Restart", "no")]
        );
    }

    #[test]
    fn cloud_init_is_told_for_what_it_undoes_and_shows_no_code() {
        let found = undoes(
            "runcmd:\n - systemctl disable --now amazon-ssm-agent\n - apt-get -y purge amazon-ssm-agent\n\
             - [systemctl, mask, amazon-ssm-agent]\n - systemctl restart amazon-ssm-agent\n\
             disable_ec2_metadata: true\n - ip route add blackhole 169.254.169.254\n\
             - amazon-ssm-agent -register -code hunter2hunter2 -id x\n",
        );
        assert_eq!(found.len(), 6, "{found:?}");
        assert!(!found.concat().contains("hunter2"));
        assert!(
            undoes("# systemctl disable amazon-ssm-agent\ndisable_ec2_metadata: false\n")
                .is_empty()
        );
    }
}
