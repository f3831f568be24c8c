//! Whether a response is a list, by points for and against it.

use super::facts::{Facts, Form, Step};
use super::frames::is_frame;
use super::paging::signs;
use super::paths::Siblings;
use super::records::{Candidate, strangers};
use super::verbs;
use super::words::{is_counted, singular, words};
use crate::decision::Action;

/// From this number of points on, something is a list.
pub(crate) const LIST: f64 = 2.5;

/// Names of members that hold lists and hardly anything else.
const HARD: [&str; 6] = ["list", "results", "records", "rows", "hits", "entries"];

/// Points for a list, and the strongest reason for or against it.
pub(crate) fn score(
    facts: &Facts<'_>,
    best: Option<&Candidate<'_>>,
    siblings: &Siblings,
) -> (f64, String) {
    let mut reasons: Vec<(f64, String)> = Vec::new();
    match best {
        Some(best) if best.is_body => reasons.push((3.5, best.reason.clone())),
        Some(best) => {
            if best.is_named && best.score > 1.5 {
                reasons.push((2.0, best.reason.clone()));
            }
            let (arrays, others) = strangers(&facts.answer, best);
            match arrays + others {
                0 if best.score > 1.5 => {
                    let points = if best.is_alone { 2.5 } else { 1.5 };
                    reasons.push((
                        points,
                        format!("beside {} there is nothing but what describes a page", best.place),
                    ));
                }
                0 | 1 => {}
                many => {
                    // Other arrays may hold records that those of the list refer to.
                    let points = -0.8 * count(others) - 0.4 * count(arrays);
                    reasons.push((
                        points,
                        format!("beside {} there are {many} other members", best.place),
                    ));
                }
            }
        }
        None if facts.answer.form == Form::Data => {
            let reason = "the response has no array that could be a list";
            let body = facts.answer.body();
            let is_map = body.is_some_and(|body| body.members == 0 && body.values.is_some());
            let is_open = body.is_some_and(|body| body.is_object() && body.members == 0)
                || facts.answer.members_of(0).all(|node| is_frame(node.name));
            let points = match (is_map, is_open, siblings.no_arrays) {
                (true, ..) => -3.0,
                (_, true, _) => -0.5,
                (.., true) => 0.0,
                // A page of a record is requested by nobody: its author has left out the array.
                _ if signs::has_position(facts) && signs::size(facts, false).is_some() => -2.0,
                _ => -4.0,
            };
            reasons.push((points, reason.to_owned()));
        }
        None => {}
    }
    let is_marked = facts.answer.members_of(0).any(|node| {
        let only = node
            .choices
            .as_deref()
            .and_then(|choices| choices.first())
            .and_then(|choice| choice.as_str());
        ["object", "type", "kind"].contains(&node.name) && only == Some("list")
    });
    let ends_by_id = facts.id.to_lowercase().replace(['_', '-'], "").ends_with("byid");
    if ends_by_id {
        reasons.push((-1.5, "the name of the operation says that it reads by an id".to_owned()));
    }
    if best.is_some_and(|best| best.is_alone && !best.is_named)
        && signs::has_position(facts)
        && signs::size(facts, false).is_some()
    {
        reasons.push((
            1.5,
            "the request has parameters for pages, and the response one array".to_owned(),
        ));
    }
    if is_marked && best.is_some() {
        reasons.push((2.5, "the response is marked as a list".to_owned()));
    }
    let page = signs::points(facts);
    if page > 0.0 {
        reasons.push((page, "the request or the response has members for paging".to_owned()));
    }
    let last = facts.last_step();
    match last {
        Some(Step::Parameter(name)) => {
            let identifies = names_record(name, facts)
                && !best.is_some_and(|best| best.is_container && best.is_alone);
            reasons.push((
                if identifies { -2.5 } else { -1.0 },
                format!("the path ends with the parameter {name}"),
            ));
        }
        Some(Step::Name(name)) => {
            let word = words(name).pop().unwrap_or_default();
            if is_counted(&word) {
                // Where the document is silent about the response, nothing speaks against it.
                let silent = if facts.answer.form == Form::Data { 0.0 } else { 1.0 };
                reasons.push((1.5 + silent, format!("the path ends with the plural {name}")));
            }
            if siblings.has_records {
                reasons.push((1.0, format!("single records stand below the path {}", facts.path)));
            }
        }
        None => {}
    }
    let verb = verbs::of_id(facts);
    let is_hard =
        best.is_some_and(|best| HARD.iter().any(|name| best.place.ends_with(&format!(".{name}"))));
    if is_hard && matches!(last, Some(Step::Name(_))) {
        reasons.push((1.5, "a member has a name that only lists have".to_owned()));
    }
    if last.and_then(verbs::of_step) == Some(Action::List) {
        reasons.push((2.5, "the path says so".to_owned()));
    } else if matches!(verb, Some(Action::List | Action::Search)) {
        reasons.push((1.75, "the name of the operation says so".to_owned()));
    }
    if says_list(facts.summary) || facts.summary.is_empty() && says_list(&facts.text) {
        reasons.push((1.25, "its text says that it returns several".to_owned()));
    }
    let sum = reasons.iter().map(|(points, _)| points).sum::<f64>();
    let wanted = if sum >= LIST { 1.0 } else { -1.0 };
    let reason = reasons
        .into_iter()
        .max_by(|(a, _), (b, _)| (a * wanted).total_cmp(&(b * wanted)))
        .map_or_else(|| "nothing says that it returns several".to_owned(), |(_, reason)| reason);
    (sum, reason)
}

fn count(members: usize) -> f64 {
    f64::from(u32::try_from(members.min(5)).unwrap_or(5))
}

/// Whether a parameter at the end of a path identifies a record of what stands before it.
pub(crate) fn names_record(name: &str, facts: &Facts<'_>) -> bool {
    let all = words(name);
    let noun = facts.steps.iter().rev().find_map(Step::name).map(words);
    let noun = noun.and_then(|words| words.last().map(|word| singular(word)));
    all.iter().any(|word| {
        ["id", "key", "slug", "uuid", "guid", "name", "sid", "code", "number"]
            .contains(&word.as_str())
            || Some(word) == noun.as_ref()
    }) || name.to_lowercase().ends_with("id")
}

fn says_list(text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let starts = [
        "list ",
        "lists ",
        "get all",
        "gets all",
        "get list",
        "get a list",
        "gets a list",
        "returns a list",
        "return a list",
        "retrieve all",
        "retrieves all",
        "retrieve a list",
        "retrieves a list",
        "returns all",
        "return all",
        "fetch all",
        "browse ",
        "enumerate",
        "get the list",
        "gets the list",
        "returns the list",
        "returns list",
        "returns an array",
        "get multiple",
        "find all",
        "show all",
    ];
    starts.iter().any(|start| text.starts_with(start))
}
