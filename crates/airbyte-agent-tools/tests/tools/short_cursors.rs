//! Short handles in the place of cursors: lists are read to their end by them, and they are good in their session only.

use airbyte_agent_engine::{Client, Credentials, Local};
use airbyte_agent_tools::{
    ClientTools as _, Exposure, ResultLimits, ToolError, ToolOutput, Toolset, estimate_tokens,
};
use serde_json::{Value, json};

use crate::library::{BOOKS, EXPOSURES, call, client, description, library, tools};

async fn run(
    tools: &Toolset,
    session: u64,
    short: bool,
    (name, arguments): (String, Value),
) -> Result<ToolOutput, ToolError> {
    let plan = tools.plan(&name, arguments)?.in_session(session);
    if short { plan.short_cursors().run().await } else { plan.run().await }
}

fn books(exposure: Exposure, cursor: Option<&str>, params: Value) -> (String, Value) {
    let controls = cursor.map_or(json!({}), |cursor| json!({"cursor": cursor}));
    call(exposure, "books", "list", params, controls)
}

fn next(output: &ToolOutput) -> Option<String> {
    output.structured["next_cursor"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn lists_are_read_to_their_end_by_handles() {
    for exposure in EXPOSURES {
        for limits in [ResultLimits::STANDARD, ResultLimits::STANDARD.bytes(1_300)] {
            let server = library().await;
            let tools = tools(&server, exposure).limits(limits);
            let (mut cursor, mut seen) = (None::<String>, Vec::new());
            loop {
                let arguments = books(exposure, cursor.as_deref(), json!({}));
                let output = run(&tools, 1, true, arguments).await.unwrap();
                let records = output.structured["data"].as_array().unwrap();
                seen.extend(records.iter().map(|record| record["id"].as_u64().unwrap()));
                cursor = next(&output);
                let Some(handle) = &cursor else { break };
                assert!(estimate_tokens(handle) <= 4 && handle.len() == 9, "{handle}");
                assert!(output.text.contains(&format!("\"next_cursor\":\"{handle}\"")));
                assert!(!output.text.contains(&output.next.unwrap().to_string()));
            }
            assert_eq!(seen, (1..=BOOKS).collect::<Vec<_>>(), "{exposure:?}");
        }
    }
}

#[tokio::test]
async fn a_handle_is_good_in_its_session_for_its_call_and_its_account_only() {
    let server = library().await;
    let other = Local::new(Credentials::new().field("token", "another-token"));
    let other = Client::local(description(), other.config("origin", server.url.as_str())).unwrap();
    let tools = client(&server.url).tools().add("second", other).unwrap();
    let tools = tools.exposure(Exposure::PerConnector);
    let first = json!({"entity": "books", "action": "list", "account": "library"});
    let with = |base: &Value, more: Value| {
        let mut arguments = base.clone();
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        ("library".to_owned(), arguments)
    };
    let output = run(&tools, 1, true, with(&first, json!({}))).await.unwrap();
    let handle = next(&output).unwrap();
    let whole = output.next.unwrap().to_string();
    let before = server.seen().len();
    for (session, arguments, part) in [
        (2, with(&first, json!({"cursor": handle})), "Start the list again"),
        (1, with(&first, json!({"cursor": "~babebibo"})), "not known here"),
        (1, with(&first, json!({"cursor": handle, "account": "second"})), "another account"),
        (1, with(&first, json!({"cursor": handle, "entity": "loans"})), "belongs to books.list"),
        (1, with(&first, json!({"cursor": handle, "params": {"state": "in"}})), "other arguments"),
    ] {
        let error = run(&tools, session, true, arguments.clone()).await.unwrap_err();
        assert!(error.to_string().contains(part), "{arguments:?} {error}");
        assert_eq!(error.arguments()[0].argument, "cursor");
    }
    assert_eq!(server.seen().len(), before, "nothing was sent");
    // A handle can be used again, and the whole cursor is good for everybody, as before.
    for (session, cursor) in [(1, &handle), (1, &handle), (1, &whole), (2, &whole)] {
        let arguments = with(&first, json!({"cursor": cursor}));
        let output = run(&tools, session, true, arguments).await.unwrap();
        assert_ne!(output.structured["data"][0]["id"], 1);
    }
    // Without them, results have the cursors themselves.
    let output = run(&tools, 1, false, with(&first, json!({}))).await.unwrap();
    assert_eq!(next(&output), Some(output.next.unwrap().to_string()));
    let output = run(&tools, 1, true, with(&first, json!({"format": "tsv"}))).await.unwrap();
    let handle = next(&output).unwrap();
    assert!(output.text.contains(&format!("\nnext_cursor: {handle}")), "{}", output.text);
}
