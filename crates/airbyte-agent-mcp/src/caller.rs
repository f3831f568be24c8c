//! Who makes a call.

use std::sync::Arc;

use rmcp::RoleServer;
use rmcp::service::RequestContext;

use crate::server::Server;
use crate::session::SessionState;

/// Whoever was found to be behind an HTTP request. It is put into the head of the request.
#[derive(Debug, Clone)]
pub(crate) struct Subject(pub(crate) Arc<str>);

/// A mark in the head of an HTTP request that belongs to no session.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NoSession;

/// A mark in the head of an HTTP request whose client runs on this machine, as far as that can be known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OfThisMachine;

/// Who makes a call.
pub(crate) struct Caller<'c> {
    /// The name by which an authorization server knows the caller; empty where there is none.
    pub(crate) name: &'c str,
    /// What is counted for the caller.
    pub(crate) session: Arc<SessionState>,
    /// Whether the request stands alone, so that the next one may reach another process.
    pub(crate) stands_alone: bool,
}

impl<'c> Caller<'c> {
    /// Who makes the call with this context.
    pub(crate) fn of(server: &Server, context: &'c RequestContext<RoleServer>) -> Self {
        let head = context.extensions.get::<http::request::Parts>();
        let subject = head.and_then(|head| head.extensions.get::<Subject>());
        let name = subject.map_or("", |subject| &*subject.0);
        let stands_alone = head.is_some_and(|head| head.extensions.get::<NoSession>().is_some());
        let session = if stands_alone {
            server.shared.callers.session(name)
        } else {
            Arc::clone(&server.session)
        };
        Self { name, session, stands_alone }
    }
}
