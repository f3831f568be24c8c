//! Documents are parsed by `apollo-parser`; here its syntax tree becomes a [`Document`].

use std::collections::BTreeSet;

use apollo_parser::cst::{self, CstNode};
use apollo_parser::{Error, Parser, SyntaxNode};

use super::document::{Document, Fragment, Operation, Selection, Shape, Type, VariableDefinition};

/// Deepest nesting of a document that is accepted.
const DEEPEST: usize = 64;
/// Most words and signs of a document that is accepted.
const MOST_TOKENS: usize = 100_000;

impl Document {
    /// Parses a document. The error is the message of a GraphQL server for a syntax error.
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        let parser = Parser::new(source).recursion_limit(DEEPEST).token_limit(MOST_TOKENS);
        let tree = parser.parse();
        if let Some(error) = tree.errors().min_by_key(|error| error.index()) {
            return Err(syntax_error(source, error));
        }
        let mut document = Self::default();
        let mut used_by_fragments = BTreeSet::new();
        for definition in tree.document().definitions() {
            match definition {
                cst::Definition::OperationDefinition(definition) => {
                    document.operations.push(operation(&definition));
                }
                cst::Definition::FragmentDefinition(definition) => {
                    used_by_fragments.extend(variables_used(definition.syntax()));
                    document.fragments.push(Fragment {
                        name: name(definition.fragment_name().and_then(|name| name.name())),
                        selection: selections(definition.selection_set().as_ref()),
                    });
                }
                _ => return Err("Syntax Error: a request cannot define a schema.".to_owned()),
            }
        }
        if document.operations.is_empty() {
            return Err("Syntax Error: the document has no operation.".to_owned());
        }
        for operation in &mut document.operations {
            operation.used.extend(used_by_fragments.iter().cloned());
        }
        Ok(document)
    }
}

fn syntax_error(source: &str, error: &Error) -> String {
    let before = source.get(..error.index()).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let found = match error.data() {
        _ if error.is_limit() => String::new(),
        "" => ", found the end of the document".to_owned(),
        text => format!(", found \"{text}\""),
    };
    let message = error.message().trim_end_matches('.');
    format!("Syntax Error: {message}{found} (line {line}, column {column}).")
}

fn operation(definition: &cst::OperationDefinition) -> Operation {
    let variables = definition.variable_definitions();
    let variables =
        variables.iter().flat_map(apollo_parser::cst::VariableDefinitions::variable_definitions);
    Operation {
        name: definition.name().map(|name| name.text().to_string()),
        variables: variables.filter_map(|variable| variable_definition(&variable)).collect(),
        selection: selections(definition.selection_set().as_ref()),
        used: variables_used(definition.syntax()).collect(),
    }
}

fn variable_definition(definition: &cst::VariableDefinition) -> Option<VariableDefinition> {
    Some(VariableDefinition {
        name: name(definition.variable()?.name()),
        kind: type_of(&definition.ty()?)?,
        has_default: definition.default_value().is_some(),
    })
}

fn type_of(kind: &cst::Type) -> Option<Type> {
    let named = |kind: &cst::NamedType| Shape::Named(name(kind.name()));
    let list = |kind: &cst::ListType| Some(Shape::List(Box::new(type_of(&kind.ty()?)?)));
    let (shape, required) = match kind {
        cst::Type::NamedType(kind) => (named(kind), false),
        cst::Type::ListType(kind) => (list(kind)?, false),
        cst::Type::NonNullType(kind) => match (kind.named_type(), kind.list_type()) {
            (Some(kind), _) => (named(&kind), true),
            (None, kind) => (list(&kind?)?, true),
        },
    };
    let inner = match &shape {
        Shape::Named(name) => name.clone(),
        Shape::List(item) => format!("[{}]", item.text),
    };
    let text = if required { format!("{inner}!") } else { inner };
    Some(Type { text, shape, required })
}

fn selections(set: Option<&cst::SelectionSet>) -> Vec<Selection> {
    set.into_iter().flat_map(cst::SelectionSet::selections).map(selection).collect()
}

fn selection(selection: cst::Selection) -> Selection {
    match selection {
        cst::Selection::Field(field) => {
            let own = name(field.name());
            let alias = field.alias().map(|alias| name(alias.name()));
            let selection = selections(field.selection_set().as_ref());
            let arguments = field.arguments();
            let arguments = arguments.iter().flat_map(cst::Arguments::arguments);
            let arguments = arguments.map(|argument| name(argument.name())).collect();
            let key = alias.unwrap_or_else(|| own.clone());
            Selection::Field { key, name: own, selection, arguments }
        }
        cst::Selection::FragmentSpread(spread) => {
            Selection::Spread(name(spread.fragment_name().and_then(|name| name.name())))
        }
        cst::Selection::InlineFragment(fragment) => Selection::Inline {
            on: fragment.type_condition().map(|on| name(on.named_type().and_then(|n| n.name()))),
            selection: selections(fragment.selection_set().as_ref()),
        },
    }
}

/// The variables that occur in a definition outside of its declarations.
fn variables_used(definition: &SyntaxNode) -> impl Iterator<Item = String> {
    definition
        .children()
        .filter(|child| !cst::VariableDefinitions::can_cast(child.kind()))
        .flat_map(|child| child.descendants())
        .filter_map(cst::Variable::cast)
        .map(|variable| name(variable.name()))
}

/// The text of a name. A document without syntax errors has every name.
fn name(name: Option<cst::Name>) -> String {
    name.map(|name| name.text().to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(document: &Document) -> String {
        let (kind, fields) = document.fields(document.selection_of(None));
        let keys: Vec<String> = fields.iter().map(|f| format!("{}={}", f.key, f.name)).collect();
        format!("{} {}", kind.unwrap_or("-"), keys.join(" "))
    }

    #[test]
    fn fields_of_fragments_belong_to_the_selection() {
        for (source, expected) in [
            ("{ a b: c(x: 1) @skip(if: true) { d } }", "- a=a b=c"),
            ("query Q { a ...F } fragment F on T { a b }", "- a=a b=b"),
            ("{ ... on T { a } ... on U { b } ... on T { c } ... { d } }", "T a=a c=c d=d"),
            ("{ ...F } fragment F on T { a ...F }", "- a=a"),
            ("{ a(text: \"\"\"} \"quoted\" \\\"\"\" {\"\"\") # }\n, b }", "- a=a b=b"),
        ] {
            let document = Document::parse(source).unwrap_or_else(|why| panic!("{source}: {why}"));
            assert_eq!(keys(&document), expected, "{source}");
        }
    }

    #[test]
    fn variables_have_types_and_are_found_where_they_are_used() {
        let source = "query Q($a: [ID!]! = [], $b: Int, $c: Boolean!) {
            x(filter: {ids: [$a]}) { ...F @include(if: $c) } } fragment F on T { y(z: $d) }";
        let document = Document::parse(source).unwrap();
        let operation = document.operation(Some("Q")).unwrap();
        let shown = operation.variables.iter().map(|v| format!("{}:{}", v.name, v.kind.text));
        assert_eq!(shown.collect::<Vec<_>>(), ["a:[ID!]!", "b:Int", "c:Boolean!"]);
        let required = operation.variables.iter().map(|v| (v.kind.required, v.has_default));
        assert_eq!(required.collect::<Vec<_>>(), [(true, true), (false, false), (true, false)]);
        let used: Vec<&String> = operation.used.iter().collect();
        assert_eq!(used, ["a", "c", "d"]);
    }

    #[test]
    fn what_is_no_document_is_refused_with_its_position() {
        let deep = format!("{}x{}", "{a".repeat(80), "}".repeat(80));
        for (source, expected) in [
            ("", "Unexpected <EOF>"),
            ("{ a {{ fields }} }", "column 6"),
            ("{ a\n { } }", "line 2"),
            ("{ a", "the end of the document"),
            ("{ a(x: ) }", "Syntax Error"),
            ("query Q($a) { a }", "Syntax Error"),
            ("type T { a: Int }", "cannot define a schema"),
            ("fragment F on T { a }", "no operation"),
            (deep.as_str(), "limit"),
        ] {
            let error = Document::parse(source).unwrap_err();
            assert!(error.starts_with("Syntax Error: ") && error.contains(expected), "{error}");
        }
    }
}
