//! The operations of the context store, described like those of a vendor.

use super::check::check_entity;
use super::{SEARCH, SQL_QUERY};
use crate::description::build::{ANY, ARRAY, INTEGER, OBJECT, STRING};
use crate::description::build::{body, from_meta, meta, page_size};
use crate::description::{
    Action, Body, Connector, Kind, MetaField, Method, Operation, Paging, Parameter, Schema,
    json_path, list, template,
};
use crate::error::Result;

/// An operation of the context store on an entity: [`SEARCH`] or [`SQL_QUERY`].
///
/// It takes the parameters of a query, returns an array of records, and pages by a cursor. Its
/// [`action`](Operation::action) is `search`, because the store has no action of its own among
/// those of vendors.
///
/// # Errors
///
/// `Usage` when the connector has no such entity, or the entity is not in the store; the message
/// names the entities that are.
pub fn operation(connector: &Connector, entity: &str, action: &str) -> Result<Operation> {
    check_entity(connector, entity, action)?;
    Ok(on_entity(entity, action))
}

/// The operation on an entity, even if no store contains the entity.
pub(crate) fn on_entity(entity: &str, action: &str) -> Operation {
    let mut operation = if action == SQL_QUERY { SQL_QUERY_ON_ENTITY } else { SEARCH_ON_ENTITY };
    operation.entity = entity.to_owned().into();
    operation
}

const SEARCH_ON_ENTITY: Operation = made(SEARCH)
    .summary("Search the copy of the records in the store")
    .parameters(list![
        body("query", OBJECT).description("Condition and order; {} for all records."),
        body("semantic", OBJECT).description("A search by meaning instead of by `query`."),
        LIMIT,
        body("cursor", CURSOR).description("The cursor that the page before gave."),
        body("fields", ARRAY).description("The only fields that come back."),
    ])
    .paging(
        Paging::cursor(from_meta("cursor"), "cursor")
            .more(from_meta("has_more"))
            .size(page_size("limit")),
    );

const SQL_QUERY_ON_ENTITY: Operation = made(SQL_QUERY)
    .summary("Query the copy of the records in the store in SQL")
    .parameters(list![
        body("sql", STRING).description(
            "A query in the dialect of DuckDB, or of SQLite on this machine; entities are tables."
        ),
        LIMIT,
    ])
    .paging(
        Paging::cursor(from_meta("cursor"), "cursor")
            .more(from_meta("has_more"))
            .size(page_size("limit")),
    );

/// What both operations have in common. The arguments are checked by the grammar of the store
/// first, so the schemas state only the kinds of values.
const fn made(id: &'static str) -> Operation {
    Operation::by(Method::Post, id, "", Action::Search, template!(""))
        .body(Body::Json { open: false, in_array: false })
        .meta(METADATA)
}

const METADATA: &[MetaField] = &[
    meta("has_more", json_path!("$.meta.has_more")),
    meta("cursor", json_path!("$.meta.cursor")),
    meta("took_ms", json_path!("$.meta.took_ms")),
];

const LIMIT: Parameter = body("limit", INTEGER).description("Records to a page.");

const CURSOR: Schema = ANY.kinds(&[Kind::String, Kind::Integer]);
