//! Prompts, which are the example questions of the connectors.

use std::collections::BTreeSet;

use rmcp::ErrorData;
use rmcp::model::{
    GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage, Role,
};

use crate::shared::Shared;

/// About how many prompts there are in all, because clients show them in one list.
const PROMPTS: usize = 24;

/// The most prompts of a connector.
const MOST_OF_CONNECTOR: usize = 12;

/// How many words of a question are in the name of its prompt.
const WORDS_IN_NAME: usize = 6;

/// The name of the argument with what a user adds to the question.
const DETAILS: &str = "details";

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
    questions(shared)
        .into_iter()
        .map(|question| {
            let details = PromptArgument::new(DETAILS)
                .with_description("Names, dates or anything else that differs from the example.")
                .with_required(false);
            Prompt::new(question.name, Some(question.text), Some(vec![details]))
                .with_title(format!("{}: {}", question.title, question.text))
        })
        .collect()
}

/// The prompt of this name.
pub(crate) fn get(
    shared: &Shared,
    request: &GetPromptRequestParams,
) -> Result<GetPromptResult, ErrorData> {
    let all = questions(shared);
    let question = all.iter().find(|question| question.name == request.name).ok_or_else(|| {
        ErrorData::invalid_params(format!("there is no prompt '{}'", request.name), None)
    })?;
    let mut text = question.text.to_owned();
    let details = request.arguments.as_ref().and_then(|arguments| arguments.get(DETAILS));
    if let Some(details) = details.and_then(|value| value.as_str()).map(str::trim)
        && !details.is_empty()
    {
        text.push_str(&format!("\n\nDetails: {details}"));
    }
    text.push_str(&format!(
        "\n\nUse the tools of {} (connector {}).",
        question.title, question.connector
    ));
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)])
        .with_description(question.text))
}
