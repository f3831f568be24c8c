//! The tool `program`, which runs a program over the other tools.

use serde_json::{Map, Value};

use super::super::decision::Decision;
use super::super::definition::ToolDefinition;
use super::super::error::ToolError;
use super::super::program::runner::{LIST_RECORDS, ProgramRunner};
use super::super::schema;
use super::super::toolset::{Exposure, Toolset};
use super::hints;
use std::sync::Arc;

/// The longest program, in bytes.
const LONGEST: usize = 64 * 1_024;

/// The definition of the tool.
pub(super) fn definition(tools: &Toolset, name: String) -> ToolDefinition {
    let policy = tools.common_policy();
    let operations = tools.accounts().groups().flat_map(|group| group.operations(policy));
    let call = match tools.current_exposure() {
        Exposure::PerOperation => "some_list({params, fields: [\"state\"]})",
        Exposure::PerConnector => {
            "some({entity: \"issues\", action: \"list\", params: {}, fields: [\"state\"]})"
        }
        Exposure::SearchExecute => {
            "execute({connector, entity: \"issues\", action: \"list\", params: {}, fields: [\"state\"]})"
        }
    };
    ToolDefinition {
        name,
        title: "Run a program over the tools".to_owned(),
        description: format!(
            "Runs JavaScript that calls tools; only what it returns comes back. For sums, joins and many calls. \
             Every tool is an async function: const {{data, next_cursor}} = await {call}; \
             return data.filter(i => i.state == \"open\").length. A list gives up to {LIST_RECORDS} records. Failed calls throw. \
             No network, files, modules."
        ),
        input_schema: Value::Object(schema::object(
            [("code".to_owned(), schema::plain("string", "Body of an async function."), true)],
            false,
        )),
        output_schema: None,
        hints: hints(operations),
    }
}

/// Decides what a call of the tool leads to.
pub(super) fn decide(
    runner: &Arc<dyn ProgramRunner>,
    mut arguments: Map<String, Value>,
) -> Result<Decision<'static>, ToolError> {
    let wrong = |problem: String| Err(ToolError::argument("code", problem));
    let code = match arguments.remove("code") {
        Some(Value::String(code)) if !code.trim().is_empty() => code,
        Some(Value::String(_)) | None => {
            return wrong("'code' is missing: the program, such as \"return 1\"".to_owned());
        }
        Some(_) => return wrong("'code' must be a text: the program".to_owned()),
    };
    if let Some(name) = arguments.keys().next() {
        let problem = format!("'{name}' is no argument of a program: write it into its code");
        return Err(ToolError::argument(name, problem));
    }
    if code.len() > LONGEST {
        return wrong(format!(
            "'code' has {} bytes, and a program at most {LONGEST}; nothing was run",
            code.len()
        ));
    }
    Ok(Decision::Program(Arc::clone(runner), without_fence(&code).to_owned()))
}

/// The program without the marks of a block of code, in which models write programs.
fn without_fence(code: &str) -> &str {
    let Some(inner) = code.trim().strip_prefix("```") else { return code };
    let Some(inner) = inner.strip_suffix("```") else { return code };
    inner.split_once('\n').map_or(code, |(_, inner)| inner)
}
