//! What a response says about whether its list continues.

use serde_json::Value;

use super::next::{Paginator, Style, is_carried};
use crate::description::{Next, Source, Step};

impl<'a> Paginator<'a> {
    /// Whether the response says that the list has ended.
    pub(super) fn has_ended(&self, (paging, places): Style<'a>) -> bool {
        let lacks = |flag: &Source, place| self.lacks_flag(flag, place);
        let more = paging.more.as_ref().filter(|flag| !lacks(flag, places.more));
        more.is_some_and(|source| !self.goes_on(source, places.more))
            || paging.done.as_ref().is_some_and(|source| self.is_over(source, places.done))
            || paging.short_page_ends
                && paging.more.is_none()
                && self.size((paging, places)).exceeds(self.records as u64)
    }

    /// Whether there may be more records after a response that says neither whether nor how the
    /// list continues.
    pub(super) fn may_go_on(&self, style: Style<'a>) -> bool {
        let is_short = self.size(style).exceeds(self.records as u64);
        let is_total = self.total.is_some_and(|total| total <= self.records as u64);
        self.records > 0 && !is_short && !is_total
    }

    /// Whether the response contains neither the flag that says whether there is more nor the value
    /// that leads to the next page, although there may be more.
    pub(super) fn leaves_unsaid(&self, (paging, places): Style<'a>) -> bool {
        let lacks_way = match &paging.next {
            Next::Cursor { from, .. } | Next::Link { from, .. } => {
                self.is_absent(from, places.next)
            }
            _ => false,
        };
        let flag = paging.more.as_ref();
        lacks_way
            && flag.is_some_and(|flag| self.lacks_flag(flag, places.more))
            && self.may_go_on((paging, places))
    }

    /// Whether a flag that says yes or no is missing. Other values, whose names do not begin with
    /// `has`, contain what leads to the next page, and are always missing at the end of a list.
    pub(super) fn lacks_flag(&self, source: &Source, place: Option<usize>) -> bool {
        let path = match source {
            Source::Body(path) => path,
            Source::Meta { inside, .. } => inside,
        };
        let name = match (path.steps.last(), source) {
            (Some(Step::Key(name)), _) | (None, Source::Meta { name, .. }) => name.as_ref(),
            _ => "",
        };
        let says_yes_or_no = name.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("has"));
        says_yes_or_no && is_carried(source, place) && self.is_absent(source, place)
    }

    /// Whether the body has no value for a source, not even `null`. A value that is not read from
    /// the body is never taken for missing.
    pub(super) fn is_absent(&self, source: &Source, place: Option<usize>) -> bool {
        let is_there = |place: usize| self.values.get(place).is_some_and(Option::is_some);
        match source {
            Source::Body(_) => place.is_some_and(|place| !is_there(place)),
            Source::Meta { name, inside } => {
                let mut fields = self.operation.response.meta.iter().zip(self.meta_places);
                let field = fields.find(|(field, _)| field.name == *name);
                let Some((_, places)) = field.filter(|(_, places)| !places.is_empty()) else {
                    return false;
                };
                let value = self.meta.get(name.as_ref());
                !places.iter().any(|place| is_there(*place))
                    || value.is_some_and(|value| inside.first(value).is_none())
            }
        }
    }

    /// Whether a flag in the response says that there is more. A flag that says otherwise has ended
    /// the list already.
    pub(super) fn says_more(&self, (paging, places): Style<'a>) -> bool {
        let more = paging.more.as_ref().is_some_and(|flag| {
            is_carried(flag, places.more) && !self.lacks_flag(flag, places.more)
        });
        let done = paging.done.as_ref().and_then(|flag| self.value(flag, places.done));
        more || match done {
            Some(Value::Bool(done)) => !done,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("false"),
            _ => false,
        }
    }

    /// Whether a flag, or the address of a next page, says that there is more.
    pub(super) fn goes_on(&self, source: &Source, place: Option<usize>) -> bool {
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
    pub(super) fn is_over(&self, source: &Source, place: Option<usize>) -> bool {
        if !is_carried(source, place) {
            return self.records == 0;
        }
        match self.value(source, place) {
            Some(Value::Bool(value)) => value,
            Some(Value::String(text)) => text.eq_ignore_ascii_case("true"),
            _ => false,
        }
    }
}
