//! Calls of the tools over the store, as models write them.

use serde_json::{Map, Value, json};

use super::RecordsTool;
use crate::controls::{Control, Controls, text, texts};
use crate::error::ToolError;
use crate::json_text;
use crate::result::format::Format;

/// A call of one of the tools.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum RecordsCall {
    /// What there is: all tables, or the columns of these.
    Tables(Vec<String>),
    /// A statement in SQL.
    Sql { query: String, controls: Controls },
    /// The records with these words, of these tables or of all.
    Find { words: String, tables: Vec<String>, controls: Controls },
    /// The records of a table that meet the query of a search.
    Search { table: String, query: Value, controls: Controls },
}

/// Reads the arguments of a call.
pub(crate) fn decide(
    tool: RecordsTool,
    mut arguments: Map<String, Value>,
) -> Result<RecordsCall, ToolError> {
    let mut take = |name: &str| arguments.remove(name).filter(|value| !value.is_null());
    let mut tables = names("table", take("table").or_else(|| take("tables")))?;
    if tool == RecordsTool::Tables {
        end(&arguments, &["table"])?;
        return Ok(RecordsCall::Tables(tables));
    }
    let words = take("query").or_else(|| take("sql")).map_or(Ok(String::new()), |value| {
        text("query", &value).map(|text| text.trim().to_owned())
    })?;
    let filter = take("filter").map(|value| object("filter", value)).transpose()?;
    let sort = sort(take("sort"))?;
    let mut controls = Controls::default();
    if tool == RecordsTool::Sql {
        controls.format = Format::Tsv;
    }
    let fitting: &[Control] = match tool {
        RecordsTool::Sql => &[Control::MaxRecords, Control::Format],
        _ => &[Control::Fields, Control::MaxRecords, Control::Cursor, Control::Format],
    };
    for control in fitting {
        let value = arguments.remove(control.name()).or_else(|| {
            // The word of SQL for the same.
            let is_most = *control == Control::MaxRecords;
            is_most.then(|| arguments.remove("limit")).flatten()
        });
        if let Some(value) = value.filter(|value| !value.is_null()) {
            controls.set(*control, control.name(), &value)?;
        }
    }
    if tool == RecordsTool::Sql {
        end(&arguments, &["query", "max_records", "format"])?;
        if words.is_empty() {
            let problem = "'query' is missing: one SELECT, such as SELECT * FROM a_table LIMIT 5";
            return Err(ToolError::argument("query", problem));
        }
        return Ok(RecordsCall::Sql { query: words, controls });
    }
    let known = ["query", "table", "filter", "sort", "fields", "max_records", "cursor", "format"];
    end(&arguments, &known)?;
    let is_list = filter.is_some() || !sort.is_empty() || controls.cursor.is_some();
    match (words.is_empty(), is_list || !tables.is_empty()) {
        (true, false) => Err(ToolError::argument(
            "query",
            "'query' is missing: words to look for; or name a table and a filter",
        )),
        (false, _) if is_list => Err(ToolError::argument(
            "filter",
            "'query' has no filter, sort or cursor; use {\"fuzzy\":{\"field\":\"words\"}} in the filter instead",
        )),
        (false, _) => Ok(RecordsCall::Find { words, tables, controls }),
        (true, _) if tables.len() == 1 => {
            let mut query = Map::new();
            query.extend(filter.map(|filter| ("filter".to_owned(), filter)));
            if !sort.is_empty() {
                query.insert("sort".to_owned(), sort.into());
            }
            let (table, query) = (tables.remove(0), Value::Object(query));
            Ok(RecordsCall::Search { table, query, controls })
        }
        (true, _) => {
            let problem = "'table' must be the one table whose records are wanted";
            Err(ToolError::argument("table", problem))
        }
    }
}

/// Refuses arguments that nothing has taken.
fn end(arguments: &Map<String, Value>, known: &[&str]) -> Result<(), ToolError> {
    let unknown = arguments.iter().find(|(_, value)| !value.is_null());
    unknown.map_or(Ok(()), |(name, _)| {
        let near = airbyte_agent_description::suggestion(name, known);
        let problem =
            format!("there is no argument '{name}'{near}; there are {}", known.join(", "));
        Err(ToolError::argument(name, problem))
    })
}

/// Names in a list, or in a text with commas between them.
fn names(argument: &str, value: Option<Value>) -> Result<Vec<String>, ToolError> {
    let all = value.map_or(Ok(Vec::new()), |value| texts(argument, &value))?;
    let all = all.iter().flat_map(|text| text.split(',')).map(str::trim);
    Ok(all.filter(|name| !name.is_empty()).map(str::to_owned).collect())
}

/// An object, or the JSON text of one.
fn object(argument: &str, value: Value) -> Result<Value, ToolError> {
    let wrong = || {
        let problem = format!("'{argument}' must be an object such as {{\"eq\": {{\"id\": 1}}}}");
        ToolError::argument(argument, problem)
    };
    match value {
        Value::Object(_) => Ok(value),
        Value::String(text) => {
            let parsed: Value = serde_json::from_str(&text).map_err(|_| wrong())?;
            json_text::check(argument, &text)?;
            if parsed.is_object() { Ok(parsed) } else { Err(wrong()) }
        }
        _ => Err(wrong()),
    }
}

/// The order as a search takes it: from `-created_at, id`, or from the form of the search itself.
fn sort(value: Option<Value>) -> Result<Vec<Value>, ToolError> {
    let entries = match value {
        Some(Value::Array(entries)) if entries.iter().all(Value::is_object) => return Ok(entries),
        Some(one @ Value::Object(_)) => return Ok(vec![one]),
        other => names("sort", other)?,
    };
    let entries = entries.iter().map(|entry| match entry.strip_prefix('-') {
        Some(field) => json!({ field.trim(): "desc" }),
        None => match entry.rsplit_once(' ') {
            Some((field, order)) if order.eq_ignore_ascii_case("desc") => {
                json!({ field.trim(): "desc" })
            }
            Some((field, order)) if order.eq_ignore_ascii_case("asc") => {
                json!({ field.trim(): "asc" })
            }
            _ => json!({ entry.trim_start_matches('+'): "asc" }),
        },
    });
    Ok(entries.collect())
}
