//! What looking at one place gave: a value, or one of five different kinds of nothing.

use std::convert::Infallible;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The result of reading one thing on the host. Each variant is a different answer and none
/// stands in for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "reading", remote = "Self")]
pub enum Reading<T> {
    /// There, and understood.
    Found {
        /// What it says.
        value: T,
        /// Where it was read (a path as on the host, without `--root`).
        source: String,
        /// When the source was last written, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        modified_at: Option<Timestamp>,
    },
    /// Not there.
    Absent {
        /// Where it was looked for.
        source: String,
    },
    /// There, with nothing in it.
    Empty {
        /// Where.
        source: String,
        /// When it was last written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        modified_at: Option<Timestamp>,
    },
    /// There, and this user may not read it.
    Forbidden {
        /// Where.
        source: String,
    },
    /// There, and reading failed: not a regular file, too large, an I/O error, out of time.
    Unreadable {
        /// Where.
        source: String,
        /// What went wrong, without the content.
        why: String,
    },
    /// There, read, and not of the form it should have.
    Malformed {
        /// Where.
        source: String,
        /// What is wrong, without the content.
        why: String,
    },
    /// Not looked at.
    NotRead {
        /// Why not.
        why: String,
    },
}

read_by_value!(Reading);

impl<T> Reading<T> {
    /// A value and where it came from.
    pub fn found(value: T, source: impl Into<String>) -> Self {
        Self::Found {
            value,
            source: source.into(),
            modified_at: None,
        }
    }

    /// Nothing at this place.
    pub fn absent(source: impl Into<String>) -> Self {
        Self::Absent {
            source: source.into(),
        }
    }

    /// Not looked at, and why.
    pub fn not_read(why: impl Into<String>) -> Self {
        Self::NotRead { why: why.into() }
    }

    /// The value, if it was found.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Found { value, .. } => Some(value),
            Self::Absent { .. }
            | Self::Empty { .. }
            | Self::Forbidden { .. }
            | Self::Unreadable { .. }
            | Self::Malformed { .. }
            | Self::NotRead { .. } => None,
        }
    }

    /// Where it was looked for; empty when nobody looked.
    pub fn source(&self) -> &str {
        match self {
            Self::Found { source, .. }
            | Self::Absent { source }
            | Self::Empty { source, .. }
            | Self::Forbidden { source }
            | Self::Unreadable { source, .. }
            | Self::Malformed { source, .. } => source,
            Self::NotRead { .. } => "",
        }
    }

    /// When the source was last written, where that is known.
    pub fn modified_at(&self) -> Option<Timestamp> {
        match self {
            Self::Found { modified_at, .. } | Self::Empty { modified_at, .. } => *modified_at,
            Self::Absent { .. }
            | Self::Forbidden { .. }
            | Self::Unreadable { .. }
            | Self::Malformed { .. }
            | Self::NotRead { .. } => None,
        }
    }

    /// Whether the answer is certain: there with a value, or certainly not there.
    pub fn is_certain(&self) -> bool {
        matches!(self, Self::Found { .. } | Self::Absent { .. })
    }

    /// Whether it is certainly not there.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent { .. })
    }

    /// Whether only the lack of rights kept it from being read.
    pub fn is_forbidden(&self) -> bool {
        matches!(self, Self::Forbidden { .. })
    }

    /// The same answer with its value turned into something else.
    pub fn map<U>(self, turn: impl FnOnce(T) -> U) -> Reading<U> {
        match self.try_map(|value| Ok::<_, Infallible>(turn(value))) {
            Ok(turned) => turned,
        }
    }

    /// The same, unless that fails.
    fn try_map<U, E>(self, turn: impl FnOnce(T) -> Result<U, E>) -> Result<Reading<U>, E> {
        Ok(match self {
            Self::Found {
                value,
                source,
                modified_at,
            } => Reading::Found {
                value: turn(value)?,
                source,
                modified_at,
            },
            Self::Absent { source } => Reading::Absent { source },
            Self::Empty {
                source,
                modified_at,
            } => Reading::Empty {
                source,
                modified_at,
            },
            Self::Forbidden { source } => Reading::Forbidden { source },
            Self::Unreadable { source, why } => Reading::Unreadable { source, why },
            Self::Malformed { source, why } => Reading::Malformed { source, why },
            Self::NotRead { why } => Reading::NotRead { why },
        })
    }

    /// Goes on from a found value and its source to another reading; any other answer stands.
    pub fn and_then<U>(self, next: impl FnOnce(T, String) -> Reading<U>) -> Reading<U> {
        match self {
            Self::Found { value, source, .. } => next(value, source),
            Self::Absent { source } => Reading::Absent { source },
            Self::Empty {
                source,
                modified_at,
            } => Reading::Empty {
                source,
                modified_at,
            },
            Self::Forbidden { source } => Reading::Forbidden { source },
            Self::Unreadable { source, why } => Reading::Unreadable { source, why },
            Self::Malformed { source, why } => Reading::Malformed { source, why },
            Self::NotRead { why } => Reading::NotRead { why },
        }
    }

    /// What an older record, which does not hold this reading, says of it.
    #[must_use]
    pub fn not_recorded() -> Self {
        Self::not_read("not part of this record")
    }

    /// The same answer, with a found value parsed further; a failed parse is `Malformed`.
    pub fn parse<U>(self, parse: impl FnOnce(T) -> Result<U, String>) -> Reading<U> {
        match self {
            Self::Found {
                value,
                source,
                modified_at,
            } => match parse(value) {
                Ok(value) => Reading::Found {
                    value,
                    source,
                    modified_at,
                },
                Err(why) => Reading::Malformed { source, why },
            },
            Self::Absent { source } => Reading::Absent { source },
            Self::Empty {
                source,
                modified_at,
            } => Reading::Empty {
                source,
                modified_at,
            },
            Self::Forbidden { source } => Reading::Forbidden { source },
            Self::Unreadable { source, why } => Reading::Unreadable { source, why },
            Self::Malformed { source, why } => Reading::Malformed { source, why },
            Self::NotRead { why } => Reading::NotRead { why },
        }
    }
}
