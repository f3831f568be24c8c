//! Fields of records: found by name, compared as numbers, instants or texts.

use serde_json::{Map, Value};

use crate::data::{dates, plain};
use crate::decode::scalar_text;

/// How a field is compared with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    Contains,
    NotContains,
    Starts,
    Ends,
    More,
    MoreOrEqual,
    Less,
    LessOrEqual,
    Present,
    Absent,
}

impl Operator {
    /// The operator that vendors call by this name or sign; `None` for an unknown one.
    pub(super) fn named(name: &str) -> Option<Self> {
        if let Some(known) = Self::of_sign(name) {
            return Some(known);
        }
        let name = plain(name);
        let name = name.strip_suffix("ignorecase").unwrap_or(&name);
        Some(match name {
            "eq" | "is" | "equals" | "equal" | "in" | "any" | "anyof" | "oneof" => Self::Equal,
            "ne" | "neq" | "not" | "isnot" | "notequals" | "nin" | "notin" => Self::NotEqual,
            "contains" | "containstoken" | "like" | "has" | "containsany" => Self::Contains,
            "notcontains" | "notcontainstoken" | "notlike" => Self::NotContains,
            "startswith" => Self::Starts,
            "endswith" => Self::Ends,
            "gt" | "greaterthan" | "after" => Self::More,
            "gte" | "greaterorequal" | "greaterthanorequal" | "since" | "from" | "min"
            | "start" | "onorafter" => Self::MoreOrEqual,
            "lt" | "lessthan" | "before" => Self::Less,
            "lte" | "lessorequal" | "lessthanorequal" | "until" | "to" | "max" | "end"
            | "onorbefore" => Self::LessOrEqual,
            "hasproperty" | "exists" | "isnotnull" | "isset" => Self::Present,
            "nothasproperty" | "notexists" | "isnull" => Self::Absent,
            _ => return None,
        })
    }

    fn of_sign(sign: &str) -> Option<Self> {
        Some(match sign {
            "=" | "==" | ":" => Self::Equal,
            "!=" | "<>" => Self::NotEqual,
            "~" | ":~" => Self::Contains,
            "!~" => Self::NotContains,
            "^" => Self::Starts,
            "$" => Self::Ends,
            ">" | ":>" => Self::More,
            ">=" | ":>=" => Self::MoreOrEqual,
            "<" | ":<" => Self::Less,
            "<=" | ":<=" => Self::LessOrEqual,
            _ => return None,
        })
    }

    /// Whether the comparison of `field` with `wanted` is true. It is true where the two cannot be
    /// compared.
    pub(super) fn is_true(self, field: &Value, wanted: &Value) -> bool {
        match self {
            Self::Present => !field.is_null(),
            Self::Absent => field.is_null(),
            Self::NotEqual => !Self::Equal.is_true(field, wanted),
            Self::NotContains => !Self::Contains.is_true(field, wanted),
            Self::Equal | Self::Contains | Self::Starts | Self::Ends => {
                let wanted = texts(wanted);
                wanted.is_empty() || self.has_one(field, &wanted)
            }
            Self::More | Self::MoreOrEqual | Self::Less | Self::LessOrEqual => {
                let Some((is, (wanted, is_day))) = number(field).zip(number(wanted)) else {
                    return !field.is_null();
                };
                let is = is.0;
                match self {
                    Self::More => is > wanted,
                    Self::MoreOrEqual => is >= wanted,
                    Self::Less => is < wanted,
                    // A day ends when the next one begins.
                    _ if is_day => is < wanted + 86_400.0,
                    _ => is <= wanted,
                }
            }
        }
    }

    /// Whether the field, or a part of it, compares with one of the wanted texts.
    fn has_one(self, field: &Value, wanted: &[String]) -> bool {
        match field {
            Value::Null => false,
            Value::Array(items) => items.iter().any(|item| self.has_one(item, wanted)),
            Value::Object(map) => {
                map.iter().any(|(key, value)| plain(key) == "id" && self.has_one(value, wanted))
            }
            scalar => {
                let is = scalar_text(scalar).unwrap_or_default().to_lowercase();
                let both = |wanted: &String| number(scalar).zip(number(&wanted.as_str().into()));
                let close = |((a, _), (b, _)): ((f64, bool), (f64, bool))| (a - b).abs() < 1e-9;
                wanted.iter().any(|wanted| match self {
                    Self::Contains => is.contains(wanted.trim_matches(['*', '%'])),
                    Self::Starts => is.starts_with(wanted.trim_end_matches(['*', '%'])),
                    Self::Ends => is.ends_with(wanted.trim_start_matches(['*', '%'])),
                    _ => is == *wanted || both(wanted).is_some_and(close),
                })
            }
        }
    }
}

/// Whether a member of this name is an operator, in an object of conditions about a field.
pub(super) fn is_operator(name: &str) -> bool {
    Operator::named(name).is_some()
}

fn texts(wanted: &Value) -> Vec<String> {
    match wanted {
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        one => scalar_text(one).map(|text| text.to_lowercase()).into_iter().collect(),
    }
}

/// A value as a number, instants as seconds since 1970, and whether it is a whole day.
pub(super) fn number(value: &Value) -> Option<(f64, bool)> {
    let plain = |number: f64| {
        // A number that is too large for seconds of this century is in milliseconds.
        (if number.abs() > 1e11 { number / 1_000.0 } else { number }, false)
    };
    match value {
        Value::Number(number) => number.as_f64().map(plain),
        Value::String(text) => {
            let first = text.bytes().next()?;
            if !first.is_ascii_digit() && !matches!(first, b'-' | b'.') {
                return None;
            }
            dates::parse_seconds(text).or_else(|| text.parse().ok().map(plain))
        }
        _ => None,
    }
}

/// Members in which some vendors put the fields of a record.
const WRAPPERS: [&str; 6] = ["properties", "attributes", "fields", "metadata", "node", "data"];

/// The field at the end of this path of names.
pub(super) fn find_field<'r>(path: &[&str], record: &'r Map<String, Value>) -> Option<&'r Value> {
    let (first, rest) = path.split_first()?;
    let wanted = plain(first);
    let own = |map: &'r Map<String, Value>| {
        map.get(*first)
            .or_else(|| map.iter().find(|(key, _)| plain(key) == wanted).map(|(_, value)| value))
    };
    let inner = || {
        let mut wrappers = record.iter().filter(|(key, _)| WRAPPERS.contains(&plain(key).as_str()));
        wrappers.find_map(|(_, value)| own(value.as_object()?))
    };
    let field = own(record).or_else(inner)?;
    if rest.is_empty() { Some(field) } else { find_field(rest, field.as_object()?) }
}
