//! Takes the controls out of the arguments of a call.

use serde_json::{Map, Value};

use super::parameters::is_replaced;
use super::{Control, Controls, Encoding};
use crate::error::ToolError;
use crate::result::format::Format;
use airbyte_agent_description::Operation;

impl Controls {
    /// Takes the controls out of the arguments of an operation. Whatever is left belongs to the
    /// operation.
    pub(crate) fn take(
        operation: &Operation,
        arguments: &mut Map<String, Value>,
    ) -> Result<Self, ToolError> {
        let mut controls = Self::default();
        for control in Control::ALL {
            let (name, long_name) = (control.name(), control.long_name());
            let name =
                if arguments.contains_key(long_name) && operation.parameter(long_name).is_none() {
                    long_name
                } else if operation.parameter(name).is_none() || is_replaced(control, operation) {
                    name
                } else {
                    continue;
                };
            if let Some(value) = arguments.remove(name).filter(|value| !value.is_null()) {
                controls.set(control, name, &value)?;
            }
        }
        Ok(controls)
    }

    /// Sets a control from an argument of this name.
    pub(crate) fn set(
        &mut self,
        control: Control,
        name: &str,
        value: &Value,
    ) -> Result<(), ToolError> {
        match control {
            Control::Fields => self.fields = texts(name, value)?,
            Control::ExcludeFields => self.exclude = texts(name, value)?,
            Control::Clear => self.clear = texts(name, value)?,
            Control::Cursor => self.cursor = Some(text(name, value)?).filter(|c| !c.is_empty()),
            Control::MaxRecords => self.max_records = Some(count(name, value)?.max(1)),
            Control::CountOnly => self.count_only = flag(name, value)?,
            Control::DryRun => self.dry_run = flag(name, value)?,
            Control::FromByte => self.from_byte = count(name, value)?,
            Control::MaxBytes => self.max_bytes = Some(count(name, value)?.max(1)),
            Control::Format => {
                self.format = match text(name, value)?.as_str() {
                    "json" | "" => Format::Json,
                    "tsv" => Format::Tsv,
                    "csv" => Format::Csv,
                    other => return Err(none_of(name, other, &["json", "tsv", "csv"])),
                }
            }
            Control::Encoding => {
                self.encoding = match text(name, value)?.as_str() {
                    "" => None,
                    "text" => Some(Encoding::Text),
                    "base64" => Some(Encoding::Base64),
                    other => return Err(none_of(name, other, &["text", "base64"])),
                }
            }
        }
        Ok(())
    }
}

/// The error of a value that is none of those allowed.
fn none_of(name: &str, given: &str, allowed: &[&str]) -> ToolError {
    let given: String = given.chars().take(40).collect();
    ToolError::argument(
        name,
        format!("'{name}' must be one of {}, got '{given}'", allowed.join(", ")),
    )
}

/// The text that an argument of this name is, without blanks around it; empty for `null`.
pub(crate) fn text(name: &str, value: &Value) -> Result<String, ToolError> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.trim().to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(ToolError::argument(name, format!("'{name}' must be a text"))),
    }
}

/// The whole number that an argument of this name is, also when it is written as text.
fn count(name: &str, value: &Value) -> Result<u64, ToolError> {
    let number = match value {
        // Some clients write every number with a fraction.
        Value::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64().filter(|float| float.fract() == 0.0 && *float >= 0.0)?;
            format!("{float:.0}").parse().ok()
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| ToolError::argument(name, format!("'{name}' must be a whole number")))
}

/// The flag that an argument is, also when it is written as text.
fn flag(name: &str, value: &Value) -> Result<bool, ToolError> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::String(text) if text.trim().is_empty() => Ok(false),
        Value::String(text) => text.trim().to_ascii_lowercase().parse().map_err(|_| ()),
        _ => Err(()),
    }
    .map_err(|()| ToolError::argument(name, format!("'{name}' must be true or false")))
}

/// The list of names that an argument is: an array, that array as JSON text, or one text with commas.
pub(crate) fn texts(name: &str, value: &Value) -> Result<Vec<String>, ToolError> {
    let wrong = || ToolError::argument(name, format!("'{name}' must be a list of names"));
    let names: Vec<String> = match value {
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong))
            .collect::<Result<_, _>>()?,
        Value::String(text) if text.trim_start().starts_with('[') => {
            serde_json::from_str(text).map_err(|_| wrong())?
        }
        Value::String(text) => text.split(',').map(str::to_owned).collect(),
        _ => return Err(wrong()),
    };
    Ok(names.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect())
}
