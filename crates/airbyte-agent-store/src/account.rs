//! Where the sync of each account stands.

use serde_json::Value;

use crate::db::cells;
use crate::error::Result;
use crate::page::Pass;
use crate::store::Store;
use crate::table::Table;

/// Where the sync of an account in a table stands.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AccountState {
    /// What the sync gave with its last page.
    pub position: Option<Value>,
    /// When the last page was written, in UTC.
    pub synced_at: Option<String>,
    /// When the last pass was complete, in UTC.
    pub complete_at: Option<String>,
    /// The pass that is under way.
    pub pass: Option<Pass>,
    /// Number of records of the account in the table.
    pub rows: u64,
    /// Number of records that the pass under way has written.
    pub pass_records: u64,
}

impl Store {
    /// Where the sync of an account in a table stands; `None` if it never wrote anything.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn account(&self, table: &Table, account: &str) -> Result<Option<AccountState>> {
        self.read(|db| {
            let sql = "SELECT position, synced_at, complete_at, pass, rows, pass_records
                 FROM _accounts WHERE table_id = ? AND account = ?";
            let known = db.row(sql, cells![table.id, account])?;
            Ok(known.map(|row| AccountState {
                position: row.optional_text(0).and_then(|text| serde_json::from_str(&text).ok()),
                synced_at: row.optional_text(1),
                complete_at: row.optional_text(2),
                pass: row.optional_integer(3).map(|number| Pass { number }),
                rows: row.count(4),
                pass_records: row.count(5),
            }))
        })
    }
}
