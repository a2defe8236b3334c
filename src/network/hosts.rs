//! `/etc/hosts`: names and the addresses they stand for.
//!
//! Pure. Lines that are not of the usual form are skipped, as every resolver does.

use std::collections::HashMap;
use std::net::IpAddr;

/// The table of a hosts file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Hosts(HashMap<String, Vec<IpAddr>>);

impl Hosts {
    /// Reads the text of a hosts file.
    pub(super) fn parse(text: &str) -> Self {
        let mut table: HashMap<String, Vec<IpAddr>> = HashMap::new();
        for line in text.trim_start_matches('\u{feff}').lines() {
            let content = line.split('#').next().unwrap_or_default();
            let mut words = content.split_whitespace();
            let Some(Ok(address)) = words.next().map(str::parse) else {
                continue;
            };
            for name in words {
                let known = table.entry(key(name)).or_default();
                if !known.contains(&address) {
                    known.push(address);
                }
            }
        }
        Self(table)
    }

    /// The addresses of a name, in the order of the file; empty when it is not listed.
    pub(super) fn lookup(&self, name: &str) -> &[IpAddr] {
        self.0.get(&key(name)).map_or(&[], Vec::as_slice)
    }
}

fn key(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::Hosts;

    #[test]
    fn names_are_found_whatever_their_case_and_final_dot() {
        let hosts = Hosts::parse(
            "\u{feff}127.0.0.1 localhost\n\
             10.0.0.5\tssm.eu-west-1.amazonaws.com SSM # comment\n\
             ::1 ssm.eu-west-1.amazonaws.com\n",
        );
        let found: Vec<String> = hosts
            .lookup("SSM.eu-west-1.amazonaws.com.")
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found, ["10.0.0.5", "::1"]);
        assert_eq!(hosts.lookup("ssm").len(), 1);
    }

    #[test]
    fn lines_of_another_form_are_skipped() {
        let hosts = Hosts::parse("# only\nnonsense here\n10.0.0.1\n999.1.1.1 wrong\n");
        assert_eq!(hosts, Hosts::default());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in ".{0,400}", name in ".{0,40}") {
            let _addresses = Hosts::parse(&text).lookup(&name).len();
        }
    }
}
