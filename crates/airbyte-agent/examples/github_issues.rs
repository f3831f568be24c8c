//! Open issues of a repository, ten to a page.
//!
//! `GITHUB_TOKEN=… cargo run --example github_issues --features github -- airbytehq airbyte`
#![allow(clippy::print_stdout, reason = "an example shows what it got")]

mod support;

use std::env;

use airbyte_agent::github::GithubConnector;
use airbyte_agent::github::auth::PersonalAccessToken;
use airbyte_agent::serde_json::json;
use support::{local, secret};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut names = env::args().skip(1);
    let (Some(owner), Some(repo)) = (names.next(), names.next()) else {
        return Err("give owner and repository".into());
    };
    let auth = PersonalAccessToken::new(secret("GITHUB_TOKEN")?);
    let github = GithubConnector::local(local(auth))?;

    let page = github.issues().list(&owner, &repo).states(["OPEN"]).per_page(10).await?;
    for issue in &page.data {
        println!("#{} {}", issue.number.unwrap_or_default(), issue.title.as_deref().unwrap_or(""));
    }

    // The same by names that are known at run time only, as agents call it.
    let params = json!({"owner": owner, "repo": repo, "states": ["OPEN"], "per_page": 10});
    let outcome = github.execute("issues", "list", params).await?;
    println!("{} issues, more to come: {}", page.data.len(), outcome.next.is_some());
    Ok(())
}
