//! The table's cells that need no rights.

use crate::host::Layout;
use crate::spoil::Spoil;
use crate::{child, table};

#[test]
fn every_file_of_the_agent_may_be_anything() {
    table::check(&Spoil::PLAIN, &child::binary(), None);
}

#[test]
fn an_unspoiled_host_is_found_whole_in_every_layout() {
    for layout in Layout::ALL {
        let scratch = tempfile::tempdir().expect("there is room for temporary files");
        layout.lay(&scratch.path().join("root"));
        let run = child::run(&child::binary(), scratch.path(), None);
        assert_eq!(run.faults(), Vec::<String>::new(), "{layout:?}");
        for place in layout.places() {
            let pointer = format!("/host{}/reading", place.pointer);
            let is = run.observations.pointer(&pointer);
            assert_eq!(
                is.and_then(|it| it.as_str()),
                Some("found"),
                "{layout:?} {}",
                place.path
            );
        }
    }
}
