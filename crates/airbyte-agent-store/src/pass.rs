//! Passes through all records of an account, which remove what they have not seen once they are complete.

use rusqlite::params;
use serde_json::Value;

use crate::error::Result;
use crate::moment;
use crate::page::{Counts, Page, Pass, ensure_account, finish_page, forget_pass, start_page};
use crate::rows::delete_row;
use crate::store::Store;
use crate::table::Table;

impl Store {
    /// Begins a pass through all records of an account. One that was under way is given up; what it has seen is
    /// forgotten, and nothing is removed.
    ///
    /// # Errors
    ///
    /// The errors of writing.
    pub fn begin_pass(&self, table: &Table, account: &str) -> Result<Pass> {
        self.write(|transaction, _| {
            ensure_account(transaction, table, account)?;
            forget_pass(transaction, table, account)?;
            transaction.execute("UPDATE _passes SET last = last + 1", [])?;
            let number: i64 =
                transaction.query_row("SELECT last FROM _passes", [], |row| row.get(0))?;
            transaction.execute(
                "UPDATE _accounts SET pass = ?, pass_started_at = ?, pass_records = 0
                 WHERE table_id = ? AND account = ?",
                params![number, moment::now(), table.id, account],
            )?;
            Ok(Pass { number })
        })
    }

    /// The pass that is under way and can be continued at the position of its last page.
    ///
    /// # Errors
    ///
    /// The errors of reading.
    pub fn pass(&self, table: &Table, account: &str) -> Result<Option<Pass>> {
        Ok(self.account(table, account)?.and_then(|state| state.pass))
    }

    /// Completes a pass: removes the records of the account that it has not seen, and sets the position.
    ///
    /// # Errors
    ///
    /// [`Error::Table`](crate::Error::Table) if the pass is not under way; [`Error::Full`](crate::Error::Full), [`Error::Locked`](crate::Error::Locked).
    pub fn finish_pass(
        &self,
        table: &Table,
        account: &str,
        pass: Pass,
        position: Option<&Value>,
    ) -> Result<Counts> {
        self.write(|transaction, _| {
            let now = moment::now();
            let page = Page { position, pass: Some(pass), ..Page::default() };
            start_page(transaction, table, account, page)?;
            let mut counts = Counts::default();
            let unseen: Vec<(i64, String)> = {
                let sql = format!(
                    "SELECT _row, _key FROM {} WHERE _account = ?1
                     AND _row NOT IN (SELECT row FROM _seen WHERE pass = ?2)",
                    table.rows()
                );
                let mut find = transaction.prepare_cached(&sql)?;
                let rows = find.query_map(params![account, pass.number], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
                rows.collect::<rusqlite::Result<_>>()?
            };
            for (id, key) in unseen {
                delete_row(transaction, table, account, id, &key, &now)?;
                counts.deleted += 1;
            }
            finish_page(transaction, table, account, page, &counts, &now)?;
            forget_pass(transaction, table, account)?;
            transaction.execute(
                "UPDATE _accounts SET complete_at = ? WHERE table_id = ? AND account = ?",
                params![now, table.id, account],
            )?;
            Ok(counts)
        })
    }

    /// Gives up a pass that is under way. Nothing is removed.
    ///
    /// # Errors
    ///
    /// The errors of writing.
    pub fn abort_pass(&self, table: &Table, account: &str) -> Result<()> {
        self.write(|transaction, _| forget_pass(transaction, table, account))
    }
}
