//! Stripe customers: a list, a new one, and the new one read back.
//!
//! `STRIPE_API_KEY=… cargo run --example stripe_customers --features stripe` (a test key, please)
#![allow(clippy::print_stdout, reason = "an example shows what it got")]

mod support;

use airbyte_agent::stripe::StripeConnector;
use airbyte_agent::stripe::auth::ApiKey;
use support::{local, secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stripe = StripeConnector::local(local(ApiKey::new(secret("STRIPE_API_KEY")?)))?;

    for customer in stripe.customers().list().limit(10).await?.data {
        println!("{} {}", customer.id.unwrap_or_default(), customer.email.unwrap_or_default());
    }

    let created = stripe.customers().create().email("jane@example.com").name("Jane Doe").await?;
    let id = created.id.ok_or("the new customer has no id")?;
    let read = stripe.customers().get(&id).await?;
    println!("created {id}: {}", read.name.unwrap_or_default());
    Ok(())
}
