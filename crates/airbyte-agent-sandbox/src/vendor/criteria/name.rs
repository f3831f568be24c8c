//! Arguments whose name says that they bound a range or search for words.

use serde_json::{Map, Value};

use super::compare::{Operator, find_field, number};
use crate::data::plain;

/// A bound of a range: `created_after`, `min_price`, `updated_at[lt]`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    /// The words for what is bounded; empty when the name does not say it.
    pub(super) stem: Vec<String>,
    pub(super) operator: Operator,
}

/// The bound that an argument of this name sets; `None` for any other name.
pub(crate) fn bound(name: &str) -> Option<Bound> {
    let mut words = words(name);
    let paging = ["page", "cursor", "limit", "result", "results", "index", "row", "rows", "id"];
    let more = ["offset", "position", "token", "size", "order", "length", "depth"];
    if words.iter().any(|word| paging.contains(&word.as_str()) || more.contains(&word.as_str())) {
        return None;
    }
    if words.len() > 1
        && let Some(operator) = words.last().and_then(|word| operator_of_word(word))
    {
        let last = words.pop().unwrap_or_default();
        // `assigned_to` names a person, `date_to` ends a range.
        let is_weak = ["to", "from", "start", "end", "in"].contains(&last.as_str());
        return (!is_weak || is_time(&words)).then_some(Bound { stem: words, operator });
    }
    let operator = operator_of_word(words.first()?)?;
    words.remove(0);
    Some(Bound { stem: words, operator })
}

/// Whether an argument of this name takes words to search for.
pub(crate) fn is_search(name: &str) -> bool {
    let name = plain(name);
    let names = ["q", "query", "search", "searchterm", "searchterms", "searchtext", "searchquery"];
    let more = ["searchstring", "keyword", "keywords", "term", "terms", "text", "querystring"];
    names.contains(&name.as_str()) || more.contains(&name.as_str())
}

/// The comparison that a word stands for.
fn operator_of_word(word: &str) -> Option<Operator> {
    Some(match word {
        "after" | "gt" | "newer" => Operator::More,
        "since" | "from" | "min" | "minimum" | "gte" | "start" | "oldest" | "begin" => {
            Operator::MoreOrEqual
        }
        "before" | "lt" | "older" => Operator::Less,
        "until" | "to" | "max" | "maximum" | "lte" | "end" | "latest" => Operator::LessOrEqual,
        _ => return None,
    })
}

/// The words of a name, in lower case: `createdAt_min` and `created_at[min]` are the same.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && was_lower {
            words.push(String::new());
        }
        was_lower = c.is_lowercase() || c.is_numeric();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether these words name a time but not the event that happened at it.
fn is_time(words: &[String]) -> bool {
    let all = ["date", "time", "datetime", "timestamp", "at", "day", "on", "range", "period"];
    words.iter().all(|word| all.contains(&word.as_str()))
}

impl Bound {
    /// Whether the bound is the beginning of a range.
    pub(crate) fn is_lower(&self) -> bool {
        matches!(self.operator, Operator::More | Operator::MoreOrEqual)
    }
}

/// The field of a record that is bounded, by the words for it.
pub(super) fn bounded_field<'r>(
    stem: &[String],
    record: &'r Map<String, Value>,
) -> Option<&'r Value> {
    if is_time(stem) {
        return creation_time(record);
    }
    let stem = stem.concat();
    let short = ["at", "date", "time", "on"].iter().find_map(|end| stem.strip_suffix(end));
    let forms = ["", "at", "date", "time", "on", "datetime", "timestamp"];
    let by_form = |stem: &str| {
        forms.iter().find_map(|form| {
            find_field(&[&format!("{stem}{form}")], record).filter(|value| number(value).is_some())
        })
    };
    by_form(&stem).or_else(|| by_form(short.filter(|short| short.len() > 3)?))
}

/// The time at which a record was created, as far as it shows one.
pub(super) fn creation_time(record: &Map<String, Value>) -> Option<&Value> {
    let names = ["created", "createdat", "createdtime", "createddate", "creationdate"];
    let more = ["started", "starttime", "startedat", "startdate", "start", "date", "datetime"];
    let last = ["timestamp", "ts", "time", "updatedat", "updated", "lastmodified", "modified"];
    let mut all = names.iter().chain(&more).chain(&last);
    all.find_map(|name| find_field(&[name], record).filter(|value| number(value).is_some()))
}
