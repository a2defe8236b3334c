//! `lint` against a real Debian root: made good, and then spoiled one way at a time.
//!
//! `SSM_PROBE_IMAGE` names the root; `.ci/run image` makes it with debootstrap.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests stand outside the program: they run it, and lay out its files"
)]

#[expect(dead_code, reason = "the small root is for the other tests")]
mod root;
mod spoilages;

use std::path::PathBuf;

use root::Root;

fn real() -> PathBuf {
    let path = std::env::var_os("SSM_PROBE_IMAGE")
        .expect("SSM_PROBE_IMAGE names a root; run .ci/run image");
    PathBuf::from(path)
}

#[test]
fn a_good_debian_is_clean() {
    let lint = Root::copy_of(&real()).lint();
    assert_eq!(lint.found, Vec::<String>::new(), "{}", lint.text);
    assert_eq!(lint.exit, Some(0), "{}", lint.text);
}

#[test]
fn each_spoilage_of_a_debian_is_found_and_nothing_else() {
    for spoilage in spoilages::ALL {
        let root = Root::copy_of(&real());
        (spoilage.spoil)(&root);
        spoilages::check(spoilage, &root.lint());
    }
}
