//! What a file can be replaced by, and which of the five answers is right then.

use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::host::{Kind, Place, real};

/// Something that a file must not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spoil {
    Nothing,
    Empty,
    Garbage,
    WrongType,
    Huge,
    Fifo,
    Folder,
    LinkLoop,
    /// Needs root.
    Device,
    /// Mode 000: means nothing to root.
    Closed,
}

impl Spoil {
    /// Those that anybody can make, and that keep anybody out.
    pub(crate) const PLAIN: [Self; 8] = [
        Self::Nothing,
        Self::Empty,
        Self::Garbage,
        Self::WrongType,
        Self::Huge,
        Self::Fifo,
        Self::Folder,
        Self::LinkLoop,
    ];

    /// Puts it in the place of a file or folder.
    pub(crate) fn put(self, root: &Path, path: &str) {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let real = real(root, path);
        if self == Self::Closed {
            let closed = std::fs::Permissions::from_mode(0o000);
            return std::fs::set_permissions(real, closed).expect("it is there and ours");
        }
        if real.is_dir() {
            std::fs::remove_dir_all(&real).expect("the root is ours");
        } else {
            std::fs::remove_file(&real).expect("the root is ours");
        }
        let mode = Mode::from_raw_mode(0o666);
        match self {
            Self::Nothing | Self::Closed => {}
            Self::Empty => std::fs::write(real, "").expect("the root is writable"),
            Self::Garbage => {
                std::fs::write(real, b"\xff\xfe\0{{[[\x1b[2J\n\n\xc3(")
                    .expect("the root is writable");
            }
            Self::WrongType => std::fs::write(real, "[\"text\"]").expect("the root is writable"),
            Self::Huge => std::fs::File::create(real)
                .and_then(|file| file.set_len(1 << 30))
                .expect("the file system has sparse files"),
            Self::Fifo => mknodat(CWD, real, FileType::Fifo, mode, 0).expect("a FIFO can be made"),
            // `/dev/zero`: whoever opens it reads for ever.
            Self::Device => {
                let zero = rustix::fs::makedev(1, 5);
                mknodat(CWD, real, FileType::CharacterDevice, mode, zero)
                    .expect("making a device needs root");
            }
            Self::Folder => std::fs::create_dir(real).expect("the root is writable"),
            Self::LinkLoop => symlink(real.file_name().expect("it has a name"), &real)
                .expect("the root is writable"),
        }
    }

    /// The reading that a spoiled place must give.
    pub(crate) fn reading(self, place: &Place) -> &'static str {
        match (place.kind, self) {
            // The log proper is still there.
            (Kind::SideLog, _)
            // Only the end of a log is read, and it has no form that it could break.
            | (Kind::Log, Self::Huge | Self::Empty | Self::Garbage | Self::WrongType)
            // A name in brackets is a profile.
            | (Kind::Profiles, Self::WrongType) => "found",
            (_, Self::LinkLoop) => "unreadable",
            (_, Self::Closed) => "forbidden",
            // Where a folder should be, anything else means that what was below it is not there.
            (Kind::Folder, _) | (_, Self::Nothing) => "absent",
            (_, Self::Fifo | Self::Folder | Self::Device | Self::Huge) => "unreadable",
            (_, Self::Empty) => "empty",
            (_, Self::Garbage | Self::WrongType) => "malformed",
        }
    }
}
