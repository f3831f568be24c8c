//! What the texts of a document say about how many records an operation returns, and what the end of its path says.

use super::facts::{Facts, Form, Step};
use super::words::{is_counted, says, singular, words};

/// Nouns that are in the plural although each names one thing: the settings of an account are one record.
const ONE_IN_PLURAL: [&str; 20] = [
    "options",
    "limits",
    "rights",
    "parameters",
    "params",
    "capabilities",
    "totals",
    "counts",
    "insights",
    "rates",
    "attrs",
    "properties",
    "terms",
    "configurations",
    "defaults",
    "conditions",
    "entitlements",
    "quotas",
    "credentials",
    "languages",
];

/// How many words of a text are looked at to find what it is about.
const BEGINNING: usize = 8;

/// What the document says about an operation: the summary, or else all.
pub(crate) fn said<'f>(facts: &'f Facts<'_>) -> &'f str {
    if facts.summary.trim().is_empty() { facts.text.trim() } else { facts.summary }
}

/// Whether the path ends with what identifies a record.
pub(crate) fn ends_with_record(facts: &Facts<'_>) -> bool {
    matches!(facts.last_step(), Some(Step::Parameter(name)) if names_record(name, facts))
}

/// Whether the path ends with a plural that means several records.
pub(crate) fn ends_with_several(facts: &Facts<'_>) -> bool {
    facts
        .last_step()
        .and_then(Step::name)
        .and_then(|name| words(name).pop())
        .is_some_and(means_several)
}

/// Whether a word means several records: it is a plural, and none of those that name one thing.
fn means_several(word: String) -> bool {
    is_counted(&word) && !ONE_IN_PLURAL.contains(&word.as_str())
}

/// Whether the operation is about one record: the path ends with what identifies it, and the text speaks of one.
pub(crate) fn is_about_one(facts: &Facts<'_>) -> bool {
    // In `Get a user's posts`, the article belongs to the owner.
    let has_owner = |text: &str| {
        text.split_whitespace()
            .take(BEGINNING)
            .any(|word| word.ends_with("'s") || word.ends_with("’s"))
    };
    let text = said(facts);
    ends_with_record(facts) && says_one(text) && !has_owner(text)
}

/// Whether the path ends with what identifies a record of something else than what stands before it: `/users/{teamId}`.
pub(crate) fn ends_with_another(facts: &Facts<'_>) -> bool {
    let Some(Step::Parameter(name)) = facts.last_step() else { return false };
    let all = words(name);
    let before = facts.steps.iter().rev().find_map(Step::name).map(words);
    let is_named = |word: &String| {
        let noun = singular(word);
        all.iter().any(|part| singular(part) == noun)
    };
    // A name of one word, such as `id` or `slug`, says nothing about whose it is.
    all.len() > 1 && before.is_some_and(|before| !before.iter().any(is_named))
}

/// Whether the summary, or else the description, says that several records come back, and names them by a plural that
/// means several.
pub(crate) fn tells_of_several(facts: &Facts<'_>) -> bool {
    let tells = |text: &str| {
        let beginning = words(text).into_iter().take(BEGINNING);
        says_list(text) && beginning.skip(1).any(means_several)
    };
    let summary = said(facts);
    let description = || facts.text.lines().skip(1).find(|line| !line.trim().is_empty());
    tells(summary) || !says_one(summary) && description().is_some_and(tells)
}

/// Whether what comes back is put together from records, and has arrays as a record has them.
pub(crate) fn is_of_sums(facts: &Facts<'_>) -> bool {
    let sums = ["stats", "stat", "statistics", "usage", "summary", "overview", "report"];
    let is_sum = |name: &str| {
        words(name)
            .last()
            .is_some_and(|word| sums.contains(&word.as_str()) || word.ends_with("stats"))
    };
    facts.steps.iter().filter_map(Step::name).any(is_sum)
        || facts.last_step().and_then(Step::name) == Some("analytics")
}

/// Whether a text says that one record comes back: `Get a user`, `Retrieve the specified file`, `Get tag by id`.
pub(crate) fn says_one(text: &str) -> bool {
    let words = words(text);
    let beginning = words.get(..words.len().min(5)).unwrap_or_default();
    let is = |word: &String, known: &[&str]| known.contains(&word.as_str());
    let specific = ["single", "specific", "specified"];
    if matches!(beginning, [_, article, one, ..] if is(article, &["a", "the"]) && is(one, &specific))
        && !words.windows(2).any(|pair| pair == ["list", "of"])
    {
        return true;
    }
    let of_several =
        ["list", "array", "collection", "set", "all", "multiple", "page", "paged", "paginated"];
    if beginning.iter().any(|word| of_several.contains(&word.as_str())) {
        return false;
    }
    words.get(1).is_some_and(|word| is(word, &["a", "an", "one"]))
        || beginning.windows(2).any(|pair| match pair {
            [one, noun] => is(one, &specific) && !is_counted(noun),
            _ => false,
        })
        || words.windows(2).any(|pair| pair == ["by", "id"] || pair == ["single", "record"])
}

/// Whether the noun behind the verb of a text is in the plural: `Retrieve names of patients`.
pub(crate) fn names_several(text: &str) -> bool {
    let words = words(text);
    let ends = ["of", "for", "from", "in", "by", "with", "that", "to", "on", "and", "about", "as"];
    let noun: Vec<&String> =
        words.iter().skip(1).take(6).take_while(|word| !ends.contains(&word.as_str())).collect();
    let is_one = noun.iter().any(|word| ["a", "an", "one", "single"].contains(&word.as_str()));
    !is_one && noun.last().is_some_and(|word| is_counted(word))
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

/// Whether a text about an operation without a described response says what comes back in the plural.
pub(crate) fn says_list_of(text: &str) -> bool {
    says(text, &["list of ", "array of ", "collection of ", "a page of "])
}

/// Whether a text begins by saying that several records come back: `List users`, `Returns all users`.
pub(crate) fn says_list(text: &str) -> bool {
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
        "retrieve multiple",
        "find all",
        "show all",
    ];
    starts.iter().any(|start| text.starts_with(start))
}

/// Whether the document says nothing about what comes back, or no more than that it is an object.
pub(crate) fn is_silent(facts: &Facts<'_>) -> bool {
    match facts.answer.form {
        Form::Data => is_open_object(facts),
        Form::File => false,
        Form::Nothing | Form::Vague => true,
    }
}

/// Whether what comes back is an object of which no member is known.
pub(crate) fn is_open_object(facts: &Facts<'_>) -> bool {
    facts
        .answer
        .body()
        .is_some_and(|body| body.is_object() && body.members == 0 && body.values.is_none())
}
