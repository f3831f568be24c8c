//! SQLite behind the seam.

use rusqlite::{Connection, params_from_iter};

use crate::db::{Db, Dialect, Fields};
use crate::error::Result;
use crate::value::Cell;

impl Db for Connection {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn batch(&self, sql: &str) -> Result<()> {
        Ok(self.execute_batch(sql)?)
    }

    fn execute_all(&self, sql: &str, values: &[Vec<Cell>]) -> Result<u64> {
        let mut statement = self.prepare_cached(sql)?;
        let mut written = 0;
        for values in values {
            written += statement.execute(params_from_iter(values))? as u64;
        }
        Ok(written)
    }

    fn query_all(&self, sql: &str, values: &[Vec<Cell>]) -> Result<Vec<Vec<Fields>>> {
        let mut statement = self.prepare_cached(sql)?;
        let count = statement.column_count();
        let mut found = Vec::with_capacity(values.len());
        for values in values {
            let rows = statement.query_map(params_from_iter(values), |row| fields(row, count))?;
            found.push(rows.collect::<rusqlite::Result<_>>()?);
        }
        Ok(found)
    }

    fn each(
        &self,
        sql: &str,
        values: &[Cell],
        take: &mut dyn FnMut(Fields) -> Result<bool>,
    ) -> Result<()> {
        let mut statement = self.prepare_cached(sql)?;
        let count = statement.column_count();
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            if !take(fields(row, count)?)? {
                break;
            }
        }
        Ok(())
    }
}

fn fields(row: &rusqlite::Row<'_>, count: usize) -> rusqlite::Result<Fields> {
    let cells = (0..count).map(|at| Ok(Cell::from_sql(row.get_ref(at)?)));
    Ok(Fields(cells.collect::<rusqlite::Result<_>>()?))
}
