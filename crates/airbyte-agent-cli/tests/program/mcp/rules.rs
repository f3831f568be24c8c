//! Tests that nothing can permit more than the operator does: neither options and variables beside a
//! file, nor calls of any form.

use serde_json::{Value, json};

use super::{Server, folder};
use crate::run::CANARY;
use crate::vendor::{Answer, Vendor};

/// A call that would create a customer, for each exposure.
fn creation(expose: &str) -> (&'static str, Value) {
    let params = json!({"email": "a@b.c"});
    match expose {
        "operations" => ("stripe_customers_create", params),
        "connectors" => {
            ("stripe", json!({"entity": "customers", "action": "create", "params": params}))
        }
        _ => (
            "execute",
            json!({"connector": "stripe", "entity": "customers", "action": "create",
                   "params": params}),
        ),
    }
}

#[test]
fn nothing_beside_a_file_and_nothing_in_a_call_widens_it() {
    let vendor = Vendor::new(|_, _| Answer::json(200, &json!({"id": "cus_1", "data": []})));
    let folder = folder("rules");
    let path = folder.join("mcp.toml");
    let file = path.display().to_string();
    let account = format!("credentials = {{ api_key = '{CANARY}' }}\nvia = '{}'\n", vendor.url);
    for (rules, args, variables) in [
        ("read_only = true", &[][..], &[][..]),
        ("read_only = true", &[], &[("AIRBYTE_AGENT_MCP_READ_ONLY", "false")]),
        ("read_only = true", &["--allow", "*.*"], &[]),
        ("read_only = true", &["--connector", "stripe:more", "--via", &vendor.url], &[]),
        ("allow = ['*.list']", &["--connector", "stripe:more", "--via", &vendor.url], &[]),
        ("deny = ['*.create']", &["--allow", "customers.*"], &[]),
        ("", &["--read-only"], &[]),
        // The client cannot ask, so nothing is done that a person has to approve.
        ("ask = ['writes']", &[], &[]),
        ("ask = ['writes']", &["--ask", "destructive"], &[]),
        ("ask = ['*.create']", &["--allow", "*.*"], &[]),
        ("", &["--ask", "writes"], &[]),
        ("", &[], &[("AIRBYTE_AGENT_MCP_READ_ONLY", "true")]),
    ] {
        let text =
            format!("{rules}\n[accounts.stripe]\n{account}read_only = false\nallow = ['*.*']\n");
        std::fs::write(&path, text).unwrap();
        for expose in ["operations", "connectors", "search"] {
            let options = [&["--config", &file, "--expose", expose], args].concat();
            let mut server = Server::start(&options, variables);
            let (tool, arguments) = creation(expose);
            for (name, value) in [
                ("read_only", json!(false)),
                ("account", json!("stripe")),
                ("account", json!("more")),
                ("config", json!({"read_only": false})),
            ] {
                let mut arguments = arguments.clone();
                arguments[name] = value;
                let answer = server.call(tool, arguments.clone());
                assert_eq!(answer["isError"], true, "{rules} {args:?} {tool} {arguments}");
            }
            server.end().succeeded();
        }
    }
    assert!(vendor.seen().is_empty(), "{:?}", vendor.seen());
}

#[test]
fn hosted_accounts_are_bound_as_well() {
    let args = ["--sandbox", "--hosted", "--read-only", "--connector", "stripe"];
    for expose in ["operations", "connectors", "search"] {
        let mut server = Server::start(&[&args[..], &["--expose", expose]].concat(), &[]);
        let (tool, arguments) = creation(expose);
        let answer = server.call(tool, arguments);
        assert_eq!(answer["structuredContent"]["error"], "not_permitted", "{expose} {answer}");
        server.end().succeeded();
    }
}
