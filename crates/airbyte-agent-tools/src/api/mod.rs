//! The tools in the JSON formats of model APIs.
//!
//! The modules know what definitions, calls and results look like in requests and responses. How a
//! request gets to a model is left to the program.

mod anthropic;
mod openai_chat;
mod openai_responses;
mod turn;

use serde_json::{Map, Value};

use super::error::ToolError;
use super::toolset::Toolset;

/// The API of a model, which decides the format of tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ModelApi {
    /// Chat completions of `OpenAI`, and of the many servers that have the same API.
    OpenAiChat,
    /// The responses API of `OpenAI`.
    OpenAiResponses,
    /// The messages API of Anthropic.
    AnthropicMessages,
}

/// The tools of a [`Toolset`] in the format of one model API. [`Toolset::for_api`] makes it; a clone is
/// cheap.
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

/// A call of a tool as a model wrote it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ToolCall {
    /// The identifier of the call, which its result repeats.
    pub id: String,
    /// The name of the tool as the model wrote it.
    pub name: String,
    /// The arguments as the model wrote them. `OpenAI` sends them as text, which need not be valid JSON.
    pub arguments: Value,
    /// Whether the model was stopped before it had written the whole call.
    pub is_cut: bool,
}

/// The outcome of a call.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ToolAnswer {
    /// The call as the model wrote it.
    pub call: ToolCall,
    /// The result, or a description of the failure, for the model to read.
    pub text: String,
    /// Whether the call failed.
    pub is_error: bool,
    /// The error, where a tool of the toolset failed.
    pub error: Option<ToolError>,
}

/// The outcomes of the calls in one response of a model.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ToolAnswers {
    /// The messages to be appended to the conversation, behind that of the model.
    pub messages: Vec<Value>,
    /// Each call with its outcome, in the order of the calls.
    pub answers: Vec<ToolAnswer>,
}

impl Toolset {
    /// The tools in the format of a model API.
    pub fn for_api(self, api: ModelApi) -> ApiTools {
        ApiTools { tools: self, api, strict: false }
    }
}

impl ApiTools {
    /// Requests arguments that follow the schema without exception, which `OpenAI` calls strict. Optional
    /// arguments are then `null`, and free-form objects are JSON text. For Anthropic nothing changes.
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.strict = true;
        self
    }

    /// The toolset whose tools these are.
    pub const fn tools(&self) -> &Toolset {
        &self.tools
    }

    /// The array of definitions for the member `tools` of a request. `OpenAI` takes at most 128 tools; for
    /// more operations than that, choose another [`Exposure`](super::Exposure).
    pub fn definitions(&self) -> Value {
        let definitions = self.tools.all_definitions();
        let written = definitions.iter().map(|tool| match self.api {
            ModelApi::OpenAiChat => openai_chat::definition(tool, self.strict),
            ModelApi::OpenAiResponses => openai_responses::definition(tool, self.strict),
            ModelApi::AnthropicMessages => anthropic::definition(tool),
        });
        written.collect()
    }

    /// The calls in the response of a model, empty when there are none. `answer` is the whole body, or
    /// the message in it; for the responses API also the list of items.
    pub fn calls(&self, answer: &Value) -> Vec<ToolCall> {
        match self.api {
            ModelApi::OpenAiChat => openai_chat::calls(answer),
            ModelApi::OpenAiResponses => openai_responses::calls(answer),
            ModelApi::AnthropicMessages => anthropic::calls(answer),
        }
    }

    /// Makes calls and gives back an outcome for each, in the same order. Consecutive calls that only read
    /// are made at the same time, at most eight of them; all others are made one after the other. A
    /// program that has further tools of its own takes out their calls and passes all others.
    pub async fn run(&self, calls: Vec<ToolCall>) -> Vec<ToolAnswer> {
        turn::run(&self.tools, calls).await
    }

    /// The messages to be appended to the conversation for these outcomes.
    pub fn messages(&self, answers: &[ToolAnswer]) -> Vec<Value> {
        match self.api {
            ModelApi::OpenAiChat => answers.iter().map(openai_chat::message).collect(),
            ModelApi::OpenAiResponses => answers.iter().map(openai_responses::item).collect(),
            ModelApi::AnthropicMessages => anthropic::message(answers).into_iter().collect(),
        }
    }

    /// Makes the calls in the response of a model. [`calls`](Self::calls), [`run`](Self::run) and
    /// [`messages`](Self::messages) are the single steps. The result is empty when the model called
    /// nothing, and so has finished.
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
    /// The outcome of a call of a tool that belongs to the program.
    pub fn done(call: ToolCall, text: impl Into<String>) -> Self {
        Self { call, text: text.into(), is_error: false, error: None }
    }

    /// The failure of a tool that belongs to the program.
    pub fn failed(call: ToolCall, text: impl Into<String>) -> Self {
        Self { is_error: true, ..Self::done(call, text) }
    }

    /// The text for an API in which results are not marked as failures.
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
    /// Whether the model called no tool.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// The first failure that no argument can correct, such as missing credentials. The model is told
    /// about it; a program may stop and tell its operator instead of continuing.
    pub fn operator_problem(&self) -> Option<&ToolError> {
        let errors = self.answers.iter().filter_map(|answer| answer.error.as_ref());
        errors.into_iter().find(|error| error.is_operator_problem())
    }
}
