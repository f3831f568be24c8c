//! Arguments that an operation does not have, and what was probably meant by them.

use serde_json::{Map, Value};

use super::{Arguments, shape};
use crate::description::{Body, Operation, suggestion};
use crate::error::WrongArgument;

/// Names of arguments that control how a file is downloaded and are never sent to a vendor.
const DOWNLOAD_CONTROLS: [&str; 6] = [
    "range_header",
    "_airbyte_response_type",
    "_airbyte_response_format",
    "_airbyte_max_chars",
    "_airbyte_text_offset",
    "_airbyte_download_token",
];

/// Names under which models wrap the arguments of a call, although these are passed directly.
const WRAPPERS: [&str; 8] =
    ["arguments", "args", "params", "parameters", "body", "data", "input", "payload"];

/// The arguments that the operation does not have.
pub(crate) fn find_unknown(operation: &Operation, arguments: &Arguments) -> Vec<WrongArgument> {
    if matches!(operation.body, Body::Json { open: true, .. }) {
        return Vec::new();
    }
    let mut names: Vec<&str> = operation.parameters.iter().map(|p| p.name.as_ref()).collect();
    names.sort_unstable();
    let is_unknown = |name: &str| {
        let control = operation.download.is_some() && DOWNLOAD_CONTROLS.contains(&name);
        !control && !names.contains(&name)
    };
    let unknown: Vec<(&String, &Value)> =
        arguments.iter().filter(|(name, _)| is_unknown(name)).collect();
    let mut problems: Vec<WrongArgument> = Vec::new();
    let mut done: Vec<&str> = Vec::new();
    for (name, value) in &unknown {
        if done.contains(&name.as_str()) {
            continue;
        }
        let problem = wrapper(&names, name, value)
            .or_else(|| misplaced(operation, arguments, &unknown, name, &mut done))
            .unwrap_or_else(|| plain(&names, name));
        problems.push(problem);
    }
    problems
}

fn plain(names: &[&str], name: &str) -> WrongArgument {
    let problem = if names.is_empty() {
        format!("unknown argument '{name}': this operation takes none")
    } else {
        format!("unknown argument '{name}'{}", suggestion(name, names))
    };
    WrongArgument { name: name.to_owned(), problem, works: None, is_unknown: true }
}

/// Arguments inside an object that is not a parameter itself, such as `{"arguments": {…}}`.
fn wrapper(names: &[&str], name: &str, value: &Value) -> Option<WrongArgument> {
    let members = value.as_object().filter(|_| WRAPPERS.contains(&name))?;
    let own: Vec<String> = members
        .keys()
        .filter(|member| names.contains(&member.as_str()))
        .map(|member| format!("'{member}'"))
        .collect();
    if own.is_empty() {
        return None;
    }
    let problem =
        format!("unknown argument '{name}': pass {} without it, as arguments", own.join(", "));
    Some(WrongArgument { name: name.to_owned(), problem, works: None, is_unknown: false })
}

/// Arguments that are members of another argument. All that belong to the same place are reported
/// together.
fn misplaced<'a>(
    operation: &Operation,
    arguments: &Arguments,
    unknown: &[(&'a String, &'a Value)],
    name: &str,
    done: &mut Vec<&'a str>,
) -> Option<WrongArgument> {
    let home = shape::home(operation, name)?;
    let place = home.place();
    let mut members = Map::new();
    for (other, value) in unknown {
        if shape::home(operation, other).is_some_and(|other| other.place() == place) {
            done.push(other.as_str());
            members.insert((*other).clone(), (*value).clone());
        }
    }
    let names: Vec<String> = members.keys().map(|name| format!("'{name}'")).collect();
    let given = arguments.get(home.parameter.name.as_ref());
    let (noun, pronoun) =
        if names.len() == 1 { ("argument", "it") } else { ("arguments", "these") };
    Some(WrongArgument {
        name: home.parameter.name.to_string(),
        problem: format!("unknown {noun} {}: put {pronoun} inside '{place}'", names.join(", ")),
        works: shape::with_members(&home, given, &members),
        is_unknown: false,
    })
}
