//! Pages of lists: where one begins, how long it is, and how the response says that there is another.

mod link;
mod mark;
mod position;
mod window;

use airbyte_agent_description::{Operation, Paging};

use crate::decode::Arguments;

pub(super) use mark::mark;
pub(super) use window::window;

/// The part of a list that a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageWindow {
    /// Position of the first record.
    pub(super) start: usize,
    /// Most records on the page.
    pub(super) size: usize,
    /// Whether the list continues towards its beginning.
    pub(super) is_backwards: bool,
}

impl PageWindow {
    /// Position at which the next page begins.
    fn next_start(self) -> usize {
        self.start.saturating_add(self.size)
    }

    /// Whether a list of `total` records has another page.
    fn goes_on(self, total: usize) -> bool {
        if self.is_backwards { self.start > 0 } else { self.next_start() < total }
    }
}

/// The address of a request for a page, of which the addresses of other pages are made.
pub(super) struct PageAddress<'a> {
    pub(super) host: &'a str,
    pub(super) path: &'a str,
    pub(super) query: Vec<(String, String)>,
}

/// The style of paging that a request uses: the one whose parameters it has, otherwise the last one
/// that does not need a page size. Those before the last one have to be asked for.
pub(super) fn style<'o>(operation: &'o Operation, arguments: &Arguments) -> &'o Paging {
    let paging = &operation.paging;
    let is_given = |name: &str| operation.argument(&arguments.values, name).is_some();
    let uses = |style: &&Paging| style.parameters().any(is_given);
    let is_free = |style: &&Paging| !style.size.as_ref().is_some_and(|size| size.needed);
    paging.styles().find(uses).or_else(|| paging.styles().filter(is_free).last()).unwrap_or(paging)
}
