use rustix::io::Errno;

use super::{Refusal, exists, list, read_bytes, read_link, read_text, read_value, stat};
use crate::host::testing::Root;
use crate::observations::Reading;
use crate::world::World;

#[track_caller]
fn why(reading: Reading<Vec<u8>>) -> String {
    match reading {
        Reading::Unreadable { why, source } => {
            assert_eq!(source, "/a/file");
            why
        }
        other => panic!("{other:?}"),
    }
}

fn read(root: &Root) -> Reading<Vec<u8>> {
    read_bytes(&root.world(), "/a/file", 1000)
}

#[test]
fn a_missing_file_and_a_missing_folder_are_absent() {
    let root = Root::new();
    assert!(read(&root).is_absent());
    root.folder("/a");
    assert!(read(&root).is_absent());
    root.write("/a", "a file in the place of the folder");
    assert!(read(&root).is_absent());
    assert_eq!(read(&root).source(), "/a/file");
}

#[test]
fn a_file_is_found_with_its_time_and_an_empty_one_is_empty() {
    let root = Root::new();
    root.write("/a/file", "x");
    root.touch("/a/file", 1_000_000_000);
    let found = read(&root);
    assert_eq!(found.value().unwrap(), b"x");
    assert_eq!(
        found.modified_at().unwrap().to_string(),
        "2001-09-09T01:46:40Z"
    );
    root.write("/a/file", "");
    assert!(matches!(read(&root), Reading::Empty { .. }));
}

#[test]
fn what_is_no_regular_file_is_refused_by_its_kind_and_without_waiting() {
    let root = Root::new();
    root.fifo("/a/file");
    assert!(why(read(&root)).contains("FIFO"));
    root.folder("/a/file");
    assert!(why(read(&root)).contains("folder"));
    root.socket("/a/file");
    assert!(why(read(&root)).contains("socket"));
    root.link("/a/file", "/a/file");
    assert!(why(read(&root)).contains("loop"));
    root.link("/a/file", "other");
    root.link("/a/other", "file");
    assert!(why(read(&root)).contains("loop"));
}

#[test]
fn a_device_is_never_opened() {
    let live = World {
        root: "/".into(),
        ..Root::new().world()
    };
    let Reading::Unreadable { why, .. } = read_bytes(&live, "/dev/zero", 1000) else {
        panic!("a device was read");
    };
    assert!(why.contains("device"));
}

#[test]
fn a_file_past_the_limit_is_unreadable_however_it_got_there() {
    let root = Root::new();
    root.write("/a/file", [b'x'; 1000]);
    assert!(read(&root).value().is_some());
    root.write("/a/file", [b'x'; 1001]);
    assert!(why(read(&root)).contains("larger than 1000"));
    root.sparse("/a/file", 10 << 30);
    assert!(why(read(&root)).contains("larger than 1000"));
    // `/proc` says 0 bytes for everything and then gives more.
    let live = World {
        root: "/".into(),
        ..root.world()
    };
    let Reading::Unreadable { why, .. } = read_bytes(&live, "/proc/self/status", 10) else {
        panic!("the limit did not hold");
    };
    assert!(why.contains("larger than 10"));
}

#[test]
fn links_are_followed_below_the_root_and_never_out_of_it() {
    let root = Root::new();
    root.write("/real/file", "inside");
    for target in [
        "../real/file",
        "/real/file",
        "/../../real/file",
        "../../../../../real/./file",
    ] {
        root.link("/a/file", target);
        assert_eq!(read(&root).value().unwrap(), b"inside", "{target}");
    }
    root.link("/a/file", "/etc/passwd");
    assert!(read(&root).is_absent());
    root.link("/a/file", "../../../../../../../../../etc/passwd");
    assert!(read(&root).is_absent());
    assert!(read_bytes(&root.world(), "/../../../../etc/passwd", 1000).is_absent());
    root.link("/snap/agent/current", "42");
    root.write("/snap/agent/42/version", "42");
    let through = read_text(&root.world(), "/snap/agent/current/version", 10);
    assert_eq!(through.value().unwrap(), "42");
    root.link("/a/file", "/nowhere");
    assert!(read(&root).is_absent());
}

#[test]
fn rights_and_errors_of_the_system_keep_apart() {
    for (errno, refusal) in [
        (Errno::NOENT, Refusal::Absent),
        (Errno::NOTDIR, Refusal::Absent),
        (Errno::SRCH, Refusal::Absent),
        (Errno::ACCESS, Refusal::Forbidden),
        (Errno::PERM, Refusal::Forbidden),
    ] {
        assert_eq!(Refusal::from(errno), refusal);
        assert_eq!(Refusal::from(std::io::Error::from(errno)), refusal);
    }
    for errno in [Errno::IO, Errno::LOOP, Errno::MFILE, Errno::NAMETOOLONG] {
        assert!(matches!(Refusal::from(errno), Refusal::Unreadable(_)));
    }
}

#[test]
fn a_file_of_mode_000_is_forbidden_to_all_but_root() {
    let root = Root::new();
    root.write("/a/file", "x");
    root.mode("/a/file", 0);
    if crate::host::is_privileged() {
        assert!(read(&root).value().is_some());
    } else {
        assert!(read(&root).is_forbidden());
    }
}

#[test]
fn odd_names_are_answered_too() {
    let root = Root::new();
    let world = root.world();
    for path in [
        "",
        "/",
        ".",
        "..",
        "/a\0b",
        &"x/".repeat(3000),
        &"y".repeat(5000),
    ] {
        assert!(read_bytes(&world, path, 10).value().is_none());
    }
    let nowhere = World {
        root: "/no/such/root".into(),
        ..world
    };
    assert!(read_bytes(&nowhere, "/etc/passwd", 10).is_absent());
}

#[test]
fn text_that_is_not_utf8_is_malformed() {
    let root = Root::new();
    root.write("/a/file", b"\xff\xfe");
    let reading = read_text(&root.world(), "/a/file", 1000);
    assert!(matches!(reading, Reading::Malformed { .. }));
}

#[test]
fn a_value_stands_without_the_white_space_around_it() {
    let root = Root::new();
    root.write("/a/file", " Amazon EC2\n");
    assert_eq!(
        read_value(&root.world(), "/a/file").value().unwrap(),
        "Amazon EC2"
    );
    root.write("/a/file", "\n \n");
    assert!(matches!(
        read_value(&root.world(), "/a/file"),
        Reading::Empty { .. }
    ));
}

#[test]
fn folders_are_listed_in_order_and_files_are_not_folders() {
    let root = Root::new();
    let world = root.world();
    assert!(list(&world, "/a").is_absent());
    root.write("/a/b", "");
    root.write("/a/a", "");
    assert_eq!(list(&world, "/a").value().unwrap(), &["a", "b"]);
    assert!(list(&world, "/a/a").is_absent());
    root.fifo("/a/a");
    assert!(list(&world, "/a/a").value().is_none());
    assert!(exists(&world, "/a/b") && !exists(&world, "/a/a"));
}

#[test]
fn a_link_is_read_as_it_is_written() {
    let root = Root::new();
    root.link("/proc/7/exe", "/usr/bin/amazon-ssm-agent (deleted)");
    let link = read_link(&root.world(), "/proc/7/exe");
    assert_eq!(link.value().unwrap(), "/usr/bin/amazon-ssm-agent (deleted)");
    assert!(read_link(&root.world(), "/proc/8/exe").is_absent());
}

#[test]
fn a_look_tells_mode_and_kind_without_opening() {
    let root = Root::new();
    root.write("/a/file", "12345");
    root.mode("/a/file", 0o640);
    let meta = *stat(&root.world(), "/a/file").value().unwrap();
    assert_eq!(
        (meta.mode, meta.size_bytes, meta.is_folder),
        (0o640, 5, false)
    );
    assert!(stat(&root.world(), "/a").value().unwrap().is_folder);
}
