//! Compares the keys of every object, and the form of their values, with the grammar.

use super::grammar::{ROOT, Rule, Shape, Unknown};
use crate::lower::Cx;
use crate::names::hint;
use airbyte_agent_yaml::{Node, Value};

/// The `x-` keys of schemas, which are checked as schemas and not by the grammar.
const SCHEMA_EXTENSIONS: [&str; 5] = [
    "x-agent-at-least-one",
    "x-airbyte-entity-name",
    "x-airbyte-stream-name",
    "x-airbyte-ai-hints",
    "x-airbyte-probe-default",
];

pub(super) fn check(cx: &Cx<'_>) {
    object(cx, cx.root, &ROOT);
}

fn object<'a>(cx: &Cx<'a>, node: &'a Node, shape: &'static Shape) {
    if !node.is_map() {
        cx.report.error(node, format!("{} must be a mapping, found {}", shape.name, node.kind()));
        return;
    }
    for (key, child) in node.members() {
        match shape.keys.iter().find(|(known, _)| known == key) {
            Some((_, rule)) => value(cx, child, key, *rule),
            None => unknown(cx, child, key, shape),
        }
    }
    if node.get("$ref").is_some() {
        return;
    }
    for key in shape.required {
        if node.get(key).is_none() {
            cx.report.error(node, format!("{}: `{key}` is missing", shape.name));
        }
    }
}

fn unknown<'a>(cx: &Cx<'a>, child: &'a Node, key: &str, shape: &'static Shape) {
    let known = || shape.keys.iter().map(|(known, _)| *known);
    let extension = key.starts_with("x-");
    match (shape.unknown, extension) {
        (Unknown::Strict, _) | (Unknown::Lenient, false) => {
            let hint = match hint(key, known()) {
                hint if hint.is_empty() => {
                    format!("; it may have {}", known().collect::<Vec<_>>().join(", "))
                }
                hint => hint,
            };
            cx.report.error(child, format!("{} has no key `{key}`{hint}", shape.name));
        }
        (Unknown::Lenient | Unknown::Open, true) => {
            if shape.name == "component schema" && SCHEMA_EXTENSIONS.contains(&key) {
                return;
            }
            let known = known().filter(|known| known.starts_with("x-"));
            let hint = hint(key, known);
            cx.report.warning(child, format!("unknown key `{key}` on {}{hint}", shape.name));
        }
        (Unknown::Open, false) => {}
    }
}

fn value<'a>(cx: &Cx<'a>, node: &'a Node, key: &str, rule: Rule) {
    let expected = |what: &str| {
        cx.report.error(node, format!("`{key}` must be {what}, found {}", node.kind()));
    };
    match rule {
        Rule::Any => {}
        Rule::Text => match &node.value {
            Value::Text(_) => {}
            Value::Number(_) | Value::Bool(_) => {
                cx.report.error(node, format!("`{key}` must be a text; put the value in quotes"));
            }
            _ => expected("a text"),
        },
        Rule::Word => {
            if matches!(node.value, Value::List(_) | Value::Map(_)) {
                expected("a text");
            }
        }
        Rule::Bool => {
            if node.as_bool().is_none() {
                expected("true or false");
            }
        }
        Rule::Count => {
            if node.as_u64().is_none() {
                expected("a whole number, 0 or more");
            }
        }
        Rule::Number => {
            if node.as_f64().is_none() {
                expected("a number");
            }
        }
        Rule::OneOf(words) => {
            let text = node.plain();
            if !words.contains(&text.as_str()) {
                let hint = hint(&text, words.iter().copied());
                let words = words.join(", ");
                cx.report
                    .error(node, format!("`{key}` must be one of {words}; found `{text}`{hint}"));
            }
        }
        Rule::List(element) => match &node.value {
            Value::List(items) => items.iter().for_each(|item| value(cx, item, key, *element)),
            _ => expected("a list"),
        },
        Rule::Map(element) => match &node.value {
            Value::Map(members) => {
                for (name, member) in members {
                    value(cx, member, name, *element);
                }
            }
            _ => expected("a mapping"),
        },
        Rule::Either(first, second) => {
            value(cx, node, key, if is_composed(*first, node) { *first } else { *second });
        }
        Rule::Object(shape) => object(cx, node, shape),
    }
}

/// Whether `rule` wants the composed form that `node` has.
fn is_composed(rule: Rule, node: &Node) -> bool {
    match rule {
        Rule::List(_) => matches!(node.value, Value::List(_)),
        Rule::Map(_) | Rule::Object(_) => node.is_map(),
        _ => false,
    }
}
