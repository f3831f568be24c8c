//! The dynamic door: any entity and action by name, plain JSON in and out.

use std::future::IntoFuture;

use serde_json::{Map, Value};

use crate::call::Call;
use crate::call_options::CallOptions;
use crate::client::Client;
use crate::context_store::{self, StoreMeta, StoreQuery};
use crate::cursor::{Cursor, NextPage, Seal};
use crate::error::{Error, Result};
use crate::http::BoxFuture;
use crate::lookup::find_operation;
use crate::outcome::Outcome;

impl Client {
    /// The dynamic door: any entity and action, arguments as a JSON object.
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
        if context_store::is_store_action(action) && !self.is_local() {
            let (entity, action) = (entity.to_owned(), action.to_owned());
            let (client, options) = (self.clone(), CallOptions::default());
            let asked = Asked { client, entity, action, arguments, cursor: None, options };
            return Execute { door: Door::Store(Box::new(asked)) };
        }
        let call = find_operation(self.description(), entity, action).and_then(|operation| {
            let mut call = self.call(entity, operation.action);
            match arguments {
                Value::Null => Ok(call),
                Value::Object(arguments) => {
                    call.set_all(arguments);
                    Ok(call)
                }
                _ => Err(Error::validation("arguments must be a JSON object")),
            }
        });
        Execute { door: Door::Call(Box::new(call)) }
    }

    /// Asks the context store, where the platform has one.
    pub(crate) async fn context_store(
        &self,
        entity: &str,
        action: &str,
        params: Map<String, Value>,
        options: &CallOptions,
    ) -> Result<(Vec<Map<String, Value>>, StoreMeta)> {
        let connector = self.description();
        context_store::check(connector, entity, action, &params)?;
        let query = StoreQuery { connector, entity, action, params: &params, options };
        let place = query.place();
        let transport = self.transport();
        let limit = options.limit().unwrap_or_else(|| transport.default_timeout());
        let answer = tokio::time::timeout(limit, transport.context_store(query)).await;
        let reply = answer.unwrap_or_else(|_| {
            let seconds = limit.as_secs_f64();
            let message = format!("{place}: no complete answer within {seconds} s");
            Err(Error::timeout(message))
        })?;
        // What the platform tells may repeat what it was sent.
        context_store::read(&reply.body, &place)
            .map_err(|error| error.with_status(reply.status).cleaned(|text| transport.redact(text)))
    }
}

/// A call through the dynamic door; awaiting it makes the call.
#[derive(Debug)]
#[must_use = "a call does nothing unless it is awaited"]
pub struct Execute {
    door: Door,
}

#[derive(Debug)]
enum Door {
    Call(Box<Result<Call>>),
    Store(Box<Asked>),
}

/// A question to the context store.
#[derive(Debug)]
struct Asked {
    client: Client,
    entity: String,
    action: String,
    arguments: Value,
    cursor: Option<Cursor>,
    options: CallOptions,
}

impl Asked {
    fn place(&self) -> String {
        format!("{}.{}", self.entity, self.action)
    }

    fn seal(&self, params: &Map<String, Value>) -> Result<Seal<'_>> {
        let client = &self.client;
        let (key, account) = (client.cursor_key()?, client.transport().account_identity());
        let paged = (self.place(), vec!["cursor", "limit"]);
        Ok(Seal::of(key, &client.description().name, paged, account, params))
    }

    async fn outcome(mut self) -> Result<Outcome> {
        let mut params = match std::mem::take(&mut self.arguments) {
            Value::Null => Map::new(),
            Value::Object(params) => params,
            _ => return Err(Error::validation("arguments must be a JSON object")),
        };
        let given = params.clone();
        if let Some(cursor) = &self.cursor {
            params.extend(self.seal(&params)?.open(cursor)?.page.set);
        }
        let asked =
            self.client.context_store(&self.entity, &self.action, params, &self.options).await;
        let (rows, meta) = asked?;
        let next = match meta.cursor.clone().filter(|_| meta.has_more) {
            Some(token) => {
                let set = Map::from_iter([("cursor".to_owned(), Value::String(token))]);
                Some(self.seal(&given)?.page(NextPage::with(set))?)
            }
            None => None,
        };
        let data = rows.into_iter().map(Value::Object).collect();
        Ok(Outcome { data, meta: meta.to_json(), next })
    }
}

impl Execute {
    /// Changes the options of the call.
    pub fn options(mut self, change: impl FnOnce(CallOptions) -> CallOptions) -> Self {
        let options = match &mut self.door {
            Door::Call(call) => match call.as_mut() {
                Ok(call) => call.options(),
                Err(_) => return self,
            },
            Door::Store(asked) => &mut asked.options,
        };
        *options = change(std::mem::take(options));
        self
    }

    /// Starts where a cursor points.
    pub fn resume(mut self, cursor: Cursor) -> Self {
        match &mut self.door {
            Door::Call(call) => {
                if let Ok(call) = call.as_mut() {
                    call.resume(cursor);
                }
            }
            Door::Store(asked) => asked.cursor = Some(cursor),
        }
        self
    }

    /// Makes the call; awaiting it does the same. This is the future that `tokio::spawn` and
    /// `join!` take.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn send(self) -> Result<Outcome> {
        match self.door {
            Door::Call(call) => (*call)?.outcome().await,
            Door::Store(asked) => asked.outcome().await,
        }
    }

    /// The call itself, for paging, downloads and dry runs.
    ///
    /// # Errors
    ///
    /// `Usage` when the action does not exist or is one of the context store, which is asked by
    /// awaiting; `Validation` when the arguments are no object.
    pub fn into_call(self) -> Result<Call> {
        match self.door {
            Door::Call(call) => *call,
            Door::Store(asked) => {
                Err(Error::usage(format!("{} is asked page by page", asked.place())))
            }
        }
    }
}

impl IntoFuture for Execute {
    type Output = Result<Outcome>;
    type IntoFuture = BoxFuture<'static, Result<Outcome>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
