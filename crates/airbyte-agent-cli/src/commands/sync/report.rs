//! What `sync` prints when it has ended.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use airbyte_agent_core::Error;
use airbyte_agent_sync::{EntityReport, Report, Skipped};
use serde_json::{Value, json};

use crate::args::format::DocumentFormat;
use crate::failure::Stop;
use crate::{output, records, terminal};

/// What was copied.
pub(super) struct Summary {
    path: PathBuf,
    started: Instant,
    parts: Vec<Part>,
}

/// What was copied of an account.
struct Part {
    connector: String,
    account: String,
    report: Report,
}

impl Summary {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), started: Instant::now(), parts: Vec::new() }
    }

    pub(super) fn add(&mut self, connector: &str, account: &str, report: Report) {
        let (connector, account) = (connector.to_owned(), account.to_owned());
        self.parts.push(Part { connector, account, report });
    }

    /// The first error, with the number of entities that failed.
    pub(super) fn error(&self) -> Option<Error> {
        let reports = || self.parts.iter().map(|part| &part.report);
        let entities = || reports().flat_map(|report| &report.entities);
        let failed = entities().filter(|entity| !entity.is_complete()).count();
        let first = entities().find(|entity| !entity.is_complete())?;
        let error = records::sync_error(&first.troubles.first()?.error);
        let all = entities().count();
        let doing = format!("{failed} of {all} entities could not be copied; {}", first.entity);
        Some(error.context(&doing))
    }

    fn to_json(&self) -> Value {
        let data: Vec<Value> = self
            .parts
            .iter()
            .flat_map(|part| part.report.entities.iter().map(|entity| of_entity(part, entity)))
            .collect();
        let skipped: Vec<Value> = self
            .parts
            .iter()
            .flat_map(|part| part.report.skipped.iter().map(|skipped| of_skipped(part, skipped)))
            .collect();
        let sum = |name: &str| data.iter().filter_map(|entity| entity[name].as_u64()).sum::<u64>();
        let failed = data.iter().filter(|entity| entity["complete"] == false).count();
        let meta = json!({
            "store": self.path,
            "entities": data.len(),
            "failed": failed,
            "records": sum("records"),
            "pages": sum("pages"),
            "seconds": self.started.elapsed().as_secs_f64(),
            "skipped": skipped,
        });
        json!({"data": data, "meta": meta})
    }

    /// Prints one JSON object, or a line for each entity.
    pub(super) fn print(&self, format: Option<DocumentFormat>) -> Result<(), Stop> {
        let mut out = terminal::stdout();
        if output::document_format_or_default(format) == DocumentFormat::Json {
            writeln!(out, "{}", output::json_for_output(&self.to_json()))?;
            return Ok(());
        }
        for part in &self.parts {
            for entity in &part.report.entities {
                writeln!(out, "{}", line(part, entity))?;
                for misfit in &entity.misfits {
                    writeln!(out, "    {}", terminal::single_line(&misfit.sentence()))?;
                }
                for trouble in &entity.troubles {
                    writeln!(out, "    {}", terminal::single_line(&trouble.error.to_string()))?;
                }
            }
            for skipped in &part.report.skipped {
                let Skipped { entity, reason, .. } = skipped;
                writeln!(out, "{}.{entity}: left out: {reason}", part.connector)?;
            }
        }
        Ok(())
    }
}

fn of_entity(part: &Part, entity: &EntityReport) -> Value {
    let errors: Vec<Value> = entity
        .troubles
        .iter()
        .map(|trouble| {
            let message = trouble.error.to_string();
            json!({
                "kind": trouble.error.kind().as_str(),
                "message": message,
                "arguments": trouble.arguments,
            })
        })
        .collect();
    let misfits: Vec<Value> = entity
        .misfits
        .iter()
        .map(|misfit| {
            json!({
                "column": misfit.column,
                "type": misfit.kind,
                "found": misfit.found,
                "values": misfit.values,
                "message": misfit.sentence(),
            })
        })
        .collect();
    json!({
        "connector": part.connector,
        "account": part.account,
        "entity": entity.entity,
        "mode": entity.mode,
        "complete": entity.is_complete(),
        "continued": entity.is_continued,
        "lists": entity.lists,
        "pages": entity.pages,
        "records": entity.records,
        "inserted": entity.counts.inserted,
        "changed": entity.counts.changed,
        "unchanged": entity.counts.unchanged,
        "deleted": entity.counts.deleted,
        "rows": entity.rows,
        "not_modified": entity.not_modified,
        "gone": entity.gone,
        "unreadable_times": entity.unreadable_times,
        "misfits": misfits,
        "seconds": entity.took.as_secs_f64(),
        "errors": errors,
    })
}

fn of_skipped(part: &Part, skipped: &Skipped) -> Value {
    json!({
        "connector": part.connector,
        "account": part.account,
        "entity": skipped.entity,
        "reason": skipped.reason,
    })
}

/// What was done for an entity, for people.
pub(super) fn words(entity: &EntityReport) -> String {
    let counts = entity.counts;
    let seconds = entity.took.as_secs_f64();
    #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = entity.records as f64 / seconds.max(0.001);
    let state = if entity.is_complete() { "" } else { "FAILED, " };
    format!(
        "{state}{} rows ({} new, {} changed, {} deleted), {} records in {} pages, {rate:.0} records/s",
        entity.rows, counts.inserted, counts.changed, counts.deleted, entity.records, entity.pages
    )
}

fn line(part: &Part, entity: &EntityReport) -> String {
    format!("{}.{}: {}", part.connector, entity.entity, words(entity))
}
