//! Files that `-p NAME=@PATH` passes as arguments.

use std::fs::File;
use std::io;
use std::path::Path;

use airbyte_agent_core::Error;
use airbyte_agent_core::description::FileArgument;
use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderStringWriter;
use serde_json::{Map, Value};

use crate::failure::validation_error;

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
        in_base64(path).map_err(failed)?
    } else {
        std::fs::read_to_string(path).map_err(failed)?
    };
    arguments.insert(file.content.to_string(), Value::String(content));
    let own_name = path.file_name().and_then(|name| name.to_str());
    if let (Some(argument), Some(own_name)) = (&file.name, own_name) {
        arguments.entry(argument.to_string()).or_insert_with(|| own_name.into());
    }
    Ok(())
}

/// The content of a file in base64. It is encoded as it is read, because it may be large.
fn in_base64(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let size = usize::try_from(file.metadata()?.len()).unwrap_or_default();
    let text = String::with_capacity((size / 3 + 1) * 4);
    let mut writer = EncoderStringWriter::from_consumer(text, &STANDARD);
    io::copy(&mut file, &mut writer)?;
    Ok(writer.into_inner())
}
