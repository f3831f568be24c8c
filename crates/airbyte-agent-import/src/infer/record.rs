//! What is known about the records of an entity: what identifies them, when they changed, and how a list is
//! restricted to what has changed.

use super::evidence::decided;
use super::facts::{Facts, Input, Step};
use super::paging::signs;
use super::schemas::Schemas;
use super::words::{key, says, singular, words};
use crate::decision::Decided;
use airbyte_agent_document::Schema;

/// Names of members that identify a record, the surest first.
const KEYS: [&str; 12] =
    ["id", "_id", "uuid", "guid", "gid", "sid", "key", "uid", "identifier", "slug", "arn", "code"];

/// Names of members that hold the time of the last change, without what differs between styles.
const CHANGED: [&str; 24] = [
    "updatedat",
    "modifiedat",
    "lastmodifiedat",
    "lastmodified",
    "updated",
    "modified",
    "updatedtime",
    "modifiedtime",
    "lastmodifiedtime",
    "lastmodifieddatetime",
    "updatetime",
    "dateupdated",
    "datemodified",
    "lastupdated",
    "lastupdatedat",
    "lastmodifieddate",
    "updateddate",
    "modifieddate",
    "updatedon",
    "modifiedon",
    "lastupdatedtime",
    "lastupdateddate",
    "changedat",
    "lastupdatetime",
];

/// Names of parameters that restrict a list to what has changed since a time.
const SINCE: [&str; 26] = [
    "updatedsince",
    "modifiedsince",
    "updatedafter",
    "modifiedafter",
    "changedsince",
    "updatedatgte",
    "updatedgte",
    "updatedatmin",
    "updatedmin",
    "minupdatedat",
    "lastmodifiedafter",
    "lastupdatedsince",
    "updatedatgt",
    "modifiedgte",
    "updatedfrom",
    "modifiedfrom",
    "lastmodifiedsince",
    "changedafter",
    "updatedatafter",
    "startmodifieddate",
    "lastupdatedafter",
    "updatedatfrom",
    "updatesince",
    "sincelastchanged",
    "datemodifiedmin",
    "dateupdatedafter",
];

/// Whether a name is that of a parameter that restricts a list to what has changed.
pub(crate) fn is_since(key: &str) -> bool {
    SINCE.contains(&key) || ["since", "after", "from", "startdate", "datefrom"].contains(&key)
}

/// The member that identifies a record.
pub(crate) fn primary_key<'a>(
    facts: &Facts<'a>,
    schemas: &Schemas<'a>,
    record: &Schema<'a>,
    parameter: Option<&str>,
) -> Option<Decided<String>> {
    let shape = schemas.open(record);
    let has = |name: &str| shape.members.contains_key(name);
    if has("id") {
        return Some(decided("id".to_owned(), 0.95, "records have the member id"));
    }
    let same = |wanted: &str| {
        shape.members.keys().find(|name| key(name) == key(wanted)).map(|name| (*name).to_owned())
    };
    if let Some(name) = parameter.and_then(same) {
        let evidence =
            format!("the path of one record has the parameter {}", parameter.unwrap_or_default());
        return Some(decided(name, 0.9, evidence));
    }
    if let Some(name) = KEYS.iter().find_map(|wanted| same(wanted)) {
        let confidence = if name.to_lowercase().ends_with("id") { 0.85 } else { 0.65 };
        return Some(decided(name.clone(), confidence, format!("records have the member {name}")));
    }
    let noun = facts.steps.iter().rev().filter_map(Step::name).find_map(|name| {
        let noun: String = words(name).iter().map(|word| singular(word)).collect();
        ["id", "key", "sid", "uuid", "number", "code"]
            .iter()
            .find_map(|ending| same(&format!("{noun}{ending}")))
    });
    noun.map(|name| decided(name.clone(), 0.8, format!("{name} is named after the entity")))
}

/// The member that holds the time of the last change of a record.
pub(crate) fn changed_at<'a>(
    schemas: &Schemas<'a>,
    record: &Schema<'a>,
) -> Option<Decided<String>> {
    let shape = schemas.open(record);
    CHANGED.iter().find_map(|wanted| {
        let name = shape.members.keys().find(|name| key(name) == *wanted)?;
        let evidence = format!("records have the member {name}");
        Some(decided((*name).to_owned(), 0.85, evidence))
    })
}

/// The parameter that restricts a list to what has changed since a time.
pub(crate) fn changed_since(facts: &Facts<'_>) -> Option<Decided<String>> {
    if let Some(input) = facts.input(&SINCE) {
        return Some(decided(
            input.name.clone(),
            0.85,
            format!("the name of the parameter {} says so", input.name),
        ));
    }
    let says_so = |input: &&Input<'_>| {
        ["since", "after", "from", "startdate", "datefrom"].contains(&input.key.as_str())
            && says(&input.text, &["updated", "modified", "changed"])
            && (signs::is_date(input) || says(&input.text, &["date", "time"]))
    };
    let input = facts.inputs.iter().find(says_so)?;
    Some(decided(
        input.name.clone(),
        0.7,
        format!("the text of the parameter {} says so", input.name),
    ))
}
