//! Messages of clients that the protocol cannot take: each gets an error of JSON-RPC with its identifier.

use airbyte_agent_core::description::Step;
use airbyte_agent_core::rewritten_numbers;
use rmcp::model::{ClientJsonRpcMessage, ClientRequest, JsonRpcMessage};
use serde_json::{Map, Value, json};

/// Most bytes of a text at the outer level of a message that is too long to be read.
const LONGEST_MEMBER: usize = 512;

/// The methods whose parameters have a form that is checked.
const KNOWN_METHODS: [&str; 10] = [
    "initialize",
    "ping",
    "tools/list",
    "tools/call",
    "prompts/list",
    "prompts/get",
    "resources/list",
    "resources/templates/list",
    "resources/read",
    "completion/complete",
];

/// Why a message is not handled.
#[derive(Debug, PartialEq)]
pub(crate) struct Problem {
    code: i64,
    message: String,
    /// The identifier of the request, `null` where it is not known.
    id: Value,
}

impl Problem {
    fn new(code: i64, message: impl Into<String>, id: Value) -> Self {
        Self { code, message: message.into(), id }
    }

    /// A message that is longer than `limit` bytes.
    pub(crate) fn too_long(limit: usize, id: Value) -> Self {
        let megabytes = limit / (1024 * 1024);
        let message = format!("the message is longer than {megabytes} MiB, so it was not read");
        Self::new(-32600, message, id)
    }

    /// The error as a message.
    pub(crate) fn response(&self) -> String {
        let error = json!({"code": self.code, "message": self.message});
        json!({"jsonrpc": "2.0", "id": self.id, "error": error}).to_string()
    }
}

/// Whether the protocol can take a message.
///
/// Responses and notifications are never refused: nobody waits for an answer to them.
pub(crate) fn check(text: &[u8]) -> Result<(), Problem> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let message: Value = serde_json::from_slice(text).map_err(|error| unreadable(text, &error))?;
    let Value::Object(members) = &message else {
        let why = "a message is one JSON object; lists of messages are not supported";
        return Err(Problem::new(-32600, why, Value::Null));
    };
    let has = |name: &str| members.contains_key(name);
    let method = members.get("method").and_then(Value::as_str);
    if has("result") || has("error") || (method.is_some() && !has("id")) {
        return Ok(());
    }
    let id = id_in(members);
    let Some(method) = method else {
        return Err(Problem::new(-32600, "the message has no `method`", id));
    };
    if members.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Err(Problem::new(-32600, "`jsonrpc` must be \"2.0\"", id));
    }
    if id.is_null() {
        return Err(Problem::new(-32600, "`id` must be a text or a whole number", id));
    }
    if method == "tools/call"
        && let Some(problem) = rewritten_argument(text)
    {
        return Err(Problem::new(-32602, problem, id));
    }
    match serde_json::from_slice::<ClientJsonRpcMessage>(text) {
        // What fits no known request is taken for one of a method that this server does not know.
        Ok(JsonRpcMessage::Request(request))
            if matches!(request.request, ClientRequest::CustomRequest(_))
                && KNOWN_METHODS.contains(&method) =>
        {
            Err(wrong_params(method, id))
        }
        Ok(_) => Ok(()),
        Err(_) => Err(wrong_params(method, id)),
    }
}

/// What is wrong with an argument of a tool that would be sent with other digits than it is written with.
fn rewritten_argument(text: &[u8]) -> Option<String> {
    let numbers = rewritten_numbers(std::str::from_utf8(text).ok()?);
    let mut problems = numbers.into_iter().filter_map(|mut number| {
        let is =
            |step: Option<&Step>, name: &str| matches!(step, Some(Step::Key(key)) if key == name);
        let steps = &number.path.steps;
        if !number.may_be_text() || !is(steps.first(), "params") || !is(steps.get(1), "arguments") {
            return None;
        }
        let below: Vec<Step> = steps.iter().skip(2).cloned().collect();
        number.path.steps = below.into();
        Some(number.problem())
    });
    problems.next()
}

fn wrong_params(method: &str, id: Value) -> Problem {
    Problem::new(-32602, format!("the `params` of {method} are wrong"), id)
}

/// The problem of a message that the JSON reader refuses. Much of it is nearly good: one that is nested too
/// deeply, or has half of a character or a number beyond all types in it. Whoever sent it waits for a response with
/// its identifier.
fn unreadable(text: &[u8], error: &serde_json::Error) -> Problem {
    let id = id_of(text);
    if error.to_string().starts_with("recursion limit exceeded") {
        return Problem::new(-32602, "the message is nested too deeply: at most 127 levels", id);
    }
    Problem::new(-32700, format!("the message is not valid JSON: {error}"), id)
}

/// The identifier of a message, `null` if it has none.
pub(crate) fn id_of(text: &[u8]) -> Value {
    let mut finder = IdFinder::default();
    finder.look_at(text);
    finder.id()
}

fn id_in(members: &Map<String, Value>) -> Value {
    match members.get("id") {
        Some(id @ Value::String(_)) => id.clone(),
        Some(Value::Number(id)) if !id.is_f64() => Value::Number(id.clone()),
        _ => Value::Null,
    }
}

/// Finds the identifier of a message that is too long to be kept, while its bytes pass by.
#[derive(Debug, Default)]
pub(crate) struct IdFinder {
    depth: usize,
    in_text: bool,
    is_escaped: bool,
    /// The current member of the outer object, without what is nested in it.
    member: Vec<u8>,
    id: Option<Value>,
}

impl IdFinder {
    /// Looks at further bytes.
    pub(crate) fn look_at(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.step(*byte);
        }
    }

    /// The identifier, `null` if there was none.
    pub(crate) fn id(self) -> Value {
        self.id.unwrap_or_default()
    }

    fn step(&mut self, byte: u8) {
        let is_outer = self.depth == 1;
        if self.in_text {
            let ends = byte == b'"' && !self.is_escaped;
            self.is_escaped = byte == b'\\' && !self.is_escaped;
            self.in_text = !ends;
            return self.keep(byte, is_outer);
        }
        match byte {
            b'"' => {
                self.in_text = true;
                self.keep(byte, is_outer);
            }
            b'{' | b'[' => {
                self.depth += 1;
                // Stands for what is nested.
                self.keep(b'0', is_outer);
            }
            b'}' | b']' => {
                if is_outer {
                    self.end_member();
                }
                self.depth = self.depth.saturating_sub(1);
            }
            b',' if is_outer => self.end_member(),
            _ => self.keep(byte, is_outer),
        }
    }

    fn keep(&mut self, byte: u8, is_outer: bool) {
        if is_outer && self.member.len() <= LONGEST_MEMBER {
            self.member.push(byte);
        }
    }

    fn end_member(&mut self) {
        let object = [b"{", self.member.as_slice(), b"}"].concat();
        self.member.clear();
        if let Ok(members) = serde_json::from_slice::<Map<String, Value>>(&object)
            && members.contains_key("id")
        {
            self.id = Some(id_in(&members));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_protocol_cannot_take_gets_a_code_and_its_identifier() {
        for (text, expected) in [
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, None),
            (r#"{"jsonrpc":"2.0","method":"notifications/unknown","params":5}"#, None),
            (r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"x"}}"#, None),
            (r#"{"jsonrpc":"2.0","id":7,"result":{}}"#, None),
            ("{\"jsonrpc\":", Some((-32700, Value::Null))),
            ("hello", Some((-32700, Value::Null))),
            ("[]", Some((-32600, Value::Null))),
            ("5", Some((-32600, Value::Null))),
            (r#"{"jsonrpc":"2.0","id":3}"#, Some((-32600, json!(3)))),
            (r#"{"jsonrpc":"1.0","id":"a","method":"ping"}"#, Some((-32600, json!("a")))),
            (r#"{"id":4,"method":"ping"}"#, Some((-32600, json!(4)))),
            (r#"{"jsonrpc":"2.0","id":{},"method":"ping"}"#, Some((-32600, Value::Null))),
        ] {
            let problem = check(text.as_bytes()).err();
            assert_eq!(problem.as_ref().map(|p| (p.code, p.id.clone())), expected, "{text}");
            let response =
                problem.map(|problem| serde_json::from_str::<Value>(&problem.response()));
            assert!(response.is_none_or(|response| response.unwrap()["error"]["code"].is_i64()));
        }
    }

    #[test]
    fn wrong_parameters_get_the_identifier() {
        let call = |arguments: &str| {
            format!(
                r#"{{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{{"name":"a","arguments":{arguments}}}}}"#
            )
        };
        let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        for (text, expected) in [
            (call("{}"), None),
            (call("[]"), Some((-32602, json!(5)))),
            (call("5"), Some((-32602, json!(5)))),
            (call(r#"{"a":{"ts":1526552662.000430}}"#), Some((-32602, json!(5)))),
            (call(r#"{"a":12345678901234567890123}"#), Some((-32602, json!(5)))),
            (call(r#"{"a":[1.5,-2,"1.50"]}"#), None),
            (call(r#"{"a":"half \ud83d"}"#), Some((-32700, json!(5)))),
            (call(r#"{"a":[1e400]}"#), Some((-32700, json!(5)))),
            (call(r#"{"a":"b"c"}"#), Some((-32700, json!(5)))),
            (call(&format!(r#"{{"a":{}}}"#, nested(100))), None),
            (call(&format!(r#"{{"a":{}}}"#, nested(130))), Some((-32602, json!(5)))),
            (r#"{"jsonrpc":"2.0","id":5,"method":"tools/call"}"#.into(), Some((-32602, json!(5)))),
            (r#"{"jsonrpc":"2.0","id":5,"method":"own/thing","params":{"a":1}}"#.into(), None),
        ] {
            let problem = check(text.as_bytes()).err();
            assert_eq!(problem.map(|problem| (problem.code, problem.id)), expected, "{text}");
        }
    }

    #[test]
    fn an_identifier_is_found_wherever_it_stands() {
        let long = "x, \\\"id\\\": 9, }{".repeat(100);
        for (text, id) in [
            (format!(r#"{{"jsonrpc":"2.0","id":3,"params":{{"id":8,"a":"{long}"}}}}"#), json!(3)),
            (
                format!(r#"{{"params":{{"a":["{long}",{{"id":8}}]}},"jsonrpc":"2.0","id":"a-1"}}"#),
                json!("a-1"),
            ),
            (format!(r#"{{"text":"{long}", "id" : 12 , "method":"x"}}"#), json!(12)),
            (format!(r#"{{"text":"{long}","method":"x"}}"#), Value::Null),
        ] {
            for size in [1, 7, 4_096] {
                let mut finder = IdFinder::default();
                text.as_bytes().chunks(size).for_each(|chunk| finder.look_at(chunk));
                assert_eq!(finder.id(), id, "{text}");
            }
        }
    }
}
