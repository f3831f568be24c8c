//! What the database knows of the values in its indexes, by which it plans queries.

use crate::db::Dialect;
use crate::error::Result;
use crate::store::Store;
use crate::table::Table;

/// Number of entries of an index that are looked at. The plan needs to know which index has few rows for a value, and not
/// how many exactly.
const ENTRIES: u32 = 1000;

impl Store {
    /// Looks at a sample of the values in the indexes of a table, so that queries begin with the condition that leaves the
    /// fewest rows. To be called after many rows were written; it takes some milliseconds for each index.
    ///
    /// # Errors
    ///
    /// The errors of writing.
    pub fn analyze(&self, table: &Table) -> Result<()> {
        let rows = table.rows();
        self.write(|db, _| match db.dialect() {
            Dialect::Sqlite => {
                db.batch(&format!("PRAGMA analysis_limit = {ENTRIES}; ANALYZE main.{rows};"))
            }
            // It takes a sample by itself.
            Dialect::Postgres => db.batch(&format!("ANALYZE {rows}")),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{Page, Store, TableSpec};

    #[test]
    fn a_join_begins_with_the_condition_that_leaves_few_rows() {
        let store = Store::open_in_memory().unwrap();
        let schema = json!({"type": "object", "properties": {"id": {"type": "string"},
            "owner": {"type": "string"}, "state": {"type": "string"}}});
        let spec = TableSpec::new("shop", "orders").key(["id"]).schema(schema);
        let table = store.declare(&spec.indexed(["owner", "state"])).unwrap();
        let records: Vec<_> = (0..5000)
            .map(|n| json!({"id": n.to_string(), "owner": (n / 5).to_string(), "state": "open"}))
            .collect();
        store.write_page(&table, "a", Page { records: &records, ..Page::default() }).unwrap();
        let place = |name: &str| {
            let column = table.columns.iter().find(|column| column.property == name);
            format!("c{}", column.unwrap().place)
        };
        let (id, owner, state) = (place("id"), place("owner"), place("state"));
        let rows = table.rows();
        let plan = |moment: &str| {
            // A statement that was prepared before would show the plan of then.
            let sql = format!(
                "/* {moment} */ EXPLAIN QUERY PLAN SELECT o.{id} FROM {rows} s JOIN {rows} o ON o.{owner} = s.{id}
                 WHERE s.{id} = '7' AND o.{state} = 'open'"
            );
            let steps: Vec<String> = store
                .read(|db| {
                    // A plan that is only explained does not notice that the schema has changed.
                    db.rows(&format!("SELECT count(*) FROM {rows}"), Vec::new())?;
                    let steps = db.rows(&sql, Vec::new())?;
                    Ok(steps.iter().map(|step| step.text(3)).collect())
                })
                .unwrap();
            steps.join("; ")
        };
        let by_state = format!("({state}=?)");
        let before = plan("before");
        assert!(before.contains(&by_state), "{before}");
        store.analyze(&table).unwrap();
        let after = plan("after");
        assert!(!after.contains(&by_state), "{after}");
    }
}
