//! The figures of the last accepted run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Error, Figure};

const PATH: &str = "xtask/bench.toml";

/// Figures by name, rounded to three decimals.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The values of the figures, in their units.
    pub figures: BTreeMap<String, f64>,
}

impl Accepted {
    /// Reads the file in `xtask`. If it is missing, there are no accepted figures.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or understood.
    pub fn read(root: &Path) -> Result<Self, Error> {
        let path = path(root);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(path).map_err(|error| wrong(&error))?;
        toml::from_str(&text).map_err(|error| wrong(&error))
    }

    /// Accepts what a run has measured. Figures that it did not measure stay unchanged.
    pub fn accept(&mut self, run: &[Figure]) {
        for figure in run {
            if let Ok(value) = figure.value {
                self.figures.insert(figure.name.clone(), (value * 1000.0).round() / 1000.0);
            }
        }
    }

    /// Writes the file in `xtask`.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn write(&self, root: &Path) -> Result<(), Error> {
        fs::write(path(root), self.text()).map_err(|error| wrong(&error))
    }

    fn text(&self) -> String {
        let mut text =
            "# Figures of the last accepted run, written by `cargo xtask bench --accept`.\n\n\
                        [figures]\n"
                .to_owned();
        for (name, value) in &self.figures {
            text.push_str(&format!("\"{name}\" = {value:.3}\n"));
        }
        text
    }
}

fn path(root: &Path) -> PathBuf {
    root.join(PATH)
}

fn wrong(error: &dyn std::fmt::Display) -> Error {
    Error::Accepted { path: PATH.to_owned(), message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(name: &str, value: Result<f64, String>) -> Figure {
        let (unit, what, parts) = ("ratio".to_owned(), String::new(), String::new());
        Figure { name: name.to_owned(), unit, what, value, parts }
    }

    #[test]
    fn accepting_keeps_what_was_not_measured() {
        let mut accepted =
            Accepted { figures: BTreeMap::from([("a/b".to_owned(), 1.5), ("c".to_owned(), 2.0)]) };
        accepted.accept(&[
            figure("a/b", Ok(0.98765)),
            figure("c", Err("valgrind is missing".to_owned())),
            figure("d", Ok(31.0)),
        ]);
        let expected = BTreeMap::from([
            ("a/b".to_owned(), 0.988),
            ("c".to_owned(), 2.0),
            ("d".to_owned(), 31.0),
        ]);
        assert_eq!(accepted.figures, expected);
        assert_eq!(toml::from_str::<Accepted>(&accepted.text()).unwrap(), accepted);
    }
}
