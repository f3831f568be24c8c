//! The module `auth`: one struct for each way to authenticate.

use super::writer::Writer;
use crate::model::{Model, SchemeModel};
use crate::prose;

/// The file `auth.rs`.
pub(crate) fn auth(model: &Model<'_>) -> String {
    let mut w = Writer::file(&model.slug);
    let title = &model.connector.title;
    w.inner_doc(&format!(
        "The ways to authenticate with {}, one type for each.",
        prose::markdown(title)
    ));
    w.line("#![doc = include_str!(\"../AUTH.md\")]");
    w.blank();
    w.line("use airbyte_agent_core::{AuthFor, Credentials};");
    for scheme in &model.schemes {
        structure(&mut w, model, scheme);
    }
    w.finish()
}

fn structure(w: &mut Writer, model: &Model<'_>, scheme: &SchemeModel<'_>) {
    let class = &scheme.class;
    let required: Vec<_> = scheme.fields.iter().filter(|(_, field)| field.required).collect();
    w.blank();
    let title = prose::markdown(&prose::sentence(&scheme.scheme.title));
    let description = prose::markdown(&scheme.scheme.description);
    w.doc(&if description.is_empty() { title } else { format!("{title}\n\n{description}") });
    w.line("///");
    w.doc("The `Debug` output contains no secret.");
    w.line("#[derive(Debug, Clone)]");
    w.block(&format!("pub struct {class}"), |w| w.line("credentials: Credentials,"));
    w.blank();
    w.block(&format!("impl {class}"), |w| {
        let is_optional = required.len() < scheme.fields.len();
        w.doc(match (required.is_empty(), is_optional) {
            (false, true) => {
                "Credentials with the required fields. The other methods add optional ones."
            }
            (true, true) => "Credentials without any field. The other methods add fields.",
            (_, false) => "Credentials with all fields of this way to authenticate.",
        });
        for (n, (ident, field)) in required.iter().enumerate() {
            if n == 0 {
                w.line("///");
            }
            let said = if field.description.is_empty() { &field.title } else { &field.description };
            let text = prose::markdown(&prose::sentence(said)).replace("\n\n", " ");
            w.doc(&format!("* `{ident}`: {}", text.replace('\n', " ")));
        }
        let arguments: Vec<String> =
            required.iter().map(|(ident, _)| format!("{ident}: impl Into<String>")).collect();
        if required.is_empty() {
            w.line("#[expect(clippy::new_without_default, reason = \"no useful default\")]");
        }
        w.function("pub fn new", &arguments, " -> Self", |w| {
            let mut calls = vec![
                format!(".for_connector({:?})", model.connector.name),
                format!(".scheme({:?})", scheme.scheme.name),
            ];
            calls
                .extend(required.iter().map(|(ident, f)| format!(".field({:?}, {ident})", f.name)));
            w.assignment("let credentials", &format!("Credentials::new(){}", calls.concat()));
            w.line("Self { credentials }");
        });
        for (ident, field) in scheme.fields.iter().filter(|(_, field)| !field.required) {
            w.blank();
            let said = if field.description.is_empty() { &field.title } else { &field.description };
            w.doc(&prose::markdown(&prose::sentence(said)));
            w.line("#[must_use]");
            w.function(
                &format!("pub fn {ident}"),
                &["mut self".to_owned(), format!("{ident}: impl Into<String>")],
                " -> Self",
                |w| {
                    w.line(&format!(
                        "self.credentials = self.credentials.field({:?}, {ident});",
                        field.name
                    ));
                    w.line("self");
                },
            );
        }
    });
    w.blank();
    w.block(&format!("impl From<{class}> for Credentials"), |w| {
        w.block(&format!("fn from(auth: {class}) -> Self"), |w| w.line("auth.credentials"));
    });
    w.blank();
    w.line(&format!("impl AuthFor<crate::{}> for {class} {{}}", model.class));
}
