//! An HTTP client for tests: it records requests, and responds as the test wants.

use std::sync::{Arc, Mutex};

use airbyte_agent_core::{
    BoxFuture, Hosted, HttpClient, HttpFailure, HttpRequest, HttpResponse, Result,
};
use airbyte_agent_platform::Platform;
use serde_json::{Value, json};

/// The organization that requests name.
pub(crate) const ORGANIZATION: &str = "6f1d0f0e-0000-4000-8000-000000000001";

/// Keeps requests; clones share them.
#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    requests: Vec<HttpRequest>,
    answers: Vec<(u16, Option<Value>)>,
    tokens: u32,
}

impl Recorder {
    /// The platform behind this network.
    pub(crate) fn platform(&self) -> Platform {
        let hosted = Hosted::new("the-client", "the-secret")
            .base_url("https://platform.test/prefix")
            .organization(ORGANIZATION)
            .http_client(self.clone());
        Platform::new(hosted).unwrap()
    }

    /// Answers the next request that is not for a token. Without a body it is empty.
    pub(crate) fn answer(&self, status: u16, body: Option<Value>) {
        self.0.lock().unwrap().answers.push((status, body));
    }

    /// What was sent, but for requests for the session's own tokens; forgets it.
    pub(crate) fn take(&self) -> Vec<HttpRequest> {
        std::mem::take(&mut self.0.lock().unwrap().requests)
    }

    /// Forgets everything that was sent or is still to be answered.
    pub(crate) fn forget(&self) {
        let mut inner = self.0.lock().unwrap();
        inner.requests.clear();
        inner.answers.clear();
    }

    /// How many tokens the session asked for.
    pub(crate) fn tokens(&self) -> u32 {
        self.0.lock().unwrap().tokens
    }
}

impl HttpClient for Recorder {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, HttpFailure>> {
        let mut inner = self.0.lock().unwrap();
        let is_own_token = request.url.path().ends_with("/api/v1/account/applications/token")
            && request.body.windows(10).any(|window| window == b"the-secret");
        let (status, body) = if is_own_token {
            inner.tokens += 1;
            let token = format!("token-{}", inner.tokens);
            (200, Some(json!({"access_token": token, "token_type": "bearer", "expires_in": 900})))
        } else {
            inner.requests.push(request);
            if inner.answers.is_empty() { (200, Some(json!({}))) } else { inner.answers.remove(0) }
        };
        let body = body.map(|body| Ok(body.to_string().into())).into_iter();
        let body = Box::pin(futures_util::stream::iter(body));
        Box::pin(async move { Ok(HttpResponse::new(status, http::HeaderMap::new(), body)) })
    }
}
