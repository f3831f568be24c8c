//! Tests of the commands that only explain: help, versions, connectors and descriptions.

use crate::run::{run, shell_words, spec};

#[test]
fn help_and_version_go_to_standard_output() {
    for (args, part) in [
        (vec!["--help"], "Usage: airbyte-agent"),
        (vec!["--help"], "\nOperations:\n  search "),
        (vec!["exec", "--help"], "--idempotency-key"),
        (vec!["help", "sandbox"], "--listen"),
        (vec!["--version"], env!("CARGO_PKG_VERSION")),
    ] {
        let outcome = run(&args).succeeded();
        assert!(outcome.stdout.contains(part), "{args:?}: {outcome:?}");
        assert_eq!(outcome.stderr, "");
    }
}

#[test]
fn connectors_are_counted() {
    let all = run(&["connectors"]).succeeded().json();
    let all = all["data"].as_array().unwrap();
    let github = all.iter().find(|connector| connector["name"] == "github").unwrap();
    assert_eq!(github["title"], "GitHub");
    assert!(github["operations"].as_u64() >= github["entities"].as_u64());
    let table = run(&["connectors", "--output", "table"]).succeeded();
    assert_eq!(table.stdout.lines().count(), all.len() + 1);
    assert!(table.stdout.starts_with("name"));
}

#[test]
fn pages_of_the_manual_tell_what_a_caller_needs() {
    let spec = spec();
    let acme = ["describe", "--spec", &spec];
    for (more, parts) in [
        (
            vec![],
            vec![
                "acme - Acme 1.0.0",
                "things (list, create, get)",
                "AIRBYTE_AGENT_ACME_TOKEN",
                "region [default: eu]",
            ],
        ),
        (vec!["things"], vec!["things get -p id=…", "things create -p name=…"]),
        (
            vec!["things", "list"],
            vec!["limit (integer)", "From 1 to 100.", "--all follows", "Changes nothing."],
        ),
        (vec!["things", "create"], vec!["name (string, required)", ".ids (array of integer)"]),
        (vec!["files", "download"], vec!["--out FILE", "The bytes of a file."]),
    ] {
        let outcome = run(&[&acme[..], &more].concat()).succeeded();
        for part in parts {
            assert!(outcome.stdout.contains(part), "{more:?} {part}:\n{}", outcome.stdout);
        }
        let json = run(&[&acme[..], &more, &["--output", "json"]].concat()).succeeded().json();
        assert!(json.is_object());
    }
}

#[test]
fn a_page_of_an_operation_has_every_part() {
    let outcome = run(&["describe", "github", "issues", "list"]).succeeded().stdout;
    let parts = [
        "NAME",
        "SYNOPSIS",
        "DESCRIPTION",
        "ARGUMENTS",
        "RESULT",
        "PAGES",
        "RATE LIMITS",
        "CREDENTIALS",
        "EXAMPLES",
        "SEE ALSO",
    ];
    let headings: Vec<&str> =
        outcome.lines().filter(|line| !line.starts_with(' ') && !line.is_empty()).collect();
    assert_eq!(headings, parts);
    for part in [
        "    per_page (integer) [default: 30]",
        "One of OPEN, CLOSED.",
        "    title (string)\n",
        "        .login (string)",
        "5000 requests per hour",
        "githubPAT: AIRBYTE_AGENT_GITHUB_TOKEN",
        "airbyte-agent describe github issues get",
    ] {
        assert!(outcome.contains(part), "{part}:\n{outcome}");
    }
    assert!(!outcome.contains('\u{1b}'));
}

#[test]
fn examples_of_the_manual_are_commands_that_work() {
    for names in [
        ["github", "issues", "list"],
        ["stripe", "customers", "create"],
        ["jira", "issues", "search"],
        ["google-drive", "files", "list"],
    ] {
        let page = run(&[&["describe"], &names[..]].concat()).succeeded().stdout;
        let examples = page.split("EXAMPLES\n").nth(1).unwrap().split("SEE ALSO").next().unwrap();
        let commands: Vec<&str> = examples
            .lines()
            .filter_map(|line| line.trim().strip_prefix("airbyte-agent "))
            .collect();
        assert!(commands.len() >= 2, "{page}");
        for line in commands {
            let mut words = shell_words(line);
            words.retain(|word| word != "--hosted");
            if !line.contains("--sandbox") {
                words.push("--sandbox".to_owned());
            }
            run(&words.iter().map(String::as_str).collect::<Vec<_>>()).succeeded();
        }
    }
}

#[test]
fn what_the_platform_does_not_offer_has_no_example_there() {
    for (names, is_hosted) in
        [(["jira", "issues", "search"], true), (["jira", "issue_votes", "get"], false)]
    {
        let page = run(&[&["describe"], &names[..]].concat()).succeeded().stdout;
        assert_eq!(page.contains("--hosted"), is_hosted, "{page}");
        let json = run(&[&["describe"], &names[..], &["--output", "json"]].concat()).json();
        assert_eq!(json["hosted"], is_hosted, "{json}");
    }
}

#[test]
fn settings_of_every_scheme_and_of_the_platform_are_explained() {
    let jira = run(&["describe", "jira"]).succeeded().stdout;
    assert!(jira.contains("cloud_id (required with jiraOAuth)"), "{jira}");
    let drive = run(&["describe", "google-drive"]).succeeded().stdout;
    assert!(drive.contains("PLATFORM") && drive.contains("folder_url"), "{drive}");
}

#[test]
fn examples_pass_what_the_vendor_needs() {
    let page = run(&["describe", "slack", "threads", "list"]).succeeded().stdout;
    assert!(page.contains("-p ts="), "{page}");
}
