//! The file of environment variables that keeps the account for the next time.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use airbyte_agent_core::Error;

use super::report::State;
use crate::dotenv;
use crate::failure::usage;

/// Adds the variables that the file does not set. What it sets stays, whatever it is.
pub(super) fn keep(path: &Path, wanted: &[(&str, String)]) -> Result<(State, String), Error> {
    let failed = |error: &dyn std::fmt::Display| usage(format!("{}: {error}", path.display()));
    let text = dotenv::text(path).map_err(|why| failed(&why))?.unwrap_or_default();
    let there = dotenv::parse(&text).variables;
    let (mut added, mut other) = (Vec::new(), Vec::new());
    let mut lines = String::new();
    for (name, value) in wanted {
        match there.get(*name) {
            None => {
                lines.push_str(&format!("{name}={}\n", dotenv::quoted(value)));
                added.push(*name);
            }
            Some(known) if known != value => other.push(*name),
            Some(_) => {}
        }
    }
    let kept = match other.as_slice() {
        [] => String::new(),
        names => format!("; {} has another value there, which stays", names.join(", ")),
    };
    let shown = path.display();
    if added.is_empty() {
        return Ok((State::Existed, format!("{shown} has it all{kept}")));
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| failed(&error))?;
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    file.write_all(format!("{gap}{lines}").as_bytes()).map_err(|error| failed(&error))?;
    let names = added.join(", ");
    Ok((State::Created, format!("{shown} got {names}{kept}; keep it out of version control")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays() {
        let path = std::env::temp_dir().join(format!("keep-{}.env", std::process::id()));
        std::fs::write(&path, "# mine\nA=other\nB=1").unwrap();
        let wanted = [("A", "1".to_owned()), ("B", "1".to_owned()), ("C", "x y".to_owned())];
        let (state, detail) = keep(&path, &wanted).unwrap();
        assert_eq!(state, State::Created);
        assert!(detail.contains("got C") && detail.contains("A has another value"), "{detail}");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "# mine\nA=other\nB=1\nC=\"x y\"\n");
        assert_eq!(keep(&path, &wanted).unwrap().0, State::Existed);
        std::fs::remove_file(&path).unwrap();
    }
}
