//! Which values of a response are wanted, and their places: computed once for an operation and the
//! layout of its responses.

use crate::description::{
    Body, Connector, ErrorCondition, JsonPath, MetaSource, Next, Operation, Source, Step, Text,
};
use crate::layout::Layout;

use super::envelope::Place;

/// The places of the values that are wanted of a response. The plan depends only on the operation
/// and the layout, so one plan serves every response of the operation.
#[derive(Debug)]
pub(crate) struct ReadPlan {
    /// The place of the records.
    pub(super) records: JsonPath,
    /// The values that are picked from the body in addition to the records. The other members are
    /// positions in this list.
    pub(super) places: Vec<Place>,
    /// The places of every metadata field; the first that contains a value counts. The list is
    /// empty for a field that is not in the body.
    pub(super) meta: Vec<Vec<usize>>,
    /// The object of which every member is metadata.
    pub(super) open_meta: Option<usize>,
    /// One entry for every check of the description, those of the connector first; empty when the
    /// checks do not apply.
    pub(super) checks: Vec<CheckPlaces>,
    /// The place at which GraphQL reports errors in addition to data.
    pub(super) partial_errors: Option<usize>,
    /// The places of other reports in addition to the records.
    pub(super) remarks: Vec<RemarkPlace>,
    /// The place of the number of records of the whole list.
    pub(super) total: Option<usize>,
    /// The place of the word that says how the call ended.
    pub(super) status: Option<usize>,
    /// One entry for every style of paging.
    pub(super) paging: Vec<PagingPlaces>,
}

/// The places of a check for failures.
#[derive(Debug)]
pub(super) struct CheckPlaces {
    pub(super) value: usize,
    pub(super) message: Option<usize>,
    /// Set if there is a failure only where nothing else was done.
    pub(super) alone: Option<Alone>,
}

/// The place of a report in addition to the records.
#[derive(Debug)]
pub(super) struct RemarkPlace {
    pub(super) value: usize,
    /// What the value means; `None` if the value says so itself.
    pub(super) words: Option<Text>,
}

/// The object that contains an error, and the names of its members that are errors.
#[derive(Debug)]
pub(super) struct Alone {
    pub(super) object: usize,
    pub(super) errors: Vec<Text>,
}

/// The places of a style of paging; `None` where the style needs none or the layout cannot contain
/// it.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct PagingPlaces {
    pub(super) next: Option<usize>,
    /// The place at which a transport that wraps the vendor's response may pass on what leads to
    /// the next page.
    pub(super) lent: Option<usize>,
    /// The object about the next page, which should contain what leads there.
    pub(super) holder: Option<usize>,
    pub(super) more: Option<usize>,
    pub(super) done: Option<usize>,
    pub(super) last_record: Option<usize>,
    pub(super) first_record: Option<usize>,
    pub(super) served: Option<usize>,
}

impl ReadPlan {
    /// The plan for responses of an operation that have this layout.
    pub(crate) fn new(connector: &Connector, operation: &Operation, layout: &Layout) -> Self {
        let root = JsonPath { steps: Vec::new().into() };
        let described = operation.response.records.as_ref();
        let mut plan = Self {
            records: layout.records.as_ref().or(described).cloned().unwrap_or(root),
            places: Vec::new(),
            meta: Vec::new(),
            open_meta: None,
            checks: Vec::new(),
            partial_errors: None,
            remarks: Vec::new(),
            total: None,
            status: None,
            paging: Vec::new(),
        };
        plan.add_metadata(operation, layout);
        if layout.records.is_none() {
            plan.add_checks(connector, operation);
        }
        plan.add_partial_errors(operation, layout);
        plan.add_remarks(connector, operation, layout);
        if let Some(MetaSource::Body(path)) = &operation.response.total {
            plan.total = place_in(operation, layout, path).map(|path| plan.place(path));
        }
        plan.status = layout.status.as_ref().map(|check| plan.place(check.path.clone()));
        plan.add_paging(operation, layout);
        plan
    }

    fn place(&mut self, path: JsonPath) -> usize {
        self.add(Place { path, last: false })
    }

    fn add(&mut self, place: Place) -> usize {
        let known = self.places.iter().position(|known| *known == place);
        known.unwrap_or_else(|| {
            self.places.push(place);
            self.places.len() - 1
        })
    }

    fn add_metadata(&mut self, operation: &Operation, layout: &Layout) {
        for field in operation.response.meta.iter() {
            let paths: Vec<JsonPath> = match (&layout.metadata, &field.source) {
                (Some(objects), _) => {
                    objects.iter().map(|object| member(object, &field.name)).collect()
                }
                (None, MetaSource::Body(path)) => vec![path.clone()],
                (None, MetaSource::Link(_) | MetaSource::Header(_)) => Vec::new(),
            };
            let places = paths.into_iter().map(|path| self.place(path)).collect();
            self.meta.push(places);
        }
        let objects = layout.metadata.as_ref().filter(|_| layout.open_metadata);
        let object = objects.and_then(|objects| objects.first());
        self.open_meta = object.map(|object| self.place(object.clone()));
    }

    fn add_checks(&mut self, connector: &Connector, operation: &Operation) {
        for check in connector.errors.iter().chain(operation.response.errors.iter()) {
            let value = self.place(check.path.clone());
            let message = check.message.clone().map(|path| self.place(path));
            let alone = (check.when == ErrorCondition::Alone).then(|| {
                let own = operation.response.errors.iter().map(|check| &check.path);
                let beside =
                    own.chain([&check.path]).filter(|path| has_parent_of(path, &check.path));
                let errors = beside.filter_map(|path| match path.steps.last() {
                    Some(Step::Key(key)) => Some(key.clone()),
                    _ => None,
                });
                Alone { errors: errors.collect(), object: self.place(parent(&check.path)) }
            });
            self.checks.push(CheckPlaces { value, message, alone });
        }
    }

    /// GraphQL reports errors in addition to data. A transport that wraps the result passes them on
    /// as metadata.
    fn add_partial_errors(&mut self, operation: &Operation, layout: &Layout) {
        let Body::GraphQl(_) = operation.body else { return };
        let root = JsonPath { steps: Vec::new().into() };
        let object = match (&layout.records, &layout.metadata) {
            (None, _) => Some(&root),
            (Some(_), Some(objects)) => objects.first(),
            (Some(_), None) => None,
        };
        self.partial_errors = object.map(|object| self.place(member(object, "errors")));
    }

    /// The reports of the vendor in addition to the records and, where the response contains a part
    /// of the vendor's response only, the parts of a change that the vendor refused.
    fn add_remarks(&mut self, connector: &Connector, operation: &Operation, layout: &Layout) {
        let is_cut = layout.records.is_some() && operation.response.records.is_some();
        for check in connector.errors.iter().chain(operation.response.errors.iter()) {
            let words = match &check.when {
                ErrorCondition::Remark(words) => words.clone(),
                ErrorCondition::Unless(_) if is_cut => None,
                _ => continue,
            };
            if let Some(path) = place_in(operation, layout, &check.path) {
                let value = self.place(path);
                self.remarks.push(RemarkPlace { value, words });
            }
        }
    }

    fn add_paging(&mut self, operation: &Operation, layout: &Layout) {
        for style in operation.paging.styles() {
            let mut places = PagingPlaces::default();
            let mut add = |source: &Source| match source {
                Source::Body(path) => Some(self.place(place_in(operation, layout, path)?)),
                Source::Meta { .. } => None,
            };
            places.more = style.more.as_ref().and_then(&mut add);
            places.done = style.done.as_ref().and_then(&mut add);
            let served = style.size.as_ref().and_then(|size| size.served.as_ref());
            places.served = served.and_then(&mut add);
            match &style.next {
                Next::Cursor { from, .. } | Next::Link { from, .. } => {
                    places.next = add(from);
                    if let Source::Body(path) = from {
                        let lent = lent(layout, path).filter(|_| places.next.is_none());
                        places.lent = lent.map(|path| self.place(path));
                    }
                    let holder = holder(operation, from);
                    let holder = holder.and_then(|holder| place_in(operation, layout, &holder));
                    places.holder = holder.map(|path| self.place(path));
                }
                Next::LastRecord { field, backwards, .. } => {
                    let path = in_every_record(&self.records, field);
                    if backwards.is_some() {
                        let path = path.clone();
                        places.first_record = Some(self.add(Place { path, last: false }));
                    }
                    places.last_record = Some(self.add(Place { path, last: true }));
                }
                Next::None { .. }
                | Next::Unknown { .. }
                | Next::Offset { .. }
                | Next::Page { .. } => {}
            }
            self.paging.push(places);
        }
    }
}

/// Fields of records that lead to the next page of a list, in dotted form. A selection of fields
/// must not remove them from a response of this layout.
pub(crate) fn fields_in_use(operation: &Operation, layout: &Layout) -> Vec<String> {
    let dotted = |steps: &[Step]| {
        let keys = steps.iter().map(|step| match step {
            Step::Key(key) => Some(key.as_ref()),
            Step::Index(_) | Step::Each => None,
        });
        keys.collect::<Option<Vec<_>>>().map(|keys| keys.join("."))
    };
    let in_record = |source: &Source| match source {
        Source::Body(path) => {
            let place = place_in(operation, layout, path)?;
            dotted(place.steps.strip_prefix(&*layout.records.as_ref()?.steps)?)
        }
        Source::Meta { .. } => None,
    };
    let mut fields = Vec::new();
    for style in operation.paging.styles() {
        match &style.next {
            Next::Cursor { from, .. } | Next::Link { from, .. } => fields.extend(in_record(from)),
            Next::LastRecord { field, .. } => fields.extend(dotted(&field.steps)),
            Next::None { .. } | Next::Unknown { .. } | Next::Offset { .. } | Next::Page { .. } => {}
        }
        fields.extend(style.more.iter().chain(&style.done).filter_map(in_record));
    }
    fields
}

/// The place in a response of this layout for a place of the described body. A layout of its own
/// contains only metadata and records; values that are in neither are lost.
fn place_in(operation: &Operation, layout: &Layout, path: &JsonPath) -> Option<JsonPath> {
    let Some(records) = &layout.records else { return Some(path.clone()) };
    let below = |outer: &JsonPath| path.steps.strip_prefix(&*outer.steps);
    let in_meta = || {
        let object = layout.metadata.as_ref()?.first()?;
        operation.response.meta.iter().find_map(|field| match &field.source {
            MetaSource::Body(outer) => Some((member(object, &field.name), below(outer)?)),
            MetaSource::Link(_) | MetaSource::Header(_) => None,
        })
    };
    let in_records = || match &operation.response.records {
        Some(outer) if !outer.is_multiple() => Some((records.clone(), below(outer)?)),
        Some(_) => None,
        None => Some((records.clone(), &*path.steps)),
    };
    let (outer, rest) = in_meta().or_else(in_records)?;
    let mut steps = outer.steps.into_owned();
    steps.extend(rest.iter().cloned());
    Some(JsonPath { steps: steps.into() })
}

/// The place of what leads to the next page among the metadata of a transport that wraps the
/// vendor's response and keeps the vendor's names.
fn lent(layout: &Layout, path: &JsonPath) -> Option<JsonPath> {
    let Step::Key(name) = path.steps.last()? else { return None };
    Some(member(layout.metadata.as_ref()?.first()?, name))
}

/// The place of the object about the next page that should contain what leads there, if that is a
/// member.
fn holder(operation: &Operation, from: &Source) -> Option<JsonPath> {
    let path = match from {
        Source::Body(path) => path,
        Source::Meta { name, inside } if inside.steps.is_empty() => {
            let field = operation.response.meta.iter().find(|field| field.name == *name)?;
            let MetaSource::Body(path) = &field.source else { return None };
            path
        }
        Source::Meta { .. } => return None,
    };
    let holder = parent(path);
    holder.steps.last().is_some_and(is_next_step).then_some(holder)
}

/// Whether a step leads to the object about the next page, according to its name.
pub(super) fn is_next_step(step: &Step) -> bool {
    matches!(step, Step::Key(name) if is_next(name))
}

/// Whether this is a name of the object about the next page.
pub(super) fn is_next(name: &str) -> bool {
    name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("next"))
}

/// The place of a field in every record.
fn in_every_record(records: &JsonPath, field: &JsonPath) -> JsonPath {
    let mut steps: Vec<Step> = records.steps.to_vec();
    if steps.last() != Some(&Step::Each) {
        steps.push(Step::Each);
    }
    steps.extend(field.steps.iter().cloned());
    JsonPath { steps: steps.into() }
}

/// The member of this name in an object.
fn member(object: &JsonPath, name: &str) -> JsonPath {
    let mut steps: Vec<Step> = object.steps.to_vec();
    steps.push(Step::Key(name.to_owned().into()));
    JsonPath { steps: steps.into() }
}

/// The place that contains `path`.
pub(super) fn parent(path: &JsonPath) -> JsonPath {
    let steps = path.steps.split_last().map_or(&[][..], |(_, rest)| rest);
    JsonPath { steps: steps.to_vec().into() }
}

fn has_parent_of(path: &JsonPath, other: &JsonPath) -> bool {
    parent(path) == parent(other)
}
