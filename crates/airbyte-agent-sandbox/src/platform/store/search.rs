//! Search by filter: order, pages, fields.

use airbyte_agent_description::Entity;
use serde_json::{Map, Value};

use super::Row;
use super::compare::rank;
use super::filter::{Condition, Reader, at, known};
use crate::platform::cursor::Cursor;
use crate::platform::refusal::Refusal;

/// Rows of a page when the request does not say.
const USUAL: usize = 10;
/// Most rows of a page.
const MOST: usize = 1_000;

/// The rows of a page, and the cursor of the next one.
pub(super) fn run(
    entity: &Entity,
    rows: &[Row],
    mut params: Map<String, Value>,
    of: &str,
) -> Result<(Vec<Value>, Option<String>), Refusal> {
    let fields: Vec<&str> = entity.store.iter().map(|field| field.name.as_ref()).collect();
    let query = match params.shift_remove("query") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(query)) => query,
        Some(_) => return Err(Refusal::invalid("query", "query is to be an object")),
    };
    if let Some(name) = query.keys().find(|name| !["filter", "sort"].contains(&name.as_str())) {
        let why = format!("query has filter and sort, and no `{name}`");
        return Err(Refusal::invalid("query", why));
    }
    let filter = query.get("filter").filter(|filter| !filter.is_null());
    let reader = Reader { fields: &fields, at: "query.filter" };
    let condition = filter.map(|filter| reader.read(filter)).transpose()?;
    let sort = sort(query.get("sort"), &fields)?;
    let limit = limit(&params, USUAL, MOST)?;
    let wanted = wanted(params.get("fields"), &fields)?;
    let of = format!("{of} {}", Value::Object(query.clone()));
    let cursor = match params.get("cursor") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(text.as_str()),
        Some(_) => return Err(Refusal::invalid("cursor", "cursor is to be a string")),
    };
    let start = Cursor::start(cursor, &of)?;
    let meets = |row: &&Row| condition.as_ref().is_none_or(|one: &Condition| one.meets(row));
    let mut found: Vec<&Row> = rows.iter().filter(meets).collect();
    found.sort_by(|one, other| {
        let value = |row: &'_ Row, field: &str| at(row, field).cloned().unwrap_or(Value::Null);
        sort.iter()
            .map(|(field, falls)| {
                let (one, other) = (value(one, field), value(other, field));
                let order = rank(&one, &other);
                // What is not there comes last either way.
                if *falls && !one.is_null() && !other.is_null() { order.reverse() } else { order }
            })
            .find(|order| order.is_ne())
            .unwrap_or(std::cmp::Ordering::Equal)
    });
    let next = (start + limit < found.len()).then(|| Cursor::write(start + limit, &of));
    let page = found.into_iter().skip(start).take(limit);
    Ok((page.map(|row| project(row, wanted.as_deref()).into()).collect(), next))
}

/// Fields to sort by, and whether they fall.
fn sort(given: Option<&Value>, fields: &[&str]) -> Result<Vec<(String, bool)>, Refusal> {
    let refuse = |why: String| Refusal::invalid("query.sort", format!("query.sort: {why}"));
    let items = match given {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(refuse("is to be an array of {\"field\": \"asc\"|\"desc\"}".into())),
    };
    let mut sort = Vec::new();
    for item in items {
        let members = item.as_object().filter(|members| members.len() == 1);
        let Some((field, direction)) = members.and_then(|members| members.iter().next()) else {
            return Err(refuse("each element names one field".into()));
        };
        known(field, fields).map_err(refuse)?;
        let falls = match direction.as_str() {
            Some("asc") => false,
            Some("desc") => true,
            _ => return Err(refuse(format!("`{field}` is to be \"asc\" or \"desc\""))),
        };
        sort.push((field.clone(), falls));
    }
    Ok(sort)
}

/// The member `limit`.
pub(super) fn limit(
    params: &Map<String, Value>,
    usual: usize,
    most: usize,
) -> Result<usize, Refusal> {
    match params.get("limit") {
        None | Some(Value::Null) => Ok(usual),
        Some(value) => {
            let number = value.as_u64().filter(|number| *number > 0);
            let number = number.and_then(|number| usize::try_from(number).ok());
            number.map(|number| number.min(most)).ok_or_else(|| {
                Refusal::invalid("limit", "limit is to be a whole number above zero")
            })
        }
    }
}

/// The member `fields`: dotted texts, or lists of keys.
pub(super) fn wanted(
    given: Option<&Value>,
    fields: &[&str],
) -> Result<Option<Vec<String>>, Refusal> {
    let refuse = |why: String| Refusal::invalid("fields", format!("fields: {why}"));
    let items = match given {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(items)) => items,
        Some(_) => return Err(refuse("is to be an array".into())),
    };
    let mut wanted = Vec::new();
    for item in items {
        let path = match item {
            Value::String(path) => path.clone(),
            Value::Array(keys) => {
                let keys: Option<Vec<&str>> = keys.iter().map(Value::as_str).collect();
                let keys = keys.filter(|keys| !keys.is_empty());
                keys.ok_or_else(|| refuse("a list of keys holds texts".into()))?.join(".")
            }
            _ => return Err(refuse("holds dotted texts or lists of keys".into())),
        };
        known(&path, fields).map_err(refuse)?;
        wanted.push(path);
    }
    Ok(if wanted.is_empty() { None } else { Some(wanted) })
}

/// The row with these fields only.
pub(super) fn project(row: &Row, wanted: Option<&[String]>) -> Row {
    let Some(wanted) = wanted else { return row.clone() };
    let mut out = Row::new();
    for path in wanted {
        if let Some(value) = row.get(path) {
            out.insert(path.clone(), value.clone());
        } else if let Some(value) = at(row, path) {
            put(&mut out, path, value.clone());
        }
    }
    out
}

fn put(out: &mut Row, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            out.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = out.entry(first).or_insert_with(|| Map::new().into());
            if let Value::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}
