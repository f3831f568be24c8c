//! Where the pieces of evidence about lists contradict each other. What one piece says alone is right in most documents;
//! where another piece says the opposite, neither is trusted, and the document is asked to settle it.

use super::facts::{Facts, Node, Step};
use super::paging::signs;
use super::paths::Siblings;
use super::records::Candidate;
use super::said;
use super::verbs;
use super::words::{Noun, is_counted, words};
use crate::decision::Action;

/// With this many points more than a list needs, an array of an unknown name is the list.
const MARGIN: f64 = 1.0;

/// Whether an operation that has not enough points for a list is said to return several: the author of such a document
/// may have described an element in the place of the list, or a record whose name is in the plural.
pub(crate) fn of_one(facts: &Facts<'_>, best: Option<&Candidate<'_>>) -> bool {
    if said::ends_with_record(facts) {
        // `/users/{organisationId}` may be the users of an organisation.
        return said::ends_with_another(facts) && said::tells_of_several(facts);
    }
    // Nobody limits the number of results of one record.
    if best.is_some() && signs::said_limit(facts).is_some() {
        return true;
    }
    if said::is_of_sums(facts) {
        return said::tells_of_several(facts) && said::is_silent(facts);
    }
    let is_listed = || verbs::of_id(facts) == Some(Action::List);
    said::tells_of_several(facts)
        || said::ends_with_several(facts) && (said::names_several(said::said(facts)) || is_listed())
}

/// Whether something speaks against an operation that has enough points for a list. `is_told` means that a text, a name
/// or a sign of paging says that it is one, and `margin` is by how many points it is one.
pub(crate) fn of_list(
    facts: &Facts<'_>,
    best: Option<&Candidate<'_>>,
    is_told: bool,
    margin: f64,
    siblings: &Siblings,
) -> bool {
    // At the root stands an index of the API, whatever it lists.
    let is_index = facts.steps.is_empty() && !best.is_some_and(|best| best.is_body);
    if is_index || said::is_about_one(facts) || best.is_some_and(|best| has_rivals(facts, best)) {
        return true;
    }
    if is_told {
        return false;
    }
    let text = said::said(facts);
    if said::is_silent(facts) {
        // A plural alone is the name of a record, of an action or of a list.
        let is_named = said::names_several(text)
            || text.is_empty() && siblings.has_records
            || said::says_list_of(&facts.answer.text);
        return !is_named;
    }
    let ends_with_one = facts
        .last_step()
        .and_then(Step::name)
        .is_some_and(|name| !words(name).last().is_some_and(|word| is_counted(word)));
    best.is_some_and(|best| best.is_alone && !best.is_named && ends_with_one && margin < MARGIN)
}

/// Whether another array beside the records is named by the same noun, as `inputFiles` and `outputFiles` are, so that
/// neither is the list.
fn has_rivals(facts: &Facts<'_>, best: &Candidate<'_>) -> bool {
    let nodes = &facts.answer.nodes;
    let Some(own) = nodes.iter().find(|node| node.place == best.place) else { return false };
    let noun = Noun::of(own.name);
    let is_rival = |node: &&Node<'_>| {
        node.parent == own.parent
            && node.place != own.place
            && node.is_array()
            && Noun::of(node.name).is_same(&noun)
    };
    !best.is_exact && !best.is_container && nodes.iter().skip(1).any(|node| is_rival(&node))
}

/// Why it is doubtful what POST does: the path or the method says one thing, and the text begins with a verb that says
/// the opposite. `verb` is that at the end of the path.
pub(crate) fn of_action(facts: &Facts<'_>, action: Action, verb: Option<Action>) -> Option<String> {
    let told = verbs::of_summary(facts)?;
    let reads = |action| matches!(action, Action::Get | Action::List | Action::Search);
    let changes = |action| matches!(action, Action::Create | Action::Update | Action::Delete);
    let is_named = verbs::of_id(facts) == Some(action);
    let first = words(said::said(facts)).into_iter().next().unwrap_or_default();
    // A query is run, performed or submitted, and a report is generated.
    let runs = ["run", "perform", "execute", "submit", "generate", "batch", "calculate", "process"];
    let is_doubtful = match action {
        Action::Create => {
            verb != Some(Action::Create)
                && !is_named
                && (reads(told) || matches!(told, Action::Update | Action::Delete))
        }
        Action::Get | Action::List | Action::Search => {
            changes(told) || told == Action::Other && !runs.iter().any(|run| first.starts_with(run))
        }
        _ => false,
    };
    is_doubtful.then(|| {
        format!("the text begins with `{first}`, and the path or the method says something else")
    })
}
