//! Turns a call as the caller built it into the call that a transport gets.

use super::{Call, Target};
use crate::arguments::{self, Arguments, TextRules};
use crate::cursor::{Cursor, NextPage, Seal};
use crate::description::{Location, Next, Paging};
use crate::error::{Error, Result};
use crate::operation::OperationRef;
use crate::selection;
use crate::transport::CheckedCall;

/// Arguments that are checked and complete, and the address of the page if it has one.
pub(super) struct Completed {
    pub(super) arguments: Arguments,
    /// The page that is requested.
    pub(super) page: NextPage,
    /// How many records of the page were given already, and the mark of the last of them.
    pub(super) behind: Option<(usize, u32)>,
}

impl Completed {
    /// Whether the request is for the first page of a list. A list that is paged by counting ends
    /// with an empty page, so any of its pages may be the first empty one.
    pub(super) fn begins(&self, operation: &OperationRef) -> bool {
        let is_given = |name: &str| {
            let value = operation.argument(&self.arguments, name);
            value.is_some_and(|value| !value.is_null())
        };
        let goes_on = |style: &Paging| match &style.next {
            Next::Cursor { into, .. } | Next::LastRecord { into, .. } => is_given(into),
            Next::Link { feed, .. } => feed.iter().any(|(_, into)| is_given(into)),
            Next::None { .. } | Next::Unknown { .. } | Next::Offset { .. } | Next::Page { .. } => {
                false
            }
        };
        self.page.follow.is_none() && !operation.paging.styles().any(goes_on)
    }
}

impl Call {
    /// What is unusual about the arguments, one sentence each: a text that breaks a rule of the
    /// vendor for formats, patterns or query languages, so that the vendor may refuse it, or find
    /// nothing. Nothing is sent. With [`strict_texts`](crate::CallOptions::strict_texts) the call is
    /// refused for these reasons.
    ///
    /// ```
    /// # fn example(client: &airbyte_agent_engine::Client) {
    /// use airbyte_agent_engine::description::Action;
    ///
    /// let mut call = client.call("calls", Action::List);
    /// call.set("fromDateTime", "yesterday");
    /// for doubt in call.doubts() {
    ///     eprintln!("{doubt}");
    /// }
    /// # }
    /// ```
    pub fn doubts(&self) -> Vec<String> {
        match &self.target {
            Target::Operation(operation) => arguments::doubts(operation, &self.arguments),
            Target::Unknown { .. } => Vec::new(),
        }
    }

    /// Calls [`complete`](Self::complete) for the beginning of the call, or of the cursor by which
    /// it resumes.
    pub(super) fn complete_first(&self, operation: &OperationRef) -> Result<Completed> {
        if self.options.text_rules() == TextRules::Warn {
            for doubt in arguments::doubts(operation, &self.arguments) {
                let operation = operation.qualified_name();
                tracing::warn!(operation, "{doubt}");
            }
        }
        let seal = self.seal(operation, &self.arguments)?;
        self.complete(operation, self.arguments.clone(), &seal, None)
    }

    /// The arguments that are sent: those of the caller and of the cursor, checked and completed.
    pub(super) fn complete(
        &self,
        operation: &OperationRef,
        mut arguments: Arguments,
        seal: &Seal<'_>,
        cursor: Option<&Cursor>,
    ) -> Result<Completed> {
        let name = operation.qualified_name();
        if let Some(defect) = &self.defect {
            return Err(Error::validation(format!("{name}: {defect}")));
        }
        let (page, behind) = match cursor.or(self.cursor.as_ref()) {
            Some(cursor) => page_of(cursor, seal, name)?,
            None => (self.first_page(operation, &arguments), None),
        };
        for (name, value) in &page.set {
            operation.set_argument(&mut arguments, name, value.clone());
        }
        self.refuse_single_page(operation, &arguments)?;
        operation.check(self.runtime.description(), &arguments)?;
        let completion = self.runtime.transport().completion()?;
        let connector = self.runtime.description();
        let texts = self.options.text_rules();
        let mut arguments =
            arguments::complete(connector, operation, name, arguments, completion, texts)?;
        if self.options.is_confined() {
            selection::confine(operation, name, &arguments)?;
        }
        if let Some(only) = &page.only {
            // Arguments for which the token stands must not be sent together with it.
            arguments.retain(|name, _| {
                let location = operation.parameter(name).map(|parameter| parameter.location);
                let is_meant = |only: &String| operation.argument_path(only).0 == name;
                matches!(location, Some(Location::Path | Location::Header))
                    || only.iter().any(is_meant)
            });
        }
        Ok(Completed { arguments, page, behind })
    }

    /// The first page, with a size if the vendor pages only when a size is requested.
    fn first_page(&self, operation: &OperationRef, arguments: &Arguments) -> NextPage {
        let given =
            |name: &str| operation.argument(arguments, name).is_some_and(|value| !value.is_null());
        let size = if self.pages { operation.paging.needed_size(given) } else { None };
        let set = size.map(|(name, largest)| (name.to_owned(), largest.into()));
        NextPage::with(set.into_iter().collect())
    }

    /// Refuses to read all pages of a list of which only one can be read.
    fn refuse_single_page(&self, operation: &OperationRef, arguments: &Arguments) -> Result<()> {
        if !self.pages {
            return Ok(());
        }
        let given =
            |name: &str| operation.argument(arguments, name).is_some_and(|value| !value.is_null());
        match operation.paging.confined_by(given) {
            None => Ok(()),
            Some(argument) => Err(Error::usage(format!(
                "{}: with `{argument}` only one page can be read, not all of them; leave `{argument}` \
                 out, or read one page",
                operation.qualified_name()
            ))),
        }
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
            follow: completed.page.follow.as_deref(),
            deadline: None,
        }
    }
}

/// The page to which a cursor points, and the position inside this page.
fn page_of(
    cursor: &Cursor,
    seal: &Seal<'_>,
    name: &str,
) -> Result<(NextPage, Option<(usize, u32)>)> {
    let position = seal.open(cursor)?;
    match position.page.why_cut() {
        Some(cut) => Err(cut.error(name)),
        None => Ok((position.page, position.behind)),
    }
}
