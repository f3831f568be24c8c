//! What a call does to the data of a vendor.

use airbyte_agent_description::{Action, Operation};

/// What a call does to the data of a vendor, from least to most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Effect {
    /// The call asks no vendor: it is answered from descriptions, as `search` and `describe` are, or from the store
    /// of this machine, or it is a dry run.
    Nothing,
    /// The call reads data and changes nothing.
    Read,
    /// The call adds data.
    Write,
    /// The call may destroy data: it removes or overwrites it.
    Destroy,
}

impl Effect {
    /// What calls of this operation do.
    pub fn of(operation: &Operation) -> Self {
        let hints = operation.hints;
        // What an update overwrites is gone, too.
        let overwrites = matches!(operation.action, Action::Update | Action::Delete);
        if hints.read_only {
            Self::Read
        } else if hints.destructive || overwrites {
            Self::Destroy
        } else {
            Self::Write
        }
    }

    /// Whether the call may change data of the vendor.
    pub const fn is_change(self) -> bool {
        matches!(self, Self::Write | Self::Destroy)
    }
}
