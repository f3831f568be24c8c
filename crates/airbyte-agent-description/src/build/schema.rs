//! Schemas, members of objects, and parameters.

use std::borrow::Cow;

use super::setters;
use crate::query::{Grammar, Language};
use crate::{
    ConfigInject, Json, Kind, Location, Parameter, Property, Schema, Style, Text, TextRule,
};

/// The schema of any value but `null`.
pub const ANY: Schema = Schema { nullable: false, ..Schema::ANY };
/// The schema of a text.
pub const STRING: Schema = ANY.kinds(&[Kind::String]);
/// The schema of a whole number.
pub const INTEGER: Schema = ANY.kinds(&[Kind::Integer]);
/// The schema of any number.
pub const NUMBER: Schema = ANY.kinds(&[Kind::Number]);
/// The schema of `true` and `false`.
pub const BOOLEAN: Schema = ANY.kinds(&[Kind::Boolean]);
/// The schema of an array of anything.
pub const ARRAY: Schema = ANY.kinds(&[Kind::Array]);
/// An object, which may have members beyond its properties.
pub const OBJECT: Schema = ANY.kinds(&[Kind::Object]);

impl Schema {
    setters! {
        /// The types that are allowed.
        kinds(kinds: &'static [Kind]) kinds = Cow::Borrowed(kinds);
        /// Allows `null` in addition.
        nullable() nullable = true;
        /// Format, for example `date-time`.
        format(format: &'static str) format = Cow::Borrowed(format);
        /// Rules that texts have to keep.
        rules(rules: &'static [TextRule]) rules = Cow::Borrowed(rules);
        /// What the value means to the vendor.
        description(text: &'static str) description = Cow::Borrowed(text);
        /// The only values that are allowed.
        choices(choices: &'static [Json]) choices = Cow::Borrowed(choices);
        /// Smallest number that is allowed, itself included.
        minimum(minimum: f64) minimum = Some(minimum);
        /// Largest number that is allowed, itself included.
        maximum(maximum: f64) maximum = Some(maximum);
        /// Schema of the elements of an array: one.
        items(items: &'static [Schema]) items = Cow::Borrowed(items);
        /// The members that an object may have.
        properties(properties: &'static [Property]) properties = Cow::Borrowed(properties);
        /// Allows no members beyond the properties.
        closed() open = false;
        /// The default, as JSON text.
        default(json: &'static str) default = Some(Json(Cow::Borrowed(json)));
    }
}

/// The rule that a value has one of these formats, or is one of these words.
pub const fn formats(names: &'static [Text]) -> TextRule {
    TextRule::Formats(Cow::Borrowed(names))
}

/// The rule that this regular expression matches a part of a text.
pub const fn pattern(pattern: &'static str) -> TextRule {
    TextRule::Pattern(Cow::Borrowed(pattern))
}

/// The rule that a text is written in a language, in which there are these names only; if empty, they are not
/// known.
pub const fn grammar(language: Language, names: &'static [Text]) -> TextRule {
    TextRule::Grammar(Grammar { language, names: Cow::Borrowed(names), bounded: false })
}

/// The rule that a text is a query in a language, which restricts what is found.
pub const fn bounded(language: Language) -> TextRule {
    TextRule::Grammar(Grammar { language, names: Cow::Borrowed(&[]), bounded: true })
}

/// A member that an object must have.
pub const fn required(name: &'static str, schema: Schema) -> Property {
    Property { name: Cow::Borrowed(name), required: true, schema, is_addition: false }
}

/// A member that an object may have.
pub const fn optional(name: &'static str, schema: Schema) -> Property {
    Property { name: Cow::Borrowed(name), required: false, schema, is_addition: false }
}

impl Property {
    setters! {
        /// Airbyte's hosted platform does not know the member.
        addition() is_addition = true;
    }
}

/// A parameter in the path.
pub const fn path(name: &'static str, schema: Schema) -> Parameter {
    parameter(Location::Path, name, schema)
}

/// A parameter in the query.
pub const fn query(name: &'static str, schema: Schema) -> Parameter {
    parameter(Location::Query, name, schema)
}

/// A parameter in a header.
pub const fn header(name: &'static str, schema: Schema) -> Parameter {
    parameter(Location::Header, name, schema)
}

/// A parameter that is a member of the body.
pub const fn body(name: &'static str, schema: Schema) -> Parameter {
    parameter(Location::Body, name, schema)
}

/// A parameter for the name or the media type of a file in the body.
pub const fn file_part(name: &'static str, schema: Schema) -> Parameter {
    parameter(Location::File, name, schema)
}

/// A parameter for the variables, or the field selection, of a GraphQL document.
pub const fn argument(name: &'static str, schema: Schema) -> Parameter {
    parameter(Location::GraphQl, name, schema)
}

const fn parameter(location: Location, name: &'static str, schema: Schema) -> Parameter {
    Parameter {
        name: Cow::Borrowed(name),
        wire: None,
        location,
        required: false,
        description: Cow::Borrowed(""),
        schema,
        style: Style::Repeat,
        default: None,
        send_default: false,
        probe_default: None,
        config: None,
        is_addition: false,
        prefix: None,
        example: None,
    }
}

impl Parameter {
    setters! {
        /// Name in the request, if it differs.
        wire(name: &'static str) wire = Some(Cow::Borrowed(name));
        /// A call that does not pass the parameter is refused.
        required() required = true;
        /// What the parameter means.
        description(text: &'static str) description = Cow::Borrowed(text);
        /// How lists and objects are written in a query.
        style(style: Style) style = style;
        /// Value used when the caller passes none, as JSON text.
        default(json: &'static str) default = Some(Json(Cow::Borrowed(json)));
        /// The default is sent when the caller passes nothing.
        send_default() send_default = true;
        /// The value that a check of the credentials passes, as JSON text.
        probe_default(json: &'static str) probe_default = Some(Json(Cow::Borrowed(json)));
        /// Airbyte's hosted platform does not know the parameter.
        addition() is_addition = true;
        /// Text that the path already has before the value.
        prefix(text: &'static str) prefix = Some(Cow::Borrowed(text));
        /// A value that works, as JSON text.
        example(json: &'static str) example = Some(Json(Cow::Borrowed(json)));
    }

    /// Configuration that supplies the value when the caller passes none, and what its values mean.
    #[must_use]
    pub const fn config(mut self, key: &'static str, map: &'static [(Text, Json)]) -> Self {
        let config = ConfigInject { source: Cow::Borrowed(key), map: Cow::Borrowed(map) };
        std::mem::forget(self.config.replace(config));
        self
    }
}
