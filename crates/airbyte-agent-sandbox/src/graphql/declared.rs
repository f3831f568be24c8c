//! How well the document of a request fits the document of an operation's description.

use airbyte_agent_description::GraphQl;
use apollo_parser::{Lexer, TokenKind};

use super::document::{Document, Selection};
use super::request::GraphqlRequest;

/// Fit of a document that is the description's own, word by word, apart from the selected fields.
const SAME_DOCUMENT: i64 = 1_000_000;
/// Fit of a document that requests the same root fields with the same variables.
const SAME_ROOT_FIELDS: i64 = 10_000;
/// Stands for the selection of fields while a description's document is taken apart.
const PLACEHOLDER: &str = "\u{0}";

/// A word or sign of a document, without white space, commas and comments.
type Token = (TokenKind, String);

/// A document of a description, prepared for comparison.
#[derive(Debug)]
pub(crate) struct DeclaredDocument {
    /// Its tokens before, between and after the places of selected fields.
    pieces: Vec<Vec<Token>>,
    /// The whole document, with its default fields.
    document: Document,
    root_fields: Vec<String>,
    variables: Vec<String>,
    /// Variables that requests may leave out, with everything that they are used in.
    optional: Vec<String>,
}

impl DeclaredDocument {
    pub(crate) fn new(declared: &GraphQl) -> Self {
        let default_fields = declared.default_fields.as_deref().unwrap_or("id");
        let filled = declared.document(Some(default_fields)).unwrap_or_default();
        let document = Document::parse(&filled).unwrap_or_default();
        let variables = document.operation(None).map(|first| first.variables.iter());
        let variables = variables.into_iter().flatten().map(|v| v.name.clone()).collect();
        Self {
            pieces: declared
                .document(Some(PLACEHOLDER))
                .unwrap_or_default()
                .split(PLACEHOLDER)
                .map(tokens)
                .collect(),
            root_fields: root_fields(&document, document.selection_of(None)),
            variables,
            optional: declared.optional.iter().map(ToString::to_string).collect(),
            document,
        }
    }

    /// The document of the description, with its default fields.
    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    /// How well the document of a request fits; 0 when it does not fit at all.
    pub(crate) fn fit(&self, request: &GraphqlRequest) -> i64 {
        let sent = tokens(&request.source);
        if self.has_pieces_of(&sent) {
            return SAME_DOCUMENT;
        }
        if self.is_shortened_to(&sent, request) {
            return SAME_DOCUMENT - 1;
        }
        let Some(first) = request.document.operations.first() else { return 0 };
        let roots = root_fields(&request.document, &first.selection);
        if self.root_fields.is_empty() || self.root_fields != roots {
            return 0;
        }
        let names: Vec<&String> = first.variables.iter().map(|variable| &variable.name).collect();
        let common = self.variables.iter().filter(|name| names.contains(name)).count();
        let difference = self.variables.len().abs_diff(names.len());
        SAME_ROOT_FIELDS + i64::try_from(common).unwrap_or(0)
            - i64::try_from(difference).unwrap_or(0)
    }

    /// Whether the tokens are those of this document without some of its optional variables.
    fn is_shortened_to(&self, sent: &[Token], request: &GraphqlRequest) -> bool {
        let Some(operation) = request.document.operations.first() else { return false };
        let is_declared = |name: &String| operation.variables.iter().any(|v| v.name == *name);
        let may_miss = |name: &String| is_declared(name) || self.optional.contains(name);
        if self.optional.is_empty() || !self.variables.iter().all(may_miss) {
            return false;
        }
        let (head, tail) = match self.pieces.as_slice() {
            [only] => (only.as_slice(), &[][..]),
            [head, .., tail] => (head.as_slice(), tail.as_slice()),
            [] => return false,
        };
        let Some(rest) = sent.strip_suffix(tail) else { return false };
        // What was left out is skipped, so all tokens that were sent have to be found in their order.
        let mut at = 0;
        let mut last_is_found = false;
        for token in head {
            last_is_found = rest.get(at) == Some(token);
            at += usize::from(last_is_found);
        }
        last_is_found && (self.pieces.len() > 1 || at == rest.len())
    }

    /// Whether the tokens are those of this document, with any selection of fields.
    fn has_pieces_of(&self, tokens: &[Token]) -> bool {
        match self.pieces.as_slice() {
            [] => false,
            [only] => only == tokens,
            [first, .., last] => {
                tokens.len() > first.len() + last.len()
                    && tokens.starts_with(first)
                    && tokens.ends_with(last)
            }
        }
    }
}

/// The names of the fields at the top of a selection.
fn root_fields(document: &Document, selection: &[Selection]) -> Vec<String> {
    document.fields(selection).1.iter().map(|field| field.name.to_owned()).collect()
}

fn tokens(source: &str) -> Vec<Token> {
    use TokenKind::{Comma, Comment, Eof, Whitespace};
    Lexer::new(source)
        .filter_map(Result::ok)
        .filter(|token| !matches!(token.kind(), Whitespace | Comment | Comma | Eof))
        .map(|token| (token.kind(), token.data().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use airbyte_agent_description::build::graphql;

    use super::*;

    #[test]
    fn optional_variables_may_be_missing_and_others_not() {
        const OWN: &str =
            "query ($a: ID!, $b: ID, $c: Int) { x(a: $a, by: {b: $b}, c: $c) { {{ fields }} } }";
        const OPTIONAL: &[airbyte_agent_description::Text] = &[std::borrow::Cow::Borrowed("b")];
        let declared = DeclaredDocument::new(&graphql(OWN).default_fields("id").optional(OPTIONAL));
        for (document, expected) in [
            (
                "query ($a: ID!, $b: ID, $c: Int) { x(a: $a, by: {b: $b}, c: $c) { id } }",
                SAME_DOCUMENT,
            ),
            ("query ($a: ID!, $c: Int) { x(a: $a, c: $c) { id name } }", SAME_DOCUMENT - 1),
            ("query ($a: ID!, $b: ID) { x(a: $a, by: {b: $b}) { id } }", SAME_ROOT_FIELDS + 1),
            ("query ($c: Int, $a: ID!) { x(c: $c, a: $a) { id } }", SAME_ROOT_FIELDS + 1),
            ("query ($a: ID!) { y(a: $a) { id } }", 0),
        ] {
            let request = GraphqlRequest {
                document: Document::parse(document).unwrap(),
                source: document.to_owned(),
                ..GraphqlRequest::default()
            };
            assert_eq!(declared.fit(&request), expected, "{document}");
        }
    }
}
