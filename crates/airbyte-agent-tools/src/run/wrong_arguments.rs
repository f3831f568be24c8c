//! Wrong arguments in the names that the tool has: the engine knows parameters of the vendor, such as `after`,
//! for which the tool has controls, such as `cursor`.

use crate::controls::{Control, is_hidden};
use crate::schema;
use airbyte_agent_description::{Operation, closest, suggestion};
use airbyte_agent_engine::{Error, WrongArgument};

/// What models call the place where a list continues.
const PLACES: [&str; 16] = [
    "after",
    "before",
    "continuation_token",
    "next",
    "next_cursor",
    "next_page",
    "next_page_token",
    "nextpagetoken",
    "offset",
    "page",
    "page_number",
    "page_token",
    "pagetoken",
    "skip",
    "start_at",
    "starting_after",
];
/// What models call the number of records that they want.
const SIZES: [&str; 13] = [
    "count",
    "first",
    "limit",
    "max",
    "max_results",
    "maxresults",
    "num_results",
    "page_limit",
    "page_size",
    "pagesize",
    "per_page",
    "size",
    "top",
];
/// What models call the fields that they want.
const SELECTIONS: [&str; 5] =
    ["columns", "include_fields", "properties", "return_fields", "select"];

/// The wrong arguments of a call, in words for a model.
pub(super) struct Told {
    /// The whole message.
    pub(super) message: String,
    /// The problems alone, without values that work.
    pub(super) problems: String,
}

/// What is told of an error about arguments; `None` for other errors.
pub(super) fn told(error: &Error, operation: &Operation) -> Option<Told> {
    if error.arguments().is_empty() {
        return None;
    }
    let all: Vec<WrongArgument> =
        error.arguments().iter().map(|wrong| in_names_of_tool(wrong, operation)).collect();
    let joined = |texts: Vec<String>| texts.join("; ");
    let message = joined(all.iter().map(ToString::to_string).collect());
    Some(Told {
        message: format!("{}: {message}", operation.place()),
        problems: joined(all.iter().map(|wrong| wrong.problem.clone()).collect()),
    })
}

fn in_names_of_tool(wrong: &WrongArgument, operation: &Operation) -> WrongArgument {
    let mut wrong = wrong.clone();
    if wrong.is_unknown {
        wrong.problem = unknown(&wrong.name, operation);
        return wrong;
    }
    let key = schema::key(&wrong.name);
    if key != wrong.name {
        wrong.problem = wrong.problem.replace(&format!("'{}'", wrong.name), &format!("'{key}'"));
        wrong.name = key;
    }
    wrong
}

/// What is wrong with an argument that does not exist, and what the tool has instead.
fn unknown(name: &str, operation: &Operation) -> String {
    let controls: Vec<Control> =
        Control::ALL.into_iter().filter(|control| control.fits(operation)).collect();
    let mut names: Vec<String> = operation
        .parameters
        .iter()
        .filter(|parameter| !is_hidden(operation, parameter))
        .map(|parameter| schema::key(&parameter.name))
        .collect();
    names.sort_unstable();
    // A parameter that is written nearly like it is what was meant; only then the meaning of the word counts.
    let near = closest(name, names.iter().map(String::as_str)).first().map(|near| squashed(near));
    let meant = [
        (
            Control::Cursor,
            &PLACES[..],
            "a list continues with",
            ", the next_cursor of the result before",
        ),
        (Control::MaxRecords, &SIZES, "the number of records is set by", ""),
        (Control::Fields, &SELECTIONS, "the fields of records are chosen by", ""),
    ];
    let plain = name.to_lowercase().replace('-', "_");
    let found = meant.into_iter().find(|(control, words, ..)| {
        controls.contains(control)
            && (words.contains(&plain.as_str()) || words.contains(&squashed(name).as_str()))
    });
    match found {
        Some((control, _, does, what)) if near != Some(squashed(name)) => {
            let own = control.name_for(operation);
            format!("unknown argument '{name}': {does} '{own}'{what}")
        }
        _ => {
            names.extend(controls.iter().map(|control| control.name_for(operation).to_owned()));
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            format!("unknown argument '{name}'{}", suggestion(name, &names))
        }
    }
}

/// A name without what only separates its words.
fn squashed(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
