//! Searches by filter, order, fields and cursor, as the context store has them.

use std::collections::HashSet;
use std::time::Instant;

use airbyte_agent_description::suggestion;
use rusqlite::params_from_iter;
use rusqlite::types::Value as Parameter;
use serde::Serialize;
use serde_json::{Map, Value};

use super::cursor::{Cursor, Key};
use super::grammar;
use super::translate::{Place, Translation, place};
use crate::error::{Error, Result};
use crate::misfits::{self, Misfit, ReadTable};
use crate::sql::QueryLimits;
use crate::store::Store;
use crate::table::{OWN_COLUMNS, Table, record_expression};
use crate::view::View;

/// Records of a page if the search does not say.
const USUAL_LIMIT: u64 = 10;

/// Most records of a page.
const MOST: u64 = 1_000;

/// One page of the records that a search finds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SearchPage {
    /// The records, or the fields of them that were selected.
    pub data: Vec<Value>,
    /// Whether there is another page.
    pub has_more: bool,
    /// What the search for the next page passes as `cursor`; `None` on the last page.
    pub cursor: Option<String>,
    /// The values that are not of the type of their column, in the columns by which the search selects and sorts.
    pub misfits: Vec<Misfit>,
    /// How long the search took, in milliseconds.
    pub took_ms: f64,
}

impl Store {
    /// A search with the arguments of the context store's search: `query` with `filter` and `sort`, `limit`,
    /// `cursor` and `fields`. `accounts` are those whose records are searched; all of them if there are none.
    /// A record without a field by which the records are sorted comes last.
    ///
    /// # Errors
    ///
    /// [`Error::Search`] for arguments that are wrong; [`Error::Query`] if the search takes longer than the
    /// limits allow.
    pub fn search(
        &self,
        table: &Table,
        accounts: &[&str],
        arguments: &Map<String, Value>,
        limits: &QueryLimits,
    ) -> Result<SearchPage> {
        let accounts = Some(accounts).filter(|accounts| !accounts.is_empty());
        self.search_table(table, accounts, arguments, limits)
    }

    /// A search in a view, with the arguments of [`search`](Self::search). Fields that the view withholds do not exist.
    ///
    /// # Errors
    ///
    /// As [`search`](Self::search); [`Error::Search`] also if the view has no table.
    pub fn search_view(
        &self,
        view: &View,
        arguments: &Map<String, Value>,
        limits: &QueryLimits,
    ) -> Result<SearchPage> {
        let table = self.read(|reader| reader.internally(|connection| view.table(connection)))?;
        let table = table.ok_or_else(|| {
            let View { connector, entity, .. } = view;
            Error::Search(format!("the store has no table of {connector} {entity}"))
        })?;
        let accounts: Vec<&str> = view.accounts.iter().map(String::as_str).collect();
        self.search_table(&table, Some(&accounts), arguments, limits)
    }

    /// A search in the records of these accounts, or in all of them.
    fn search_table(
        &self,
        table: &Table,
        accounts: Option<&[&str]>,
        arguments: &Map<String, Value>,
        limits: &QueryLimits,
    ) -> Result<SearchPage> {
        let started = Instant::now();
        let wanted = Wanted::read(table, arguments)?;
        // What a cursor belongs to.
        let identity = Value::from(vec![
            arguments.get("query").cloned().unwrap_or_default(),
            accounts.unwrap_or_default().into(),
        ])
        .to_string();
        let cursor = arguments.get("cursor").filter(|cursor| !cursor.is_null());
        let cursor = cursor.map(|cursor| Cursor::read(cursor, &identity)).transpose()?;
        self.read(|reader| {
            reader.internally_within(limits, |connection| {
                let table = &table.current(connection)?;
                let mut translation = Translation { table, connection, parameters: Vec::new() };
                let sql = statement(&mut translation, accounts, &wanted, cursor.as_ref())?;
                let mut statement = connection.prepare(&sql)?;
                let mut rows = statement.query(params_from_iter(translation.parameters))?;
                let mut data = Vec::new();
                let mut last = None;
                let mut has_more = false;
                while let Some(row) = rows.next()? {
                    if data.len() >= wanted.limit {
                        has_more = true;
                        break;
                    }
                    let record: String = row.get(1)?;
                    let record: Value = serde_json::from_str(&record).unwrap_or_default();
                    data.push(
                        wanted
                            .fields
                            .as_ref()
                            .map_or_else(|| record.clone(), |f| select(&record, f)),
                    );
                    let keys = (0..wanted.sort.len())
                        .map(|index| Ok(Key::from_sql(row.get_ref(index + 2)?)));
                    last = Some((row.get(0)?, keys.collect::<rusqlite::Result<Vec<_>>>()?));
                }
                let cursor = last.filter(|_| has_more);
                let fields = wanted.compared_fields();
                let all: Vec<String> =
                    accounts.unwrap_or_default().iter().map(|one| (*one).to_owned()).collect();
                let accounts = accounts.map(|_| all.as_slice());
                let read = ReadTable { name: &table.name, table, accounts };
                let misfits = misfits::load(connection, &[read], |_, column| {
                    let column = table.columns.iter().find(|known| known.name == column);
                    column.is_some_and(|known| fields.contains(known.property.as_str()))
                })?;
                Ok(SearchPage {
                    misfits,
                    data,
                    has_more,
                    cursor: cursor.map(|(row, keys)| Cursor::new(&identity, keys, row).write()),
                    took_ms: started.elapsed().as_secs_f64() * 1000.0,
                })
            })
        })
    }
}

/// What the arguments of a search say.
struct Wanted {
    filter: Option<super::test::Condition>,
    sort: Vec<(Place, bool)>,
    /// The fields of `sort`.
    sort_fields: Vec<String>,
    limit: usize,
    fields: Option<Vec<Vec<String>>>,
}

impl Wanted {
    /// The fields of which the search compares the values.
    fn compared_fields(&self) -> HashSet<&str> {
        let mut fields: HashSet<&str> = self.sort_fields.iter().map(String::as_str).collect();
        if let Some(filter) = &self.filter {
            filter.fields(&mut fields);
        }
        fields
    }

    fn read(table: &Table, arguments: &Map<String, Value>) -> Result<Self> {
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
    let names: Vec<&str> = table.shown().map(|column| column.property.as_str()).collect();
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
            Value::String(name) if table.column(name).is_some() => vec![name.clone()],
            Value::String(name) => name.split('.').map(str::to_owned).collect(),
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

/// The statement: number, record, and the values by which the rows are sorted.
fn statement(
    translation: &mut Translation<'_>,
    accounts: Option<&[&str]>,
    wanted: &Wanted,
    cursor: Option<&Cursor>,
) -> Result<String> {
    let table = translation.table;
    let mut conditions = vec!["TRUE".to_owned()];
    if let Some(accounts) = accounts {
        let marks: Vec<String> = accounts
            .iter()
            .map(|account| translation.bind(Parameter::Text((*account).to_owned())))
            .collect();
        conditions.push(format!("_account IN ({})", marks.join(", ")));
    }
    if let Some(filter) = &wanted.filter {
        conditions.push(translation.condition(filter)?);
    }
    let keys: Vec<String> = wanted.sort.iter().map(|(place, _)| place.scalar()).collect();
    if let Some(cursor) = cursor {
        conditions.push(after(translation, wanted, &keys, cursor));
    }
    let mut order: Vec<String> = Vec::new();
    for ((_, is_descending), key) in wanted.sort.iter().zip(&keys) {
        order.push(format!("{key} {} NULLS LAST", if *is_descending { "DESC" } else { "ASC" }));
    }
    order.push("_row".to_owned());
    let selected: String = keys.iter().map(|key| format!(", {key}")).collect();
    Ok(format!(
        "SELECT _row, {}{selected} FROM {} WHERE {} ORDER BY {} LIMIT {}",
        record_expression(table),
        table.rows(),
        conditions.join(" AND "),
        order.join(", "),
        wanted.limit + 1
    ))
}

/// The condition for rows behind the cursor, in the order of the search.
fn after(
    translation: &mut Translation<'_>,
    wanted: &Wanted,
    keys: &[String],
    cursor: &Cursor,
) -> String {
    let mut alternatives = Vec::new();
    let mut equal: Vec<String> = Vec::new();
    for (((_, is_descending), key), value) in wanted.sort.iter().zip(keys).zip(&cursor.keys) {
        let is_null = *value == Key::Null;
        let value = translation.bind(value.parameter());
        if !is_null {
            let sign = if *is_descending { "<" } else { ">" };
            // Rows without a value come last.
            let behind = format!("({key} {sign} {value} OR {key} IS NULL)");
            alternatives
                .push(equal.iter().cloned().chain([behind]).collect::<Vec<_>>().join(" AND "));
        }
        equal.push(format!("{key} IS {value}"));
    }
    let row = translation.bind(Parameter::Integer(cursor.row));
    equal.push(format!("_row > {row}"));
    alternatives.push(equal.join(" AND "));
    format!("(({}))", alternatives.join(") OR ("))
}
