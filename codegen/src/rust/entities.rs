//! `entities`: per entity an accessor with a method per action, and the builders they return.

use std::collections::BTreeMap;

use airbyte_agent_description::{Action, Body, Next, Operation};

use super::example::{call_example, imports};
use super::requests::{argument_type, argument_value};
use super::store;
use super::writer::Writer;
use crate::model::{Argument, BuilderKind, EntityModel, Model, OperationModel};
use crate::prose;
use crate::types::Rust;

/// The files by path.
pub(crate) fn files(model: &Model<'_>) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut w = Writer::file(&model.slug);
    w.inner_doc("Operations, one module per entity: an accessor with a method per action, and the");
    w.inner_doc("builders they return.");
    w.blank();
    let mut modules: Vec<&str> = model.entities.iter().map(|e| e.accessor.as_str()).collect();
    modules.sort_unstable();
    for module in modules {
        w.line(&format!("pub mod {module};"));
    }
    files.insert("src/entities/mod.rs".to_owned(), w.finish());
    for entity in &model.entities {
        files.insert(format!("src/entities/{}.rs", entity.accessor), file(model, entity));
    }
    files
}

fn file(model: &Model<'_>, entity: &EntityModel<'_>) -> String {
    let mut body = Writer::default();
    accessor(&mut body, model, entity);
    for operation in &entity.operations {
        builder(&mut body, model, operation);
    }
    let body = body.finish();
    let mut w = Writer::file(&model.slug);
    w.inner_doc(&format!("Operations on `{}`.", entity.entity.name));
    w.blank();
    if body.contains("BTreeMap<") {
        w.line("use std::collections::BTreeMap;");
        w.blank();
    }
    if store::is_kept(entity) {
        w.line("use airbyte_agent_core::context_store::{Search, SqlQuery};");
    }
    w.line("use airbyte_agent_core::description::Action;");
    if code_has(&body, "Value") {
        w.line("use airbyte_agent_core::serde_json::Value;");
    }
    let mut names = vec!["Call", "Client"];
    if entity.operations.iter().any(|operation| operation.scalar) {
        names.push("Scalar");
    }
    let uses = |kind| entity.operations.iter().any(|operation| operation.kind() == kind);
    for (kind, name) in [
        (BuilderKind::Download, "download_builder"),
        (BuilderKind::List, "list_builder"),
        (BuilderKind::Record, "record_builder"),
    ] {
        if uses(kind) {
            names.push(name);
        }
    }
    w.line(&format!("use airbyte_agent_core::{{{}}};", names.join(", ")));
    if body.contains("impl Serialize") {
        w.line("use serde::Serialize;");
    }
    if body.contains("types::") || store::is_kept(entity) {
        w.blank();
    }
    if store::is_kept(entity) {
        w.line(&format!("use crate::store::{};", store::class(entity)));
    }
    if body.contains("types::") {
        w.line("use crate::types;");
    }
    w.blank();
    format!("{}\n{}", w.finish(), body.trim_start())
}

/// Whether the code, comments apart, has this word and not only a longer one that holds it.
fn code_has(text: &str, word: &str) -> bool {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .any(|found| found == word)
}

fn accessor(w: &mut Writer, model: &Model<'_>, entity: &EntityModel<'_>) {
    let class = &entity.class;
    let description = prose::markdown(&prose::sentence(&entity.entity.description));
    w.doc(&format!("Operations on `{}`.", entity.entity.name));
    if !description.is_empty() {
        w.line("///");
        w.doc(&description);
    }
    w.line("#[derive(Debug, Clone, Copy)]");
    w.block(&format!("pub struct {class}<'a>"), |w| w.line("client: &'a Client,"));
    w.blank();
    w.block(&format!("impl<'a> {class}<'a>"), |w| {
        w.block("pub(crate) const fn new(client: &'a Client) -> Self", |w| {
            w.line("Self { client }");
        });
        for operation in &entity.operations {
            w.blank();
            method(w, model, entity, operation);
        }
        if store::is_kept(entity) {
            w.blank();
            in_the_store(w, model, entity);
        }
    });
}

/// The methods that ask the context store.
fn in_the_store(w: &mut Writer, model: &Model<'_>, entity: &EntityModel<'_>) {
    let (name, class) = (&entity.entity.name, store::class(entity));
    w.doc(&format!(
        "Searches `{name}` in the hosted platform's context store, a copy kept for searching."
    ));
    w.line("///");
    w.doc("Works through the hosted platform only. The copy may be an hour old.");
    if let Some((variant, _)) = store::variants(entity).first() {
        w.line("///");
        let (library, connector, variable) = (&model.library, &model.class, &model.variable);
        let accessor = &entity.accessor;
        let code = format!(
            "# use {library}::context_store::{{Order, StoreField}};\n\
             # use {library}::{{{connector}, Result, store::{class}}};\n\
             # async fn example({variable}: &{connector}) -> Result<()> {{\n\
             let search = {variable}.{accessor}().context_store_search();\n\
             let search = search.filter({class}::{variant}.eq(\"…\"));\n\
             let page = search.sort({class}::{variant}, Order::Ascending).limit(20).await?;\n\
             for record in page.data {{\n    \
                 println!(\"{{:?}}\", record.get({class}::{variant}));\n\
             }}\n\
             # Ok(())\n\
             # }}"
        );
        w.code("no_run", &code);
    }
    w.function(
        "pub fn context_store_search",
        &["&self".to_owned()],
        &format!(" -> Search<{class}>"),
        |w| w.line(&format!("Search::new(self.client.clone(), {name:?})")),
    );
    w.blank();
    w.doc("Asks the context store in SQL (the dialect of DuckDB); entities are tables.");
    w.line("///");
    w.doc("Works through the hosted platform only.");
    w.function(
        "pub fn context_store_sql_query",
        &["&self".to_owned(), "sql: impl Into<String>".to_owned()],
        &format!(" -> SqlQuery<{class}>"),
        |w| w.line(&format!("SqlQuery::new(self.client.clone(), {name:?}, sql)")),
    );
}

fn method(
    w: &mut Writer,
    model: &Model<'_>,
    entity: &EntityModel<'_>,
    operation: &OperationModel<'_>,
) {
    let described = operation.operation;
    w.doc(&summary(described.action, &described.summary, &entity.entity.name));
    let description = prose::markdown(&described.description);
    if !description.is_empty() {
        w.line("///");
        w.doc(&description);
    }
    if described.action.is_array() && !matches!(described.paging.next, Next::None { .. }) {
        w.line("///");
        w.doc("Awaiting the builder gives one page; `items()` goes through all of them.");
    }
    for remark in remarks(described) {
        w.line("///");
        w.doc(&remark);
    }
    let positional: Vec<_> = operation.positional().collect();
    for (n, argument) in positional.iter().enumerate() {
        if n == 0 {
            w.line("///");
        }
        w.doc(&format!("* `{}`: {}", argument.binding(), one_line(argument)));
    }
    w.line("///");
    w.code("no_run", &example(model, entity, operation));
    let mut arguments = vec!["&self".to_owned()];
    arguments
        .extend(positional.iter().map(|a| format!("{}: {}", a.binding(), setter_type(&a.rust))));
    let name = described.action.as_str();
    w.function(&format!("pub fn {name}"), &arguments, &format!(" -> {}", operation.builder), |w| {
        let variant = format!("{:?}", described.action);
        let mutable = if positional.is_empty() { "" } else { "mut " };
        w.line(&format!(
            "let {mutable}call = self.client.call({:?}, Action::{variant});",
            described.entity
        ));
        for argument in &positional {
            set(w, "call", argument);
        }
        w.line(&format!("{} {{ call }}", operation.builder));
    });
}

/// What a caller can do besides the setters.
pub(crate) fn remarks(operation: &Operation) -> Vec<String> {
    let mut remarks = Vec::new();
    if matches!(operation.body, Body::Json { open: true, .. }) {
        remarks.push("Members that have no setter of their own, custom fields above all: `param(name, value)`.".to_owned());
    }
    if operation.idempotency_header.is_some() {
        remarks
            .push("Safe to repeat with a key: `options(|o| o.idempotency_key(key))`.".to_owned());
    }
    remarks
}

fn summary(action: Action, summary: &str, entity: &str) -> String {
    if summary.is_empty() {
        return format!("The action `{action}` on `{entity}`.");
    }
    prose::markdown(&prose::sentence(summary)).replace('\n', " ")
}

/// The first paragraph of a parameter's description.
fn one_line(argument: &Argument<'_>) -> String {
    let text = prose::markdown(&prose::sentence(&argument.parameter.description));
    if text.is_empty() {
        return format!("{}.", prose::code(&argument.parameter.name));
    }
    text.replace("\n\n", " ").replace("\n* ", " ").replace('\n', " ")
}

fn builder(w: &mut Writer, model: &Model<'_>, operation: &OperationModel<'_>) {
    let (name, described) = (&operation.builder, operation.operation);
    w.blank();
    w.doc(&format!("A call of `{}.{}` being put together.", described.entity, described.action));
    w.line("#[derive(Debug, Clone)]");
    w.line("#[must_use = \"nothing is sent before the builder is awaited\"]");
    w.block(&format!("pub struct {name}"), |w| w.line("call: Call,"));
    w.blank();
    let record = operation.record_type();
    match operation.kind() {
        BuilderKind::List => {
            let meta =
                operation.meta.as_ref().map_or("Value".to_owned(), |m| format!("types::{m}"));
            invoke(w, "list_builder", &[name, &record, &meta]);
        }
        BuilderKind::Record => invoke(w, "record_builder", &[name, &record]),
        BuilderKind::Download => invoke(w, "download_builder", &[name]),
    }
    if operation.setters().next().is_none() && !operation.arguments.iter().any(|a| a.clearable) {
        return;
    }
    w.blank();
    w.block(&format!("impl {name}"), |w| {
        let mut first = true;
        for argument in &operation.arguments {
            if !argument.positional {
                if !std::mem::take(&mut first) {
                    w.blank();
                }
                setter(w, model, argument);
            }
            if argument.clearable {
                if !std::mem::take(&mut first) {
                    w.blank();
                }
                clear(w, argument);
            }
        }
    });
}

fn invoke(w: &mut Writer, name: &str, arguments: &[&str]) {
    let one = format!("{name}!({});", arguments.join(", "));
    if one.len() <= 100 {
        return w.line(&one);
    }
    w.line(&format!("{name}!("));
    let last = arguments.len() - 1;
    w.indented(|w| {
        for (n, argument) in arguments.iter().enumerate() {
            w.line(&format!("{argument}{}", if n == last { "" } else { "," }));
        }
    });
    w.line(");");
}

fn setter(w: &mut Writer, model: &Model<'_>, argument: &Argument<'_>) {
    let text = prose::markdown(&prose::sentence(&argument.parameter.description));
    let facts = facts(model, argument);
    let fallback =
        if facts.is_empty() { prose::code(&argument.parameter.name) + "." } else { String::new() };
    w.doc(if text.is_empty() { &fallback } else { &text });
    if !facts.is_empty() {
        if !text.is_empty() {
            w.line("///");
        }
        w.doc(&facts);
    }
    let arguments =
        ["mut self".to_owned(), format!("{}: {}", argument.binding(), setter_type(&argument.rust))];
    w.function(&format!("pub fn {}", argument.ident), &arguments, " -> Self", |w| {
        set(w, "self.call", argument);
        w.line("self");
    });
}

fn clear(w: &mut Writer, argument: &Argument<'_>) {
    w.doc(&format!("Sends `null` as {}.", prose::code(&argument.parameter.name)));
    w.block(&format!("pub fn clear_{}(mut self) -> Self", argument.ident.trim_matches('_')), |w| {
        w.line(&format!("self.call.set({:?}, Value::Null);", argument.parameter.name));
        w.line("self");
    });
}

/// Default, limits and values of a parameter, in a sentence each.
pub(crate) fn facts(model: &Model<'_>, argument: &Argument<'_>) -> String {
    let (parameter, schema) = (argument.parameter, &argument.parameter.schema);
    let mut facts = Vec::new();
    if argument.is_required() && !argument.positional {
        facts.push("Required.".to_owned());
    }
    if let Some(default) = parameter.default.as_ref().or(schema.default.as_ref()) {
        let sent = if parameter.send_default { ", always sent" } else { "" };
        facts.push(format!("Default: {}{sent}.", prose::code(&default.0)));
    }
    match (schema.minimum, schema.maximum) {
        (Some(low), Some(high)) => facts.push(format!("From {low} to {high}.")),
        (Some(low), None) => facts.push(format!("At least {low}.")),
        (None, Some(high)) => facts.push(format!("At most {high}.")),
        (None, None) => {}
    }
    if !schema.choices.is_empty() && !matches!(argument.rust, Rust::Named(_)) {
        let choices: Vec<_> = schema.choices.iter().map(|json| prose::code(&json.0)).collect();
        facts.push(format!("One of {}.", choices.join(", ")));
    }
    if let Some(config) = &parameter.config {
        facts.push(format!("Taken from the configuration `{}` when left out.", config.source));
    }
    let scoping = model.connector.scoping.iter().find(|s| s.parameter == parameter.name);
    if let Some(scoping) = scoping {
        facts.push(format!("Taken from the configuration `{}` when left out.", scoping.config_key));
    }
    facts.join(" ")
}

/// As [`argument_type`], but free-form values are taken in any form that serde can write.
fn setter_type(rust: &Rust) -> String {
    argument_type(rust, "types::").replace("impl Into<Value>", "impl Serialize")
}

fn set(w: &mut Writer, target: &str, argument: &Argument<'_>) {
    let ident = &argument.binding();
    let value = setter_value(&argument.rust, ident);
    let name = &argument.parameter.name;
    let one = format!("{target}.set({name:?}, {value});");
    if one.len() + 8 <= 100 {
        return w.line(&one);
    }
    // With the type in front, `collect` needs none of its own.
    let free = argument.rust.any(&mut |rust| *rust == Rust::Value);
    let (head, value) = if free {
        (format!("let {ident}"), value)
    } else {
        let ty = argument.rust.text("types::");
        (format!("let {ident}: {ty}"), argument_value(&argument.rust, ident))
    };
    w.assignment(&head, &value);
    w.line(&format!("{target}.set({name:?}, {ident});"));
}

fn setter_value(rust: &Rust, ident: &str) -> String {
    match rust {
        Rust::Value => ident.to_owned(),
        Rust::List(item) if **item == Rust::Value => {
            format!("{ident}.into_iter().collect::<Vec<_>>()")
        }
        Rust::List(_) => argument_value(rust, ident).replace("collect()", "collect::<Vec<_>>()"),
        Rust::Table(item) if **item == Rust::Value => format!(
            "{ident}.into_iter().map(|(key, item)| (key.into(), item)).collect::<BTreeMap<String, _>>()"
        ),
        Rust::Table(_) => {
            argument_value(rust, ident).replace("collect()", "collect::<BTreeMap<_, _>>()")
        }
        _ => argument_value(rust, ident),
    }
}

/// A doc example around a call, with what it needs hidden.
fn example(model: &Model<'_>, entity: &EntityModel<'_>, operation: &OperationModel<'_>) -> String {
    let (library, class, variable) = (&model.library, &model.class, &model.variable);
    let code = call_example(model, entity, operation);
    let mut hidden =
        vec![format!("# {}", imports(library, &[class, "Result"], &code).replace('\n', "\n# "))];
    hidden.push(format!("# async fn example({variable}: {class}) -> Result<()> {{"));
    format!("{}\n{code}\n# Ok(())\n# }}", hidden.join("\n"))
}
