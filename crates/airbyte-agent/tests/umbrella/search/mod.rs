//! How well search finds operations: questions of our own wording over all connectors.
//!
//! `questions.tsv` has two halves. Weights and synonyms are tuned on the one; the other is only
//! measured, so that its numbers say what a user may expect. `everyday.tsv` has three sets of questions as
//! people type them, of which only the first is tuned on, and `languages.tsv` has questions in other languages.

#![allow(clippy::cast_precision_loss, clippy::expect_used, clippy::print_stdout)]

use airbyte_agent::registry;
use airbyte_agent_core::tools::search::{Hit, Index};

const QUESTIONS: &str = include_str!("questions.tsv");
const EVERYDAY: &str = include_str!("everyday.tsv");
const LANGUAGES: &str = include_str!("languages.tsv");

struct Question {
    half: &'static str,
    answers: Vec<&'static str>,
    text: &'static str,
}

/// The questions on connectors that are compiled in.
fn questions() -> Vec<Question> {
    let all = [QUESTIONS, EVERYDAY, LANGUAGES].into_iter().flat_map(str::lines);
    let lines = all.filter(|line| !line.starts_with('#'));
    let parse = |line: &'static str| {
        let mut columns = line.split('\t');
        let mut next = || columns.next().expect("three columns");
        let (half, answers, text) = (next(), next(), next());
        Question { half, answers: answers.split(' ').collect(), text }
    };
    let built_in = |question: &Question| {
        question.answers.iter().all(|answer| {
            registry().iter().any(|connector| answer.split('.').next() == Some(&*connector.name))
        })
    };
    lines.map(parse).filter(built_in).collect()
}

fn place(hit: &Hit) -> String {
    format!("{}.{}.{}", hit.connector, hit.entity, hit.action)
}

/// Place of the first answer among the hits, from 1; 0 for none.
fn rank(index: &Index, question: &Question, text: &str) -> usize {
    let hits = index.search(text, 10);
    let is_answer = |hit: &Hit| question.answers.contains(&place(hit).as_str());
    hits.iter().position(is_answer).map_or(0, |place| place + 1)
}

#[test]
fn every_answer_exists() {
    for question in questions() {
        for answer in &question.answers {
            let exists = registry().iter().any(|connector| {
                connector
                    .operations()
                    .any(|operation| *answer == format!("{}.{}", connector.name, operation.place()))
            });
            assert!(exists, "{answer} does not exist ({})", question.text);
        }
    }
}

/// Share of the questions of one half that have an answer among the first hits.
struct Recall {
    half: &'static str,
    at_1: f64,
    at_3: f64,
    at_5: f64,
}

fn recall(index: &Index, half: &'static str, text: impl Fn(&Question) -> String) -> Recall {
    let ranks: Vec<usize> = questions()
        .iter()
        .filter(|question| question.half.starts_with(half))
        .map(|question| rank(index, question, &text(question)))
        .collect();
    let within = |limit: usize| {
        let found = ranks.iter().filter(|rank| (1..=limit).contains(*rank)).count();
        found as f64 / ranks.len() as f64
    };
    let recall = Recall { half, at_1: within(1), at_3: within(3), at_5: within(5) };
    println!(
        "{half}: {} questions, recall@1 {:.3}, recall@3 {:.3}, recall@5 {:.3}",
        ranks.len(),
        recall.at_1,
        recall.at_3,
        recall.at_5
    );
    recall
}

#[test]
fn most_questions_are_answered_near_the_top() {
    let index = Index::new(registry().iter().copied());
    for (half, at_1, at_3, at_5) in [
        ("held-out", 0.80, 0.96, 0.98),
        ("tuning", 0.84, 0.96, 0.98),
        ("first", 0.90, 0.96, 0.98),
        ("second", 0.90, 0.95, 0.96),
        ("third", 0.85, 0.93, 0.95),
    ] {
        let found = recall(&index, half, |question| question.text.to_owned());
        let enough = found.at_1 >= at_1 && found.at_3 >= at_3 && found.at_5 >= at_5;
        assert!(enough, "search finds less on the {} half than it did", found.half);
    }
}

/// Swaps two letters inside the longest word.
fn mistyped(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let longest = words.iter().map(|word| word.len()).max().unwrap_or_default();
    let at = words.iter().position(|word| word.len() == longest).unwrap_or_default();
    let mistype = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        let middle = letters.len() / 2;
        if middle > 0 {
            letters.swap(middle - 1, middle);
        }
        letters.into_iter().collect::<String>()
    };
    let words = words
        .iter()
        .enumerate()
        .map(|(index, word)| if index == at { mistype(word) } else { (*word).to_owned() });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_typing_error_in_the_longest_word_costs_little() {
    let index = Index::new(registry().iter().copied());
    let found = recall(&index, "held-out", |question| mistyped(question.text));
    assert!(found.at_3 >= 0.85 && found.at_5 >= 0.90);
}

#[test]
fn no_write_comes_first_for_a_question_that_is_answered_by_reading() {
    let index = Index::new(registry().iter().copied());
    let is_write = |place: &str| {
        [".create", ".update", ".delete"].into_iter().any(|action| place.ends_with(action))
    };
    for question in questions() {
        let first = index.search(question.text, 1);
        let reads = !question.answers.iter().any(|answer| is_write(answer));
        let wrong = reads && first.iter().any(|hit| is_write(&place(hit)));
        assert!(!wrong, "{}: {first:?}", question.text);
    }
}

/// The action at the end of a place.
fn action_of(place: &str) -> &str {
    place.rsplit('.').next().unwrap_or_default()
}

#[test]
fn nearly_no_question_that_asks_for_a_change_gets_another_change_first() {
    let index = Index::new(registry().iter().copied());
    let changes = ["create", "update", "delete"];
    let mut wrong = Vec::new();
    let mut changing = 0;
    for question in questions() {
        let wanted: Vec<&str> = question.answers.iter().map(|answer| action_of(answer)).collect();
        if !wanted.iter().any(|action| changes.contains(action)) {
            continue;
        }
        changing += 1;
        let first = index.search(question.text, 1).first().map(place).unwrap_or_default();
        if changes.contains(&action_of(&first)) && !wanted.contains(&action_of(&first)) {
            wrong.push((question.text, first));
        }
    }
    println!("another change first for {} of {changing}", wrong.len());
    assert!(wrong.len() * 50 <= changing, "{wrong:#?}");
}

#[test]
fn questions_in_other_languages_are_answered() {
    let index = Index::new(registry().iter().copied());
    for language in ["es", "fr", "de", "pt", "ja", "it", "nl", "zh"] {
        let found = recall(&index, language, |question| question.text.to_owned());
        assert!(found.at_3 >= 0.85 && found.at_5 >= 0.9, "{language}");
    }
}

#[test]
fn the_name_of_an_operation_finds_it_first() {
    let index = Index::new(registry().iter().copied());
    let first = |query: &str| index.search(query, 1).first().map(place).unwrap_or_default();
    for connector in registry() {
        for operation in connector.operations() {
            let name = format!("{}.{}", connector.name, operation.place());
            assert_eq!(first(&name), name);
        }
    }
    for (query, expected) in [
        ("asana create task", "asana.tasks.create"),
        ("create task asana", "asana.tasks.create"),
        ("slack messages create", "slack.messages.create"),
        ("listStargazers", "github.stargazers.list"),
        ("getSatisfactionRatings", "zendesk-support.satisfaction_ratings.get"),
        ("sales force leads list", "salesforce.leads.list"),
    ] {
        assert_eq!(first(query), expected, "{query}");
    }
    let issues = index.search("listIssues", 2);
    assert!(issues.iter().all(|hit| hit.entity == "issues"), "{issues:?}");
}

#[test]
fn services_that_nobody_serves_are_named() {
    let index = Index::new(registry().iter().copied());
    for (query, name) in [
        ("create a page in notion", Some("notion")),
        ("my trello boards", Some("trello")),
        ("send a gmail", Some("gmail")),
        ("post a message in teams", Some("teams")),
        ("teams in linear", None),
        ("zoom into the sales of shopify", None),
        ("open invoices in stripe", None),
    ] {
        let found = index.unserved(query);
        assert_eq!(found.as_ref().map(|found| found.name.as_str()), name, "{query}");
        assert!(found.is_none_or(|found| !found.nearest.is_empty()));
    }
    let trello = index.unserved("my trello boards").map(|found| found.to_string());
    let expected = "There is no connector named trello; nearest: ";
    assert!(trello.is_some_and(|text| text.starts_with(expected)));
}

#[test]
fn answers_keep_to_limit_and_filter() {
    let index = Index::new(registry().iter().copied());
    assert!(index.search("", 5).is_empty());
    assert!(index.search("the of and", 5).is_empty());
    assert!(index.search("qqqqqqqq zzzzzzzz", 5).is_empty());
    assert_eq!(index.search("customers", 4).len(), 4);
    let long = "customer ".repeat(100_000);
    assert_eq!(index.search(&long, 1)[0].entity, "customers");
    let found = index.search_where("delete a customer", 5, |hit| hit.action.is_array());
    assert!(!found.is_empty() && found.iter().all(|hit| hit.action.is_array()), "{found:?}");
    let scores: Vec<f32> = index.search("open invoices", 50).iter().map(|hit| hit.score).collect();
    assert!(scores.is_sorted_by(|a, b| a >= b));
    assert!(Index::new([]).search("customers", 5).is_empty());
}
