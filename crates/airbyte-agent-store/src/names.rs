//! Names in SQL: of tables, of columns, and how they are quoted.

use std::collections::HashSet;

use crate::dialect::Dialect;
use crate::words::beginning;

/// The name between double quotes, for a statement.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The text between single quotes, for a statement.
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The name that the table of an entity gets, unless another table has it: connector and entity, with underscores
/// for everything that would need quotes.
pub fn table_name(connector: &str, entity: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    format!("{connector}_{entity}").chars().map(plain).collect()
}

/// Names of which no two differ by case only. SQLite compares names in this way.
#[derive(Debug)]
pub(crate) struct Names {
    taken: HashSet<String>,
    /// Most bytes of a name.
    most: usize,
}

impl Names {
    /// The names that something else has already.
    pub(crate) fn with<'n>(dialect: Dialect, taken: impl IntoIterator<Item = &'n str>) -> Self {
        // Postgres cuts longer names.
        let most = if dialect.is_postgres() { 63 } else { usize::MAX };
        Self { taken: taken.into_iter().map(str::to_lowercase).collect(), most }
    }

    /// The name, or if it is taken the name with the next free number.
    pub(crate) fn take(&mut self, wanted: &str) -> String {
        let wanted: String = wanted.chars().map(|c| if c.is_control() { '_' } else { c }).collect();
        let wanted = if wanted.trim().is_empty() { "unnamed".to_owned() } else { wanted };
        let mut name = beginning(&wanted, self.most).to_owned();
        let mut number = 2;
        while !self.taken.insert(name.to_lowercase()) {
            let end = format!("_{number}");
            name = format!("{}{end}", beginning(&wanted, self.most.saturating_sub(end.len())));
            number += 1;
        }
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_by_case_only_get_numbers() {
        let mut names = Names::with(Dialect::Sqlite, ["_account"]);
        for (wanted, expected) in [
            ("Id", "Id"),
            ("id", "id_2"),
            ("ID", "ID_3"),
            ("", "unnamed"),
            (" ", "unnamed_2"),
            ("_Account", "_Account_2"),
            ("order", "order"),
            ("a\0b", "a_b"),
        ] {
            assert_eq!(names.take(wanted), expected, "{wanted:?}");
        }
    }

    #[test]
    fn tables_are_named_so_that_they_need_no_quotes() {
        assert_eq!(
            table_name("zendesk-support", "ticket_comments"),
            "zendesk_support_ticket_comments"
        );
    }
}
