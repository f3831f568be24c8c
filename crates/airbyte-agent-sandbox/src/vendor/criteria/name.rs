//! Arguments whose name says that they bound a range or search for words.

use serde_json::{Map, Value};

use super::compare::{Operator, found, number};
use crate::data::plain;

/// A bound of a range: `created_after`, `min_price`, `updated_at[lt]`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Bound {
    /// What is bounded; empty when the name does not say.
    pub(super) stem: Vec<String>,
    pub(super) operator: Operator,
}

/// The bound that an argument of this name sets.
pub(crate) fn bound(name: &str) -> Option<Bound> {
    let mut words = words(name);
    let paging = ["page", "cursor", "limit", "result", "results", "index", "row", "rows", "id"];
    let more = ["offset", "position", "token", "size", "order", "length", "depth"];
    if words.iter().any(|word| paging.contains(&word.as_str()) || more.contains(&word.as_str())) {
        return None;
    }
    if words.len() > 1
        && let Some(operator) = words.last().and_then(|word| marker(word))
    {
        let last = words.pop().unwrap_or_default();
        // `assigned_to` names somebody, `date_to` ends a range.
        let is_weak = ["to", "from", "start", "end", "in"].contains(&last.as_str());
        return (!is_weak || is_time(&words)).then_some(Bound { stem: words, operator });
    }
    let operator = marker(words.first()?)?;
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

fn marker(word: &str) -> Option<Operator> {
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

/// Whether these words speak of time and of nothing that happened then.
fn is_time(words: &[String]) -> bool {
    let all = ["date", "time", "datetime", "timestamp", "at", "day", "on", "range", "period"];
    words.iter().all(|word| all.contains(&word.as_str()))
}

impl Bound {
    /// Whether a range begins here.
    pub(crate) fn is_lower(&self) -> bool {
        matches!(self.operator, Operator::More | Operator::MoreOrEqual)
    }
}

/// The field of a record that these words speak of when they bound a range.
pub(super) fn field<'r>(stem: &[String], record: &'r Map<String, Value>) -> Option<&'r Value> {
    if is_time(stem) {
        return moment(record);
    }
    let stem = stem.concat();
    let short = ["at", "date", "time", "on"].iter().find_map(|end| stem.strip_suffix(end));
    let forms = ["", "at", "date", "time", "on", "datetime", "timestamp"];
    let by_form = |stem: &str| {
        forms.iter().find_map(|form| {
            found(&[&format!("{stem}{form}")], record).filter(|value| number(value).is_some())
        })
    };
    by_form(&stem).or_else(|| by_form(short.filter(|short| short.len() > 3)?))
}

/// When a record came to be, as far as it shows.
pub(super) fn moment(record: &Map<String, Value>) -> Option<&Value> {
    let names = ["created", "createdat", "createdtime", "createddate", "creationdate"];
    let more = ["started", "starttime", "startedat", "startdate", "start", "date", "datetime"];
    let last = ["timestamp", "ts", "time", "updatedat", "updated", "lastmodified", "modified"];
    let mut all = names.iter().chain(&more).chain(&last);
    all.find_map(|name| found(&[name], record).filter(|value| number(value).is_some()))
}
