//! Verbs in paths and in the names of operations, and what they do to an entity.

use super::facts::{Facts, Step};
use super::words::{singular, words};
use crate::decision::Action;

/// What verbs do, by the first word of a name. Words that are nouns more often than verbs are missing.
const VERBS: [(&str, Action); 34] = [
    ("list", Action::List),
    ("index", Action::List),
    ("browse", Action::List),
    ("enumerate", Action::List),
    ("get", Action::Get),
    ("retrieve", Action::Get),
    ("fetch", Action::Get),
    ("read", Action::Get),
    ("show", Action::Get),
    ("describe", Action::Get),
    ("view", Action::Get),
    ("search", Action::Search),
    ("query", Action::Search),
    ("find", Action::Search),
    ("filter", Action::Search),
    ("create", Action::Create),
    ("add", Action::Create),
    ("new", Action::Create),
    ("insert", Action::Create),
    ("post", Action::Create),
    ("register", Action::Create),
    ("upload", Action::Create),
    ("update", Action::Update),
    ("edit", Action::Update),
    ("modify", Action::Update),
    ("patch", Action::Update),
    ("put", Action::Update),
    ("replace", Action::Update),
    ("upsert", Action::Update),
    ("set", Action::Update),
    ("delete", Action::Delete),
    ("remove", Action::Delete),
    ("destroy", Action::Delete),
    ("download", Action::Download),
];

/// Verbs that do something else.
const OTHERS: [&str; 191] = [
    "deny",
    "equip",
    "kill",
    "play",
    "replay",
    "skip",
    "seek",
    "ban",
    "demote",
    "redeem",
    "regenerate",
    "reprocess",
    "remind",
    "snooze",
    "suppress",
    "unfollow",
    "withdraw",
    "hangup",
    "annotate",
    "enroll",
    "tag",
    "untag",
    "report",
    "analyse",
    "analyze",
    "classify",
    "compute",
    "crop",
    "detect",
    "downgrade",
    "echo",
    "evict",
    "extract",
    "install",
    "invalidate",
    "match",
    "mint",
    "parse",
    "predict",
    "recommend",
    "recover",
    "render",
    "resize",
    "save",
    "scan",
    "score",
    "sell",
    "buy",
    "suggest",
    "summarize",
    "transcribe",
    "translate",
    "upgrade",
    "vote",
    "abort",
    "adjust",
    "allocate",
    "await",
    "begin",
    "bind",
    "build",
    "charge",
    "commit",
    "compare",
    "consume",
    "draft",
    "end",
    "evaluate",
    "expire",
    "extend",
    "fail",
    "fulfill",
    "initiate",
    "issue",
    "link",
    "unlink",
    "open",
    "perform",
    "promote",
    "purge",
    "push",
    "reverse",
    "simulate",
    "switch",
    "track",
    "accept",
    "acknowledge",
    "activate",
    "apply",
    "approve",
    "archive",
    "assign",
    "associate",
    "attach",
    "authenticate",
    "authorize",
    "block",
    "bulk",
    "batch",
    "calculate",
    "cancel",
    "capture",
    "check",
    "clear",
    "clone",
    "close",
    "complete",
    "confirm",
    "connect",
    "convert",
    "copy",
    "count",
    "deactivate",
    "decline",
    "decrypt",
    "deploy",
    "detach",
    "disable",
    "disassociate",
    "disconnect",
    "dismiss",
    "duplicate",
    "enable",
    "encrypt",
    "estimate",
    "execute",
    "exchange",
    "export",
    "finalize",
    "finish",
    "follow",
    "forward",
    "generate",
    "grant",
    "import",
    "invite",
    "invoke",
    "join",
    "kick",
    "leave",
    "like",
    "lock",
    "login",
    "logout",
    "mark",
    "merge",
    "migrate",
    "move",
    "mute",
    "notify",
    "pause",
    "pay",
    "pin",
    "ping",
    "preview",
    "process",
    "publish",
    "reactivate",
    "rebuild",
    "refresh",
    "reject",
    "release",
    "rename",
    "reopen",
    "reorder",
    "reply",
    "resend",
    "reset",
    "resolve",
    "restart",
    "restore",
    "resume",
    "retry",
    "revoke",
    "rotate",
    "run",
    "send",
    "sign",
    "start",
    "stop",
    "submit",
    "subscribe",
    "suspend",
    "sync",
    "test",
    "transfer",
    "trigger",
    "unarchive",
    "undelete",
    "validate",
    "verify",
];

/// What a word does to an entity, if it is a verb.
pub(crate) fn meaning(word: &str) -> Option<Action> {
    let known = VERBS.iter().find(|(verb, _)| *verb == word).map(|(_, action)| *action);
    let is_other = || {
        OTHERS.contains(&word)
            || ["un", "re", "de"].iter().any(|before| {
                word.strip_prefix(before)
                    .is_some_and(|verb| verb.len() > 3 && OTHERS.contains(&verb))
            })
    };
    known.or_else(|| is_other().then_some(Action::Other))
}

/// The verb that a name is, begins with or ends with, and the words of the name that are left.
pub(crate) fn split(name: &str) -> (Option<Action>, Vec<String>) {
    let mut all = words(name);
    if all.len() == 1 && name.contains("all") {
        // `getall` and `findall` are written as one word by some.
        let short = name.to_lowercase().strip_suffix("all").map(str::to_owned);
        if let Some(action) = short.and_then(|verb| meaning(&verb)) {
            return (Some(if action == Action::Get { Action::List } else { action }), Vec::new());
        }
    }
    // Several at once is still what the next verb says.
    while all.len() > 1
        && ["batch", "bulk", "multi", "mass"].contains(&all.first().map_or("", String::as_str))
    {
        all.remove(0);
    }
    let first = all.first().and_then(|word| meaning(word));
    if let Some(action) = first {
        all.remove(0);
        if all.first().is_some_and(|word| word == "or" || word == "and") {
            all.clear();
        }
        let is_all = all.first().is_some_and(|word| word == "all");
        let action = if is_all && matches!(action, Action::Get | Action::Search) {
            Action::List
        } else {
            action
        };
        return (Some(action), all);
    }
    (None, all)
}

/// The verb that a step of a path is. A plural is a noun: `/exports`, `/lists`.
pub(crate) fn of_step(step: &Step) -> Option<Action> {
    let name = step.name()?;
    if let Some(verb) = name.strip_prefix(':') {
        return Some(split(verb).0.unwrap_or(Action::Other));
    }
    let last = name.rsplit(['.', '$']).next().unwrap_or(name);
    let (action, rest) = split(last);
    let is_noun =
        words(last).len() == 1 && words(last).first().is_some_and(|word| singular(word) != *word);
    let action = action.filter(|_| !is_noun)?;
    // `download-links` and `test_results` are nouns that begin like a verb.
    let ambiguous = action == Action::Other || action == Action::Download;
    (rest.is_empty() || !ambiguous || last.contains(char::is_uppercase) || name.contains('.'))
        .then_some(action)
}

/// The verb with which the summary begins: `Sends a message`, `Retrieve a customer`.
pub(crate) fn of_summary(facts: &Facts<'_>) -> Option<Action> {
    beginning(if facts.summary.trim().is_empty() { facts.text.trim() } else { facts.summary })
}

/// The verb with which the summary begins, or else the description.
pub(crate) fn of_text(facts: &Facts<'_>) -> Option<Action> {
    facts.text.lines().filter(|line| !line.trim().is_empty()).take(2).find_map(beginning)
}

fn beginning(text: &str) -> Option<Action> {
    let first = text.trim().trim_start_matches("<p>").split_whitespace().next()?.to_lowercase();
    let word = first.trim_matches(|c: char| !c.is_alphanumeric());
    let without = |ending: &str| word.strip_suffix(ending).and_then(meaning);
    meaning(word).or_else(|| without("s")).or_else(|| without("es"))
}

/// The name of an operation without the path and the method that some frameworks append to it:
/// `replay_webhooks_api_v1_app_post` of `POST /api/v1/app`.
fn without_route<'f>(facts: &'f Facts<'_>) -> &'f str {
    let method = format!("_{}", facts.method.to_lowercase());
    let Some(rest) = facts.id.strip_suffix(&method) else { return facts.id };
    let route: String =
        facts.path.chars().map(|c| if c.is_alphanumeric() { c } else { '_' }).collect();
    match rest.strip_suffix(route.as_str()).or_else(|| rest.strip_suffix(route.trim_matches('_'))) {
        Some(name) if !name.trim_matches('_').is_empty() => name.trim_matches('_'),
        _ => facts.id,
    }
}

/// The verb in the name of an operation: `users.list`, `issues/list-for-repo`, `Pets_List`, `getUser`.
pub(crate) fn of_id(facts: &Facts<'_>) -> Option<Action> {
    let id = without_route(facts);
    // `PostCharges`, `DeleteUser` and `Groups_Post` name the method, and not what is done.
    let is_method = |word: &String| word.eq_ignore_ascii_case(facts.method) || word == "x";
    let mut last = id.rsplit(['/', '.', '_', ':', '#']).filter(|piece| !piece.is_empty());
    let repeats = |piece: &&str| facts.method != "POST" || !piece.eq_ignore_ascii_case("post");
    let from_last = last.next().filter(repeats).and_then(|piece| split(piece).0);
    let mut all = words(id);
    if facts.method == "POST" && all.len() > 1 && all.last().is_some_and(is_method) {
        all.pop();
    }
    if facts.method != "GET" && facts.method != "DELETE" && all.first().is_some_and(is_method) {
        all.remove(0);
        // Behind the method, `Get` is a part of a noun unless the path does not name anything.
        return all
            .first()
            .and_then(|word| meaning(word))
            .filter(|action| *action != Action::Get || facts.steps.is_empty());
    }
    let word = |index: Option<usize>| {
        index.and_then(|index| all.get(index)).and_then(|word| meaning(word))
    };
    let from_first = split(id).0;
    // `denyForList` does not list.
    let is_object =
        all.len().checked_sub(2).and_then(|before| all.get(before)).is_some_and(|word| {
            ["for", "to", "from", "in", "on", "by", "of", "with"].contains(&word.as_str())
        });
    let from_end = word(all.len().checked_sub(1).filter(|_| !is_object));
    let generic = |action: &Action| *action != Action::Other;
    from_last
        .filter(generic)
        .or(from_first.filter(generic))
        .or(from_end.filter(generic))
        .or(from_last)
        .or(from_first)
        .or(from_end)
}
