//! The body around records, and the response with it.

use airbyte_agent_description::{Action, ErrorCondition, JsonPath, Step};
use serde_json::{Value, json};

use super::Execution;
use crate::response::Response;
use crate::vendor::files;
use crate::vendor::json_path::{body_with_records, set_at};
use crate::vendor::records::schema_of_data;

impl Execution<'_> {
    /// A body in which the description finds these records.
    pub(super) fn body_around(&self, records: Vec<Value>, is_array: bool) -> Value {
        let path = self.operation.response.records.as_ref();
        let Some(request) = &self.arguments.graphql else {
            return body_with_records(path, records, is_array);
        };
        let data = self.records.surroundings(self.entity(), &schema_of_data(request));
        let mut body = json!({"data": data});
        let Some(path) = path else { return body };
        let each = path.steps.iter().position(|step| *step == Step::Each);
        let (before, after) = path.steps.split_at(each.unwrap_or(path.steps.len()));
        let rest = JsonPath { steps: after.to_vec().into() };
        set_at(&mut body, before, body_with_records(Some(&rest), records, is_array));
        body
    }

    /// The response with this body. `index` is the number of the record where there is one record.
    pub(super) fn response(&self, status: u16, mut body: Value, index: Option<u64>) -> Response {
        self.mark_success(&mut body);
        let is_download = self.operation.action == Action::Download;
        for other in self.siblings.iter().copied().chain([self.operation]) {
            let address = files::address(self.host, &other.entity, index.unwrap_or(0));
            files::write_address(other, self.arguments, &address, &mut body, !is_download);
        }
        Response::json(status, &body)
    }

    /// Changes a generated body so that no error check of the description takes it for a failure.
    fn mark_success(&self, body: &mut Value) {
        let checks = self.description.errors.iter().chain(self.operation.response.errors.iter());
        for check in checks {
            let found = check.path.first(body).cloned();
            match &check.when {
                ErrorCondition::Equals(bad) => {
                    let bad = bad.value();
                    let good = match &bad {
                        Value::Bool(flag) => Value::Bool(!flag),
                        Value::String(_) if found.as_ref() == Some(&bad) => "ok".into(),
                        _ if found.as_ref() == Some(&bad) => Value::Null,
                        _ => continue,
                    };
                    if body.is_object() {
                        set_at(body, &check.path.steps, good);
                    }
                }
                ErrorCondition::NotEmpty
                | ErrorCondition::Alone
                | ErrorCondition::Unless(_)
                | ErrorCondition::Remark(_) => {
                    let empty = match found {
                        Some(Value::Array(_)) => json!([]),
                        Some(Value::Object(_)) => json!({}),
                        Some(Value::String(_)) => json!(""),
                        Some(Value::Bool(_)) => json!(false),
                        Some(Value::Number(_)) => json!(0),
                        _ => continue,
                    };
                    set_at(body, &check.path.steps, empty);
                }
            }
        }
    }
}
