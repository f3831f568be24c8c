//! Converts the tools of a toolset to those of rig. The module needs `rig-core` only.

use airbyte_agent_core::ErrorKind;
use airbyte_agent_core::tools::{Retry, ToolDefinition, ToolError, ToolErrorKind, Toolset};
use rig_core::message::ToolName;
use rig_core::tool::{
    DynamicTool, ToolErrorKind as RigKind, ToolExecutionError, ToolOutput, ToolResult,
};

/// The tools of a toolset in rig's form, for `AgentBuilder::dynamic_tools` or for a `ToolServer` of rig.
///
/// Each of them has a clone of the toolset, which is cheap, with its policy, limits and exposure.
pub fn dynamic_tools(tools: &Toolset) -> Vec<DynamicTool> {
    tools.definitions().into_iter().filter_map(|tool| dynamic(tools, tool)).collect()
}

/// The tool of one definition. It is `None` for an empty name only, which no definition has.
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

/// The error of a result that no argument can correct, such as missing credentials; `None` for any other
/// result. The model is told about it, and a program may stop and tell its operator.
pub fn operator_problem(result: &ToolResult) -> Option<&ToolError> {
    let error = result.error()?.downcast_ref::<ToolError>()?;
    error.is_operator_problem().then_some(error)
}

/// The error in rig's form. The model reads its text unchanged.
fn execution_error(error: ToolError) -> ToolExecutionError {
    let text = error.to_string();
    let converted = match kind(&error) {
        RigKind::PermissionDenied if error.kind() == ToolErrorKind::NotPermitted => {
            ToolExecutionError::refused(text)
        }
        kind => ToolExecutionError::new(kind, text),
    };
    let converted = converted
        .with_retryable(matches!(error.retry(), Retry::After(_)))
        .with_code(error.kind().as_str());
    let converted = match error.status() {
        Some(status) => converted.with_http_status(status),
        None => converted,
    };
    converted.with_source(error)
}

/// The kind of an error as rig names it.
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
