//! The grammar: the objects of the dialect as tables of the keys that they may have, and of the form of each
//! value.
//!
//! Schemas are free-form here; [`super::schemas`] looks at them.

mod auth;
mod info;
mod operation;
mod sync;

pub(super) use operation::ROOT;

/// What a value has to be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rule {
    /// A value of any form.
    Any,
    /// A text, which is not written as a number.
    Text,
    /// A text that may stay unquoted although it looks like a number.
    Word,
    /// The words `true` or `false`.
    Bool,
    /// A whole number, not negative.
    Count,
    /// A number, with a fraction or without.
    Number,
    /// A text that is one of these words.
    OneOf(&'static [&'static str]),
    /// A list whose elements follow this rule.
    List(&'static Rule),
    /// A mapping with any names, whose values follow this rule.
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

/// How keys that the table does not know are reported.
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
