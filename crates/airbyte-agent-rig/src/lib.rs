#![doc = include_str!("../README.md")]

#[cfg(feature = "agent")]
mod guard;
mod tools;

#[cfg(feature = "agent")]
pub use guard::Guard;
pub use tools::{dynamic_tools, operator_problem};
