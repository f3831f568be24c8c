//! Figures as a table for people.

use super::{Accepted, Figure};

/// A line for each figure: its value, the accepted one, the difference, and the values from which
/// it was computed.
pub fn table(run: &[Figure], accepted: &Accepted) -> String {
    let width = run.iter().map(|figure| figure.name.len()).max().unwrap_or_default();
    let mut text =
        format!("{:<width$} {:>10} {:>10} {:>8}\n", "figure", "measured", "accepted", "change");
    for figure in run {
        text.push_str(&line(figure, accepted, width));
        text.push('\n');
    }
    text
}

fn line(figure: &Figure, accepted: &Accepted, width: usize) -> String {
    let before = accepted.figures.get(&figure.name).copied();
    let shown = |value: f64| match figure.unit.as_str() {
        "ratio" => format!("{value:.3}"),
        unit => format!("{value:.1} {unit}"),
    };
    let accepted = before.map_or_else(|| "–".to_owned(), shown);
    let (measured, change, parts) = match &figure.value {
        Ok(value) => {
            let change = before.map_or_else(String::new, |before| {
                format!("{:+.1} %", (value / before - 1.0) * 100.0)
            });
            (shown(*value), change, figure.parts.as_str())
        }
        Err(why) => ("–".to_owned(), String::new(), why.as_str()),
    };
    let name = &figure.name;
    format!("{name:<width$} {measured:>10} {accepted:>10} {change:>8}  {parts}")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_figure_stands_beside_the_accepted_one() {
        let figure = |name: &str, unit: &str, value| Figure {
            name: name.to_owned(),
            unit: unit.to_owned(),
            what: String::new(),
            value,
            parts: "parts".to_owned(),
        };
        let run = [
            figure("list", "ratio", Ok(0.9)),
            figure("start", "ms", Ok(12.34)),
            figure("count", "ratio", Err("valgrind must be installed".to_owned())),
        ];
        let accepted = Accepted { figures: BTreeMap::from([("list".to_owned(), 1.2)]) };
        assert_eq!(
            table(&run, &accepted),
            "figure   measured   accepted   change\n\
             list       0.900      1.200  -25.0 %  parts\n\
             start    12.3 ms          –           parts\n\
             count          –          –           valgrind must be installed\n"
        );
    }
}
