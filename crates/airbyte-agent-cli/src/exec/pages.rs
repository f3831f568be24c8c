//! `exec --all`: page after page, up to a number of records.

use airbyte_agent_core::Call;
use serde_json::{Value, json};

use crate::args::{ExecArgs, Format};
use crate::exec::hint_at_next;
use crate::failure::Stop;
use crate::mask::Mask;
use crate::output::{self, Printed};
use crate::progress::Progress;
use crate::terminal;

/// Follows the pages. JSON lines go out page by page; the other formats need all records.
pub(super) async fn all(args: &ExecArgs, call: Call, mask: &Mask) -> Result<(), Stop> {
    let format = output::format(args.output);
    let streams = format == Format::Jsonl;
    // A bar between the records on the same terminal would garble both.
    let progress = (!streams || !terminal::shows_output()).then(|| Progress::new(args.max));
    let mut left = args.max.map_or(usize::MAX, |max| usize::try_from(max).unwrap_or(usize::MAX));
    let mut records = Vec::new();
    let mut meta = Value::Null;
    let mut next = None;
    let mut pages = call.outcomes();
    while left > 0 {
        let Some(page) = pages.try_next().await? else { break };
        let mut data = match page.data {
            Value::Array(items) => items,
            Value::Null => Vec::new(),
            one => vec![one],
        };
        // A cursor behind records that are cut off would skip them.
        next = page.next.filter(|_| data.len() <= left).map(|cursor| cursor.to_string());
        data.truncate(left);
        left -= data.len();
        meta = page.meta;
        if let Some(progress) = &progress {
            progress.page(data.len());
        }
        let mut data = Value::Array(data);
        mask.clean(&mut data);
        if streams {
            output::lines(&data)?;
        } else if let Value::Array(data) = data {
            records.extend(data);
        }
    }
    drop(progress);
    if !streams {
        mask.clean(&mut meta);
        let told = args.cursor.then(|| json!(next));
        output::print(format, &Printed { data: Value::Array(records), meta, next: told })?;
    }
    hint_at_next(next.as_deref());
    Ok(())
}
