//! Files that `-p NAME=@PATH` passes as arguments.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use airbyte_agent_core::Error;
use airbyte_agent_core::description::FileArgument;
use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderStringWriter;
use serde_json::{Map, Value};

use crate::failure::validation_error;

/// The most bytes of a file that is passed as an argument: it is held in memory.
const LARGEST_FILE: u64 = 256 * 1024 * 1024;

/// Sets the content of a file, and its name unless the caller gives another one with `arguments`.
pub(crate) fn set(
    file: &FileArgument,
    path: &str,
    arguments: &mut Map<String, Value>,
) -> Result<(), Error> {
    let path = Path::new(path);
    let failed = |error: io::Error| {
        validation_error(format!(
            "-p {}=@… cannot read {}: {error}; for a text that begins with @ write {}:= and the text in JSON",
            file.content,
            path.display(),
            file.content
        ))
    };
    let content = if file.is_base64 {
        in_base64(path, LARGEST_FILE).map_err(failed)?
    } else {
        as_text(path, LARGEST_FILE).map_err(failed)?
    };
    arguments.insert(file.content.to_string(), Value::String(content));
    let own_name = path.file_name().and_then(|name| name.to_str());
    if let (Some(argument), Some(own_name)) = (&file.name, own_name) {
        arguments.entry(argument.to_string()).or_insert_with(|| own_name.into());
    }
    Ok(())
}

/// The content of a file in base64. It is encoded as it is read, because it may be large.
fn in_base64(path: &Path, most: u64) -> io::Result<String> {
    let mut file = open(path, most)?;
    let size = usize::try_from(file.get_ref().metadata()?.len()).unwrap_or_default();
    let text = String::with_capacity((size / 3 + 1) * 4);
    let mut writer = EncoderStringWriter::from_consumer(text, &STANDARD);
    io::copy(&mut file, &mut writer)?;
    check_end(&file, most)?;
    Ok(writer.into_inner())
}

fn as_text(path: &Path, most: u64) -> io::Result<String> {
    let mut file = open(path, most)?;
    let mut text = String::new();
    let read = file.read_to_string(&mut text);
    // The last character may have been cut.
    check_end(&file, most)?;
    read.map(|_| text)
}

/// Opens a file of at most so many bytes. A device may have no size and never end, so that it is not read
/// further than one byte more.
fn open(path: &Path, most: u64) -> io::Result<io::Take<File>> {
    let file = File::open(path)?;
    if file.metadata()?.len() > most {
        return Err(too_long(most));
    }
    Ok(file.take(most + 1))
}

fn check_end(file: &io::Take<File>, most: u64) -> io::Result<()> {
    if file.limit() == 0 { Err(too_long(most)) } else { Ok(()) }
}

fn too_long(most: u64) -> io::Error {
    let message =
        format!("it is longer than {} MiB, the most that can be sent", most / (1024 * 1024));
    io::Error::new(io::ErrorKind::FileTooLarge, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    #[test]
    #[cfg(unix)]
    fn a_device_that_never_ends_is_refused() {
        let path = Path::new("/dev/zero");
        for error in [in_base64(path, MIB).unwrap_err(), as_text(path, MIB).unwrap_err()] {
            assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
            assert!(error.to_string().contains("longer than 1 MiB"), "{error}");
        }
    }

    #[test]
    fn files_up_to_the_limit_are_read() {
        let path = std::env::temp_dir().join(format!("airbyte-agent-{}", std::process::id()));
        std::fs::write(&path, "abc").unwrap();
        let found = (in_base64(&path, 3).unwrap(), as_text(&path, 3).unwrap());
        let errors = (in_base64(&path, 2).unwrap_err(), as_text(&path, 2).unwrap_err());
        std::fs::remove_file(&path).unwrap();
        assert_eq!(found, ("YWJj".to_owned(), "abc".to_owned()));
        assert_eq!(errors.0.kind(), errors.1.kind());
    }
}
