//! Schemas, and extractors held against them.

use super::check;

#[test]
fn schemas_are_sound() {
    let role = "role: {type: string, description: Role., enum: [admin, guest], default: guest}";
    for (to, expected) in [
        (
            "role: {type: string, enum: [admin], default: gest}",
            "error: the default \"gest\" is not one of the values in `enum`",
        ),
        ("role: {type: string, enum: [admin, 1]}", "error: 1 is not of the type string"),
        ("role: {type: string, enum: [a, a]}", "error: \"a\" stands twice in `enum`"),
        (
            "role: {type: integer, default: '1'}",
            "error: the default \"1\" is not of the type integer",
        ),
        ("role: {type: text}", "error: there is no type `text`"),
        ("role: {type: [string, null]}", "error: write `'null'` in quotes"),
        (
            "role: {type: string, descripton: Role.}",
            "error: `descripton` is no keyword of a schema; did you mean `description`?",
        ),
        (
            "role: {type: string, name: {type: string}}",
            "error: `name` is no keyword of a schema; as a property it belongs under `properties`",
        ),
        ("role: {type: {type: string}}", "error: `type` holds a schema here"),
        (
            "role: {type: string, properties: {}}",
            "error: `properties` needs `type: object`, found string",
        ),
        (
            "role: {properties: {x: {type: string}}}",
            "warning: `properties` needs `type: object` beside it",
        ),
        ("role: {type: array}", "warning: an array needs `items`"),
        (
            "role: {type: object, required: [x], properties: {y: {type: string}}}",
            "error: `x` is required but is no property",
        ),
        ("role: {type: string, required: true}", "error: `required` of a schema is a list"),
        (
            "role: {$ref: '#/components/schemas/Rolle'}",
            "error: there is no component schema `Rolle`",
        ),
        (
            "role: {$ref: '#/components/parameters/X'}",
            "error: `#/components/parameters/X` is no reference",
        ),
        (
            "role: {$ref: '#/components/schemas/User', type: string}",
            "warning: `type` beside `$ref` is not read",
        ),
        (
            "role: {type: integer, minimum: 3, maximum: 1}",
            "error: `minimum` is greater than `maximum`",
        ),
        (
            "role: {type: string, x-airbyte-ai-hints: {}}",
            "warning: `x-airbyte-ai-hints` is only read on component schemas",
        ),
        ("role: string", "error: `role` stands under `properties`, where every entry is a schema"),
    ] {
        check(role, to, &[expected]);
    }
    check(
        "    User:\n",
        "    Lost: {type: object}\n    User:\n",
        &["warning: nothing refers to the schema `Lost`"],
    );
}

#[test]
fn answers_are_held_against_their_schema() {
    check("{cursor: $.cursor}", "{cursor: $.cursr}", &["error: `$.cursr` leads nowhere"]);
    check(
        "{cursor: $.cursor}",
        "{cursor: $.cursor, again: $.cursor}",
        &["warning: `again` is the same as `cursor`"],
    );
    check(
        "{cursor: $.cursor}",
        "{cursor: $..cursor}",
        &["error: `$..cursor` is no source of metadata", "error: `cursor` is no field of"],
    );
    check("record-extractor: $.users", "record-extractor: users", &["error: `users` is no path"]);
    check(
        "record-extractor: $.users",
        "record-extractor: $.cursor",
        &[
            "warning: a list needs a list of records",
            "warning: nothing says what identifies a record of `users`",
        ],
    );
}
