//! The tools in the formats of model APIs: JSON in, JSON out.
//!
//! Knows what definitions, calls and results look like on the wire, not how requests get to a
//! model: that is the program's own business.

mod anthropic;
mod openai_chat;
mod openai_responses;
mod turn;

use serde_json::{Map, Value};

use super::error::ToolError;
use super::toolset::Toolset;

/// The API of a model, by the form of its tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelApi {
    /// `OpenAI`'s chat completions, and the many servers that speak like them.
    OpenAiChat,
    /// `OpenAI`'s responses.
    OpenAiResponses,
    /// Anthropic's messages.
    AnthropicMessages,
}

/// Tools for one model API. Made by [`Toolset::for_api`]; a clone is cheap.
///
/// ```no_run
/// use airbyte_agent_tools::{ModelApi, Toolset};
/// use serde_json::{Value, json};
///
/// # async fn post(request: Value) -> Value { request }
/// # async fn example(tools: Toolset) {
/// let api = tools.for_api(ModelApi::AnthropicMessages);
/// let mut messages = vec![json!({"role": "user", "content": "Which issues are open?"})];
/// loop {
///     let request = json!({"model": "…", "messages": messages, "tools": api.definitions()});
///     let answer = post(request).await;
///     messages.push(json!({"role": "assistant", "content": answer["content"]}));
///     let results = api.answer(&answer).await;
///     if results.is_empty() {
///         break;
///     }
///     messages.extend(results.messages);
/// }
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ApiTools {
    tools: Toolset,
    api: ModelApi,
    strict: bool,
}

/// A call that a model wants made.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ToolCall {
    /// By which the result is told apart from others.
    pub id: String,
    /// Name of the tool, as the model wrote it.
    pub name: String,
    /// Arguments, as the model wrote them: `OpenAI` sends them as text, which may be no JSON.
    pub arguments: Value,
    /// Whether the model was stopped before it had written all of it.
    pub is_cut: bool,
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ToolAnswer {
    /// The call.
    pub call: ToolCall,
    /// What the model reads.
    pub text: String,
    /// Whether it failed.
    pub is_error: bool,
    /// What went wrong, where a tool of this library failed.
    pub error: Option<ToolError>,
}

/// What the calls of one turn came to.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ToolAnswers {
    /// To be appended to the conversation, behind the model's own message.
    pub messages: Vec<Value>,
    /// Each call with its result, in the order of the calls.
    pub answers: Vec<ToolAnswer>,
}

impl Toolset {
    /// The tools in the format of a model API.
    pub fn for_api(self, api: ModelApi) -> ApiTools {
        ApiTools { tools: self, api, strict: false }
    }
}

impl ApiTools {
    /// Asks for arguments that follow the schema without exception, which `OpenAI` calls strict:
    /// optional arguments come as `null`, free-form objects as JSON text. Changes nothing for
    /// Anthropic.
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// The tools themselves.
    pub const fn tools(&self) -> &Toolset {
        &self.tools
    }

    /// The value of `tools` in a request. `OpenAI` takes at most 128 tools: with more operations than
    /// that, another [`Exposure`](super::Exposure) is the way.
    pub fn definitions(&self) -> Value {
        let definitions = self.tools.definitions();
        let written = definitions.iter().map(|tool| match self.api {
            ModelApi::OpenAiChat => openai_chat::definition(tool, self.strict),
            ModelApi::OpenAiResponses => openai_responses::definition(tool, self.strict),
            ModelApi::AnthropicMessages => anthropic::definition(tool),
        });
        written.collect()
    }

    /// The calls in a model's answer, which is the whole body of the response, or the message (for
    /// responses: the list of items) inside it.
    pub fn calls(&self, answer: &Value) -> Vec<ToolCall> {
        match self.api {
            ModelApi::OpenAiChat => openai_chat::calls(answer),
            ModelApi::OpenAiResponses => openai_responses::calls(answer),
            ModelApi::AnthropicMessages => anthropic::calls(answer),
        }
    }

    /// Makes calls: neighbours that only read at the same time, everything else one after the
    /// other in the order given. None is left without an answer, so a program that has tools of its
    /// own takes out the calls of those and passes all others.
    pub async fn run(&self, calls: Vec<ToolCall>) -> Vec<ToolAnswer> {
        turn::run(&self.tools, calls).await
    }

    /// What to append to the conversation for these answers.
    pub fn messages(&self, answers: &[ToolAnswer]) -> Vec<Value> {
        match self.api {
            ModelApi::OpenAiChat => answers.iter().map(openai_chat::message).collect(),
            ModelApi::OpenAiResponses => answers.iter().map(openai_responses::item).collect(),
            ModelApi::AnthropicMessages => anthropic::message(answers).into_iter().collect(),
        }
    }

    /// Makes the calls in a model's answer; see [`calls`](Self::calls), [`run`](Self::run) and
    /// [`messages`](Self::messages) for the single steps. Nothing comes back when there are none:
    /// the model is done.
    pub async fn answer(&self, answer: &Value) -> ToolAnswers {
        let answers = self.run(self.calls(answer)).await;
        ToolAnswers { messages: self.messages(&answers), answers }
    }
}

impl ToolCall {
    fn new(id: &Value, name: &Value, arguments: &Value) -> Self {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self { id: text(id), name: text(name), arguments: arguments.clone(), is_cut: false }
    }
}

impl ToolAnswer {
    /// The result of a tool of the program's own.
    pub fn done(call: ToolCall, text: impl Into<String>) -> Self {
        Self { call, text: text.into(), is_error: false, error: None }
    }

    /// The failure of a tool of the program's own.
    pub fn failed(call: ToolCall, text: impl Into<String>) -> Self {
        Self { is_error: true, ..Self::done(call, text) }
    }

    /// The text for an API that has no mark for failures.
    fn unmarked(&self) -> String {
        match &self.error {
            Some(error) => error.to_json().to_string(),
            None if self.is_error => {
                Value::Object(Map::from_iter([("error".to_owned(), self.text.clone().into())]))
                    .to_string()
            }
            None => self.text.clone(),
        }
    }
}

impl ToolAnswers {
    /// Whether the model called nothing.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// A failure that no argument mends (credentials, configuration). The model is told so; a
    /// program may stop and tell its operator instead of going on.
    pub fn operator_problem(&self) -> Option<&ToolError> {
        let errors = self.answers.iter().filter_map(|answer| answer.error.as_ref());
        errors.into_iter().find(|error| error.is_operator_problem())
    }
}
