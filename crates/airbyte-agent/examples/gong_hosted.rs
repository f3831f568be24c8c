//! The same call through Airbyte's platform, which keeps the Gong credentials of a customer.
//!
//! `AIRBYTE_CLIENT_ID=… AIRBYTE_CLIENT_SECRET=… cargo run --example gong_hosted --features gong -- WORKSPACE`
#![allow(clippy::print_stdout, reason = "an example shows what it got")]

mod support;

use std::env;

use airbyte_agent::ErrorKind;
use airbyte_agent::gong::GongConnector;
use support::hosted;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let workspace = env::args().nth(1).unwrap_or_else(|| "default".to_owned());
    let gong = GongConnector::hosted(hosted(&workspace)?)?;
    match gong.users().list().await {
        Ok(page) => println!("{} users in workspace {workspace}", page.data.len()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            println!("nobody has connected Gong in workspace {workspace} yet: {error}");
        }
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
