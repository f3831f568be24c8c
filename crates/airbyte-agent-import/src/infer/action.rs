//! What an operation does: from its method, its path, its name, and what comes back.

use super::evidence::decided;
use super::facts::{Facts, Form, Step};
use super::paging::signs;
use super::records::{Candidate, is_frame, strangers};
use super::verbs;
use super::words::{is_counted, is_plural, says, singular, words};
use crate::decision::{Action, Decided};

/// How the points for and against a list are weighed.
const LIST: f64 = 2.5;

/// Verbs after which nothing has changed.
const READS: [&str; 14] = [
    "check",
    "count",
    "export",
    "preview",
    "validate",
    "verify",
    "test",
    "compare",
    "estimate",
    "ping",
    "calculate",
    "track",
    "link",
    "process",
];

/// Endings of paths whose responses are files.
const FILES: [&str; 12] = [
    ".png", ".jpg", ".gif", ".svg", ".pdf", ".csv", ".zip", ".ics", ".tar.gz", ".mp3", ".xlsx",
    ".ico",
];

/// What is known about the other operations of a document.
#[derive(Debug, Default)]
pub(crate) struct Siblings {
    /// Whether the same path can be read.
    pub(crate) read: bool,
    /// Whether the same path can be changed by PUT or PATCH.
    pub(crate) changed: bool,
    /// Whether there are paths of single records below this path.
    pub(crate) has_records: bool,
    /// Whether no list of the document has an array in its response, because its author names the element only.
    pub(crate) no_arrays: bool,
}

/// What the operation does, and whether it returns a list.
pub(crate) fn action(
    facts: &Facts<'_>,
    best: Option<&Candidate<'_>>,
    siblings: &Siblings,
) -> Decided<Action> {
    let step = facts.last_step();
    let verb = step.and_then(verbs::of_step);
    match facts.method {
        "GET" | "HEAD" => read(facts, best, verb, siblings),
        "POST" => post(facts, best, verb, siblings),
        "DELETE" => match verb {
            Some(Action::Other) if facts.answer.form == Form::Data => {
                decided(Action::Delete, 0.7, "the method is DELETE, and the path ends with a verb")
            }
            _ => decided(Action::Delete, 0.95, "the method is DELETE"),
        },
        "PUT" | "PATCH" => change(facts, verb, siblings),
        method => decided(Action::Other, 0.9, format!("the method is {method}")),
    }
}

fn read(
    facts: &Facts<'_>,
    best: Option<&Candidate<'_>>,
    verb: Option<Action>,
    siblings: &Siblings,
) -> Decided<Action> {
    if facts.method == "HEAD" {
        return decided(Action::Other, 0.8, "the method is HEAD, which returns headers only");
    }
    if facts.answer.form == Form::File {
        return decided(Action::Download, 0.9, "the response is the content of a file");
    }
    let (score, reason) = list_score(facts, best, siblings);
    let ends_with_download = facts.last_step().and_then(Step::name).is_some_and(|name| {
        words(name).last().is_some_and(|word| {
            ["download", "raw", "zipball", "tarball", "content"].contains(&word.as_str())
        })
    }) || says(facts.summary, &["download"])
        || FILES.iter().any(|ending| facts.path.ends_with(ending));
    if ends_with_download && best.is_none() && facts.answer.form != Form::Data {
        return decided(Action::Download, 0.75, "the path ends with a word for downloads");
    }
    if score < LIST {
        let confidence = (0.95 - (score - 0.0).max(0.0) * 0.14).clamp(0.5, 0.95);
        let is_verb = facts
            .last_step()
            .and_then(Step::name)
            .is_some_and(|name| name.contains('.') || words(name).len() == 1);
        if let Some(verb @ (Action::Other | Action::Delete | Action::Create | Action::Update)) =
            verb
            && !READS.contains(
                &facts
                    .last_step()
                    .and_then(Step::name)
                    .and_then(|name| words(name).pop())
                    .unwrap_or_default()
                    .as_str(),
            )
            && !siblings.changed
            && is_verb
        {
            return decided(verb, 0.65, "the path ends with a verb that does more than read");
        }
        return decided(Action::Get, confidence, format!("the method is GET, and {reason}"));
    }
    let confidence = (0.55 + (score - LIST) * 0.1).clamp(0.55, 0.97);
    let searches = verb == Some(Action::Search)
        || facts
            .steps
            .iter()
            .any(|step| step.name().is_some_and(|name| name.eq_ignore_ascii_case("search")))
        || verbs::of_id(facts) == Some(Action::Search)
            && facts.input(&["q", "query", "search", "term", "keyword"]).is_some();
    if searches {
        return decided(
            Action::Search,
            confidence,
            format!("the path or the name says that it searches, and {reason}"),
        );
    }
    decided(Action::List, confidence, format!("the method is GET, and {reason}"))
}

/// Points for a list, and the strongest reason for or against it.
fn list_score(
    facts: &Facts<'_>,
    best: Option<&Candidate<'_>>,
    siblings: &Siblings,
) -> (f64, String) {
    let mut reasons: Vec<(f64, String)> = Vec::new();
    match best {
        Some(best) if best.is_body => reasons.push((3.0, best.reason.clone())),
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
                if identifies { -2.5 } else { -1.5 },
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
fn names_record(name: &str, facts: &Facts<'_>) -> bool {
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

fn post(
    facts: &Facts<'_>,
    best: Option<&Candidate<'_>>,
    verb: Option<Action>,
    siblings: &Siblings,
) -> Decided<Action> {
    let named = verbs::of_id(facts).or_else(|| verbs::of_summary(facts));
    let is_list = best.is_some_and(|best| best.is_body || best.score >= 2.5);
    let reads = |action: Option<Action>| matches!(action, Some(Action::List | Action::Search));
    if reads(verb) || reads(named) && (is_list || signs::points(facts) > 0.0) && verb.is_none() {
        let action = verb.filter(|verb| *verb == Action::List).unwrap_or(if verb.is_none() {
            named.unwrap_or(Action::Search)
        } else {
            Action::Search
        });
        let confidence = if is_list { 0.85 } else { 0.6 };
        return decided(
            action,
            confidence,
            "the path or the name of the operation says that it searches or lists",
        );
    }
    if verb == Some(Action::Get) || verb.is_none() && named == Some(Action::Get) && is_rpc(facts) {
        let (score, reason) = list_score(facts, best, siblings);
        let action = if score >= LIST + 0.5 { Action::List } else { Action::Get };
        return decided(action, 0.7, format!("the path says that it reads, and {reason}"));
    }
    if let Some(verb) = verb {
        return decided(verb, 0.85, "the path ends with a verb");
    }
    if let Some(named @ (Action::Update | Action::Delete)) = named
        && !siblings.changed
        && is_rpc(facts)
    {
        return decided(named, 0.75, "the name of the operation says so");
    }
    match facts.last_step() {
        Some(Step::Parameter(_)) if named == Some(Action::Create) => decided(
            Action::Create,
            0.7,
            "the method is POST, and the name of the operation says that it creates",
        ),
        Some(Step::Parameter(_)) if matches!(named, Some(Action::Update | Action::Delete)) => {
            decided(named.unwrap_or(Action::Update), 0.75, "the name of the operation says so")
        }
        Some(Step::Parameter(_)) if verb_before(facts).is_some() => decided(
            verb_before(facts).unwrap_or(Action::Other),
            0.7,
            "a verb stands before the parameter of the path",
        ),
        Some(Step::Parameter(_)) if named == Some(Action::Other) => {
            decided(Action::Other, 0.7, "the name or the text of the operation begins with a verb")
        }
        Some(Step::Parameter(_)) if siblings.changed => {
            decided(Action::Other, 0.6, "the method is POST at a record that PUT or PATCH changes")
        }
        Some(Step::Parameter(name)) => decided(
            Action::Update,
            0.8,
            format!("the method is POST, and the path ends with the parameter {name}"),
        ),
        Some(Step::Name(name)) => {
            let word = words(name).pop().unwrap_or_default();
            let behind_record = matches!(facts.steps.iter().rev().nth(1), Some(Step::Parameter(_)));
            let is_sent = verbs::of_summary(facts) == Some(Action::Other)
                && !siblings.has_records
                && !is_plural(&word);
            if is_sent {
                decided(
                    Action::Other,
                    0.7,
                    "its text begins with a verb that neither makes nor changes a record",
                )
            } else if is_plural(&word) || siblings.has_records {
                decided(Action::Create, 0.9, "the method is POST at a collection")
            } else if named == Some(Action::Create) || siblings.read {
                decided(Action::Create, 0.75, "the method is POST, and what it makes can be read")
            } else if matches!(named, Some(Action::Other | Action::Update | Action::Delete)) {
                decided(named.unwrap_or(Action::Other), 0.7, "the name of the operation says so")
            } else if behind_record {
                decided(
                    Action::Other,
                    0.7,
                    format!("the path ends with {name}, which is no collection, behind a record"),
                )
            } else if facts.answer.form == Form::File {
                decided(Action::Download, 0.55, "the response is the content of a file")
            } else {
                decided(
                    Action::Other,
                    0.5,
                    format!("the method is POST, and {name} is no collection"),
                )
            }
        }
        None => match named {
            Some(named) => decided(named, 0.8, "the name of the operation says so"),
            None => decided(Action::Other, 0.5, "neither the path nor the name says what it does"),
        },
    }
}

/// What the name before the parameter at the end does, if it is a verb: one that is known, or the word with which
/// the text begins.
fn verb_before(facts: &Facts<'_>) -> Option<Action> {
    let step = facts.steps.iter().rev().nth(1)?;
    let name = step.name()?;
    let first = facts.summary.split_whitespace().next().unwrap_or_default().to_lowercase();
    let is_said = !first.is_empty() && first == name.to_lowercase();
    verbs::of_step(step).or(is_said.then_some(Action::Other))
}

/// Whether the path does not say what is done, because all operations are called by POST.
fn is_rpc(facts: &Facts<'_>) -> bool {
    facts.steps.iter().all(|step| step.name().is_some()) || facts.steps.is_empty()
}

fn change(facts: &Facts<'_>, verb: Option<Action>, siblings: &Siblings) -> Decided<Action> {
    let method = facts.method;
    match verb {
        Some(Action::Other) if !siblings.read => decided(
            Action::Other,
            0.8,
            format!("the method is {method}, and the path ends with a verb"),
        ),
        Some(Action::Delete) => {
            decided(Action::Delete, 0.8, "the path ends with a verb that deletes")
        }
        Some(Action::Create) if !siblings.read && verbs::of_id(facts) == Some(Action::Create) => {
            decided(Action::Create, 0.7, "the path and the name say that it creates")
        }
        _ if verbs::of_id(facts) == Some(Action::Create)
            && method == "PUT"
            && !says(facts.summary, &["update"]) =>
        {
            decided(
                Action::Create,
                0.6,
                "the method is PUT, and the name of the operation says that it creates",
            )
        }
        _ => decided(Action::Update, 0.9, format!("the method is {method}")),
    }
}
