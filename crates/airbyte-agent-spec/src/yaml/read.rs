//! Builds the tree from the events of the parser.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::scalar::{ambiguity, resolve};
use super::{Node, Value};
use crate::problem::{Problem, Severity};

/// The deepest nesting that is read, so that no later recursion can exhaust the stack.
const MAX_DEPTH: usize = 128;

/// The most nodes that are read, because aliases can multiply without limit.
const MAX_NODES: usize = 500_000;

/// The tree of a text, and what is doubtful about the text.
#[derive(Debug)]
pub(crate) struct Document {
    pub(crate) root: Node,
    pub(crate) warnings: Vec<Problem>,
}

/// Reads the one document that `text` holds.
pub(crate) fn read(text: &str) -> Result<Document, Vec<Problem>> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        nodes: 0,
        errors: Vec::new(),
        warnings: Vec::new(),
    };
    match reader.document() {
        Ok(root) if reader.errors.is_empty() => Ok(Document { root, warnings: reader.warnings }),
        Ok(_) => Err(reader.errors),
        Err(stop) => {
            reader.errors.push(stop);
            Err(reader.errors)
        }
    }
}

struct Reader<'t> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    /// Anchored nodes with their size.
    anchors: HashMap<usize, (Node, usize)>,
    nodes: usize,
    errors: Vec<Problem>,
    warnings: Vec<Problem>,
}

/// The result of a step of reading; after an error nothing more is read.
type Step<T> = Result<T, Problem>;

impl<'t> Reader<'t> {
    fn next(&mut self) -> Step<(Event<'t>, Span)> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let marker = *error.marker();
                let message = format!("not valid YAML: {}", error.info());
                Err(problem(Severity::Error, marker.line(), marker.col(), message))
            }
            None => Err(problem(Severity::Error, 1, 0, "the text ends too early".to_owned())),
        }
    }

    fn document(&mut self) -> Step<Node> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_some() => {
                    return Err(at(
                        Severity::Error,
                        span,
                        "a second document starts here; a spec is one document, without `---` in \
                         between",
                    ));
                }
                Event::StreamStart
                | Event::DocumentStart(_)
                | Event::DocumentEnd
                | Event::Nothing => {}
                event => root = Some(self.node(event, span, 0)?),
            }
        }
        root.ok_or_else(|| {
            problem(
                Severity::Error,
                1,
                0,
                "the file is empty; expected an OpenAPI 3.1 document".to_owned(),
            )
        })
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Step<Node> {
        self.nodes += 1;
        if depth > MAX_DEPTH {
            return Err(at(
                Severity::Error,
                span,
                format!("values are nested deeper than {MAX_DEPTH} levels, which is not read"),
            ));
        }
        let before = self.nodes;
        let (value, anchor) = match event {
            Event::Alias(id) => {
                let Some((node, size)) = self.anchors.get(&id) else {
                    return Err(at(
                        Severity::Error,
                        span,
                        "an alias must not stand inside the value that its anchor names",
                    ));
                };
                self.nodes += size;
                if self.nodes > MAX_NODES {
                    return Err(at(
                        Severity::Error,
                        span,
                        "the aliases make the document too large; write fewer of them",
                    ));
                }
                return Ok(node.clone());
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value = match (style, tag) {
                    (_, Some(tag)) if tag.is_yaml_core_schema() && tag.suffix == "str" => {
                        Value::Text(text.into_owned())
                    }
                    (_, Some(tag)) => {
                        self.errors.push(at(
                            Severity::Error,
                            span,
                            format!(
                                "the tag {tag} is not understood; write the value without a tag"
                            ),
                        ));
                        Value::Null
                    }
                    (ScalarStyle::Plain, None) => self.word(&text, span),
                    (_, None) => Value::Text(text.into_owned()),
                };
                (value, anchor)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => items.push(self.node(event, span, depth + 1)?),
                    }
                }
                (Value::List(items), anchor)
            }
            Event::MappingStart(anchor, _) => (self.mapping(depth)?, anchor),
            _ => return Err(at(Severity::Error, span, "this is not valid YAML")),
        };
        let node = Node { value, line: line(span), column: column(span) };
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), self.nodes - before + 1));
        }
        Ok(node)
    }

    fn mapping(&mut self, depth: usize) -> Step<Value> {
        let mut members: Vec<(String, Node)> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let key = match event {
                Event::MappingEnd => break,
                Event::Scalar(text, style, ..) => {
                    if style == ScalarStyle::Plain {
                        if text == "<<" {
                            self.errors.push(at(
                                Severity::Error,
                                span,
                                "merge keys (`<<`) are not part of YAML 1.2; write the members out \
                                 or use an alias as a whole value",
                            ));
                        } else if let Some(meaning) = ambiguity(&text) {
                            self.doubt(&text, meaning, span);
                        }
                    }
                    text.into_owned()
                }
                _ => return Err(at(Severity::Error, span, "a key must be a plain text")),
            };
            let (event, value_span) = self.next()?;
            let mut value = self.node(event, value_span, depth + 1)?;
            value.line = line(span);
            value.column = column(span);
            if let Some((_, first)) = members.iter().find(|(name, _)| *name == key) {
                self.errors.push(at(
                    Severity::Error,
                    span,
                    format!(
                        "the key `{key}` stands twice in this mapping, first in line {}; keep one",
                        first.line
                    ),
                ));
            } else {
                members.push((key, value));
            }
        }
        Ok(Value::Map(members))
    }

    /// An unquoted word.
    fn word(&mut self, text: &str, span: Span) -> Value {
        if let Some(meaning) = ambiguity(text) {
            self.doubt(text, meaning, span);
        }
        resolve(text).unwrap_or_else(|message| {
            self.errors.push(at(Severity::Error, span, message));
            Value::Null
        })
    }

    fn doubt(&mut self, text: &str, meaning: &str, span: Span) {
        self.warnings.push(at(
            Severity::Warning,
            span,
            format!("readers of YAML 1.1 take `{text}` for {meaning}; put it in quotes"),
        ));
    }
}

fn line(span: Span) -> u32 {
    u32::try_from(span.start.line()).unwrap_or(u32::MAX)
}

fn column(span: Span) -> u32 {
    u32::try_from(span.start.col() + 1).unwrap_or(u32::MAX)
}

fn at(severity: Severity, span: Span, message: impl Into<String>) -> Problem {
    problem(severity, span.start.line(), span.start.col(), message.into())
}

fn problem(severity: Severity, line: usize, column: usize, message: String) -> Problem {
    Problem {
        severity,
        line: u32::try_from(line).unwrap_or(u32::MAX),
        column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        path: String::new(),
        message,
    }
}
