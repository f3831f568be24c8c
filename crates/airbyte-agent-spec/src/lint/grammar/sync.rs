//! `x-agent-sync` and `x-agent-filters`.

use super::Rule::{Any, Bool, Count, Either, Map, Object, OneOf, Text};
use super::{Rule, Shape, TEXTS, Unknown};

const NAMES: Rule = Either(&TEXTS, &Text);

const TIME: Rule = OneOf(&["iso8601", "date", "unix_seconds", "unix_milliseconds", "number"]);

pub(super) static SYNC: Shape = Shape {
    name: "x-agent-sync",
    keys: &[
        ("cannot", Text),
        ("key", NAMES),
        ("unique", OneOf(&["per_parent", "everywhere"])),
        ("parents", Map(&Map(&Text))),
        ("arguments", Map(&Any)),
        ("needs", TEXTS),
        ("changed", Object(&CHANGED)),
        ("deleted", Object(&DELETED)),
        ("conditional", Bool),
    ],
    required: &[],
    unknown: Unknown::Strict,
};

static CHANGED: Shape = Shape {
    name: "changed",
    keys: &[
        ("field", Text),
        ("format", TIME),
        ("filter", Either(&Map(&Any), &Text)),
        ("filter_format", TIME),
        ("order", OneOf(&["ascending", "descending"])),
        ("overlap_seconds", Count),
    ],
    required: &["field"],
    unknown: Unknown::Strict,
};

static DELETED: Shape = Shape {
    name: "deleted",
    keys: &[("field", Text), ("equals", Any), ("feed", Text), ("key", NAMES)],
    required: &[],
    unknown: Unknown::Strict,
};

/// Arguments and templates, or the name of one argument.
const ARGUMENTS: Rule = Either(&Map(&Any), &Text);

pub(super) const FILTERS: Rule = Map(&Either(&Object(&FILTER), &Text));

static FILTER: Shape = Shape {
    name: "a filter",
    keys: &[
        ("equals", ARGUMENTS),
        ("any_of", ARGUMENTS),
        ("most", Count),
        ("from", ARGUMENTS),
        ("to", ARGUMENTS),
        ("format", TIME),
        ("get", Text),
        ("unless", Text),
    ],
    required: &[],
    unknown: Unknown::Strict,
};
