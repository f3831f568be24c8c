//! The form in which records are shown to a model.

use serde_json::{Map, Value};

use super::notes::Notes;
use super::select::Field;
use super::shown_fields::ShownFields;
use super::{clean, compact, cut, secrets, select, twins};
use airbyte_agent_description::Text;

/// The name that stands for every field.
pub(crate) const ALL: &str = "*";

/// What is shown of every record.
#[derive(Debug, Clone)]
pub(crate) struct View {
    /// The fields that the call names; none leaves the choice to `default`.
    fields: Vec<Field>,
    /// Whether the call asks for every field.
    all: bool,
    /// The fields that the call leaves out.
    exclude: Vec<String>,
    /// The fields that the operator hides.
    withheld: Vec<String>,
    default: DefaultFields,
    /// Length in characters beyond which a text is cut, unless the call names its field.
    longest_text: usize,
}

/// What is shown of a record when the call names no fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DefaultFields {
    /// The fields that tell most, at most this many.
    Best(usize),
    /// Everything that is not empty.
    NotEmpty,
    /// Everything, also what is empty.
    All,
}

impl View {
    /// The view that a call asks for with the names of fields to be shown and to be left out.
    pub(crate) fn new(
        fields: &[String],
        exclude: &[String],
        default: DefaultFields,
        longest_text: usize,
    ) -> Self {
        let all = fields.iter().any(|name| name == ALL);
        let named = if all { &[] } else { fields };
        let fields = named.iter().map(|name| Field::parse(name)).collect();
        Self { fields, all, exclude: exclude.to_vec(), withheld: Vec::new(), default, longest_text }
    }

    /// The same view without fields that the operator hides.
    pub(crate) fn withholding(self, fields: &[&str]) -> Self {
        Self { withheld: fields.iter().map(|&field| field.to_owned()).collect(), ..self }
    }

    /// The same view with another choice where the call names no fields.
    pub(crate) fn with_default(&self, default: DefaultFields) -> Self {
        Self { default, ..self.clone() }
    }

    /// Whether the call says which fields are shown.
    pub(crate) fn is_explicit(&self) -> bool {
        self.all || !self.fields.is_empty()
    }

    /// Removes secrets, hidden characters and the fields that the call leaves out. It is done once,
    /// before records are shown. `schema` is that of one record, where it is known.
    pub(crate) fn prepare(&self, records: &mut [Value], schema: Option<&Value>, notes: &mut Notes) {
        for record in records {
            for path in &self.withheld {
                if select::exclude(record, path) {
                    notes.add_withheld(path);
                }
            }
            secrets::remove(record, schema, "", notes);
            notes.add_hidden_characters(clean::value(record));
            for path in &self.exclude {
                select::exclude(record, path);
            }
        }
    }

    /// Whether fields have to be chosen, for which the schema of a record is needed.
    pub(crate) fn needs_choice(&self) -> bool {
        matches!(self.default, DefaultFields::Best(_)) && !self.is_explicit()
    }

    /// Chooses the fields that are shown of these records when the call names none: those that the
    /// description gives for the `entity`, or else those that tell most, by `schema`, which is that of one
    /// record where it is known, and by the records.
    pub(crate) fn choose(
        &self,
        records: &[Value],
        entity: &[Text],
        schema: Option<&Value>,
    ) -> ShownFields {
        let DefaultFields::Best(most) = self.default else { return ShownFields::default() };
        if !self.needs_choice() {
            return ShownFields::default();
        }
        let given = ShownFields::of_names(entity.iter().map(Text::as_ref));
        // An operation may answer with records of another form, which have none of these fields.
        if entity.is_empty() || !records.iter().any(|record| given.are_in(record)) {
            return ShownFields::choose(records, schema, most);
        }
        given
    }

    /// The record as it is shown.
    pub(crate) fn show(&self, record: Value, fields: &ShownFields, notes: &mut Notes) -> Value {
        if !self.fields.is_empty() {
            let mut selected = Value::Object(Map::new());
            for field in &self.fields {
                if select::select(&record, field, &mut selected) {
                    notes.add_found(field.path());
                }
            }
            return selected;
        }
        let mut record = match self.default {
            DefaultFields::All => record,
            _ if self.all => record,
            DefaultFields::NotEmpty => without_twins(compact::without_empties(record), notes),
            DefaultFields::Best(_) => fields.of_record(record, notes),
        };
        cut::texts(&mut record, self.longest_text, "", notes);
        record
    }

    /// Notes the fields that the call names and no record has.
    pub(crate) fn note_missing(&self, notes: &mut Notes) {
        for field in &self.fields {
            if !notes.has_found(field.path()) {
                notes.add_missing(field.path());
            }
        }
    }
}

/// The record with one of two fields that say the same.
fn without_twins(mut record: Value, notes: &mut Notes) -> Value {
    let Some(members) = record.as_object_mut() else { return record };
    let names: Vec<&str> = members.keys().map(String::as_str).collect();
    let worse: Vec<String> = twins::worse(&names).into_iter().map(str::to_owned).collect();
    for name in worse {
        members.shift_remove(&name);
        notes.add_omitted(&name);
    }
    record
}
