//! Paging by the id of the last record.

use super::super::facts::{Facts, Input, InputPlace};
use super::super::words::says;
use super::{names, signs, size};
use crate::decision::{Decided, Paging};
use crate::infer::evidence::decided;

/// A parameter such as `max_war_id`, if its text says that it is above all ids that come back.
fn noun_below<'f>(facts: &'f Facts<'_>) -> Option<&'f Input<'f>> {
    let below = ["less than", "lower than", "smaller than", "older than"];
    facts.inputs.iter().find(|input| {
        input.key.starts_with("max")
            && input.key.ends_with("id")
            && signs::usable(input)
            && says(&input.text, &below)
    })
}

/// Whether the record with the given id is returned again: then the next page would begin with the last record.
fn is_inclusive(text: &str) -> bool {
    says(text, &["or equal", "inclusive", "including the", "at or before"])
}

/// The parameter that takes the id of the last record.
pub(crate) fn last_record(facts: &Facts<'_>, primary_key: Option<&str>) -> Option<Decided<Paging>> {
    let has_more = signs::more(facts);
    let older = signs::input(facts, &names::OLDER).or_else(|| noun_below(facts));
    // Two ids limit what is returned from both sides: the list has the newest records first, and continues at the
    // older side.
    let newer = |input: &&Input<'_>| {
        older.is_none()
            && signs::input(facts, &names::LESS).is_none()
            && !says(
                &input.text,
                &["newer than", "more recent than", "more recent records", "immediately newer"],
            )
    };
    let certain = signs::input(facts, &names::LAST_RECORD).filter(newer).map(|input| {
        let names_id = says(&input.text, &["id", "object"]);
        let strong = ["startingafter", "afterid", "sinceid", "lastid", "startingafterid"]
            .contains(&input.key.as_str());
        (
            input,
            if strong && has_more.is_some() {
                0.95
            } else if strong && names_id {
                0.88
            } else if names_id {
                0.72
            } else {
                0.6
            },
        )
    });
    let maybe = || {
        let input = signs::input(facts, &names::MAYBE_LAST_RECORD)?;
        let says_id = says(
            &input.text,
            &[
                "id of the last",
                "last id",
                "greater than this id",
                "after this id",
                "with an id greater",
                "id to start after",
                "ids after",
                "last item's id",
                "starting after the id",
                "the id of the",
                "after this message id",
                "object id that defines your place",
                "last seen id",
            ],
        );
        says_id.then_some((input, 0.75))
    };
    let backwards = || {
        let input = older.filter(|input| !is_inclusive(&input.text))?;
        let is_said = says(
            &input.text,
            &["older than", "less than", "lower than", "smaller than", "before th"],
        );
        let has_both = signs::input(facts, &names::LAST_RECORD).is_some();
        (is_said || has_both).then_some((input, if is_said { 0.85 } else { 0.65 }))
    };
    let (input, confidence) = certain.or_else(backwards).or_else(maybe)?;
    if input.place == InputPlace::Body && facts.method != "POST" {
        return None;
    }
    let paging = Paging::LastRecord {
        parameter: input.name.clone(),
        from: primary_key.unwrap_or("id").to_owned(),
        more: has_more,
        size: size::size(facts, true),
    };
    Some(decided(
        paging,
        confidence,
        format!("the parameter {} takes the id of the last record", input.name),
    ))
}
