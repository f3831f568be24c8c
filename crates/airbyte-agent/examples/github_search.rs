//! Repositories by GitHub's own search syntax.
//!
//! `GITHUB_TOKEN=… cargo run --example github_search --features github -- 'language:python stars:>1000'`
#![allow(clippy::print_stdout, reason = "an example shows what it got")]

mod support;

use std::env;

use airbyte_agent::github::GithubConnector;
use airbyte_agent::github::auth::PersonalAccessToken;
use support::{local, secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let query = env::args().nth(1).unwrap_or_else(|| "language:python stars:>1000".to_owned());
    let github = GithubConnector::local(local(PersonalAccessToken::new(secret("GITHUB_TOKEN")?)))?;
    let found = github.repositories().search(query).limit(20).await?;
    for repository in &found.data {
        println!("{}", repository.name_with_owner.as_deref().unwrap_or("?"));
    }
    println!("{} repositories", found.data.len());
    Ok(())
}
