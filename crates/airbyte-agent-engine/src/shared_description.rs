//! A connector description in a form that clients and transports can share.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::description::Connector;

/// A connector description: borrowed from a generated crate, or shared.
#[derive(Clone)]
pub struct Description(Source);

#[derive(Clone)]
enum Source {
    Borrowed(&'static Connector),
    Shared(Arc<Connector>),
}

impl Deref for Description {
    type Target = Connector;

    fn deref(&self) -> &Connector {
        match &self.0 {
            Source::Borrowed(connector) => connector,
            Source::Shared(connector) => connector,
        }
    }
}

impl From<&'static Connector> for Description {
    fn from(connector: &'static Connector) -> Self {
        Self(Source::Borrowed(connector))
    }
}

impl From<Arc<Connector>> for Description {
    fn from(connector: Arc<Connector>) -> Self {
        Self(Source::Shared(connector))
    }
}

impl From<Connector> for Description {
    fn from(connector: Connector) -> Self {
        Self(Source::Shared(Arc::new(connector)))
    }
}

impl fmt::Debug for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Description").field(&self.name).finish()
    }
}
