//! What texts have to look like: formats, patterns and query languages, and whether examples do.

use airbyte_agent_description::query::Language;
use airbyte_agent_description::{FORMATS, Format, Schema, TextRule};
use airbyte_agent_yaml::Node;

use crate::lower::{Cx, rules, types};
use crate::names::hint;

/// Reports keys that mean nothing, and values that the schema itself refuses.
pub(super) fn check<'a>(cx: &Cx<'a>, node: &'a Node) {
    formats(cx, node);
    pattern(cx, node);
    grammar(cx, node);
    values(cx, node);
}

fn formats<'a>(cx: &Cx<'a>, node: &'a Node) {
    let Some(list) = node.get("x-agent-formats") else { return };
    let known = || FORMATS.iter().map(|format| format.name);
    let mut has_format = false;
    for item in list.items() {
        let name = item.plain();
        has_format |= Format::find(&name).is_some();
        let near = hint(&name, known());
        if Format::find(&name).is_none() && !near.is_empty() {
            cx.report.error(item, format!("`{name}` is no format{near}"));
        }
    }
    if !has_format {
        let known: Vec<&str> = known().collect();
        cx.report.error(
            list,
            format!(
                "`x-agent-formats` is a list of formats and of words that may stand instead of them; the \
                 formats are {}",
                known.join(", ")
            ),
        );
    }
}

fn pattern<'a>(cx: &Cx<'a>, node: &'a Node) {
    let Some(pattern) = node.get("pattern") else { return };
    if TextRule::pattern(pattern.plain()).is_none() {
        cx.report.warning(
            pattern,
            "this regular expression cannot be read, so that nothing is checked against it; look-around \
             and references to groups are not possible",
        );
    }
}

fn grammar<'a>(cx: &Cx<'a>, node: &'a Node) {
    let Some(grammar) = node.get("x-agent-grammar") else { return };
    for (key, value) in grammar.members() {
        match key.as_str() {
            "language" => {}
            "names" if !value.items().is_empty() => {}
            "names" => cx.report.error(value, "`names` is a list of names"),
            "bounded" if value.as_bool().is_some() => {}
            "bounded" => cx.report.error(value, "`bounded` is true or false"),
            _ => cx.report.error(
                value,
                format!(
                    "`x-agent-grammar` has no key `{key}`; it may have language, names, bounded"
                ),
            ),
        }
    }
    let language = grammar.get("language").unwrap_or(grammar);
    let name = language.plain();
    if Language::parse(&name).is_none() {
        let known = Language::ALL.map(Language::as_str);
        cx.report.error(
            language,
            format!("there is no language `{name}`; there are {}", known.join(", ")),
        );
    }
    if !types(node).contains(&"string") {
        cx.report.error(grammar, "`x-agent-grammar` stands beside `type: string`");
    }
}

/// Examples and defaults have to keep the rules that they stand beside.
fn values<'a>(cx: &Cx<'a>, node: &'a Node) {
    if !["format", "pattern", "x-agent-formats", "x-agent-grammar"]
        .iter()
        .any(|key| node.get(key).is_some())
    {
        return;
    }
    let examples = node.get("examples").map(Node::items).unwrap_or_default();
    for value in ["example", "default"].iter().filter_map(|key| node.get(key)).chain(examples) {
        report(cx, node, value);
    }
}

/// Reports the example beside the schema of a parameter, if the schema refuses it.
pub(super) fn check_example<'a>(cx: &Cx<'a>, parameter: &'a Node, schema: &'a Node) {
    if let Some(example) = parameter.get("example") {
        report(cx, schema, example);
    }
}

fn report<'a>(cx: &Cx<'a>, node: &Node, value: &'a Node) {
    let schema =
        Schema { format: node.text("format").into(), rules: rules(node).into(), ..Schema::ANY };
    if let Some(problem) = schema.misfit(&value.to_json()) {
        cx.report.error(value, format!("the schema refuses this value: it {problem}"));
    }
}
