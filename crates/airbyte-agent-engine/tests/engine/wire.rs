//! An HTTP client that keeps what it is given and answers by a function: every host is within reach.

use std::sync::{Arc, Mutex};

use airbyte_agent_engine::{BoxFuture, HttpClient, HttpFailure, HttpRequest, HttpResponse};
use serde_json::Value;

/// What a request is answered with: status, headers, body.
pub type Reply = (u16, Vec<(&'static str, String)>, Value);

#[derive(Clone)]
pub struct Wire {
    answer: Arc<dyn Fn(&HttpRequest) -> Reply + Send + Sync>,
    sent: Arc<Mutex<Vec<HttpRequest>>>,
}

impl Wire {
    pub fn new(answer: impl Fn(&HttpRequest) -> Reply + Send + Sync + 'static) -> Self {
        Self { answer: Arc::new(answer), sent: Arc::default() }
    }

    pub fn sent(&self) -> Vec<HttpRequest> {
        self.sent.lock().unwrap().clone()
    }

    /// The hosts of the requests, in their order.
    pub fn hosts(&self) -> Vec<String> {
        self.sent().iter().map(|r| r.url.host_str().unwrap_or_default().to_owned()).collect()
    }
}

impl HttpClient for Wire {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, HttpFailure>> {
        let (status, headers, body) = (self.answer)(&request);
        self.sent.lock().unwrap().push(request);
        let headers = headers.into_iter().map(|(name, value)| {
            (http::HeaderName::from_static(name), http::HeaderValue::from_str(&value).unwrap())
        });
        let headers = headers.collect::<http::HeaderMap>();
        let chunks = vec![Ok(body.to_string().into())];
        let body = Box::pin(futures_util::stream::iter(chunks));
        Box::pin(async move { Ok(HttpResponse::new(status, headers, body)) })
    }

    /// Nothing is connected to.
    fn guards_addresses(&self) -> bool {
        true
    }
}
