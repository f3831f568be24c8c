//! Lists and searches: which records a request asks for, and which of them are on its page.

use airbyte_agent_description::{JsonPath, Step};
use serde_json::Value;

use super::Execution;
use crate::decode::{restored_query, scalar_text};
use crate::response::Response;
use crate::vendor::failure::Failure;
use crate::vendor::filter;
use crate::vendor::identity::{is_named, rename_record};
use crate::vendor::json_path::set_at;
use crate::vendor::page::{self, PageAddress, PageWindow};
use crate::vendor::records::Shape;

/// The records that a list consists of, over all of its pages.
struct Selected {
    /// Numbers of the records, in the order of the list.
    indexes: Vec<u64>,
    /// Identifiers by which the request names the records, by their numbers, and the plain name of
    /// such an identifier.
    named: Option<(Vec<(u64, String)>, String)>,
}

impl Execution<'_> {
    /// The page that a request asks for. The records of the whole list are selected before the page
    /// is made, so that an empty list is known as such in this function and nowhere else.
    pub(super) fn list(&self) -> Result<Response, Failure> {
        let shape = self.records.shape(self.operation, self.arguments.graphql.as_deref());
        let selected = self.select(&shape);
        let window = self
            .window(&shape, &selected)
            .map_err(|problem| Failure::InvalidArguments(vec![problem]))?;
        Ok(self.page(&shape, &selected, window))
    }

    /// Selects the records that the arguments ask for.
    fn select(&self, shape: &Shape) -> Selected {
        let mut indexes = self.records.indexes(self.entity());
        if let Some((name, ids)) = filter::requested_ids(self.operation, self.arguments) {
            let numbers = self.numbers(shape, &indexes, &name, &ids);
            let indexes = numbers.iter().map(|(number, _)| *number).collect();
            return Selected { indexes, named: Some((numbers, name)) };
        }
        if let Some(parent) = filter::parent_number(self.operation, self.arguments) {
            self.records.below(self.entity(), parent, &mut indexes);
        }
        if filter::has_filters(self.operation, self.arguments) {
            let matches = |index: u64| {
                let record = self.record_in_list(shape, index, None);
                filter::matches(
                    self.operation,
                    self.arguments,
                    &record,
                    self.records.selects_by_change(),
                )
            };
            indexes.retain(|index| matches(*index));
        }
        Selected { indexes, named: None }
    }

    fn window(&self, shape: &Shape, selected: &Selected) -> Result<PageWindow, String> {
        let indexes = &selected.indexes;
        let position = |steps: &[Step], wanted: &str| {
            let path = JsonPath { steps: steps.to_vec().into() };
            let is_wanted = |index: u64| {
                let record = self.record_in_list(shape, index, selected.named.as_ref());
                path.first(&record).and_then(scalar_text).as_deref() == Some(wanted)
            };
            let likely = self.records.position_among(indexes, self.entity(), wanted);
            likely
                .filter(|at| is_wanted(indexes[*at]))
                .or_else(|| indexes.iter().position(|index| is_wanted(*index)))
        };
        page::window(self.operation, self.arguments, indexes.len(), position)
    }

    fn page(&self, shape: &Shape, selected: &Selected, window: PageWindow) -> Response {
        let on_page = selected.indexes.iter().skip(window.start).take(window.size);
        let records: Vec<Value> = on_page
            .map(|index| self.record_in_list(shape, *index, selected.named.as_ref()))
            .collect();
        let mut body = match &shape.around {
            None => self.body_around(records, true),
            Some(around) => {
                let mut whole = self.records.surroundings(self.entity(), &around.schema);
                set_at(&mut whole, &[Step::Key(around.list.clone().into())], records.into());
                self.body_around(vec![whole], false)
            }
        };
        let address = PageAddress {
            host: self.host,
            path: self.path,
            query: restored_query(self.operation, self.request),
        };
        let style = page::style(self.operation, self.arguments);
        let total = selected.indexes.len();
        let headers = page::mark(self.operation, style, &address, window, total, &mut body);
        let mut response = self.response(200, body, None);
        response.headers.extend(headers);
        response
    }

    /// A record as the list shows it: with what it belongs to, and with the name by which the
    /// request asks for it.
    fn record_in_list(
        &self,
        shape: &Shape,
        index: u64,
        named: Option<&(Vec<(u64, String)>, String)>,
    ) -> Value {
        let mut record = self.records.record(shape, self.entity(), index);
        filter::write_parents(self.operation, self.arguments, &mut record, &shape.record);
        if let Some((numbers, name)) = named
            && let Some((_, id)) = numbers.iter().find(|(number, _)| *number == index)
            && !is_named(&record, name, id)
        {
            rename_record(&mut record, name, id);
        }
        record
    }
}
