//! What an operation does: from its method, its path, its name, and what comes back.

use super::doubts;
use super::evidence::{ASSUMED, decided};
use super::facts::{Facts, Form, Step};
use super::list;
use super::paging::signs;
use super::paths::Siblings;
use super::records::Candidate;
use super::said;
use super::verbs;
use super::words::{is_plural, says, words};
use crate::decision::{Action, Decided};

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

/// Verbs that are nouns as well: what they do is said only together with an object.
const NOUNS: [&str; 40] = [
    "report", "match", "issue", "draft", "score", "vote", "tag", "charge", "switch", "release",
    "import", "build", "copy", "move", "play", "like", "pin", "transfer", "sync", "batch", "bulk",
    "start", "end", "sign", "run", "block", "capture", "commit", "post", "set", "put", "new",
    "patch", "upload", "scan", "request", "open", "close", "reply", "login",
];

/// Endings of paths whose responses are files.
const FILES: [&str; 12] = [
    ".png", ".jpg", ".gif", ".svg", ".pdf", ".csv", ".zip", ".ics", ".tar.gz", ".mp3", ".xlsx",
    ".ico",
];

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
    let list::Score { points: score, reason, is_open } = list::score(facts, best, siblings);
    let ends_with_download = facts.last_step().and_then(Step::name).is_some_and(|name| {
        words(name).last().is_some_and(|word| {
            ["download", "raw", "zipball", "tarball", "content"].contains(&word.as_str())
        })
    }) || says(facts.summary, &["download"])
        || FILES.iter().any(|ending| facts.path.ends_with(ending));
    if ends_with_download && best.is_none() && facts.answer.form != Form::Data {
        return decided(Action::Download, 0.75, "the path ends with a word for downloads");
    }
    if let Some(verb) = acts(facts).filter(|_| !siblings.changed) {
        return decided(verb, 0.7, "the path and the text say that it does more than read");
    }
    if score < list::LIST {
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
            && !is_said_to_read(facts)
        {
            return decided(verb, 0.65, "the path ends with a verb that does more than read");
        }
        let confidence = if is_open { ASSUMED } else { confidence };
        return decided(Action::Get, confidence, format!("the method is GET, and {reason}"));
    }
    if is_open {
        return decided(Action::List, ASSUMED, format!("the method is GET, and {reason}"));
    }
    let confidence = (0.55 + (score - list::LIST) * 0.1).clamp(0.55, 0.97);
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

/// What an operation does with GET that does more than read: the text begins with the verb with which a name of the
/// path begins, alone or with its object, as in `/rooms/{id}/send-message` or `/activate/{token}`.
fn acts(facts: &Facts<'_>) -> Option<Action> {
    let text = if facts.summary.trim().is_empty() { facts.text.trim() } else { facts.summary };
    let mut said = words(text.lines().next().unwrap_or_default()).into_iter();
    let (first, second) = (said.next()?, said.next().unwrap_or_default());
    let has_object =
        ["a", "an", "the", "all", "this", "your", "one", "current"].contains(&second.as_str());
    facts.steps.iter().rev().filter_map(Step::name).find_map(|name| {
        let verb = words(name).into_iter().next()?;
        let action = verbs::meaning(&verb)?;
        let does_more =
            matches!(action, Action::Other | Action::Delete | Action::Create | Action::Update);
        let is_conjugated = ["s", "es"].iter().any(|end| first.strip_suffix(end) == Some(&verb));
        let is_said =
            is_conjugated || first == verb && (has_object || !NOUNS.contains(&verb.as_str()));
        (does_more && is_said && !READS.contains(&verb.as_str())).then_some(action)
    })
}

/// Whether the name or the text of the operation says that it reads: then a verb in the path is a noun.
fn is_said_to_read(facts: &Facts<'_>) -> bool {
    let reads = |action: Option<Action>| {
        matches!(action, Some(Action::Get | Action::List | Action::Search))
    };
    reads(verbs::of_id(facts)) || reads(verbs::of_summary(facts))
}

/// What POST does. Where the text begins with a verb that contradicts it, it is assumed and not decided.
fn post(
    facts: &Facts<'_>,
    best: Option<&Candidate<'_>>,
    verb: Option<Action>,
    siblings: &Siblings,
) -> Decided<Action> {
    let decision = posted(facts, best, verb, siblings);
    match doubts::of_action(facts, decision.value, verb) {
        Some(reason) => Decided { confidence: ASSUMED, evidence: vec![reason], ..decision },
        None => decision,
    }
}

fn posted(
    facts: &Facts<'_>,
    best: Option<&Candidate<'_>>,
    verb: Option<Action>,
    siblings: &Siblings,
) -> Decided<Action> {
    let named = verbs::of_id(facts).or_else(|| verbs::of_summary(facts));
    // A filter or a query that can be read under its own id is a record.
    let is_record = verb == Some(Action::Search)
        && siblings.has_records
        && named == Some(Action::Create)
        && !best.is_some_and(|best| best.is_body);
    let verb = verb.filter(|_| !is_record);
    let is_list = best.is_some_and(|best| {
        best.is_body
            || best.score >= 2.5
                && (best.is_named || list::score(facts, Some(best), siblings).points >= list::LIST)
    });
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
    let reads_one = verb == Some(Action::Get) || verb.is_none() && named == Some(Action::Get);
    if reads_one && facts.answer.form == Form::File {
        return decided(
            Action::Download,
            0.8,
            "it reads, and the response is the content of a file",
        );
    }
    if verb == Some(Action::Get) || verb.is_none() && named == Some(Action::Get) && is_rpc(facts) {
        let list::Score { points, reason, .. } = list::score(facts, best, siblings);
        let action = if points >= list::LIST + 0.5 { Action::List } else { Action::Get };
        return decided(action, 0.7, format!("the path says that it reads, and {reason}"));
    }
    // `export` and `report` are nouns as well; where what they name can be read, the text says what is done.
    let is_made = siblings.read && verbs::of_text(facts) == Some(Action::Create);
    if verb == Some(Action::Other) && is_made {
        return decided(Action::Create, 0.7, "its text says that it creates what can be read");
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
    let said = verbs::of_summary(facts);
    match facts.last_step() {
        Some(Step::Parameter(_)) if named == Some(Action::Create) => decided(
            Action::Create,
            0.7,
            "the method is POST, and the name of the operation says that it creates",
        ),
        Some(Step::Parameter(_)) if matches!(named, Some(Action::Update | Action::Delete)) => {
            decided(named.unwrap_or(Action::Update), 0.75, "the name of the operation says so")
        }
        Some(Step::Parameter(_)) if is_made => {
            decided(Action::Create, 0.65, "its text says that it creates what can be read")
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
        Some(Step::Parameter(name)) if !siblings.read && !said::names_record(name, facts) => {
            decided(
                Action::Other,
                0.55,
                format!("the method is POST, and the parameter {name} identifies no record"),
            )
        }
        Some(Step::Parameter(name)) if siblings.read || said == Some(Action::Update) => decided(
            Action::Update,
            0.8,
            format!("the method is POST, and the path ends with the parameter {name}"),
        ),
        Some(Step::Parameter(_))
            if matches!(
                said,
                Some(Action::Create | Action::Delete | Action::Other | Action::Download)
            ) =>
        {
            let action = said.filter(|action| *action != Action::Download);
            decided(action.unwrap_or(Action::Other), 0.65, "its text begins with what it does")
        }
        Some(Step::Parameter(name)) if is_in_collection(facts) => decided(
            Action::Update,
            0.55,
            format!("the method is POST, and the path ends with the parameter {name}"),
        ),
        Some(Step::Parameter(name)) => decided(
            Action::Update,
            ASSUMED,
            format!(
                "the method is POST, the path ends with the parameter {name}, and no record can be read there"
            ),
        ),
        Some(Step::Name(name)) => {
            let word = words(name).pop().unwrap_or_default();
            let behind_record = matches!(facts.steps.iter().rev().nth(1), Some(Step::Parameter(_)));
            // `/annotate/entities` does what it says to what is sent, and makes no entities.
            let is_behind_verb = begins_with_step_before(facts);
            let is_sent = verbs::of_summary(facts) == Some(Action::Other)
                && !siblings.has_records
                && (is_behind_verb || !is_plural(&word));
            if is_checked(facts) {
                decided(
                    Action::Other,
                    0.7,
                    "its name or its text begins with a verb that looks at something and makes nothing",
                )
            } else if is_sent {
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

/// Whether the name or the text begins with a verb after which nothing new exists: `checkContact`, `Validate …`.
fn is_checked(facts: &Facts<'_>) -> bool {
    let first = |text: &str| words(text).into_iter().next().unwrap_or_default();
    let checks = |word: String| {
        let word = word.strip_suffix('s').unwrap_or(&word);
        ["check", "validate", "verify", "calculate", "estimate", "compare", "ping", "preview"]
            .contains(&word)
    };
    checks(first(facts.id)) || checks(first(facts.summary))
}

/// Whether the parameter at the end stands behind a plural.
fn is_in_collection(facts: &Facts<'_>) -> bool {
    let before = facts.steps.iter().rev().nth(1).and_then(Step::name);
    before.and_then(|name| words(name).pop()).is_some_and(|word| is_plural(&word))
}

/// What the name before the parameter at the end does, if it is a verb: one that is known, or the word with which
/// the text begins.
fn verb_before(facts: &Facts<'_>) -> Option<Action> {
    let step = facts.steps.iter().rev().nth(1)?;
    step.name()?;
    verbs::of_step(step).or(begins_with_step_before(facts).then_some(Action::Other))
}

/// Whether the text begins with the word that stands before the end of the path.
fn begins_with_step_before(facts: &Facts<'_>) -> bool {
    let name = facts.steps.iter().rev().nth(1).and_then(Step::name).unwrap_or_default();
    let first = facts.summary.split_whitespace().next().unwrap_or_default();
    !first.is_empty() && first.eq_ignore_ascii_case(name)
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
