//! `x-agent-sync`: what is inferred, what is read, and what the linter says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use airbyte_agent_description::{
    Action, Connector, ParentValue, SyncDeletions, SyncOrder, SyncRule, SyncSource, SyncTime,
};
use airbyte_agent_spec::Spec;

const FEATURE: &str = include_str!("fixtures/feature.yaml");
const SMALL: &str = include_str!("fixtures/small.yaml");

/// A spec with these lists of invented records: path, entity, members of a record, and `x-agent-sync`.
fn spec(relations: &str, lists: &[(&str, &str, &str, &str)]) -> String {
    let head = SMALL.split("paths:").next().unwrap().replace(
        "  x-agent-entities:\n    users: Somebody.\n",
        &format!("  x-airbyte-entity-relationships: [{relations}]\n"),
    );
    let mut text = format!("{head}paths:\n");
    for (path, entity, members, sync) in lists {
        let arguments: Vec<String> = path
            .split('{')
            .skip(1)
            .map(|rest| rest.split('}').next().unwrap())
            .map(|name| format!("{{name: {name}, in: path, required: true, description: Id., schema: {{type: string}}}}"))
            .collect();
        let members: Vec<String> =
            members.split(' ').map(|name| format!("{name}: {{type: string}}")).collect();
        let sync = if sync.is_empty() { String::new() } else { format!("x-agent-sync: {sync}, ") };
        text += &format!(
            "  {path}:\n    get: {{{sync}operationId: {entity}, summary: S, description: D, x-airbyte-entity: {entity}, \
             x-airbyte-action: list, x-agent-pagination: {{none: All.}}, parameters: [{}], responses: {{'200': {{description: All., \
             content: {{application/json: {{schema: {{type: array, items: {{type: object, properties: {{{}}}}}}}}}}}}}}}}}\n",
            arguments.join(", "),
            members.join(", ")
        );
    }
    text
}

fn lower(text: &str) -> Connector {
    match Spec::parse(text).and_then(|spec| spec.lower()) {
        Ok(connector) => connector,
        Err(problems) => panic!("{text}\n{problems:#?}"),
    }
}

/// What the linter says about copying.
fn problems(text: &str) -> Vec<String> {
    let all = Spec::parse(text).unwrap().lint();
    let own = all.iter().filter(|problem| {
        !problem.message.contains("has no description")
            && !problem.message.contains("preferred-for-check")
            && !problem.message.contains("nothing refers to")
            && !problem.message.starts_with("nothing says where")
            && !problem.message.contains("component")
    });
    own.map(|problem| problem.message.clone()).collect()
}

/// The rule of an entity as one line.
fn show(connector: &Connector, entity: &str) -> String {
    let operations = connector.entity(entity).unwrap().operations.iter();
    let rule = operations.into_iter().find_map(|operation| operation.sync.as_ref());
    match rule {
        None => "none".to_owned(),
        Some(SyncRule::Cannot { reason }) => format!("cannot: {reason}"),
        Some(SyncRule::Source(source)) => show_source(source),
    }
}

fn show_source(source: &SyncSource) -> String {
    let key: Vec<String> = source.key.iter().map(ToString::to_string).collect();
    let mut text = key.join("+");
    for parent in source.parents.iter() {
        for (argument, value) in parent.arguments.iter() {
            text += &match value {
                ParentValue::Member(place) => format!(" {argument}={}{place}", parent.entity),
                ParentValue::Argument(own) => format!(" {argument}={}{{{own}}}", parent.entity),
            };
        }
    }
    if source.per_parent {
        text += " per parent";
    }
    for name in source.needs.iter() {
        text += &format!(" needs {name}");
    }
    text
}

#[test]
fn the_key_is_inferred_where_it_is_safe() {
    let relation = "{source_entity: b, target_entity: a, foreign_key: a_no, target_key: no}";
    for (relations, members, expected) in [
        ("", "name id", "$.id"),
        ("", "Id name", "$.Id"),
        ("", "name", "cannot: nothing says what identifies a record"),
        (relation, "no name", "$.no"),
        (relation, "id no", "$.id"),
        ("{source_entity: b, target_entity: b, foreign_key: p, target_key: gid}", "gid", "$.gid"),
    ] {
        let text = spec(relations, &[("/a", "a", members, ""), ("/b", "b", "id gid", "")]);
        assert_eq!(show(&lower(&text), "a"), expected, "{relations} {members}");
    }
}

#[test]
fn parents_come_out_of_relationships_and_the_deepest_one_knows_the_rest() {
    let relations = "{source_entity: tables, target_entity: bases, foreign_key: base, target_key: id}, \
        {source_entity: rows, target_entity: bases, foreign_key: base, target_key: id}, \
        {source_entity: rows, target_entity: tables, foreign_key: table, target_key: id}, \
        {source_entity: notes, target_entity: bases, foreign_key: b, target_key: id}, \
        {source_entity: notes, target_entity: tables, foreign_key: t, target_key: id}, \
        {source_entity: notes, target_entity: rows, foreign_key: r, target_key: id}, \
        {source_entity: pairs, target_entity: bases, foreign_key: b, target_key: id}, \
        {source_entity: pairs, target_entity: users, foreign_key: u, target_key: id}";
    let text = spec(
        relations,
        &[
            ("/{b}/{t}/{r}/notes", "notes", "id", ""),
            ("/{base}/{table}", "rows", "id", ""),
            ("/{base}/tables", "tables", "id", ""),
            ("/bases", "bases", "id", ""),
            ("/users", "users", "id", ""),
            ("/{b}/pairs/{u}", "pairs", "id", ""),
            ("/find/{q}", "hits", "id", ""),
        ],
    );
    let connector = lower(&text);
    for (entity, expected) in [
        ("bases", "$.id"),
        ("tables", "$.id base=bases$.id per parent"),
        ("rows", "$.id base=tables{base} table=tables$.id per parent"),
        ("notes", "$.id b=rows{base} t=rows{table} r=rows$.id per parent"),
        ("pairs", "cannot: its arguments come from bases and users"),
        ("hits", "$.id needs q"),
    ] {
        assert_eq!(show(&connector, entity), expected, "{entity}");
    }
    let told = problems(&text);
    assert_eq!(told.len(), 1, "{told:#?}");
    assert!(told[0].contains("bases and users, whose records do not belong together"), "{told:#?}");
}

#[test]
fn a_key_means_one_record_of_a_parent_or_of_the_account() {
    let relations = "{source_entity: b, target_entity: a, foreign_key: a, target_key: id}, \
        {source_entity: b_users, target_entity: a, foreign_key: a, target_key: id}";
    let ids = "  x-agent-unique-ids: true\n  x-airbyte-entity-relationships";
    for (account, members, sync, expected) in [
        (false, "id", "", "$.id a=a$.id per parent"),
        (false, "id", "{unique: everywhere}", "$.id a=a$.id"),
        (true, "id", "", "$.id a=a$.id"),
        (true, "id", "{unique: per_parent}", "$.id a=a$.id per parent"),
        (true, "name", "{key: name}", "$.name a=a$.id per parent"),
    ] {
        let lists = [
            ("/a", "a", "id", ""),
            ("/a/{a}", "b", members, sync),
            ("/a/{a}/users", "b_users", "id name", sync),
            ("/users", "users", "id", ""),
        ];
        let text = spec(relations, &lists);
        let text =
            if account { text.replace("  x-airbyte-entity-relationships", ids) } else { text };
        assert_eq!(show(&lower(&text), "b"), expected, "{account} {sync}");
        let told = problems(&text);
        let is_doubtful = account && members == "id" && sync.is_empty();
        assert_eq!(told.len(), usize::from(is_doubtful), "{account} {sync}: {told:#?}");
        let doubt = "`b_users` seems to list records of `users`";
        assert!(told.iter().all(|told| told.starts_with(doubt)), "{told:#?}");
    }
}

#[test]
fn what_needs_records_that_cannot_be_copied_cannot_be_copied_either() {
    let relations = "{source_entity: b, target_entity: a, foreign_key: a, target_key: id}, \
        {source_entity: c, target_entity: d, foreign_key: d, target_key: id}, \
        {source_entity: d, target_entity: c, foreign_key: c, target_key: id}";
    let text = spec(
        relations,
        &[
            ("/a", "a", "id", "{cannot: They vanish.}"),
            ("/a/{a}", "b", "id", ""),
            ("/c/{d}", "c", "id", ""),
            ("/d/{c}", "d", "id", ""),
        ],
    );
    let connector = lower(&text);
    assert_eq!(show(&connector, "a"), "cannot: They vanish.");
    let expected = "cannot: it needs the records of `a`, which cannot be copied: They vanish.";
    assert_eq!(show(&connector, "b"), expected);
    assert!(show(&connector, "c").contains("need each other's records"), "{connector:#?}");
}

#[test]
fn everything_that_the_key_says_is_read() {
    let acme = lower(FEATURE);
    let source = |entity, action| match &acme.operation(entity, action).unwrap().sync {
        Some(SyncRule::Source(source)) => source,
        other => panic!("{entity}: {other:?}"),
    };
    let tasks = source("tasks", Action::List);
    assert_eq!(show_source(tasks), "$.id project_id=projects$.id");
    assert_eq!((&*tasks.arguments[0].0, &*tasks.arguments[0].1.0), ("since", "\"1970-01-01\""));
    let change = tasks.change.as_ref().unwrap();
    assert_eq!((change.format, change.filter_format), (SyncTime::Iso8601, SyncTime::Date));
    assert_eq!((change.order, change.overlap_seconds), (SyncOrder::Ascending, 0));
    assert_eq!((&*change.filter[0].0, &*change.filter[0].1.0), ("since", "\"{since}\""));
    let SyncDeletions::Flag { field, equals: Some(value) } = &tasks.deletions else {
        panic!("{tasks:?}")
    };
    assert_eq!((field.to_string(), &*value.0), ("$.state".to_owned(), "\"deleted\""));
    let created = source("projects", Action::List).change.as_ref().unwrap();
    assert_eq!(&*created.filter[0].1.0, r#"{"gte":"{since}"}"#);
    assert_eq!((created.order, created.overlap_seconds), (SyncOrder::Unknown, 60));
    let members = source("members", Action::Search);
    assert_eq!(show_source(members), "$.email needs q");
    assert_eq!(members.change.as_ref().unwrap().order, SyncOrder::Descending);
    let SyncDeletions::Feed { entity, key } = &source("files", Action::List).deletions else {
        panic!("files")
    };
    assert_eq!((&**entity, key[0].to_string()), ("audit_entries", "$.file_id".to_owned()));
    assert!(matches!(
        source("events", Action::List).deletions,
        SyncDeletions::Flag { equals: None, .. }
    ));
    assert_eq!(show_source(source("settings", Action::List)), "$.key+$.kind");
    assert_eq!(show_source(source("bans", Action::List)), "");
    assert_eq!(show_source(source("labels", Action::List)), "$");
    assert_eq!(show(&acme, "mentions"), "cannot: The vendor forgets mentions after an hour.");
    assert_eq!(show(&acme, "objects"), "none");
    assert!(acme.operation("tasks", Action::Search).unwrap().sync.is_none());
}

#[test]
fn mistakes_in_the_key_are_reported() {
    let relations = "{source_entity: b, target_entity: a, foreign_key: a, target_key: id}";
    for (sync, expected) in [
        ("{key: id}", "`key: $.id` is what is inferred"),
        ("{key: nam}", "the record of `b.list` has no `$.nam`"),
        ("{key: 'a[*]'}", "`a[*]` is no place in a record"),
        ("{parent: {}}", "x-agent-sync has no key `parent`; did you mean `parents`?"),
        ("{cannot: ''}", "say in `cannot` why"),
        ("{cannot: No., key: name}", "what cannot be copied has no other key"),
        ("{parents: {aa: {a: id}}}", "it needs the records of `aa`, which cannot be listed"),
        ("{parents: {a: {x: id}}, needs: [a]}", "`b.list` takes no argument `x`"),
        ("{parents: {a: {a: no}}}", "the record of `a.list` has no `$.no`"),
        ("{parents: {a: {a: '{no}'}}}", "`a.list` takes no argument `no`"),
        ("{arguments: {x: 1}}", "`b.list` takes no argument `x`"),
        ("{unique: here}", "`unique` must be one of per_parent, everywhere"),
        ("{changed: {field: name}}", "changed records can be requested only with `filter`"),
        ("{changed: {field: name, filter: {a: x}}}", "no value of `filter` contains `{since}`"),
        ("{changed: {field: name, filter: x}}", "`b.list` takes no argument `x`"),
        ("{changed: {field: nam, filter: a}}", "the record of `b.list` has no `$.nam`"),
        ("{changed: {field: name, filter: a, format: iso}}", "`format` must be one of iso8601"),
        ("{key: [], changed: {field: name, filter: a}}", "records without a key are all replaced"),
        ("{deleted: {equals: 1}}", "write `field`, and `equals`"),
        ("{deleted: {field: gone}}", "the record of `b.list` has no `$.gone`"),
        ("{unique: everywhere, deleted: {feed: c, key: id}}", "no list gives records of `c`"),
        ("{unique: everywhere, deleted: {feed: a, key: x}}", "the record of `a.list` has no `$.x`"),
        ("{unique: everywhere, deleted: {feed: a, key: [id, id]}}", "`key` of the feed must have"),
        ("{deleted: {feed: a, key: id}}", "the feed does not name the parent of a record"),
    ] {
        let text = spec(relations, &[("/a", "a", "id", ""), ("/a/{a}", "b", "id name", sync)]);
        let told = problems(&text);
        assert!(told.iter().any(|told| told.starts_with(expected)), "{sync}\n{told:#?}");
    }
    let text = FEATURE.replace(
        "      x-airbyte-entity: tasks\n      x-airbyte-action: search\n",
        "      x-airbyte-entity: tasks\n      x-airbyte-action: search\n      x-agent-sync: {key: id}\n",
    );
    assert_eq!(
        problems(&text),
        ["the list of the entity is copied, and not the search; remove `x-agent-sync`"]
    );
}

#[test]
fn filters_name_fields_and_arguments() {
    let feature = lower(FEATURE);
    let list = feature.operation("projects", Action::List).unwrap();
    let [id, created] = list.filters.as_ref() else { panic!("{:#?}", list.filters) };
    assert_eq!(
        (id.field.to_string().as_str(), id.most, id.get.as_deref()),
        ("$.id", 10, Some("id"))
    );
    assert_eq!((id.any_of[0].0.as_ref(), id.any_of[0].1.0.as_ref()), ("ids", r#""{values}""#));
    assert_eq!(created.from[0].1.value(), serde_json::json!({"gte": "{value}"}));
    assert_eq!(created.to[0].1.value(), serde_json::json!({"lt": "{value}"}));
    for (from, to, expected) in [
        (
            "any_of: ids,",
            "any_of: idz,",
            "`projects.list` takes no argument `idz`; did you mean `ids`?",
        ),
        ("get: id, unless", "get: key, unless", "`projects.get` takes no argument `key`"),
        ("created_at: {from", "made_at: {from", "the record of `projects.list` has no `$.made_at`"),
        (
            "from: {created: {gte: '{value}'}}",
            "from: {created: {gte: 1}}",
            "no template contains `{value}`, which stands for the value",
        ),
        (
            "id: {any_of: ids, most: 10, get: id, unless: is_gone}",
            "id: {most: 10}",
            "the filter says nothing; write `equals`, `any_of`, `from`, `to` or `get`",
        ),
        (
            "from: {created: {gte: '{value}'}}",
            "from: created",
            "the argument `created` is an object; write a template, such as {created: {gte: '{value}'}}",
        ),
        (
            "        id: {any_of",
            "        'a[0]': {any_of",
            "`a[0]` is no field of a record; write `id` or `owner.id`",
        ),
    ] {
        let text = FEATURE.replacen(from, to, 1);
        assert_ne!(text, FEATURE, "{from}");
        let found: Vec<String> =
            Spec::parse(&text).unwrap().lint().iter().map(|p| p.message.clone()).collect();
        assert!(found.iter().any(|message| message == expected), "{to}: {found:#?}");
    }
    let text = FEATURE.replacen(
        "      x-airbyte-action: create\n",
        "      x-airbyte-action: create\n      x-agent-filters: {id: id}\n",
        1,
    );
    let found: Vec<_> = Spec::parse(&text).unwrap().lint();
    let expected = "only the list whose records are copied can have it; remove `x-agent-filters`";
    assert!(found.iter().any(|problem| problem.message == expected), "{found:#?}");
}
