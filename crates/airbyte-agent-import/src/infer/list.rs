//! Whether a response is a list, by points for and against it.

use super::doubts;
use super::facts::{Facts, Form, Node, Step};
use super::frames::CONTAINERS;
use super::paging::signs;
use super::paths::Siblings;
use super::records::{Candidate, strangers};
use super::said::{
    ends_with_record, is_of_sums, is_open_object, is_silent, names_record, names_several, said,
    says_list, says_list_of, says_one,
};
use super::verbs;
use super::words::{is_counted, words};
use crate::decision::Action;

/// From this number of points on, something is a list.
pub(crate) const LIST: f64 = 2.5;

/// Names of members that hold lists and hardly anything else.
const HARD: [&str; 6] = ["list", "results", "records", "rows", "hits", "entries"];

/// From this number of points on it is not certain that something is no list.
const DOUBTFUL: f64 = 1.7;

/// An object with more members than this is described in full, whatever they are called.
const MOST_FRAMES: usize = 6;

/// What the points for and against a list come to.
#[derive(Debug)]
pub(crate) struct Score {
    /// The sum.
    pub(crate) points: f64,
    /// The strongest reason for what the sum says.
    pub(crate) reason: String,
    /// Whether the evidence is not sufficient for either.
    pub(crate) is_open: bool,
}

/// Points for a list, and the strongest reason for or against it.
pub(crate) fn score(facts: &Facts<'_>, best: Option<&Candidate<'_>>, siblings: &Siblings) -> Score {
    let mut reasons: Vec<(f64, String)> = Vec::new();
    match best {
        Some(best) if best.is_body => reasons.push((3.5, best.reason.clone())),
        // Objects with members of any name hold settings and counts as often as records.
        Some(best) if best.is_map => reasons.push((1.5, best.reason.clone())),
        Some(best) => {
            let beside = strangers(&facts.answer, best).0;
            if best.is_doubtful || beside > 1 && !best.is_exact && !best.is_container {
                reasons.push((0.5, best.reason.clone()));
            } else if best.is_named && best.score > 1.5 {
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
                    // Other arrays may hold records that those of the list refer to, and what was asked for is often
                    // repeated beside a list that is named as the path says.
                    let each = if best.is_asked && others < 3 { -0.4 } else { -0.8 };
                    let points = each * count(others) - 0.4 * count(arrays);
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
            let is_empty =
                |node: &Node<'_>| node.members == 0 && (node.kinds.is_empty() || node.is_object());
            let is_open = is_open_object(facts)
                || body.is_some_and(|body| body.members <= MOST_FRAMES)
                    && facts.answer.members_of(0).all(|node| {
                        node.frame || CONTAINERS.contains(&node.name) && is_empty(node)
                    });
            let points = match (is_map, is_open, siblings.no_arrays) {
                (true, ..) => -3.0,
                (_, true, _) if says_list(said(facts)) => 0.0,
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
            if is_counted(&word) && last.and_then(verbs::of_step) != Some(Action::Get) {
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
    if is_of_sums(facts) && !signs::has_position(facts) && !best.is_some_and(|best| best.is_body) {
        reasons.push((-1.25, "the path is that of sums".to_owned()));
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
    if says_list(said(facts)) {
        let silent = if is_silent(facts) { 1.5 } else { 0.0 };
        reasons.push((1.25 + silent, "its text says that it returns several".to_owned()));
    } else if facts.answer.form != Form::Data
        && says_list_of(&format!("{}\n{}", facts.text, facts.answer.text))
    {
        reasons.push((2.5, "its text speaks of a list".to_owned()));
    }
    let sum = reasons.iter().map(|(points, _)| points).sum::<f64>();
    let wanted = if sum >= LIST { 1.0 } else { -1.0 };
    let reason = reasons
        .into_iter()
        .max_by(|(a, _), (b, _)| (a * wanted).total_cmp(&(b * wanted)))
        .map_or_else(|| "nothing says that it returns several".to_owned(), |(_, reason)| reason);
    let says_several = says_list(said(facts))
        || matches!(verb, Some(Action::List | Action::Search))
        || last.and_then(verbs::of_step) == Some(Action::List);
    let is_open = if sum >= LIST {
        // An array may hold the one record that was asked for, or a part of a record.
        let is_one = best.is_some_and(|best| best.is_doubtful)
            || ends_with_record(facts) && says_one(said(facts));
        is_one && page == 0.0 && !says_several
            || doubts::of_list(facts, best, says_several || page > 0.0, sum - LIST, siblings)
    } else {
        // Nobody asks for a page of one record.
        let is_paged = signs::has_position(facts) && signs::size(facts, false).is_some();
        (sum >= DOUBTFUL
            || is_paged && sum >= 0.0
            || is_silent(facts) && sum >= 0.0 && names_several(said(facts)))
            && !ends_with_record(facts)
            || doubts::of_one(facts, best)
    };
    Score { points: sum, reason, is_open }
}

fn count(members: usize) -> f64 {
    f64::from(u32::try_from(members.min(5)).unwrap_or(5))
}
