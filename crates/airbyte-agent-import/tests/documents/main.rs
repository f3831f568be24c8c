//! Imports documents from end to end, and tries what comes of them.

mod real;
mod trial;
