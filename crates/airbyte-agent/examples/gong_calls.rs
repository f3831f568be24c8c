//! Gong calls between two dates, longest first.
//!
//! `cargo run --example gong_calls --features gong -- 2025-03-01T00:00:00Z 2025-04-01T00:00:00Z`
#![allow(clippy::print_stdout, reason = "an example shows what it got")]

mod support;

use std::env;

use airbyte_agent::gong::GongConnector;
use airbyte_agent::gong::auth::ApiKey;
use support::{local, secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut dates = env::args().skip(1);
    let (Some(from), Some(to)) = (dates.next(), dates.next()) else {
        return Err("give two instants, for example 2025-03-01T00:00:00Z".into());
    };
    let auth = ApiKey::new(secret("GONG_ACCESS_KEY")?, secret("GONG_ACCESS_KEY_SECRET")?);
    let gong = GongConnector::local(local(auth))?;

    let calls = gong.calls().list().from_date_time(from).to_date_time(to);
    let mut calls = calls.items().max(500).collect().await?;
    calls.sort_by_key(|call| std::cmp::Reverse(call.duration));
    for call in calls.iter().take(10) {
        let minutes = call.duration.unwrap_or_default() / 60;
        println!("{minutes:>4} min  {}", call.title.as_deref().unwrap_or("untitled"));
    }
    println!("{} calls", calls.len());
    Ok(())
}
