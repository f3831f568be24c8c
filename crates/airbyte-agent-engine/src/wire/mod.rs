//! Sends requests and interprets refusals, in one place for both transports.
//!
//! A transport says what to send ([`Outgoing`]) and who may see the credential ([`Recipient`]).
//! Everything else is done here: attempts and their budget, redirects, the credential of each hop,
//! the check of addresses from responses, sending to another origin, and the interpretation of
//! refusals. What differs between the transports is data of the [`Wire`].

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
    /// When a failed request is repeated.
    pub(crate) policy: RetryPolicy,
    /// The budget of retries that is left for all requests together.
    pub(crate) budget: Budget,
    /// Removes the secrets in use from messages.
    pub(crate) redactor: Redactor,
    /// The name of the sender in messages: `GitHub`, `the Airbyte platform`.
    pub(crate) peer: String,
    /// Explains the codes and the limits in refusals. Without it, only the status counts.
    pub(crate) vendor: Option<Description>,
    /// Which redirects are followed.
    pub(crate) redirects: Redirects,
    /// Largest body of a refusal that is read, in bytes.
    pub(crate) largest_refusal: usize,
}
