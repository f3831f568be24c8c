//! The objects of the dialect as tables: which keys each may have, and of what form.
//!
//! Schemas are free-form here; [`super::schemas`] looks at them.

mod auth;
mod info;
mod operation;

pub(super) use operation::ROOT;

/// What a value has to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// Anything.
    Any,
    /// A text.
    Text,
    /// A text that may stay unquoted although it looks like a number.
    Word,
    /// `true` or `false`.
    Bool,
    /// A whole number, not negative.
    Count,
    /// A number.
    Number,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// A list of this.
    List(&'static Rule),
    /// A mapping of free names to this.
    Map(&'static Rule),
    /// Either of two forms: the first if it is a mapping or list as wanted, else the second.
    Either(&'static Rule, &'static Rule),
    /// An object of the dialect.
    Object(&'static Shape),
}

/// An object of the dialect.
#[derive(Debug)]
pub(super) struct Shape {
    /// What it is called in messages.
    pub(super) name: &'static str,
    pub(super) keys: &'static [(&'static str, Rule)],
    /// Keys that must be there.
    pub(super) required: &'static [&'static str],
    pub(super) unknown: Unknown,
}

/// What becomes of keys that the table does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknown {
    /// Both plain and `x-` keys are errors.
    Strict,
    /// Plain keys are errors; `x-` keys may come from a later dialect.
    Lenient,
    /// Plain keys are accepted; `x-` keys may come from a later dialect.
    Open,
}

const TEXTS: Rule = Rule::List(&Rule::Text);
