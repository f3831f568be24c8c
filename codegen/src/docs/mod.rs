//! README, AUTH and REFERENCE of a connector crate, in Markdown.

mod auth;
mod first;
mod links;
mod paging;
mod readme;
mod reference;
mod schema;
mod usage;

use std::collections::BTreeMap;

use crate::model::Model;
use crate::rust::header;

/// Every document by path inside the crate.
pub(crate) fn files(model: &Model<'_>) -> BTreeMap<String, String> {
    [
        ("README.md", readme::readme(model)),
        ("AUTH.md", auth::auth(model)),
        ("REFERENCE.md", reference::reference(model)),
    ]
    .into_iter()
    .map(|(path, text)| (path.to_owned(), finish(&model.slug, &text)))
    .collect()
}

/// Puts the generator's first line on top, joins blank lines, and ends the text with one line break.
fn finish(slug: &str, text: &str) -> String {
    let mut out = format!("<!-- {} -->\n\n", header(slug));
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.starts_with("```");
        if line.trim().is_empty() && !fenced && out.ends_with("\n\n") {
            continue;
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    format!("{}\n", out.trim_end())
}

/// A Markdown table; an empty text when there are no rows.
fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let mut out =
        format!("| {} |\n| {} |\n", head.join(" | "), vec!["---"; head.len()].join(" | "));
    for row in rows {
        out.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    out.push('\n');
    out
}

fn yes(value: bool) -> String {
    if value { "yes".to_owned() } else { String::new() }
}
