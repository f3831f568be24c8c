//! `x-agent-upload`: an upload that one call makes of several operations.

use airbyte_agent_description::{
    Action, FileArgument, JsonPath, Parameter, Text, Upload, UploadStep, Variable,
};

use super::{Cx, Op, graphql};
use airbyte_agent_yaml::Node;

const KEY: &str = "x-agent-upload";
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// The upload that a call of the operation is, if it is one.
pub(super) fn upload<'a>(cx: &Cx<'a>, op: Op<'a>, parameters: &[Parameter]) -> Option<Upload> {
    let node = op.node.get(KEY)?;
    if !matches!(op.action, Some(Action::Create | Action::Update) | None) {
        cx.report.error(node, "only the actions `create` and `update` are uploads");
    }
    let part_bytes = node.get("part_bytes").and_then(Node::as_u64);
    let received = node.get("received").and_then(|node| place(cx, node));
    if part_bytes.is_some() != received.is_some() {
        cx.report.error(
            node,
            "`part_bytes` and `received` belong together: who sends a file in parts has to know how much arrived",
        );
    }
    if part_bytes == Some(0) {
        cx.report.error(node, "`part_bytes` must be at least 1");
    }
    Some(Upload {
        file: file(cx, node.get("file")?, parameters),
        start: step(cx, node.get("start")?)?,
        send: step(cx, node.get("send")?)?,
        part_bytes: part_bytes.filter(|bytes| *bytes > 0),
        received,
        finish: node.get("finish").and_then(|node| step(cx, node)),
        result: node.get("result").and_then(|node| place(cx, node)),
    })
}

/// The arguments with the content, the name and the media type of the file.
fn file<'a>(cx: &Cx<'a>, node: &'a Node, parameters: &[Parameter]) -> FileArgument {
    let named = |key: &str| -> Option<Text> {
        let name = Some(node.text(key)).filter(|name| !name.is_empty())?;
        if !parameters.iter().any(|parameter| parameter.name == name) {
            let message = format!("the operation has no argument `{name}`");
            cx.report.error(node.get(key).unwrap_or(node), message);
        }
        Some(name.into())
    };
    FileArgument {
        content: named("content").unwrap_or_default(),
        is_base64: true,
        name: named("name"),
        media_type: named("media_type"),
        default_media_type: UNKNOWN_TYPE.into(),
    }
}

fn step<'a>(cx: &Cx<'a>, node: &'a Node) -> Option<UploadStep> {
    let name = node.text("operation");
    let operation = name.rsplit_once('.');
    let Some((entity, action)) =
        operation.and_then(|(entity, action)| Some((entity, action.parse().ok()?)))
    else {
        let place = node.get("operation").unwrap_or(node);
        cx.report.error(
            place,
            format!("`{name}` is no operation; write entity and action, such as `uploads.create`"),
        );
        return None;
    };
    let arguments = arguments(node)
        .iter()
        .map(|(name, node)| Variable { name: name.clone().into(), value: graphql::value(node) });
    Some(UploadStep {
        entity: entity.to_owned().into(),
        action,
        arguments: arguments.collect::<Vec<_>>().into(),
    })
}

/// What a step is called with, as declared.
pub(crate) fn arguments(step: &Node) -> &[(String, Node)] {
    step.get("arguments").map(Node::members).unwrap_or_default()
}

fn place<'a>(cx: &Cx<'a>, node: &'a Node) -> Option<JsonPath> {
    let text = node.plain();
    let path = JsonPath::parse(&text).filter(|path| !path.is_multiple());
    if path.is_none() {
        let message =
            format!("`{text}` is no place in a record; write a path to one value, such as `$.id`");
        cx.report.error(node, message);
    }
    path
}
