//! What the next page of a list is asked by.

use std::borrow::Cow;

use serde_json::{Map, Value, json};
use url::Url;

use super::envelope::Picked;
use super::plan::PagingPlaces;
use crate::arguments::Arguments;
use crate::cursor::NextPage;
use crate::description::{
    ApiKeyLocation, AuthKind, Connector, List, Next, Operation, Paging, Source, Text,
};
use crate::http::has_user_info;

/// Finds out from the values of an answer how its list continues.
pub(super) struct Paginator<'a> {
    pub(super) connector: &'a Connector,
    pub(super) operation: &'a Operation,
    /// Takes the secrets in use out of a text.
    pub(super) redact: &'a dyn Fn(&str) -> String,
    /// The arguments that were sent, defaults included.
    pub(super) arguments: &'a Arguments,
    /// Extracted metadata.
    pub(super) meta: &'a Map<String, Value>,
    /// Values picked from the body.
    pub(super) values: &'a Picked,
    /// Where among them those of each style of paging stand.
    pub(super) places: &'a [PagingPlaces],
    /// Number of records in the answer, before any filter.
    pub(super) records: usize,
}

/// A style of paging and where its values stand.
type Style<'a> = (&'a Paging, &'a PagingPlaces);

impl<'a> Paginator<'a> {
    fn styles(&self) -> impl Iterator<Item = Style<'a>> {
        self.operation.paging.styles().zip(self.places)
    }

    /// The next page; `None` at the end.
    pub(super) fn next(&self) -> Option<NextPage> {
        let (paging, places) = self.style()?;
        let ended = paging.more.as_ref().is_some_and(|source| !self.goes_on(source, places.more))
            || paging.done.as_ref().is_some_and(|source| self.is_over(source, places.done));
        if ended || paging.short_page_ends && self.is_short(paging) {
            return None;
        }
        let mut page = NextPage::default();
        let goes_on = match &paging.next {
            Next::None { .. } => false,
            Next::Cursor { from, .. } | Next::Link { from, .. }
                if !is_carried(from, places.next) =>
            {
                // Whoever goes on is told that there is no way.
                page.follow = Some(String::new());
                is_said_to_go_on(paging, places)
            }
            Next::Cursor { from, into } => match self.value(from, places.next).filter(is_token) {
                Some(token) => {
                    page.set.insert(into.to_string(), self.typed(into, token));
                    true
                }
                None => false,
            },
            Next::Link { from, feed, keep } => match self.value(from, places.next) {
                Some(Value::String(address)) if !address.is_empty() => {
                    self.follow(&address, feed, &mut page);
                    page.only = only(keep.as_ref(), &page.set);
                    true
                }
                _ => false,
            },
            Next::LastRecord { into, add, .. } => match self.last(places) {
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
        if !goes_on {
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

    /// The style in which this answer continues: the first whose token or address is there.
    fn style(&self) -> Option<Style<'a>> {
        if self.operation.paging.others.is_empty() {
            return self.styles().next();
        }
        self.styles().find(|(style, places)| match &style.next {
            Next::Cursor { from, .. } | Next::Link { from, .. } => {
                self.value(from, places.next).as_ref().is_some_and(is_token)
            }
            // A counter goes on by itself, but not where the request was made in another style.
            _ => !self.is_steered_by_others(style),
        })
    }

    /// Whether the request had parameters of other styles than this one.
    fn is_steered_by_others(&self, style: &Paging) -> bool {
        let own = |name: &str| style.parameters().any(|known| known == name);
        let mut all = self.operation.paging.styles().flat_map(Paging::parameters);
        all.any(|name| !own(name) && self.arguments.contains_key(name))
    }

    /// Fewer records than asked for: the list has ended, unless the vendor says that it goes on.
    fn is_short(&self, paging: &Paging) -> bool {
        let Some(size) = &paging.size else { return false };
        paging.more.is_none()
            && self.number(&size.parameter).or(size.default).is_some_and(|wanted| {
                let served = size.maximum.map_or(wanted, |maximum| wanted.min(maximum));
                (self.records as u64) < served
            })
    }

    fn number(&self, name: &str) -> Option<u64> {
        let value = self.arguments.get(name)?;
        value.as_u64().or_else(|| value.as_str()?.parse().ok())
    }

    /// The value of a source, which stands at `place` when it is a part of the body.
    fn value(&self, source: &Source, place: Option<usize>) -> Option<Value> {
        match source {
            Source::Meta { name, inside } => {
                self.meta.get(name.as_ref()).and_then(|value| inside.first(value)).cloned()
            }
            Source::Body(_) => self.values.get(place?)?.clone(),
        }
    }

    /// Whether a flag, or the address of a next page, says that there is more.
    fn goes_on(&self, source: &Source, place: Option<usize>) -> bool {
        if !is_carried(source, place) {
            return self.records > 0;
        }
        match self.value(source, place) {
            None | Some(Value::Null | Value::Bool(false)) => false,
            Some(Value::Number(number)) => number.as_f64() != Some(0.0),
            Some(Value::String(text)) => !text.is_empty() && !text.eq_ignore_ascii_case("false"),
            Some(Value::Array(items)) => !items.is_empty(),
            Some(Value::Object(members)) => !members.is_empty(),
            Some(Value::Bool(true)) => true,
        }
    }

    /// Whether a flag says that the list has ended.
    fn is_over(&self, source: &Source, place: Option<usize>) -> bool {
        if !is_carried(source, place) {
            return self.records == 0;
        }
        match self.value(source, place) {
            Some(Value::Bool(value)) => value,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }

    /// The field of the last record that leads to the next page.
    fn last(&self, places: &PagingPlaces) -> Option<Value> {
        self.values.get(places.last_record?)?.clone().filter(is_token)
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

impl Paginator<'_> {
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
        let public: Vec<&str> = query.split('&').filter(|pair| !is_secret(pair)).collect();
        if public.is_empty() { before.to_owned() } else { format!("{before}?{}", public.join("&")) }
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
    let names = keep.filter(|_| !set.is_empty())?.iter().map(ToString::to_string);
    Some(names.chain(set.keys().cloned()).collect())
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

/// Whether the layout of the answer can hold a value. Flags that it cannot carry say what an
/// empty page says.
fn is_carried(source: &Source, place: Option<usize>) -> bool {
    matches!(source, Source::Meta { .. }) || place.is_some()
}

/// Whether a flag that the answer carries says that there is more; those that say otherwise have
/// ended the list already.
fn is_said_to_go_on(paging: &Paging, places: &PagingPlaces) -> bool {
    let flags = [(&paging.more, places.more), (&paging.done, places.done)];
    flags.into_iter().any(|(flag, place)| flag.as_ref().is_some_and(|flag| is_carried(flag, place)))
}
