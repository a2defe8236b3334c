//! Three-valued logic: what holds, what does not, and what cannot be known on a host.

/// Whether something holds. The order is the one `and` and `or` need: false, unknown, true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truth {
    /// It certainly does not.
    False,
    /// It depends on something that is not known.
    Unknown,
    /// It certainly does.
    True,
}

impl Truth {
    /// Both: false wins, then unknown.
    pub(super) fn and(self, other: Self) -> Self {
        self.min(other)
    }

    /// Either: true wins, then unknown.
    pub(super) fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// The opposite; unknown stays unknown.
    pub(super) fn negate(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }

    /// The opposite if `negated`, else itself.
    pub(super) fn negate_if(self, negated: bool) -> Self {
        if negated { self.negate() } else { self }
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}
