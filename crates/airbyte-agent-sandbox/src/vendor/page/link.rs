//! The addresses of other pages.

use airbyte_agent_description::{List, Operation, Paging, Text};

use super::PageAddress;
use super::position::{continuation, token_of_position};
use crate::decode::{LINK_POSITION, scalar_text, token_with_query};

impl PageAddress<'_> {
    /// The address of the page that begins at `position`.
    pub(super) fn link(
        &self,
        operation: &Operation,
        paging: &Paging,
        feed: &[(Text, Text)],
        keep: Option<&List<Text>>,
        position: usize,
        size: usize,
    ) -> String {
        let mut query = self.query.clone();
        let mut parts: Vec<(String, String)> = feed
            .iter()
            .map(|(name, into)| {
                let value = continuation(operation, paging, into, position, size);
                (name.to_string(), scalar_text(&value).unwrap_or_default())
            })
            .collect();
        if parts.is_empty() {
            parts.push((LINK_POSITION.to_owned(), token_of_position(operation, position)));
        }
        query.retain(|(known, _)| !parts.iter().any(|(name, _)| name == known));
        if let (Some(keep), Some((_, token))) = (keep, parts.first_mut()) {
            // The token contains every parameter that the address does not repeat.
            let is_repeated = |known: &str| {
                keep.iter()
                    .filter_map(|name| operation.parameter(name))
                    .any(|p| p.wire_name() == known)
            };
            let (repeated, contained): (Vec<_>, Vec<_>) =
                query.into_iter().partition(|(known, _)| is_repeated(known));
            *token = token_with_query(token, &contained);
            query = repeated;
        }
        query.extend(parts);
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
        format!("https://{}{}?{query}", self.host, self.path)
    }
}
