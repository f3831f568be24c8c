//! Files that are written into a folder of the operator, so that a model gets their path instead of their
//! bytes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::plain_output::output;
use super::{RunContext, explain};
use crate::decision::PermittedCall;
use crate::error::ToolError;
use crate::output::ToolOutput;
use crate::result::clean;
use airbyte_agent_engine::Error;

/// The longest name of a file without its extension, in bytes.
const LONGEST_NAME: usize = 100;

/// The most names that are tried for files of the same name.
const MOST_NAMES: usize = 10_000;

/// The extensions of common media types.
const EXTENSIONS: [(&str, &str); 18] = [
    ("application/json", "json"),
    ("application/msword", "doc"),
    ("application/pdf", "pdf"),
    ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/zip", "zip"),
    ("audio/mpeg", "mp3"),
    ("image/gif", "gif"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/svg+xml", "svg"),
    ("image/webp", "webp"),
    ("text/csv", "csv"),
    ("text/html", "html"),
    ("text/plain", "txt"),
    ("text/xml", "xml"),
    ("video/mp4", "mp4"),
];

/// Downloads a file into the folder. The name is made of the operation and its arguments; nothing of
/// it comes from the vendor, and an existing file stays as it is.
pub(super) async fn run(
    call: &PermittedCall<'_>,
    context: RunContext<'_>,
    folder: &Path,
) -> Result<ToolOutput, ToolError> {
    let failed = |error| explain::explain(error, call);
    let file = super::engine_call(call, &context.limits).download().await.map_err(failed)?;
    let media_type = file.content_type().map(clean::line).unwrap_or_default();
    let connector = &call.permitted.account().connector().name;
    let entity = &call.permitted.operation().entity;
    let stem = stem(connector, entity, &call.arguments);
    let path = free_path(folder, &stem, extension(&media_type)).map_err(failed)?;
    let most = context.limits.stored_bytes;
    let bytes = file.save_private(&path, most).await.map_err(failed)?;
    let mut data = Map::new();
    data.insert("path".to_owned(), path.display().to_string().into());
    data.insert("bytes".to_owned(), bytes.into());
    if !media_type.is_empty() {
        data.insert("content_type".to_owned(), media_type.into());
    }
    Ok(output(data, Vec::new()))
}

/// The name of a file without its extension: letters, digits, `-` and `_`, whatever the arguments are.
fn stem(connector: &str, entity: &str, arguments: &Map<String, Value>) -> String {
    let mut stem = format!("{connector}-{entity}");
    for value in arguments.values() {
        match value {
            Value::String(text) => stem.push_str(&format!("-{text}")),
            Value::Number(number) => {
                // Writing into a string cannot fail.
                let _ = write!(stem, "-{number}");
            }
            _ => {}
        }
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '_' };
    stem.chars().take(LONGEST_NAME).map(plain).collect()
}

fn extension(media_type: &str) -> &'static str {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    EXTENSIONS.iter().find(|(known, _)| *known == essence).map_or("bin", |(_, extension)| extension)
}

/// A path in the folder that no file has.
fn free_path(folder: &Path, stem: &str, extension: &str) -> Result<PathBuf, Error> {
    let names = (1..MOST_NAMES).map(|number| match number {
        1 => format!("{stem}.{extension}"),
        number => format!("{stem}-{number}.{extension}"),
    });
    // A link counts as a file, wherever it leads.
    let mut paths = names.map(|name| folder.join(name));
    paths.find(|path| path.symlink_metadata().is_err()).ok_or_else(|| {
        Error::usage(format!("the folder {} has too many files of this name", folder.display()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_of_files_lead_nowhere_else() {
        for (arguments, expected) in [
            (json!({"id": 7}), "acme-files-7"),
            (json!({"id": "../../etc/passwd"}), "acme-files-______etc_passwd"),
            (json!({"id": "a\u{0}b\\c:d", "x": null}), "acme-files-a_b_c_d"),
            (json!({"id": "Größe.exe"}), "acme-files-Gr__e_exe"),
        ] {
            let Value::Object(arguments) = arguments else { continue };
            assert_eq!(stem("acme", "files", &arguments), expected);
        }
        let long = Map::from_iter([("id".to_owned(), json!("x".repeat(500)))]);
        assert_eq!(stem("acme", "files", &long).len(), LONGEST_NAME);
        assert_eq!(extension("Text/CSV; charset=utf-8"), "csv");
        assert_eq!(extension("application/x-unknown"), "bin");
    }
}
