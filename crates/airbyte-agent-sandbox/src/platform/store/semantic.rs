//! Search by meaning, as far as letters go: texts that share many short runs of letters with the
//! prompt are near to it.

use std::collections::HashMap;

use airbyte_agent_description::Entity;
use serde_json::{Map, Value, json};

use super::filter::{Condition, Reader};
use super::search::{limit, project, wanted};
use super::{Row, words};
use crate::platform::refusal::Refusal;

/// Longest piece of a text that is compared as one, in characters.
const CHUNK: usize = 400;
/// Nearness below which a text is no hit.
const LEAST: f64 = 0.25;

/// The hits, nearest first.
pub(super) fn run(
    entity: &Entity,
    rows: &[Row],
    params: &Map<String, Value>,
) -> Result<Vec<Value>, Refusal> {
    let fields: Vec<&str> = entity.store.iter().map(|field| field.name.as_ref()).collect();
    if params.get("query").is_some_and(|query| *query != json!({})) {
        return Err(Refusal::invalid("query", "semantic and query exclude each other"));
    }
    let limit = limit(params, 10, 100)?;
    let kept = wanted(params.get("fields"), &fields)?;
    let asked = Asked::read(entity, params.get("semantic"))?;
    let prompt = runs(&asked.prompt);
    let mut hits: Vec<(f64, Value)> = Vec::new();
    for row in rows {
        let text = row.get(&asked.field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut own: Vec<(f64, usize, String)> = chunks(&text)
            .into_iter()
            .enumerate()
            .map(|(at, chunk)| (nearness(&prompt, &runs(&chunk)), at, chunk))
            .filter(|(score, at, chunk)| *score >= asked.least && asked.keeps(row, *at, chunk))
            .collect();
        own.sort_by(|one, other| other.0.total_cmp(&one.0));
        if asked.one_each {
            own.truncate(1);
        }
        for (score, at, chunk) in own {
            let context: String = text.chars().take(asked.context).collect();
            let metadata = json!({
                "score": (score * 1e4).round() / 1e4,
                "context": context,
                "chunk": chunk,
                "chunk_chunk_index": at,
            });
            let entity = project(row, kept.as_deref());
            hits.push((score, json!({"entity": entity, "metadata": metadata})));
        }
    }
    hits.sort_by(|one, other| other.0.total_cmp(&one.0));
    Ok(hits.into_iter().take(limit).map(|(_, hit)| hit).collect())
}

/// What is asked for.
struct Asked {
    prompt: String,
    field: String,
    filter: Option<Condition>,
    context: usize,
    least: f64,
    one_each: bool,
}

impl Asked {
    fn read(entity: &Entity, given: Option<&Value>) -> Result<Self, Refusal> {
        let refuse = |name: &str, why: &str| {
            let at = format!("semantic.{name}");
            Refusal::invalid(at.clone(), format!("{at} {why}"))
        };
        let given = given.and_then(Value::as_object);
        let given = given.ok_or_else(|| Refusal::invalid("semantic", "semantic is an object"))?;
        let prompt = given.get("prompt").and_then(Value::as_str).filter(|text| !text.is_empty());
        let prompt = prompt.ok_or_else(|| refuse("prompt", "is required"))?;
        let texts = entity.store.iter().filter(|field| field.kind == "string");
        let texts: Vec<&str> = texts.map(|field| field.name.as_ref()).collect();
        let field = match (given.get("field"), texts.as_slice()) {
            (Some(Value::String(field)), texts) if texts.contains(&field.as_str()) => field.clone(),
            (None | Some(Value::Null), [only]) => (*only).to_owned(),
            _ => return Err(refuse("field", &format!("is to be one of {}", texts.join(", ")))),
        };
        let names = ["chunk", "chunk_context", "chunk_chunk_id", "chunk_chunk_index", &field];
        let reader = Reader { fields: &names, at: "semantic.filter" };
        let filter = given.get("filter").filter(|filter| !filter.is_null());
        let filter = filter.map(|filter| reader.read(filter)).transpose()?;
        let least = match given.get("min_similarity") {
            None | Some(Value::Null) => LEAST,
            Some(value) => value
                .as_f64()
                .filter(|least| (-1.0..=1.0).contains(least))
                .ok_or_else(|| refuse("min_similarity", "is to be a number from -1 to 1"))?,
        };
        let one_each = match given.get("dedup").and_then(Value::as_str) {
            None | Some("max") => true,
            Some("none") => false,
            Some(_) => return Err(refuse("dedup", "is to be max or none")),
        };
        let context = match given.get("context_size") {
            None | Some(Value::Null) => 2_048,
            Some(value) => {
                let size = value.as_u64().and_then(|size| usize::try_from(size).ok());
                size.ok_or_else(|| refuse("context_size", "is to be a number of characters"))?
            }
        };
        Ok(Self { prompt: prompt.to_owned(), field, filter, context, least, one_each })
    }

    fn keeps(&self, row: &Row, at: usize, chunk: &str) -> bool {
        let Some(filter) = &self.filter else { return true };
        let mut shown = Row::new();
        let id = row.get("id").cloned().unwrap_or(Value::Null);
        for (name, value) in [
            ("chunk", chunk.into()),
            ("chunk_context", row.get(&self.field).cloned().unwrap_or(Value::Null)),
            ("chunk_chunk_id", format!("{id}-{at}").into()),
            ("chunk_chunk_index", at.into()),
            (self.field.as_str(), chunk.into()),
        ] {
            shown.insert(name.to_owned(), value);
        }
        filter.meets(&shown)
    }
}

/// The pieces of a text, cut between words.
fn chunks(text: &str) -> Vec<String> {
    let mut chunks: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match chunks.last_mut() {
            Some(last) if last.len() + word.len() < CHUNK => {
                last.push(' ');
                last.push_str(word);
            }
            _ => chunks.push(word.to_owned()),
        }
    }
    chunks
}

/// How often each run of three letters occurs in the words of a text.
fn runs(text: &str) -> HashMap<String, f64> {
    let mut runs = HashMap::new();
    for word in words::of_text(text) {
        let letters: Vec<char> = format!(" {word} ").chars().collect();
        for run in letters.windows(3) {
            *runs.entry(run.iter().collect()).or_insert(0.0) += 1.0;
        }
    }
    runs
}

/// The cosine between two texts.
fn nearness(one: &HashMap<String, f64>, other: &HashMap<String, f64>) -> f64 {
    let length = |all: &HashMap<String, f64>| all.values().map(|n| n * n).sum::<f64>().sqrt();
    let shared = one.iter().filter_map(|(run, n)| Some(n * other.get(run)?)).sum::<f64>();
    let lengths = length(one) * length(other);
    if lengths > 0.0 { shared / lengths } else { 0.0 }
}
