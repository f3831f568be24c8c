//! Several accounts, of one connector and of several.

use airbyte_agent_tools::{Exposure, Policy, Toolset};
use serde_json::{Value, json};

use crate::library::{EXPOSURES, call, client, library};
use crate::server::Server;

fn two(home: &Server, work: &Server, exposure: Exposure) -> Toolset {
    Toolset::empty()
        .add("home", client(&home.url))
        .unwrap()
        .add_with("work", client(&work.url), Policy::default().read_only())
        .unwrap()
        .exposure(exposure)
}

#[tokio::test]
async fn the_account_is_chosen_by_name() {
    for exposure in EXPOSURES {
        let (home, work) = (library().await, library().await);
        let tools = two(&home, &work, exposure);
        for (account, expected) in [("home", (1, 0)), ("work", (1, 1))] {
            let (name, arguments) =
                call(exposure, "books", "get", json!({"id": 7}), json!({"account": account}));
            tools.call(&name, arguments.clone()).await.unwrap();
            assert_eq!((home.seen().len(), work.seen().len()), expected);
            let target = tools.plan(&name, arguments).unwrap().target().unwrap();
            assert_eq!((target.account, target.operation.place().as_str()), (account, "books.get"));
        }
        for (controls, said) in [
            (json!({}), "'account' must say which is meant: home, work"),
            (json!({"account": "wrok"}), "there is no account 'wrok', did you mean 'work'"),
        ] {
            let (name, arguments) = call(exposure, "books", "get", json!({"id": 7}), controls);
            let error = tools.call(&name, arguments).await.unwrap_err();
            assert!(error.to_string().contains(said), "{error}");
        }
        assert_eq!((home.seen().len(), work.seen().len()), (1, 1));
    }
}

#[tokio::test]
async fn each_account_keeps_to_its_own_policy() {
    for exposure in EXPOSURES {
        let (home, work) = (library().await, library().await);
        let tools = two(&home, &work, exposure);
        let delete =
            |controls: Value| call(exposure, "books", "delete", json!({"id": 7}), controls);
        let (name, arguments) = delete(json!({"account": "work"}));
        let error = tools.call(&name, arguments).await.unwrap_err();
        assert_eq!(error.kind().as_str(), "not_permitted", "{error}");
        // Where only one may, it is the one that is meant.
        let (name, arguments) = delete(json!({}));
        tools.call(&name, arguments).await.unwrap();
        assert_eq!((home.seen().len(), work.seen().len()), (1, 0));
    }
}

#[test]
fn definitions_offer_the_accounts_that_may() {
    let tools = Toolset::empty()
        .add("home", client("http://127.0.0.1:1"))
        .unwrap()
        .add_with("work", client("http://127.0.0.1:1"), Policy::default().read_only())
        .unwrap();
    let shown = |exposure| tools.clone().exposure(exposure).definitions();
    for (name, accounts) in
        [("library_books_get", json!(["home", "work"])), ("library_books_create", json!(["home"]))]
    {
        let shown = shown(Exposure::PerOperation);
        let tool = shown.iter().find(|tool| tool.name == name).unwrap();
        assert_eq!(tool.input_schema["properties"]["account"]["enum"], accounts);
    }
    let connector = &shown(Exposure::PerConnector)[0];
    assert_eq!(connector.input_schema["properties"]["account"]["enum"], json!(["home", "work"]));
    let execute = &shown(Exposure::SearchExecute)[2];
    let said = execute.input_schema["properties"]["account"]["description"].as_str().unwrap();
    assert_eq!(said, "Which account. library: home, work.");
}

#[test]
fn names_of_accounts_are_unique() {
    let once = Toolset::empty().add("a", client("http://127.0.0.1:1")).unwrap();
    assert!(once.clone().add("a", client("http://127.0.0.1:1")).is_err());
    assert!(once.add(" ", client("http://127.0.0.1:1")).is_err());
}
