//! The size of a page in the request for the next one.

use serde_json::json;

use super::next::Paginator;
use crate::cursor::NextPage;
use crate::description::{PageSize, Paging};

impl Paginator<'_> {
    /// Keeps the size in the request for the next page, if the vendor would not continue the list
    /// without it.
    pub(super) fn keep_needed_size(&self, paging: &Paging, page: &mut NextPage) {
        let Some(size) = paging.size.as_ref().filter(|_| !page.set.is_empty()) else { return };
        if size.needed {
            self.keep_size(paging, page);
        } else if self.is_part_of(size, page) {
            self.keep_size(paging, page);
            // An object that is sent because it contains the token must be complete.
            let default = size.default.filter(|_| !page.set.contains_key(size.parameter.as_ref()));
            page.set.extend(default.map(|size_of| (size.parameter.to_string(), json!(size_of))));
        }
    }

    /// Whether the size of a page is a required member of an object of which the page sets another
    /// member.
    fn is_part_of(&self, size: &PageSize, page: &NextPage) -> bool {
        let Some((object, member)) = size.parameter.rsplit_once('.') else { return false };
        let beside = |name: &String| name.rsplit_once('.').is_some_and(|(at, _)| at == object);
        let schema = self.operation.argument_schema(object);
        let is_required =
            schema.and_then(|object| object.property(member)).is_some_and(|m| m.required);
        is_required && page.set.keys().any(beside)
    }
}
