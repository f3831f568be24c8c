//! What a statement may do, as SQLite asks while it compiles the statement.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use crate::misfits::ReadColumns;

/// Decides what statements of a connection may do.
#[derive(Debug, Clone, Default)]
pub(super) struct Guard {
    /// Whether the statements are a user's; the store's own may read everything.
    is_user: Arc<AtomicBool>,
    /// The views that a statement may read, in lower case; `None` if it may read all tables.
    views: Arc<Mutex<Option<HashSet<String>>>>,
    /// The columns that the last statement of a user names.
    read: Arc<Mutex<ReadColumns>>,
    /// What was refused last.
    refused: Arc<Mutex<Option<String>>>,
}

impl Guard {
    pub(super) fn set_user(&self, is_user: bool) {
        self.is_user.store(is_user, Ordering::Relaxed);
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if is_user {
            self.read.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
    }

    /// The columns that the last statement of a user names.
    pub(super) fn read_columns(&self) -> ReadColumns {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sets the views that the statements of a user may read.
    pub(super) fn set_views(&self, views: Option<HashSet<String>>) {
        *self.views.lock().unwrap_or_else(PoisonError::into_inner) = views;
    }

    /// What was refused since the mode was set.
    pub(super) fn refused(&self) -> Option<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn decide(&self, context: &AuthContext<'_>) -> Authorization {
        if !self.is_user.load(Ordering::Relaxed) {
            return Authorization::Allow;
        }
        let views = self.views.lock().unwrap_or_else(PoisonError::into_inner);
        let outside = views.as_ref().and_then(|views| outside(context, views));
        let Some(why) = outside.or_else(|| objection(context)) else {
            if let AuthAction::Read { table_name, column_name } = context.action
                && !is_internal(table_name)
            {
                let read = (table_name.to_lowercase(), column_name.to_lowercase());
                self.read.lock().unwrap_or_else(PoisonError::into_inner).insert(read);
            }
            return Authorization::Allow;
        };
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.get_or_insert(why);
        Authorization::Deny
    }
}

/// Whether a name is one of the store's own tables or of SQLite's. Tables of records never begin so.
pub(super) fn is_internal(table: &str) -> bool {
    let table = table.to_ascii_lowercase();
    table.starts_with('_')
        || table.starts_with("sqlite_")
        || table.starts_with("pragma_")
        || matches!(
            table.as_str(),
            "dbstat" | "bytecode" | "tables_used" | "fts3tokenize" | "completion"
        )
}

/// Whether a name is that of a table with the rows of a table of records.
pub(super) fn is_rows_table(name: &str) -> bool {
    let number = name.strip_prefix("_rows_");
    number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Functions that reach out of the database, or into it.
const FORBIDDEN: [&str; 7] = [
    "load_extension",
    "fts3_tokenizer",
    "fts5",
    "fts5_source_id",
    "sqlite_log",
    "sqlite_offset",
    "sqlite_compileoption_get",
];

/// Tables that are functions of their arguments. SQLite takes them for tables of the main database.
const TABLE_FUNCTIONS: [&str; 2] = ["json_each", "json_tree"];

/// Why a statement may not read a table that is not one of the views; `None` if it may.
fn outside(context: &AuthContext<'_>, views: &HashSet<String>) -> Option<String> {
    let AuthAction::Read { table_name, .. } = context.action else { return None };
    let table = table_name.to_ascii_lowercase();
    let is_view = |name: &str| views.contains(&name.to_ascii_lowercase());
    let is_allowed = if is_internal(&table) {
        // Inside a view, or the rows of one alone. No statement that names such a table comes so far.
        context.accessor.map_or_else(|| is_rows_table(&table), is_view)
    } else {
        match context.database_name {
            Some("main") => TABLE_FUNCTIONS.contains(&table.as_str()),
            // Names of subqueries have no database. Other tables cannot be named (`rewrite`).
            _ => true,
        }
    };
    (!is_allowed).then(|| format!("there is no table '{table_name}'"))
}

/// Why an action is refused; `None` if it is allowed.
fn objection(context: &AuthContext<'_>) -> Option<String> {
    let change = |what: &str| Some(format!("{what} is not possible: queries can only read"));
    match context.action {
        AuthAction::Select | AuthAction::Recursive => None,
        // A view of records reads the store's own tables.
        AuthAction::Read { table_name, column_name } => {
            let is_allowed = !is_internal(table_name)
                // SQLite asks for the rows alone without saying in which view.
                || (column_name.is_empty() && is_rows_table(table_name))
                || context.accessor.is_some_and(|accessor| !is_internal(accessor));
            (!is_allowed)
                .then(|| format!("'{table_name}' cannot be read; it is not a table of records"))
        }
        AuthAction::Function { function_name } => FORBIDDEN
            .contains(&function_name.to_ascii_lowercase().as_str())
            .then(|| format!("the function {function_name} is not allowed")),
        AuthAction::Pragma { pragma_name, .. } => Some(format!(
            "PRAGMA {pragma_name} is not allowed; the tables and their columns are listed by the command `tables`"
        )),
        AuthAction::Attach { .. } | AuthAction::Detach { .. } => {
            Some("other databases cannot be attached; all connectors are in this one".to_owned())
        }
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => {
            Some("transactions are not possible: each query is one".to_owned())
        }
        AuthAction::Insert { .. } => change("INSERT"),
        AuthAction::Update { .. } => change("UPDATE"),
        AuthAction::Delete { .. } => change("DELETE"),
        _ => change("this statement"),
    }
}
