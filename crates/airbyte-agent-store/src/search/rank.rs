//! How well records fit a search: BM25 over the records that were found.

use super::index::{alternatives, forms};
use crate::db::{Db, cells};
use crate::error::Result;
use crate::text::Texts;
use crate::words::{is_meant, words};

/// How much a word in a name counts, compared with one in another text.
const WEIGHT_OF_NAMES: f64 = 4.0;

/// How soon more of the same word count less.
const SATURATION: f64 = 1.2;

/// How much long texts count less.
const LENGTH: f64 = 0.75;

/// Most rows that are counted to find out how common a word is.
const MOST_COUNTED: u32 = 10_000;

/// The records that were found, and how often each has the searched words.
pub(super) struct Ranking<'s> {
    searched: Vec<(&'s str, Vec<String>, f64)>,
    /// Weighted number of each word, and length.
    records: Vec<(Vec<f64>, f64)>,
}

impl<'s> Ranking<'s> {
    pub(super) fn new(db: &dyn Db, searched: &[&'s str]) -> Result<Self> {
        let rows = db.number("SELECT CAST(sum(rows) AS bigint) FROM _accounts", Vec::new())?;
        #[expect(clippy::cast_precision_loss, reason = "it is only how common a word is")]
        let rows = rows.unwrap_or_default() as f64;
        let dialect = db.dialect();
        let count = format!(
            "SELECT count(*) FROM (SELECT 1 FROM _text WHERE {} LIMIT {MOST_COUNTED}) AS found",
            dialect.text_matches()
        );
        let searched = searched
            .iter()
            .map(|word| {
                let forms = forms(word);
                let question = alternatives(dialect, None, &[], &forms);
                let having = db.number(&count, cells![question])?.unwrap_or_default();
                let having = f64::from(u32::try_from(having).unwrap_or_default());
                let rarity = (1.0 + (rows - having).max(0.0) / (having + 0.5)).ln().max(0.01);
                Ok((*word, forms, rarity))
            })
            .collect::<Result<_>>()?;
        Ok(Self { searched, records: Vec::new() })
    }

    pub(super) fn add(&mut self, texts: &Texts) {
        let mut counts = vec![0.0; self.searched.len()];
        let mut length = 0.0;
        for (text, weight) in [(&texts.name, WEIGHT_OF_NAMES), (&texts.body, 1.0)] {
            for word in words(text) {
                length += 1.0;
                for ((searched, forms, _), count) in self.searched.iter().zip(&mut counts) {
                    *count += weight * fit(word, searched, forms);
                }
            }
        }
        self.records.push((counts, length));
    }

    /// The scores in the order in which the records were added; greater is better.
    pub(super) fn scores(&self) -> Vec<f64> {
        let total: f64 = self.records.iter().map(|(_, length)| length).sum();
        #[expect(clippy::cast_precision_loss, reason = "there are few records")]
        let average = (total / self.records.len().max(1) as f64).max(1.0);
        let score = |(counts, length): &(Vec<f64>, f64)| {
            let weight = SATURATION * (1.0 - LENGTH + LENGTH * length / average);
            let words = self.searched.iter().zip(counts);
            words
                .map(|((_, _, rarity), count)| {
                    rarity * count * (SATURATION + 1.0) / (count + weight)
                })
                .sum()
        };
        self.records.iter().map(score).collect()
    }
}

/// How much a word of a record counts for a searched one.
fn fit(word: &str, searched: &str, forms: &[String]) -> f64 {
    if word == searched {
        1.0
    } else if forms.iter().any(|form| word.starts_with(form.as_str())) {
        0.8
    } else if is_meant(word, searched) {
        0.5
    } else {
        0.0
    }
}
