//! Twins: two fields of a record that say the same in two forms, such as `body` and `bodyHTML`, or the address
//! of an API beside that of a web page. One of them is enough.

use super::rank::words;
use super::rank_words::PAGES;

/// Words that say in which form a field holds a text. The earlier ones are the more useful to read.
const FORMS: [&str; 10] = [
    "text",
    "plain",
    "plaintext",
    "markdown",
    "md",
    "rendered",
    "formatted",
    "html",
    "raw",
    "normalized",
];

/// Words that tell the address of a web page from that of an API.
const WEB: [&str; 4] = ["html", "web", "permalink", "browser"];

/// The fields among these that have a better twin.
pub(super) fn worse<'n>(names: &[&'n str]) -> Vec<&'n str> {
    let described: Vec<(Vec<String>, usize)> = names.iter().map(|name| describe(name)).collect();
    let has_web_page = names.iter().any(|name| is_web_page(name));
    let mut worse = Vec::new();
    for (index, (name, (stem, form))) in names.iter().zip(&described).enumerate() {
        let is_better = |(other, (other_stem, other_form)): (usize, &(Vec<String>, usize))| {
            other != index && other_stem == stem && other_form < form
        };
        let has_better = !stem.is_empty() && described.iter().enumerate().any(is_better);
        let is_address = has_web_page && matches!(*name, "url" | "uri" | "href" | "self");
        if is_address || !is_page(name) && has_better {
            worse.push(*name);
        }
    }
    worse
}

/// The words of a name without its form, and the place of the form in the order of usefulness.
fn describe(name: &str) -> (Vec<String>, usize) {
    let words = words(name);
    let form = |word: &String| FORMS.iter().position(|form| form == word);
    let place = words.iter().find_map(form);
    // A field that is named for its form alone has no twin.
    let stem: Vec<String> = words.iter().filter(|word| form(word).is_none()).cloned().collect();
    (stem, place.map_or(0, |place| place + 1))
}

fn is_page(name: &str) -> bool {
    PAGES.contains(&words(name).join("_").as_str())
}

fn is_web_page(name: &str) -> bool {
    is_page(name) && words(name).iter().any(|word| WEB.contains(&word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_two_forms_is_enough() {
        for (names, expected) in [
            (&["body", "bodyHTML", "bodyText"][..], &["bodyHTML", "bodyText"][..]),
            (&["subject", "raw_subject"], &["raw_subject"]),
            (&["body_html", "body_text"], &["body_html"]),
            (&["url", "html_url", "id"], &["url"]),
            (&["permalink", "self", "name"], &["self"]),
            (&["url", "link"], &[]),
            (&["name", "name_normalized"], &["name_normalized"]),
            (&["text", "html"], &[]),
            (&["title", "raw_subject"], &[]),
        ] {
            assert_eq!(worse(names), expected, "{names:?}");
        }
    }
}
