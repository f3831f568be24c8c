//! Query strings.

use percent_encoding::{AsciiSet, utf8_percent_encode};
use serde_json::Value;

use super::UNRESERVED;
use super::form::{bracketed, scalar};
use crate::arguments::Arguments;
use crate::description::{Location, Operation, Style};

/// The encoded query of an operation; empty if there is none.
pub(super) fn query(
    operation: &Operation,
    arguments: &Arguments,
    headers: &[(String, String)],
) -> String {
    let parameters = || operation.parameters.iter().filter(|p| p.location == Location::Query);
    let rest_li =
        headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("x-restli-protocol-version"));
    let mut pairs = Vec::new();
    for parameter in parameters() {
        let Some(value) = arguments.get(parameter.name.as_ref()) else { continue };
        write(parameter.wire_name(), value, parameter.style, &mut pairs);
    }
    if rest_li { encode_rest_li(&pairs) } else { encode_pairs(&pairs) }
}

/// Writes one parameter as pairs of names and values.
fn write(name: &str, value: &Value, style: Style, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Array(items) => {
            let separator = match style {
                Style::Comma => ",",
                Style::Space => " ",
                Style::Pipe => "|",
                Style::Repeat | Style::DeepObject => {
                    for (index, item) in items.iter().enumerate() {
                        match item {
                            // Otherwise members of different objects could not be told apart.
                            Value::Object(_) if style == Style::DeepObject => {
                                bracketed(&format!("{name}[{index}]"), item, pairs);
                            }
                            Value::Array(_) | Value::Object(_) => bracketed(name, item, pairs),
                            item => pairs.push((name.to_owned(), scalar(item))),
                        }
                    }
                    return;
                }
            };
            if !items.is_empty() {
                let joined = items.iter().map(scalar).collect::<Vec<_>>().join(separator);
                pairs.push((name.to_owned(), joined));
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let name = format!("{name}[{key}]");
                match member {
                    Value::Null => {}
                    Value::Array(_) => write(&name, member, Style::Repeat, pairs),
                    member => write(&name, member, style, pairs),
                }
            }
        }
        value => pairs.push((name.to_owned(), scalar(value))),
    }
}

/// The pairs in the form `application/x-www-form-urlencoded`.
pub(crate) fn encode_pairs(pairs: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The query encoding of Rest.li 2: `( ) : , %` are not escaped in structured values, so that URNs
/// that are already encoded stay unchanged.
fn encode_rest_li(pairs: &[(String, String)]) -> String {
    const STRUCTURED: &AsciiSet =
        &UNRESERVED.remove(b'(').remove(b')').remove(b':').remove(b',').remove(b'%');
    const PLAIN: &AsciiSet = &UNRESERVED.remove(b',');
    let encode = |(key, value): &(String, String)| {
        let is_structured = value.starts_with('(') || value.starts_with("List(");
        let set = if is_structured { STRUCTURED } else { PLAIN };
        format!("{}={}", utf8_percent_encode(key, UNRESERVED), utf8_percent_encode(value, set))
    };
    pairs.iter().map(encode).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_style_has_its_wire_form() {
        for (value, style, expected) in [
            (json!(true), Style::Repeat, "a=true"),
            (json!(null), Style::Repeat, ""),
            (json!(1.0), Style::Repeat, "a=1.0"),
            (json!("a b&c=d/é"), Style::Repeat, "a=a+b%26c%3Dd%2F%C3%A9"),
            (json!(["x", "y"]), Style::Repeat, "a=x&a=y"),
            (json!([]), Style::Comma, ""),
            (json!([1, true]), Style::Comma, "a=1%2Ctrue"),
            (json!(["x", "y"]), Style::Pipe, "a=x%7Cy"),
            (json!({"gte": 1, "lt": null}), Style::DeepObject, "a%5Bgte%5D=1"),
            (json!({"in": ["x", "y"]}), Style::DeepObject, "a%5Bin%5D=x&a%5Bin%5D=y"),
            (json!({"b": {"c": 1}}), Style::DeepObject, "a%5Bb%5D%5Bc%5D=1"),
            (json!([{"b": 1}, {"b": 2}]), Style::DeepObject, "a%5B0%5D%5Bb%5D=1&a%5B1%5D%5Bb%5D=2"),
        ] {
            let mut pairs = Vec::new();
            write("a", &value, style, &mut pairs);
            assert_eq!(encode_pairs(&pairs), expected, "{value} {style:?}");
        }
    }

    #[test]
    fn rest_li_keeps_structure() {
        let pairs = [
            ("ids".to_owned(), "List(urn%3Ali%3A1,urn:li:2)".to_owned()),
            ("q".to_owned(), "a b:c".to_owned()),
        ];
        assert_eq!(encode_rest_li(&pairs), "ids=List(urn%3Ali%3A1,urn:li:2)&q=a%20b%3Ac");
    }
}
