//! Removes variables that have no value from a GraphQL document, with everything that would be
//! empty without them. All other text stays unchanged.

use std::ops::Range;

use apollo_parser::cst::{self, CstChildren, CstNode};
use apollo_parser::{Parser, SyntaxKind, SyntaxNode};

use crate::error::{Error, Result};

/// The document without these variables.
pub(super) fn without(document: &str, absent: &[&str]) -> Result<String> {
    let tree = Parser::new(document).parse();
    if let Some(error) = tree.errors().next() {
        let message = format!("the GraphQL document cannot be read: {}", error.message());
        return Err(Error::validation(message));
    }
    let mut cuts = Cuts { absent, ranges: Vec::new() };
    cuts.look_through(tree.document().syntax());
    cuts.ranges.sort_by_key(|range| range.start);
    let mut remaining = String::with_capacity(document.len());
    let mut at = 0;
    for range in cuts.ranges {
        // If two neighbours are removed, the text between them is removed, too.
        remaining.push_str(document.get(at..range.start).unwrap_or_default());
        at = at.max(range.end);
    }
    remaining.push_str(document.get(at..).unwrap_or_default());
    Ok(remaining)
}

struct Cuts<'a> {
    absent: &'a [&'a str],
    ranges: Vec<Range<usize>>,
}

impl Cuts<'_> {
    /// Finds the ranges to remove in a node and below it.
    fn look_through(&mut self, node: &SyntaxNode) {
        let stays = match node.kind() {
            SyntaxKind::VARIABLE_DEFINITIONS => self.elements(
                node,
                |cuts, child| {
                    cst::VariableDefinition::cast(child.clone())
                        .and_then(|definition| definition.variable())
                        .is_some_and(|variable| cuts.is_absent(&variable))
                },
                true,
            ),
            SyntaxKind::ARGUMENTS => self.elements(node, Self::has_no_value, true),
            SyntaxKind::OBJECT_VALUE | SyntaxKind::LIST_VALUE => {
                self.elements(node, Self::has_no_value, false)
            }
            _ => true,
        };
        if stays {
            for child in node.children() {
                if !self.is_cut(&child) {
                    self.look_through(&child);
                }
            }
        }
    }

    /// Removes the elements of a list that are empty, or the list itself if no element is left.
    /// Returns whether the list is kept.
    fn elements(
        &mut self,
        list: &SyntaxNode,
        goes: impl Fn(&Self, &SyntaxNode) -> bool,
        with_list: bool,
    ) -> bool {
        let children: Vec<(Range<usize>, bool)> = list
            .children()
            .map(|child| {
                let goes = goes(self, &child);
                (range_of(&child), goes)
            })
            .collect();
        if with_list && !children.is_empty() && children.iter().all(|(_, goes)| *goes) {
            self.ranges.push(range_of(list));
            return false;
        }
        let first_kept = children.iter().position(|(_, goes)| !goes).unwrap_or(children.len());
        for (at, (range, _)) in children.iter().enumerate().filter(|(_, (_, goes))| *goes) {
            // The separator between an element and the one before it is removed together with the
            // element.
            let cut = if at < first_kept {
                range.start..children.get(at + 1).map_or(range.end, |(next, _)| next.start)
            } else {
                children.get(at.wrapping_sub(1)).map_or(range.start, |(last, _)| last.end)
                    ..range.end
            };
            self.ranges.push(cut);
        }
        true
    }

    /// Whether nothing is left of an argument, a member of an object or an element of a list.
    fn has_no_value(&self, node: &SyntaxNode) -> bool {
        let value = cst::Argument::cast(node.clone())
            .map(|argument| argument.value())
            .or_else(|| cst::ObjectField::cast(node.clone()).map(|field| field.value()))
            .unwrap_or_else(|| cst::Value::cast(node.clone()));
        value.is_some_and(|value| self.is_gone(&value))
    }

    fn is_gone(&self, value: &cst::Value) -> bool {
        match value {
            cst::Value::Variable(variable) => self.is_absent(variable),
            cst::Value::ListValue(list) => self.all_gone(list.values()),
            cst::Value::ObjectValue(object) => {
                let mut fields = object.object_fields().peekable();
                fields.peek().is_some()
                    && fields.all(|field| field.value().is_some_and(|value| self.is_gone(&value)))
            }
            _ => false,
        }
    }

    fn all_gone(&self, values: CstChildren<cst::Value>) -> bool {
        let mut values = values.peekable();
        values.peek().is_some() && values.all(|value| self.is_gone(&value))
    }

    fn is_absent(&self, variable: &cst::Variable) -> bool {
        variable.name().is_some_and(|name| self.absent.contains(&name.text().as_str()))
    }

    fn is_cut(&self, node: &SyntaxNode) -> bool {
        let range = range_of(node);
        self.ranges.iter().any(|cut| cut.start <= range.start && range.end <= cut.end)
    }
}

/// The range of a node, without white space, commas and comments before and after it.
fn range_of(node: &SyntaxNode) -> Range<usize> {
    use SyntaxKind::{COMMA, COMMENT, WHITESPACE};
    let mut range: Option<Range<usize>> = None;
    #[allow(clippy::redundant_closure_for_method_calls, reason = "the type is of another crate")]
    let tokens = node.descendants_with_tokens().filter_map(|element| element.into_token());
    for token in tokens.filter(|token| !matches!(token.kind(), WHITESPACE | COMMA | COMMENT)) {
        let (start, end) = (token.text_range().start().into(), token.text_range().end().into());
        range = Some(range.map_or(start, |range| range.start)..end);
    }
    range.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_variables_leave_no_trace() {
        const DOCUMENT: &str = "query Q(\n  $first: Int!\n  $who: String\n  $labels: [String!] = []\n  \
            $in: [ID!]\n) {\n  issues(\n    first: $first\n    filterBy: { assignee: $who, labels: $labels }\n    \
            by: { who: { id: { in: [$in, $who] } }, fixed: 1 }\n  ) { id # a comment\n }\n}\n";
        for (absent, expected) in [
            (&[][..], DOCUMENT),
            (
                &["who"],
                "query Q(\n  $first: Int!\n  $labels: [String!] = []\n  $in: [ID!]\n) {\n  issues(\n    \
                 first: $first\n    filterBy: { labels: $labels }\n    \
                 by: { who: { id: { in: [$in] } }, fixed: 1 }\n  ) { id # a comment\n }\n}\n",
            ),
            (
                &["labels"],
                "query Q(\n  $first: Int!\n  $who: String\n  $in: [ID!]\n) {\n  issues(\n    \
                 first: $first\n    filterBy: { assignee: $who }\n    \
                 by: { who: { id: { in: [$in, $who] } }, fixed: 1 }\n  ) { id # a comment\n }\n}\n",
            ),
            (
                &["who", "labels", "in"],
                "query Q(\n  $first: Int!\n) {\n  issues(\n    first: $first\n    \
                 by: { fixed: 1 }\n  ) { id # a comment\n }\n}\n",
            ),
        ] {
            assert_eq!(without(DOCUMENT, absent).unwrap(), expected, "{absent:?}");
        }
    }

    #[test]
    fn lists_that_would_be_empty_are_removed() {
        for (document, absent, expected) in [
            ("query ($a: Int) { x(a: $a) { y } }", &["a"][..], "query  { x { y } }"),
            (
                "query ($a: Int, $b: Int) { x(a: $a, b: $b) }",
                &["a"],
                "query ($b: Int) { x(b: $b) }",
            ),
            (
                "query ($a: Int, $b: Int) { x(a: $a, b: $b) }",
                &["b"],
                "query ($a: Int) { x(a: $a) }",
            ),
            (
                "query ($a: Int, $b: Int, $c: Int) { x(a: $a, b: $b, c: $c) }",
                &["a", "b"],
                "query ($c: Int) { x(c: $c) }",
            ),
            (
                "query ($a: Int, $b: Int, $c: Int) { x(a: $a, b: $b, c: $c) }",
                &["b", "c"],
                "query ($a: Int) { x(a: $a) }",
            ),
            (
                "query ($s: String) { x(a: \"$s\", e: {}, l: []) { y(s: $s) } }",
                &["s"],
                "query  { x(a: \"$s\", e: {}, l: []) { y } }",
            ),
        ] {
            assert_eq!(without(document, absent).unwrap(), expected, "{document}");
        }
        assert!(without("query {", &["a"]).is_err());
    }
}
