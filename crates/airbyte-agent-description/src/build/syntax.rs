//! The texts of paths and templates, parsed while a crate is compiled.

use std::borrow::Cow;
use std::mem::{forget, replace};

use crate::{Piece, Step};

/// How many steps a path has.
pub const fn count_steps(path: &str) -> usize {
    let bytes = path.as_bytes();
    let (mut at, mut count) = (0, 0);
    while at < bytes.len() {
        if bytes[at] == b'.' || bytes[at] == b'[' {
            count += 1;
        }
        at += 1;
    }
    count
}

/// The steps of a path in the syntax of [`JsonPath::parse`](crate::JsonPath::parse).
///
/// # Panics
///
/// When the path is not valid; in a constant, that is an error of the compiler.
pub const fn steps<const N: usize>(path: &'static str) -> [Step; N] {
    let mut steps = [const { Step::Each }; N];
    let (root, mut rest) = path.split_at(1);
    assert!(root.as_bytes()[0] == b'$', "a path begins with `$`");
    let mut at = 0;
    while at < N {
        let (mark, after) = rest.split_at(1);
        if mark.as_bytes()[0] == b'.' {
            let (key, behind) = after.split_at(find(after, b'.', b'['));
            assert!(!key.is_empty(), "a member of a path has a name");
            forget(replace(&mut steps[at], Step::Key(Cow::Borrowed(key))));
            rest = behind;
        } else {
            let (index, behind) = after.split_at(find(after, b']', b']'));
            if index.len() != 1 || index.as_bytes()[0] != b'*' {
                let index = usize::from_str_radix(index, 10);
                assert!(index.is_ok(), "an index of a path is a number or `*`");
                if let Ok(index) = index {
                    forget(replace(&mut steps[at], Step::Index(index)));
                }
            }
            rest = behind.split_at(1).1;
        }
        at += 1;
    }
    steps
}

/// How many literal texts and placeholders a template has.
///
/// # Panics
///
/// When a placeholder is not closed; in a constant, that is an error of the compiler.
pub const fn count_pieces(template: &str) -> usize {
    let (mut rest, mut count) = (template, 0);
    while !rest.is_empty() {
        rest = rest.split_at(first_piece(rest)).1;
        count += 1;
    }
    count
}

/// The literal texts and the placeholders, written `{name}`, of a template.
///
/// # Panics
///
/// When a placeholder is not closed; in a constant, that is an error of the compiler.
pub const fn pieces<const N: usize>(template: &'static str) -> [Piece; N] {
    let mut pieces = [const { Piece::Text(Cow::Borrowed("")) }; N];
    let (mut rest, mut at) = (template, 0);
    while at < N {
        let (piece, behind) = rest.split_at(first_piece(rest));
        let piece = if piece.as_bytes()[0] == b'{' {
            Piece::Name(Cow::Borrowed(piece.split_at(1).1.split_at(piece.len() - 2).0))
        } else {
            Piece::Text(Cow::Borrowed(piece))
        };
        forget(replace(&mut pieces[at], piece));
        rest = behind;
        at += 1;
    }
    pieces
}

/// Length of the literal text or of the placeholder at the beginning.
const fn first_piece(text: &str) -> usize {
    if text.as_bytes()[0] != b'{' {
        return find(text, b'{', b'{');
    }
    let end = find(text, b'}', b'}');
    assert!(end < text.len(), "a hole of a template is closed");
    end + 1
}

/// Where one of two marks stands first; the length of the text when neither does.
const fn find(text: &str, one: u8, other: u8) -> usize {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() && bytes[at] != one && bytes[at] != other {
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use crate::{JsonPath, Template, json_path, template};

    #[test]
    fn the_compiler_reads_paths_as_the_program_does() {
        for (compiled, text) in [
            (json_path!("$"), "$"),
            (json_path!("$.a.b_c"), "$.a.b_c"),
            (json_path!("$.a[0].b[*]"), "$.a[0].b[*]"),
            (json_path!("$[*][12].@x"), "$[*][12].@x"),
        ] {
            assert_eq!(Some(compiled), JsonPath::parse(text), "{text}");
        }
    }

    #[test]
    fn the_compiler_reads_templates_as_the_program_does() {
        for (compiled, text) in [
            (template!(""), ""),
            (template!("/v2/users"), "/v2/users"),
            (template!("/v2/{id}/ä/{other_id}"), "/v2/{id}/ä/{other_id}"),
            (template!("{a}{b.c}"), "{a}{b.c}"),
        ] {
            assert_eq!(compiled, Template::parse(text, "{", "}"), "{text}");
        }
    }
}
