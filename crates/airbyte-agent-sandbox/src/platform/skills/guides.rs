//! Documents that are the same for everybody.

use serde_json::json;

use super::document::{Section, Skill, code, list, paragraph, table};

/// The documents that are the same for everybody.
pub(super) fn guides() -> Vec<Skill> {
    vec![results(), store()]
}

fn guide(id: &str, title: &str, summary: &str, sections: Vec<Section>) -> Skill {
    Skill {
        id: format!("static:{id}"),
        kind: "static",
        title: title.to_owned(),
        summary: summary.to_owned(),
        tags: vec!["guide".to_owned()],
        version: "1".to_owned(),
        sections,
    }
}

fn section(id: &str, title: &str, content: Vec<serde_json::Value>) -> Section {
    Section { id: id.to_owned(), title: title.to_owned(), summary: None, content }
}

fn results() -> Skill {
    let request = json!({
        "entity": "customers",
        "action": "list",
        "select_fields": ["id", "address.city"],
        "skip_truncation": false,
    });
    let fields = vec![
        paragraph("Ask for the fields you need: results stay small."),
        code("json", request.to_string()),
        list(&[
            "select_fields keeps these fields, by dotted path, and wins over exclude_fields."
                .into(),
            "exclude_fields leaves these fields out.".into(),
            "skip_truncation false cuts long texts of lists; get shows them whole.".into(),
        ]),
    ];
    guide(
        "results",
        "Small results",
        "Choose fields and cut long texts",
        vec![section("fields", "Fields", fields)],
    )
}

fn store() -> Skill {
    let rows = [
        ["eq, neq", "equal, not equal"],
        ["gt, gte, lt, lte", "order of numbers, dates and texts"],
        ["in", "one of a list"],
        ["contains", "part of a text"],
        ["startswith, endswith", "begin and end of a text"],
        ["fuzzy, keyword", "words, with and without tolerance"],
        ["array_contains, any", "elements of an array"],
        ["and, or, not", "conditions together"],
    ];
    let rows: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    let content = vec![
        paragraph("Copies of records are searched with context_store_search."),
        table(&["Operator", "Meaning"], &rows),
    ];
    guide(
        "context-store",
        "Search the context store",
        "Operators of filters",
        vec![section("operators", "Operators", content)],
    )
}
