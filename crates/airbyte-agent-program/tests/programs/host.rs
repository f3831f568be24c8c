//! Calls that answer with what they were called with, and count themselves.

use std::sync::Mutex;
use std::time::Duration;

use airbyte_agent_core::BoxFuture;
use airbyte_agent_core::tools::{ProgramCalls, ProgramEnd, ProgramRunner as _};
use airbyte_agent_program::ProgramProcess;
use serde_json::{Value, json};

/// What was called.
#[derive(Default)]
pub(crate) struct Host {
    called: Mutex<Vec<(String, Value)>>,
    /// The calls that run, and the most that ever did.
    running: Mutex<(usize, usize)>,
    /// What is looked at while a call is made.
    look: Option<fn()>,
}

impl Host {
    pub(crate) fn looking(look: fn()) -> Self {
        Self { look: Some(look), ..Self::default() }
    }

    pub(crate) fn called(&self) -> Vec<(String, Value)> {
        self.called.lock().unwrap().clone()
    }

    pub(crate) fn most_at_once(&self) -> usize {
        self.running.lock().unwrap().1
    }
}

impl ProgramCalls for Host {
    fn call(&self, tool: String, arguments: Value) -> BoxFuture<'_, Result<Value, Value>> {
        Box::pin(async move {
            self.called.lock().unwrap().push((tool, arguments.clone()));
            if let Some(look) = self.look {
                look();
            }
            {
                let mut running = self.running.lock().unwrap();
                running.0 += 1;
                running.1 = running.1.max(running.0);
            }
            let wait = arguments["wait"].as_u64().unwrap_or_default();
            tokio::time::sleep(Duration::from_millis(wait)).await;
            self.running.lock().unwrap().0 -= 1;
            match arguments["size"].as_u64() {
                _ if arguments["bad"] == true => Err(
                    json!({"error": "not_found", "message": "There is no such book.", "retry": "never"}),
                ),
                Some(size) => Ok(json!({"data": "x".repeat(usize::try_from(size).unwrap())})),
                None => Ok(json!({"data": [arguments], "next_cursor": null})),
            }
        })
    }
}

/// Runs a program in this file as a process, with the tools `execute` and `search`.
pub(crate) async fn run(code: &str) -> ProgramEnd {
    run_with(&Host::default(), code).await
}

pub(crate) async fn run_with(host: &Host, code: &str) -> ProgramEnd {
    let process = ProgramProcess::of_this_program("work").unwrap();
    process.run(code, vec!["execute".to_owned(), "search".to_owned()], host).await
}

/// What a program returned, which must not have failed.
pub(crate) async fn value(code: &str) -> Value {
    let end = run(code).await;
    assert_eq!(end.failure, None, "{code}");
    end.value
}

/// What a program failed with.
pub(crate) async fn failure(code: &str) -> (String, Option<u64>) {
    let end = run(code).await;
    (end.failure.unwrap_or_else(|| panic!("{code} gave {}", end.value)), end.line)
}
