//! Labels that documents themselves contain: an extension for paging, and pairs of names that one
//! vendor always uses.

use std::collections::BTreeMap;

use airbyte_agent_document::{Opener, Operation, Rest, Schema};
use airbyte_agent_import::decision::{DocumentDecision, Paging};
use serde_json::Value;

use super::table::{Outcome, Table};

/// The expected paging of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expected {
    /// The address of the next page is in this member of the body.
    Link(String),
    /// The list has one page, as the document declares.
    Whole,
    /// The list has one page, as the document declares, although the response has the usual member
    /// for an address.
    WholeWithLink,
    /// The value of `nextPageToken` is sent as `pageToken`.
    Token,
    /// The address is at this place, in documents with `PageToken` and `next_page_uri` or
    /// `next_page_url`.
    PageLink(String),
}

impl Expected {
    fn kind(&self) -> &'static str {
        match self {
            Self::Link(_) => "x-ms-pageable, next link",
            Self::Whole => "x-ms-pageable, one page",
            Self::WholeWithLink => "x-ms-pageable, one page, with nextLink",
            Self::Token => "pageToken and nextPageToken",
            Self::PageLink(_) => "PageToken and next_page_uri",
        }
    }
}

/// The labels of operations, by their index.
pub(crate) fn labels(rest: &Rest) -> BTreeMap<usize, Expected> {
    let opener = Opener::new(&rest.root);
    let all = rest.operations.iter().enumerate();
    all.filter_map(|(index, operation)| Some((index, label(&opener, rest, operation)?))).collect()
}

fn label<'a>(opener: &Opener<'a>, rest: &'a Rest, operation: &'a Operation) -> Option<Expected> {
    let members = || response(opener, rest, operation);
    if let Some(declared) = operation.extensions.get("x-ms-pageable") {
        return match declared.get("nextLinkName") {
            Some(Value::String(name)) => Some(Expected::Link(name.clone())),
            None | Some(Value::Null) if members().iter().any(|name| name == "nextLink") => {
                Some(Expected::WholeWithLink)
            }
            None | Some(Value::Null) => Some(Expected::Whole),
            Some(_) => None,
        };
    }
    let has = |name: &str| operation.parameters.iter().any(|parameter| parameter.name == name);
    if has("pageToken") && members().iter().any(|name| name == "nextPageToken") {
        return Some(Expected::Token);
    }
    if has("PageToken") && has("PageSize") {
        let members = members();
        if members.iter().any(|name| name == "next_page_uri") {
            return Some(Expected::PageLink("$.next_page_uri".to_owned()));
        }
        if members.iter().any(|name| name == "meta") {
            return Some(Expected::PageLink("$.meta.next_page_url".to_owned()));
        }
    }
    None
}

/// The names of the members of the first response.
fn response<'a>(opener: &Opener<'a>, _: &'a Rest, operation: &'a Operation) -> Vec<String> {
    let content = operation.responses.iter().flat_map(|response| &response.contents);
    let Some(schema) = content.into_iter().find_map(|content| content.schema.as_ref()) else {
        return Vec::new();
    };
    opener.open(&Schema::One(schema)).members.keys().map(|name| (*name).to_owned()).collect()
}

/// Compares what was inferred with the labels, and counts the outcomes.
pub(crate) fn compare(
    name: &str,
    visibility: &str,
    labels: &BTreeMap<usize, Expected>,
    decision: &DocumentDecision,
    table: &mut Table,
) {
    for (index, expected) in labels {
        let Some(operation) = decision.operations.get(*index) else { continue };
        let found = operation.paging.as_ref().map(|paging| &paging.value);
        let outcome = match (expected, found) {
            (_, Some(Paging::Unknown)) => Outcome::Abstained,
            (Expected::Link(name), Some(Paging::Link { from, .. })) if is_member(from, name) => {
                Outcome::Exact
            }
            (Expected::PageLink(place), Some(Paging::Link { from, .. })) if from == place => {
                Outcome::Exact
            }
            (Expected::Whole | Expected::WholeWithLink, Some(Paging::None)) => Outcome::Exact,
            (Expected::Token, Some(Paging::Token { parameter, from, .. }))
                if parameter == "pageToken" && from == "$.nextPageToken" =>
            {
                Outcome::Exact
            }
            _ => Outcome::Wrong,
        };
        let shown = found.map_or_else(
            || format!("no list, {:?}", operation.action.value),
            |found| format!("{found:?}"),
        );
        let detail = format!(
            "{name} {} {}: expected {expected:?}, found {shown}",
            operation.method, operation.path
        );
        table.count(&format!("{} ({visibility})", expected.kind()), outcome, &detail);
    }
}

fn is_member(place: &str, name: &str) -> bool {
    place == format!("$.{name}") || place == format!("$['{name}']")
}
