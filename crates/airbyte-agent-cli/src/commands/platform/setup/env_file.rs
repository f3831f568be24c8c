//! The file of environment variables in which `platform setup` stores the account for later calls.

#[cfg(unix)]
use std::fs::Permissions;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use airbyte_agent_core::Error;

use super::report::State;
use crate::dotenv;
use crate::failure::{unwritable, usage_error};

/// Checks that the file can be read, and written if it exists.
pub(super) fn check(path: &Path) -> Result<(), Error> {
    let text =
        dotenv::read_file(path).map_err(|why| usage_error(format!("{}: {why}", path.display())))?;
    if text.is_some() {
        let opened = OpenOptions::new().append(true).open(path);
        opened.map_err(|error| unwritable(path, &error))?;
    }
    Ok(())
}

/// Makes a file that others may read private, because a secret is added to it. Returns a remark about that.
#[cfg(unix)]
fn make_private(file: &File) -> io::Result<&'static str> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = file.metadata()?.permissions().mode();
    #[allow(clippy::verbose_bit_mask, reason = "modes are read in octal")]
    if mode & 0o077 == 0 {
        return Ok("");
    }
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(", and only you may read it now (mode 0600)")
}

/// Other systems keep other users out of a user's folders by themselves.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "as on Unix")]
fn make_private(_: &File) -> io::Result<&'static str> {
    Ok("")
}

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
    let mut file = options.open(path).map_err(|error| unwritable(path, &error))?;
    let private = make_private(&file).map_err(|error| unwritable(path, &error))?;
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let written = file.write_all(format!("{gap}{lines}").as_bytes());
    written.map_err(|error| unwritable(path, &error))?;
    let names = added.join(", ");
    let advice = "keep it out of version control";
    Ok((State::Created, format!("{path_text} got {names}{private}{remark}; {advice}")))
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
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = || std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(), 0o600);
            std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
            let (_, detail) = add_variables(&path, &[("D", "1".to_owned())]).unwrap();
            assert_eq!(mode(), 0o600);
            assert!(detail.contains("only you may read it now"), "{detail}");
        }
        std::fs::remove_file(&path).unwrap();
    }
}
