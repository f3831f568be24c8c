//! What the arguments of a search say, and the page that is filled with what they ask for.

use std::collections::HashSet;

use airbyte_agent_description::suggestion;
use serde_json::{Map, Value};

use super::cursor::Key;
use super::grammar;
use super::translate::{Place, place};
use crate::error::{Error, Result};
use crate::table::{OWN_COLUMNS, Table};

/// Records of a page if the search does not say.
const USUAL_LIMIT: u64 = 10;

/// Most records of a page.
const MOST: u64 = 1_000;

/// The page that is being filled.
pub(super) struct Page<'w> {
    pub(super) wanted: &'w Wanted,
    pub(super) data: Vec<Value>,
    /// The row of the last record, and the values by which it was sorted.
    pub(super) last: Option<(i64, Vec<Key>)>,
    pub(super) has_more: bool,
}

impl<'w> Page<'w> {
    /// An empty page.
    pub(super) fn new(wanted: &'w Wanted) -> Self {
        Self { wanted, data: Vec::new(), last: None, has_more: false }
    }

    /// Adds a record; says whether another one fits.
    pub(super) fn add(&mut self, row: i64, keys: Vec<Key>, record: &Value) -> bool {
        if self.data.len() >= self.wanted.limit {
            self.has_more = true;
            return false;
        }
        let fields = self.wanted.fields.as_ref();
        self.data.push(fields.map_or_else(|| record.clone(), |fields| select(record, fields)));
        self.last = Some((row, keys));
        true
    }
}

/// What the arguments of a search say.
pub(super) struct Wanted {
    pub(super) filter: Option<super::test::Condition>,
    /// The places by which the records are sorted, and whether the greatest comes first.
    pub(super) sort: Vec<(Place, bool)>,
    /// The fields of `sort`.
    sort_fields: Vec<String>,
    pub(super) limit: usize,
    fields: Option<Vec<Vec<String>>>,
}

impl Wanted {
    /// The fields of which the search compares the values.
    pub(super) fn compared_fields(&self) -> HashSet<&str> {
        let mut fields: HashSet<&str> = self.sort_fields.iter().map(String::as_str).collect();
        if let Some(filter) = &self.filter {
            filter.fields(&mut fields);
        }
        fields
    }

    pub(super) fn read(table: &Table, arguments: &Map<String, Value>) -> Result<Self> {
        known(arguments, &["query", "semantic", "limit", "cursor", "fields"])?;
        if arguments.get("semantic").is_some_and(|semantic| !semantic.is_null()) {
            let why = "'semantic' needs the hosted platform; use the operators fuzzy or keyword of 'query'";
            return Err(Error::Search(why.to_owned()));
        }
        let query = match arguments.get("query") {
            Some(Value::Object(query)) => query,
            None => return Err(Error::Search("a search needs 'query'; {} means all".to_owned())),
            Some(_) => {
                let why = "'query' must be an object such as {\"filter\": {\"eq\": {\"id\": 1}}}";
                return Err(Error::Search(why.to_owned()));
            }
        };
        known(query, &["filter", "sort"])?;
        let check = |name: &str| check_field(table, name);
        let filter =
            query.get("filter").map(|filter| grammar::condition(filter, "query.filter", &check));
        let limit = match arguments.get("limit").filter(|limit| !limit.is_null()) {
            None => USUAL_LIMIT,
            Some(limit) => limit.as_u64().filter(|limit| *limit > 0).ok_or_else(|| {
                Error::Search(format!("'limit' must be a whole number above 0, got {limit}"))
            })?,
        };
        Ok(Self {
            filter: filter.transpose()?,
            sort: query.get("sort").map_or(Ok(Vec::new()), |sort| order(table, sort))?,
            sort_fields: query.get("sort").map(sorted_fields).unwrap_or_default(),
            limit: usize::try_from(limit.min(MOST)).unwrap_or(usize::MAX),
            fields: arguments
                .get("fields")
                .filter(|fields| !fields.is_null())
                .map(|f| paths(table, f))
                .transpose()?,
        })
    }
}

fn known(members: &Map<String, Value>, names: &[&str]) -> Result<()> {
    match members.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => {
            Err(Error::Search(format!("unknown argument '{name}'{}", suggestion(name, names))))
        }
        None => Ok(()),
    }
}

/// A field of the table, or something inside one. Tables without a schema may have any field.
fn check_field(table: &Table, name: &str) -> Result<()> {
    let is_withheld = || table.withholds(&name.split('.').collect::<Vec<_>>());
    if place(table, name).is_some() || (table.columns.is_empty() && !is_withheld()) {
        return Ok(());
    }
    Err(no_field(table, name))
}

fn no_field(table: &Table, name: &str) -> Error {
    let names: Vec<&str> = table.shown().map(crate::table::Column::field).collect();
    let near = suggestion(name, &names);
    Error::Search(format!("'{}' has no field '{name}'{near}", table.entity))
}

fn order(table: &Table, sort: &Value) -> Result<Vec<(Place, bool)>> {
    let form =
        || Error::Search("'query.sort' must be a list such as [{\"id\": \"desc\"}]".to_owned());
    let mut found = Vec::new();
    for entry in sort.as_array().ok_or_else(form)? {
        for (name, direction) in entry.as_object().ok_or_else(form)? {
            check_field(table, name)?;
            let is_descending = match direction.as_str() {
                Some("asc") => false,
                Some("desc") => true,
                _ => {
                    let why = format!("'query.sort.{name}' must be asc or desc, got {direction}");
                    return Err(Error::Search(why));
                }
            };
            let place = place(table, name).unwrap_or_else(|| Place::rest(table, name));
            found.push((place, is_descending));
        }
    }
    Ok(found)
}

/// The names of the fields of an order.
fn sorted_fields(sort: &Value) -> Vec<String> {
    let entries = sort.as_array().into_iter().flatten().filter_map(Value::as_object);
    entries.flat_map(|entry| entry.keys().cloned()).collect()
}

fn paths(table: &Table, fields: &Value) -> Result<Vec<Vec<String>>> {
    let form = || {
        Error::Search(
            "'fields' must be a list of names such as [\"id\", \"owner.name\"]".to_owned(),
        )
    };
    let one = |field: &Value| -> Result<Vec<String>> {
        let path: Vec<String> = match field {
            Value::String(name) => match table.field(name) {
                Some(column) => column.path(),
                None => name.split('.').map(str::to_owned).collect(),
            },
            Value::Array(steps) => {
                let steps = steps.iter().map(|step| step.as_str().map(str::to_owned));
                steps.collect::<Option<_>>().ok_or_else(form)?
            }
            _ => return Err(form()),
        };
        if !OWN_COLUMNS.contains(&path.join(".").as_str()) {
            check_field(table, path.first().ok_or_else(form)?)?;
            let steps: Vec<&str> = path.iter().map(String::as_str).collect();
            let is_column = table.column(&path.join(".")).is_some();
            if table.withholds(&steps) && !is_column {
                return Err(no_field(table, &path.join(".")));
            }
        }
        Ok(path)
    };
    fields.as_array().ok_or_else(form)?.iter().map(one).collect()
}

/// The record with only these fields, nested as they were.
fn select(record: &Value, fields: &[Vec<String>]) -> Value {
    let mut selected = Map::new();
    for path in fields {
        let value = path.iter().try_fold(record, |value, step| value.get(step));
        let (Some(value), Some((last, parents))) = (value, path.split_last()) else { continue };
        insert(&mut selected, parents, last, value);
    }
    Value::Object(selected)
}

fn insert(target: &mut Map<String, Value>, parents: &[String], last: &str, value: &Value) {
    match parents {
        [] => {
            target.insert(last.to_owned(), value.clone());
        }
        [step, rest @ ..] => {
            let next = target.entry(step.clone()).or_insert_with(|| Value::Object(Map::new()));
            // Anything else cannot have a member.
            if let Value::Object(members) = next {
                insert(members, rest, last, value);
            }
        }
    }
}
