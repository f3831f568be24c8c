//! The operations: for each a method of the client that begins a request, and the request, whose
//! setters fill it.

use std::collections::BTreeMap;

use super::operation::{Kind, Operation, Parameter};
use super::prepare::Prepared;
use crate::prose;
use crate::rust::Writer;

/// The files by path, one for each tag.
pub(super) fn files(prepared: &Prepared) -> BTreeMap<String, String> {
    super::modules(prepared)
        .into_iter()
        .map(|module| (format!("src/api/{module}.rs"), file(module, prepared)))
        .collect()
}

fn file(module: &str, prepared: &Prepared) -> String {
    let operations: Vec<&Operation> =
        prepared.operations.iter().filter(|operation| operation.module == module).collect();
    let mut w = Writer::default();
    let about = prepared.tags.get(module).map(String::as_str).unwrap_or_default();
    w.inner_doc(&prose::markdown(&prose::sentence(about)));
    w.blank();
    if operations.iter().any(|operation| operation.takes_converted()) {
        w.line("use std::fmt::Display;");
        w.blank();
    }
    let is_typed =
        |operation: &&Operation| operation.response.is_some() || operation.takes_converted();
    if operations.iter().any(is_typed) {
        w.line("use super::types;");
    }
    let draft = if operations.iter().any(|operation| operation.body.is_some()) {
        "Body, Client, Draft, Result, converted"
    } else {
        "Client, Draft, Result"
    };
    w.line(&format!("use crate::client::{{{draft}}};"));
    w.blank();
    w.block("impl Client", |w| {
        for operation in &operations {
            w.blank();
            begin(w, operation);
        }
    });
    for operation in &operations {
        w.blank();
        request(&mut w, operation, prepared);
    }
    w.finish()
}

impl Operation {
    /// The name of the request's type.
    fn request(&self) -> String {
        heck::AsUpperCamelCase(&self.id).to_string()
    }

    /// Whether a setter takes values whose conversion may fail.
    fn takes_converted(&self) -> bool {
        let words = |parameter: &Parameter| matches!(parameter.kind, Kind::Words(_));
        self.body.is_some() || self.parameters.iter().any(words)
    }
}

/// Writes the method of the client.
fn begin(w: &mut Writer, operation: &Operation) {
    let [summary, description] = &operation.about;
    w.doc(&format!(
        "{}\n\n{}\n\n`{} {}`",
        prose::markdown(&prose::sentence(summary)),
        prose::markdown(description),
        operation.method.to_uppercase(),
        operation.path,
    ));
    let request = operation.request();
    w.block(&format!("pub fn {}(&self) -> {request}<'_>", operation.id), |w| {
        w.line(&format!("{request}::new(self)"));
    });
}

/// Writes the request.
fn request(w: &mut Writer, operation: &Operation, prepared: &Prepared) {
    let name = operation.request();
    w.doc(&format!("The request of [`Client::{}`].", operation.id));
    w.line("#[derive(Clone)]");
    let body = operation.body.as_deref().map(|schema| body(schema, prepared));
    w.block(&format!("pub struct {name}<'c>"), |w| {
        w.line("draft: Draft<'c>,");
        if let Some(body) = &body {
            w.line(&format!("body: Body<{}>,", body.draft));
        }
    });
    w.blank();
    w.block(&format!("impl<'c> {name}<'c>"), |w| {
        w.doc("Begins the request with nothing set.");
        w.block("pub fn new(client: &'c Client) -> Self", |w| {
            w.assignment("let draft", &draft(operation));
            match &body {
                None => w.line("Self { draft }"),
                Some(body) => w.line(&format!("Self {{ draft, body: {} }}", body.initial)),
            }
        });
        for parameter in &operation.parameters {
            w.blank();
            setter(w, parameter);
        }
        if let (Some(body), Some(schema)) = (&body, &operation.body) {
            w.blank();
            body_setters(w, schema, body);
        }
        w.blank();
        send(w, operation);
    });
}

/// The part of a request that does not depend on its arguments.
fn draft(operation: &Operation) -> String {
    let mut text = format!(
        "Draft::new(client, {:?}).{}({:?})",
        operation.id, operation.method, operation.path
    );
    for parameter in operation.parameters.iter().filter(|parameter| parameter.required_in_query) {
        text.push_str(&format!(".required({:?})", parameter.name));
    }
    if operation.repeatable {
        text.push_str(".repeatable()");
    }
    if operation.without_token {
        text.push_str(".without_token()");
    }
    text
}

fn setter(w: &mut Writer, parameter: &Parameter) {
    let name = &parameter.name;
    let (takes, value) = match &parameter.kind {
        Kind::Text => ("impl Into<String>".to_owned(), format!("text({name:?}, value)")),
        Kind::Texts => ("impl Into<Vec<String>>".to_owned(), format!("texts({name:?}, value)")),
        Kind::Truth => ("bool".to_owned(), format!("text({name:?}, value.to_string())")),
        Kind::Number(least) => ("u64".to_owned(), format!("number({name:?}, value, {least})")),
        Kind::Words(ty) => (
            format!("impl TryInto<types::{ty}, Error: Display>"),
            format!("word({name:?}, value.try_into())"),
        ),
    };
    w.doc(&prose::markdown(&prose::sentence(&parameter.description)));
    let arguments = ["mut self".to_owned(), format!("value: {takes}")];
    w.function(&format!("pub fn {}", parameter.ident()), &arguments, " -> Self", |w| {
        w.line(&format!("self.draft = self.draft.{value};"));
        w.line("self");
    });
}

/// How the body of a request is built.
struct RequestBody {
    /// The type of the value that is filled before the request is sent.
    draft: String,
    /// The initial value of the body, as Rust code.
    initial: &'static str,
    /// Whether the body has a builder, which callers may change.
    built: bool,
}

fn body(schema: &str, prepared: &Prepared) -> RequestBody {
    let about = &prepared.document["components"]["schemas"][schema];
    if about["oneOf"].is_array() {
        let draft = format!("types::{schema}");
        return RequestBody { draft, initial: "Err(\"it is missing\".to_owned())", built: false };
    }
    RequestBody {
        draft: format!("types::builder::{schema}"),
        initial: "Ok(Default::default())",
        built: true,
    }
}

fn body_setters(w: &mut Writer, schema: &str, body: &RequestBody) {
    w.doc("Sets the body, in the place of all that was set of it before.");
    let arguments =
        ["mut self".to_owned(), format!("value: impl TryInto<types::{schema}, Error: Display>")];
    w.function("pub fn body", &arguments, " -> Self", |w| {
        let from = if body.built { ".map(From::from)" } else { "" };
        w.line(&format!("self.body = converted(value.try_into()){from};"));
        w.line("self");
    });
    if !body.built {
        return;
    }
    w.blank();
    w.doc("Changes the body, member by member.");
    let arguments = ["mut self".to_owned(), format!("change: impl FnOnce({0}) -> {0}", body.draft)];
    w.function("pub fn body_map", &arguments, " -> Self", |w| {
        w.line("self.body = self.body.map(change);");
        w.line("self");
    });
}

fn send(w: &mut Writer, operation: &Operation) {
    let draft = match &operation.body {
        Some(schema) => format!("self.draft.body::<_, types::{schema}>(self.body)?"),
        None => "self.draft".to_owned(),
    };
    let (response, send) = match &operation.response {
        None => ("()".to_owned(), "done"),
        Some(schema) => (format!("types::{schema}"), "send"),
    };
    w.doc("Sends the request and waits for the response.");
    w.block(&format!("pub async fn send(self) -> Result<{response}>"), |w| {
        w.line(&format!("{draft}.{send}().await"));
    });
}
