//! Every record of an entity of any connector, page after page, as a stream.
//!
//! Credentials come from `AIRBYTE_AGENT_<CONNECTOR>_<FIELD>`, for instance
//! `AIRBYTE_AGENT_STRIPE_API_KEY`:
//! `cargo run --example fetch_all --features all -- stripe customers '{"limit": 100}'`
#![allow(clippy::print_stdout, reason = "an example shows what it got")]

mod support;

use std::env;

use airbyte_agent::core::description::Action;
use airbyte_agent::serde_json::{self, Value};
use airbyte_agent::{Client, Credentials, connector};
use support::local;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let (Some(name), Some(entity)) = (arguments.next(), arguments.next()) else {
        return Err("give a connector and an entity".into());
    };
    let params =
        arguments.next().map_or(Ok(serde_json::Map::new()), |text| serde_json::from_str(&text))?;

    let description = connector(&name)?;
    let client = Client::local(description.clone(), local(Credentials::from_env(&description)))?;
    let mut call = client.call(&entity, Action::List);
    call.set_all(params);
    let mut records = call.items::<Value>();
    let mut count = 0;
    while let Some(record) = records.try_next().await? {
        count += 1;
        if count <= 3 {
            println!("{record}");
        }
    }
    println!("{count} records of {name} {entity}");
    Ok(())
}
