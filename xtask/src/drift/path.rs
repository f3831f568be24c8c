//! Paths of operations, compared without the names of their parameters.

use airbyte_agent_description::{Piece, Template};

/// Texts that many APIs accept instead of an id.
const ALIASES: [&str; 3] = ["me", "@me", "self"];

/// A path as its segments. Names of parameters, the extension `.json` and a query are ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path(Vec<String>);

impl Path {
    pub(super) fn new(text: &str) -> Self {
        let text = text.split(['?', '#']).next().unwrap_or_default();
        Self(text.split('/').filter(|segment| !segment.is_empty()).map(plain).collect())
    }

    /// How well a path of the vendor fits: 0 if it is the same, more for each segment of ours that is a value
    /// of one of its parameters, and `None` if it does not fit.
    pub(super) fn distance(&self, theirs: &Self) -> Option<usize> {
        if self.0.len() != theirs.0.len() {
            return None;
        }
        let mut distance = 0;
        let mut is_guess = false;
        for (own, theirs) in self.0.iter().zip(&theirs.0) {
            if own != theirs {
                if theirs != "{}" {
                    return None;
                }
                distance += 1;
                is_guess |= !own.contains("{}") && !ALIASES.contains(&own.as_str());
            }
        }
        // A path that consists of parameters only fits every path, so it says nothing about this
        // one.
        let is_any =
            !self.0.iter().zip(&theirs.0).any(|(own, theirs)| own == theirs && own != "{}");
        (!is_guess || !is_any).then_some(distance)
    }
}

/// The segment with `{}` for each parameter.
fn plain(segment: &str) -> String {
    let mut out = String::new();
    let mut rest = segment.strip_suffix(".json").unwrap_or(segment);
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push_str("{}");
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A template as documents write it, with `{name}` for each parameter.
pub(super) fn shown(template: &Template) -> String {
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Name(name) => format!("{{{name}}}"),
    });
    pieces.collect()
}

/// The name of the vendor's parameter at the position of our parameter `name`. The paths are
/// compared from the end, because one of them may have the path of a server before it.
pub(super) fn counterpart<'t>(own: &str, theirs: &'t str, name: &str) -> Option<&'t str> {
    let own: Vec<&str> = own.split('/').rev().collect();
    let theirs: Vec<&str> = theirs.split('/').rev().collect();
    let at = own.iter().position(|segment| segment.contains(&format!("{{{name}}}")))?;
    let (_, after) = theirs.get(at)?.split_once('{')?;
    after.split_once('}').map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_fit_whatever_their_parameters_are_called() {
        for (own, theirs, distance) in [
            ("/users/{id}", "/users/{user_id}", Some(0)),
            ("/tickets/{id}.json", "/tickets/{ticket_id}", Some(0)),
            ("/objects/deals/{id}", "/objects/{type}/{id}", Some(1)),
            ("/act_{id}/ads", "/{account}/ads", Some(1)),
            ("/me/ads", "/{id}/ads", Some(1)),
            ("/me", "/{id}", Some(1)),
            ("/act_{id}", "/{id}", Some(1)),
            ("/archive", "/{id}", None),
            ("/users/{id}", "/users/me", None),
            ("/users", "/users/{id}", None),
            ("/files?alt=media", "/files", Some(0)),
        ] {
            assert_eq!(Path::new(own).distance(&Path::new(theirs)), distance, "{own} {theirs}");
        }
    }

    #[test]
    fn parameters_are_found_by_their_position() {
        let theirs = "/v1/users/{user}/posts/{post}";
        assert_eq!(counterpart("/users/{id}/posts/{n}", theirs, "n"), Some("post"));
        assert_eq!(counterpart("/users/{id}/posts/{n}", theirs, "id"), Some("user"));
        assert_eq!(counterpart("/users/{id}", "/users/me", "id"), None);
    }
}
