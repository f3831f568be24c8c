//! Everything that is wrong or doubtful.

use crate::lower::{self, Cx};

/// Reports all findings.
pub(crate) fn check(cx: &Cx<'_>) {
    let _ = lower::connector(cx);
}
