//! Compares the places where an operation looks for records, metadata and the next page with the
//! vendor's response.

use airbyte_agent_description::{Filter, MetaSource, Next, Operation, Paging, Source, Step};
use serde_json::Value;

use super::finding::{Findings, Kind};
use super::places::{End, follow};
use super::records::Records;
use airbyte_agent_document::{self as vendor, Opener, Schema};

/// Both sides of a comparison of responses.
#[derive(Debug)]
pub(super) struct Responses<'a, 'd> {
    pub(super) operation: &'a Operation,
    pub(super) theirs: &'d vendor::Operation,
    pub(super) opener: &'a Opener<'d>,
    /// The vendor's schema of the response.
    schema: Schema<'d>,
}

/// The schema of the first response with records; `None` if the document does not describe one.
fn schema(theirs: &vendor::Operation) -> Option<&Value> {
    let contents = theirs.responses.iter().flat_map(|response| &response.contents);
    let is_json = |media: &str| media.contains("json") || media == "*/*";
    let mut described = contents.filter(|content| is_json(&content.media_type));
    described.find_map(|content| content.schema.as_ref())
}

impl<'a, 'd> Responses<'a, 'd> {
    /// Prepares the comparison; `None` if the document does not describe the response.
    pub(super) fn new(
        operation: &'a Operation,
        theirs: &'d vendor::Operation,
        opener: &'a Opener<'d>,
    ) -> Option<Self> {
        let schema = Schema::One(schema(theirs)?);
        Some(Self { operation, theirs, opener, schema })
    }

    pub(super) fn compare(&self, selectable: bool, out: &mut Findings) {
        let mut reported = Vec::new();
        for style in self.operation.paging.styles() {
            self.paging(style, &mut reported, out);
        }
        self.metadata(&reported, out);
        let Some(record) = self.record(out) else { return };
        self.fields_in_use(&record, out);
        let Some(own) = &self.operation.response.schema else { return };
        let (own, nothing) = (own.value(), Value::Null);
        let computed = self.operation.response.transform.iter().map(|field| field.field.as_ref());
        Records {
            own: &Opener::new(&nothing),
            opener: self.opener,
            selectable,
            computed: computed.collect(),
        }
        .compare("", &Schema::One(&own), &record, out);
    }

    /// The schema of one record.
    fn record(&self, out: &mut Findings) -> Option<Schema<'d>> {
        let path = self.operation.response.records.as_ref();
        let steps = path.map_or(&[][..], |path| &path.steps[..]);
        let found = match follow(self.opener, &self.schema, steps) {
            End::Found(schema) => schema,
            End::Unknown => return None,
            End::Absent(part) => {
                let path = path.map(ToString::to_string).unwrap_or_default();
                let detail =
                    format!("The vendor's response has no {part}, where records are looked for.");
                out.add(Kind::RecordsAbsent, &path, detail);
                return None;
            }
        };
        if !self.operation.action.is_array() {
            return Some(found);
        }
        let items = self.opener.open(&found).items;
        Some(items.unwrap_or(found))
    }

    /// Compares the metadata, except for fields that have been reported because a list continues by
    /// them.
    fn metadata(&self, reported: &[&str], out: &mut Findings) {
        for field in self.operation.response.meta.iter() {
            match &field.source {
                _ if reported.contains(&field.name.as_ref()) => {}
                MetaSource::Body(path) => {
                    if let End::Absent(part) = follow(self.opener, &self.schema, &path.steps) {
                        let detail = format!("The vendor's response has no {part}.");
                        out.add(Kind::MetadataAbsent, &field.name, detail);
                    }
                }
                MetaSource::Header(name) => self.header(&field.name, name, out),
                MetaSource::Link(_) => self.header(&field.name, "Link", out),
            }
        }
    }

    fn header(&self, field: &str, name: &str, out: &mut Findings) {
        let mut headers =
            self.theirs.responses.iter().flat_map(|response| &response.headers).peekable();
        let is_described = headers.peek().is_some();
        if is_described && !headers.any(|header| header.eq_ignore_ascii_case(name)) {
            let detail =
                format!("The vendor's document lists headers, and {name} is none of them.");
            out.add(Kind::MetadataAbsent, field, detail);
        }
    }

    fn paging(&self, style: &'a Paging, reported: &mut Vec<&'a str>, out: &mut Findings) {
        let from = match &style.next {
            Next::Cursor { from, .. } | Next::Link { from, .. } => Some(from),
            _ => None,
        };
        for source in from.into_iter().chain(&style.more).chain(&style.done) {
            let Some(steps) = self.steps(source) else { continue };
            if let End::Absent(part) = follow(self.opener, &self.schema, &steps) {
                let place = match source {
                    Source::Meta { name, .. } => {
                        reported.push(name);
                        name.to_string()
                    }
                    Source::Body(path) => path.to_string(),
                };
                let detail = format!(
                    "The vendor's response has no {part}, by which the list continues or ends."
                );
                out.add(Kind::PagingAbsent, &place, detail);
            }
        }
    }

    /// The place in the body that a source means; `None` for headers and metadata that do not exist.
    fn steps(&self, source: &Source) -> Option<Vec<Step>> {
        match source {
            Source::Body(path) => Some(path.steps.to_vec()),
            Source::Meta { name, inside } => {
                let mut meta = self.operation.response.meta.iter();
                let field = meta.find(|field| field.name == *name)?;
                let MetaSource::Body(path) = &field.source else { return None };
                Some(path.steps.iter().chain(inside.steps.iter()).cloned().collect())
            }
        }
    }

    /// Fields of records that filters and paginators need.
    fn fields_in_use(&self, record: &Schema<'d>, out: &mut Findings) {
        if let Some(Filter::Unless(path)) = &self.operation.response.filter
            && let End::Absent(part) = follow(self.opener, record, &path.steps)
        {
            let detail = format!(
                "The vendor's records have no {part}, and records without it are an error."
            );
            out.add(Kind::FilterAbsent, &path.to_string(), detail);
        }
        for style in self.operation.paging.styles() {
            if let Next::LastRecord { field, .. } = &style.next
                && let End::Absent(part) = follow(self.opener, record, &field.steps)
            {
                let detail =
                    format!("The vendor's records have no {part}, by which the list continues.");
                out.add(Kind::PagingAbsent, &field.to_string(), detail);
            }
        }
    }
}
