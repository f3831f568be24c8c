//! README.md, which is also the front page of the crate's documentation.

use super::first::first_scheme;
use super::links::{action_links, page};
use super::{table, usage};
use crate::model::Model;
use crate::prose;

/// The text of README.md.
pub(super) fn readme(model: &Model<'_>) -> String {
    let connector = model.connector;
    let title = prose::markdown(&connector.title);
    let package = model.package();
    let (auth, reference) = (page(model, "AUTH.md"), page(model, "REFERENCE.md"));
    let mut out = format!("# {package}\n\n");
    out.push_str(&format!(
        "{title} for Rust programs and AI agents. Typed operations call the vendor's API directly with your own \
         credentials, or through Airbyte's hosted platform, which keeps the credentials for you.\n\n"
    ));
    out.push_str(&format!("{}\n\n", prose::markdown(&connector.description)));
    out.push_str("## What it can do\n\n");
    out.push_str(&entities(model));
    out.push_str(&format!(
        "[REFERENCE.md]({reference}) describes every operation with its parameters and the fields that it \
         returns.\n\n",
    ));
    out.push_str(&questions(model));
    out.push_str(&format!(
        "## Install\n\n```sh\ncargo add {package}\ncargo add tokio --features macros,rt\n```\n\n"
    ));
    if let Some(scheme) = first_scheme(model) {
        out.push_str(&usage::local(model, scheme));
    }
    out.push_str(&usage::paging(model));
    out.push_str(&usage::errors(model));
    out.push_str(&usage::hosted(model));
    out.push_str(&usage::by_name(model));
    out.push_str(&usage::features(model));
    out.push_str("## More documentation\n\n");
    out.push_str(&format!(
        "* [AUTH.md]({auth}): the ways to authenticate, what each needs and where to get it\n"
    ));
    out.push_str(&format!("* [REFERENCE.md]({reference}): every operation\n"));
    for link in connector.links.iter() {
        let title = if link.title.is_empty() {
            link.kind.replace('_', " ")
        } else {
            link.title.to_string()
        };
        out.push_str(&format!("* [{}]({})\n", prose::cell(&title), link.url));
    }
    out.push_str(&format!(
        "\nVersion of the spec: {}. Identifier of the connector on the hosted platform: `{}`.\n",
        connector.version, connector.definition_id
    ));
    out
}

fn entities(model: &Model<'_>) -> String {
    let rows: Vec<Vec<String>> = model
        .entities
        .iter()
        .map(|entity| {
            vec![
                format!("`{}`", entity.entity.name),
                prose::cell(&entity.entity.description),
                action_links(entity, &page(model, "REFERENCE.md")),
            ]
        })
        .collect();
    table(&["Entity", "What one record is", "Actions"], &rows)
}

/// Example questions and requests, by whether and how they can be answered.
fn questions(model: &Model<'_>) -> String {
    let questions = &model.connector.questions;
    let mut out = String::new();
    for (head, items) in [
        ("## Questions it answers", &questions.direct),
        (
            "On the hosted platform, questions about all records are answered by the context store, a \
             searchable copy of the data:",
            &questions.search,
        ),
        ("It cannot do the following:", &questions.unsupported),
    ] {
        if items.is_empty() {
            continue;
        }
        out.push_str(&format!("{head}\n\n"));
        out.extend(items.iter().map(|item| format!("* {}\n", prose::cell(item))));
        out.push('\n');
    }
    out
}
