//! From what a caller has put together to what a transport gets.

use super::Call;
use crate::arguments::{self, Arguments};
use crate::cursor::{Cursor, NextPage, Seal};
use crate::description::Location;
use crate::error::{Error, Result};
use crate::operation::OperationRef;
use crate::selection;
use crate::transport::CheckedCall;

/// Arguments that are checked and complete, and the address of the page where it has one.
pub(super) struct Completed {
    pub(super) arguments: Arguments,
    follow: Option<String>,
}

impl Call {
    /// What goes out: the arguments with those of the cursor, checked and completed.
    pub(super) fn complete(
        &self,
        operation: &OperationRef,
        seal: &Seal<'_>,
        cursor: Option<&Cursor>,
    ) -> Result<Completed> {
        let name = operation.qualified_name();
        if let Some(defect) = &self.defect {
            return Err(Error::validation(format!("{name}: {defect}")));
        }
        let mut arguments = self.arguments.clone();
        let NextPage { set, only, follow } = match cursor.or(self.cursor.as_ref()) {
            Some(cursor) => page_of(cursor, seal, name)?,
            None => self.first_page(operation),
        };
        arguments.extend(set);
        operation.check(self.runtime.description(), &arguments)?;
        let completion = self.runtime.transport().completion()?;
        let connector = self.runtime.description();
        let mut arguments = arguments::complete(connector, operation, name, arguments, completion)?;
        if self.options.is_confined() {
            selection::confine(operation, name, &arguments)?;
        }
        if let Some(only) = only {
            // What stands for the others must not go out beside them.
            arguments.retain(|name, _| {
                let location = operation.parameter(name).map(|parameter| parameter.location);
                matches!(location, Some(Location::Path | Location::Header)) || only.contains(name)
            });
        }
        Ok(Completed { arguments, follow })
    }

    /// The size of the first page, where the vendor pages only when it is asked for one.
    fn first_page(&self, operation: &OperationRef) -> NextPage {
        let given = |name: &str| self.arguments.get(name).is_some_and(|value| !value.is_null());
        let size = if self.pages { operation.paging.needed_size(given) } else { None };
        let set = size.map(|(name, largest)| (name.to_owned(), largest.into()));
        NextPage::with(set.into_iter().collect())
    }

    pub(super) fn checked<'a>(
        &'a self,
        operation: &'a OperationRef,
        completed: &'a Completed,
    ) -> CheckedCall<'a> {
        CheckedCall {
            connector: self.runtime.description(),
            operation,
            action: operation.action_name(),
            name: operation.qualified_name(),
            arguments: &completed.arguments,
            options: &self.options,
            follow: completed.follow.as_deref(),
            deadline: None,
        }
    }
}

/// The page that a cursor points to.
fn page_of(cursor: &Cursor, seal: &Seal<'_>, name: &str) -> Result<NextPage> {
    let position = seal.open(cursor)?;
    if position.behind.is_some() {
        return Err(Error::validation(
            "the cursor points inside a page: only the tool that gave it can go on there",
        ));
    }
    if position.page.follow.as_deref() == Some("") {
        return Err(Error::usage(format!(
            "{name}: the list goes on, but what leads to the next page stands in the vendor's own \
             answer only, which the platform does not hand on"
        )));
    }
    Ok(position.page)
}
