//! `exec --all`: page after page, up to a number of records.
//!
//! Whatever ends it early, what has arrived is printed as a whole document, and the cursor that
//! goes on behind it is told.

use std::collections::HashSet;

use airbyte_agent_core::{Call, Error};
use serde_json::{Value, json};

use super::Reading;
use crate::args::{ExecArgs, Format};
use crate::exec::hint_at_next;
use crate::failure::Stop;
use crate::interrupt::Interrupt;
use crate::output::{self, Printed};
use crate::progress::Progress;
use crate::terminal;

/// How following the pages ended.
enum Ending {
    /// At the last page, or at the number of records asked for.
    Done,
    /// By Ctrl-C.
    Interrupted,
    /// By a page that could not be had.
    Failed(Error),
}

/// Follows the pages. JSON lines go out page by page; the other formats need all records.
pub(super) async fn all(args: &ExecArgs, call: Call, reading: &Reading<'_>) -> Result<(), Stop> {
    let format = output::format(args.output);
    let streams = format == Format::Jsonl;
    let mut interrupt = Interrupt::new()?;
    // A bar between the records on the same terminal would garble both.
    let mut progress = (!streams || !terminal::shows_output()).then(|| Progress::new(args.max));
    let mut left = args.max.map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX));
    let mut records = Vec::new();
    let mut count = 0;
    let mut meta = Value::Null;
    let mut next = args.resume.clone();
    let mut seen = HashSet::new();
    let mut pages = call.outcomes();
    let ending = loop {
        if left == 0 {
            break Ending::Done;
        }
        let page = match interrupt.or(pages.try_next()).await {
            None => break Ending::Interrupted,
            Some(Err(error)) => break Ending::Failed(error),
            Some(Ok(None)) => break Ending::Done,
            Some(Ok(Some(page))) => page,
        };
        let mut data = match page.data {
            Value::Array(items) => items,
            Value::Null => Vec::new(),
            one => vec![one],
        };
        // A cursor behind records that are cut off would skip them.
        next = page.next.filter(|_| data.len() <= left).map(|cursor| cursor.to_string());
        data.truncate(left);
        left -= data.len();
        count += data.len();
        meta = page.meta;
        if let Some(progress) = &mut progress {
            if let Some(total) = total(&meta) {
                progress.expect(args.max.map_or(total, |max| max.min(total)));
            }
            progress.page(data.len());
        }
        let mut data = Value::Array(data);
        reading.mask.clean(&mut data);
        reading.note_fields(&data, &mut seen);
        if streams {
            output::lines(&data)?;
        } else if let Value::Array(data) = data {
            records.extend(data);
        }
    };
    if let Some(progress) = progress {
        progress.finish();
    }
    let is_whole = matches!(ending, Ending::Done);
    if !streams && (is_whole || count > 0) {
        reading.mask.clean(&mut meta);
        // A document that is not whole says so.
        let told = (args.cursor || !is_whole).then(|| json!(next));
        let printed = Printed { data: Value::Array(records), meta, next: told };
        output::print_known(format, &printed, &reading.known())?;
    }
    match ending {
        Ending::Done => {
            reading.warn_of_missing(count, &seen);
            hint_at_next(next.as_deref());
            Ok(())
        }
        Ending::Interrupted => Err(Stop::interrupted(
            match count {
                0 => "interrupted before the first page".to_owned(),
                1 => "interrupted after 1 record".to_owned(),
                count => format!("interrupted after {count} records"),
            },
            next,
        )),
        Ending::Failed(error) if count > 0 => Err(Stop::broken(error, next)),
        Ending::Failed(error) => Err(error.into()),
    }
}

/// How many records there are, where the metadata says so.
fn total(meta: &Value) -> Option<u64> {
    let is_total = |name: &str| {
        let name: String = name.chars().filter(char::is_ascii_alphabetic).collect();
        let name = name.to_ascii_lowercase();
        ["total", "totalcount", "totalrecords", "totalsize", "totalresults", "totalitems"]
            .contains(&name.as_str())
    };
    let found = meta.as_object()?.iter().find(|(name, value)| is_total(name) && value.is_u64());
    found.and_then(|(_, value)| value.as_u64()).filter(|total| *total > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_known_by_their_names() {
        for (meta, expected) in [
            (json!({"total_count": 5, "next": "x"}), Some(5)),
            (json!({"totalRecords": 7}), Some(7)),
            (json!({"total": 0}), None),
            (json!({"total": "many", "count": 3}), None),
            (Value::Null, None),
        ] {
            assert_eq!(total(&meta), expected, "{meta}");
        }
    }
}
