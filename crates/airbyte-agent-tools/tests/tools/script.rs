//! A program that is a list of calls: what runs it is as simple as can be.

use futures_util::future::join_all;
use serde_json::{Value, json};

// The root has them from whichever crate the tests are of.
use crate::{BoxFuture, ProgramCalls, ProgramEnd, ProgramRunner};

/// Makes the calls of `calls`, pairs of tool and arguments, one after another or `together`, and returns `return`, or else
/// all results and errors. With `hang` it never ends.
#[derive(Debug)]
pub struct Script;

impl ProgramRunner for Script {
    fn run<'a>(
        &'a self,
        code: &'a str,
        functions: Vec<String>,
        calls: &'a dyn ProgramCalls,
    ) -> BoxFuture<'a, ProgramEnd> {
        let script: Value = serde_json::from_str(code).unwrap();
        Box::pin(async move {
            let all = script["calls"].as_array().cloned().unwrap_or_default();
            let make =
                |call: &Value| calls.call(call[0].as_str().unwrap().to_owned(), call[1].clone());
            let mut results = Vec::new();
            if script["together"] == true {
                results = join_all(all.iter().map(make)).await;
            } else {
                for call in &all {
                    results.push(make(call).await);
                }
            }
            if script["hang"] == true {
                std::future::pending::<()>().await;
            }
            let results: Vec<Value> =
                results.into_iter().map(|one| one.unwrap_or_else(|error| error)).collect();
            let end = match script["fail"].as_str() {
                Some(message) => ProgramEnd::failed(message).on_line(script["line"].as_u64()),
                None => ProgramEnd::returned(match script.get("return") {
                    Some(value) if value == "functions" => json!(functions),
                    Some(value) => value.clone(),
                    None => json!(results),
                }),
            };
            end.with_printed(script["print"].as_str().unwrap_or_default().to_owned(), 0)
        })
    }
}
