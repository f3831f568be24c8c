//! Prompts: the example questions of the connectors, and one that has a chosen operation called. Its arguments can be
//! completed, so that people find operations, arguments and their values without a model.

use std::collections::BTreeSet;

use rmcp::ErrorData;
use rmcp::model::{
    GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage, Role,
};

use crate::reference;
use crate::shared::Shared;

/// About how many prompts there are in all, because clients show them in one list.
const PROMPTS: usize = 24;

/// The most prompts of a connector.
const MOST_OF_CONNECTOR: usize = 12;

/// How many words of a question are in the name of its prompt.
const WORDS_IN_NAME: usize = 6;

/// The name of the argument with what a user adds to the question.
const DETAILS: &str = "details";

/// The name of the argument that chooses an account.
const ACCOUNT: &str = "account";

/// The name of the prompt for any operation.
const OPERATION: &str = "call-operation";

/// The arguments of that prompt, whether they are required, and their descriptions.
const OF_OPERATION: [(&str, bool, &str); 7] = [
    ("connector", true, "The service."),
    ("entity", true, "The kind of record."),
    ("action", true, "What is done with it."),
    (ACCOUNT, false, "The account, where there are several."),
    ("argument", false, "An argument of the operation that is given."),
    ("value", false, "The value of the argument."),
    (DETAILS, false, "Anything else that the call needs, in words."),
];

/// An example question of a connector.
struct Question<'s> {
    name: String,
    connector: &'s str,
    title: &'s str,
    text: &'s str,
}

/// The questions that are offered, with names that are all different.
fn questions(shared: &Shared) -> Vec<Question<'_>> {
    let connectors = shared.connectors().count().max(1);
    let each = (PROMPTS / connectors).clamp(1, MOST_OF_CONNECTOR);
    let mut taken = BTreeSet::new();
    let mut all = Vec::new();
    for connector in shared.connectors() {
        for text in connector.questions.direct.iter().take(each) {
            let name = name(&connector.name, text);
            if taken.insert(name.clone()) {
                let (connector, title) = (connector.name.as_ref(), connector.title.as_ref());
                all.push(Question { name, connector, title, text });
            }
        }
    }
    all
}

/// The name of the prompt for a question, such as `github-list-the-open-issues-of`.
fn name(connector: &str, question: &str) -> String {
    let words =
        question.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(WORDS_IN_NAME).map(str::to_ascii_lowercase).collect();
    format!("{connector}-{}", words.join("-"))
}

/// The prompts as the protocol lists them.
pub(crate) fn list(shared: &Shared) -> Vec<Prompt> {
    let mut all: Vec<Prompt> = questions(shared)
        .into_iter()
        .map(|question| {
            let mut arguments = vec![
                PromptArgument::new(DETAILS)
                    .with_description(
                        "Names, dates or anything else that differs from the example.",
                    )
                    .with_required(false),
            ];
            if has_accounts(shared, question.connector) {
                arguments.push(
                    PromptArgument::new(ACCOUNT)
                        .with_description("The account that is meant.")
                        .with_required(false),
                );
            }
            Prompt::new(question.name, Some(question.text), Some(arguments))
                .with_title(format!("{}: {}", question.title, question.text))
        })
        .collect();
    if shared.connectors().next().is_some() {
        let arguments = OF_OPERATION.into_iter().map(|(name, required, description)| {
            PromptArgument::new(name).with_description(description).with_required(required)
        });
        let description = "Has one operation called, which is chosen step by step.";
        let prompt = Prompt::new(OPERATION, Some(description), Some(arguments.collect()));
        all.push(prompt.with_title("Call an operation"));
    }
    all
}

/// Whether calls of a connector have to say which account they mean.
fn has_accounts(shared: &Shared, connector: &str) -> bool {
    shared.tools.callable_accounts(connector, None).len() > 1
}

/// Whether a prompt has an argument, `None` where there is no such prompt, and the connector of the prompt if it is
/// of one.
pub(crate) fn has_argument<'s>(
    shared: &'s Shared,
    prompt: &str,
    argument: &str,
) -> (Option<bool>, Option<&'s str>) {
    if prompt == OPERATION {
        return (Some(OF_OPERATION.iter().any(|(name, ..)| *name == argument)), None);
    }
    match questions(shared).into_iter().find(|question| question.name == prompt) {
        None => (None, None),
        Some(question) => {
            let has = match argument {
                DETAILS => true,
                ACCOUNT => has_accounts(shared, question.connector),
                _ => false,
            };
            (Some(has), Some(question.connector))
        }
    }
}

/// The prompt of this name.
pub(crate) async fn get(
    shared: &Shared,
    request: &GetPromptRequestParams,
) -> Result<GetPromptResult, ErrorData> {
    let given = |name: &str| {
        let arguments = request.arguments.as_ref();
        let text = arguments.and_then(|arguments| arguments.get(name)?.as_str()).map(str::trim);
        text.filter(|text| !text.is_empty())
    };
    if request.name == OPERATION {
        return operation(shared, &given).await;
    }
    let all = questions(shared);
    let question = all.iter().find(|question| question.name == request.name).ok_or_else(|| {
        ErrorData::invalid_params(format!("there is no prompt '{}'", request.name), None)
    })?;
    let mut text = question.text.to_owned();
    if let Some(details) = given(DETAILS) {
        text.push_str(&format!("\n\nDetails: {details}"));
    }
    let account = account(shared, question.connector, given(ACCOUNT))?;
    text.push_str(&format!(
        "\n\nUse the tools of {} (connector {}{account}).",
        question.title, question.connector
    ));
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)])
        .with_description(question.text))
}

/// The account as the end of a sentence in parentheses, empty where none is given.
fn account(shared: &Shared, connector: &str, given: Option<&str>) -> Result<String, ErrorData> {
    let Some(name) = given else { return Ok(String::new()) };
    if !shared.tools.callable_accounts(connector, None).contains(&name) {
        let message = format!("there is no account '{name}' of {connector}");
        return Err(ErrorData::invalid_params(message, None));
    }
    Ok(format!(", account {name}"))
}

/// The prompt that has an operation called.
async fn operation<'g>(
    shared: &Shared,
    given: &(impl Fn(&str) -> Option<&'g str> + Sync),
) -> Result<GetPromptResult, ErrorData> {
    let required = |name: &str| {
        let missing = || ErrorData::invalid_params(format!("'{name}' is missing"), None);
        given(name).ok_or_else(missing)
    };
    let place = (required("connector")?, required("entity")?, required("action")?);
    let described = reference::operation(shared, place).await;
    let described =
        described.map_err(|error| ErrorData::invalid_params(error.message().to_owned(), None))?;
    let (connector, entity, action) = place;
    let account = account(shared, connector, given(ACCOUNT))?;
    let mut text = format!("Call {entity}.{action} of the connector {connector}{account}.");
    match (given("argument"), given("value")) {
        (Some(argument), Some(value)) => text.push_str(&format!(" Set {argument} to {value}.")),
        (Some(argument), None) => {
            text.push_str(&format!(" Ask me for {argument} if it is not clear."));
        }
        _ => {}
    }
    if let Some(details) = given(DETAILS) {
        text.push_str(&format!("\n\nDetails: {details}"));
    }
    text.push_str(&format!("\n\nThe operation:\n{described}"));
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)])
        .with_description(format!("{entity}.{action} of {connector}")))
}
