//! Search words: each list belongs to an entity or an operation, and every word stands there once.

use airbyte_agent_description::Connector;
use airbyte_agent_yaml::Node;

use crate::lower::Cx;
use crate::names::hint;

pub(super) fn check(cx: &Cx<'_>, connector: &Connector) {
    let operations: Vec<String> =
        connector.operations().map(airbyte_agent_description::Operation::place).collect();
    let entities = || connector.entities.iter().map(|entity| entity.name.as_ref());
    let all = cx.info_key("x-agent-search-words");
    for (place, words) in all.map(Node::members).unwrap_or_default() {
        let (kind, is_known) = match place.contains('.') {
            true => ("operation", operations.contains(place)),
            false => ("entity", connector.entity(place).is_some()),
        };
        if !is_known {
            let known = entities().chain(operations.iter().map(String::as_str));
            let hint = hint(place, known);
            cx.report.error(words, format!("there is no {kind} `{place}`{hint}"));
        }
        check_words(cx, words);
    }
    if let Some(names) = cx.info_key("x-agent-other-names") {
        check_words(cx, names);
    }
}

fn check_words<'a>(cx: &Cx<'a>, words: &'a Node) {
    let mut before: Vec<String> = Vec::new();
    for item in words.items() {
        let word = item.plain();
        if word.is_empty() {
            cx.report.error(item, "the words to search for are empty");
        } else if before.contains(&word) {
            cx.report.error(item, format!("`{word}` stands here twice"));
        }
        before.push(word);
    }
}
