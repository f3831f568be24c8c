//! Passes through all records of an account, which remove what they have not seen once they are complete.

use serde_json::Value;

use crate::db::cells;
use crate::error::Result;
use crate::moment;
use crate::page::{Counts, Page, Pass, ensure_account, finish_page, forget_pass, start_page};
use crate::rows::delete_rows;
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
        self.write(|db, _| {
            ensure_account(db, table, account)?;
            forget_pass(db, table, account)?;
            let next = "UPDATE _passes SET last = last + 1 RETURNING last";
            let number = db.number(next, Vec::new())?.unwrap_or_default();
            db.execute(
                "UPDATE _accounts SET pass = ?, pass_started_at = ?, pass_records = 0
                 WHERE table_id = ? AND account = ?",
                cells![number, moment::now(), table.id, account],
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
        self.write(|db, _| {
            let now = moment::now();
            let page = Page { position, pass: Some(pass), ..Page::default() };
            start_page(db, table, account, page)?;
            let mut counts = Counts::default();
            let unseen = format!(
                "SELECT _row, _key FROM {} WHERE _account = ?1
                 AND _row NOT IN (SELECT row FROM _seen WHERE pass = ?2)",
                table.rows()
            );
            let unseen = db.rows(&unseen, cells![account, pass.number])?;
            counts.deleted = delete_rows(db, table, account, &unseen, &now)?;
            finish_page(db, table, account, page, &counts, &now)?;
            forget_pass(db, table, account)?;
            db.execute(
                "UPDATE _accounts SET complete_at = ? WHERE table_id = ? AND account = ?",
                cells![now, table.id, account],
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
        self.write(|db, _| forget_pass(db, table, account))
    }
}
