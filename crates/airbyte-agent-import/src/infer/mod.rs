//! Inference: what each operation of a document is, with evidence and confidence.
//!
//! Operations become plain facts first (`facts`, `gather`); everything else looks at facts only. No rule is about a
//! vendor: rules are about names, shapes and extensions.

mod action;
mod api;
mod auth;
mod doubts;
mod effect;
mod entity;
mod envelope;
mod evidence;
mod facts;
mod failures;
mod frames;
mod gather;
mod limits;
mod list;
mod paging;
mod path;
mod paths;
mod record;
mod records;
mod said;
mod sample;
mod schemas;
mod verbs;
mod vote;
mod words;

use airbyte_agent_document::{Rest, Schema};

pub(crate) use paging::extension::USUAL_LINK;

use crate::decision::{Action, Decided, DocumentDecision, OperationDecision, Paging};
use evidence::decided;
use facts::{Facts, Form, Step};
use paths::{Paths, anonymous, has_no_arrays};
use records::Candidate;
use schemas::Schemas;

/// From this confidence on, a token that the response returns and a parameter takes shows that it is a list.
const CERTAIN: f64 = 0.84;

/// What every operation of a document is, and what holds for all of them.
pub fn infer(rest: &Rest) -> DocumentDecision {
    let samples: Vec<Option<sample::Sample>> = rest.operations.iter().map(sample::schema).collect();
    let schemas = Schemas::new(&rest.root);
    let described = rest.operations.iter().zip(&samples);
    let mut facts: Vec<Facts<'_>> = described
        .map(|(operation, sample)| gather::facts(&schemas, operation, sample.as_ref()))
        .collect();
    envelope::mark(&mut facts);
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
        && !said::is_about_one(facts)
        && best.is_some_and(|best| best.score >= 2.5)
        && (paging::signs::has_next(facts)
            || best.is_some_and(|best| best.is_container)
                && paging::token::token(facts).is_some_and(|token| token.confidence >= CERTAIN));
    if is_page && action.value == Action::Get {
        action = decided(Action::List, 0.8, "the response says where its next page is");
    }
    let is_list = matches!(action.value, Action::List | Action::Search) || is_page;
    let mut open_questions = Vec::new();
    open_questions.extend(question(&action));
    // Only of what is read it may be open whether it is a list; of all else, it is no question.
    let list = Decided {
        value: is_list,
        confidence: if facts.method == "GET" || is_list {
            action.confidence
        } else {
            action.confidence.max(0.8)
        },
        evidence: action.evidence.clone(),
    };
    let (records, record) = if is_list {
        // Where the document describes elements in the place of lists, an array of another name is a part of one.
        let best = best.filter(|best| !paths.no_arrays || best.is_container || best.is_exact);
        list_records(facts, best, paths.no_arrays, &mut open_questions)
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
        list,
        records,
        paging,
        primary_key,
        open_questions,
    }
}

/// What would settle what an operation does, where this was not decided.
fn question(action: &Decided<Action>) -> Option<String> {
    if action.is_made() {
        return None;
    }
    let because = action.evidence.first().map_or("", String::as_str);
    Some(match action.value {
        Action::List | Action::Search | Action::Get => format!(
            "Whether this returns a list or one record is not clear ({because}); an example of a response would show it. \
             Until then it is `{}`.",
            action.value.name()
        ),
        _ => format!(
            "What this does is not clear ({because}); a summary that begins with a verb would say it. Until then it is `{}`.",
            action.value.name()
        ),
    })
}

type Records<'a> = (Option<Decided<String>>, Option<Schema<'a>>);

fn list_records<'a>(
    facts: &Facts<'a>,
    best: Option<&Candidate<'a>>,
    no_arrays: bool,
    questions: &mut Vec<String>,
) -> Records<'a> {
    let is_element = facts.answer.form == Form::Data
        && facts.answer.members_of(0).filter(|node| !node.frame).count() > usize::from(!no_arrays);
    if best.is_none() && is_element {
        let evidence = "the document describes one element in the place of the whole list";
        let element = facts.answer.body().map(|body| body.schema.clone());
        return (Some(decided("$".to_owned(), 0.55, evidence)), element);
    }
    let Some(best) = best.filter(|best| records::is_clear(facts, best)) else {
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
