//! Reads one response: its body, metadata, failures inside a success status, and the next page.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::absence::Absence;
use super::charset;
use super::envelope::{Picked, Sink, pick};
use super::failure::{is_equal, is_filled, is_there, reason, request_id};
use super::link::link;
use super::meaning::{self, cost_wait, meaning};
use super::message::{likely_message, message_of, with_details};
use super::next::Paginator;
use super::plan::{Alone, ReadPlan, parent};
use super::position::path_at;
use super::select;
use super::spelling::Spelling;
use super::token::whole_number;
use crate::arguments::Arguments;
use crate::call_options::CallOptions;
use crate::cursor::{Cursor, NextPage, Seal};
use crate::description::{
    Action, Connector, ErrorCheck, ErrorCondition, FailureKind, MetaSource, Operation,
};
use crate::error::{Error, ErrorKind, Result};
use crate::json::{self, mend};
use crate::retry::{asked_wait, published_wait};
use crate::transport::{Continuation, Reply};

/// A response, and what is needed to read it.
#[derive(Clone, Copy)]
pub(crate) struct Answer<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) operation: &'a Operation,
    /// The name of the operation in messages, such as `issues.list`.
    pub(crate) name: &'a str,
    /// The arguments of the call, including defaults. Paging needs them.
    pub(crate) arguments: &'a Arguments,
    pub(crate) options: &'a CallOptions,
    /// Settings that expressions of computed fields can use.
    pub(crate) settings: &'a Map<String, Value>,
    pub(crate) reply: &'a Reply,
    /// The places of the values of the response.
    pub(crate) plan: &'a ReadPlan,
    /// Removes the secrets in use from a text.
    pub(crate) redact: &'a dyn Fn(&str) -> String,
    /// Makes cursors; without it, pages have no cursor.
    pub(crate) seal: Option<&'a Seal<'a>>,
    /// The page that was requested.
    pub(crate) at: &'a NextPage,
    /// How many records of the page were given already, and the mark of the last of them.
    pub(crate) behind: Option<(usize, u32)>,
    /// The largest number of records that is wanted of the page.
    pub(crate) most: Option<usize>,
    /// What the vendor has reported in responses that led to this one.
    pub(crate) earlier: &'a [Value],
}

/// What was read in addition to the records.
pub(super) struct Read {
    pub(super) meta: Map<String, Value>,
    /// What the vendor reports in addition to the records.
    pub(super) errors: Vec<Value>,
    /// The number of records of the whole list; `None` where it is not known.
    pub(super) total: Option<u64>,
    /// The values at the places of the plan.
    pub(super) values: Picked,
}

impl Answer<'_> {
    /// Whether the records have been filtered and their fields computed already.
    pub(super) fn is_finished(&self) -> bool {
        self.reply.layout.records.is_some()
    }

    /// Whether fields still have to be selected, or texts shortened, in records that are decoded into a type.
    pub(super) fn is_unselected(&self) -> bool {
        let options = self.options;
        let chooses = !options.selected().is_empty() || !options.excluded().is_empty();
        self.reply.layout.is_unselected && (chooses || self.cuts_texts())
    }

    /// Selects the fields that the caller wants, and shortens long texts where the caller allows it.
    pub(super) fn select(&self, data: Value) -> Value {
        self.cut(select::shape(data, self.options))
    }

    /// Does what [`select`](Self::select) does, for one record of a list.
    pub(super) fn select_record(&self, record: Value) -> Value {
        self.cut(select::shape_record(record, self.options))
    }

    fn cut(&self, mut data: Value) -> Value {
        if self.cuts_texts() {
            select::cut_texts(&mut data);
        }
        data
    }

    fn cuts_texts(&self) -> bool {
        let is_allowed = self.options.truncates() && self.operation.action == Action::List;
        self.reply.layout.is_unselected && is_allowed
    }

    /// Decodes the records into `sink` and reads everything else.
    pub(super) fn read<S: Sink>(&self, sink: &mut S) -> Result<Read> {
        let text = self.text();
        let (records, places) = (Some(&self.plan.records), &self.plan.places);
        let values = pick(&text, records, places, sink).or_else(|error| {
            // One unusual value must not make the whole page unreadable. Few texts contain one, so the search for it
            // begins only after an error.
            let Some(mended) = mend::broken(&text) else {
                return Err(self.undecodable(text.as_bytes(), &error));
            };
            sink.clear();
            pick(&mended, records, places, sink)
                .map_err(|error| self.undecodable(mended.as_bytes(), &error))
        })?;
        let mut read = Read { meta: Map::new(), errors: Vec::new(), total: None, values };
        read.meta = self.meta(&read);
        read.total = self.total(&read);
        Ok(read)
    }

    /// The body as a text. A list that is an empty body is not taken for a record without members.
    pub(super) fn text(&self) -> Cow<'_, str> {
        let body = &self.reply.body;
        if self.operation.action.is_array() && body.iter().all(u8::is_ascii_whitespace) {
            return Cow::Borrowed("null");
        }
        let text = self.json();
        self.without_failed_groups(&text).map_or(text, Cow::Owned)
    }

    /// The body as JSON text, converted from its character set.
    pub(super) fn json(&self) -> Cow<'_, str> {
        let body = &self.reply.body;
        match charset::declared(&self.reply.headers, body) {
            Some(text) => Cow::Owned(json_text(text.as_bytes()).into_owned()),
            None => json_text(body),
        }
    }

    fn total(&self, read: &Read) -> Option<u64> {
        match self.operation.response.total.as_ref()? {
            MetaSource::Header(name) => {
                let text = self.reply.headers.get(name.as_ref())?.to_str().ok()?;
                text.trim().parse().ok()
            }
            MetaSource::Body(_) => whole_number(read.get(self.plan.total?)?),
            MetaSource::Link(_) => None,
        }
    }

    fn meta(&self, read: &Read) -> Map<String, Value> {
        let open = self.plan.open_meta.and_then(|object| read.get(object)?.as_object().cloned());
        let mut meta = open.unwrap_or_default();
        let headers = &self.reply.headers;
        for (field, places) in self.operation.response.meta.iter().zip(&self.plan.meta) {
            let value = match (&field.source, places.is_empty()) {
                (_, false) => places.iter().find_map(|place| read.get(*place)).cloned(),
                (MetaSource::Link(relation), true) => link(headers, relation).map(Value::String),
                (MetaSource::Header(header), true) => headers
                    .get(header.as_ref())
                    .and_then(|value| value.to_str().ok())
                    .map(|text| json!(text)),
                (MetaSource::Body(_), true) => None,
            };
            meta.insert(field.name.to_string(), value.unwrap_or(Value::Null));
        }
        meta
    }

    /// Fails if the response reports a failure although its status is a success.
    ///
    /// `has_place` says whether there is any value at the place of the records, and `records` how many there are:
    /// GraphQL may answer in part, and then the errors are added to the metadata.
    pub(super) fn check(&self, read: &mut Read, has_place: bool, records: usize) -> Result<()> {
        let checks = self.connector.errors.iter().chain(self.operation.response.errors.iter());
        // What a mutation refused although it did something.
        let mut refused = Vec::new();
        for (check, places) in checks.zip(&self.plan.checks) {
            let value = read.get(places.value);
            let failed = match &check.when {
                ErrorCondition::Equals(json) => {
                    value.is_some_and(|value| is_equal(value, &json.value()))
                }
                ErrorCondition::NotEmpty => value.is_some_and(is_there),
                ErrorCondition::Unless(_) | ErrorCondition::Remark(_) => false,
                ErrorCondition::Alone => {
                    let is_alone = places.alone.as_ref().is_none_or(|alone| read.is_alone(alone));
                    value.is_some_and(is_filled) && is_alone
                }
            };
            let is_beside = check.when == ErrorCondition::Alone && !failed;
            if let Some(Value::Array(errors)) = value.filter(|_| is_beside) {
                refused.extend(errors.iter().cloned());
            }
            if failed {
                let message = places.message.and_then(|place| read.get(place)).or(value);
                return Err(self.described_failure(message, Some(check)));
            }
        }
        if !refused.is_empty() {
            self.tell(read, refused);
        }
        self.check_partial_errors(read, has_place, records)?;
        self.check_status(read)?;
        self.check_parts(read)?;
        self.check_groups(read, records)?;
        self.check_created()?;
        self.add_remarks(read);
        self.only_failure().map_or(Ok(()), Err)
    }

    /// Fails if the word that says how the call ended does not mean success.
    fn check_status(&self, read: &Read) -> Result<()> {
        let Some(check) = &self.reply.layout.status else { return Ok(()) };
        let word = self.plan.status.and_then(|place| read.get(place)?.as_str());
        if word.is_none_or(|word| check.is_success(word)) {
            return Ok(());
        }
        let body = serde_json::from_slice(&self.reply.body).unwrap_or_default();
        Err(self.failure(ErrorKind::Vendor, reason(check, &body, self.redact)))
    }

    /// Fails if there is nothing at the place of the records although there must be. `is_seen` says whether there is a
    /// value at this place, including `null`, and `is_filled` whether there is a value other than `null`.
    pub(super) fn require(&self, is_seen: bool, is_filled: bool) -> Result<()> {
        if is_filled {
            return Ok(());
        }
        if self.reply.layout.records.is_none() {
            return self.require_described(is_seen);
        }
        if is_seen || !self.reply.layout.needs_records {
            return Ok(());
        }
        Err(self.lacks_records())
    }

    /// [`require`](Self::require) for the vendor's own response.
    fn require_described(&self, is_seen: bool) -> Result<()> {
        let operation = self.operation;
        let is_blank = self.reply.body.iter().all(u8::is_ascii_whitespace);
        if is_blank && operation.action.is_array() {
            // A response without content contains no records.
            let is_expected = self.reply.status == 204 && operation.response.no_content;
            return if is_expected { Ok(()) } else { Err(self.lacks_records()) };
        }
        let body = json::parse(&self.json()).unwrap_or_default();
        if let Some(place) = Absence::of_graphql(operation, &body) {
            let message = format!("'{place}' of its response is empty");
            return Err(self.described_failure_in(&body, None, Some(message)));
        }
        let reads = operation.action.is_array() || operation.action == Action::Get;
        // Any object fits a place that means every member, including the object of a failure.
        if reads
            && self.plan.records.is_multiple()
            && body.is_object()
            && let Some(failure) = self.stated_failure(&body)
        {
            return Err(failure);
        }
        if is_seen || !reads || operation.response.records_optional {
            return Ok(());
        }
        match Absence::of(&self.plan.records, &body) {
            Absence::Empty => Ok(()),
            // If the object that would contain the list does not exist, there is no list either.
            Absence::Null(place) if operation.is_graphql() || operation.action == Action::Get => {
                let message =
                    format!("{}: {}'s response has null for '{place}'", self.name, self.peer());
                Err(Error::new(ErrorKind::NotFound, message).with_status(self.reply.status))
            }
            Absence::Null(_) | Absence::Missing => {
                Err(self.stated_failure(&body).unwrap_or_else(|| self.lacks_records()))
            }
        }
    }

    /// The vendor's identifier of the request, without secrets.
    pub(super) fn request_id(&self) -> Option<String> {
        request_id(&self.reply.headers).map(|id| (self.redact)(&id))
    }

    /// The error for a response without the record.
    pub(super) fn no_record(&self) -> Error {
        let message = format!("{}: the response holds no record", self.name);
        Error::new(ErrorKind::NotFound, message).with_status(self.reply.status)
    }

    /// The name of the sender, for messages.
    pub(super) fn peer(&self) -> &str {
        self.reply.layout.peer.as_deref().unwrap_or(&self.connector.title)
    }

    /// The error for a failure that the vendor reports inside a success status, perhaps with a code.
    pub(super) fn described_failure(
        &self,
        stated: Option<&Value>,
        check: Option<&ErrorCheck>,
    ) -> Error {
        let body: Value = serde_json::from_slice(&self.reply.body).unwrap_or_default();
        let code = stated.and_then(Value::as_str);
        // The members next to the sign of a failure, or the whole list of errors, say more.
        let details = check.and_then(|check| match check.when {
            ErrorCondition::Alone => message_of(check.path.first(&body)?, self.redact),
            _ => likely_message(parent(&check.path).first(&body)?, self.redact),
        });
        let stated = stated.filter(|value| is_filled(value));
        let message = stated.and_then(|value| message_of(value, self.redact));
        self.described_failure_in(&body, code, with_details(message, details))
    }

    /// Does what [`described_failure`](Self::described_failure) does, for a body that has been read and a value that
    /// may be a code.
    pub(super) fn described_failure_in(
        &self,
        body: &Value,
        code: Option<&str>,
        message: Option<String>,
    ) -> Error {
        let Some(meaning) = meaning(self.connector, body, code) else {
            return self.failure(ErrorKind::Vendor, message);
        };
        let hints = self.operation.hints;
        let repeatable = hints.read_only || hints.idempotent;
        let error = self.failure(meaning::kind(meaning), message);
        match meaning {
            FailureKind::RateLimited => {
                let connector = self.connector;
                let limits = connector.rate_limit_headers.as_ref();
                let wait = asked_wait(&connector.retry, limits, &self.reply.headers);
                let wait = wait.or_else(|| cost_wait(connector, body));
                error.with_retry_after(wait.or_else(|| published_wait(connector)))
            }
            FailureKind::Unavailable => error.with_retryable(repeatable),
            _ => error,
        }
    }

    /// The error for a failure inside a success status.
    fn failure(&self, kind: ErrorKind, message: Option<String>) -> Error {
        let said = message.clone().unwrap_or_default();
        let message = message.unwrap_or_else(|| "it gave no reason".to_owned());
        let body: String =
            (self.redact)(&String::from_utf8_lossy(&self.reply.body)).chars().take(8_192).collect();
        let (name, peer) = (self.name, self.peer());
        Error::new(kind, format!("{name}: {peer} reports a failure: {message}"))
            .with_status(self.reply.status)
            .with_request_id(self.request_id())
            .with_vendor_text(said)
            .with_body(body)
    }

    /// The error for a response that cannot be decoded.
    pub(super) fn undecodable(&self, text: &[u8], error: &serde_json::Error) -> Error {
        let path = (self.redact)(&path_at(text, error.line(), error.column()));
        let why = error.to_string();
        let why = why.split(" at line ").next().unwrap_or_default();
        let kind = self.reply.headers.get(http::header::CONTENT_TYPE);
        let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or("no content type");
        let name = self.name;
        let message = if error.is_data() {
            format!("{name}: the response is not what the spec describes at {path}: {why}")
        } else {
            format!("{name}: the response ({kind}) is not valid JSON at {path}: {why}")
        };
        let start = (self.redact)(&String::from_utf8_lossy(text));
        let start: String = start.chars().take(500).collect();
        Error::decode((self.redact)(&message))
            .with_status(self.reply.status)
            .with_request_id(self.request_id())
            .with_vendor_text((self.redact)(&format!("{path}: {why}")))
            .with_json_path(path)
            .with_body(start)
    }

    /// The paginator, which finds out how the list continues.
    pub(super) fn paginator<'r>(&'r self, read: &'r Read, records: usize) -> Paginator<'r> {
        Paginator {
            connector: self.connector,
            operation: self.operation,
            redact: self.redact,
            arguments: self.arguments,
            meta: &read.meta,
            values: &read.values,
            places: &self.plan.paging,
            records,
            total: read.total,
            at: self.at,
            meta_places: &self.plan.meta,
            spelling: self.spelling(),
            server: self.reply.base(),
        }
    }

    /// The values of the response in their original spelling.
    pub(super) fn spelling(&self) -> Spelling<'_> {
        Spelling { text: self.text(), plan: self.plan }
    }

    /// The cursor of the next page. `records` is the number of records before any filter.
    pub(super) fn next(&self, read: &Read, records: usize) -> Result<Option<Cursor>> {
        let Some(seal) = self.seal else { return Ok(None) };
        let page = match self.reply.continuation() {
            Continuation::Known(page) => page.as_deref().cloned(),
            Continuation::Described => self.paginator(read, records).next(),
        };
        page.map(|page| seal.page(page)).transpose()
    }
}

impl Read {
    /// The value at a place of the plan.
    pub(super) fn get(&self, place: usize) -> Option<&Value> {
        self.values.get(place).and_then(Option::as_ref)
    }

    /// The number of records of the whole list, unless this page alone contains more.
    pub(super) fn plausible_total(&self, received: usize) -> Option<u64> {
        self.total.filter(|total| *total >= received as u64)
    }

    /// Whether all other members of the object that contains an error, except further errors, are `null` or empty.
    fn is_alone(&self, alone: &Alone) -> bool {
        let Some(Value::Object(members)) = self.get(alone.object) else { return true };
        members.iter().all(|(name, value)| {
            alone.errors.iter().any(|error| error == name)
                || !(is_filled(value) || value.is_boolean() || value.is_number())
        })
    }
}

/// A body as JSON text: an empty body becomes an empty object, and a byte order mark is left out. Bytes that are not
/// UTF-8 must not make a whole page unreadable, so U+FFFD replaces them. One check of the whole body is much faster
/// than a check of every text by the JSON reader. Integers beyond 64 bits become texts.
pub(super) fn json_text(body: &[u8]) -> Cow<'_, str> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.iter().all(u8::is_ascii_whitespace) {
        return Cow::Borrowed("{}");
    }
    let text = match std::str::from_utf8(body) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(body),
    };
    mend::long_numbers(&text).map_or(text, Cow::Owned)
}
