//! Example calls for documentation comments, README.md and REFERENCE.md.

use airbyte_agent_description::{Action, Kind, Location, Parameter, Schema};
use serde_json::{Map, Value};

use crate::model::{Argument, BuilderKind, EntityModel, Model, OperationModel, SchemeModel};
use crate::names;
use crate::sample::{sample, sample_of};
use crate::types::{Rust, Shape};

/// The `use` lines of an example: `names` of the crate, and the other names that `code` needs.
pub(crate) fn imports(library: &str, names: &[&str], code: &str) -> String {
    let mut names: Vec<&str> = names.to_vec();
    if code.contains("types::") {
        names.push("types");
    }
    // In the order of rustfmt: names in lower case come after the others.
    names.sort_unstable_by_key(|name| (name.starts_with(char::is_lowercase), *name));
    let json = if code.contains("json!(") {
        format!("use {library}::serde_json::json;\n")
    } else {
        String::new()
    };
    match names.as_slice() {
        [only] => format!("{json}use {library}::{only};"),
        _ => format!("{json}use {library}::{{{}}};", names.join(", ")),
    }
}

/// The arguments that an example shows: those that are required or recommended, and some others for
/// operations that write.
fn shown<'m, 'd>(operation: &'m OperationModel<'d>) -> Vec<&'m Argument<'d>> {
    let optional = match operation.operation.action {
        Action::Create => 3_usize.saturating_sub(operation.required().count()),
        Action::Update => 2,
        Action::Download => 1,
        _ => 0,
    };
    let setters = operation
        .arguments
        .iter()
        .filter(|argument| !argument.is_required() && argument.parameter.default.is_none())
        .filter(|argument| argument.parameter.location != Location::Header)
        .take(optional);
    let is_recommended = |argument: &&Argument<'_>| {
        let name = &argument.parameter.name;
        !argument.is_required() && operation.operation.recommended.contains(name)
    };
    let mut shown: Vec<&Argument<'_>> =
        operation.required().chain(operation.arguments.iter().filter(is_recommended)).collect();
    for setter in setters {
        if shown.iter().all(|known| known.parameter.name != setter.parameter.name) {
            shown.push(setter);
        }
    }
    let is_shown = |parameter: &Parameter| {
        shown.iter().any(|argument| argument.parameter.name == parameter.name)
    };
    let missing = operation.operation.alternatives(is_shown);
    shown.extend(
        operation
            .arguments
            .iter()
            .filter(|argument| missing.iter().any(|one| one.name == argument.parameter.name)),
    );
    shown
}

/// The arguments of an example call, as a JSON object.
pub(crate) fn params(operation: &OperationModel<'_>) -> Value {
    Value::Object(values(operation, &shown(operation)))
}

/// The values that an example shows for these arguments.
fn values(operation: &OperationModel<'_>, shown: &[&Argument<'_>]) -> Map<String, Value> {
    let params =
        shown.iter().map(|argument| (argument.parameter.name.to_string(), sample(argument)));
    let mut params: Map<String, Value> = params.collect();
    operation.operation.complete_groups(&mut params, |name, schema| sample_of(schema, name));
    params
}

/// The expression that builds the call, without `.await?`.
pub(crate) fn bare_call(
    model: &Model<'_>,
    entity: &EntityModel<'_>,
    operation: &OperationModel<'_>,
) -> String {
    let shown = shown(operation);
    let values = values(operation, &shown);
    let expression = |argument: &&Argument<'_>| {
        let value = values.get(argument.parameter.name.as_ref()).unwrap_or(&Value::Null);
        expression(model, &argument.rust, value)
    };
    let positional: Vec<String> = shown.iter().filter(|a| a.positional).map(expression).collect();
    let call = format!(
        "{}.{}().{}({})",
        model.variable,
        entity.accessor,
        operation.operation.action,
        positional.join(", ")
    );
    let setters: Vec<String> = shown
        .iter()
        .filter(|argument| !argument.positional)
        .map(|argument| format!(".{}({})", argument.ident, expression(argument)))
        .collect();
    if call.len() + setters.concat().len() > 70 && !setters.is_empty() {
        return format!("{call}\n    {}", setters.join("\n    "));
    }
    format!("{call}{}", setters.concat())
}

/// Statements that make the call and print or save its result.
pub(crate) fn call_example(
    model: &Model<'_>,
    entity: &EntityModel<'_>,
    operation: &OperationModel<'_>,
) -> String {
    let call = bare_call(model, entity, operation);
    let wait = if call.contains('\n') { "\n    .await?;" } else { ".await?;" };
    let variable = record_name(model, entity);
    let print = print(model, &operation.record, &variable);
    match operation.kind() {
        BuilderKind::List => {
            format!("let page = {call}{wait}\nfor {variable} in &page.data {{\n    {print}\n}}")
        }
        BuilderKind::Record => format!("let {variable} = {call}{wait}\n{print}"),
        BuilderKind::Download => {
            format!("let download = {call}{wait}\ndownload.save(\"file.bin\").await?;")
        }
    }
}

/// The name of a variable for one record of the entity.
pub(crate) fn record_name(model: &Model<'_>, entity: &EntityModel<'_>) -> String {
    let name = names::ident(&names::singular(&entity.entity.name));
    if name == model.variable || name == "page" { "record".to_owned() } else { name }
}

/// A statement that prints two fields by which a person recognises the record.
pub(crate) fn print(model: &Model<'_>, record: &Rust, variable: &str) -> String {
    const TELLING: &[&str] = &[
        "number",
        "id",
        "key",
        "name",
        "email",
        "email_address",
        "title",
        "subject",
        "summary",
        "status",
        "url",
    ];
    let members = match record {
        Rust::Named(name) => match model.types.get(name).map(|named| &named.shape) {
            Some(Shape::Struct { members, .. }) => members.as_slice(),
            _ => &[],
        },
        _ => &[],
    };
    let plain = |rust: &Rust| matches!(rust, Rust::String | Rust::Integer);
    let mut fields: Vec<&str> = TELLING
        .iter()
        .filter_map(|name| members.iter().find(|m| m.ident == *name && plain(&m.rust)))
        .chain(members.iter().filter(|m| plain(&m.rust)))
        .map(|member| member.ident.as_str())
        .collect();
    let mut seen = names::Scope::default();
    fields.retain(|field| !seen.has(field) && seen.class(field) == **field);
    match fields.as_slice() {
        [] => format!("println!(\"{{{variable}:?}}\");"),
        [only] => format!("println!(\"{{:?}}\", {variable}.{only});"),
        [first, second, ..] => {
            format!("println!(\"{{:?}} {{:?}}\", {variable}.{first}, {variable}.{second});")
        }
    }
}

/// The expression of `value` as an argument of this type.
fn expression(model: &Model<'_>, rust: &Rust, value: &Value) -> String {
    let text = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match rust {
        Rust::String => format!("{:?}", text()),
        Rust::Integer => value.as_i64().unwrap_or(1).to_string(),
        Rust::Number => format!("{:?}", value.as_f64().unwrap_or(1.0)),
        Rust::Boolean => value.as_bool().unwrap_or(true).to_string(),
        Rust::Value => match value {
            Value::String(_) => format!("{:?}", text()),
            _ => format!("json!({value})"),
        },
        Rust::Boxed(inner) => expression(model, inner, value),
        Rust::List(item) => {
            let list: Vec<&Value> = match value {
                Value::Array(list) if !list.is_empty() => list.iter().take(2).collect(),
                _ => vec![value],
            };
            let items: Vec<_> = list.iter().map(|value| expression(model, item, value)).collect();
            format!("[{}]", items.join(", "))
        }
        Rust::Table(item) => {
            let entry = value.as_object().and_then(|map| map.iter().next());
            let (key, value) = entry.map_or(("key", &Value::Null), |(k, v)| (k.as_str(), v));
            let fallback = Value::from("value");
            let value = if value.is_null() { &fallback } else { value };
            format!("[({key:?}, {})]", expression(model, item, value))
        }
        Rust::Named(name) => named_expression(model, name, value),
    }
}

fn named_expression(model: &Model<'_>, name: &str, value: &Value) -> String {
    match model.types.get(name).map(|named| &named.shape) {
        Some(Shape::Enum(values)) => {
            let known = values.iter().find(|(_, wire)| value.as_str() == Some(wire));
            let variant = known.or_else(|| values.first()).map_or("Other", |(v, _)| v.as_str());
            format!("types::{name}::{variant}")
        }
        Some(Shape::Struct { members, .. }) => {
            let member = |wire: &str| value.get(wire).cloned().filter(|value| !value.is_null());
            let required: Vec<String> = members
                .iter()
                .filter(|m| m.required)
                .map(|m| {
                    let value = member(&m.wire).unwrap_or_else(|| by_name(&m.wire));
                    expression(model, &m.rust, &value)
                })
                .collect();
            let setters: String = members
                .iter()
                .filter(|m| !m.required)
                .filter_map(|m| {
                    let value = member(&m.wire)?;
                    Some(format!(".{}({})", m.ident, expression(model, &m.rust, &value)))
                })
                .collect();
            format!("types::{name}::new({}){setters}", required.join(", "))
        }
        None => format!("json!({value})"),
    }
}

fn by_name(name: &str) -> Value {
    let schema = Schema { kinds: vec![Kind::String].into(), ..Schema::ANY };
    sample_of(&schema, name)
}

/// The expression that makes the credentials of a scheme: `Auth::new(env::var("…")?, …)`.
pub(crate) fn connect_example(model: &Model<'_>, scheme: &SchemeModel<'_>) -> String {
    let arguments: Vec<String> = scheme
        .fields
        .iter()
        .filter(|(_, field)| field.required)
        .map(|(_, field)| format!("env::var({:?})?", model.environment_variable(&field.name)))
        .collect();
    let one = format!("{}::new({})", scheme.class, arguments.join(", "));
    if one.len() <= 70 {
        return one;
    }
    format!("{}::new(\n    {},\n)", scheme.class, arguments.join(",\n    "))
}
