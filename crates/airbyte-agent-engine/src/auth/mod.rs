//! Authentication: turns what the user provides into headers and parameters of a request.
//!
//! This module knows kinds of schemes and no vendors. Secrets are `SecretString`s and are
//! registered with the redactor, so that no message can contain them.

mod account;
mod apply;
mod assertion;
mod credentials;
mod oauth2;
mod renewal;
mod stored;
mod token_request;
mod token_response;
mod token_store;

pub(crate) use account::Account;
pub(crate) use apply::{Credential, apply};
pub use credentials::Credentials;
pub(crate) use credentials::check_owner;
pub use oauth2::TokenUpdate;
pub(crate) use oauth2::read_answer;
pub(crate) use renewal::{Announce, Renewal, RenewalContext, Token};
pub use stored::StoredShape;
pub(crate) use token_request::TokenRequest;
pub(crate) use token_response::TokenResponse;
pub use token_store::{StoredTokens, TokenLock, TokenStore};
