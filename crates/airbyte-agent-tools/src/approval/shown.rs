//! Arguments as a person reads them before they are sent.

use serde_json::{Map, Value};

/// The longest text that a person is shown, in characters.
const LONGEST: usize = 6_000;

/// How long a text inside the arguments may be, from the most to the least, until all of them fit.
const TEXTS: [usize; 3] = [2_000, 300, 60];

/// Arguments as they are shown.
pub(super) struct Shown {
    /// JSON with line breaks.
    pub(super) text: String,
    /// What is not shown. It stands before the text, where nobody overlooks it.
    pub(super) remark: Option<String>,
}

/// The arguments as JSON. Whatever is cut says how long it is.
pub(super) fn arguments(arguments: &Map<String, Value>) -> Shown {
    let whole = Value::Object(arguments.clone());
    let characters = |value: &Value| format!("{value:#}").chars().count();
    for longest in TEXTS {
        let mut shown = whole.clone();
        let cut = shorten(&mut shown, longest);
        let text = format!("{shown:#}");
        if text.chars().count() <= LONGEST {
            let remark = cut.then(|| {
                let total = characters(&whole);
                format!(
                    "Only the beginnings of long texts are shown, of {total} characters in all."
                )
            });
            return Shown { text, remark };
        }
    }
    let text: String = format!("{whole:#}").chars().take(LONGEST).collect();
    let total = characters(&whole);
    let remark = Some(format!(
        "Only the first {LONGEST} of {total} characters are shown: refuse what you cannot judge."
    ));
    Shown { text: format!("{text} …"), remark }
}

/// Cuts the texts inside a value that are longer, and says whether there were any.
fn shorten(value: &mut Value, longest: usize) -> bool {
    match value {
        Value::String(text) => {
            let length = text.chars().count();
            if length <= longest {
                return false;
            }
            let start: String = text.chars().take(longest).collect();
            *text = format!("{start} … ({length} characters)");
            true
        }
        Value::Array(items) => {
            items.iter_mut().fold(false, |cut, item| shorten(item, longest) | cut)
        }
        Value::Object(members) => {
            members.values_mut().fold(false, |cut, member| shorten(member, longest) | cut)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn nothing_is_cut_without_a_word() {
        for (arguments, remark, end) in [
            (json!({"id": 7}), None, "\"id\": 7\n}"),
            (json!({"text": "x".repeat(2_000)}), None, "x\"\n}"),
            (json!({"text": "x".repeat(9_000)}), Some("beginnings"), "… (9000 characters)\"\n}"),
            (
                json!({"all": vec!["x".repeat(250); 50]}),
                Some("beginnings"),
                "characters)\"\n  ]\n}",
            ),
            (json!({"all": vec![7; 9_000]}), Some("the first 6000 of"), "…"),
        ] {
            let shown = super::arguments(arguments.as_object().unwrap());
            assert!(shown.text.ends_with(end), "{end}: {:?}", shown.remark);
            assert_eq!(shown.remark.is_some(), remark.is_some(), "{:?}", shown.remark);
            assert!(remark.is_none_or(|part| shown.remark.unwrap().contains(part)));
        }
    }
}
