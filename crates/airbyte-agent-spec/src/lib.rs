//! Reads and checks a connector spec and lowers it to a connector description.
//!
//! A spec is an `OpenAPI` 3.1 document in YAML or JSON with the `x-airbyte-*` keys of the published dialect and
//! the `x-agent-*` keys of this project; `specs/README.md` describes both. [`Spec::parse`] reads the text and
//! keeps the position of every value, [`Spec::lower`] turns the document into an
//! [`airbyte_agent_description::Connector`], and [`Spec::lint`] finds everything that is wrong or doubtful.
//!
//! This crate never uses the network and generates no code.
//!
//! ```
//! let text = r#"
//! openapi: 3.1.0
//! info:
//!   title: Acme
//!   version: 1.0.0
//!   x-airbyte-connector-definition-id: 11111111-2222-3333-4444-555555555555
//! servers: [{url: "https://api.acme.test"}]
//! paths:
//!   /users/{id}:
//!     get:
//!       x-airbyte-entity: users
//!       x-airbyte-action: get
//!       parameters:
//!         - {name: id, in: path, required: true, schema: {type: string}}
//!       responses: {"200": {description: One user.}}
//! "#;
//! let spec = airbyte_agent_spec::Spec::parse(text).unwrap();
//! let connector = spec.lower().unwrap();
//! assert_eq!(connector.name, "acme");
//! assert_eq!(connector.operations().count(), 1);
//! ```

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}

mod document;
mod expression;
mod lint;
mod load;
mod lower;
mod names;

mod report;

pub use airbyte_agent_yaml::{Problem, Severity};
pub use document::{Spec, read};
pub use load::{LoadError, load, load_with_text, lower_text, read_text};
pub use lower::PAGINATION_STYLES;
