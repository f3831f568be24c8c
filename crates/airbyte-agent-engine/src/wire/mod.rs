//! Sends requests and understands refusals, in one place for both transports.
//!
//! A transport says what to send ([`Outgoing`]) and who may see the credential ([`Recipient`]).
//! Everything else is done here, once: tries and their budget, redirects, the credential of each
//! hop, the guard of addresses out of responses, another origin in the place of the intended one, and
//! how a refusal is understood. In what the transports differ is data of the [`Wire`].

mod attempts;
mod hop;
mod network;
mod redirects;
mod refusal;
mod request;

pub(crate) use self::attempts::Answer;
pub(crate) use self::network::Network;
pub(crate) use self::redirects::Redirects;
pub(crate) use self::refusal::Refused;
pub(crate) use self::request::{Outgoing, Recipient, header};
use crate::description::RetryPolicy;
use crate::retry::Budget;
use crate::secret::Redactor;
use crate::shared_description::Description;

/// Sends requests to one peer: a vendor, or the platform.
pub(crate) struct Wire {
    pub(crate) network: Network,
    /// When a failed request is tried again.
    pub(crate) policy: RetryPolicy,
    /// What is left to spend on tries, for all requests together.
    pub(crate) budget: Budget,
    /// Takes the secrets in use out of messages.
    pub(crate) redactor: Redactor,
    /// Who answers, in messages: `GitHub`, `the Airbyte platform`.
    pub(crate) peer: String,
    /// Explains the codes and the limits in refusals. Without it the status alone counts.
    pub(crate) vendor: Option<Description>,
    /// Which redirects are followed.
    pub(crate) redirects: Redirects,
    /// Largest body of a refusal that is read.
    pub(crate) largest_refusal: usize,
}
