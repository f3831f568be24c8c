//! Writes the outcome of a run as a text for people.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Outcome, Run};

/// The shares of documents for which times and memory are given.
const SHARES: [(&str, f64); 4] = [("half", 0.5), ("95 %", 0.95), ("99 %", 0.99), ("all", 1.0)];

/// The limits that a document should keep: milliseconds, and KiB.
const LIMITS: (f64, u64) = (1000.0, 100 * 1024);

/// How many of the documents that need the most time and memory are named.
const NAMED: usize = 5;

/// How many documents were read, why others were not, and what reading takes.
pub fn table(run: &Run) -> String {
    let all = run.documents.len();
    let read: Vec<_> = run.documents.iter().filter(|(_, one)| one.refused.is_none()).collect();
    let mut text = String::new();
    let share = percent(read.len(), all);
    let _ = writeln!(text, "{} of {all} documents are read ({share})", read.len());
    let operations: usize = read.iter().map(|(_, one)| one.operations).sum();
    let warned = read.iter().filter(|(_, one)| one.warnings > 0).count();
    let warnings: usize = read.iter().map(|(_, one)| one.warnings).sum();
    let _ = writeln!(text, "{operations} operations, {warnings} warnings in {warned} documents");
    refused(run, &mut text);
    kinds(&read, &mut text);
    if read.is_empty() {
        return text;
    }
    let _ = writeln!(
        text,
        "\n{:<10} {:>12} {:>12} {:>12}",
        "documents", "reading, ms", "memory, MiB", "opening, ms"
    );
    let column = |value: fn(&Outcome) -> f64| {
        let mut column: Vec<f64> = read.iter().map(|(_, one)| value(one)).collect();
        column.sort_by(f64::total_cmp);
        column
    };
    let times = column(|one| one.milliseconds);
    let memory = column(|one| mebibytes(one.peak));
    let opening = column(|one| one.opening);
    for (name, share) in SHARES {
        let row = [&times, &memory, &opening].map(|column| at(column, share));
        let _ = writeln!(text, "{name:<10} {:>12.1} {:>12.1} {:>12.1}", row[0], row[1], row[2]);
    }
    let within = |one: &Outcome| one.milliseconds <= LIMITS.0 && one.peak <= LIMITS.1;
    let good = read.iter().filter(|(_, one)| within(one)).count();
    let _ = writeln!(
        text,
        "within 1 s and 100 MiB: {} of the documents read",
        percent(good, read.len())
    );
    let exhausted: usize = read.iter().map(|(_, one)| one.exhausted).sum();
    let _ = writeln!(text, "operations whose schemas are too many to open: {exhausted}");
    let mut largest = read.clone();
    largest.sort_by_key(|(_, one)| std::cmp::Reverse(one.peak));
    for (name, one) in largest.iter().take(NAMED) {
        let _ =
            writeln!(text, "{name}: {:.0} ms, {:.0} MiB", one.milliseconds, mebibytes(one.peak));
    }
    text
}

/// The reasons for which documents were refused, with the documents.
fn refused(run: &Run, text: &mut String) {
    let all = run.documents.iter().filter_map(|(name, one)| Some((name, one.refused.as_ref()?)));
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (name, reason) in all {
        reasons.entry(general(reason)).or_default().push(name);
    }
    for (reason, names) in reasons {
        let _ = writeln!(text, "refused, {}: {reason}", names.len());
        for name in names {
            let _ = writeln!(text, "    {name}");
        }
    }
}

/// The kinds of first warnings, the most frequent first.
fn kinds(read: &[&(String, Outcome)], text: &mut String) {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for warning in read.iter().filter_map(|(_, one)| one.first_warning.as_ref()) {
        let kind = warning.split_once(" warning: ").map_or(warning.as_str(), |(_, rest)| rest);
        let kind = kind.split_once(" (at ").map_or(kind, |(message, _)| message);
        *kinds.entry(general(kind)).or_default() += 1;
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    for (kind, number) in kinds {
        let _ = writeln!(text, "first warning of {number}: {kind}");
    }
}

/// A message without the names, values and places in it.
fn general(message: &str) -> String {
    let mut parts = message.split('`');
    let mut text = parts.next().unwrap_or_default().to_owned();
    while let (Some(_), Some(after)) = (parts.next(), parts.next()) {
        text.push('…');
        text.push_str(after);
    }
    let text = text.split_once(".json: ").map_or(text.as_str(), |(_, rest)| rest);
    text.chars().map(|letter| if letter.is_ascii_digit() { '#' } else { letter }).collect()
}

#[expect(clippy::cast_precision_loss, reason = "for people to read")]
fn mebibytes(kibibytes: u64) -> f64 {
    kibibytes as f64 / 1024.0
}

#[expect(clippy::cast_precision_loss, reason = "for people to read")]
fn percent(part: usize, whole: usize) -> String {
    format!("{:.2} %", 100.0 * part as f64 / whole.max(1) as f64)
}

/// The value that this share of the sorted values does not exceed.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index of a list"
)]
fn at(sorted: &[f64], share: f64) -> f64 {
    let index = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(index.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_counted_by_what_became_of_them() {
        let good = |milliseconds, peak| Outcome {
            milliseconds,
            peak,
            operations: 2,
            ..Outcome::default()
        };
        let bad = |reason: &str| Outcome::failed(reason.to_owned());
        let run = Run {
            documents: vec![
                ("a".to_owned(), good(1.0, 1024)),
                ("b".to_owned(), good(2000.0, 1024)),
                ("c".to_owned(), bad("c.json: no `x` in line 7")),
                ("d".to_owned(), bad("d.json: no `y` in line 8")),
            ],
        };
        let table = table(&run);
        for expected in [
            "2 of 4 documents are read (50.00 %)",
            "4 operations",
            "refused, 2: no … in line #\n    c\n    d\n",
            "half                1.0          1.0",
            "all              2000.0          1.0",
            "within 1 s and 100 MiB: 50.00 %",
        ] {
            assert!(table.contains(expected), "{expected}\n{table}");
        }
    }
}
