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
mod verbs;
mod vote;
mod words;

use std::collections::HashMap;

use airbyte_agent_document::{Operation, Rest, Schema};

use crate::decision::{Action, Decided, DocumentDecision, OperationDecision, Paging};
use action::Siblings;
use evidence::decided;
use facts::{Facts, Form, Step};
use gather::Schemas;
use records::Candidate;

/// What every operation of a document is, and what holds for all of them.
pub fn infer(rest: &Rest) -> DocumentDecision {
    let schemas = Schemas::new(&rest.root);
    let paths = Paths::new(&rest.operations);
    let facts: Vec<Facts<'_>> =
        rest.operations.iter().map(|operation| gather::facts(&schemas, operation)).collect();
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

/// The paths of a document, by the path without what parameters are called.
#[derive(Debug, Default)]
struct Paths<'a> {
    methods: HashMap<String, Vec<&'a str>>,
    below: HashMap<String, &'a str>,
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
                paths.below.entry(above.to_owned()).or_insert_with(|| name.trim_matches(['{', '}']));
            }
            paths.methods.entry(path).or_default().push(&operation.method);
        }
        paths
    }

    fn siblings(&self, path: &str) -> Siblings {
        let path = anonymous(path);
        let has = |methods: &[&str]| {
            self.methods.get(&path).is_some_and(|known| known.iter().any(|method| methods.contains(method)))
        };
        Siblings { read: has(&["GET"]), changed: has(&["PUT", "PATCH"]), has_records: self.below.contains_key(&path) }
    }
}

/// A path with `{}` in the place of parameters and without a slash at its end.
fn anonymous(path: &str) -> String {
    let pieces = path.trim_end_matches('/').split('/');
    let pieces = pieces.map(|piece| if piece.starts_with('{') && piece.ends_with('}') { "{}" } else { piece });
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
    let action = action::action(facts, best, &paths.siblings(facts.path));
    let is_list = matches!(action.value, Action::List | Action::Search);
    let mut open_questions = Vec::new();
    let (records, record) = if is_list {
        list_records(facts, best, &mut open_questions)
    } else {
        single_record(facts, action.value)
    };
    let primary_key = record.as_ref().and_then(|record| {
        let parameter = paths.below.get(&anonymous(facts.path)).copied().or(match facts.last_step() {
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

fn list_records<'a>(facts: &Facts<'_>, best: Option<&Candidate<'a>>, questions: &mut Vec<String>) -> Records<'a> {
    let Some(best) = best.filter(|best| best.score > 0.0) else {
        let question = "The document does not say where the records stand; an example of a response would show it.";
        questions.push(question.to_owned());
        return (None, None);
    };
    let _ = facts;
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
