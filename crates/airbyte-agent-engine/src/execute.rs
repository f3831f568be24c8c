//! Calls by names: any entity and action, with plain JSON for arguments and results.

use std::future::IntoFuture;

use serde_json::Value;

use crate::call::Call;
use crate::call_options::CallOptions;
use crate::client::Client;
use crate::cursor::Cursor;
use crate::error::{Error, Result};
use crate::http::BoxFuture;
use crate::outcome::Outcome;

impl Client {
    /// A call of any entity and action by their names, with the arguments as a JSON object.
    /// Awaiting it makes the call; [`Execute::into_call`] returns a call for pages, files and dry
    /// runs.
    ///
    /// ```no_run
    /// # async fn example(client: airbyte_agent_engine::Client) -> airbyte_agent_engine::Result<()> {
    /// use serde_json::json;
    ///
    /// let arguments = json!({"owner": "airbytehq", "repo": "airbyte"});
    /// let issues = client.execute("issues", "list", arguments).await?;
    /// println!("{}", issues.data);
    /// # Ok(())
    /// # }
    /// ```
    pub fn execute(&self, entity: &str, action: &str, arguments: Value) -> Execute {
        let operation = self.runtime().find(entity, action);
        let call = operation.and_then(|operation| {
            let mut call = Call::of_operation(self.runtime().clone(), operation);
            match arguments {
                Value::Null => Ok(call),
                Value::Object(arguments) => {
                    call.set_all(arguments);
                    Ok(call)
                }
                _ => Err(Error::validation("arguments must be a JSON object")),
            }
        });
        Execute { call }
    }
}

/// A call by names; awaiting it makes the call.
#[derive(Debug)]
#[must_use = "a call does nothing unless it is awaited"]
pub struct Execute {
    call: Result<Call>,
}

impl Execute {
    /// Changes the options of the call.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        if let Ok(call) = &mut self.call {
            let options = call.options();
            *options = change(std::mem::take(options));
        }
        self
    }

    /// Starts at the position of a cursor instead of the beginning.
    pub fn resume(mut self, cursor: Cursor) -> Self {
        if let Ok(call) = &mut self.call {
            call.resume(cursor);
        }
        self
    }

    /// Makes the call, as awaiting this value does. `tokio::spawn` and `join!` take the future that
    /// this method returns.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn send(self) -> Result<Outcome> {
        self.call?.outcome().await
    }

    /// The call itself, for paging, downloads and dry runs.
    ///
    /// # Errors
    ///
    /// `Usage` when the action does not exist, `Validation` when the arguments are not an object.
    pub fn into_call(self) -> Result<Call> {
        self.call
    }
}

impl IntoFuture for Execute {
    type Output = Result<Outcome>;
    type IntoFuture = BoxFuture<'static, Result<Outcome>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
