//! Through Airbyte's platform: the session with it, and the hosted transport built on that.
//!
//! The platform keeps the vendor's credentials; a call is one request to it. Knows the platform's
//! contract, no vendor.

mod addition;
mod create;
mod envelope;
mod exchange;
mod file;
mod generation;
mod hydrate;
mod local_transports;
mod lookup;
mod lookups;
mod options;
mod prepare;
mod request;
mod secrets;
mod session;
mod settings;
mod store;
mod token;
mod transport;

pub use http::{HeaderMap, Method};

pub use self::create::NewConnector;
pub use self::generation::Generation;
pub use self::options::Hosted;
pub use self::request::PlatformRequest;
pub use self::secrets::{EnvironmentSecrets, SecretProvider};
pub use self::session::Session;
pub use self::settings::Settings;
pub(crate) use self::transport::HostedTransport;
