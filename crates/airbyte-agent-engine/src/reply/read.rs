//! Reads one answer: body, metadata, failures inside a success, and the next page.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::envelope::{Place, Sink, pick};
use super::failure::{is_filled, is_success, platform_failure, request_id, vendor_message};
use super::link::link;
use super::meaning::{self, cost_wait, meaning};
use super::next::{Continuation, body_places};
use super::position::path_at;
use crate::cursor::{Cursor, Seal};
use crate::description::{
    Body, Connector, ErrorCheck, ErrorCondition, FailureKind, JsonPath, MetaSource, Operation, Step,
};
use crate::error::{Error, ErrorKind, Result};
use crate::retry::asked_wait;
use crate::transport::{self, Layout, Reply};

/// An answer and what is needed to understand it.
#[derive(Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) operation: &'a Operation,
    pub(crate) reply: &'a Reply,
    /// Takes the secrets in use out of a text.
    pub(crate) redact: &'a dyn Fn(&str) -> String,
    /// Makes cursors; without it there are none.
    pub(crate) seal: Option<&'a Seal<'a>>,
}

/// What was read besides the records.
pub(super) struct Read {
    pub(super) meta: Map<String, Value>,
    places: Vec<(Place, Option<Value>)>,
}

impl<'a> Answer<'a> {
    /// Whether the vendor shaped the body.
    pub(super) fn is_vendor(&self) -> bool {
        self.reply.layout == Layout::Vendor
    }

    /// Where the records stand; the root when the whole body is the record.
    pub(super) fn records_path(&self) -> JsonPath {
        if self.is_vendor() {
            let root = JsonPath { steps: Cow::Borrowed(&[]) };
            self.operation.response.records.clone().unwrap_or(root)
        } else {
            key_path(&["result"])
        }
    }

    /// The body as JSON text: an empty one is an empty object.
    fn text(&self) -> Cow<'a, [u8]> {
        let body: &'a [u8] = &self.reply.body;
        let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        if body.iter().all(u8::is_ascii_whitespace) {
            return Cow::Borrowed(b"{}");
        }
        Cow::Borrowed(body)
    }

    /// Decodes the records into `sink` and reads everything else.
    pub(super) fn read<S: Sink>(&self, sink: &mut S) -> Result<Read> {
        let mut places: Vec<Place> = Vec::new();
        let meta = self.meta_places();
        places.extend(meta.iter().filter_map(|(_, place)| place.clone().map(Place::from)));
        if !self.is_vendor() {
            places.extend(meta.iter().map(|(name, _)| older_meta(name).into()));
        }
        for check in self.checks() {
            places.push(check.path.clone().into());
            places
                .extend((check.when == ErrorCondition::Alone).then(|| parent(&check.path).into()));
            places.extend(check.message.clone().map(Place::from));
        }
        places.extend(body_places(self.operation, self.reply.layout));
        places.extend(["errors", "status", "warning"].map(|name| key_path(&[name]).into()));
        let text = self.text();
        let records = self.records_path();
        let picked = pick(&text, Some(&records), &places, sink);
        let picked = picked.map_err(|error| self.undecodable(&text, &error))?;
        let places: Vec<_> = places.into_iter().zip(picked).collect();
        let mut read = Read { meta: Map::new(), places };
        read.meta = self.meta(&meta, &read);
        Ok(read)
    }

    /// Every metadata field with its place in the body, if it has one there.
    fn meta_places(&self) -> Vec<(&'a str, Option<JsonPath>)> {
        let fields = self.operation.response.meta.iter();
        fields
            .map(|field| {
                let place = match (&field.source, self.reply.layout) {
                    (_, Layout::Platform) => {
                        Some(key_path(&["connector_metadata", field.name.as_ref()]))
                    }
                    (MetaSource::Body(path), Layout::Vendor) => Some(path.clone()),
                    (MetaSource::Link(_) | MetaSource::Header(_), Layout::Vendor) => None,
                };
                (field.name.as_ref(), place)
            })
            .collect()
    }

    fn meta(&self, places: &[(&'a str, Option<JsonPath>)], read: &Read) -> Map<String, Value> {
        let headers = &self.reply.headers;
        let fields = self.operation.response.meta.iter().zip(places);
        fields
            .map(|(field, (name, place))| {
                let value = match (place, &field.source) {
                    (Some(place), _) => {
                        let older = || read.get(&older_meta(name));
                        read.get(place).or_else(older).cloned()
                    }
                    (None, MetaSource::Link(relation)) => {
                        link(headers, relation).map(Value::String)
                    }
                    (None, MetaSource::Header(header)) => headers
                        .get(header.as_ref())
                        .and_then(|value| value.to_str().ok())
                        .map(|text| json!(text)),
                    (None, MetaSource::Body(_)) => None,
                };
                ((*name).to_owned(), value.unwrap_or(Value::Null))
            })
            .collect()
    }

    fn checks(&self) -> impl Iterator<Item = &'a ErrorCheck> {
        let own = self
            .is_vendor()
            .then(|| self.connector.errors.iter().chain(self.operation.response.errors.iter()));
        own.into_iter().flatten()
    }

    /// Fails when the answer reports a failure although its status is a success.
    ///
    /// `found` says whether there is anything where the records belong: GraphQL may answer in
    /// part, and then the errors go into the metadata.
    pub(super) fn check(&self, read: &mut Read, found: bool) -> Result<()> {
        for check in self.checks() {
            let value = read.get(&check.path);
            let failed = match &check.when {
                ErrorCondition::Equals(json) => value == Some(&json.value()),
                ErrorCondition::NotEmpty => value.is_some_and(is_filled),
                ErrorCondition::Alone => {
                    value.is_some_and(is_filled) && read.is_alone(&check.path, self.operation)
                }
            };
            if failed {
                let told = check.message.as_ref().and_then(|path| read.get(path)).or(value);
                let told = told.and_then(|value| vendor_message(&value.to_string()));
                let told = told.map(|text| text.trim_matches('"').to_owned());
                return Err(self.meant(told));
            }
        }
        if !self.is_vendor() {
            return self.check_platform(read);
        }
        if let Body::GraphQl(_) = self.operation.body
            && let Some(errors) = read.get(&key_path(&["errors"])).filter(|v| is_filled(v)).cloned()
        {
            if !found {
                let told = vendor_message(&json!({"errors": errors}).to_string());
                return Err(self.meant(told));
            }
            read.meta.insert("errors".to_owned(), errors);
        }
        Ok(())
    }

    fn check_platform(&self, read: &Read) -> Result<()> {
        let status = read.get(&key_path(&["status"])).and_then(Value::as_str);
        if status.is_none_or(is_success) {
            return Ok(());
        }
        let body = serde_json::from_slice(&self.reply.body).unwrap_or_default();
        Err(self.inside(ErrorKind::Vendor, platform_failure(&body)))
    }

    /// The error for an answer of the platform without what an operation gave.
    pub(super) fn without_result(&self) -> Error {
        let body = (self.redact)(&String::from_utf8_lossy(&self.reply.body));
        let told = vendor_message(&body).map(|text| format!(": {text}")).unwrap_or_default();
        Error::decode(format!(
            "{}: the platform's answer has no 'result'{told}",
            self.operation.place()
        ))
        .with_status(self.reply.status)
        .with_body(body.chars().take(8_192).collect())
    }

    /// The error for a failure that the vendor reports inside a success, perhaps with a code.
    fn meant(&self, told: Option<String>) -> Error {
        let body = serde_json::from_slice(&self.reply.body).unwrap_or_default();
        let Some(meaning) = meaning(self.connector, &body, told.as_deref()) else {
            return self.inside(ErrorKind::Vendor, told);
        };
        let hints = self.operation.hints;
        let repeatable = hints.read_only || hints.idempotent;
        let error = self.inside(meaning::kind(meaning), told);
        match meaning {
            FailureKind::RateLimited => {
                let connector = self.connector;
                let limits = connector.rate_limit_headers.as_ref();
                let asked = asked_wait(&connector.retry, limits, &self.reply.headers);
                error.with_retry_after(asked.or_else(|| cost_wait(connector, &body)))
            }
            FailureKind::Unavailable => error.with_retryable(repeatable),
            _ => error,
        }
    }

    /// The error for a failure inside a success.
    fn inside(&self, kind: ErrorKind, told: Option<String>) -> Error {
        let who = if self.is_vendor() { self.connector.title.as_ref() } else { "the platform" };
        let told = told.map_or_else(|| "it gave no reason".to_owned(), |text| (self.redact)(&text));
        let body: String =
            (self.redact)(&String::from_utf8_lossy(&self.reply.body)).chars().take(8_192).collect();
        Error::new(kind, format!("{}: {who} reports a failure: {told}", self.operation.place()))
            .with_status(self.reply.status)
            .with_request_id(request_id(&self.reply.headers))
            .with_body(body)
    }

    /// The error for an answer that cannot be decoded.
    pub(super) fn undecodable(&self, text: &[u8], error: &serde_json::Error) -> Error {
        let place = path_at(text, error.line(), error.column());
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default();
        let kind = self.reply.headers.get(http::header::CONTENT_TYPE);
        let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or("no content type");
        let message = if error.is_data() {
            format!(
                "{}: the answer is not what the spec describes at {place}: {why}",
                self.operation.place()
            )
        } else {
            format!(
                "{}: the answer ({kind}) is not valid JSON at {place}: {why}",
                self.operation.place()
            )
        };
        let start: String = String::from_utf8_lossy(text).chars().take(500).collect();
        Error::decode((self.redact)(&message))
            .with_status(self.reply.status)
            .with_request_id(request_id(&self.reply.headers))
            .with_json_path(place)
            .with_body((self.redact)(&start))
    }

    /// The cursor of the next page. `records` counts those before any filter.
    pub(super) fn next(&self, read: &Read, records: usize) -> Result<Option<Cursor>> {
        let Some(seal) = self.seal else { return Ok(None) };
        let page = match self.reply.continuation() {
            transport::Continuation::Known(page) => page.clone(),
            transport::Continuation::Described => Continuation {
                connector: self.connector,
                operation: self.operation,
                redact: self.redact,
                arguments: &self.reply.arguments,
                layout: self.reply.layout,
                meta: &read.meta,
                body: &|path| read.get(path).cloned(),
                records,
            }
            .next(),
        };
        page.map(|page| seal.page(page)).transpose()
    }
}

impl Read {
    /// Whether everything beside the value at `place` is `null` or empty, other errors apart.
    fn is_alone(&self, place: &JsonPath, operation: &Operation) -> bool {
        let Some(Value::Object(members)) = self.get(&parent(place)) else { return true };
        let names = operation.response.errors.iter().map(|check| &check.path);
        let errors: Vec<_> = names
            .chain([place])
            .filter(|path| parent(path) == parent(place))
            .filter_map(|path| path.steps.last())
            .collect();
        members.iter().all(|(name, value)| {
            let is_error = |step: &&Step| matches!(step, Step::Key(key) if key == name);
            errors.iter().any(is_error)
                || !(is_filled(value) || value.is_boolean() || value.is_number())
        })
    }

    fn get(&self, place: &JsonPath) -> Option<&Value> {
        self.places
            .iter()
            .find(|(known, _)| known.path == *place)
            .and_then(|(_, value)| value.as_ref())
    }
}

/// Where older forms of the platform put a metadata field.
fn older_meta(name: &str) -> JsonPath {
    key_path(&["connector_metadata", "pagination", name])
}

fn key_path(keys: &[&str]) -> JsonPath {
    JsonPath { steps: keys.iter().map(|key| Step::Key((*key).to_owned().into())).collect() }
}

/// The place that holds `place`.
fn parent(place: &JsonPath) -> JsonPath {
    let steps = place.steps.split_last().map_or(&[][..], |(_, rest)| rest);
    JsonPath { steps: steps.to_vec().into() }
}
