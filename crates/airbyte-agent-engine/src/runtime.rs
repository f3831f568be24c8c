//! What the calls of a client share: description, transport, and what is computed once.

use std::sync::{Arc, OnceLock};

use crate::arguments::Arguments;
use crate::context_store;
use crate::cursor::{CursorKey, Seal};
use crate::description::{Action, Connector, Operation};
use crate::error::{Error, Result};
use crate::layout::Layout;
use crate::local_store;
use crate::lookup::find_operation;
use crate::operation::{ArgumentCheck, OperationRef};
use crate::reply::ReadPlan;
use crate::shared_description::Description;
use crate::transport::Transport;

/// What the calls of a client share. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Runtime {
    inner: Arc<Inner>,
    /// The key of the process, unless another one was set.
    cursor_key: Option<CursorKey>,
}

struct Inner {
    description: Description,
    transport: Box<dyn Transport>,
    /// Plans for reading the responses of every operation of the description, in the order of the
    /// operations.
    plans: Box<[OnceLock<CachedPlan>]>,
}

/// A plan for reading the responses of an operation that have this layout.
struct CachedPlan {
    layout: Layout,
    plan: Arc<ReadPlan>,
}

impl Runtime {
    pub(crate) fn new(description: Description, transport: Box<dyn Transport>) -> Self {
        let plans = description.operations().map(|_| OnceLock::new()).collect();
        Self { inner: Arc::new(Inner { description, transport, plans }), cursor_key: None }
    }

    /// This runtime, with cursors that are sealed under this key.
    pub(crate) fn with_cursor_key(mut self, key: CursorKey) -> Self {
        self.cursor_key = Some(key);
        self
    }

    pub(crate) fn description(&self) -> &Connector {
        &self.inner.description
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        self.inner.transport.as_ref()
    }

    /// The operation of an entity and an action.
    pub(crate) fn operation(&self, entity: &str, action: Action) -> Option<OperationRef> {
        OperationRef::described(&self.inner.description, entity, action)
    }

    /// The operation of an entity and an action by its name. It may be one of the context store if
    /// the transport has one.
    ///
    /// # Errors
    ///
    /// `Usage`, with similar names, when there is no such operation.
    pub(crate) fn find(&self, entity: &str, action: &str) -> Result<OperationRef> {
        let connector = self.description();
        if context_store::is_store_action(action) && self.transport().has_context_store() {
            let (operation, check): (_, ArgumentCheck) = if self.transport().stores_everything() {
                let operation = local_store::operation(connector, entity, action)?;
                (operation, context_store::check_grammar)
            } else {
                let operation = context_store::operation(connector, entity, action)?;
                (operation, context_store::check_arguments)
            };
            return Ok(OperationRef::made(operation, action.to_owned(), check));
        }
        let operation = find_operation(connector, entity, action)?;
        let resolved = self.operation(entity, operation.action);
        resolved.ok_or_else(|| Error::internal("the operation is not in its entity"))
    }

    /// A seal that makes and opens the cursors of calls of an operation with these arguments of the
    /// caller.
    pub(crate) fn seal<'a>(
        &'a self,
        operation: &'a Operation,
        name: String,
        arguments: &Arguments,
    ) -> Result<Seal<'a>> {
        let key = match &self.cursor_key {
            Some(key) => key,
            None => CursorKey::of_process()?,
        };
        let account = (self.transport().identity(), self.transport().redactor());
        let connector = &self.description().name;
        Ok(Seal::new(key, connector, (operation, name), account, arguments))
    }

    /// A text that tells the account from others to those who have the key.
    pub(crate) fn account_mark(&self) -> Result<String> {
        let key = match &self.cursor_key {
            Some(key) => key,
            None => CursorKey::of_process()?,
        };
        Ok(key.mark(&[
            "account".as_bytes(),
            self.description().name.as_bytes(),
            &self.transport().identity(),
        ]))
    }

    /// The plan for reading a response of an operation that has this layout.
    pub(crate) fn plan(&self, operation: &OperationRef, layout: &Layout) -> Arc<ReadPlan> {
        let make = || Arc::new(ReadPlan::new(self.description(), operation, layout));
        let slot = operation.position().and_then(|position| self.inner.plans.get(position));
        let Some(slot) = slot else { return make() };
        let make_cached = || CachedPlan { layout: layout.clone(), plan: make() };
        let cached = slot.get_or_init(make_cached);
        // A transport usually answers with one layout.
        if cached.layout == *layout { Arc::clone(&cached.plan) } else { make() }
    }
}
