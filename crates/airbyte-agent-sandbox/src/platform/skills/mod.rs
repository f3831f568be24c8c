//! Skills: documents that agents read, static ones and one for each connector.

mod docs;
mod guides;

use serde_json::{Value, json};

use super::Cx;
use super::cursor::{Cursor, limit};
use super::refusal::{Answer, Refusal};
use super::state::{Installed, State};
use crate::reply::Reply;

/// A document.
#[derive(Debug)]
pub(super) struct Skill {
    id: String,
    kind: &'static str,
    title: String,
    summary: String,
    tags: Vec<String>,
    version: String,
    sections: Vec<Section>,
}

/// A section of a document; the first one is shown when none is asked for.
#[derive(Debug)]
struct Section {
    id: String,
    title: String,
    summary: Option<String>,
    content: Vec<Value>,
}

const OF_CONNECTOR: &str = "connector-source:";

/// The id of a connector's document.
pub(super) fn of_connector(id: &str) -> String {
    format!("{OF_CONNECTOR}{id}")
}

impl Skill {
    fn metadata(&self, checked_at: &str) -> Value {
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

    /// How well it fits the words of a search; 0 when one is missing.
    fn score(&self, words: &[String]) -> usize {
        let titles =
            self.sections.iter().map(|section| format!("{} {}", section.id, section.title));
        let body = titles.collect::<Vec<_>>().join(" ");
        let head = format!("{} {} {}", self.title, self.summary, self.tags.join(" "));
        let (head, body) = (head.to_lowercase(), body.to_lowercase());
        let of = |word: &String| {
            3 * head.matches(word.as_str()).count() + body.matches(word.as_str()).count()
        };
        let scores: Vec<usize> = words.iter().map(of).collect();
        if scores.contains(&0) { 0 } else { scores.iter().sum() }
    }
}

fn of_installed(cx: &Cx<'_>, connector: &Installed) -> Option<Skill> {
    Some(docs::of(cx.platform.kind(&connector.slug)?, connector))
}

/// The documents that the query may see.
fn all(cx: &Cx<'_>, state: &State) -> Result<Vec<Skill>, Refusal> {
    check_organization(cx)?;
    let workspace = cx.query("workspace_id").filter(|id| !id.is_empty());
    if let Some(id) = &workspace {
        state.workspace(&cx.caller, id)?;
    }
    let of_workspace = |one: &&Installed| {
        state.sees(&cx.caller, one) && workspace.as_ref().is_none_or(|id| one.workspace == *id)
    };
    let own = state.connectors.iter().filter(of_workspace).filter_map(|c| of_installed(cx, c));
    Ok(guides::all().into_iter().chain(own).collect())
}

fn check_organization(cx: &Cx<'_>) -> Result<(), Refusal> {
    let given = cx.query("organization_id").filter(|id| !id.is_empty());
    if given.is_some_and(|id| id != cx.caller.organization) {
        return Err(Refusal::forbidden("The token does not act for this organization"));
    }
    Ok(())
}

fn page(cx: &Cx<'_>, skills: &[Skill], of: &str) -> Answer {
    let limit = limit(cx, 20, 100)?;
    let of = format!("{of} {} {:?}", cx.caller.organization, cx.query("workspace_id"));
    let start = Cursor::start(cx.query("cursor").as_deref(), &of)?;
    let now = cx.platform.clock.now();
    let data: Vec<Value> =
        skills.iter().skip(start).take(limit).map(|skill| skill.metadata(&now)).collect();
    let next = (start + limit < skills.len()).then(|| Cursor::write(start + limit, &of));
    Ok(Reply::json(200, &json!({"data": data, "next_cursor": next})))
}

/// `GET /skills`
pub(super) fn list(cx: &Cx<'_>) -> Answer {
    let state = cx.state();
    page(cx, &all(cx, &state)?, "skills")
}

/// `GET /skills/search`
pub(super) fn search(cx: &Cx<'_>) -> Answer {
    let query = cx.query("query").unwrap_or_default().to_lowercase();
    let words: Vec<String> = query.split_whitespace().map(str::to_owned).collect();
    if words.is_empty() {
        return Err(Refusal::invalid("query", "query is required"));
    }
    let state = cx.state();
    let mut found = all(cx, &state)?;
    found.retain(|skill| skill.score(&words) > 0);
    found.sort_by_key(|skill| std::cmp::Reverse(skill.score(&words)));
    page(cx, &found, &format!("search {query}"))
}

/// `GET /skills/docs`
pub(super) fn read(cx: &Cx<'_>) -> Answer {
    let id = cx.query("id").filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| Refusal::invalid("id", "id is required"))?;
    check_organization(cx)?;
    let state = cx.state();
    let missing = || Refusal::missing("Skill", &id);
    let skill = match id.strip_prefix(OF_CONNECTOR) {
        Some(connector) => {
            let connector = state.connector(&cx.caller, connector).map_err(|_| missing())?;
            of_installed(cx, connector)
        }
        None => guides::all().into_iter().find(|guide| guide.id == id),
    };
    let skill = skill.ok_or_else(missing)?;
    let asked = cx.query("section").filter(|section| !section.is_empty());
    let section = match &asked {
        None => skill.sections.first(),
        Some(wanted) => skill.sections.iter().find(|section| section.id == *wanted),
    };
    let section =
        section.ok_or_else(|| Refusal::missing("Section", asked.as_deref().unwrap_or_default()))?;
    let outline: Vec<Value> = skill
        .sections
        .iter()
        .map(|section| {
            json!({
                "id": section.id,
                "title": section.title,
                "summary": section.summary,
                "available": true,
            })
        })
        .collect();
    let answer = json!({
        "metadata": skill.metadata(&cx.platform.clock.now()),
        "outline": outline,
        "section_id": asked,
        "content": section.content,
    });
    Ok(Reply::json(200, &answer))
}

fn paragraph(text: impl Into<String>) -> Value {
    json!({"type": "paragraph", "text": text.into()})
}

fn heading(text: impl Into<String>, level: u8) -> Value {
    json!({"type": "heading", "text": text.into(), "level": level})
}

fn list_of(items: &[String]) -> Value {
    json!({"type": "list", "items": items})
}

fn code(language: &str, code: impl Into<String>) -> Value {
    json!({"type": "code", "language": language, "code": code.into()})
}

fn table(headers: &[&str], rows: &[Vec<String>]) -> Value {
    json!({"type": "table", "headers": headers, "rows": rows})
}
