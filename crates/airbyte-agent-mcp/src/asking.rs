//! Whether the user of a client can be asked, and how.

use rmcp::RoleServer;
use rmcp::model::{ClientCapabilities, ProtocolVersion};
use rmcp::service::RequestContext;

/// How the user of a client can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    /// By a request to the client, while the call waits.
    ByRequest,
    /// By the result of the call, which the client makes again with the answer.
    ByResult,
    /// Not at all.
    Impossible,
}

/// A mark in the head of an HTTP request: its client reads one message of JSON and no stream, so that nothing can
/// be asked before the response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnlyJson;

/// How the user of the client can be asked to fill in a form.
pub(crate) fn asking(context: &RequestContext<RoleServer>) -> Asking {
    if !context.client_capabilities().is_some_and(|known| has_forms(&known)) {
        return Asking::Impossible;
    }
    // Revisions are dates, which are compared as texts.
    let version = context.protocol_version();
    if version.is_some_and(|version| version >= ProtocolVersion::V_2026_07_28) {
        return Asking::ByResult;
    }
    let head = context.extensions.get::<http::request::Parts>();
    if head.is_some_and(|head| head.extensions.get::<OnlyJson>().is_some()) {
        return Asking::Impossible;
    }
    Asking::ByRequest
}

fn has_forms(known: &ClientCapabilities) -> bool {
    let Some(elicitation) = &known.elicitation else { return false };
    // Before there were modes, forms were the only one.
    elicitation.form.is_some() || elicitation.url.is_none()
}
