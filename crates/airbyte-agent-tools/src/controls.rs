//! The arguments that steer a call and its result and are no parameters of the operation.

use serde_json::{Map, Value};

use super::error::ToolError;
use super::result::table::Format;
use super::schema;
use airbyte_agent_description::{Action, Kind, Location, Next, Operation, Parameter};
use airbyte_agent_engine::selection::{ARGUMENT, chosen_by};

/// What a caller wishes besides the operation's own arguments.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Controls {
    /// Fields wanted, none for the usual ones.
    pub(super) fields: Vec<String>,
    /// Fields not wanted.
    pub(super) exclude: Vec<String>,
    /// How lists are written.
    pub(super) format: Format,
    /// Where the list goes on.
    pub(super) cursor: Option<String>,
    /// Records wanted.
    pub(super) max_records: Option<u64>,
    /// Parameters to be sent as an explicit `null`.
    pub(super) clear: Vec<String>,
    /// First byte of a file.
    pub(super) from_byte: u64,
    /// Bytes of a file.
    pub(super) max_bytes: Option<u64>,
    /// How a file is written, none for what fits.
    pub(super) encoding: Option<Encoding>,
}

/// How the bytes of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Text,
    Base64,
}

/// One of the [`Controls`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Control {
    Fields,
    ExcludeFields,
    Format,
    Cursor,
    MaxRecords,
    Clear,
    FromByte,
    MaxBytes,
    Encoding,
}

impl Control {
    pub(super) const ALL: [Self; 9] = [
        Self::Fields,
        Self::ExcludeFields,
        Self::Format,
        Self::Cursor,
        Self::MaxRecords,
        Self::Clear,
        Self::FromByte,
        Self::MaxBytes,
        Self::Encoding,
    ];

    /// The name where the operation has no parameter of that name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Fields => "fields",
            Self::ExcludeFields => "exclude_fields",
            Self::Format => "format",
            Self::Cursor => "cursor",
            Self::MaxRecords => "max_records",
            Self::Clear => "clear",
            Self::FromByte => "from_byte",
            Self::MaxBytes => "max_bytes",
            Self::Encoding => "encoding",
        }
    }

    /// The name that always works.
    pub(super) fn long_name(self) -> String {
        format!("result_{}", self.name())
    }

    /// The name among the arguments of this operation.
    pub(super) fn name_for(self, operation: &Operation) -> String {
        let taken = operation
            .parameter(self.name())
            .is_some_and(|parameter| !is_hidden(operation, parameter));
        if taken { self.long_name() } else { self.name().to_owned() }
    }

    /// Whether it means something for the operation.
    pub(super) fn fits(self, operation: &Operation) -> bool {
        let download = operation.action == Action::Download;
        match self {
            Self::Fields | Self::ExcludeFields => !download && operation.action != Action::Delete,
            Self::Format | Self::MaxRecords | Self::Cursor => operation.action.is_array(),
            Self::Clear => operation.parameters.iter().any(is_clearable),
            Self::FromByte | Self::MaxBytes | Self::Encoding => download,
        }
    }

    /// What a model is told of it.
    pub(super) fn schema(self) -> Value {
        match self {
            Self::Fields => schema::texts("Fields to return, dotted names; [\"*\"] for all."),
            Self::ExcludeFields => schema::texts("Fields to leave out."),
            Self::Format => schema::choice(&["json", "tsv", "csv"], ""),
            Self::Cursor => schema::plain("string", "next_cursor of the result before."),
            Self::MaxRecords => schema::plain("integer", "Most records to return."),
            Self::Clear => schema::texts("Parameters to set to null."),
            Self::FromByte => schema::plain("integer", "First byte wanted, from 0."),
            Self::MaxBytes => schema::plain("integer", "Most bytes wanted."),
            Self::Encoding => schema::choice(&["text", "base64"], ""),
        }
    }
}

impl Controls {
    /// Takes the controls out of the arguments of an operation; what is left belongs to the
    /// operation.
    pub(super) fn take(
        operation: &Operation,
        arguments: &mut Map<String, Value>,
    ) -> Result<Self, ToolError> {
        let mut controls = Self::default();
        for control in Control::ALL {
            let long = control.long_name();
            let name = if arguments.contains_key(&long) && operation.parameter(&long).is_none() {
                long
            } else if operation.parameter(control.name()).is_none()
                || is_replaced(control, operation)
            {
                control.name().to_owned()
            } else {
                continue;
            };
            if let Some(value) = arguments.remove(&name).filter(|value| !value.is_null()) {
                controls.set(control, &name, &value)?;
            }
        }
        Ok(controls)
    }

    /// Sets a control.
    pub(super) fn set(
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
            Control::FromByte => self.from_byte = count(name, value)?,
            Control::MaxBytes => self.max_bytes = Some(count(name, value)?.max(1)),
            Control::Format => {
                self.format = match text(name, value)?.as_str() {
                    "json" | "" => Format::Json,
                    "tsv" => Format::Tsv,
                    "csv" => Format::Csv,
                    other => return Err(one_of(name, other, &["json", "tsv", "csv"])),
                }
            }
            Control::Encoding => {
                self.encoding = match text(name, value)?.as_str() {
                    "" => None,
                    "text" => Some(Encoding::Text),
                    "base64" => Some(Encoding::Base64),
                    other => return Err(one_of(name, other, &["text", "base64"])),
                }
            }
        }
        Ok(())
    }
}

/// A control takes the place of the operation's own parameter of that name, which it feeds.
fn is_replaced(control: Control, operation: &Operation) -> bool {
    operation.parameter(control.name()).is_some_and(|p| is_hidden(operation, p))
}

/// Whether a parameter chooses the fields of a GraphQL document.
fn is_selection(operation: &Operation, parameter: &Parameter) -> bool {
    chosen_by(operation).is_some()
        && !parameter.required
        && parameter.name == ARGUMENT
        && parameter.schema.kinds.contains(&Kind::Array)
}

/// Whether a model need not know a parameter, because a control does its work.
pub(super) fn is_hidden(operation: &Operation, parameter: &Parameter) -> bool {
    if is_selection(operation, parameter) {
        return true;
    }
    if parameter.required || !operation.action.is_array() {
        return false;
    }
    let name = &parameter.name;
    let is_size = operation.paging.size.as_ref().is_some_and(|size| size.parameter == *name);
    is_size
        || match &operation.paging.next {
            Next::None { .. } => false,
            Next::Link { feed, .. } => feed.iter().any(|(_, into)| into == name),
            Next::Cursor { into, .. }
            | Next::LastRecord { into, .. }
            | Next::Offset { into, .. }
            | Next::Page { into, .. } => into == name,
        }
}

/// The operation's own parameter that chooses fields, if it has one.
pub(super) fn own_selection(operation: &Operation) -> Option<&Parameter> {
    operation.parameter(Control::Fields.name()).filter(|parameter| {
        parameter.location != Location::Body
            && parameter.schema.kinds.iter().any(|kind| matches!(kind, Kind::Array | Kind::String))
    })
}

/// Whether a parameter can be emptied by an explicit `null`.
pub(super) fn is_clearable(parameter: &Parameter) -> bool {
    !parameter.required
        && parameter.schema.nullable
        && !parameter.schema.kinds.is_empty()
        && matches!(parameter.location, Location::Body | Location::GraphQl)
}

fn one_of(name: &str, given: &str, allowed: &[&str]) -> ToolError {
    let given: String = given.chars().take(40).collect();
    ToolError::argument(
        name,
        format!("'{name}' must be one of {}, got '{given}'", allowed.join(", ")),
    )
}

pub(super) fn text(name: &str, value: &Value) -> Result<String, ToolError> {
    match value {
        Value::Null => Ok(String::new()),
        Value::String(text) => Ok(text.trim().to_owned()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(ToolError::argument(name, format!("'{name}' must be a text"))),
    }
}

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

/// A list of names: an array, or one text with commas between them, or that array as JSON text.
fn texts(name: &str, value: &Value) -> Result<Vec<String>, ToolError> {
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
