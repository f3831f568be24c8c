//! Where the answers of a store hold records and metadata.

use std::borrow::Cow;

use crate::description::build::text;
use crate::description::{json_path, list};
use crate::layout::Layout;

/// Records in the shape that the operations of the context store describe, with whatever metadata came beside them.
/// That of the store on this machine; the platform's differs in its name.
pub(crate) const LAYOUT: Layout = Layout {
    records: Some(json_path!("$.data")),
    metadata: Some(Cow::Borrowed(list![json_path!("$.meta")])),
    open_metadata: true,
    needs_records: true,
    status: None,
    peer: Some(text("the store")),
    is_unselected: true,
};
