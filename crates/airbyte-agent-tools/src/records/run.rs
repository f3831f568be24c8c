//! Runs the calls of the tools over the store.

use airbyte_agent_engine::local_store::{Limits, View as StoreView};
use serde_json::{Map, Value, json};

use super::arguments::RecordsCall;
use super::scope::{self, Readable};
use super::shown::{self, Groups};
use super::{Records, freshness};
use crate::controls::Controls;
use crate::cursor_memory::Handles;
use crate::error::ToolError;
use crate::limits::ResultLimits;
use crate::output::ToolOutput;
use crate::prose;
use crate::result::clean;
use crate::result::list_text::ListText;
use crate::result::notes::Notes;
use crate::result::render::Supplement;
use crate::result::shown_fields::ShownFields;
use crate::result::view::{ALL, DefaultFields, View};
use crate::toolset::Toolset;

/// The most rows of a query that does not say how many it wants.
const USUAL_ROWS: usize = 100;

/// The most rows of a query.
const MOST_ROWS: usize = 5_000;

/// The most records of a search.
const MOST_HITS: usize = 100;

/// The longest description of a table or column, in characters.
const LONGEST_DESCRIPTION: usize = 100;

/// Makes a call.
pub(crate) async fn run(
    tools: &Toolset,
    records: &Records,
    call: RecordsCall,
    handles: Handles<'_>,
) -> Result<ToolOutput, ToolError> {
    let tables = scope::readable(tools, records).await?;
    match call {
        RecordsCall::Tables(wanted) => describe(tools, &tables, &wanted),
        RecordsCall::Sql { query, controls } => {
            sql(tools, records, &tables, &query, &controls).await
        }
        RecordsCall::Find { words, tables: wanted, controls } => {
            find(tools, records, (&tables, &wanted), &words, &controls).await
        }
        RecordsCall::Search { table, query, controls } => {
            let table = scope::find(&tables, &table)?;
            search(tools, records, table, query, controls, handles).await
        }
    }
}

/// What the tables are, or the columns of those that are wanted.
fn describe(
    tools: &Toolset,
    tables: &[Readable<'_>],
    wanted: &[String],
) -> Result<ToolOutput, ToolError> {
    let short = |text: &str| prose::short(&clean::line(text), LONGEST_DESCRIPTION);
    let mut lines = Vec::new();
    let mut structured = Vec::new();
    if wanted.is_empty() {
        for Readable { table, view, .. } in tables {
            let rows: u64 = table.accounts.iter().map(|account| account.rows).sum();
            let accounts = match view.accounts.as_slice() {
                [_] => String::new(),
                several => format!(" of {}", several.join(", ")),
            };
            let age = freshness::of_accounts(&table.accounts);
            let about = short(&table.description);
            lines.push(format!("{} ({rows} rows{accounts}, {age}): {about}", table.name));
            structured.push(json!({
                "table": table.name, "rows": rows, "accounts": table.accounts, "description": about,
            }));
        }
        if lines.is_empty() {
            lines.push(
                "No records were copied that may be read here; 'airbyte-agent sync CONNECTOR' copies them."
                    .to_owned(),
            );
        }
    }
    for name in wanted {
        let found = scope::find(tables, name)?;
        let table = &found.table;
        lines.push(format!("{} ({}):", table.name, freshness::of_accounts(&table.accounts)));
        let columns: Vec<Value> = found
            .columns()
            .map(|column| {
                let about = short(&column.description);
                let text = if about.is_empty() { String::new() } else { format!(": {about}") };
                lines.push(format!("  {} {}{text}", column.name, column.kind));
                let accounts = &found.view.accounts;
                let own = column.remarks.iter().filter(|one| accounts.contains(&one.account));
                let remarks: Vec<&String> = own.map(|one| &one.text).collect();
                lines.extend(remarks.iter().map(|text| format!("    {}.", clean::line(text))));
                let mut members =
                    json!({"name": column.name, "type": column.kind, "description": about});
                if !remarks.is_empty() {
                    members["remarks"] = json!(remarks);
                }
                members
            })
            .collect();
        lines.push(
            "  and _account, _key, _synced_at, _record (the whole record as JSON)".to_owned(),
        );
        structured.push(json!({"table": table.name, "columns": columns}));
    }
    Ok(shown::lines(&lines, json!({"tables": structured}), &tools.result_limits()))
}

/// What the store says about the values that a query compares, as notes.
fn as_notes(remarks: &[String]) -> Vec<String> {
    remarks.iter().map(|text| format!("{}.", clean::line(text))).collect()
}

async fn sql(
    tools: &Toolset,
    records: &Records,
    tables: &[Readable<'_>],
    query: &str,
    controls: &Controls,
) -> Result<ToolOutput, ToolError> {
    let limits = tools.result_limits();
    let most = controls.max_records.and_then(|most| usize::try_from(most).ok());
    let text_limits = if most.is_none() { limits.of_default_list() } else { limits };
    let most = most.unwrap_or(USUAL_ROWS).min(MOST_ROWS);
    let views: Vec<StoreView> = tables.iter().map(|table| table.view.clone()).collect();
    let within = Limits::default().rows(most).bytes(limits.max_bytes.saturating_mul(4));
    let rows = records.store.query(query, &views, &within).await?;
    let read: Vec<&Readable<'_>> =
        tables.iter().filter(|table| rows.views.contains(&table.table.name)).collect();

    let mut notes = Notes::default();
    let view = View::new(&[ALL.to_owned()], &[], DefaultFields::NotEmpty, limits.record_text);
    let remarks = as_notes(&rows.remarks);
    let columns = rows.columns;
    let objects = rows
        .rows
        .into_iter()
        .map(|row| Value::Object(columns.iter().cloned().zip(row).collect::<Map<String, Value>>()));
    let mut objects: Vec<Value> = objects.collect();
    shown::clean_secrets(tools, &mut objects);
    view.prepare(&mut objects, None, &mut notes);
    let mut text = ListText::new(controls.format, text_limits);
    let mut data = Vec::new();
    for object in objects {
        let object = view.show(object, &ShownFields::default(), &mut notes);
        text.add(&object);
        data.push(object);
        if text.is_full() {
            break;
        }
    }
    let cut = notes.take_cut();
    let mut said = notes.sentences("", None);
    if let Some((field, length)) = cut {
        said.push(format!(
            "Long texts are cut, such as {field} ({length} characters); substr({field}, {}) gives the rest.",
            limits.record_text + 1
        ));
    }
    let age = freshness::sentence(&read);
    let supplement = |count: usize| {
        let mut notes = Vec::new();
        if count == 0 {
            notes.push("No rows.".to_owned());
        }
        if count < data.len() || rows.is_cut {
            notes.push(format!(
                "There are more than these {count} rows; narrow the query, or end it with ORDER BY … LIMIT {count} \
                 OFFSET {count}."
            ));
        }
        notes.extend(said.iter().cloned());
        notes.extend(remarks.iter().cloned());
        notes.extend(age.clone());
        Supplement { notes, ..Supplement::default() }
    };
    shown::fitting(text, &data, supplement, limits)
}

async fn find(
    tools: &Toolset,
    records: &Records,
    (tables, wanted): (&[Readable<'_>], &[String]),
    words: &str,
    controls: &Controls,
) -> Result<ToolOutput, ToolError> {
    let limits = tools.result_limits();
    let searched: Vec<&Readable<'_>> = if wanted.is_empty() {
        tables.iter().collect()
    } else {
        wanted.iter().map(|name| scope::find(tables, name)).collect::<Result<_, _>>()?
    };
    let most = controls.max_records.and_then(|most| usize::try_from(most).ok());
    let most = most.unwrap_or(limits.list_records.min(10)).min(MOST_HITS);
    let views: Vec<StoreView> = searched.iter().map(|table| table.view.clone()).collect();
    let hits = records.store.find(words, &views, &Limits::default().rows(most)).await?;
    let names_accounts = views.iter().any(|view| view.accounts.len() > 1);

    let mut notes = Notes::default();
    let mut groups = Groups::new(tools, controls, &searched);
    let mut read: Vec<&Readable<'_>> = Vec::new();
    for hit in &hits.hits {
        groups.add(&hit.view, hit.record.clone(), &mut notes);
        if let Some(table) = searched.iter().find(|table| table.table.name == hit.view)
            && !read.iter().any(|known| known.table.name == hit.view)
        {
            read.push(table);
        }
    }
    let mut data = Vec::new();
    for (hit, record) in hits.hits.iter().zip(groups.shown(&mut notes)) {
        let mut members = Map::new();
        members.insert("table".to_owned(), hit.view.clone().into());
        if names_accounts {
            members.insert("account".to_owned(), hit.account.clone().into());
        }
        if let (Some(field), Some(snippet)) = (&hit.field, &hit.snippet) {
            members.insert("match".to_owned(), format!("{field}: {snippet}").into());
        }
        members.insert("record".to_owned(), record);
        data.push(Value::Object(members));
    }
    shown::clean_secrets(tools, &mut data);
    for hit in &mut data {
        notes.add_hidden_characters(clean::value(hit));
    }
    let mut text = ListText::new(controls.format, limits);
    for hit in &data {
        text.add(hit);
    }
    if !data.is_empty() && !controls.fields.is_empty() {
        groups.note_missing(&mut notes);
    }
    let said = notes.sentences("fields", None);
    let age = freshness::sentence(if read.is_empty() { &searched } else { &read });
    let supplement = |count: usize| {
        let mut notes = Vec::new();
        if count == 0 {
            notes.push("No records match.".to_owned());
        }
        if count < data.len() || hits.has_more {
            notes.push("There are more; add words, name a table, or set max_records.".to_owned());
        }
        if hits.is_partly_ranked {
            notes.push("Too many match for the best to be found surely; add words.".to_owned());
        }
        notes.extend(said.iter().cloned());
        notes.extend(age.clone());
        Supplement { notes, ..Supplement::default() }
    };
    shown::fitting(text, &data, supplement, limits)
}

async fn search(
    tools: &Toolset,
    records: &Records,
    table: &Readable<'_>,
    query: Value,
    controls: Controls,
    handles: Handles<'_>,
) -> Result<ToolOutput, ToolError> {
    let limits = tools.result_limits();
    let most = controls.max_records.and_then(|most| usize::try_from(most).ok());
    let text_limits: ResultLimits = if most.is_none() { limits.of_default_list() } else { limits };
    let most = most.unwrap_or(limits.list_records).clamp(1, MOST_HITS);
    let mut arguments = Map::new();
    arguments.insert("query".to_owned(), query);
    arguments.insert("limit".to_owned(), most.into());
    if let Some(text) = &controls.cursor {
        arguments.insert("cursor".to_owned(), handles.resolve(text)?.into());
    }
    let page = records.store.search(&table.view, &arguments, &Limits::default()).await?;

    let mut notes = Notes::default();
    let remarks = as_notes(&page.remarks);
    let only = [table];
    let mut groups = Groups::new(tools, &controls, &only);
    for record in page.records {
        groups.add(&table.table.name, record, &mut notes);
    }
    let mut data = groups.shown(&mut notes);
    shown::clean_secrets(tools, &mut data);
    if !data.is_empty() {
        groups.note_missing(&mut notes);
    }
    let mut text = ListText::new(controls.format, text_limits);
    let mut fitting = 0;
    for record in &data {
        text.add(record);
        if text.is_full() && fitting > 0 {
            break;
        }
        fitting += 1;
    }
    let said = notes.sentences("fields", None);
    let age = freshness::sentence(&[table]);
    // The longest that a cursor may make the text is known before it is.
    let supplement = |count: usize, cursor: Option<&str>| {
        let mut notes = Vec::new();
        if count == 0 {
            notes.push("No records match.".to_owned());
        }
        notes.extend(said.iter().cloned());
        notes.extend(remarks.iter().cloned());
        notes.extend(age.clone());
        let meta = cursor.map_or(Value::Null, |cursor| json!({"next_cursor": cursor}));
        Supplement { meta, notes, ..Supplement::default() }
    };
    let whole = supplement(data.len(), page.cursor.as_deref());
    if fitting == data.len() && text.fits(fitting, &whole) {
        let whole = supplement(data.len(), handles.shown(page.cursor).as_deref());
        let text = text.finish(fitting, &whole);
        return Ok(whole.output(data.into(), text));
    }
    // Fewer records fit, and the search goes on behind these.
    let fits = |count: usize| text.fits(count, &supplement(count, Some(&"x".repeat(400))));
    let mut count = fitting;
    while count > 1 && !fits(count) {
        count -= 1;
    }
    arguments.insert("limit".to_owned(), count.max(1).into());
    let shorter = records.store.search(&table.view, &arguments, &Limits::default()).await?;
    let part = supplement(count, handles.shown(shorter.cursor).as_deref());
    text.set_limits(limits);
    if !text.fits(count.max(1), &part) {
        return Err(shown::too_large());
    }
    let text = text.finish(count.max(1), &part);
    data.truncate(count.max(1));
    Ok(part.output(data.into(), text))
}
