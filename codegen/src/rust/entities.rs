//! The module `entities`: for each entity an accessor with one method per action, and the builders that
//! these methods return.

use std::collections::BTreeMap;

use airbyte_agent_description::{Action, Body, Job, Next, Operation};

use super::example::{call_example, imports};
use super::kinds::{argument_type, argument_value, entry, kind};
use super::store;
use super::writer::Writer;
use crate::model::{Argument, BuilderKind, EntityModel, Model, OperationModel};
use crate::prose;
use crate::types::Rust;

/// The files of the module `entities`, by path inside the crate.
pub(crate) fn files(model: &Model<'_>) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    let mut w = Writer::file(&model.slug);
    w.inner_doc(
        "Operations, one module for each entity. It has an accessor with one method for each action, \
         and the builders that these methods return.",
    );
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
        job(&mut body, model, operation);
    }
    let body = body.finish();
    let mut w = Writer::file(&model.slug);
    w.inner_doc(&format!(
        "The accessor of `{}` and the builders of its operations.",
        entity.entity.name
    ));
    w.blank();
    if body.contains("BTreeMap<") {
        w.line("use std::collections::BTreeMap;");
        w.blank();
    }
    w.line("use airbyte_agent_core::description::Action;");
    if code_has(&body, "Value") {
        w.line("use airbyte_agent_core::serde_json::Value;");
    }
    let mut names = Vec::new();
    if entity.operations.iter().any(|operation| operation.scalar) {
        names.push("Scalar");
    }
    let uses = |kind| entity.operations.iter().any(|operation| operation.kind() == kind);
    names.push("accessor");
    for (kind, name) in [
        (BuilderKind::Download, "download_builder"),
        (BuilderKind::List, "list_builder"),
        (BuilderKind::Record, "record_builder"),
    ] {
        if uses(kind) {
            names.push(name);
        }
    }
    if store::is_in_store(entity) {
        names.push("in_context_store");
    }
    for name in ["reads_job", "starts_job"] {
        if body.contains(&format!("{name}! {{")) {
            names.push(name);
        }
    }
    names.sort_unstable_by_key(|name| (name.starts_with(char::is_lowercase), *name));
    let list = names.join(", ");
    let one = format!("use airbyte_agent_core::{{{list}}};");
    if let [only] = names.as_slice() {
        w.line(&format!("use airbyte_agent_core::{only};"));
    } else if one.len() <= 100 {
        w.line(&one);
    } else {
        w.line("use airbyte_agent_core::{");
        w.indented(|w| w.line(&format!("{list},")));
        w.line("};");
    }
    if body.contains("impl Serialize") {
        w.line("use serde::Serialize;");
    }
    if body.contains("types::") || store::is_in_store(entity) {
        w.blank();
    }
    if store::is_in_store(entity) {
        w.line(&format!("use crate::store::{};", store::class(entity)));
    }
    if body.contains("types::") {
        w.line("use crate::types;");
    }
    w.blank();
    format!("{}\n{}", w.finish(), body.trim_start())
}

/// Whether the code without its comments contains this word, and not only inside longer words.
fn code_has(text: &str, word: &str) -> bool {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_'))
        .any(|found| found == word)
}

fn accessor(w: &mut Writer, model: &Model<'_>, entity: &EntityModel<'_>) {
    let class = &entity.class;
    let description = prose::markdown(&prose::sentence(&entity.entity.description));
    w.block("accessor!", |w| {
        w.doc(&format!("The operations on `{}`, one method for each action.", entity.entity.name));
        if !description.is_empty() {
            w.line("///");
            w.doc(&description);
        }
        w.line(&format!("pub struct {class}"));
    });
    w.blank();
    w.block(&format!("impl {class}<'_>"), |w| {
        for operation in &entity.operations {
            w.blank();
            method(w, model, entity, operation);
        }
    });
    if let Some((variant, _)) = store::variants(entity).first() {
        let (library, connector, variable) = (&model.library, &model.class, &model.variable);
        let (accessor, fields) = (&entity.accessor, store::class(entity));
        w.blank();
        w.block("in_context_store!", |w| {
            w.line(&format!("{class}: {:?}, {fields}::{variant},", entity.entity.name));
            w.line(&format!("{library}::{connector}, {variable}.{accessor}()"));
        });
    }
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
        w.doc("Awaiting the builder gives one page; `items()` and `pages()` request all pages.");
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
    arguments.extend(
        positional
            .iter()
            .map(|a| format!("{}: {}", a.binding(), argument_type(&a.rust, "types::"))),
    );
    let name = described.action.as_str();
    w.function(&format!("pub fn {name}"), &arguments, &format!(" -> {}", operation.builder), |w| {
        let call =
            format!("self.client.call({:?}, Action::{:?})", described.entity, described.action);
        if positional.is_empty() {
            let one = format!("{} {{ call: {call} }}", operation.builder);
            return if one.len() + 8 <= 100 {
                w.line(&one);
            } else {
                w.line(&format!("let call = {call};"));
                w.line(&format!("{} {{ call }}", operation.builder));
            };
        }
        let one = format!("let mut call = {call};");
        if one.len() + 8 <= 100 {
            w.line(&one);
        } else {
            w.line("let mut call =");
            w.indented(|w| w.line(&format!("{call};")));
        }
        for argument in &positional {
            let name = &argument.parameter.name;
            let value = argument_value(&argument.rust, &argument.binding());
            w.line(&format!("call.set({name:?}, {value});"));
        }
        w.line(&format!("{} {{ call }}", operation.builder));
    });
}

/// What a caller can do in addition to the setters.
pub(crate) fn remarks(operation: &Operation) -> Vec<String> {
    let mut remarks = Vec::new();
    if matches!(operation.body, Body::Json { open: true, .. }) {
        let remark = "`param(name, value)` sets members that have no setter of their own, for example custom \
                      fields.";
        remarks.push(remark.to_owned());
    }
    if operation.idempotency_header.is_some() {
        let remark = "With an idempotency key, `options(|o| o.idempotency_key(key))`, a repeated call has no \
                      second effect.";
        remarks.push(remark.to_owned());
    }
    if let Some(job) = &operation.job {
        remarks.push(format!(
            "The call starts a job at the vendor. `start_job()` makes it and gives back the job; `wait()` of \
             that reads `{}` until the job is done and gives back the call of `{}` for its result.",
            job.status.place(),
            job.result.place()
        ));
    }
    remarks
}

fn summary(action: Action, summary: &str, entity: &str) -> String {
    if summary.is_empty() {
        return format!("Performs the action `{action}` on `{entity}`.");
    }
    prose::markdown(&prose::sentence(summary)).replace('\n', " ")
}

/// The first paragraph of a parameter's description.
fn one_line(argument: &Argument<'_>) -> String {
    let text = prose::markdown(&prose::sentence(&argument.parameter.description));
    if text.is_empty() {
        return format!("Sent as {}.", prose::code(&argument.parameter.name));
    }
    text.replace("\n\n", " ").replace("\n* ", " ").replace('\n', " ")
}

fn builder(w: &mut Writer, model: &Model<'_>, operation: &OperationModel<'_>) {
    let (name, described) = (&operation.builder, operation.operation);
    let record = operation.record_type();
    let (kind, types) = match operation.kind() {
        BuilderKind::List => {
            let meta =
                operation.meta.as_ref().map_or("Value".to_owned(), |m| format!("types::{m}"));
            ("list_builder!", format!(": {record}, {meta}"))
        }
        BuilderKind::Record => ("record_builder!", format!(": {record}")),
        BuilderKind::Download => ("download_builder!", String::new()),
    };
    w.blank();
    w.block(kind, |w| {
        w.doc(&format!(
            "A call of `{}.{}`: setters add arguments, and awaiting it sends the request.",
            described.entity, described.action
        ));
        let head = format!("pub struct {name}{types}");
        let nulls: Vec<_> =
            operation.arguments.iter().filter(|a| a.clearable && a.positional).collect();
        if operation.setters().next().is_none() && nulls.is_empty() {
            return w.line(&format!("{head} {{}}"));
        }
        w.block(&head, |w| {
            operation.setters().for_each(|argument| {
                let is_file = operation.operation.is_base64(&argument.parameter.name);
                setter(w, model, argument, is_file);
            });
            for (n, argument) in nulls.iter().enumerate() {
                let (ident, wire) = (argument.ident.trim_matches('_'), &argument.parameter.name);
                let mark = if n == 0 { "; " } else { "" };
                w.line(&format!("{mark}null clear_{ident} = {wire:?},"));
            }
        });
    });
}

/// Connects the builder with a job that it starts, or whose result it reads.
fn job(w: &mut Writer, model: &Model<'_>, operation: &OperationModel<'_>) {
    if let Some(job) = &operation.operation.job
        && let Some((entity, result)) = model.step(&job.result)
    {
        let path = format!("crate::entities::{}::{}", entity.accessor, result.builder);
        w.blank();
        w.block("starts_job!", |w| w.line(&format!("{} => {path}", operation.builder)));
    }
    let is_result = |job: &Job| {
        model.step(&job.result).is_some_and(|(_, result)| result.builder == operation.builder)
    };
    if model.jobs().any(|(_, job)| is_result(job)) {
        w.blank();
        w.block("reads_job!", |w| w.line(&operation.builder));
    }
}

fn setter(w: &mut Writer, model: &Model<'_>, argument: &Argument<'_>, is_file: bool) {
    let text = prose::markdown(&prose::sentence(&argument.parameter.description));
    let mut facts = facts(model, argument);
    if is_file {
        let space = if facts.is_empty() { "" } else { " " };
        facts.push_str(space);
        facts.push_str("[`FileBytes`](crate::FileBytes) makes it of bytes.");
    }
    let name = prose::code(&argument.parameter.name);
    let fallback =
        if facts.is_empty() { format!("Sets the argument {name}.") } else { String::new() };
    w.doc(if text.is_empty() { &fallback } else { &text });
    if !facts.is_empty() {
        if !text.is_empty() {
            w.line("///");
        }
        w.doc(&facts);
    }
    let kind = kind(&argument.rust, "types::", "any");
    w.line(&entry(&argument.ident, &kind, &argument.parameter.name, argument.clearable));
}

/// Default, limits and allowed values of a parameter, in one sentence each.
pub(crate) fn facts(model: &Model<'_>, argument: &Argument<'_>) -> String {
    let (parameter, schema) = (argument.parameter, &argument.parameter.schema);
    let mut facts = Vec::new();
    if argument.is_required() && !argument.positional {
        facts.push("A call without it is refused.".to_owned());
    }
    if let Some(default) = parameter.default.as_ref().or(schema.default.as_ref()) {
        let sent = if parameter.send_default { ", which is always sent" } else { "" };
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
        facts.push(format!(
            "If it is not set, its value is that of the configuration `{}`.",
            config.source
        ));
    }
    let scoping = model.connector.scoping.iter().find(|s| s.parameter == parameter.name);
    if let Some(scoping) = scoping {
        facts.push(format!(
            "If it is not set, its value is that of the configuration `{}`.",
            scoping.config_key
        ));
    }
    facts.join(" ")
}

/// The example in the documentation of a call. The lines that only make it compile are hidden.
fn example(model: &Model<'_>, entity: &EntityModel<'_>, operation: &OperationModel<'_>) -> String {
    let (library, class, variable) = (&model.library, &model.class, &model.variable);
    let code = call_example(model, entity, operation);
    let mut hidden =
        vec![format!("# {}", imports(library, &[class, "Result"], &code).replace('\n', "\n# "))];
    hidden.push(format!("# async fn example({variable}: {class}) -> Result<()> {{"));
    format!("{}\n{code}\n# Ok(())\n# }}", hidden.join("\n"))
}
