//! A choice of fields can only name what an operation reads anyway: a dot leads into no other entity, and
//! GraphQL text is accepted nowhere.

use airbyte_agent_description::build::{STRING, field_selection, query};
use airbyte_agent_description::{Body, Connector, FieldSelection, Text};
use airbyte_agent_engine::{Client, Credentials, ErrorKind, Local};
use airbyte_agent_tools::{ClientTools as _, Exposure, Toolset};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::library::{EXPOSURES, call, client, client_of, description, library, tools};
use crate::server::Server;

/// Selections that lead to other entities, or are no names.
const ESCAPES: [&str; 12] = [
    "keeper.salary",
    "keeper.account.email",
    "repository.collaborators.nodes.email",
    "id.x",
    "books.title.x",
    "__schema.types.name",
    "__typename",
    "books(first: 5) { title }",
    "id } } mutation { burn",
    "id # ",
    "id a: books(query: \"\"\" \" \"\"\") { title }",
    "... on Admin { token }",
];

/// Tools of a library with another description.
fn changed(server: &Server, change: impl FnOnce(&mut Connector)) -> Toolset {
    let mut connector = description();
    change(&mut connector);
    let options = Local::new(Credentials::new().field("token", "t")).config("origin", &*server.url);
    Client::local(connector, options).unwrap().tools()
}

#[tokio::test]
async fn fields_are_chosen_among_those_of_default_selection_and_records() {
    let server = library().await;
    let client = client(&server.url);
    let tools = client.tools().exposure(Exposure::PerOperation);
    for (fields, expected) in [
        (json!(["color"]), Ok("color")),
        (json!(["color", "keeper.name"]), Ok("color keeper { name }")),
        (json!(["keeper.name[0:5]", "books.title"]), Ok("keeper { name } books { title }")),
        (json!(["books.title", "id"]), Ok("id name books { title }")),
        (
            json!(["colour"]),
            Err("leads to 'colour', which this operation does not read, did you \
                                 mean 'color'?"),
        ),
        (json!(["keeper.nam"]), Err("did you mean 'keeper.name'?")),
        (json!(["keeper.salary"]), Err("leads to 'keeper.salary'")),
        (json!(["zzz"]), Err("; there are: books, color, id, keeper, name")),
    ] {
        let before = server.seen().len();
        let answer = tools.call("library_shelves_list", json!({"fields": fields})).await;
        let seen = server.seen();
        match expected {
            Ok(expected) => {
                answer.unwrap();
                let sent: Value = serde_json::from_str(&seen[before].body).unwrap();
                let query = format!("query {{ shelves {{ {expected} }} }}");
                assert_eq!(sent["query"], query.as_str(), "{fields}");
            }
            Err(part) => {
                let error = answer.unwrap_err();
                assert!(error.message().contains(part), "{fields}: {error}");
                assert_eq!(error.arguments()[0].argument, "fields");
                assert_eq!(seen.len(), before, "{fields}");
            }
        }
    }
    // A person who calls directly may name what the vendor has.
    let direct = json!({"fields": ["keeper.account.email"]});
    client.execute("shelves", "list", direct).await.unwrap();
    assert!(server.seen().last().unwrap().body.contains("keeper { account { email } }"));
}

#[tokio::test]
async fn no_way_to_pass_fields_leads_further() {
    let server = library().await;
    for exposure in EXPOSURES {
        let tools = tools(&server, exposure);
        for escape in ESCAPES {
            let cursor = json!({"o": "shelves.list", "s": {"fields": [escape]}}).to_string();
            let cursor = URL_SAFE_NO_PAD.encode(cursor);
            for (params, controls) in [
                (json!({}), json!({"fields": [escape]})),
                (json!({}), json!({"fields": escape.replace(',', " ")})),
                (json!({"fields": [escape]}), json!({})),
                (json!({"fields": [escape]}), json!({"result_fields": ["id"]})),
                (json!({"fields": ["id", escape]}), json!({"result_fields": ["*"]})),
                (json!({"fields": json!([escape]).to_string()}), json!({"result_fields": "id"})),
                (json!({"fields": escape}), json!({"result_fields": ["id"]})),
                (json!({"fields": {"x": escape}}), json!({"result_fields": ["id"]})),
                (json!({}), json!({"cursor": cursor})),
            ] {
                let (name, arguments) = call(exposure, "shelves", "list", params, controls);
                let said = arguments.to_string();
                let error = tools.call(&name, arguments).await.unwrap_err();
                assert_eq!(error.kind().as_str(), ErrorKind::Validation.as_str(), "{said} {error}");
            }
        }
    }
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn where_nothing_is_known_nothing_is_chosen() {
    let server = library().await;
    for default in [None, Some("id } } mutation { burn"), Some("id (")] {
        let tools = changed(&server, |connector| {
            let operations = connector.entities.to_mut().iter_mut();
            for operation in operations.flat_map(|entity| entity.operations.to_mut()) {
                operation.response.schema = None;
                if let Body::GraphQl(graphql) = &mut operation.body {
                    graphql.default_fields = default.map(Into::into);
                }
            }
        });
        let arguments = json!({"entity": "shelves", "action": "list", "fields": ["id"]});
        let error = tools.call("library", arguments).await.unwrap_err();
        assert!(error.message().contains("'fields' cannot be used here"), "{default:?} {error}");
    }
    assert!(server.seen().is_empty());
}

/// The library whose vendor sends only those fields of books that it is asked for.
fn asking(server: &Server, selection: FieldSelection, default: &[&str]) -> Toolset {
    let mut description = description();
    let books = description.entities.to_mut().iter_mut().find(|entity| entity.name == "books");
    let books = books.unwrap();
    let default: Vec<Text> = default.iter().map(|field| Text::Owned((*field).to_owned())).collect();
    books.default_fields = default.into();
    for operation in books.operations.to_mut().iter_mut() {
        operation.parameters.to_mut().push(query("only", STRING));
        operation.field_selection = Some(selection.clone());
    }
    client_of(&server.url, description).tools().exposure(Exposure::PerOperation)
}

#[tokio::test]
async fn fields_are_handed_to_the_selection_of_the_vendor() {
    let plain = field_selection("only");
    let wrapped = field_selection("only").depth(1).wrap("next,books({fields})");
    for (selection, default, arguments, expected) in [
        (&plain, &[][..], json!({}), "/books"),
        (&plain, &["id", "author.name"], json!({}), "/books?only=id%2Cauthor.name"),
        (&plain, &["id"], json!({"fields": ["title[0:3]"]}), "/books?only=title"),
        (&plain, &["id"], json!({"fields": ["*"]}), "/books"),
        (&plain, &["id"], json!({"only": "state"}), "/books?only=state"),
        (&wrapped, &["author.name"], json!({}), "/books?only=next%2Cbooks%28author%29"),
    ] {
        let server = library().await;
        let tools = asking(&server, selection.clone(), default);
        // Who knows the control need not know the parameter.
        let schema = &tools.definition("library_books_list").unwrap().input_schema;
        assert!(schema["properties"].get("only").is_none(), "{schema}");
        tools.call("library_books_list", arguments.clone()).await.unwrap();
        assert_eq!(server.seen()[0].target, expected, "{arguments}");
    }
}

#[tokio::test]
async fn what_the_caller_selects_at_the_vendor_is_shown() {
    let server = library().await;
    let tools = asking(&server, field_selection("only"), &["id"]);
    let shown = async |arguments: Value| {
        let output = tools.call("library_books_list", arguments).await.unwrap();
        output.structured["data"][0].as_object().unwrap().contains_key("title")
    };
    assert!(!shown(json!({})).await);
    assert!(shown(json!({"only": "id,title"})).await);
    assert!(!shown(json!({"only": "id,title", "fields": ["id"]})).await);
}
