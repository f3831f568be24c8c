//! `x-agent-filters`: the fields and arguments in it exist, and its templates have a place for the value.

use airbyte_agent_description::{
    Action, Connector, FieldFilter, Json, Kind, Operation, Step, SyncRule, Text,
};

use crate::lower::{self, Cx, FILTERS, Op, Walk, record_node};
use crate::names::hint;
use airbyte_agent_yaml::Node;

pub(super) fn check(cx: &Cx<'_>, connector: &Connector) {
    for op in lower::operations(cx.root) {
        let Some(node) = op.node.get(FILTERS) else { continue };
        let entity = op.entity();
        let found = lower::source(cx, connector, &entity);
        let found = found.map(|(operation, _)| operation).filter(|o| Some(o.action) == op.action);
        let Some(operation) = found else {
            let message = "only the list whose records are copied can have it; remove";
            cx.report.error(node, format!("{message} `{FILTERS}`"));
            continue;
        };
        if matches!(operation.sync, Some(SyncRule::Cannot { .. })) {
            cx.report.error(node, format!("its records cannot be copied; remove `{FILTERS}`"));
        }
        for ((_, node), filter) in node.members().iter().zip(operation.filters.iter()) {
            Check { cx, connector, operation, op, node }.filter(filter);
        }
    }
}

struct Check<'c, 'a> {
    cx: &'c Cx<'a>,
    connector: &'c Connector,
    operation: &'c Operation,
    op: Op<'a>,
    node: &'a Node,
}

impl Check<'_, '_> {
    fn filter(&self, filter: &FieldFilter) {
        let field = &filter.field;
        let records = self.operation.response.records.as_ref();
        let record = record_node(self.cx, self.op, self.operation.action, records);
        let computed =
            |name: &str| self.operation.response.transform.iter().any(|t| t.field == name);
        let is_computed = matches!(field.steps.as_ref(), [Step::Key(name)] if computed(name));
        if !is_computed
            && record.is_some_and(|record| matches!(self.cx.walk(record, field), Walk::Nowhere))
        {
            self.report(&format!("the record of `{}` has no `{field}`", self.operation.place()));
        }
        for (arguments, mark) in [
            (&filter.equals, "{value}"),
            (&filter.any_of, "{values}"),
            (&filter.from, "{value}"),
            (&filter.to, "{value}"),
        ] {
            self.arguments(arguments, mark);
        }
        if let Some(name) = &filter.get {
            self.get(name);
        }
        if filter.unless.is_some() && filter.get.is_none() {
            self.report("`unless` is about records that `get` finds; write `get`, or remove it");
        }
        let all = [&filter.equals, &filter.any_of, &filter.from, &filter.to];
        if filter.get.is_none() && all.iter().all(|arguments| arguments.is_empty()) {
            self.report("the filter says nothing; write `equals`, `any_of`, `from`, `to` or `get`");
        }
    }

    fn arguments(&self, arguments: &[(Text, Json)], mark: &str) {
        for (name, template) in arguments {
            self.takes(self.operation, name);
            let kinds = self.operation.parameter(name).map(|known| known.schema.kinds.as_ref());
            let is_plain = template.0 == format!("\"{mark}\"");
            if is_plain && kinds == Some(&[Kind::Object]) {
                self.report(&format!(
                    "the argument `{name}` is an object; write a template, such as {{{name}: {{gte: '{mark}'}}}}"
                ));
            }
        }
        let has_mark = arguments.iter().any(|(_, template)| template.0.contains(mark));
        if !arguments.is_empty() && !has_mark {
            self.report(&format!("no template contains `{mark}`, which stands for the value"));
        }
    }

    fn get(&self, name: &str) {
        let entity = &self.operation.entity;
        let Some(get) = self.connector.operation(entity, Action::Get) else {
            self.report(&format!("there is no operation `{entity}.get`"));
            return;
        };
        self.takes(get, name);
    }

    fn takes(&self, operation: &Operation, name: &str) {
        if operation.parameter(name).is_none() {
            let known = operation.parameters.iter().map(|parameter| parameter.name.as_ref());
            let hint = hint(name, known);
            self.report(&format!("`{}` takes no argument `{name}`{hint}", operation.place()));
        }
    }

    fn report(&self, message: &str) {
        self.cx.report.error(self.node, message);
    }
}
