//! The command `sql`: queries the records in the store.

use airbyte_agent_store::{QueryLimits, Store};
use serde_json::{Map, Value, json};

use crate::args::format::Format;
use crate::args::sql::SqlArgs;
use crate::failure::Stop;
use crate::output::{self, RecordHints, ResultDocument};
use crate::{notes, records};

/// Runs the query and prints its rows.
pub(crate) fn run_sql(args: &SqlArgs) -> Result<(), Stop> {
    let store = records::open_existing(&args.store)?;
    let limits = QueryLimits::default().rows(args.max_rows).bytes(1 << 30).time(args.timeout);
    let rows = store.query(&args.query, &limits).map_err(records::error)?;
    let freshness = freshness(&store, &args.query).map_err(records::error)?;
    let names = rows.names();
    let is_cut = rows.cut.is_some();
    let meta = json!({
        "columns": names,
        "rows": rows.rows.len(),
        "truncated": is_cut,
        "freshness": freshness,
        "calls": 0,
    });
    let objects =
        rows.rows.into_iter().map(|row| Value::Object(names.iter().cloned().zip(row).collect()));
    let document = ResultDocument { data: objects.collect(), meta, next: None, total: None };
    let format = output::format_or_default(args.output);
    // The columns in the order of the query, also where no row has a value.
    let hints = RecordHints { schema: None, selected: &names };
    output::print_records(format, &document, &hints)?;
    if is_cut && !matches!(format, Format::Json | Format::Yaml) {
        let rows = args.max_rows;
        notes::print_warnings([format!("there are more than these {rows} rows; see --max-rows")]);
    }
    Ok(())
}

/// How fresh the tables are that the query names, by table and account.
fn freshness(store: &Store, query: &str) -> Result<Value, airbyte_agent_store::Error> {
    let words: Vec<String> =
        query.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_lowercase).collect();
    let mut found = Map::new();
    for summary in store.tables()? {
        let name = summary.table.name().to_owned();
        if words.contains(&name.to_lowercase()) {
            found.insert(name, json!(summary.accounts));
        }
    }
    Ok(Value::Object(found))
}
