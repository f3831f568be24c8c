//! Paging by the id of the last record.

use super::super::facts::{Facts, InputPlace};
use super::super::words::says;
use super::{names, signs, size};
use crate::decision::{Decided, Paging};
use crate::infer::evidence::decided;

/// The parameter that takes the id of the last record.
pub(crate) fn last_record(facts: &Facts<'_>, primary_key: Option<&str>) -> Option<Decided<Paging>> {
    let has_more = signs::more(facts);
    let certain = signs::input(facts, &names::LAST_RECORD).map(|input| {
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
    let (input, confidence) = certain.or_else(maybe)?;
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
