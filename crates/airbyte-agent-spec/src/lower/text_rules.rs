//! What texts have to look like: formats, patterns and query languages.

use airbyte_agent_description::TextRule;
use airbyte_agent_description::query::{Grammar, Language};
use airbyte_agent_yaml::Node;

/// The rules that a schema has for texts.
pub(crate) fn rules(node: &Node) -> Vec<TextRule> {
    let mut rules = Vec::new();
    if let Some(formats) = node.get("x-agent-formats") {
        let names = formats.items().iter().map(|name| name.plain().into());
        rules.push(TextRule::Formats(names.collect()));
    }
    rules.extend(node.get("pattern").and_then(Node::as_str).and_then(|pattern| {
        // A pattern of another dialect of regular expressions is not checked.
        TextRule::pattern(pattern.to_owned())
    }));
    rules.extend(node.get("x-agent-grammar").and_then(grammar).map(TextRule::Grammar));
    rules
}

/// `x-agent-grammar`: the name of a language, or a mapping that says more.
fn grammar(node: &Node) -> Option<Grammar> {
    if let Some(name) = node.as_str() {
        return Language::parse(name).map(Grammar::new);
    }
    let language = Language::parse(&node.get("language")?.plain())?;
    let names = node.get("names").map(Node::items).unwrap_or_default();
    Some(Grammar {
        language,
        names: names.iter().map(|name| name.plain().into()).collect(),
        bounded: node.get("bounded").and_then(Node::as_bool) == Some(true),
    })
}
