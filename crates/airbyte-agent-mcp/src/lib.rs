//! MCP server over the operations of any set of connectors.
//!
//! A [`Server`] is built from accounts (a client each, under a name) and the operator's [`Limits`];
//! it speaks MCP over standard input and output ([`Server::serve_stdio`]) or any pair of streams
//! ([`Server::serve`]). The tools themselves come from [`airbyte_agent_core::tools`]: what may be
//! called is decided there, in one place, and nothing in here can widen it.
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

mod answer;
mod audit;
mod call;
pub mod config;
mod flight;
mod handler;
mod http;
mod instructions;
mod limits;
mod progress;
mod prompts;
mod quota;
mod reference;
mod server;
mod streams;

pub use self::audit::Audit;
pub use self::config::Config;
pub use self::http::{HttpOptions, HttpServer, PATH, Token, listen};
pub use self::limits::Limits;
pub use self::quota::Quota;
pub use self::server::{Server, ServerBuilder};
