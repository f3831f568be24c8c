//! Columns side by side: which of them fit a width, and lines of cells.

use console::{Alignment, Style, measure_text_width, pad_str, truncate_str};

/// Blanks between two columns.
const GAP: usize = 2;
/// Widest column.
const WIDEST: usize = 48;
/// Width to which a column may be cut so that others fit.
const NARROW: usize = 20;
/// The same for columns that somebody asked for.
const NARROWEST: usize = 6;

/// A column with its cells, each a text of one line.
pub(super) struct Column {
    pub(super) title: String,
    pub(super) cells: Vec<String>,
    pub(super) is_number: bool,
}

impl Column {
    /// Columns that it fills when nothing is cut.
    fn natural(&self) -> usize {
        let cells = self.cells.iter().map(|cell| measure_text_width(cell)).max().unwrap_or(0);
        cells.max(measure_text_width(&self.title))
    }
}

/// Widths of as many of the columns as fit, from the first on.
pub(super) fn fit(columns: &[Column], width: usize, insists: bool) -> Vec<usize> {
    let natural: Vec<usize> = columns.iter().map(Column::natural).collect();
    let least = |floor: usize| -> Vec<usize> {
        let title = |index: usize| measure_text_width(&columns[index].title);
        let floor = |index| if insists { floor } else { floor.max(title(index)) };
        natural.iter().enumerate().map(|(index, natural)| (*natural).min(floor(index))).collect()
    };
    let mut least_widths = least(NARROW);
    if insists && total(&least_widths) > width {
        least_widths = least(NARROWEST);
    }
    let mut widths: Vec<usize> = Vec::new();
    for least in least_widths {
        widths.push(least);
        if widths.len() > 1 && total(&widths) > width {
            widths.pop();
            break;
        }
    }
    // What is left goes to those that were cut, the first ones first.
    let mut left = width.saturating_sub(total(&widths));
    for (given, natural) in widths.iter_mut().zip(&natural) {
        let more = (*natural).min(WIDEST).saturating_sub(*given).min(left);
        *given += more;
        left -= more;
    }
    if let [only] = widths.as_mut_slice() {
        *only = natural[0].min(width);
    }
    widths
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

/// The header and a line per row.
pub(super) fn lines(columns: &[Column], widths: &[usize], colours: bool) -> Vec<String> {
    let shown: Vec<(&Column, usize)> = columns.iter().zip(widths.iter().copied()).collect();
    let rows = columns.first().map_or(0, |column| column.cells.len());
    let styled = |style: Style, text: &str| {
        if colours && !text.trim().is_empty() {
            style.force_styling(true).apply_to(text).to_string()
        } else {
            text.to_owned()
        }
    };
    let mut lines = Vec::with_capacity(rows + 1);
    let header = shown.iter().map(|(column, width)| {
        styled(Style::new().bold(), &padded(&column.title, *width, column.is_number))
    });
    lines.push(joined(header));
    for row in 0..rows {
        let cells = shown.iter().enumerate().map(|(index, (column, width))| {
            let text = column.cells.get(row).map_or("", String::as_str);
            let text = padded(text, *width, column.is_number);
            if index == 0 { styled(Style::new().cyan(), &text) } else { text }
        });
        lines.push(joined(cells));
    }
    lines
}

fn padded(text: &str, width: usize, is_number: bool) -> String {
    let side = if is_number { Alignment::Right } else { Alignment::Left };
    let cut = truncate_str(text, width, "…");
    pad_str(&cut, width, side, None).into_owned()
}

fn joined(cells: impl Iterator<Item = String>) -> String {
    let line = cells.collect::<Vec<_>>().join(&" ".repeat(GAP));
    line.trim_end().to_owned()
}
