//! A vote over the whole document: where nearly all lists continue in the same way, one that has the same parameters and
//! an unclear response does, too.

use std::collections::BTreeMap;

use super::facts::{Facts, Input};
use super::is_open;
use super::paging::{signs, token};
use crate::decision::{Decided, OperationDecision, Paging};

/// How many lists have to agree.
const QUORUM: usize = 3;

/// How many have to agree before a list continues so although its response is described without the place.
const MANY: usize = 10;

/// Decides what is unclear as the other lists are, if nearly all agree and the parameters are the same.
pub(crate) fn vote(facts: &[Facts<'_>], operations: &mut [OperationDecision]) {
    let mut votes: BTreeMap<String, Vec<Paging>> = BTreeMap::new();
    for operation in operations.iter() {
        let Some(paging) = &operation.paging else { continue };
        if let Some(parameter) = parameter(&paging.value) {
            votes.entry(parameter.to_owned()).or_default().push(paging.value.clone());
        }
    }
    for (facts, operation) in facts.iter().zip(operations) {
        // What is described without records is perhaps no page of a list.
        let has_records = operation.records.is_some();
        let Some(paging) = operation.paging.as_mut().filter(|paging| is_open(paging)) else {
            continue;
        };
        let elected = facts.inputs.iter().find_map(|input| {
            let ballots = votes.get(&input.name).filter(|_| !signs::is_range(facts, input))?;
            let first = ballots.first().filter(|_| ballots.len() >= QUORUM)?;
            let same = ballots.iter().filter(|other| alike(first, other)).count();
            let agreed = same * 10 >= ballots.len() * 9;
            (agreed
                && (fits(facts, first)
                    || ballots.len() >= MANY && has_records && is_left_out(facts, input, first)))
            .then(|| (input.name.clone(), ballots.len(), first.clone()))
        });
        let Some((name, count, value)) = elected else { continue };
        let evidence = format!("{count} other lists with the parameter {name} continue like this");
        *paging = Decided { value, confidence: 0.65, evidence: vec![evidence] };
        operation
            .open_questions
            .retain(|question| !question.contains("paging") && !question.contains(&name));
    }
}

fn parameter(paging: &Paging) -> Option<&str> {
    match paging {
        Paging::Token { parameter, .. }
        | Paging::LastRecord { parameter, .. }
        | Paging::Offset { parameter, .. }
        | Paging::Page { parameter, .. } => Some(parameter),
        Paging::Link { .. } | Paging::None | Paging::Unknown => None,
    }
}

/// Whether two lists continue in the same way: of the same kind, from the same place.
fn alike(a: &Paging, b: &Paging) -> bool {
    match (a, b) {
        (Paging::Token { from: a, .. }, Paging::Token { from: b, .. })
        | (Paging::LastRecord { from: a, .. }, Paging::LastRecord { from: b, .. }) => a == b,
        _ => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

/// Whether the place of a token may have been left out of a description that says nothing about further pages, although
/// the parameter takes it.
fn is_left_out(facts: &Facts<'_>, input: &Input<'_>, paging: &Paging) -> bool {
    matches!(paging, Paging::Token { .. })
        && !token::counts(input)
        && signs::of_response(facts).is_none()
}

/// A token is elected only where the document says nothing about the response, or has its place.
fn fits(facts: &Facts<'_>, paging: &Paging) -> bool {
    match paging {
        Paging::Token { from, .. } => {
            let says_nothing = facts.answer.members_of(0).filter(|node| !node.frame).count() == 0;
            says_nothing || facts.answer.at(from).is_some() || from.starts_with('@')
        }
        Paging::LastRecord { .. } => {
            signs::of_response(facts).is_some() || facts.answer.nodes.is_empty()
        }
        _ => true,
    }
}
