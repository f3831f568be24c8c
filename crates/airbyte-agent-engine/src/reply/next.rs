//! Finds out how the next page of a list is requested.

use std::cell::LazyCell;

use serde_json::{Map, Value, json};
use url::Url;

use super::counted::{Counted, Overlap, Size, Turn};
use super::envelope::Picked;
use super::failure::{is_filled, says_something};
use super::plan::PagingPlaces;
use super::spelling::Spelling;
use super::token::{behind, is_token, typed, whole_number};
use crate::arguments::Arguments;
use crate::cursor::{DeadEnd, NextPage, Trail};
use crate::description::{Connector, List, Next, Operation, Paging, Source, Text};
use crate::json::scalar_text;

/// Finds out from the values of a response how its list continues.
pub(super) struct Paginator<'a> {
    pub(super) connector: &'a Connector,
    pub(super) operation: &'a Operation,
    /// Removes the secrets in use from a text.
    pub(super) redact: &'a dyn Fn(&str) -> String,
    /// The arguments that were sent, including defaults.
    pub(super) arguments: &'a Arguments,
    /// The metadata that was extracted.
    pub(super) meta: &'a Map<String, Value>,
    /// Values picked from the body.
    pub(super) values: &'a Picked,
    /// The positions among them of the values of each style of paging.
    pub(super) places: &'a [PagingPlaces],
    /// Number of records in the response, before any filter.
    pub(super) records: usize,
    /// The number of records of the whole list; `None` where the response does not state it.
    pub(super) total: Option<u64>,
    /// The page that was read.
    pub(super) at: &'a NextPage,
    /// The positions in the plan of the values of every metadata field.
    pub(super) meta_places: &'a [Vec<usize>],
    /// The values whose original spelling matters.
    pub(super) spelling: Spelling<'a>,
    /// The server that gave the response; `None` where it does not matter.
    pub(super) server: Option<&'a Url>,
}

/// A style of paging, and the positions of its values.
pub(super) type Style<'a> = (&'a Paging, PagingPlaces);

impl<'a> Paginator<'a> {
    pub(super) fn styles(&self) -> impl Iterator<Item = Style<'a>> {
        // A transport that wraps the vendor's response may pass on more than the description names.
        let is_there = |place: &usize| self.values.get(*place).is_some_and(Option::is_some);
        let found = move |places: &PagingPlaces| PagingPlaces {
            next: places.next.or(places.lent.filter(is_there)),
            ..*places
        };
        self.operation.paging.styles().zip(self.places.iter().map(found))
    }

    /// The next page; `None` at the end.
    pub(super) fn next(&self) -> Option<NextPage> {
        let page = self.following()?;
        let leads_on = page.why_cut().is_none();
        let given = |name: &str| self.is_given(name);
        if leads_on && let Some(argument) = self.operation.paging.confined_by(given) {
            return Some(NextPage::cut(DeadEnd::SinglePage(argument.to_owned())));
        }
        if leads_on && self.leads_back(&page) {
            return Some(NextPage::cut(DeadEnd::Circle));
        }
        Some(page)
    }

    /// The page that follows this one, or the reason why it cannot be read.
    fn following(&self) -> Option<NextPage> {
        let Some((paging, places)) = self.style() else {
            let is_cut = self.styles().any(|style| !self.has_ended(style) && self.says_more(style));
            return match is_cut {
                true => Some(NextPage::cut(DeadEnd::NoWay)),
                false => self.is_left_open().then(|| NextPage::cut(DeadEnd::Unknown)),
            };
        };
        if self.has_ended((paging, places)) {
            return None;
        }
        let says_more = self.says_more((paging, places));
        // A response that says that there is more, but not how to request it, must not be taken for
        // the end, and neither must a response that should say whether there is more and does not.
        let ends = || {
            let unsaid = || self.leaves_unsaid((paging, places)).then_some(DeadEnd::Unsaid);
            says_more.then_some(DeadEnd::NoWay).or_else(unsaid).map(NextPage::cut)
        };
        let mut page = NextPage::default();
        // Lists that are counted need it to find out whether they continue, the others only if they
        // continue.
        let fingerprint = LazyCell::new(|| self.spelling.fingerprint());
        let repeats = || fingerprint.is_some() && *fingerprint == self.at.before;
        let mut overlap: Option<Overlap> = None;
        match &paging.next {
            Next::None { reason } => {
                return says_more.then(|| NextPage::cut(DeadEnd::OnePage(reason.to_string())));
            }
            Next::Unknown { reason } => {
                let goes_on = says_more || self.may_go_on((paging, places));
                return goes_on.then(|| NextPage::cut(DeadEnd::Undecided(reason.to_string())));
            }
            Next::Cursor { from, .. } | Next::Link { from, .. }
                if !is_carried(from, places.next) =>
            {
                // A caller that reads on gets an error with the reason.
                let says = is_said_to_go_on(paging, places);
                let unknown = || self.may_go_on((paging, places)).then_some(DeadEnd::Unknown);
                return says.then_some(DeadEnd::Withheld).or_else(unknown).map(NextPage::cut);
            }
            Next::Cursor { from, into } => match self.value(from, places.next) {
                Some(token) if is_token(&token) => {
                    let token = self.spelled(token, self.place(from, places.next));
                    page.set.insert(into.to_string(), self.typed(into, token));
                }
                // The response leads to a next page, but by nothing that a parameter accepts.
                Some(other) if says_something(&other) => {
                    return Some(NextPage::cut(DeadEnd::NoWay));
                }
                _ => return self.tokenless(from, &places).or_else(ends),
            },
            Next::Link { from, feed, keep } => match self.address(from, places.next) {
                Some(Value::String(address)) if !address.is_empty() => {
                    self.follow(&address, feed, &mut page);
                    if page.follow.as_deref().is_some_and(|address| self.is_elsewhere(address)) {
                        return Some(NextPage::cut(DeadEnd::Elsewhere));
                    }
                    page.only = only(keep.as_ref(), &page.set);
                }
                Some(other) if says_something(&other) => {
                    return Some(NextPage::cut(DeadEnd::NoWay));
                }
                _ => return self.tokenless(from, &places).or_else(ends),
            },
            Next::LastRecord { into, add, backwards, .. } => {
                let (into, value, place) =
                    match backwards.as_ref().filter(|name| self.is_given(name)) {
                        Some(backwards) => {
                            (backwards, self.field(places.first_record), places.first_record)
                        }
                        None => {
                            let value = self.field(places.last_record);
                            (into, value.map(|value| behind(value, *add)), places.last_record)
                        }
                    };
                match value.filter(|_| self.records > 0) {
                    Some(value) => {
                        let value = self.spelled(value, place);
                        page.set.insert(into.to_string(), self.typed(into, value));
                    }
                    None => return ends(),
                }
            }
            Next::Offset { into, start } | Next::Page { into, start } => {
                let mut counted = self.counted((paging, places), (into, *start));
                overlap = self.overlap(&counted, repeats());
                counted.repeats = repeats() && overlap.is_none_or(|overlap| !overlap.moves);
                let is_offset = matches!(paging.next, Next::Offset { .. });
                match if is_offset { counted.offset() } else { counted.page() } {
                    Turn::End => return None,
                    Turn::DeadEnd(cut) => return Some(NextPage::cut(cut)),
                    Turn::Next(number) => {
                        page.set.insert(into.to_string(), self.typed(into, json!(number)));
                        page.received = counted.all().filter(|_| !is_offset);
                        page.last = overlap.map(|overlap| overlap.last);
                        page.same = overlap.map(|overlap| overlap.same).filter(|same| *same > 0);
                    }
                }
            }
        }
        // If this page has come before, the list has not advanced, even if the token is a new one.
        // The same is true if several pages come again.
        let trail = self.at.trail;
        let comes_again = || {
            let is_identified = || self.spelling.is_identified();
            trail.is_some_and(|trail| trail.is_repeated_by(self.at, *fingerprint, is_identified))
        };
        let moves = overlap.is_some_and(|overlap| overlap.moves);
        if self.records > 0
            && (repeats() || comes_again())
            && !moves
            && !self.leads_back(&page)
            && !self.spelling.is_uniform()
        {
            return Some(NextPage::cut(DeadEnd::Repeats));
        }
        if trail.is_some_and(|trail| trail.is_met_by(&page)) {
            return Some(NextPage::cut(DeadEnd::Circle));
        }
        page.before = *fingerprint;
        page.trail = Trail::behind(self.at, *fingerprint);
        self.keep_needed_size(paging, &mut page);
        Some(page)
    }

    /// The value that was sent as an argument, or as a member of one.
    pub(super) fn argument(&self, name: &str) -> Option<&'a Value> {
        self.operation.argument(self.arguments, name)
    }

    /// Keeps the size with which the page was requested.
    pub(super) fn keep_size(&self, paging: &Paging, page: &mut NextPage) {
        let Some(size) = &paging.size else { return };
        if let Some(value) = self.argument(&size.parameter) {
            page.only.iter_mut().for_each(|only| only.push(size.parameter.to_string()));
            page.set.entry(size.parameter.to_string()).or_insert_with(|| value.clone());
        }
    }

    /// Whether the vendor counts exactly the records that the response contains.
    pub(super) fn counts_records(&self) -> bool {
        self.styles().next().is_some_and(|style| {
            let size = self.size(style);
            let counted = match size.least {
                Some(_) => Some(size.expected().unwrap_or(u64::MAX)),
                None => size.served,
            };
            counted.is_none_or(|counted| counted <= self.records as u64)
        })
    }

    /// Whether the request was made in a style whose next page the layout of the response cannot
    /// contain.
    fn is_left_open(&self) -> bool {
        self.styles().any(|(paging, places)| {
            let is_withheld = match &paging.next {
                Next::Cursor { from, .. } | Next::Link { from, .. } => {
                    !is_carried(from, places.next)
                }
                _ => false,
            };
            let is_used = paging.parameters().any(|name| self.is_given(name));
            is_withheld && is_used && self.may_go_on((paging, places))
        })
    }

    fn counted(&self, (paging, places): Style<'a>, (into, start): (&str, u64)) -> Counted {
        let flag = paging.more.as_ref();
        Counted {
            sent: self.number(into).unwrap_or(start),
            start,
            received: self.records as u64,
            // If a caller begins a list in the middle, the number of records before that page is
            // not known.
            before: match self.number(into) {
                Some(sent) if sent != start => self.at.received,
                _ => Some(0),
            },
            size: self.size((paging, places)),
            total: self.total,
            repeats: false,
            says_more: match flag {
                // If this response cannot contain the flag, an empty page means the end of the
                // list.
                Some(flag) if !is_carried(flag, places.more) => Some(self.records > 0),
                Some(flag) if self.lacks_flag(flag, places.more) => None,
                _ => self.says_more((paging, places)).then_some(true),
            },
        }
    }

    pub(super) fn size(&self, (paging, places): Style<'a>) -> Size {
        let Some(size) = &paging.size else { return Size::default() };
        let schema = self.operation.argument_schema(&size.parameter);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "page sizes")]
        let declared =
            schema.and_then(|schema| schema.maximum).filter(|m| *m >= 1.0).map(|m| m as u64);
        let served = size.served.as_ref().and_then(|source| self.value(source, places.served));
        let mut known = Size {
            requested: self.number(&size.parameter),
            default: size.default,
            maximum: size.maximum.or(declared),
            served: served.as_ref().and_then(whole_number),
            least: None,
        };
        if size.filtered && known.served.is_none() {
            let expected = known.expected();
            match &paging.next {
                Next::Offset { .. } => known.least = Some(self.least(known)),
                _ => known.served = expected,
            }
        }
        known
    }

    /// Whether a page is the one that was just read.
    fn leads_back(&self, page: &NextPage) -> bool {
        let is_sent = |(name, value): (&String, &Value)| match self.argument(name) {
            Some(sent) => {
                sent == value
                    || scalar_text(sent).is_some_and(|sent| Some(sent) == scalar_text(value))
            }
            None => value.is_null(),
        };
        page.follow == self.at.follow && page.set.iter().all(is_sent)
    }

    pub(super) fn is_given(&self, name: &str) -> bool {
        self.argument(name).is_some_and(|value| !value.is_null())
    }

    /// The style in which this response continues: the first one whose token or address the
    /// response contains.
    fn style(&self) -> Option<Style<'a>> {
        if self.operation.paging.others.is_empty() {
            return self.styles().next();
        }
        self.styles().find(|(style, places)| match &style.next {
            Next::Cursor { from, .. } => {
                let value = self.value(from, places.next);
                value.is_some_and(|value| is_token(&value) || is_filled(&value))
            }
            Next::Link { from, .. } => {
                let value = self.address(from, places.next);
                value.is_some_and(|value| is_token(&value) || is_filled(&value))
            }
            // A counter needs nothing in the response, but it does not apply if the request was
            // made in another style.
            _ => !self.is_steered_by_others(style),
        })
    }

    /// Whether the request had parameters of styles other than this one.
    fn is_steered_by_others(&self, style: &Paging) -> bool {
        let own = |name: &str| style.parameters().any(|known| known == name);
        let mut all = self.operation.paging.styles().flat_map(Paging::parameters);
        all.any(|name| !own(name) && self.argument(name).is_some())
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        whole_number(self.argument(name)?)
    }

    /// The address of the next page, as a text. If the response contains several addresses and
    /// `rel` says what each leads to, it is that of `next`, as in HAL and Atom.
    fn address(&self, source: &Source, place: Option<usize>) -> Option<Value> {
        let value = self.value(source, place)?;
        let Some(links) = value.as_array() else { return Some(value) };
        let relation = |link: &Value| link.get("rel").cloned();
        if links.iter().any(|link| relation(link).is_none()) {
            return Some(value);
        }
        let next = links.iter().find(|link| relation(link).is_some_and(|rel| rel == "next"))?;
        // A relation without an address says that there is a next page, but not at which address.
        let address = ["href", "url", "uri"].iter().find_map(|name| next.get(*name));
        Some(address.unwrap_or(next).clone())
    }

    /// The value of a source. If it is a part of the body, it is at `place`.
    pub(super) fn value(&self, source: &Source, place: Option<usize>) -> Option<Value> {
        match source {
            Source::Meta { name, inside } => {
                self.meta.get(name.as_ref()).and_then(|value| inside.first(value)).cloned()
            }
            Source::Body(_) => self.values.get(place?)?.clone(),
        }
    }

    /// The field of a record that leads to the next page.
    fn field(&self, place: Option<usize>) -> Option<Value> {
        self.values.get(place?)?.clone().filter(is_token)
    }

    /// A number that is not whole in the vendor's spelling: in a token, every digit matters.
    fn spelled(&self, value: Value, place: Option<usize>) -> Value {
        let is_fraction = value.as_number().is_some_and(serde_json::Number::is_f64);
        let text = place.filter(|_| is_fraction).and_then(|place| self.spelling.of(place));
        let written = value.to_string();
        match text {
            Some(text) if text != written && !text.starts_with('"') => Value::String(text),
            _ => value,
        }
    }

    /// The position in the plan of the value of a source.
    fn place(&self, source: &Source, place: Option<usize>) -> Option<usize> {
        let Source::Meta { name, inside } = source else { return place };
        let fields = self.operation.response.meta.iter().zip(self.meta_places);
        let (_, places) = fields.into_iter().find(|(field, _)| field.name == *name)?;
        let is_there = |place: &&usize| self.values.get(**place).is_some_and(Option::is_some);
        places.iter().find(is_there).filter(|_| inside.steps.is_empty()).copied()
    }

    /// A token in the form that the parameter takes: vendors write numbers as texts and texts as
    /// numbers.
    pub(super) fn typed(&self, into: &str, value: Value) -> Value {
        typed(self.operation, into, value)
    }
}

/// Names of the arguments that are sent together with a token that stands for all others.
fn only(keep: Option<&List<Text>>, set: &Map<String, Value>) -> Option<Vec<String>> {
    let names = keep.filter(|_| !set.is_empty())?.iter().map(ToString::to_string);
    Some(names.chain(set.keys().cloned()).collect())
}

/// Whether the layout of the response can contain a value. If it cannot contain the flag that says
/// whether there is more, an empty page means the end of the list.
pub(super) fn is_carried(source: &Source, place: Option<usize>) -> bool {
    matches!(source, Source::Meta { .. }) || place.is_some()
}

/// Whether the response contains a flag which says that there is more. A flag that says otherwise
/// has ended the list already.
fn is_said_to_go_on(paging: &Paging, places: PagingPlaces) -> bool {
    let flags = [(&paging.more, places.more), (&paging.done, places.done)];
    flags.into_iter().any(|(flag, place)| flag.as_ref().is_some_and(|flag| is_carried(flag, place)))
}
