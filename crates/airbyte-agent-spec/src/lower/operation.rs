//! Operations, in the order of the document.

use std::collections::HashMap;

use airbyte_agent_description::{
    Action, Body, Download, Hints, List, Location, Method, Operation, Parameter, Piece, Schema,
    Style, Template, Text,
};

use super::{
    Cx, alternatives, body, field_selection, filters, job, paging, parameter, response, upload,
    upload_in_steps,
};
use crate::names::hint;
use airbyte_agent_yaml::Node;

/// Methods of a path item, in the order in which they are visited.
pub(super) const METHODS: [(&str, Method); 5] = [
    ("get", Method::Get),
    ("post", Method::Post),
    ("put", Method::Put),
    ("delete", Method::Delete),
    ("patch", Method::Patch),
];

/// An operation in the document.
#[derive(Clone, Copy)]
pub(crate) struct Op<'a> {
    pub(crate) path: &'a str,
    pub(crate) method: Method,
    pub(crate) node: &'a Node,
    pub(crate) action: Option<Action>,
}

impl<'a> Op<'a> {
    pub(crate) fn entity(&self) -> String {
        self.node.text("x-airbyte-entity")
    }

    /// The GraphQL settings, for operations that have them.
    pub(crate) fn graphql(&self) -> Option<&'a Node> {
        let settings = self.node.at(&["requestBody", "x-airbyte-body-type"])?;
        (settings.text("type") == "graphql").then_some(settings)
    }

    /// A key of the operation, or the operation itself for messages.
    pub(crate) fn place(&self, key: &str) -> &'a Node {
        self.node.get(key).unwrap_or(self.node)
    }

    /// The path that is requested.
    pub(crate) fn effective_path(&self) -> String {
        match self.node.at(&["x-airbyte-path-override", "path"]).map(Node::plain) {
            Some(path) if !path.is_empty() => path,
            _ => self.path.to_owned(),
        }
    }
}

/// All operations of the document.
pub(crate) fn operations(root: &Node) -> Vec<Op<'_>> {
    let paths = root.get("paths").map(Node::members).unwrap_or_default();
    let mut found = Vec::new();
    for (path, item) in paths {
        for (name, method) in METHODS {
            if let Some(node) = item.get(name).filter(|node| node.is_map()) {
                let action = node.text("x-airbyte-action").parse().ok();
                found.push(Op { path, method, node, action });
            }
        }
    }
    found
}

/// All operations, lowered. Of two operations with the same entity and action the later one is kept, at the
/// place of the earlier one.
pub(super) fn lower_all(cx: &Cx<'_>) -> Vec<Operation> {
    let mut lowered: Vec<Operation> = Vec::new();
    let mut places: Vec<&Node> = Vec::new();
    let mut known: HashMap<(Text, Action), usize> = HashMap::new();
    for op in operations(cx.root) {
        let Some(operation) = lower(cx, op) else { continue };
        let name = (operation.entity.clone(), operation.action);
        if let Some(&index) = known.get(&name) {
            cx.report.error(
                op.node,
                format!(
                    "`{}.{}` is declared twice, first in line {}; only this one can be called, so \
                     give one of them another entity",
                    operation.entity, operation.action, places[index].line
                ),
            );
            lowered[index] = operation;
            places[index] = op.node;
        } else {
            known.insert(name, lowered.len());
            lowered.push(operation);
            places.push(op.node);
        }
    }
    lowered
}

fn lower<'a>(cx: &Cx<'a>, op: Op<'a>) -> Option<Operation> {
    let entity = op.entity();
    if entity.is_empty() {
        cx.report.fatal(
            op.place("x-airbyte-entity"),
            "the operation needs `x-airbyte-entity`, the kind of record it is about",
        );
    }
    let Some(action) = op.action else {
        unknown_action(cx, op);
        return None;
    };
    let path = op.effective_path();
    if !path.starts_with('/') {
        let place = op.node.get("x-airbyte-path-override").unwrap_or(op.node);
        cx.report.fatal(place, format!("the path `{path}` must start with `/`"));
    }
    let path = Template::parse(&path, "{", "}");
    let mut parameters = parameter::parameters(cx, op, action);
    let body = body::body(cx, op, &mut parameters);
    let json_type = body::json_type(cx, op, &body);
    let at_least_one = alternatives::at_least_one(cx, op);
    path_parameters(cx, op, &path, &mut parameters);
    let address = upload::address(cx, op, &parameters);
    let field_selection = field_selection::field_selection(cx, op, &parameters);
    let response = response::response(cx, op, action);
    let paging = paging::paging(cx, op, action, &response.meta, &parameters);
    let download = (action == Action::Download)
        .then(|| Download { file_url: response::file_url(cx, op).map(Into::into) });
    if download.is_none()
        && let Some(node) = op.node.get("x-airbyte-file-url")
    {
        cx.report.error(node, "`x-airbyte-file-url` is only for the action `download`; remove it");
    }
    let hints = hints(op.node, action);
    let read_only = hints.read_only;
    let place = format!("{entity}.{action}");
    Some(Operation {
        id: op.node.text("operationId").into(),
        entity: entity.into(),
        action,
        summary: op.node.text("summary").into(),
        description: description(op.node).into(),
        phrases: search_words(cx, &place),
        method: op.method,
        path,
        idempotency_header: idempotency(cx, op, read_only, &body),
        field_selection,
        at_least_one: at_least_one.into(),
        recommended: texts(op.node, "x-agent-recommended"),
        is_addition: parameter::is_addition(op.node),
        reads_any: reads_any(op.node),
        job: job::job(cx, op),
        // Depends on other entities, so it is added when all of them are known.
        sync: None,
        filters: filters::filters(cx, op).into(),
        address,
        upload: upload_in_steps::upload(cx, op, &parameters),
        parameters: parameters.into(),
        body,
        json_type,
        response,
        paging,
        download,
        hints,
    })
}

/// The words of `x-agent-search-words` for an entity, or for an operation as `entity.action`.
pub(super) fn search_words(cx: &Cx<'_>, place: &str) -> List<Text> {
    let all = cx.info_key("x-agent-search-words");
    all.map(|all| texts(all, place)).unwrap_or_default()
}

/// The texts of a list, none if the key is absent.
pub(super) fn texts(node: &Node, key: &str) -> List<Text> {
    node.texts(key).into_iter().map(Text::from).collect::<Vec<_>>().into()
}

/// The description of an operation. What Airbyte's hosted platform does not know, and what may read any kind
/// of record, says so itself, so that every reader learns it.
fn description(node: &Node) -> String {
    let mut text = node.text("description");
    if reads_any(node) {
        text.push_str(" The query may name any kind of record.");
    }
    if parameter::is_addition(node) {
        text.push_str(" Airbyte's hosted platform does not offer it.");
    }
    text.trim_start().to_owned()
}

fn reads_any(node: &Node) -> bool {
    node.get("x-agent-reads-any").and_then(Node::as_bool) == Some(true)
}

fn unknown_action<'a>(cx: &Cx<'a>, op: Op<'a>) {
    let known = || Action::ALL.into_iter().map(Action::as_str);
    let expected = known().collect::<Vec<_>>().join(", ");
    match op.node.get("x-airbyte-action") {
        Some(node) => {
            let text = node.plain();
            let hint = hint(&text, known());
            cx.report.fatal(node, format!("unknown action `{text}`{hint} (expected {expected})"));
        }
        None => cx
            .report
            .fatal(op.node, format!("the operation needs `x-airbyte-action`, one of {expected}")),
    }
}

/// Makes sure that every variable of the path is a parameter, and that the path uses every path parameter.
/// Whether the path has this text immediately before the value of a parameter.
fn stands_before(path: &Template, text: &str, name: &str) -> bool {
    path.pieces.windows(2).any(|pair| match pair {
        [Piece::Text(before), Piece::Name(named)] => {
            !text.is_empty() && before.ends_with(text) && named == name
        }
        _ => false,
    })
}

fn path_parameters<'a>(cx: &Cx<'a>, op: Op<'a>, path: &Template, parameters: &mut Vec<Parameter>) {
    let is = |parameter: &Parameter, name: &str| {
        parameter.location == Location::Path && parameter.name == name
    };
    for name in path.names() {
        if parameters.iter().any(|parameter| is(parameter, name)) {
            continue;
        }
        if parameters.iter().any(|parameter| parameter.name == name) {
            cx.report.fatal(
                op.place("parameters"),
                format!("the path uses `{{{name}}}`, so the parameter `{name}` must be `in: path`"),
            );
            continue;
        }
        cx.report.error(
            op.node,
            format!("the path uses `{{{name}}}`; declare it under `parameters` with `in: path`"),
        );
        parameters.push(Parameter {
            name: name.to_owned().into(),
            wire: None,
            location: Location::Path,
            required: true,
            description: "".into(),
            schema: Schema { nullable: false, ..Schema::ANY },
            style: Style::Repeat,
            default: None,
            send_default: false,
            probe_default: None,
            config: None,
            is_addition: false,
            prefix: None,
            example: None,
        });
    }
    for node in op.node.get("parameters").map(Node::items).unwrap_or_default() {
        let name = node.text("name");
        if let Some(prefix) = node.get("x-agent-path-prefix")
            && !stands_before(path, &prefix.plain(), &name)
        {
            let prefix = prefix.plain();
            cx.report.error(
                node,
                format!("the path does not have `{prefix}` before `{{{name}}}`; write it there, or remove `x-agent-path-prefix`"),
            );
        }
        if node.text("in") == "path" && !path.names().any(|variable| variable == name) {
            cx.report.error(
                node,
                format!("the path does not use `{{{name}}}`; the parameter would never be sent"),
            );
        }
    }
}

fn hints(node: &Node, action: Action) -> Hints {
    let reads = matches!(action, Action::List | Action::Get | Action::Search | Action::Download);
    let declared =
        |key: &str, otherwise: bool| node.get(key).and_then(Node::as_bool).unwrap_or(otherwise);
    let read_only = declared("x-agent-read-only", reads);
    Hints {
        read_only,
        destructive: declared("x-agent-destructive", action == Action::Delete),
        idempotent: declared(
            "x-agent-idempotent",
            read_only || matches!(action, Action::Update | Action::Delete),
        ),
        preferred_for_check: node.get("x-airbyte-preferred-for-check").and_then(Node::as_bool)
            == Some(true),
    }
}

/// The header by which the vendor recognises a repeated POST. Reads need none.
fn idempotency(cx: &Cx<'_>, op: Op<'_>, read_only: bool, body: &Body) -> Option<Text> {
    let own = op.node.get("x-agent-idempotency-key");
    let general = cx.info_key("x-agent-idempotency-key");
    if op.method != Method::Post || read_only || (own.is_none() && matches!(body, Body::GraphQl(_)))
    {
        return None;
    }
    let header = own.or(general)?.text("header");
    (!header.is_empty()).then(|| header.into())
}
