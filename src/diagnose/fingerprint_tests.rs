use super::{Comparison, Likely, Property, Sameness, Why, sameness};

/// The nine properties of Linux; `+` equal, `-` changed, `?` not seen, in this order.
const NAMES: [&str; 9] = [
    "machine-id",
    "ipaddress-info",
    "hostname-info",
    "macaddr-info",
    "bios-hash",
    "disk-info",
    "memory-hash",
    "processor-hash",
    "system-hash",
];

fn properties(marks: &str) -> Vec<Property> {
    NAMES
        .iter()
        .zip(marks.chars())
        .map(|(name, mark)| Property {
            name: (*name).to_owned(),
            is_equal: match mark {
                '+' => Some(true),
                '-' => Some(false),
                _ => None,
            },
        })
        .collect()
}

#[test]
fn the_agent_s_own_rules_decide_in_their_order() {
    for (threshold, marks, expected) in [
        (-1, "---------", Sameness::SwitchedOff),
        (40, "", Sameness::Other(Why::NothingStored)),
        // The machine-id alone is fatal, whatever the threshold and the rest.
        (40, "-++++++++", Sameness::Other(Why::MachineId)),
        (1, "-++++++++", Sameness::Other(Why::MachineId)),
        (40, "?++++++++", Sameness::NotSettled),
        // The same first address is enough.
        (40, "++-------", Sameness::Same),
        (100, "++???????", Sameness::Same),
        // Four of nine are 44 %, three are 33 %.
        (40, "+-+++----", Sameness::Same),
        (40, "+-++-----", Sameness::Other(Why::TooFewEqual)),
        (33, "+-++-----", Sameness::Same),
        // What cannot be seen may be equal or not.
        (40, "+-++?????", Sameness::NotSettled),
        (40, "+-++?----", Sameness::NotSettled),
        (90, "+--??????", Sameness::Other(Why::TooFewEqual)),
    ] {
        assert_eq!(
            sameness(threshold, &properties(marks)),
            expected,
            "{threshold} {marks}"
        );
    }
}

#[test]
fn a_clone_is_told_from_a_machine_id_that_does_not_persist() {
    for (marks, expected) in [
        ("-+++", Some(Likely::MachineIdNotKept)),
        ("----", Some(Likely::Clone)),
        ("--+-", None),
        ("+-+-", Some(Likely::CopiedDisk)),
        ("++++", None),
        ("????", None),
    ] {
        let comparison = Comparison {
            sameness: Sameness::NotSettled,
            properties: properties(marks),
            threshold: 40,
        };
        assert_eq!(comparison.likely(), expected, "{marks}");
    }
}

#[test]
fn the_words_name_what_changed_and_what_was_not_seen() {
    let all = properties("-+-+?????");
    let comparison = Comparison {
        sameness: sameness(40, &all),
        properties: all,
        threshold: 40,
    };
    assert_eq!(
        comparison.words(),
        "Of 9 stored properties these have changed: machine-id, hostname-info (5 cannot be seen \
         without running programs). Another machine-id is fatal by itself, whatever the \
         threshold. The network card is the same: the machine-id does not persist here, or was \
         made anew."
    );
}
