//! How the tools over the store are shown to a model.

use serde_json::{Value, json};

use super::RecordsTool;
use crate::controls::Control;
use crate::definition::{ToolDefinition, ToolHints};
use crate::schema;

/// The hints of tools that read this machine only.
const HINTS: ToolHints =
    ToolHints { read_only: true, destructive: false, idempotent: true, open_world: false };

/// The definition of a tool under this name.
pub(crate) fn definition(tool: RecordsTool, name: String) -> ToolDefinition {
    let text = |description: &str| schema::plain("string", description);
    let control = |control: Control| (control.name().to_owned(), control.schema(), false);
    let (title, description, members) = match tool {
        RecordsTool::Tables => (
            "Tables of copied records",
            "Lists the tables of records that were copied here, with their age. With table: its columns.",
            vec![("table".to_owned(), text("One or more names, with commas."), false)],
        ),
        RecordsTool::Sql => (
            "Query copied records in SQL",
            "Runs one SELECT (SQLite) over copied records: joins, sums and counts across services without calling \
             them. See tables for names.",
            vec![
                ("query".to_owned(), text(""), true),
                control(Control::MaxRecords),
                control(Control::Format),
            ],
        ),
        RecordsTool::Search => (
            "Search copied records",
            "Finds copied records by words, whatever their case, accents, order and small mistakes; or those of a \
             table by filter.",
            vec![
                ("query".to_owned(), text("Words, such as a name."), false),
                ("table".to_owned(), text(""), false),
                ("filter".to_owned(), filter(), false),
                ("sort".to_owned(), text("field or -field, with commas."), false),
                control(Control::Fields),
                control(Control::MaxRecords),
                control(Control::Cursor),
            ],
        ),
    };
    ToolDefinition {
        name,
        title: title.to_owned(),
        description: description.to_owned(),
        input_schema: Value::Object(schema::object(members, false)),
        output_schema: None,
        hints: HINTS,
    }
}

fn filter() -> Value {
    let description = "Such as {\"eq\":{\"state\":\"open\"}}; eq neq gt gte lt lte in contains fuzzy startswith, \
                       and, or, not.";
    json!({"type": "object", "description": description, "additionalProperties": true})
}
