//! The sentences of REFERENCE.md that say how a list continues.

use airbyte_agent_description::{Next, Paging, Source};

use crate::model::OperationModel;
use crate::prose;

/// How the list continues, and how a caller gets all of it.
pub(super) fn paging(operation: &OperationModel<'_>) -> String {
    let paging = &operation.operation.paging;
    if let Next::None { reason } = &paging.next {
        let why = prose::markdown(&prose::sentence(reason)).replace('\n', " ");
        let text = format!("Paging: there is only one page. {why}");
        return text.trim_end().to_owned();
    }
    if let Next::Unknown { reason } = &paging.next {
        let why = prose::markdown(&prose::sentence(reason)).replace('\n', " ");
        let text = format!(
            "Paging: how the list continues is not known, so that only the first page can be read. {why}"
        );
        return text.trim_end().to_owned();
    }
    let rules: Vec<String> = paging.styles().map(rule).collect();
    format!(
        "Paging: {} `items()` and `pages()` request all pages.",
        rules.join(" If that value is missing: ")
    )
}

/// One paginator of a list.
fn rule(paging: &Paging) -> String {
    let source = |source: &Source| match source {
        Source::Meta { name, .. } => format!("{} in the metadata", prose::code(name)),
        Source::Body(path) => format!("{} in the response", prose::code(&path.to_string())),
    };
    let codes = |names: &mut dyn Iterator<Item = &str>| {
        names.map(prose::code).collect::<Vec<_>>().join(", ")
    };
    let mut out = match &paging.next {
        Next::None { reason } | Next::Unknown { reason } => reason.to_string(),
        Next::Cursor { from, into } => {
            format!(
                "the next page is requested with {}, set to {}",
                prose::code(into),
                source(from)
            )
        }
        Next::Link { from, feed, .. } if feed.is_empty() => {
            format!("the next page is requested by the URL in {}", source(from))
        }
        Next::Link { from, feed, keep } => {
            let into = codes(&mut feed.iter().map(|(_, into)| into.as_ref()));
            let alone = keep.as_ref().map_or(String::new(), |keep| match &keep[..] {
                [] => ", without the other arguments".to_owned(),
                keep => format!(
                    ", and with {} of the other arguments",
                    codes(&mut keep.iter().map(AsRef::as_ref))
                ),
            });
            format!(
                "the next page is requested with {into}, set to what the query of the URL in {} says{alone}",
                source(from)
            )
        }
        Next::LastRecord { field, into, add, backwards } => format!(
            "the next page is requested with {}, set to {} of the last record{}{}",
            prose::code(into),
            prose::code(field.to_string().trim_start_matches("$.")),
            if *add > 0 { format!(" plus {add}") } else { String::new() },
            backwards.as_ref().map_or_else(String::new, |backwards| format!(
                "; a list that begins with {0} goes on backwards, with {0} set to the field of the first \
                 record",
                prose::code(backwards)
            )),
        ),
        Next::Offset { into, start } => format!(
            "{} is the number of records to skip, which is {start} for the first page",
            prose::code(into)
        ),
        Next::Page { into, start } => format!(
            "{} is the number of the page, which is {start} for the first one",
            prose::code(into)
        ),
    };
    if let Some(more) = &paging.more {
        out.push_str(&format!(", while {} says that there are more", source(more)));
    }
    if let Some(done) = &paging.done {
        out.push_str(&format!(", until {} is true", source(done)));
    }
    out.push('.');
    if let Some(size) = &paging.size {
        let parameter = prose::code(&size.parameter);
        let largest = size.maximum.map_or(String::new(), |most| format!(", at most {most}"));
        out.push_str(&format!(" {parameter} sets the size of a page{largest}."));
        if size.needed {
            out.push_str(" The vendor divides the list into pages only if a size is requested.");
        }
    }
    if !paging.single_page.is_empty() {
        out.push_str(&format!(
            " With {} only one page can be read.",
            paging
                .single_page
                .iter()
                .map(|name| prose::code(name))
                .collect::<Vec<_>>()
                .join(" or ")
        ));
    }
    out
}
