//! Through Airbyte's platform: the session with it, and the hosted transport built on that.
//!
//! The platform keeps the vendor's credentials; a call is one request to it. Knows the platform's
//! contract, no vendor.

mod exchange;
mod flight;
mod lookup;
mod options;
mod request;
mod session;
mod token;
mod transport;

pub use http::{HeaderMap, Method};

pub use self::options::Hosted;
pub use self::request::PlatformRequest;
pub use self::session::Session;
pub(crate) use self::transport::HostedTransport;
