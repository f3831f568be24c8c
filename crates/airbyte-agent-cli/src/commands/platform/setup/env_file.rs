//! The file of environment variables in which `platform setup` stores the account for later calls.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

use airbyte_agent_core::Error;

use super::report::State;
use crate::dotenv;
use crate::failure::usage_error;

/// Adds the variables that the file does not set. Variables that it sets stay as they are. Returns
/// whether anything was added, and a sentence about it.
pub(super) fn add_variables(
    path: &Path,
    wanted: &[(&str, String)],
) -> Result<(State, String), Error> {
    let failed =
        |error: &dyn std::fmt::Display| usage_error(format!("{}: {error}", path.display()));
    let text = dotenv::read_file(path).map_err(|why| failed(&why))?.unwrap_or_default();
    let existing = dotenv::parse_variables(&text).variables;
    let (mut added, mut different) = (Vec::new(), Vec::new());
    let mut lines = String::new();
    for (name, value) in wanted {
        match existing.get(*name) {
            None => {
                lines.push_str(&format!("{name}={}\n", dotenv::quote_value(value)));
                added.push(*name);
            }
            Some(known) if known != value => different.push(*name),
            Some(_) => {}
        }
    }
    let remark = match different.as_slice() {
        [] => String::new(),
        names => format!("; {} has another value there, which stays", names.join(", ")),
    };
    let path_text = path.display();
    if added.is_empty() {
        return Ok((State::Existed, format!("{path_text} already contains them{remark}")));
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| failed(&error))?;
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    file.write_all(format!("{gap}{lines}").as_bytes()).map_err(|error| failed(&error))?;
    let names = added.join(", ");
    Ok((State::Created, format!("{path_text} got {names}{remark}; keep it out of version control")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn existing_variables_stay() {
        let path = std::env::temp_dir().join(format!("keep-{}.env", std::process::id()));
        std::fs::write(&path, "# mine\nA=other\nB=1").unwrap();
        let wanted = [("A", "1".to_owned()), ("B", "1".to_owned()), ("C", "x y".to_owned())];
        let (state, detail) = add_variables(&path, &wanted).unwrap();
        assert_eq!(state, State::Created);
        assert!(detail.contains("got C") && detail.contains("A has another value"), "{detail}");
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, "# mine\nA=other\nB=1\nC=\"x y\"\n");
        assert_eq!(add_variables(&path, &wanted).unwrap().0, State::Existed);
        std::fs::remove_file(&path).unwrap();
    }
}
