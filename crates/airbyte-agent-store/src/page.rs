//! Pages and passes as data, and what is noted about an account when one is written.

use serde_json::Value;

use crate::db::{Db, cells};
use crate::error::{Error, Result};
use crate::table::Table;

/// A page of records and where the sync stands after it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Page<'a> {
    /// The records as the vendor returned them: JSON objects.
    pub records: &'a [Value],
    /// Where the sync continues after this page, in the words of the sync; `None` leaves the position as it is.
    pub position: Option<&'a Value>,
    /// The pass through all records that the page belongs to, if it belongs to one.
    pub pass: Option<Pass>,
}

/// What a write has done, in records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Counts {
    /// Records that were not in the store.
    pub inserted: u64,
    /// Records that differ from what was in the store.
    pub changed: u64,
    /// Records that were in the store as they are.
    pub unchanged: u64,
    /// Records that were removed.
    pub deleted: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, more: Self) {
        self.inserted += more.inserted;
        self.changed += more.changed;
        self.unchanged += more.unchanged;
        self.deleted += more.deleted;
    }
}

/// A pass through all records of an account in a table. When it is complete, records that it has not seen are
/// removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    pub(crate) number: i64,
}

pub(crate) fn ensure_account(db: &dyn Db, table: &Table, account: &str) -> Result<()> {
    let sql = "INSERT INTO _accounts (table_id, account) VALUES (?, ?) ON CONFLICT DO NOTHING";
    db.execute(sql, cells![table.id, account])?;
    Ok(())
}

/// Checks that the page may be written; gives the number of records that its pass has written before.
pub(crate) fn start_page(
    db: &dyn Db,
    table: &Table,
    account: &str,
    page: Page<'_>,
) -> Result<Option<usize>> {
    let refused = |why: &str| Err(Error::Table { table: table.name.clone(), why: why.to_owned() });
    ensure_account(db, table, account)?;
    let sql = "SELECT pass, pass_records FROM _accounts WHERE table_id = ? AND account = ?";
    let known = db.row(sql, cells![table.id, account])?.unwrap_or_default();
    let (current, records) = (known.optional_integer(0), known.integer(1));
    match page.pass {
        None if table.key.is_empty() && !page.records.is_empty() => refused(
            "its records have no key, so that they can be written in a pass through all of them only",
        ),
        None => Ok(None),
        Some(pass) if current == Some(pass.number) => Ok(usize::try_from(records).ok()),
        Some(_) => {
            refused("the pass is not under way: it was completed, given up, or another was begun")
        }
    }
}

pub(crate) fn finish_page(
    db: &dyn Db,
    table: &Table,
    account: &str,
    page: Page<'_>,
    counts: &Counts,
    now: &str,
) -> Result<()> {
    let position = page.position.map(Value::to_string);
    let written = if page.pass.is_some() { page.records.len() } else { 0 };
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let more = number(counts.inserted) - number(counts.deleted);
    db.execute(
        "UPDATE _accounts SET position = coalesce(?, position), synced_at = ?, rows = rows + ?,
         pass_records = pass_records + ? WHERE table_id = ? AND account = ?",
        cells![position, now, more, written, table.id, account],
    )?;
    Ok(())
}

pub(crate) fn forget_pass(db: &dyn Db, table: &Table, account: &str) -> Result<()> {
    db.execute(
        "DELETE FROM _seen WHERE pass =
         (SELECT pass FROM _accounts WHERE table_id = ?1 AND account = ?2)",
        cells![table.id, account],
    )?;
    db.execute(
        "UPDATE _accounts SET pass = NULL, pass_started_at = NULL, pass_records = 0
         WHERE table_id = ? AND account = ?",
        cells![table.id, account],
    )?;
    Ok(())
}
