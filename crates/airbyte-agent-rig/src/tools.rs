//! From a tool set to rig's tools. Knows nothing of agents.

use airbyte_agent_core::ErrorKind;
use airbyte_agent_core::tools::{Retry, ToolDefinition, ToolError, ToolErrorKind, Toolset};
use rig_core::message::ToolName;
use rig_core::tool::{
    DynamicTool, ToolErrorKind as RigKind, ToolExecutionError, ToolOutput, ToolResult,
};

/// The tools of a set, for `AgentBuilder::dynamic_tools` or a `ToolServer` of rig's.
///
/// Each holds the set, which is cheap to clone; policy, limits and exposure are those of the set.
pub fn dynamic_tools(tools: &Toolset) -> Vec<DynamicTool> {
    tools.definitions().into_iter().filter_map(|tool| dynamic(tools, tool)).collect()
}

/// A name is never empty, so nothing is left out.
fn dynamic(tools: &Toolset, tool: ToolDefinition) -> Option<DynamicTool> {
    let tools = tools.clone();
    let name = tool.name.clone();
    let call = move |arguments: serde_json::Value| {
        let (tools, name) = (tools.clone(), name.clone());
        let future = async move {
            let output = tools.call(&name, arguments).await.map_err(execution_error)?;
            Ok(ToolOutput::text(output.text))
        };
        Box::pin(future) as _
    };
    let name = ToolName::new(tool.name).ok()?;
    Some(DynamicTool::new(name, tool.description, tool.input_schema, call))
}

/// The failure that no argument mends (credentials, configuration) behind a result of a tool, if it
/// is one. The model is told so; a program may stop and tell its operator.
pub fn operator_problem(result: &ToolResult) -> Option<&ToolError> {
    let error = result.error()?.downcast_ref::<ToolError>()?;
    error.is_operator_problem().then_some(error)
}

/// The error with rig's marks; the model reads its text as it is.
fn execution_error(error: ToolError) -> ToolExecutionError {
    let text = error.to_string();
    let told = match kind(&error) {
        RigKind::PermissionDenied if error.kind() == ToolErrorKind::NotPermitted => {
            ToolExecutionError::refused(text)
        }
        kind => ToolExecutionError::new(kind, text),
    };
    let told = told
        .with_retryable(matches!(error.retry(), Retry::After(_)))
        .with_code(error.kind().as_str());
    let told = match error.status() {
        Some(status) => told.with_http_status(status),
        None => told,
    };
    told.with_source(error)
}

fn kind(error: &ToolError) -> RigKind {
    match error.kind() {
        ToolErrorKind::UnknownTool => RigKind::NotFound,
        ToolErrorKind::NotPermitted => RigKind::PermissionDenied,
        ToolErrorKind::TooLarge => RigKind::InvalidArgs,
        ToolErrorKind::Call(kind) => match kind {
            ErrorKind::Validation => RigKind::InvalidArgs,
            ErrorKind::Authentication | ErrorKind::Permission => RigKind::PermissionDenied,
            ErrorKind::NotFound => RigKind::NotFound,
            ErrorKind::RateLimited => RigKind::RateLimited,
            ErrorKind::Vendor => RigKind::Provider,
            ErrorKind::Network => RigKind::Network,
            _ => RigKind::Other,
        },
        _ => RigKind::Other,
    }
}
