//! A vendor that repeats everything it is sent, credentials included.

use airbyte_agent_engine::{BoxFuture, HttpClient, HttpFailure, HttpRequest, HttpResponse};
use serde_json::{Map, Value, json};

/// Answers with the request, and with what else a test wishes to see in an answer.
#[derive(Clone, Default)]
pub struct Echo {
    pub also: Value,
    pub headers: Vec<(&'static str, String)>,
}

impl HttpClient for Echo {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, HttpFailure>> {
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers: Map<String, Value> = request
            .headers
            .iter()
            .map(|(name, value)| (format!("got {name}"), json!(text(value))))
            .collect();
        let words: Vec<String> = request
            .headers
            .values()
            .flat_map(|value| text(value).split(' ').map(str::to_owned).collect::<Vec<_>>())
            .collect();
        let body = json!({
            "things": [{"id": "1"}],
            "url": request.url.as_str(),
            "body": String::from_utf8_lossy(&request.body),
            "headers": headers,
            "words": words,
            "also": self.also,
        });
        let mut answer = http::HeaderMap::new();
        for (name, value) in &self.headers {
            answer.insert(*name, value.parse().unwrap());
        }
        let chunks = vec![Ok(body.to_string().into())];
        let response = HttpResponse::new(200, answer, Box::pin(futures_util::stream::iter(chunks)));
        Box::pin(async move { Ok(response) })
    }
}
