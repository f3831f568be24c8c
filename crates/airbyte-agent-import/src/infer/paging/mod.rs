//! How a list continues. What the document declares comes first, then what request and response say together, then
//! what the request alone says. A wrong answer is worse than none: it would return part of a list as the whole.

pub(crate) mod extension;
mod last_record;
mod link;
pub(crate) mod names;
mod number;
pub(crate) mod signs;
mod size;
pub(crate) mod token;

use super::evidence::decided;
use super::facts::{Facts, Form, InputPlace};
use super::records::Candidate;
use crate::decision::{Decided, Paging};

/// From this confidence on, counting comes before an address whose name may mean something else.
const CLEAR: f64 = 0.85;

/// How a list continues, and for `Unknown` what would settle it.
pub(crate) fn paging(
    facts: &Facts<'_>,
    records: Option<&Candidate<'_>>,
    primary_key: Option<&str>,
) -> (Decided<Paging>, Option<String>) {
    if let Some(declared) = extension::extension(facts) {
        return (declared, None);
    }
    let number = number::number(facts);
    // A vendor that documents how to count and an address beside it has both; counting is what its users know.
    let (counted, number) = match number {
        Some(number) if number.confidence >= CLEAR && !link::is_certain(facts) => {
            (Some(number), None)
        }
        number => (None, number),
    };
    let mut ways: Vec<Decided<Paging>> = [
        token::token(facts),
        counted,
        link::link(facts),
        link::header(facts),
        last_record::last_record(facts, primary_key),
        number,
    ]
    .into_iter()
    .flatten()
    .collect();
    // What comes first is preferred, unless it is hardly certain and another one is.
    let certain = ways.iter().position(|way| way.confidence >= 0.7);
    let likely = certain.or_else(|| ways.iter().position(super::super::decision::Decided::is_made));
    if let Some(index) = likely {
        return (ways.swap_remove(index), None);
    }
    rest(facts, records)
}

/// A list for which no way to continue was found: it comes whole, unless something says that it does not.
fn rest(facts: &Facts<'_>, records: Option<&Candidate<'_>>) -> (Decided<Paging>, Option<String>) {
    let unknown =
        |reason: String, question: String| (decided(Paging::Unknown, 0.9, reason), Some(question));
    if let Some(input) = token::lonely(facts) {
        return unknown(
            format!(
                "the parameter {} is for paging, and no member of the response fits it",
                input.name
            ),
            format!(
                "The place in the response whose value goes into the parameter {} is not clear.",
                input.name
            ),
        );
    }
    let is_start = |keys: &[&str]| {
        signs::input(facts, keys).is_some_and(|input| {
            input.is_number() && input.place != InputPlace::Body && !signs::is_range(facts, input)
        })
    };
    if signs::has_position(facts) || is_start(&["start", "begin"]) {
        return unknown(
            "the request has a parameter for paging whose meaning is not clear".to_owned(),
            "What the parameter for paging takes is not clear: a number of records, a number of a page, or a value of the \
             previous response."
                .to_owned(),
        );
    }
    if let Some(place) = signs::of_response(facts) {
        return unknown(
            format!("{place} says that there can be more, and no parameter requests it"),
            format!(
                "{place} says that there can be more records; a parameter that requests them is missing in the document."
            ),
        );
    }
    if let Some(input) = signs::size(facts, false) {
        return unknown(
            format!("the parameter {} limits the list, and no parameter continues it", input.name),
            format!(
                "The parameter {} limits the list; how the rest is requested is missing in the document.",
                input.name
            ),
        );
    }
    if let Some(input) = signs::said_limit(facts) {
        return unknown(
            format!(
                "the text of the parameter {} speaks of pages or of a number of records",
                input.name
            ),
            format!(
                "The text of the parameter {} says that the list can be longer; how the rest is requested is not clear.",
                input.name
            ),
        );
    }
    if let Some(place) = signs::relations(facts) {
        return unknown(
            format!("{place} holds addresses, of which one may be that of the next page"),
            format!(
                "Whether one of the addresses in {place} is that of the next page would be shown by an example of a response."
            ),
        );
    }
    if facts.answer.form != Form::Data {
        return unknown(
            "the document does not say what the response looks like".to_owned(),
            "The document does not say what the response looks like; an example of it would show how the list continues.".to_owned(),
        );
    }
    let confidence = match records {
        Some(records) if records.is_body => 0.8,
        Some(_) => 0.75,
        None => 0.55,
    };
    let reason = "neither the request nor the response has anything for paging";
    (decided(Paging::None, confidence, reason), None)
}
