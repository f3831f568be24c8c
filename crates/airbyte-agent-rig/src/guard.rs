//! A hook that keeps agents of `rig-agent` out of dead ends.

use airbyte_agent_core::tools::Toolset;
use rig_agent::agent::{AgentHook, HookContext, OutcomeAction, OutcomeEvent};
use rig_agent::run::policy::{
    InvalidToolCallAction, InvalidToolCallContext, InvalidToolCallReason,
};
use serde_json::Value;

use crate::operator_problem;

/// Keeps a run out of dead ends: it ends where only the operator can help (credentials,
/// configuration), and names that a model misspells are mended or answered, where rig alone would
/// end the run.
#[derive(Debug, Clone)]
pub struct Guard {
    tools: Toolset,
}

impl Guard {
    /// For an agent with the tools of this set.
    pub fn new(tools: Toolset) -> Self {
        Self { tools }
    }

    /// The tool that is meant by a name that is only written differently: `GitHub` for `github`.
    fn meant(&self, name: &str) -> Option<String> {
        let plain = |name: &str| -> String {
            name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
        };
        let wanted = plain(name);
        let definitions = self.tools.definitions();
        let mut alike = definitions.into_iter().filter(|tool| plain(&tool.name) == wanted);
        let only = alike.next().filter(|_| alike.next().is_none())?;
        Some(only.name)
    }
}

impl AgentHook for Guard {
    async fn on_outcome(&self, _: &HookContext, event: OutcomeEvent<'_>) -> OutcomeAction {
        match event.tool_result().and_then(operator_problem) {
            Some(problem) => OutcomeAction::stop(problem.to_string()),
            None => OutcomeAction::proceed(),
        }
    }

    async fn on_invalid_tool_call(
        &self,
        _: &HookContext,
        event: &InvalidToolCallContext,
    ) -> Option<InvalidToolCallAction> {
        if event.reason != InvalidToolCallReason::UnknownTool {
            return None;
        }
        if let Some(name) = self.meant(&event.tool_name) {
            return Some(InvalidToolCallAction::repair(name));
        }
        let error = self.tools.target(&event.tool_name, &Value::Null).err()?;
        Some(InvalidToolCallAction::skip(error.to_string()))
    }
}
