//! Where the records of a response stand, and whether the response is a list at all.

use airbyte_agent_description::Kind;
use airbyte_agent_document::Schema;

use super::facts::{Answer, Facts, Form, Node, Step};
use super::frames::{CONTAINERS, is_frame};
use super::schemas::Schemas;
use super::words::{Noun, is_counted, is_plural, same_noun, singular, words};

/// Names of members that hold something else than records.
const ASIDE: [&str; 32] = [
    "errors",
    "error",
    "warnings",
    "links",
    "link",
    "included",
    "facets",
    "aggregations",
    "messages",
    "headers",
    "sort",
    "unreachable",
    "prefixes",
    "commonprefixes",
    "relationships",
    "meta",
    "metadata",
    "debug",
    "notices",
    "columns",
    "suggestions",
    "scopes",
    "filters",
    "breadcrumbs",
    "permissions",
    "infos",
    "errormessages",
    "warningmessages",
    "alerts",
    "statuscodes",
    "fieldlist",
    "sorts",
];

/// An array that may be the list of records.
#[derive(Debug, Clone)]
pub(crate) struct Candidate<'a> {
    /// Where it stands.
    pub(crate) place: String,
    /// What speaks for it.
    pub(crate) score: f64,
    /// The strongest reason.
    pub(crate) reason: String,
    /// What its elements are.
    pub(crate) items: Option<Schema<'a>>,
    /// Whether it is the body itself.
    pub(crate) is_body: bool,
    /// Whether the name says that it holds records.
    pub(crate) is_named: bool,
    /// Whether it is named as lists are, whatever they are about.
    pub(crate) is_container: bool,
    /// Whether it is the only array, and its elements are objects.
    pub(crate) is_alone: bool,
    /// Whether it is named as the end of the path is, in the plural.
    pub(crate) is_asked: bool,
    /// Whether it is called as the end of the path is, and not only ends with the same noun.
    pub(crate) is_exact: bool,
    /// Whether its name speaks against several records, because it is that of something above what the path leads to.
    pub(crate) is_doubtful: bool,
    /// Whether it is an object whose members are the records, each under a name of its own.
    pub(crate) is_map: bool,
}

/// The nouns that an operation is about, the nearest first: names in the path, and words of its name.
pub(crate) fn nouns(facts: &Facts<'_>) -> Vec<String> {
    let names = facts.steps.iter().rev().filter_map(Step::name);
    let mut nouns: Vec<String> =
        names.filter(|name| !name.eq_ignore_ascii_case("search")).map(str::to_owned).collect();
    nouns.extend(facts.id_words().into_iter().rev());
    nouns
}

/// The arrays of a response, the likeliest first.
pub(crate) fn candidates<'a>(facts: &Facts<'a>, schemas: &Schemas<'a>) -> Vec<Candidate<'a>> {
    let answer = &facts.answer;
    let Some(body) = answer.body() else { return Vec::new() };
    if body.is_array() {
        return vec![Candidate {
            place: "$".to_owned(),
            score: 6.0,
            reason: "the response is an array".to_owned(),
            items: body.items.clone(),
            is_body: true,
            is_named: true,
            is_container: true,
            is_alone: true,
            is_asked: true,
            is_exact: true,
            is_doubtful: false,
            is_map: false,
        }];
    }
    let nouns = nouns(facts);
    let known: Vec<Noun> = nouns.iter().map(|noun| Noun::of(noun)).collect();
    let in_path = facts.steps.iter().filter(|step| step.name().is_some()).count();
    let is_aside = |node: &Node<'_>| ASIDE.contains(&last(&node.key));
    let of_several = facts
        .last_step()
        .and_then(Step::name)
        .and_then(|name| words(name).pop())
        .is_some_and(|word| is_counted(&word));
    // A member without a type may be the list if its name says so.
    let may_be_array = |node: &Node<'_>| {
        node.depth > 0
            && node.kinds.is_empty()
            && node.members == 0
            && node.values.is_none()
            && node.items.is_none()
            && (of_several && CONTAINERS.contains(&last(&node.key))
                || words(node.name).last().is_some_and(|word| is_counted(word))
                    && nouns.first().is_some_and(|noun| same_noun(noun, node.name)))
    };
    let arrays: Vec<&Node<'a>> =
        answer.nodes.iter().filter(|node| node.is_array() || may_be_array(node)).collect();
    let is_only = answer.members_of(0).filter(|node| !node.frame).count() < 2;
    let alone = arrays.iter().filter(|node| !is_aside(node)).count() == 1;
    let mut found: Vec<Candidate<'a>> = arrays
        .into_iter()
        .map(|node| {
            let key = last(&node.key);
            // `searchResults` and `itemList` are lists, too, whatever the path is called.
            let ends = |word: &str| node.name.len() > word.len() && node.name.ends_with(word);
            let is_container = CONTAINERS.contains(&key)
                || [
                    "Results", "_results", "List", "_list", "Records", "_records", "Array",
                    "_array",
                ]
                .iter()
                .any(|word| ends(word));
            let named = Noun::of(node.name);
            let noun = known.iter().position(|noun| noun.is_same(&named));
            let mut score = 1.0;
            let mut reason = format!("{} is an array", node.place);
            if is_container {
                score = 3.0;
                reason = format!("{} has a name that lists are given", node.place);
            }
            if let Some(position) = noun {
                let near = if position == 0 { 3.5 } else { 2.5 };
                if near > score {
                    score = near;
                    reason = format!("{} has the name of what the operation is about", node.place);
                }
            }
            if alone {
                score += 1.0;
                if !is_container && noun.is_none() {
                    reason = format!("{} is the only array of the response", node.place);
                }
            }
            if !node.is_array() {
                score -= 1.0;
            }
            let has_records = node.items.as_ref().is_some_and(|items| is_record(schemas, items));
            if has_records {
                score += 1.0;
            }
            if nouns.first().is_some_and(|noun| words(noun) == words(node.name)) {
                score += 0.5;
            }
            if is_aside(node) && noun.is_none_or(|noun| noun >= in_path) {
                score -= 4.0;
            }
            // What stands inside something that is no frame is a part of a record.
            let around = answer.nodes.get(node.parent);
            let is_apart = || {
                around.is_some_and(|around| {
                    let named = Noun::of(around.name);
                    around.members > 1 && !known.iter().any(|noun| noun.is_same(&named))
                })
            };
            if node.depth > 1 && !node.framed && !is_container && noun.is_none() && is_apart() {
                score -= 2.0;
            }
            // Depth counts little behind frames, and much inside records.
            let above = node.key.rsplit_once('.').map_or("", |(above, _)| above);
            let framed = above
                .split('.')
                .all(|name| CONTAINERS.contains(&name) || name == "embedded" || is_frame(name));
            score -= (f64::from(u32::try_from(node.depth).unwrap_or(9)) - 1.0)
                * if framed { 0.3 } else { 1.5 };
            Candidate {
                place: node.place.clone(),
                score,
                reason,
                items: node.items.clone(),
                is_body: false,
                is_named: is_container || noun.is_some(),
                is_container,
                is_alone: alone && has_records && !is_aside(node),
                is_asked: of_several && node.is_array() && noun == Some(0),
                is_exact: nouns.iter().take(in_path).any(|noun| is_called(noun, node.name)),
                is_doubtful: !is_container
                    && noun.is_some_and(|noun| {
                        is_doubtful(facts, noun)
                            || !has_records && !is_only && is_one(facts, node.name)
                    }),
                is_map: false,
            }
        })
        .collect();
    if found.iter().all(|candidate| candidate.score < 1.5) {
        let named = nouns.get(..in_path.min(nouns.len())).unwrap_or_default();
        found.extend(answer.nodes.iter().filter_map(|node| map(schemas, named, node)));
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found
}

/// Whether two names are the same but for style and number.
fn is_called(noun: &str, name: &str) -> bool {
    let parts =
        |name: &str| -> Vec<String> { words(name).iter().map(|word| singular(word)).collect() };
    parts(noun) == parts(name)
}

/// Whether neither a name nor the end of the path is in the plural.
fn is_one(facts: &Facts<'_>, name: &str) -> bool {
    let is_several = |name: &str| words(name).last().is_some_and(|word| is_plural(word));
    let end = facts.last_step().and_then(Step::name);
    !is_several(name) && end.is_some_and(|end| !is_several(end))
}

/// Whether an array has the name of the record of which the path gives one thing: `groups` at `/groups/{id}/invite`.
fn is_doubtful(facts: &Facts<'_>, noun: usize) -> bool {
    let Some(Step::Name(end)) = facts.last_step() else { return false };
    let is_several = words(end).last().is_some_and(|word| is_plural(word));
    let behind_record = matches!(facts.steps.iter().rev().nth(1), Some(Step::Parameter(_)));
    !is_several && noun > 0 && behind_record
}

/// The records of an object that has each of them under a name of its own, as an identifier: the body, or a member whose
/// name says that it holds records.
fn map<'a>(schemas: &Schemas<'a>, nouns: &[String], node: &Node<'a>) -> Option<Candidate<'a>> {
    let values = node.values.as_ref().filter(|_| node.members == 0 && !node.is_array())?;
    let shape = schemas.open(values);
    let is_record = shape.members.len() > 1 && !shape.kinds.contains(&Kind::Array);
    let is_named = node.depth == 0
        || CONTAINERS.contains(&last(&node.key))
        || nouns.iter().any(|noun| same_noun(noun, node.name));
    (is_record && is_named && node.framed).then(|| Candidate {
        place: format!("{}[*]", node.place),
        score: 1.5,
        reason: format!("each member of {} is a record, under a name of its own", node.place),
        items: Some(values.clone()),
        is_body: false,
        is_named: true,
        is_container: false,
        is_alone: false,
        is_asked: false,
        is_exact: false,
        is_doubtful: false,
        is_map: true,
    })
}

/// Whether a schema is that of an object, or says nothing.
fn is_record<'a>(schemas: &Schemas<'a>, items: &Schema<'a>) -> bool {
    let shape = schemas.open(items);
    shape.allows(Kind::Object) && !shape.kinds.contains(&Kind::Array)
}

fn last(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// The members of the body that are neither the records nor about the page: how many are arrays, how many are not.
pub(crate) fn strangers(answer: &Answer<'_>, candidate: &Candidate<'_>) -> (usize, usize) {
    let is_above = |place: &str| {
        candidate.place == place
            || candidate.place.strip_prefix(place).is_some_and(|rest| rest.starts_with(['.', '[']))
    };
    let beside = |node: &&Node<'_>| {
        let parent = answer.nodes.get(node.parent);
        parent.is_some_and(|parent| is_above(&parent.place))
            && !is_above(&node.place)
            // Arrays of several words are of the record: `metadataReaders`.
            && (!node.frame || node.is_array() && words(node.name).len() > 1)
    };
    let all = answer.nodes.iter().skip(1).filter(beside);
    let (arrays, others): (Vec<_>, Vec<_>) = all.partition(|node| node.is_array());
    (arrays.len(), others.len())
}

/// From this score on, an array of a response to a list can be taken for the records.
const CLEAR: f64 = 1.0;

/// Whether an array can be taken for the records of a list: what stands somewhere inside and has no name of records, or
/// has another such array beside it, may as well be a part of something else.
pub(crate) fn is_clear(facts: &Facts<'_>, best: &Candidate<'_>) -> bool {
    let is_known = best.is_named || best.is_body || best.is_map;
    best.score >= CLEAR && (is_known || strangers(&facts.answer, best).0 == 0)
}

/// The place of the one record of a response: the body, or the only member that is an object in a frame.
pub(crate) fn single(facts: &Facts<'_>) -> Option<(String, f64, String)> {
    let answer = &facts.answer;
    match answer.form {
        Form::Data => {}
        Form::Vague | Form::Nothing | Form::File => return None,
    }
    let body = answer.body()?;
    let whole = |reason: &str, confidence| Some(("$".to_owned(), confidence, reason.to_owned()));
    if !body.is_object() {
        return whole("the response is no object with members", 0.7);
    }
    let members: Vec<(usize, &Node<'_>)> =
        answer.nodes.iter().enumerate().skip(1).filter(|(_, node)| node.parent == 0).collect();
    let is_open = |node: &Node<'_>| node.is_object() || node.kinds.is_empty() || node.is_array();
    let strangers: Vec<&Node<'_>> = members
        .iter()
        .map(|(_, node)| *node)
        .filter(|node| !node.frame || named(facts, node))
        .collect();
    if let [only] = strangers.as_slice()
        && is_open(only)
    {
        let key = last(&only.key);
        let about = named(facts, only);
        if ["data", "result", "results", "response", "payload", "item", "record", "value"]
            .contains(&key)
        {
            return Some((
                only.place.clone(),
                0.85,
                format!("{} is the only member that is not about the request", only.place),
            ));
        }
        if about && (only.is_object() || only.kinds.is_empty()) {
            return Some((
                only.place.clone(),
                0.85,
                format!("{} has the name of what the operation is about", only.place),
            ));
        }
        // Beside what is about the request, one object is the record, whatever it is called.
        let is_scalar = |node: &Node<'_>| !node.is_object() && !node.is_array();
        let is_apart = members.iter().all(|(_, node)| {
            node.place == only.place
                || is_scalar(node)
                || ["error", "errors", "warnings"].contains(&last(&node.key))
        });
        if only.is_object() && only.members > 1 && members.len() > 1 && is_apart {
            return Some((
                only.place.clone(),
                0.7,
                format!("{} is the only object beside what is about the request", only.place),
            ));
        }
    }
    // A record in `data` may have scalars and other resources beside it.
    let is_beside = |node: &&Node<'_>| {
        let aside = ["included", "includes", "dictionaries", "relationships", "extensions"]
            .contains(&last(&node.key));
        aside || !node.is_object() && !node.is_array()
    };
    // What has an identifier of its own is a record, of which `data` is a part.
    let is_record = strangers
        .iter()
        .any(|node| ["id", "uuid", "guid", "uid"].contains(&last(&node.key)) && !node.is_object());
    let data = strangers
        .iter()
        .filter(|_| !is_record)
        .find(|node| ["data", "result"].contains(&last(&node.key)) && node.is_object());
    if let Some(data) = data
        && strangers.len() <= 4
        && strangers.iter().filter(|node| node.place != data.place).all(is_beside)
    {
        return Some((
            data.place.clone(),
            0.75,
            format!("{} is the only object that can be the record", data.place),
        ));
    }
    whole("the response is the record", 0.85)
}

fn named(facts: &Facts<'_>, node: &Node<'_>) -> bool {
    let pieces = facts.steps.iter().filter_map(Step::name).flat_map(|name| name.split('.'));
    pieces.into_iter().any(|noun| same_noun(noun, node.name))
}
