//! The people in a Gong account, and how many there are.
//!
//! `GONG_ACCESS_KEY=… GONG_ACCESS_KEY_SECRET=… cargo run --example gong_users --features gong`
#![allow(clippy::print_stdout, reason = "an example shows what it got")]

mod support;

use airbyte_agent::gong::GongConnector;
use airbyte_agent::gong::auth::ApiKey;
use support::{local, secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let auth = ApiKey::new(secret("GONG_ACCESS_KEY")?, secret("GONG_ACCESS_KEY_SECRET")?);
    let gong = GongConnector::local(local(auth))?;
    println!("{} {}", GongConnector::NAME, GongConnector::VERSION);

    let page = gong.users().list().await?;
    println!("{} users on the first page:", page.data.len());
    for user in page.data.iter().take(5) {
        println!(
            "  {} {} <{}>",
            user.first_name.as_deref().unwrap_or("?"),
            user.last_name.as_deref().unwrap_or("?"),
            user.email_address.as_deref().unwrap_or("no address"),
        );
    }
    if let Some(total) = page.meta.total_records {
        println!("{total} in all");
    }
    Ok(())
}
