//! Definitions and their numbers of tokens, as committed.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use airbyte_agent::core::tools::{Exposure, ToolDefinition};
use airbyte_agent::registry;
use airbyte_agent::serde_json::{self, json};
use tiktoken_rs::CoreBPE;

use super::offline::{EXPOSURES, all, tools};

/// What a model reads of a definition.
fn told(tool: &ToolDefinition) -> String {
    let (name, description) = (&tool.name, &tool.description);
    json!({"name": name, "description": description, "input_schema": tool.input_schema}).to_string()
}

fn tokens(bpe: &CoreBPE, tools: &[ToolDefinition]) -> usize {
    tools.iter().map(|tool| bpe.encode_ordinary(&told(tool)).len()).sum()
}

#[test]
fn definitions_cost_what_is_committed() {
    let bpe = tiktoken_rs::o200k_base().unwrap();
    let mut table = String::from(
        "| connector | operations | per operation | largest | per connector | search and execute |\n\
         | --- | --: | --: | --: | --: | --: |\n",
    );
    let mut row = |name: &str, operations: usize, lists: [Vec<ToolDefinition>; 3]| {
        let largest = lists[0].iter().map(|tool| tokens(&bpe, std::slice::from_ref(tool))).max();
        let counts = lists.each_ref().map(|list| tokens(&bpe, list));
        let _ = writeln!(
            table,
            "| {name} | {operations} | {} | {} | {} | {} |",
            counts[0],
            largest.unwrap_or_default(),
            counts[1],
            counts[2]
        );
        counts
    };
    for connector in registry() {
        let lists = EXPOSURES.map(|exposure| tools(connector).exposure(exposure).definitions());
        let counts = row(&connector.name, connector.operations().count(), lists);
        if connector.name == "github" {
            assert!(counts[1] <= 1_300, "{}", counts[1]);
        }
    }
    let operations = registry().iter().map(|connector| connector.operations().count()).sum();
    let lists = EXPOSURES.map(|exposure| all().exposure(exposure).definitions());
    let counts = row("all of them", operations, lists);
    assert!(counts[2] <= 507, "{}", counts[2]);
    // Whoever wants the tool for several reads pays for its definition in every conversation.
    let with_batch = all().exposure(Exposure::SearchExecute).batches(true).definitions();
    assert_eq!(with_batch.len(), 4);
    let batch = tokens(&bpe, &with_batch[3..]);
    assert!(batch <= 160, "{batch}");
    compare("tokens.md", &table);
}

#[test]
fn definitions_are_those_committed() {
    for connector in registry() {
        let mut text = String::new();
        for exposure in [Exposure::PerConnector, Exposure::PerOperation] {
            for tool in tools(connector).exposure(exposure).definitions() {
                text.push_str(&serde_json::to_string(&tool).unwrap());
                text.push('\n');
            }
        }
        compare(&format!("{}.jsonl", connector.name), &text);
    }
    let three = all().exposure(Exposure::SearchExecute).definitions();
    compare("all.json", &(serde_json::to_string_pretty(&three).unwrap() + "\n"));
}

fn compare(name: &str, text: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/umbrella/tools/expected");
    let path = folder.join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::create_dir_all(&folder).unwrap();
        fs::write(&path, text).unwrap();
        return;
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    if let Some((line, (now, was))) =
        text.lines().zip(known.lines()).enumerate().find(|(_, (now, was))| now != was)
    {
        panic!(
            "{name}:{}: definitions changed; if that is meant, run with UPDATE_EXPECT=1\n\
             now: {now}\nwas: {was}",
            line + 1
        );
    }
    assert_eq!(text.lines().count(), known.lines().count(), "{name}: run with UPDATE_EXPECT=1");
}
