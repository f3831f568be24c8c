//! Prompts: the example questions of the connectors, ready to be asked.

use std::collections::BTreeSet;

use rmcp::ErrorData;
use rmcp::model::{
    GetPromptRequestParams, GetPromptResult, Prompt, PromptArgument, PromptMessage, Role,
};

use crate::server::Shared;

/// Prompts in all, as near as may be: clients show them in one list.
const IN_ALL: usize = 24;

/// Most prompts of a connector.
const MOST: usize = 12;

/// Words of a question in the name of its prompt.
const WORDS: usize = 6;

/// What a user may add.
const DETAILS: &str = "details";

/// A question of a connector.
struct Question<'s> {
    name: String,
    connector: &'s str,
    title: &'s str,
    text: &'s str,
}

fn questions(shared: &Shared) -> Vec<Question<'_>> {
    let connectors = shared.connectors().count().max(1);
    let each = (IN_ALL / connectors).clamp(1, MOST);
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

/// `github-list-the-open-issues-of`
fn name(connector: &str, question: &str) -> String {
    let words =
        question.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.take(WORDS).map(str::to_ascii_lowercase).collect();
    format!("{connector}-{}", words.join("-"))
}

/// The prompts.
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
