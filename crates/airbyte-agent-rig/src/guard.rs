//! A hook for agents of `rig-agent` that deals with calls which cannot succeed.

use airbyte_agent_core::tools::Toolset;
use rig_agent::agent::{AgentHook, HookContext, OutcomeAction, OutcomeEvent};
use rig_agent::run::policy::{
    InvalidToolCallAction, InvalidToolCallContext, InvalidToolCallReason,
};
use serde_json::Value;

use crate::operator_problem;

/// A hook for agents of `rig-agent` that deals with calls which cannot succeed.
///
/// It ends a run where only the operator can help, such as by other credentials. The name of a tool that a
/// model writes in another spelling is corrected, and a call of an unknown tool is answered with the
/// names that exist; rig alone would end the run there.
#[derive(Debug, Clone)]
pub struct Guard {
    tools: Toolset,
}

impl Guard {
    /// A hook for an agent with the tools of this toolset.
    pub fn new(tools: Toolset) -> Self {
        Self { tools }
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
        if let Some(tool) = self.tools.definition(&event.tool_name) {
            return Some(InvalidToolCallAction::repair(tool.name.clone()));
        }
        let error = self.tools.plan(&event.tool_name, Value::Null).err()?;
        Some(InvalidToolCallAction::skip(error.to_string()))
    }
}
