//! The form of skills.

use serde_json::{Value, json};

/// A document that agents read.
#[derive(Debug)]
pub(super) struct Skill {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) tags: Vec<String>,
    pub(super) version: String,
    pub(super) sections: Vec<Section>,
}

/// A section of a document. The first one is shown when a request asks for none.
#[derive(Debug)]
pub(super) struct Section {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) summary: Option<String>,
    /// Blocks of text, as made by the functions of this module.
    pub(super) content: Vec<Value>,
}

impl Skill {
    /// What responses show of the document besides its content.
    pub(super) fn metadata(&self, checked_at: &str) -> Value {
        let state = if self.kind == "static" { "static" } else { "live" };
        json!({
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "summary": self.summary,
            "tags": self.tags,
            "provenance": "sandbox",
            "version": self.version,
            "freshness": {"state": state, "checked_at": checked_at},
            "warnings": [],
        })
    }

    /// How well the document fits the words of a search; 0 when a word is missing.
    pub(super) fn score(&self, words: &[String]) -> usize {
        let titles =
            self.sections.iter().map(|section| format!("{} {}", section.id, section.title));
        let body = titles.collect::<Vec<_>>().join(" ");
        let head = format!("{} {} {}", self.title, self.summary, self.tags.join(" "));
        let (head, body) = (head.to_lowercase(), body.to_lowercase());
        let score_of = |word: &String| {
            3 * head.matches(word.as_str()).count() + body.matches(word.as_str()).count()
        };
        let scores: Vec<usize> = words.iter().map(score_of).collect();
        if scores.contains(&0) { 0 } else { scores.iter().sum() }
    }
}

pub(super) fn paragraph(text: impl Into<String>) -> Value {
    json!({"type": "paragraph", "text": text.into()})
}

pub(super) fn heading(text: impl Into<String>, level: u8) -> Value {
    json!({"type": "heading", "text": text.into(), "level": level})
}

pub(super) fn list(items: &[String]) -> Value {
    json!({"type": "list", "items": items})
}

pub(super) fn code(language: &str, code: impl Into<String>) -> Value {
    json!({"type": "code", "language": language, "code": code.into()})
}

pub(super) fn table(headers: &[&str], rows: &[Vec<String>]) -> Value {
    json!({"type": "table", "headers": headers, "rows": rows})
}
