//! `bench`: runs the benchmarks and shows their figures next to those of the last accepted run,
//! which are in `xtask/bench.toml`. The command does not judge figures: people have to explain or
//! accept one that has grown.

mod accepted;
mod build;
mod figures;
mod table;

use std::path::Path;

pub use self::accepted::Accepted;
pub use self::table::table;

/// One figure of a run. Smaller values are better for all figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The name, such as `list/time/1-thread`.
    pub name: String,
    /// The unit, which is `ratio` for a ratio.
    pub unit: String,
    /// A description of what was measured.
    pub what: String,
    /// The value, or the reason why there is none.
    pub value: Result<f64, String>,
    /// The values from which it was computed.
    pub parts: String,
}

/// The reason why there are no figures at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program could not be started.
    #[error("cannot run {program}: {source}")]
    Run {
        /// The program.
        program: String,
        /// The message of the operating system.
        source: std::io::Error,
    },
    /// The benchmarks could not be built.
    #[error("the benchmarks cannot be built: {0}")]
    Build(String),
    /// No figure has a name that contains one of the given texts.
    #[error("no figure fits; there are:\n{0}")]
    NoFigure(String),
    /// The accepted figures cannot be read or written.
    #[error("{path}: {message}")]
    Accepted {
        /// The file.
        path: String,
        /// What is wrong with it.
        message: String,
    },
}

/// Measures the figures whose names contain one of `filters`, or all of them when there is no
/// filter, and passes each on as soon as it is known. Times of builds are measured only when
/// `builds` is set.
///
/// # Errors
///
/// When the benchmarks cannot be built or no figure matches the filters. A figure that cannot be
/// measured, for example because valgrind is missing, is not an error of the run.
pub fn run(
    root: &Path,
    filters: &[String],
    builds: bool,
    mut say: impl FnMut(&Figure),
) -> Result<Vec<Figure>, Error> {
    let fits = |name: &str| filters.is_empty() || filters.iter().any(|part| name.contains(part));
    let mut measured = Vec::new();
    let mut known = Vec::new();
    let mut note = |figure: Figure| {
        say(&figure);
        measured.push(figure);
    };
    let mut programs = figures::Programs::build(root)?;
    let listed = programs.list()?;
    if listed.iter().any(|listed| listed.needs_program && fits(&listed.figure.name)) {
        programs.build_program(root)?;
    }
    for figure in listed.into_iter().map(|listed| listed.figure) {
        known.push(figure.name.clone());
        if fits(&figure.name) {
            note(programs.measure(figure));
        }
    }
    if builds {
        for build in build::BUILDS {
            known.push(build.name.to_owned());
            if fits(build.name) {
                note(build::measure(root, build));
            }
        }
    }
    if measured.is_empty() { Err(Error::NoFigure(known.join("\n"))) } else { Ok(measured) }
}
