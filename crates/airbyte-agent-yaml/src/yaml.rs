//! Reads YAML from the events of a parser.

use std::collections::HashMap;
use std::marker::PhantomData;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use crate::manner::{Findings, Manner, problem};
use crate::node::Value;
use crate::problem::{Problem, Severity};
use crate::scalar::{ambiguity, resolve};
use crate::tree::{Mark, Members, Tree};
use crate::{Document, MAX_DEPTH};

/// The largest number of nodes that aliases may add, because aliases of aliases multiply without
/// limit.
const MOST_COPIES: usize = 500_000;

/// Reads the one document that `text` holds.
pub(crate) fn read<T: Tree>(
    text: &str,
    manner: Manner,
    expected: &str,
) -> Result<Document<T>, Vec<Problem>> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        anchors: HashMap::new(),
        nodes: 0,
        copies: 0,
        findings: Findings::new(manner),
        tree: PhantomData,
    };
    let root = reader.document(expected);
    let mut findings = reader.findings;
    match root {
        Ok(root) if findings.errors.is_empty() => {
            Ok(Document { root, warnings: findings.into_warnings() })
        }
        Ok(_) => Err(findings.errors),
        Err(stop) => {
            findings.errors.push(stop);
            Err(findings.errors)
        }
    }
}

struct Reader<'t, T: Tree> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    /// Anchored nodes with their size in nodes.
    anchors: HashMap<usize, (T, usize)>,
    nodes: usize,
    /// The number of nodes that aliases have added.
    copies: usize,
    findings: Findings,
    tree: PhantomData<T>,
}

/// The result of a step of reading. Nothing is read after an error.
type Step<T> = Result<T, Problem>;

impl<'t, T: Tree> Reader<'t, T> {
    fn next(&mut self) -> Step<(Event<'t>, Span)> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let marker = *error.marker();
                let message = format!("not valid YAML: {}", error.info());
                let (line, column) = (number(marker.line()), number(marker.col() + 1));
                Err(problem(Severity::Error, line, column, message))
            }
            None => Err(problem(Severity::Error, 1, 1, "the text ends too early")),
        }
    }

    fn document(&mut self, expected: &str) -> Step<T> {
        let mut root = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_some() => {
                    if self.findings.is_lenient() {
                        self.warn(span, "a second document starts here; only the first is read");
                        break;
                    }
                    return Err(at(
                        span,
                        "a second document starts here; expected one document, without `---` in \
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
        let is_empty = || format!("the file is empty; expected {expected}");
        root.ok_or_else(|| problem(Severity::Error, 1, 1, is_empty()))
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Step<T> {
        self.nodes += 1;
        if depth > MAX_DEPTH {
            return Err(at(
                span,
                format!("values are nested deeper than {MAX_DEPTH} levels, which is not read"),
            ));
        }
        let before = self.nodes;
        let mark = mark(span);
        let (node, anchor) = match event {
            Event::Alias(id) => return self.alias(id, span),
            Event::Scalar(text, style, anchor, tag) => {
                let value = match tag {
                    Some(tag) => self.tagged(&tag, &text, span),
                    None if style == ScalarStyle::Plain => self.word(&text, span),
                    None => Value::Text(text.into_owned()),
                };
                (T::scalar(value, mark), anchor)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => items.push(self.node(event, span, depth + 1)?),
                    }
                }
                items.shrink_to_fit();
                (T::list(items, mark), anchor)
            }
            Event::MappingStart(anchor, _) => (T::map(self.mapping(depth)?, mark), anchor),
            _ => return Err(at(span, "this is not valid YAML")),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), self.nodes - before + 1));
        }
        Ok(node)
    }

    fn alias(&mut self, id: usize, span: Span) -> Step<T> {
        let Some((node, size)) = self.anchors.get(&id) else {
            return Err(at(span, "an alias must not stand inside the value that its anchor names"));
        };
        self.nodes += size;
        self.copies += size;
        if self.copies > MOST_COPIES {
            return Err(at(span, "the aliases make the document too large; write fewer of them"));
        }
        Ok(node.clone())
    }

    /// The meaning of a value with a tag, which only a text may have.
    fn tagged(&mut self, tag: &Tag, text: &str, span: Span) -> Value {
        if tag.is_yaml_core_schema() && tag.suffix == "str" {
            return Value::Text(text.to_owned());
        }
        if self.findings.is_lenient() {
            self.warn(
                span,
                format!("the tag {tag} is not understood; the value is read without it"),
            );
            return self.word(text, span);
        }
        self.error(span, format!("the tag {tag} is not understood; write the value without a tag"));
        Value::Null
    }

    fn mapping(&mut self, depth: usize) -> Step<Members<T>> {
        let mut members = Members::default();
        let mut merged = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let key = match event {
                Event::MappingEnd => break,
                Event::Scalar(text, style, ..) => {
                    if style == ScalarStyle::Plain {
                        if text == "<<" {
                            let (event, value_span) = self.next()?;
                            merged.push((self.node(event, value_span, depth + 1)?, span));
                            continue;
                        }
                        if let Some(meaning) = ambiguity(&text) {
                            self.doubt(&text, meaning, span);
                        }
                    }
                    text.into_owned()
                }
                _ => return Err(at(span, "a key must be a plain text")),
            };
            let (event, value_span) = self.next()?;
            let value = self.node(event, value_span, depth + 1)?;
            let shown = key.clone();
            if let Some(first) = members.insert(key, value, mark(span)) {
                self.double(&shown, first, span);
            }
        }
        // Members of the mapping itself take precedence over members that are merged into it.
        for (value, span) in merged {
            if !self.findings.is_lenient() {
                self.error(
                    span,
                    "merge keys (`<<`) are not part of YAML 1.2; write the members out or use an alias as a \
                     whole value",
                );
            } else if !T::merge(&mut members, &value) {
                self.warn(span, "only mappings can be merged; the key `<<` is left out");
            }
        }
        Ok(members)
    }

    fn double(&mut self, key: &str, first: u32, span: Span) {
        if self.findings.is_lenient() {
            let message =
                format!("the key `{key}` stands twice in this mapping; the last one counts");
            self.warn(span, message);
        } else {
            let message = format!(
                "the key `{key}` stands twice in this mapping, first in line {first}; keep one"
            );
            self.error(span, message);
        }
    }

    /// The value of an unquoted word.
    fn word(&mut self, text: &str, span: Span) -> Value {
        if let Some(meaning) = ambiguity(text) {
            self.doubt(text, meaning, span);
        }
        match resolve(text) {
            Ok(value) => value,
            Err(message) if self.findings.is_lenient() => {
                self.warn(span, format!("{message}; it is read as a text"));
                Value::Text(text.to_owned())
            }
            Err(message) => {
                self.error(span, message);
                Value::Null
            }
        }
    }

    /// Warns that other readers take a word for something else, if the reader is strict, because
    /// its author can put it in quotation marks.
    fn doubt(&mut self, text: &str, meaning: &str, span: Span) {
        if !self.findings.is_lenient() {
            self.warn(
                span,
                format!("readers of YAML 1.1 take `{text}` for {meaning}; put it in quotes"),
            );
        }
    }

    fn warn(&mut self, span: Span, message: impl Into<String>) {
        let mark = mark(span);
        self.findings.warn(mark.line, mark.column, message);
    }

    fn error(&mut self, span: Span, message: impl Into<String>) {
        let mark = mark(span);
        self.findings.error(mark.line, mark.column, message);
    }
}

fn number(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn mark(span: Span) -> Mark {
    Mark { line: number(span.start.line()), column: number(span.start.col() + 1) }
}

fn at(span: Span, message: impl Into<String>) -> Problem {
    let mark = mark(span);
    problem(Severity::Error, mark.line, mark.column, message)
}
