//! Runtime of the Airbyte agent connectors.
pub mod description;
