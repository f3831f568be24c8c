//! Calls through Airbyte's platform: the session with it, and the hosted transport that uses the
//! session.
//!
//! The platform keeps the vendor's credentials, and each call is one request to the platform. This
//! module knows the platform's API and no vendor.

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
