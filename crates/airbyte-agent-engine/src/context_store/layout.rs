//! The place of records and metadata in the answers of a store.

use std::borrow::Cow;

use crate::description::build::text;
use crate::description::{json_path, list};
use crate::layout::Layout;

/// Records in the form that the operations of the context store describe, with any metadata that
/// the store added. This layout is that of the store on this machine; the platform's layout differs
/// in its name only.
pub(crate) const LAYOUT: Layout = Layout {
    records: Some(json_path!("$.data")),
    metadata: Some(Cow::Borrowed(list![json_path!("$.meta")])),
    open_metadata: true,
    needs_records: true,
    status: None,
    peer: Some(text("the store")),
    is_unselected: true,
};
