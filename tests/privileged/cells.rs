//! The cells of the table of hostile files that need rights.

use crate::spoil::Spoil;
use crate::{NOBODY, child, need_root, open_binary, table};

#[test]
fn a_device_in_place_of_any_file_is_never_read() {
    need_root();
    table::check(&[Spoil::Device], &child::binary(), None);
}

#[test]
fn a_file_that_this_user_may_not_read_is_forbidden_and_nothing_else() {
    need_root();
    let (_folder, binary) = open_binary();
    table::check(&[Spoil::Closed], &binary, Some(NOBODY));
}
