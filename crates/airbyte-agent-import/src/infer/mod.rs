//! Inference: what each operation of a document is, with evidence and confidence.
//!
//! Operations become plain facts first (`facts`, `gather`); everything else looks at facts only. No rule is about a
//! vendor: rules are about names, shapes and extensions.

mod action;
mod api;
mod auth;
mod effect;
mod entity;
mod evidence;
mod facts;
mod failures;
mod gather;
mod limits;
mod paging;
mod path;
mod record;
mod records;
mod sample;
mod verbs;
mod vote;
mod words;

use std::collections::HashMap;

use airbyte_agent_document::{Operation, Rest, Schema};
use serde_json::Value;

use crate::decision::{Action, Decided, DocumentDecision, OperationDecision, Paging};
use action::Siblings;
use evidence::decided;
use facts::{Facts, Form, Step};
use gather::Schemas;
use records::Candidate;

/// What every operation of a document is, and what holds for all of them.
pub fn infer(rest: &Rest) -> DocumentDecision {
    let samples: Vec<Option<Value>> = rest.operations.iter().map(sample::schema).collect();
    let schemas = Schemas::new(&rest.root);
    let described = rest.operations.iter().zip(&samples);
    let facts: Vec<Facts<'_>> = described
        .map(|(operation, sample)| gather::facts(&schemas, operation, sample.as_ref()))
        .collect();
    let mut paths = Paths::new(&rest.operations);
    paths.no_arrays = has_no_arrays(&facts);
    let nouns: Vec<entity::Nouns> = facts.iter().map(entity::nouns).collect();
    let entities = entity::entities(&nouns);
    let mut operations: Vec<OperationDecision> = facts
        .iter()
        .zip(entities)
        .map(|(facts, entity)| operation(facts, &schemas, &paths, entity))
        .collect();
    vote::vote(&facts, &mut operations);
    api::document(rest, &schemas, operations)
}

/// How many reads of plurals there must be before it says something that none of them returns an array.
const MANY: usize = 10;

/// Whether hardly any response to the read of a plural has an array: then arrays are left out, and not missing.
fn has_no_arrays(facts: &[Facts<'_>]) -> bool {
    let is_plural = |facts: &&Facts<'_>| {
        let last = facts.last_step().and_then(Step::name).and_then(|name| words::words(name).pop());
        facts.method == "GET"
            && facts.answer.form == Form::Data
            && last.is_some_and(|word| words::is_counted(&word))
    };
    let plural: Vec<_> = facts.iter().filter(is_plural).collect();
    let with_array =
        plural.iter().filter(|facts| facts.answer.nodes.iter().any(facts::Node::is_array)).count();
    plural.len() >= MANY && with_array * 10 < plural.len()
}

/// The paths of a document, by the path without what parameters are called.
#[derive(Debug, Default)]
struct Paths<'a> {
    methods: HashMap<String, Vec<&'a str>>,
    below: HashMap<String, &'a str>,
    no_arrays: bool,
}

impl<'a> Paths<'a> {
    fn new(operations: &'a [Operation]) -> Self {
        let mut paths = Self::default();
        for operation in operations {
            let path = anonymous(&operation.path);
            if let Some((above, last)) = path.rsplit_once('/')
                && last == "{}"
            {
                let name = operation.path.rsplit('/').next().unwrap_or_default();
                paths
                    .below
                    .entry(above.to_owned())
                    .or_insert_with(|| name.trim_matches(['{', '}']));
            }
            paths.methods.entry(path).or_default().push(&operation.method);
        }
        paths
    }

    fn siblings(&self, path: &str) -> Siblings {
        let path = anonymous(path);
        let has = |methods: &[&str]| {
            self.methods
                .get(&path)
                .is_some_and(|known| known.iter().any(|method| methods.contains(method)))
        };
        Siblings {
            read: has(&["GET"]),
            changed: has(&["PUT", "PATCH"]),
            has_records: self.below.contains_key(&path),
            no_arrays: self.no_arrays,
        }
    }
}

/// A path with `{}` in the place of parameters and without a slash at its end.
fn anonymous(path: &str) -> String {
    let pieces = path.trim_end_matches('/').split('/');
    let pieces = pieces
        .map(|piece| if piece.starts_with('{') && piece.ends_with('}') { "{}" } else { piece });
    pieces.collect::<Vec<_>>().join("/")
}

fn operation<'a>(
    facts: &Facts<'a>,
    schemas: &Schemas<'a>,
    paths: &Paths<'_>,
    entity: Decided<String>,
) -> OperationDecision {
    let candidates = records::candidates(facts, schemas);
    let best = candidates.first();
    let mut action = action::action(facts, best, &paths.siblings(facts.path));
    // Whatever else it does: a response that says where its next page is, is a page of a list.
    let is_page = facts.method != "DELETE"
        && action.value != Action::Download
        && best.is_some_and(|best| best.score >= 2.5)
        && paging::signs::has_next(facts);
    if is_page && action.value == Action::Get {
        action = decided(Action::List, 0.8, "the response says where its next page is");
    }
    let is_list = matches!(action.value, Action::List | Action::Search) || is_page;
    let mut open_questions = Vec::new();
    let (records, record) = if is_list {
        list_records(facts, best, &mut open_questions)
    } else {
        single_record(facts, action.value)
    };
    let primary_key = record.as_ref().and_then(|record| {
        let parameter =
            paths.below.get(&anonymous(facts.path)).copied().or(match facts.last_step() {
                Some(Step::Parameter(name)) => Some(name.as_str()),
                _ => None,
            });
        record::primary_key(facts, schemas, record, parameter)
    });
    let paging = is_list.then(|| {
        let known = primary_key.as_ref().map(|key| key.value.as_str());
        let (paging, question) = paging::paging(facts, best, known);
        open_questions.extend(question);
        paging
    });
    let effect = effect::effect(facts, action.value);
    OperationDecision {
        method: facts.method.to_owned(),
        path: facts.path.to_owned(),
        changed_at: record.as_ref().and_then(|record| record::changed_at(schemas, record)),
        changed_since: is_list.then(|| record::changed_since(facts)).flatten(),
        read_only: effect.read_only,
        destructive: effect.destructive,
        idempotent: effect.idempotent,
        entity,
        action,
        records,
        paging,
        primary_key,
        open_questions,
    }
}

type Records<'a> = (Option<Decided<String>>, Option<Schema<'a>>);

fn list_records<'a>(
    facts: &Facts<'a>,
    best: Option<&Candidate<'a>>,
    questions: &mut Vec<String>,
) -> Records<'a> {
    let is_element = facts.answer.form == Form::Data
        && facts.answer.members_of(0).filter(|node| !records::is_frame(node.name)).count() > 1;
    if best.is_none() && is_element {
        let evidence = "the document describes one element in the place of the whole list";
        let element = facts.answer.body().map(|body| body.schema.clone());
        return (Some(decided("$".to_owned(), 0.55, evidence)), element);
    }
    let Some(best) = best.filter(|best| best.score > 0.0) else {
        let question = "The document does not say where the records stand; an example of a response would show it.";
        questions.push(question.to_owned());
        return (None, None);
    };
    let confidence = (0.5 + best.score * 0.1).clamp(0.5, 0.97);
    (Some(decided(best.place.clone(), confidence, best.reason.clone())), best.items.clone())
}

fn single_record<'a>(facts: &Facts<'a>, action: Action) -> Records<'a> {
    if facts.answer.form == Form::File || action == Action::Download {
        return (None, None);
    }
    let Some((place, confidence, reason)) = records::single(facts) else { return (None, None) };
    let record = facts.answer.at(&place).map(|node| node.schema.clone());
    (Some(decided(place, confidence, reason)), record)
}

/// Whether a list's paging was decided.
fn is_open(paging: &Decided<Paging>) -> bool {
    paging.value == Paging::Unknown
}
