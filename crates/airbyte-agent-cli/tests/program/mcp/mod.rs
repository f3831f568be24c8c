//! Tests of `mcp`: the server on standard input and output, and mistakes of its operator.

mod imported;
mod install;
mod records;
mod rules;
mod sign_in;
mod stop;
mod stored;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::run::{CANARY, Outcome, command, run};

/// A running server with its input and its output.
struct Server {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Server {
    fn start(args: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = command(&[&["mcp"], args].concat());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.envs(variables.iter().copied()).spawn().unwrap();
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        let mut server = Self { child, input, output: BufReader::new(output) };
        let params = json!({
            "protocolVersion": "2025-06-18", "capabilities": {},
            "clientInfo": {"name": "test", "version": "1"},
        });
        let answer = server.ask(1, "initialize", params);
        assert_eq!(answer["serverInfo"]["name"], "airbyte-agent");
        server
    }

    fn ask(&mut self, id: u32, method: &str, params: Value) -> Value {
        self.send(id, method, params);
        self.answer(id)
    }

    fn send(&mut self, id: u32, method: &str, params: Value) {
        let mut message = json!({"jsonrpc": "2.0", "id": id, "method": method});
        message["params"] = params;
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{message}").unwrap();
    }

    /// Waits for the response with this number.
    fn answer(&mut self, id: u32) -> Value {
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                let mut said = String::new();
                self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
                panic!("the server is gone: {said}");
            }
            // Every line is a message of the protocol.
            let message: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(message["jsonrpc"], "2.0", "{line}");
            if message["id"] == id {
                return message["result"].clone();
            }
        }
    }

    fn call(&mut self, name: &str, arguments: Value) -> Value {
        let mut params = json!({"name": name});
        params["arguments"] = arguments;
        self.ask(7, "tools/call", params)
    }

    /// Closes the input of the server and waits for its end.
    fn end(mut self) -> Outcome {
        drop(self.input.take());
        self.wait()
    }

    /// Waits for the end of the server without closing its input.
    fn wait(mut self) -> Outcome {
        let input = self.input.take();
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.output.read_to_string(&mut stdout).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        drop(input);
        Outcome { code, stdout, stderr }
    }
}

/// The text of an answer as JSON.
fn read(answer: &Value) -> Value {
    serde_json::from_str(answer["content"][0]["text"].as_str().unwrap()).unwrap()
}

fn names(tools: &Value) -> Vec<&str> {
    tools["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

#[test]
fn all_connectors_are_served_from_a_sandbox() {
    let mut server = Server::start(&["--sandbox"], &[]);
    let tools = server.ask(2, "tools/list", json!({}));
    assert_eq!(names(&tools), ["search", "describe", "execute"]);
    let found = server.call("search", json!({"query": "list the users"}));
    assert_eq!(found["isError"], false, "{found}");
    let call = json!({"connector": "gong", "entity": "users", "action": "list"});
    let users = server.call("execute", call);
    assert_eq!(users["isError"], false, "{users}");
    assert!(!read(&users)["data"].as_array().unwrap().is_empty());
    let outcome = server.end().succeeded();
    assert_eq!(outcome.stderr, "");
}

#[test]
fn a_batch_is_offered_where_it_is_wanted() {
    let mut server = Server::start(&["--sandbox", "--batch"], &[]);
    let tools = server.ask(2, "tools/list", json!({}));
    assert_eq!(names(&tools), ["search", "describe", "execute", "batch"]);
    let list = |connector: &str, entity: &str| {
        json!({"as": connector, "connector": connector, "entity": entity, "action": "list",
               "max_records": 1})
    };
    let calls = json!([list("gong", "users"), list("stripe", "customers"), list("acme", "users")]);
    let answer = server.call("batch", json!({"calls": calls}));
    let results = &read(&answer)["results"];
    assert_eq!(results["gong"]["data"].as_array().unwrap().len(), 1, "{answer}");
    assert_eq!(results["stripe"]["data"].as_array().unwrap().len(), 1, "{answer}");
    assert!(results["acme"]["message"].as_str().unwrap().contains("no connector"), "{answer}");
    assert_eq!(server.end().succeeded().stderr, "");
}

#[test]
fn programs_are_run_in_a_process_without_files_and_network() {
    let mut server = Server::start(&["--sandbox", "--programs"], &[("CANARY", CANARY)]);
    let tools = server.ask(2, "tools/list", json!({}));
    assert_eq!(names(&tools), ["search", "describe", "execute", "program"]);
    let code = "const [users, customers] = await Promise.all([\n\
                execute({connector: 'gong', entity: 'users', action: 'list', fields: ['id']}),\n\
                execute({connector: 'stripe', entity: 'customers', action: 'list', fields: ['id']})]);\n\
                return [users.data.length > 100, customers.data.length > 100]";
    let answer = server.call("program", json!({"code": code}));
    assert_eq!(read(&answer), json!({"data": [true, true]}), "{answer}");
    // A change is told also where the program fails behind it.
    let code = "const call = {connector: 'stripe', entity: 'customers'};\n\
                await execute({...call, action: 'create', params: {name: 'Ada'}});\n\
                return await execute({...call, action: 'get', params: {id: 'cus_none'}})";
    let answer = server.call("program", json!({"code": code}));
    assert_eq!(answer["isError"], true, "{answer}");
    let text = answer["content"][0]["text"].as_str().unwrap();
    for part in ["failed on line 3", "It changed data: stripe customers.create."] {
        assert!(text.contains(part), "{part}: {text}");
    }
    for code in ["return process.env", "require('fs')", "await fetch('http://127.0.0.1')"] {
        let answer = server.call("program", json!({"code": code}));
        let text = answer["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("no network, files"), "{text}");
    }
    assert_eq!(server.end().succeeded().stderr, "");
}

#[test]
fn hosted_calls_go_through_the_platform_of_the_sandbox() {
    let mut server = Server::start(&["--sandbox", "--hosted", "--connector", "gong"], &[]);
    let users = server.call("gong", json!({"entity": "users", "action": "list"}));
    assert_eq!(users["isError"], false, "{users}");
    server.end().succeeded();
}

#[test]
fn missing_credentials_are_told_to_model_and_operator_and_no_secret_is() {
    let variables = [("AIRBYTE_AGENT_STRIPE_API_KEY", CANARY)];
    let args = [
        "--connector",
        "stripe",
        "--connector",
        "github:work",
        "--read-only",
        "--via",
        "http://127.0.0.1:9",
    ];
    let mut server = Server::start(&args, &variables);
    let tools = server.ask(2, "tools/list", json!({}));
    assert_eq!(names(&tools), ["stripe", "github"]);
    let answer = server.call("github", json!({"entity": "viewer", "action": "get"})).to_string();
    assert!(answer.contains("AIRBYTE_AGENT_GITHUB_WORK_TOKEN"), "{answer}");
    let answer = server.call("stripe", json!({"entity": "customers", "action": "list"}));
    assert_eq!(answer["isError"], true);
    let create = json!({"entity": "customers", "action": "create", "params": {"email": "a@b.c"}});
    let refused = server.call("stripe", create);
    assert_eq!(refused["structuredContent"]["error"], "not_permitted");
    assert!(!format!("{tools}{answer}{refused}").contains(CANARY));
    let outcome = server.end().succeeded();
    assert!(outcome.stderr.contains("credentials for github are missing"), "{outcome:?}");
    assert!(!outcome.stderr.contains(CANARY));
}

#[test]
fn mistakes_of_the_operator_end_the_program_before_it_serves() {
    let folder = folder("mistakes");
    let file = |text: &str| {
        let path = folder.join("mcp.toml");
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    for (args, code, part) in [
        (vec!["--connector", "gihub"], 2, "did you mean 'github'"),
        (vec!["--connector", "github", "--deny", "isues.*"], 2, "isues.*"),
        (vec!["--connector", "github", "--deny", "issues"], 2, "entity.action"),
        (vec!["--rate-limit", "issues.*"], 2, "60/min"),
        (vec!["--http", "0.0.0.0:0"], 2, "bearer token"),
        (vec!["--http", "nowhere"], 2, "127.0.0.1:8080"),
        (vec!["--config", "/no/such/file"], 2, "cannot read /no/such/file"),
        (vec!["--hosted"], 4, "AIRBYTE_CLIENT_ID"),
    ] {
        let outcome = run(&[&["mcp"], &args[..]].concat());
        assert_eq!(outcome.code, code, "{args:?} {outcome:?}");
        assert!(outcome.message().contains(part), "{args:?} {outcome:?}");
        assert_eq!(outcome.stdout, "");
    }
    let path = file("read_only = true\nallow = ['issues.*']\n[accounts.github]\n");
    let outcome = run(&["mcp", "--config", &path, "--allow", "users.*"]);
    assert!(outcome.message().contains("'allow' already"), "{outcome:?}");
    let path = file("[accounts.github]\ncredentials = { token = '${GITHUB_TOKEN}' }\n");
    let outcome = run(&["mcp", "--config", &path]);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    let expected = format!("{path}:2:25: the environment has no variable 'GITHUB_TOKEN'");
    assert!(outcome.message().contains(&expected), "{outcome:?}");
    let path = file(&format!("[accounts.github]\ncredentials = {{ tokn = '{CANARY}' }}\n"));
    let outcome = run(&["mcp", "--config", &path]);
    assert_eq!(outcome.code, 4, "{outcome:?}");
    assert!(!outcome.stderr.contains(CANARY), "{outcome:?}");
}

#[test]
fn a_file_is_served_and_options_narrow_it() {
    let folder = folder("file");
    let path = folder.join("mcp.toml");
    let text = "deny = ['*.delete']\naudit = 'calls.jsonl'\n[accounts.work]\nconnector = 'gong'\n\
                credentials = { access_key = 'k', access_key_secret = '${SECRET}' }\n";
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    let args = ["--config", &path, "--allow", "users.*", "--expose", "operations", "--sandbox"];
    let mut server = Server::start(&args, &[("SECRET", CANARY)]);
    let tools = server.ask(2, "tools/list", json!({}));
    assert!(names(&tools).iter().all(|name| name.starts_with("gong_users_")), "{tools}");
    assert_eq!(server.call("gong_users_list", json!({}))["isError"], false);
    assert_eq!(server.call("gong_calls_list", json!({}))["isError"], true);
    server.end().succeeded();
    let log = std::fs::read_to_string(folder.join("calls.jsonl")).unwrap();
    assert_eq!(log.lines().count(), 2, "{log}");
    assert!(log.contains(r#""account":"work""#) && !log.contains(CANARY), "{log}");
}

/// An empty folder for one test.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("mcp-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
