//! Connectors with GraphQL documents, compared with schemas as SDL and as the result of introspection.

use super::{compare, ids, with};

const SPEC: &str = include_str!("graphql.yaml");

/// What follows the fields of users in the spec.
const BORN: &str = "    Born:\n";

const SCHEMA: &str = "
directive @once(key: String!) on FIELD
scalar Date
enum Role { ADMIN GUEST }
interface Node { id: ID! }
type User implements Node { id: ID! name: String role: Role born: Date friends: [User!]! old: Int }
input UserInput { name: String! role: Role tags: [TagInput!] }
input TagInput { label: String! }
type Query { users(first: Int, after: String, role: Role): UserPage }
type UserPage { nodes: [User!]! pageInfo: PageInfo! }
type PageInfo { endCursor: String hasNextPage: Boolean! }
type Mutation { userCreate(input: UserInput!): UserPayload }
type UserPayload { user: User }
";

#[test]
fn documents_are_compared_with_the_schema() {
    assert_eq!(ids(&compare(SPEC, &[("acme.graphql", SCHEMA)])), [""; 0]);
    for (from, to, expected) in [
        ("users(first: Int, after", "users(after", vec!["users.list/document-refused"]),
        (
            "users(first: Int, after: String, role: Role): UserPage",
            "users(first: Int, after: String, role: Role): UserPage @deprecated",
            vec!["users.list/operation-deprecated"],
        ),
        (
            "role: Role): UserPage",
            "role: Role @deprecated): UserPage",
            vec!["users.list/argument-deprecated:role"],
        ),
        (
            "enum Role { ADMIN GUEST }",
            "enum Role { ADMIN OWNER }",
            vec![
                "users.list/enum-narrower:role",
                "users.create/enum-narrower:role",
                "users.list/enum-unknown:role",
                "users.create/enum-unknown:role",
            ],
        ),
        (
            "input UserInput { name: String! role",
            "input UserInput { name: String role",
            vec!["users.create/argument-optional:name"],
        ),
        ("role: Role tags", "role: Role! tags", vec!["users.create/argument-required:role"]),
        (
            "input UserInput { ",
            "input UserInput { team: ID! ",
            vec!["users.create/argument-missing:$input.team"],
        ),
        (
            "role: Role tags: [TagInput!] }",
            "role: Role }",
            vec!["users.create/argument-unknown:$input.tags"],
        ),
        (
            "input TagInput { label: String! }",
            "input TagInput { label: String }",
            vec!["users.create/argument-optional:tags[].label"],
        ),
        (
            "born: Date friends",
            "born: Date @deprecated friends",
            vec!["users.list/field-deprecated:born"],
        ),
        ("born: Date friends", "born: Int friends", vec!["users.list/field-type:born"]),
    ] {
        let report = compare(SPEC, &[("acme.graphql", &with(SCHEMA, from, to))]);
        assert_eq!(ids(&report), expected, "{from} -> {to}");
    }
}

#[test]
fn fields_are_compared_with_what_is_selected() {
    // The list takes a selection, so that callers may select `old`; the creation does not.
    let described =
        with(SPEC, BORN, &format!("        old: {{type: integer, description: Old.}}\n{BORN}"));
    let report = compare(&described, &[("acme.graphql", SCHEMA)]);
    assert_eq!(ids(&report), ["users.create/field-unselected:old"]);
    let unknown =
        with(SPEC, BORN, &format!("        gone: {{type: integer, description: Gone.}}\n{BORN}"));
    let report = compare(&unknown, &[("acme.graphql", SCHEMA)]);
    assert_eq!(ids(&report), ["users.list/field-unknown:gone", "users.create/field-unknown:gone"]);
    let selected = with(SPEC, "user { id name", "user { id name old");
    let report = compare(&selected, &[("acme.graphql", SCHEMA)]);
    assert_eq!(ids(&report), ["users.create/field-missing:old"]);
}

#[test]
fn the_result_of_introspection_says_the_same() {
    // What the query of introspection returns for the part of the schema that is needed.
    let scalar = |name: &str| format!(r#"{{"kind": "SCALAR", "name": "{name}", "ofType": null}}"#);
    let named = |name: &str| format!(r#"{{"kind": "OBJECT", "name": "{name}", "ofType": null}}"#);
    let needed =
        |inner: &str| format!(r#"{{"kind": "NON_NULL", "name": null, "ofType": {inner}}}"#);
    let list = |inner: &str| format!(r#"{{"kind": "LIST", "name": null, "ofType": {inner}}}"#);
    let field = |name: &str, ty: &str| {
        format!(
            r#"{{"name": "{name}", "args": [], "type": {ty}, "isDeprecated": {}}}"#,
            name == "born"
        )
    };
    let input = |name: &str, ty: &str| {
        format!(r#"{{"name": "{name}", "type": {ty}, "defaultValue": null}}"#)
    };
    let role = r#"{"kind": "ENUM", "name": "Role"}"#;
    let users = format!(
        r#"{{"name": "users", "args": [{}, {}, {}], "type": {}}}"#,
        input("first", &scalar("Int")),
        input("after", &scalar("String")),
        input("role", role),
        named("UserPage")
    );
    let create = format!(
        r#"{{"name": "userCreate", "args": [{}], "type": {}}}"#,
        input("input", &needed(r#"{"kind": "INPUT_OBJECT", "name": "UserInput"}"#)),
        named("UserPayload")
    );
    let object = |name: &str, fields: &[String]| {
        format!(
            r#"{{"kind": "OBJECT", "name": "{name}", "interfaces": [], "fields": [{}]}}"#,
            fields.join(",")
        )
    };
    let inputs = |name: &str, fields: &[String]| {
        format!(
            r#"{{"kind": "INPUT_OBJECT", "name": "{name}", "inputFields": [{}]}}"#,
            fields.join(",")
        )
    };
    let tags = list(&needed(r#"{"kind": "INPUT_OBJECT", "name": "TagInput"}"#));
    let types = [
        r#"{"kind": "SCALAR", "name": "Int"}"#.to_owned(),
        r#"{"kind": "SCALAR", "name": "Date"}"#.to_owned(),
        r#"{"kind": "ENUM", "name": "Role", "enumValues": [{"name": "ADMIN"}, {"name": "GUEST"}]}"#
            .to_owned(),
        object("Query", &[users]),
        object("Mutation", &[create]),
        object(
            "UserPage",
            &[field("nodes", &list(&named("User"))), field("pageInfo", &named("PageInfo"))],
        ),
        object(
            "PageInfo",
            &[field("endCursor", &scalar("String")), field("hasNextPage", &scalar("Boolean"))],
        ),
        object("UserPayload", &[field("user", &named("User"))]),
        object(
            "User",
            &[
                field("id", &needed(&scalar("ID"))),
                field("name", &scalar("String")),
                field("role", role),
                field("born", &scalar("Date")),
            ],
        ),
        inputs(
            "UserInput",
            &[input("name", &needed(&scalar("String"))), input("role", role), input("tags", &tags)],
        ),
        inputs("TagInput", &[input("label", &needed(&scalar("String")))]),
    ];
    let text = format!(
        r#"{{"data": {{"__schema": {{"queryType": {{"name": "Query"}}, "mutationType": {{"name": "Mutation"}},
            "directives": [], "types": [{}]}}}}}}"#,
        types.join(",")
    );
    let report = compare(SPEC, &[("acme.introspection.json.gz", &text)]);
    assert_eq!(ids(&report), ["users.list/field-deprecated:born"]);
}
