//! `xtask/tidy.toml`: the crates to which a rule applies, and the exceptions from it.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Rules {
    /// Crates whose documentation and words are checked.
    pub(crate) clean: Vec<String>,
    pub(crate) vendors: Vendors,
    pub(crate) length: Length,
    pub(crate) words: Words,
    /// For each crate, how many files are in each of its circles, the largest first.
    pub(crate) circles: BTreeMap<String, Vec<usize>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Vendors {
    /// Crates whose code must not name a vendor.
    pub(crate) crates: Vec<String>,
    /// Slugs that are also ordinary words.
    pub(crate) ordinary: Vec<String>,
    pub(crate) allow: Vec<AllowedVendor>,
}

/// A file that may name a vendor.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllowedVendor {
    pub(crate) path: String,
    /// The slug of the vendor.
    pub(crate) vendor: String,
    pub(crate) reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Length {
    pub(crate) limit: usize,
    pub(crate) allow: Vec<AllowedLength>,
}

/// A file that may be longer than the limit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AllowedLength {
    pub(crate) path: String,
    pub(crate) lines: usize,
    pub(crate) reason: String,
}

/// Words that a stranger does not understand, each with what to write instead.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Words {
    /// Whole identifiers, in `snake_case`; a type of this name in `CamelCase` is refused as well.
    pub(crate) identifiers: BTreeMap<String, String>,
    /// Words in documentation comments.
    pub(crate) docs: BTreeMap<String, String>,
}
