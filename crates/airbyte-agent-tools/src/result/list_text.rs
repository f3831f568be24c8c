//! The text of a list that grows record by record until the limits are reached.
//!
//! Every record is written once. From what is counted on the way it follows how long the text of the
//! first so many records is, and the text itself is put together once, when their number is known.

use std::fmt::Write as _;

use serde_json::Value;

use super::format::Format;
use super::render::Supplement;
use super::size::Size;
use super::table::Table;
use crate::limits::ResultLimits;

/// The text of a list, as long as records are added.
#[derive(Debug, Clone)]
pub(crate) struct ListText {
    limits: ResultLimits,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    /// The beginning of a JSON object up to the last record.
    Json {
        text: String,
        size: Size,
        /// For each number of records, from none, where their text ends and its size.
        ends: Vec<(usize, Size)>,
    },
    Table {
        table: Table,
        /// The size of all lines together; the table is no shorter.
        size: Size,
    },
}

impl ListText {
    /// A list without records.
    pub(crate) fn new(format: Format, limits: ResultLimits) -> Self {
        let body = match format {
            Format::Json => {
                let text = "{\"data\":[".to_owned();
                let size = Size::of(&text);
                Body::Json { ends: vec![(text.len(), size.clone())], text, size }
            }
            Format::Tsv | Format::Csv => {
                Body::Table { table: Table::new(format), size: Size::default() }
            }
        };
        Self { limits, body }
    }

    /// Sets other limits, to which what was added is compared from now on.
    pub(crate) fn set_limits(&mut self, limits: ResultLimits) {
        self.limits = limits;
    }

    /// Adds a record.
    pub(crate) fn add(&mut self, record: &Value) {
        match &mut self.body {
            Body::Json { text, size, ends } => {
                let start = text.len();
                let comma = if ends.len() > 1 { "," } else { "" };
                // Writing into a string cannot fail.
                let _ = write!(text, "{comma}{record}");
                size.add(&text[start..]);
                ends.push((text.len(), size.clone()));
            }
            Body::Table { table, size } => {
                size.add(table.add(record));
                size.add("\n");
            }
        }
    }

    /// Whether the records so far are too long, whatever follows them.
    pub(crate) fn is_full(&self) -> bool {
        match &self.body {
            Body::Json { size, ends, .. } => ends.len() > 1 && !size.fits(&self.limits),
            Body::Table { size, .. } => !size.fits(&self.limits),
        }
    }

    /// Whether a result with the first `count` records is within the limits.
    pub(crate) fn fits(&self, count: usize, supplement: &Supplement) -> bool {
        let mut size = match &self.body {
            Body::Json { ends, .. } => match ends.get(count) {
                Some((_, size)) => size.clone(),
                None => return false,
            },
            Body::Table { table, .. } => {
                let mut size = Size::default();
                table.pieces(count, |piece| size.add(piece));
                size
            }
        };
        self.ending(supplement, |piece| size.add(piece));
        size.fits(&self.limits)
    }

    /// The text of a result with the first `count` records.
    pub(crate) fn finish(mut self, count: usize, supplement: &Supplement) -> String {
        let mut text = match &mut self.body {
            Body::Json { text, ends, .. } => {
                let mut text = std::mem::take(text);
                text.truncate(ends.get(count).map_or(text.len(), |(end, _)| *end));
                text
            }
            Body::Table { table, .. } => {
                let mut text = String::new();
                table.pieces(count, |piece| text.push_str(piece));
                text
            }
        };
        self.ending(supplement, |piece| text.push_str(piece));
        text
    }

    /// Passes on what follows the records, piece by piece.
    fn ending(&self, supplement: &Supplement, mut next: impl FnMut(&str)) {
        if let Body::Json { .. } = self.body {
            next("]");
            next(&supplement.json_text());
            return;
        }
        next("\n");
        if supplement.has_meta() {
            next(&format!("\nmeta: {}", supplement.meta));
        }
        if let Some(cursor) = supplement.next_cursor() {
            next(&format!("\nnext_cursor: {cursor}"));
        }
        for note in &supplement.notes {
            next(&format!("\nnote: {note}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_counted_is_what_is_written() {
        let records: Vec<Value> = (0..6)
            .map(
                |n| json!({"id": n, "name": "Näme ".repeat(n), "tags": ["a", n], "x": {"y": null}}),
            )
            .collect();
        let supplement = Supplement {
            meta: json!({"total": 6}),
            next: None,
            handle: None,
            notes: vec!["One.".to_owned(), "Two \"quoted\".".to_owned()],
        };
        for format in [Format::Json, Format::Tsv, Format::Csv] {
            let written = |limits, count| {
                let mut list = ListText::new(format, limits);
                for record in &records {
                    list.add(record);
                }
                (list.fits(count, &supplement), list.finish(count, &supplement))
            };
            for count in 0..=records.len() {
                let (fits, text) = written(ResultLimits::NONE, count);
                assert!(fits);
                let tokens = super::super::tokens::estimate(&text);
                let exactly = ResultLimits::NONE.bytes(text.len()).tokens(tokens);
                assert_eq!(written(exactly, count), (true, text.clone()));
                assert!(!written(exactly.bytes(text.len() - 1), count).0, "{format:?} {count}");
                assert!(!written(exactly.tokens(tokens - 1), count).0, "{format:?} {count}");
                if format == Format::Json {
                    let data = json!(records[..count]);
                    let expected = super::super::render::json(data, supplement.clone());
                    assert_eq!(text, expected.text);
                    assert_eq!(text, expected.structured.to_string());
                }
            }
        }
    }
}
