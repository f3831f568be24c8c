//! What operations do to the data of the vendor.

use serde::Serialize;

/// What an operation does to the vendor's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Hints {
    /// The call changes nothing at the vendor.
    pub read_only: bool,
    /// The call may destroy data.
    pub destructive: bool,
    /// Calling the operation twice has the same effect as calling it once.
    pub idempotent: bool,
    /// The operation is suited to check whether credentials work.
    pub preferred_for_check: bool,
}
