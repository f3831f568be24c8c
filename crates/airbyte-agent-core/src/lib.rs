#![doc = include_str!("../README.md")]

pub use airbyte_agent_engine::*;

#[cfg(feature = "tools")]
pub use airbyte_agent_tools as tools;
#[cfg(feature = "tools")]
pub use airbyte_agent_tools::ClientTools;
