//! Files in bodies: parts of forms, and bodies that are a file.

use airbyte_agent_description::{FileArgument, Operation, Text};

use super::multipart::Part;
use super::{Arguments, Upload};
use crate::request::Request;

/// A part of a form that is a file, and the argument that it belongs to if one declares it.
pub(super) fn part(
    part: Part,
    declared: Option<&FileArgument>,
    arguments: &mut Arguments,
) -> Result<(), String> {
    let name = part.name().unwrap_or_default();
    let Some(declared) = declared else { return Err(format!("the form has no file `{name}`")) };
    let Some(file_name) = part.file_name() else {
        return Err(format!("the part `{name}` has no `filename`, so it is no file"));
    };
    let media_type = part.media_type().to_owned();
    if media_type.is_empty() {
        return Err(format!("the file `{name}` has no content type"));
    }
    let file_name = file_name.replace("%22", "\"");
    set(declared.name.as_ref(), file_name, arguments);
    set_type(declared, &media_type, arguments);
    arguments.upload = Some(Upload { media_type, bytes: part.bytes });
    Ok(())
}

/// A body that is a file.
pub(super) fn raw(
    operation: &Operation,
    request: &Request,
    file: &FileArgument,
    arguments: &mut Arguments,
) -> Result<(), String> {
    let media_type = request.header("content-type").unwrap_or_default().to_owned();
    if media_type.is_empty() {
        let is_required =
            operation.parameter(&file.content).is_some_and(|parameter| parameter.required);
        let problem = is_required.then(|| "the body is missing or has no content type".to_owned());
        return problem.map_or(Ok(()), Err);
    }
    set_type(file, &media_type, arguments);
    arguments.upload = Some(Upload { media_type, bytes: request.body.clone() });
    Ok(())
}

fn set_type(file: &FileArgument, media_type: &str, arguments: &mut Arguments) {
    if media_type != file.default_media_type {
        set(file.media_type.as_ref(), media_type.to_owned(), arguments);
    }
}

/// Sets an argument about a file unless another part of the request has it.
fn set(argument: Option<&Text>, value: String, arguments: &mut Arguments) {
    if let Some(argument) = argument {
        arguments.values.entry(argument.to_string()).or_insert(value.into());
    }
}
