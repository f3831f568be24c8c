//! The tools of a toolset and their calls.

use serde_json::{Map, Value};

use super::definition::ToolDefinition;
use super::error::ToolError;
use super::expose;
use super::json_text;
use super::output::ToolOutput;
use super::plan::Plan;
use super::progress::Progress;
use super::toolset::Toolset;

impl Toolset {
    /// The definitions of the tools that may be called, in the order of accounts and specs.
    pub fn definitions(&self) -> Vec<ToolDefinition> {
        self.all_definitions().to_vec()
    }

    /// The definition of the tool of this name, `None` where there is no such tool or the policy excludes
    /// it. Another spelling of the name, such as `GitHub` for `github`, is accepted where it can mean
    /// only one tool.
    pub fn definition(&self, name: &str) -> Option<&ToolDefinition> {
        let position = expose::catalog(self).position(name)?;
        expose::definitions(self).of_tool(position)
    }

    pub(super) fn all_definitions(&self) -> &[ToolDefinition] {
        expose::definitions(self).all()
    }

    /// Decides everything about a call that can be decided before anything is sent: which operation is
    /// meant, whether the policy permits it, and with which arguments it is called. Arguments are an
    /// object, or the text of one, as models write them; `null` stands for none.
    ///
    /// ```no_run
    /// # async fn example(tools: airbyte_agent_tools::Toolset) -> Result<(), airbyte_agent_tools::ToolError> {
    /// let arguments = serde_json::json!({"entity": "issues", "action": "delete", "params": {"id": 7}});
    /// let plan = tools.plan("github", arguments)?;
    /// if plan.effect().is_change() {
    ///     println!("about to change data: {:?}", plan.arguments());
    /// }
    /// println!("{}", plan.run().await?.text);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When there is no such tool, the operation is not permitted, or an argument cannot be understood.
    pub fn plan(&self, name: &str, arguments: Value) -> Result<Plan<'_>, ToolError> {
        let decision = expose::decide(self, name, object(arguments)?)?;
        Ok(Plan::new(self, decision))
    }

    /// Calls a tool. Dropping the future ends the call.
    ///
    /// # Errors
    ///
    /// Whatever goes wrong, in words by which a model can correct its call or give up.
    pub async fn call(&self, name: &str, arguments: Value) -> Result<ToolOutput, ToolError> {
        self.plan(name, arguments)?.run().await
    }

    /// Calls a tool and reports how far the call has come.
    ///
    /// # Errors
    ///
    /// The same as [`call`](Self::call).
    pub async fn call_with(
        &self,
        name: &str,
        arguments: Value,
        progress: &dyn Progress,
    ) -> Result<ToolOutput, ToolError> {
        self.plan(name, arguments)?.run_with(progress).await
    }
}

const NO_OBJECT: &str = "the arguments must be a JSON object";

/// Arguments as an object. Models also write them as text, or leave them out.
fn object(arguments: Value) -> Result<Map<String, Value>, ToolError> {
    match arguments {
        Value::Null => Ok(Map::new()),
        Value::Object(members) => Ok(members),
        Value::String(text) if text.trim().is_empty() => Ok(Map::new()),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Null) => Ok(Map::new()),
            Ok(Value::Object(members)) => json_text::check("arguments", &text).map(|()| members),
            Ok(_) => Err(ToolError::argument("arguments", NO_OBJECT)),
            Err(error) => {
                let problem = format!("the arguments are no valid JSON: {error}");
                Err(ToolError::argument("arguments", problem))
            }
        },
        _ => Err(ToolError::argument("arguments", NO_OBJECT)),
    }
}
