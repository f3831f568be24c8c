//! Imports documents from end to end, and tries what comes of them.

mod garden;
mod real;
mod trial;
