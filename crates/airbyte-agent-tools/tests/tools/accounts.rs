//! Several accounts, of one connector and of several.

use airbyte_agent_engine::{
    BoxFuture, CheckedCall, Client, Completion, Error, ErrorKind, Reply, Result, Transport,
};
use airbyte_agent_tools::{ClientTools as _, Exposure, Policy, Toolset};
use serde_json::{Value, json};

use crate::library::{EXPOSURES, call, client, description, library};
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
async fn results_name_the_account_where_there_are_several() {
    for exposure in EXPOSURES {
        let (home, work) = (library().await, library().await);
        for (action, params) in [("list", json!({})), ("get", json!({"id": 7}))] {
            let several = two(&home, &work, exposure);
            let account = json!({"account": "work"});
            let (name, arguments) = call(exposure, "books", action, params.clone(), account);
            let output = several.call(&name, arguments).await.unwrap();
            assert_eq!(output.structured["meta"]["account"], "work", "{exposure:?} {action}");
            let (name, arguments) = call(exposure, "books", action, params, json!({}));
            let only = client(&home.url).tools().exposure(exposure);
            let output = only.call(&name, arguments).await.unwrap();
            assert!(output.structured["meta"].get("account").is_none());
        }
    }
}

/// A transport without credentials.
struct Missing;

impl Transport for Missing {
    fn send<'a>(&'a self, _: CheckedCall<'a>) -> BoxFuture<'a, Result<Reply>> {
        Box::pin(std::future::ready(Err(Error::usage("it was sent"))))
    }

    fn completion(&self) -> Result<Completion<'_>> {
        Err(Error::new(ErrorKind::Authentication, "the credentials are missing: LIBRARY_TOKEN"))
    }
}

#[tokio::test]
async fn connectors_without_credentials_are_marked_and_say_what_is_missing() {
    let server = library().await;
    let mut other = description();
    other.name = "archive".into();
    let tools = Toolset::empty()
        .add("archive", Client::new(other, Missing))
        .unwrap()
        .add("library", client(&server.url))
        .unwrap()
        .exposure(Exposure::SearchExecute);
    let found = tools.call("search", json!({"query": "list books"})).await.unwrap();
    let lines: Vec<&str> = found.text.lines().collect();
    let first_of_archive = lines.iter().position(|line| line.starts_with("archive")).unwrap();
    assert!(first_of_archive > 0, "{}", found.text);
    for (index, line) in lines.iter().enumerate() {
        assert_eq!(line.starts_with("archive"), index >= first_of_archive, "{}", found.text);
        assert_eq!(line.ends_with("(not configured)"), index >= first_of_archive);
    }
    let described = json!({"connector": "archive", "entity": "books", "action": "list"});
    let described = tools.call("describe", described).await.unwrap();
    assert!(
        described.text.starts_with("Not configured: the credentials are missing: LIBRARY_TOKEN")
    );
    // Whatever is wrong with the arguments, this comes first.
    let call = json!({"connector": "archive", "entity": "books", "action": "get", "params": {}});
    let error = tools.call("execute", call).await.unwrap_err();
    assert!(error.is_operator_problem() && error.to_string().contains("LIBRARY_TOKEN"), "{error}");
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
