//! `lint` against the root of an image that is made good, and then spoiled one way at a time.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests stand outside the program: they run it, and lay out its files"
)]

#[expect(dead_code, reason = "a real root is for the other target")]
mod root;
mod spoilages;

use root::Root;

#[test]
fn a_good_image_is_clean() {
    let root = Root::good();
    let lint = root.lint();
    assert_eq!(lint.found, Vec::<String>::new(), "{}", lint.text);
    assert_eq!(lint.exit, Some(0), "{}", lint.text);
}

#[test]
fn each_spoilage_is_found_and_nothing_else() {
    for spoilage in spoilages::ALL {
        let root = Root::good();
        (spoilage.spoil)(&root);
        spoilages::check(spoilage, &root.lint());
    }
}

#[test]
fn every_rule_has_a_spoilage() {
    for rule in &ssm_probe::lint::rules::RULES {
        let has = |one: &&spoilages::Spoilage| one.rule == rule.id;
        assert!(spoilages::ALL.iter().any(|one| has(&one)), "{}", rule.id);
    }
}

#[test]
fn every_form_says_the_same_and_is_well_formed() {
    let root = Root::good();
    root.put("/etc/amazon/ssm/amazon-ssm-agent.json", "{<&\"]]>\u{1b}");
    root.put(
        "/etc/cloud/cloud.cfg.d/9.cfg",
        "runcmd: [systemctl disable amazon-ssm-agent, '<&\u{7}]]>']\n",
    );
    let junit = root.run(&["-o", "junit"]);
    assert_eq!(junit.0, Some(1));
    let mut reader = quick_xml::Reader::from_str(&junit.1);
    let mut failures = 0;
    loop {
        match reader.read_event().expect("it is well-formed XML") {
            quick_xml::events::Event::Start(element) if element.name().as_ref() == "failure" => {
                failures += 1;
            }
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(failures, 2, "{}", junit.1);
    assert!(junit.1.contains("failures=\"2\""), "{}", junit.1);
    let wide = root.run(&[]);
    assert!(
        wide.1.starts_with("WRONG") && wide.1.contains("config-invalid"),
        "{}",
        wide.1
    );
    assert!(!wide.1.contains('\u{1b}') && !wide.1.contains('\u{7}'));
}

#[test]
fn what_may_not_be_read_is_unknown_and_what_is_no_root_is_wrong_usage() {
    let root = Root::good();
    assert_eq!(Root::lint_of("/nonexistent", &[]).0, Some(2));
    let empty = tempfile::tempdir().expect("there is a folder for temporary files");
    assert_eq!(
        Root::lint_of(&empty.path().display().to_string(), &[]).0,
        Some(2)
    );
    // A FIFO cannot be read by anyone, and must not hang.
    root.remove("/etc/fstab");
    root.fifo("/etc/fstab");
    let lint = root.lint();
    assert_eq!(lint.exit, Some(3), "{}", lint.text);
    assert_eq!(lint.unknown, ["noexec"]);
}

#[test]
fn a_warning_counts_only_where_it_is_to() {
    let root = Root::good();
    root.put("/etc/machine-id", "3d1219c7c4c5404aaa1f6d2a48adfda4\n");
    assert_eq!(root.run(&[]).0, Some(0));
    assert_eq!(root.run(&["--fail-on", "warning"]).0, Some(1));
    assert!(root.run(&["-o", "junit"]).1.contains("failures=\"0\""));
    assert!(
        root.run(&["-o", "junit", "--fail-on", "warning"])
            .1
            .contains("failures=\"1\"")
    );
}
