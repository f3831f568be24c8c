//! Search by a filter, with order, pages and selected fields.

use airbyte_agent_description::Entity;
use serde_json::{Map, Value};

use super::Row;
use super::compare::sort_order;
use super::filter::{Condition, FilterParser, check_field};
use super::request::{limit, selected_fields};
use crate::platform::cursor::Cursor;
use crate::platform::error::ApiError;
use crate::platform::paths::{project, value_at};

/// Rows of a page when the request does not say it.
const DEFAULT_LIMIT: usize = 10;
/// Most rows of a page.
const LARGEST_LIMIT: usize = 1_000;

/// The rows of a page, and the cursor of the next one. `list` tells the list apart from others.
pub(super) fn search(
    entity: &Entity,
    rows: &[Row],
    mut params: Map<String, Value>,
    list: &str,
) -> Result<(Vec<Value>, Option<String>), ApiError> {
    let fields: Vec<&str> = entity.store.iter().map(|field| field.name.as_ref()).collect();
    let query = match params.shift_remove("query") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(query)) => query,
        Some(_) => return Err(ApiError::invalid("query", "query must be an object")),
    };
    if let Some(name) = query.keys().find(|name| !["filter", "sort"].contains(&name.as_str())) {
        let message = format!("query has filter and sort, and no `{name}`");
        return Err(ApiError::invalid("query", message));
    }
    let filter = query.get("filter").filter(|filter| !filter.is_null());
    let parser = FilterParser { fields: &fields, at: "query.filter" };
    let condition = filter.map(|filter| parser.parse(filter)).transpose()?;
    let sort = sort_fields(query.get("sort"), &fields)?;
    let limit = limit(&params, DEFAULT_LIMIT, LARGEST_LIMIT)?;
    let selected = selected_fields(params.get("fields"), &fields)?;
    let list = format!("{list} {}", Value::Object(query.clone()));
    let cursor = match params.get("cursor") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.as_str()),
        Some(_) => return Err(ApiError::invalid("cursor", "cursor must be a string")),
    };
    let start = Cursor::position(cursor, &list)?;
    let meets = |row: &&Row| condition.as_ref().is_none_or(|one: &Condition| one.is_met_by(row));
    let mut found: Vec<&Row> = rows.iter().filter(meets).collect();
    found.sort_by(|one, other| {
        let value =
            |row: &'_ Row, field: &str| value_at(row, field).cloned().unwrap_or(Value::Null);
        sort.iter()
            .map(|(field, descending)| {
                let (one, other) = (value(one, field), value(other, field));
                let order = sort_order(&one, &other);
                // A value that is missing comes last in either order.
                if *descending && !one.is_null() && !other.is_null() {
                    order.reverse()
                } else {
                    order
                }
            })
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let next = (start + limit < found.len()).then(|| Cursor::encode(start + limit, &list));
    let page = found.into_iter().skip(start).take(limit);
    let shown = |row: &Row| match &selected {
        Some(paths) => project(row, paths),
        None => row.clone(),
    };
    Ok((page.map(|row| shown(row).into()).collect(), next))
}

/// The fields by which rows are sorted, and whether the order is descending.
fn sort_fields(given: Option<&Value>, fields: &[&str]) -> Result<Vec<(String, bool)>, ApiError> {
    let invalid =
        |message: String| ApiError::invalid("query.sort", format!("query.sort: {message}"));
    let items = match given {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(invalid("must be an array of {\"field\": \"asc\"|\"desc\"}".into())),
    };
    let mut sort = Vec::new();
    for item in items {
        let members = item.as_object().filter(|members| members.len() == 1);
        let Some((field, direction)) = members.and_then(|members| members.iter().next()) else {
            return Err(invalid("each element names one field".into()));
        };
        check_field(field, fields).map_err(invalid)?;
        let descending = match direction.as_str() {
            Some("asc") => false,
            Some("desc") => true,
            _ => return Err(invalid(format!("`{field}` must be \"asc\" or \"desc\""))),
        };
        sort.push((field.clone(), descending));
    }
    Ok(sort)
}
