//! The semantic search of the store. The sandbox has no model of meaning; it takes texts that share many
//! sequences of three letters with the prompt for similar to it.

use std::collections::HashMap;

use airbyte_agent_description::Entity;
use serde_json::{Map, Value, json};

use super::filter::{Condition, FilterParser};
use super::request::{limit, selected_fields};
use super::{Row, words};
use crate::platform::error::ApiError;
use crate::platform::paths::project;

/// Longest piece of a text that is compared as a whole, in bytes.
const LONGEST_CHUNK: usize = 400;
/// Similarity that a text needs when the request does not say it.
const DEFAULT_MIN_SIMILARITY: f64 = 0.25;

/// The matching chunks with their rows, most similar first.
pub(super) fn search(
    entity: &Entity,
    rows: &[Row],
    params: &Map<String, Value>,
) -> Result<Vec<Value>, ApiError> {
    let fields: Vec<&str> = entity.store.iter().map(|field| field.name.as_ref()).collect();
    if params.get("query").is_some_and(|query| *query != json!({})) {
        return Err(ApiError::invalid("query", "semantic and query exclude each other"));
    }
    let limit = limit(params, 10, 100)?;
    let selected = selected_fields(params.get("fields"), &fields)?;
    let query = SemanticQuery::parse(entity, params.get("semantic"))?;
    let prompt = letter_sequences(&query.prompt);
    let mut hits: Vec<(f64, Value)> = Vec::new();
    for row in rows {
        let text = row.get(&query.field).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut matches: Vec<(f64, usize, String)> = chunks(&text)
            .into_iter()
            .enumerate()
            .map(|(at, chunk)| (similarity(&prompt, &letter_sequences(&chunk)), at, chunk))
            .filter(|(score, at, chunk)| {
                *score >= query.min_similarity && query.meets_filter(row, *at, chunk)
            })
            .collect();
        matches.sort_by(|one, other| other.0.total_cmp(&one.0));
        if query.one_per_row {
            matches.truncate(1);
        }
        for (score, at, chunk) in matches {
            let context: String = text.chars().take(query.context_size).collect();
            let metadata = json!({
                "score": (score * 1e4).round() / 1e4,
                "context": context,
                "chunk": chunk,
                "chunk_chunk_index": at,
            });
            let entity = match &selected {
                Some(paths) => project(row, paths),
                None => row.clone(),
            };
            hits.push((score, json!({"entity": entity, "metadata": metadata})));
        }
    }
    hits.sort_by(|one, other| other.0.total_cmp(&one.0));
    Ok(hits.into_iter().take(limit).map(|(_, hit)| hit).collect())
}

/// The member `semantic` of a request.
struct SemanticQuery {
    prompt: String,
    /// The field whose texts are compared.
    field: String,
    filter: Option<Condition>,
    /// Characters of the field that a match shows.
    context_size: usize,
    min_similarity: f64,
    /// Whether only the most similar chunk of a row is a match.
    one_per_row: bool,
}

impl SemanticQuery {
    fn parse(entity: &Entity, given: Option<&Value>) -> Result<Self, ApiError> {
        let invalid = |name: &str, message: &str| {
            let at = format!("semantic.{name}");
            ApiError::invalid(at.clone(), format!("{at} {message}"))
        };
        let given = given.and_then(Value::as_object);
        let given =
            given.ok_or_else(|| ApiError::invalid("semantic", "semantic must be an object"))?;
        let prompt = given.get("prompt").and_then(Value::as_str).filter(|text| !text.is_empty());
        let prompt = prompt.ok_or_else(|| invalid("prompt", "is required"))?;
        let texts = entity.store.iter().filter(|field| field.kind == "string");
        let texts: Vec<&str> = texts.map(|field| field.name.as_ref()).collect();
        let field = match (given.get("field"), texts.as_slice()) {
            (Some(Value::String(field)), texts) if texts.contains(&field.as_str()) => field.clone(),
            (None | Some(Value::Null), [only]) => (*only).to_owned(),
            _ => return Err(invalid("field", &format!("must be one of {}", texts.join(", ")))),
        };
        let names = ["chunk", "chunk_context", "chunk_chunk_id", "chunk_chunk_index", &field];
        let parser = FilterParser { fields: &names, at: "semantic.filter" };
        let filter = given.get("filter").filter(|filter| !filter.is_null());
        let filter = filter.map(|filter| parser.parse(filter)).transpose()?;
        let min_similarity = match given.get("min_similarity") {
            None | Some(Value::Null) => DEFAULT_MIN_SIMILARITY,
            Some(value) => value
                .as_f64()
                .filter(|least| (-1.0..=1.0).contains(least))
                .ok_or_else(|| invalid("min_similarity", "must be a number from -1 to 1"))?,
        };
        let one_per_row = match given.get("dedup").and_then(Value::as_str) {
            None | Some("max") => true,
            Some("none") => false,
            Some(_) => return Err(invalid("dedup", "must be max or none")),
        };
        let context_size = match given.get("context_size") {
            None | Some(Value::Null) => 2_048,
            Some(value) => {
                let size = value.as_u64().and_then(|size| usize::try_from(size).ok());
                size.ok_or_else(|| invalid("context_size", "must be a number of characters"))?
            }
        };
        let prompt = prompt.to_owned();
        Ok(Self { prompt, field, filter, context_size, min_similarity, one_per_row })
    }

    /// Whether a chunk of a row meets the filter.
    fn meets_filter(&self, row: &Row, at: usize, chunk: &str) -> bool {
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
        filter.is_met_by(&shown)
    }
}

/// The chunks of a text, which is cut between words.
fn chunks(text: &str) -> Vec<String> {
    let mut chunks: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match chunks.last_mut() {
            Some(last) if last.len() + word.len() < LONGEST_CHUNK => {
                last.push(' ');
                last.push_str(word);
            }
            _ => chunks.push(word.to_owned()),
        }
    }
    chunks
}

/// How often each sequence of three letters occurs in the words of a text.
fn letter_sequences(text: &str) -> HashMap<String, f64> {
    let mut counts = HashMap::new();
    for word in words::words_of_text(text) {
        let letters: Vec<char> = format!(" {word} ").chars().collect();
        for sequence in letters.windows(3) {
            *counts.entry(sequence.iter().collect()).or_insert(0.0) += 1.0;
        }
    }
    counts
}

/// The cosine similarity of two texts.
fn similarity(one: &HashMap<String, f64>, other: &HashMap<String, f64>) -> f64 {
    let length = |all: &HashMap<String, f64>| all.values().map(|n| n * n).sum::<f64>().sqrt();
    let shared = one.iter().filter_map(|(sequence, n)| Some(n * other.get(sequence)?)).sum::<f64>();
    let lengths = length(one) * length(other);
    if lengths > 0.0 { shared / lengths } else { 0.0 }
}
