//! An MCP server that offers the operations of any set of connectors.
//!
//! A [`Server`] is built from accounts, each of which is a client with a name, and from the [`Limits`] of
//! the operator. It speaks MCP over standard input and output ([`Server::serve_stdio`]), over any pair
//! of streams ([`Server::serve`]), or over HTTP ([`Server::listen`]). The tools come from
//! [`airbyte_agent_core::tools`]. It is decided there, in one place, which operations may be called,
//! and nothing in this crate can widen that.
//!
//! ```no_run
//! use airbyte_agent_core::tools::Policy;
//! use airbyte_agent_mcp::Server;
//!
//! # async fn example(github: airbyte_agent_core::Client) -> airbyte_agent_core::Result<()> {
//! let server = Server::builder()
//!     .account("github", github)?
//!     .policy(Policy::default().read_only())
//!     .build();
//! server.serve_stdio(std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```

/// Keeps the examples of the README compiling.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct ReadmeExamples;

mod admission;
mod approval;
mod asking;
mod audit;
mod batch;
mod builder;
mod call;
mod caller;
mod completion;
pub mod config;
mod handler;
mod http;
mod in_flight;
mod instructions;
mod limits;
mod lines;
mod message;
mod part;
mod program;
mod progress;
mod prompts;
mod quota;
mod random;
mod reference;
mod refusal;
mod response;
mod result_form;
mod server;
mod session;
mod session_call;
mod shared;
mod sign_in;
mod streams;
mod tasks;
mod trace;

pub use self::audit::Audit;
pub use self::builder::ServerBuilder;
pub use self::config::Config;
pub use self::http::{HttpOptions, HttpServer, OAuth, PATH, Token, listen};
pub use self::limits::Limits;
pub use self::quota::Quota;
pub use self::result_form::ResultForm;
pub use self::server::Server;
pub use self::sign_in::{SignInPage, SignIns};
