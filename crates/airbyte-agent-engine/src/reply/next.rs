//! What the next page of a list is asked by.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use url::Url;

use super::envelope::Place;
use crate::arguments::Arguments;
use crate::cursor::NextPage;
use crate::description::{
    ApiKeyLocation, AuthKind, Connector, JsonPath, List, MetaSource, Next, Operation, Paging,
    Source, Step, Text,
};
use crate::http::has_user_info;
use crate::transport::Layout;

/// The values of an answer that paging looks at.
pub(crate) struct Continuation<'a> {
    pub(crate) connector: &'a Connector,
    pub(crate) operation: &'a Operation,
    /// Takes the secrets in use out of a text.
    pub(crate) redact: &'a dyn Fn(&str) -> String,
    /// Arguments that were sent, defaults included.
    pub(crate) arguments: &'a Arguments,
    /// Who shaped the body.
    pub(crate) layout: Layout,
    /// Extracted metadata.
    pub(crate) meta: &'a Map<String, Value>,
    /// Values picked from the body by the places of [`body_places`].
    pub(crate) body: &'a dyn Fn(&JsonPath) -> Option<Value>,
    /// Number of records in the answer, before any filter.
    pub(crate) records: usize,
}

impl Continuation<'_> {
    /// The next page; `None` at the end.
    pub(crate) fn next(&self) -> Option<NextPage> {
        let paging = self.style()?;
        let ended = paging.more.as_ref().is_some_and(|source| !self.goes_on(source))
            || paging.done.as_ref().is_some_and(|source| self.is_over(source));
        if ended || paging.short_page_ends && self.is_short(paging) {
            return None;
        }
        let mut page = NextPage::default();
        let found = match &paging.next {
            Next::None { .. } => false,
            Next::Cursor { from, .. } | Next::Link { from, .. } if !self.is_carried(from) => {
                // Whoever goes on is told that there is no way.
                page.follow = Some(String::new());
                self.is_said_to_go_on(paging)
            }
            Next::Cursor { from, into } => match self.value(from).filter(is_token) {
                Some(token) => {
                    page.set.insert(into.to_string(), self.typed(into, token));
                    true
                }
                None => false,
            },
            Next::Link { from, feed, keep } => match self.value(from) {
                Some(Value::String(address)) if !address.is_empty() => {
                    self.follow(&address, feed, &mut page);
                    page.only = only(keep.as_ref(), &page.set);
                    true
                }
                _ => false,
            },
            Next::LastRecord { field, into, add } => match self.last(field) {
                Some(value) if self.records > 0 => {
                    let value = self.typed(into, behind(value, *add));
                    page.set.insert(into.to_string(), value);
                    true
                }
                _ => false,
            },
            Next::Offset { into, start } => {
                let sent = self.number(into).unwrap_or(*start);
                let received = self.records as u64;
                page.set.insert(into.to_string(), json!(sent + received));
                received > 0 && !self.is_short(paging)
            }
            Next::Page { into, start } => {
                let sent = self.number(into).unwrap_or(*start);
                page.set.insert(into.to_string(), json!(sent + 1));
                self.records > 0 && !self.is_short(paging)
            }
        };
        if !found {
            return None;
        }
        // Without the size the vendor would not page on.
        if let Some(size) = paging.size.as_ref().filter(|size| size.needed && !page.set.is_empty())
            && let Some(value) = self.arguments.get(size.parameter.as_ref())
        {
            page.only.iter_mut().for_each(|only| only.push(size.parameter.to_string()));
            page.set.entry(size.parameter.to_string()).or_insert_with(|| value.clone());
        }
        Some(page)
    }

    /// The way in which this answer continues: the first whose token or address is there.
    fn style(&self) -> Option<&Paging> {
        let paging = &self.operation.paging;
        if paging.others.is_empty() {
            return Some(paging);
        }
        paging.styles().find(|style| match &style.next {
            Next::Cursor { from, .. } | Next::Link { from, .. } => {
                self.value(from).as_ref().is_some_and(is_token)
            }
            // A counter goes on by itself, but not where the request was made in another way.
            _ => !self.is_steered_by_others(style),
        })
    }

    /// Whether the request had parameters of other ways than `style`.
    fn is_steered_by_others(&self, style: &Paging) -> bool {
        let own = |name: &str| style.parameters().any(|known| known == name);
        let mut all = self.operation.paging.styles().flat_map(Paging::parameters);
        all.any(|name| !own(name) && self.arguments.contains_key(name))
    }

    /// Fewer records than asked for: the list has ended, unless the vendor says that it goes on.
    fn is_short(&self, paging: &Paging) -> bool {
        let Some(size) = &paging.size else { return false };
        paging.more.is_none()
            && self.number(&size.parameter).or(size.default).is_some_and(|asked| {
                let served = size.maximum.map_or(asked, |maximum| asked.min(maximum));
                (self.records as u64) < served
            })
    }

    fn number(&self, name: &str) -> Option<u64> {
        let value = self.arguments.get(name)?;
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    }

    fn value(&self, source: &Source) -> Option<Value> {
        match source {
            Source::Meta { name, inside } => {
                self.meta.get(name.as_ref()).and_then(|value| inside.first(value)).cloned()
            }
            Source::Body(path) => (self.body)(&place_in(self.operation, self.layout, path)?),
        }
    }

    /// Whether an answer of this layout has room for a value. Flags that it cannot carry say what
    /// an empty page says.
    fn is_carried(&self, source: &Source) -> bool {
        match source {
            Source::Meta { .. } => true,
            Source::Body(path) => place_in(self.operation, self.layout, path).is_some(),
        }
    }

    /// Whether a flag that the answer carries says that there is more; those that say otherwise
    /// have ended the list already.
    fn is_said_to_go_on(&self, paging: &Paging) -> bool {
        [&paging.more, &paging.done].into_iter().flatten().any(|flag| self.is_carried(flag))
    }

    /// Whether a flag, or the address of a next page, says that there is more.
    fn goes_on(&self, source: &Source) -> bool {
        if !self.is_carried(source) {
            return self.records > 0;
        }
        match self.value(source) {
            None | Some(Value::Null | Value::Bool(false)) => false,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) => !text.is_empty() && !text.eq_ignore_ascii_case("false"),
            Some(Value::Array(items)) => !items.is_empty(),
            Some(Value::Object(members)) => !members.is_empty(),
            Some(Value::Bool(true)) => true,
        }
    }

    /// Whether a flag says that the list has ended.
    fn is_over(&self, source: &Source) -> bool {
        if !self.is_carried(source) {
            return self.records == 0;
        }
        match self.value(source) {
            Some(Value::Bool(value)) => value,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    /// The field of the last record, by the place that [`body_places`] asks for.
    fn last(&self, field: &JsonPath) -> Option<Value> {
        (self.body)(&last_record(self.operation, self.layout, field)).filter(is_token)
    }

    /// A token as the parameter wants it: vendors write numbers as texts and the other way round.
    fn typed(&self, into: &str, value: Value) -> Value {
        use crate::description::Kind;
        let kinds =
            self.operation.parameter(into).map(|p| p.schema.kinds.to_vec()).unwrap_or_default();
        match &value {
            Value::Number(number)
                if kinds.contains(&Kind::String) && !kinds.contains(&Kind::Integer) =>
            {
                Value::String(number.to_string())
            }
            Value::String(text)
                if kinds.contains(&Kind::Integer) && !kinds.contains(&Kind::String) =>
            {
                text.parse::<i64>().map_or_else(|_| value.clone(), |number| json!(number))
            }
            _ => value,
        }
    }

    fn follow(&self, address: &str, feed: &[(Text, Text)], page: &mut NextPage) {
        // A relative address still has a query.
        let base = Url::parse("https://relative.invalid/").ok();
        let url = Url::options().base_url(base.as_ref()).parse(address).ok();
        let mut missing = Vec::new();
        for (query, into) in feed {
            let value = url.as_ref().and_then(|url| {
                let mut pairs = url.query_pairs();
                pairs.find(|(name, _)| name == query.as_ref()).map(|(_, value)| value.into_owned())
            });
            match value.filter(|value| !value.is_empty()) {
                Some(value) => {
                    let value = self.typed(into, Value::String(value));
                    page.set.insert(into.to_string(), value);
                }
                None => missing.push(into.to_string()),
            }
        }
        if page.set.is_empty() {
            page.follow = Some(self.without_credentials(address));
            return;
        }
        // What the caller gave belongs to the first page.
        let given = missing.into_iter().filter(|name| self.arguments.contains_key(name));
        page.set.extend(given.map(|name| (name, Value::Null)));
    }
}

impl Continuation<'_> {
    /// An address without the credentials that the vendor repeats in it, as user name and password
    /// or in its query: they are added anew when the page is asked for, and have no place in a
    /// cursor. The fragment is never sent and goes as well.
    fn without_credentials(&self, address: &str) -> String {
        let address = without_user_info(address);
        let address = address.split_once('#').map_or(&*address, |(sent, _)| sent);
        let Some((before, query)) = address.split_once('?') else { return address.to_owned() };
        let is_key = |name: &str| {
            self.connector.auth.iter().any(|scheme| {
                matches!(&scheme.kind, AuthKind::ApiKey { location: ApiKeyLocation::Query, name: key }
                    if key == name)
            })
        };
        let is_secret = |pair: &str| {
            let mut parsed = form_urlencoded::parse(pair.as_bytes());
            parsed.any(|(name, value)| is_key(&name) || (self.redact)(&value) != value)
        };
        let kept: Vec<&str> = query.split('&').filter(|pair| !is_secret(pair)).collect();
        if kept.is_empty() { before.to_owned() } else { format!("{before}?{}", kept.join("&")) }
    }
}

/// An address, relative or not, without user name and password.
fn without_user_info(address: &str) -> Cow<'_, str> {
    let base = Url::parse("https://relative.invalid/").ok();
    match Url::options().base_url(base.as_ref()).parse(address) {
        Ok(mut url) if has_user_info(&url) => {
            // Both succeed for whatever has a user name or a password.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            String::from(url).into()
        }
        _ => address.into(),
    }
}

/// Names of the arguments that go out beside a token that stands for the others.
fn only(keep: Option<&List<Text>>, set: &Map<String, Value>) -> Option<Vec<String>> {
    let kept = keep.filter(|_| !set.is_empty())?.iter().map(ToString::to_string);
    Some(kept.chain(set.keys().cloned()).collect())
}

/// The value `add` behind a number; what is no number stays as it is.
fn behind(value: Value, add: u64) -> Value {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    match number.filter(|_| add > 0).and_then(|number| number.checked_add(add)) {
        Some(sum) => json!(sum),
        None => value,
    }
}

fn is_token(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Number(_) => true,
        _ => false,
    }
}

/// Where the platform puts the records.
const RESULT: Step = Step::Key(std::borrow::Cow::Borrowed("result"));
/// Where the platform puts the metadata.
const METADATA: Step = Step::Key(std::borrow::Cow::Borrowed("connector_metadata"));

/// Where a place of the vendor's body stands in an answer of this layout. The platform hands on
/// metadata and records only; what is in neither is lost.
fn place_in(operation: &Operation, layout: Layout, path: &JsonPath) -> Option<JsonPath> {
    if layout == Layout::Vendor {
        return Some(path.clone());
    }
    let below = |outer: &JsonPath| path.steps.strip_prefix(&*outer.steps);
    let in_meta = operation.response.meta.iter().find_map(|field| match &field.source {
        MetaSource::Body(outer) => {
            Some((vec![METADATA, Step::Key(field.name.clone())], below(outer)?))
        }
        MetaSource::Link(_) | MetaSource::Header(_) => None,
    });
    let in_records = || match &operation.response.records {
        Some(outer) if !outer.is_multiple() => Some((vec![RESULT], below(outer)?)),
        Some(_) => None,
        None => Some((vec![RESULT], &*path.steps)),
    };
    let (mut steps, rest) = in_meta.or_else(in_records)?;
    steps.extend(rest.iter().cloned());
    Some(JsonPath { steps: steps.into() })
}

/// Fields of records that lead to the next page of a hosted list, in dotted form: field selection
/// must not take them away.
pub(crate) fn fields_in_use(operation: &Operation) -> Vec<String> {
    let dotted = |steps: &[Step]| {
        let keys = steps.iter().map(|step| match step {
            Step::Key(key) => Some(key.as_ref()),
            Step::Index(_) | Step::Each => None,
        });
        keys.collect::<Option<Vec<_>>>().map(|keys| keys.join("."))
    };
    let in_record = |source: &Source| match source {
        Source::Body(path) => {
            let place = place_in(operation, Layout::Platform, path)?;
            dotted(place.steps.strip_prefix(&[RESULT])?)
        }
        Source::Meta { .. } => None,
    };
    let mut fields = Vec::new();
    for style in operation.paging.styles() {
        match &style.next {
            Next::Cursor { from, .. } | Next::Link { from, .. } => fields.extend(in_record(from)),
            Next::LastRecord { field, .. } => fields.extend(dotted(&field.steps)),
            Next::None { .. } | Next::Offset { .. } | Next::Page { .. } => {}
        }
        fields.extend(style.more.iter().chain(&style.done).filter_map(in_record));
    }
    fields
}

/// The place of a field in every record; the last match counts.
fn last_record(operation: &Operation, layout: Layout, field: &JsonPath) -> JsonPath {
    let mut steps: Vec<Step> = match (layout, &operation.response.records) {
        (Layout::Platform, _) => vec![RESULT],
        (Layout::Vendor, Some(path)) => path.steps.to_vec(),
        (Layout::Vendor, None) => Vec::new(),
    };
    if steps.last() != Some(&Step::Each) {
        steps.push(Step::Each);
    }
    steps.extend(field.steps.iter().cloned());
    JsonPath { steps: steps.into() }
}

/// The places of the body that paging needs besides the metadata.
pub(super) fn body_places(operation: &Operation, layout: Layout) -> Vec<Place> {
    let mut places = Vec::new();
    for paging in operation.paging.styles() {
        let mut add = |source: &Source| {
            if let Source::Body(path) = source {
                places.extend(place_in(operation, layout, path).map(Place::from));
            }
        };
        paging.more.iter().for_each(&mut add);
        paging.done.iter().for_each(&mut add);
        match &paging.next {
            Next::Cursor { from, .. } | Next::Link { from, .. } => add(from),
            Next::LastRecord { field, .. } => {
                let path = last_record(operation, layout, field);
                places.push(Place { path, last: true });
            }
            Next::None { .. } | Next::Offset { .. } | Next::Page { .. } => {}
        }
    }
    places
}
