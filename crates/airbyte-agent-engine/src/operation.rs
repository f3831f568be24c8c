//! An operation that has been looked up, for all parts of the engine that take part in a call.

use std::ops::Deref;
use std::sync::Arc;

use crate::arguments::Arguments;
use crate::description::{Action, Connector, Operation, Text};
use crate::error::Result;
use crate::shared_description::Description;

/// An operation that is looked up once for any number of pages. Clones share it.
#[derive(Clone)]
pub(crate) struct OperationRef {
    source: Source,
    /// The name of the action, such as `list` or `context_store_search`.
    action: Text,
    /// The qualified name, such as `issues.list`.
    qualified_name: Arc<str>,
}

#[derive(Clone)]
enum Source {
    /// An operation of a connector's description.
    Described { description: Description, entity: usize, operation: usize },
    /// An operation that the engine made.
    Made { operation: Arc<Operation>, check: ArgumentCheck },
}

/// A check of arguments in addition to the schemas of the parameters.
pub(crate) type ArgumentCheck = fn(&Connector, &str, &str, &Arguments) -> Result<()>;

impl OperationRef {
    /// The operation of an entity and an action; `None` when the connector does not have it.
    pub(crate) fn described(
        description: &Description,
        entity: &str,
        action: Action,
    ) -> Option<Self> {
        let at = description.entities.iter().position(|known| known.name == entity)?;
        let operations = &description.entities[at].operations;
        let operation = operations.iter().position(|known| known.action == action)?;
        let description = description.clone();
        let source = Source::Described { description, entity: at, operation };
        Some(Self::new(source, entity, action.as_str().into()))
    }

    /// An operation that the engine made, with the name of its action.
    pub(crate) fn made(operation: Operation, action: String, check: ArgumentCheck) -> Self {
        let operation = Arc::new(operation);
        let entity = operation.entity.clone();
        Self::new(Source::Made { operation, check }, &entity, action.into())
    }

    fn new(source: Source, entity: &str, action: Text) -> Self {
        let qualified_name = format!("{entity}.{action}").into();
        Self { source, action, qualified_name }
    }

    /// The name of the action, such as `list`.
    pub(crate) fn action_name(&self) -> &str {
        &self.action
    }

    /// Entity and action, such as `issues.list`.
    pub(crate) fn qualified_name(&self) -> &str {
        &self.qualified_name
    }

    /// The position among the operations of the description, which identifies it within one client;
    /// `None` when the engine made the operation.
    pub(crate) fn position(&self) -> Option<usize> {
        match &self.source {
            Source::Described { description, entity, operation } => {
                let before = description.entities.iter().take(*entity);
                Some(before.map(|entity| entity.operations.len()).sum::<usize>() + operation)
            }
            Source::Made { .. } => None,
        }
    }

    /// Checks what the schemas of the parameters cannot express.
    pub(crate) fn check(&self, connector: &Connector, arguments: &Arguments) -> Result<()> {
        match &self.source {
            Source::Described { .. } => Ok(()),
            Source::Made { operation, check } => {
                check(connector, &operation.entity, &self.action, arguments)
            }
        }
    }
}

impl Deref for OperationRef {
    type Target = Operation;

    fn deref(&self) -> &Operation {
        match &self.source {
            Source::Described { description, entity, operation } => {
                &description.entities[*entity].operations[*operation]
            }
            Source::Made { operation, .. } => operation,
        }
    }
}
