//! Generates connector crates from connector specs.
