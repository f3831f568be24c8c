//! The layout of a table: which columns fit into a width, and the lines of their cells.

use console::{Alignment, Style, measure_text_width, pad_str, truncate_str};

/// Number of blanks between two columns.
const GAP: usize = 2;
/// Width that a column does not exceed.
const WIDEST: usize = 48;
/// Width to which a column may be shortened so that other columns fit.
const NARROW: usize = 20;
/// The same for columns that the user has selected.
const NARROWEST: usize = 6;

/// A column of a table. Each cell is a text on a single line.
pub(super) struct Column {
    pub(super) title: String,
    pub(super) cells: Vec<String>,
    pub(super) is_number: bool,
}

impl Column {
    /// The width at which no cell is shortened.
    fn natural_width(&self) -> usize {
        let cells = self.cells.iter().map(|cell| measure_text_width(cell)).max().unwrap_or(0);
        cells.max(measure_text_width(&self.title))
    }
}

/// The widths of as many columns as fit, beginning with the first. With `selected`, the user chose
/// the columns: they become narrower before any of them is left out.
pub(super) fn column_widths(columns: &[Column], width: usize, selected: bool) -> Vec<usize> {
    let natural: Vec<usize> = columns.iter().map(Column::natural_width).collect();
    let least = |floor: usize| -> Vec<usize> {
        let title = |index: usize| measure_text_width(&columns[index].title);
        let floor = |index| if selected { floor } else { floor.max(title(index)) };
        natural.iter().enumerate().map(|(index, natural)| (*natural).min(floor(index))).collect()
    };
    let mut least_widths = least(NARROW);
    if selected && total_width(&least_widths) > width {
        least_widths = least(NARROWEST);
    }
    let mut widths: Vec<usize> = Vec::new();
    for least in least_widths {
        widths.push(least);
        if widths.len() > 1 && total_width(&widths) > width {
            widths.pop();
            break;
        }
    }
    // The remaining width goes to the columns that were shortened, from the first on.
    let mut remaining = width.saturating_sub(total_width(&widths));
    for (given, natural) in widths.iter_mut().zip(&natural) {
        let more = (*natural).min(WIDEST).saturating_sub(*given).min(remaining);
        *given += more;
        remaining -= more;
    }
    if let [only] = widths.as_mut_slice() {
        *only = natural[0].min(width);
    }
    widths
}

fn total_width(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1)
}

/// The line of the header and one line per row.
pub(super) fn table_lines(columns: &[Column], widths: &[usize], colours: bool) -> Vec<String> {
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
        styled(Style::new().bold(), &padded_cell(&column.title, *width, column.is_number))
    });
    lines.push(joined_cells(header));
    for row in 0..rows {
        let cells = shown.iter().enumerate().map(|(index, (column, width))| {
            let text = column.cells.get(row).map_or("", String::as_str);
            let text = padded_cell(text, *width, column.is_number);
            if index == 0 { styled(Style::new().cyan(), &text) } else { text }
        });
        lines.push(joined_cells(cells));
    }
    lines
}

fn padded_cell(text: &str, width: usize, is_number: bool) -> String {
    let side = if is_number { Alignment::Right } else { Alignment::Left };
    let cut = truncate_str(text, width, "…");
    pad_str(&cut, width, side, None).into_owned()
}

fn joined_cells(cells: impl Iterator<Item = String>) -> String {
    let line = cells.collect::<Vec<_>>().join(&" ".repeat(GAP));
    line.trim_end().to_owned()
}
