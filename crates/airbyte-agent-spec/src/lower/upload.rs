//! Files in requests, and operations at addresses out of earlier responses.

use airbyte_agent_description::{
    Action, AddressIssuer, FileArgument, JsonPath, Kind, Location, MoreExpected, Parameter, Schema,
    Text, UploadAddress,
};

use super::{Cx, Op, graphql, parameter};
use airbyte_agent_yaml::Node;

const FILE: &str = "x-agent-file";
const ADDRESS: &str = "x-agent-address";
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// Whether a schema is that of a file: its bytes cannot stand in JSON, so callers pass them in base64.
pub(super) fn is_file(schema: &Node) -> bool {
    schema.text("format") == "binary"
        || schema.text("contentEncoding") == "base64"
        || schema.get(FILE).is_some()
}

/// The file that the argument `content` is. Parameters for its name, if it is a part of a form, and for
/// its media type are added unless the spec names parameters that exist.
pub(super) fn file<'a>(
    cx: &Cx<'a>,
    (schema, is_part): (&'a Node, bool),
    content: &str,
    default_media_type: &str,
    parameters: &mut Vec<Parameter>,
) -> FileArgument {
    let settings = schema.get(FILE);
    let named = |key: &str| settings.map(|node| node.text(key)).filter(|name| !name.is_empty());
    let has_name = is_part || named("name").is_some();
    let mut argument = |given: Option<String>, ending: &str, what: String| {
        let name = given.unwrap_or_else(|| format!("{content}_{ending}"));
        if !parameters.iter().any(|known| known.name == name) {
            let text = Schema { kinds: vec![Kind::String].into(), nullable: false, ..Schema::ANY };
            parameters.push(Parameter {
                location: Location::File,
                description: what.into(),
                is_addition: parameter::is_addition(schema),
                ..graphql::undeclared(&name, text)
            });
        }
        Text::from(name)
    };
    let name = has_name.then(|| {
        let what = format!("Name of the file in `{content}`, with its ending.");
        argument(named("name"), "name", what)
    });
    let fallback = if default_media_type.contains('*') || default_media_type.is_empty() {
        UNKNOWN_TYPE
    } else {
        default_media_type
    };
    let what = format!(
        "Media type of the file in `{content}`, such as image/png; `{fallback}` if none is given."
    );
    let media_type = argument(named("media_type"), "media_type", what);
    let is_base64 = schema.text("format") == "binary" || schema.text("contentEncoding") == "base64";
    if !is_base64 && parameters.iter().any(|p| p.name == content && !is_text(&p.schema)) {
        cx.report.error(schema, format!("the file `{content}` must have `type: string`"));
    }
    FileArgument {
        content: content.to_owned().into(),
        is_base64,
        name,
        media_type: Some(media_type),
        default_media_type: fallback.to_owned().into(),
    }
}

fn is_text(schema: &Schema) -> bool {
    schema.kinds.contains(&Kind::String)
}

/// `x-agent-address`: the address that is requested instead of the path.
pub(super) fn address<'a>(
    cx: &Cx<'a>,
    op: Op<'a>,
    parameters: &[Parameter],
) -> Option<UploadAddress> {
    let node = op.node.get(ADDRESS)?;
    let argument = node.text("argument");
    let is_in_path = |p: &Parameter| p.name == argument && p.location == Location::Path;
    if !parameters.iter().any(is_in_path) {
        cx.report.fatal(
            node.get("argument").unwrap_or(node),
            format!("the path has no parameter `{argument}`; write `/{{{argument}}}`, where it takes the whole address"),
        );
    }
    for parameter in parameters.iter().filter(|p| p.location == Location::Query) {
        cx.report.fatal(
            node,
            format!(
                "`{}` is in the query, but an address is requested as it was given out; remove the parameter",
                parameter.name
            ),
        );
    }
    if !matches!(op.action, Some(Action::Create | Action::Update) | None) {
        cx.report.fatal(node, "only the actions `create` and `update` are requested at an address");
    }
    let hosts = node.texts("hosts");
    if hosts.is_empty() {
        cx.report.fatal(node, "`hosts` must name the hosts to which the address may lead");
    }
    for host in &hosts {
        if !is_host(host) {
            cx.report.fatal(
                node.get("hosts").unwrap_or(node),
                format!("`{host}` is no host; write its full name in lower case, such as `files.acme.test`, or `*.files.acme.test` for every host below"),
            );
        }
    }
    Some(UploadAddress {
        argument: argument.into(),
        hosts: hosts.into_iter().map(Text::from).collect::<Vec<_>>().into(),
        issuer: node.get("issued_by").and_then(|node| issuer(cx, node)),
        fields: node.get("fields").and_then(|node| fields(cx, node, parameters)),
        more: node.get("more").and_then(|node| more(cx, node)),
    })
}

/// The argument with the fields that were given out with the address.
fn fields<'a>(cx: &Cx<'a>, node: &'a Node, parameters: &[Parameter]) -> Option<Text> {
    let name = node.plain();
    let is_list = |p: &Parameter| {
        p.name == name && p.location == Location::Body && p.schema.kinds.contains(&Kind::Array)
    };
    if !parameters.iter().any(is_list) {
        cx.report.error(node, format!("the body has no list `{name}` of names and values"));
        return None;
    }
    Some(name.into())
}

/// How a response says that it expects more of the file.
fn more<'a>(cx: &Cx<'a>, node: &'a Node) -> Option<MoreExpected> {
    let status = node.get("status").and_then(Node::as_u64);
    let status = status.and_then(|status| u16::try_from(status).ok());
    let Some(status) = status.filter(|status| (200..400).contains(status)) else {
        cx.report.error(node, "`status` must be one from 200 to 399; others are failures");
        return None;
    };
    Some(MoreExpected {
        status,
        header: node.text("header").into(),
        member: node.text("member").into(),
    })
}

/// A name of at least two labels, of which the first may be `*` if two others follow.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    let rest = host.strip_prefix("*.").unwrap_or(host);
    rest.split('.').all(is_label)
        && rest.contains('.')
        && rest.split('.').next_back().is_some_and(|top| !top.chars().all(|c| c.is_ascii_digit()))
}

fn issuer<'a>(cx: &Cx<'a>, node: &'a Node) -> Option<AddressIssuer> {
    let name = node.text("operation");
    let place = node.text("place");
    let operation = name
        .rsplit_once('.')
        .and_then(|(entity, action)| Some((entity.to_owned(), action.parse().ok()?)));
    let path = JsonPath::parse(&place).filter(|path| !path.is_multiple());
    let (Some((entity, action)), Some(path)) = (operation, path) else {
        cx.report.error(
            node,
            "write the operation as entity and action, such as `upload_urls.create`, and the place in its record, such as `$.upload_url`",
        );
        return None;
    };
    Some(AddressIssuer { entity: entity.into(), action, place: path })
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn hosts_are_full_names() {
        for host in ["files.acme.test", "*.files.acme.test", "*.acme.test", "a-1.acme2.test"] {
            assert!(is_host(host), "{host}");
        }
        for host in [
            "",
            "*",
            "acme",
            "*.test",
            "a.*.test",
            "*acme.test",
            "Acme.test",
            "10.0.0.1",
            "acme.test:443",
            "acme.test/x",
            "https://acme.test",
            "acme..test",
            "user@acme.test",
        ] {
            assert!(!is_host(host), "{host}");
        }
    }
}
