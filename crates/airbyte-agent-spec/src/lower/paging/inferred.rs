//! Pagination that is inferred from names, for published specs, which do not declare it.
//!
//! The tables below are the names that those specs use. Names are compared without case and punctuation, so
//! that `page[cursor]`, `pageCursor` and `page_cursor` are the same.

use airbyte_agent_description::{
    Json, JsonPath, Kind, Location, MetaField, MetaSource, Next, PageSize, Paging, Parameter,
    Source, Step, Text,
};

use crate::lower::refs::{Walk, types};
use crate::lower::{Cx, Op, success_schema};
use crate::names::squash;
use airbyte_agent_yaml::Node;

/// Parameters that set the size of a page, the best ones first.
const SIZES: [&str; 12] = [
    "perpage",
    "pagesize",
    "limit",
    "maxresults",
    "maxrecords",
    "first",
    "pagelimit",
    "count",
    "size",
    "top",
    "itemsperpage",
    "paginationlimit",
];
/// Fields that say whether there are more pages.
const MORE: [&str; 6] =
    ["hasnextpage", "hasmore", "hasnext", "more", "moreavailable", "hasnexttoken"];
/// Fields that say whether this was the last page.
const DONE: [&str; 4] = ["islast", "islastpage", "done", "iscomplete"];
/// Fields that hold a token.
const TOKENS: [&str; 17] = [
    "endcursor",
    "nextcursor",
    "nextpagetoken",
    "nexttoken",
    "pagetoken",
    "nextpagecursor",
    "nextpageinfo",
    "nextpageid",
    "continuationtoken",
    "continuation",
    "cursor",
    "after",
    "startingafter",
    "nextoffset",
    "offset",
    "token",
    "marker",
];
/// Fields that hold a token or a URL, depending on the vendor.
const EITHER: [&str; 2] = ["nextpage", "next"];
/// Fields that hold a URL.
const LINKS: [&str; 9] = [
    "nextlink",
    "nextpageurl",
    "nexturl",
    "nextpagelink",
    "linksnext",
    "nextrecordsurl",
    "nextpageuri",
    "nextpagehref",
    "nexthref",
];
/// Parameters that take a token.
const INTO: [&str; 19] = [
    "after",
    "cursor",
    "pagetoken",
    "nexttoken",
    "nextpagetoken",
    "nextcursor",
    "startingafter",
    "startcursor",
    "pagecursor",
    "paginationcursor",
    "pageafter",
    "continuationtoken",
    "paginationtoken",
    "pageinfo",
    "pageid",
    "marker",
    "scrollid",
    "offset",
    "page",
];
/// Parameters whose value is taken from the URL of the next page, where it has the same name.
const FED: [&str; 17] = [
    "cursor",
    "pagetoken",
    "pagecursor",
    "pageafter",
    "after",
    "startingafter",
    "nexttoken",
    "nextpagetoken",
    "pageinfo",
    "marker",
    "starttime",
    "startat",
    "offset",
    "pageoffset",
    "skip",
    "page",
    "pagenumber",
];
/// Parameters that count records.
const OFFSETS: [&str; 6] = ["offset", "startat", "skip", "pageoffset", "start", "startindex"];
/// Parameters that count pages.
const PAGES: [&str; 4] = ["page", "pagenumber", "pageindex", "pageno"];

/// A field of the response that may say where the list continues.
struct Field<'a> {
    name: String,
    /// The last name of its path, which often says more than the name of the metadata field.
    last: String,
    /// The whole path, squashed.
    place: String,
    from_link_header: bool,
    source: Source,
    schema: Option<&'a Node>,
}

impl Field<'_> {
    fn is(&self, words: &[&str]) -> bool {
        words.contains(&self.name.as_str())
    }

    fn has_type(&self, name: &str) -> bool {
        self.schema.is_some_and(|schema| types(schema).contains(&name))
    }

    fn is_link(&self) -> bool {
        let named =
            |word: &str| ["link", "url", "uri", "href"].iter().any(|end| word.ends_with(end));
        self.from_link_header
            || self.is(&LINKS)
            || self.is(&EITHER)
                && (named(&self.last)
                    || self.place.contains("links")
                    || self.schema.is_some_and(|schema| {
                        matches!(schema.text("format").as_str(), "uri" | "url")
                    }))
    }
}

/// The parameter that sets the size of a page.
pub(super) fn size(parameters: &[Parameter]) -> Option<PageSize> {
    let found = SIZES.iter().find_map(|word| {
        parameters.iter().find(|parameter| {
            squash(&parameter.name) == *word
                && counts(parameter)
                && parameter.location != Location::Path
        })
    })?;
    let maximum = found.schema.maximum.filter(|maximum| *maximum >= 1.0 && *maximum < 1e15);
    Some(PageSize {
        parameter: found.name.clone(),
        default: None,
        // Bounded just above, so the cast cannot go wrong.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        maximum: maximum.map(|maximum| maximum as u64),
        needed: false,
        served: None,
        filtered: false,
    })
}

fn counts(parameter: &Parameter) -> bool {
    let kinds = &parameter.schema.kinds;
    kinds.is_empty()
        || kinds.iter().any(|kind| matches!(kind, Kind::Integer | Kind::Number | Kind::String))
}

fn is_number(parameter: &Parameter) -> bool {
    parameter.schema.kinds.iter().any(|kind| matches!(kind, Kind::Integer | Kind::Number))
}

pub(super) fn paging<'a>(
    cx: &Cx<'a>,
    op: Op<'a>,
    meta: &[MetaField],
    parameters: &[Parameter],
) -> Option<Paging> {
    let schema = success_schema(cx, op);
    let fields = fields(cx, schema, meta);
    let source = |words: &[&str]| {
        fields.iter().find(|field| field.is(words)).map(|field| field.source.clone())
    };
    let inference = Inference { cx, fields: &fields, parameters };
    let next = inference.token().or_else(|| inference.link()).or_else(|| inference.counted())?;
    let (more, done) = match next {
        Next::Offset { .. }
        | Next::Page { .. }
        | Next::LastRecord { .. }
        | Next::Cursor { .. }
        | Next::Link { .. } => (source(&MORE), source(&DONE)),
        Next::None { .. } | Next::Unknown { .. } => (None, None),
    };
    Some(Paging {
        next,
        more,
        done,
        size: size(parameters),
        short_page_ends: false,
        others: Vec::new().into(),
        single_page: Vec::new().into(),
    })
}

struct Inference<'c, 'a> {
    cx: &'c Cx<'a>,
    fields: &'c [Field<'a>],
    parameters: &'c [Parameter],
}

impl<'a> Inference<'_, 'a> {
    fn named(&self, words: &[&str]) -> Option<&Parameter> {
        words.iter().find_map(|word| {
            self.parameters
                .iter()
                .find(|p| squash(&p.name) == *word && p.location != Location::Path)
        })
    }

    /// A token of the response that a parameter takes.
    fn token(&self) -> Option<Next> {
        let by_rank = TOKENS.iter().chain(&EITHER);
        by_rank.filter_map(|word| self.fields.iter().find(|f| f.name == *word)).find_map(|field| {
            if field.is_link() {
                return None;
            }
            if let Some(inside) = self.inside(field) {
                return Some(inside);
            }
            let into = self.taker(field)?;
            Some(Next::Cursor { from: field.source.clone(), into: into.name.clone() })
        })
    }

    /// The parameter that takes the token of `field`.
    fn taker(&self, field: &Field<'_>) -> Option<&Parameter> {
        // `next_page_token` goes into `page_token`, `next_cursor` into `cursor`.
        let bare = |name: &str| {
            let name = name.strip_prefix("next").or(name.strip_prefix("end")).unwrap_or(name);
            name.to_owned()
        };
        let same = [field.last.clone(), field.name.clone(), bare(&field.name), bare(&field.last)];
        let by_name = same.iter().find_map(|name| {
            INTO.contains(&name.as_str()).then(|| self.named(&[name.as_str()])).flatten()
        });
        let parameter = by_name.or_else(|| self.named(&INTO))?;
        let word = squash(&parameter.name);
        if word == "page" && is_number(parameter) {
            // A number of a page, unless the field is a text: then it is a URL with the number.
            return field.has_type("integer").then_some(parameter);
        }
        if OFFSETS.contains(&word.as_str()) && is_number(parameter) {
            // The offset of this page does not say where the next page begins.
            return field.last.starts_with("next").then_some(parameter);
        }
        Some(parameter)
    }

    /// A token inside an object, such as `next_page: {offset, path}`.
    fn inside(&self, field: &Field<'a>) -> Option<Next> {
        let schema = field.schema?;
        if types(schema).contains(&"string") {
            return None;
        }
        let members = self.cx.properties(schema);
        let (name, into) = INTO.iter().find_map(|word| {
            let (name, _) = members.iter().find(|(name, _)| squash(name) == *word)?;
            Some(((*name).to_owned(), self.named(&[word])?))
        })?;
        let from = match &field.source {
            Source::Meta { name: meta, inside } => {
                Source::Meta { name: meta.clone(), inside: longer(inside, name) }
            }
            Source::Body(path) => Source::Body(longer(path, name)),
        };
        Some(Next::Cursor { from, into: into.name.clone() })
    }

    /// A URL of the response.
    fn link(&self) -> Option<Next> {
        let field = self.fields.iter().find(|field| field.is_link()).or_else(|| {
            let either = |field: &&Field<'_>| field.is(&EITHER) && !field.has_type("integer");
            self.fields.iter().find(either)
        })?;
        let feed: Vec<(Text, Text)> = self
            .named(&FED)
            .map(|parameter| (parameter.name.clone(), parameter.name.clone()))
            .into_iter()
            .collect();
        Some(Next::Link { from: field.source.clone(), feed: feed.into(), keep: None })
    }

    /// A parameter that counts records or pages, or that takes the last record.
    fn counted(&self) -> Option<Next> {
        if let Some(parameter) = self.named(&["startingafter", "sinceid"]) {
            let field = JsonPath { steps: vec![Step::Key("id".into())].into() };
            return Some(Next::LastRecord {
                field,
                into: parameter.name.clone(),
                add: 0,
                backwards: None,
            });
        }
        let start = |parameter: &Parameter, otherwise: u64| {
            let default = parameter.schema.default.as_ref().map(Json::value);
            default.and_then(|value| value.as_u64()).unwrap_or(otherwise)
        };
        if let Some(parameter) = self.named(&OFFSETS).filter(|parameter| is_number(parameter)) {
            let into = parameter.name.clone();
            return Some(Next::Offset { into, start: start(parameter, 0) });
        }
        let parameter = self.named(&PAGES).filter(|parameter| counts(parameter))?;
        Some(Next::Page { into: parameter.name.clone(), start: start(parameter, 1) })
    }
}

fn longer(path: &JsonPath, name: String) -> JsonPath {
    let mut steps = path.steps.to_vec();
    steps.push(Step::Key(name.into()));
    JsonPath { steps: steps.into() }
}

/// Metadata fields, then the members of the response and of the objects that vendors put around
/// their cursors.
fn fields<'a>(cx: &Cx<'a>, schema: Option<&'a Node>, meta: &[MetaField]) -> Vec<Field<'a>> {
    const WRAPPERS: [&str; 8] = [
        "paging",
        "pagination",
        "meta",
        "pageinfo",
        "responsemetadata",
        "links",
        "cursors",
        "pages",
    ];
    let mut found: Vec<Field<'a>> = meta.iter().map(|field| from_meta(cx, schema, field)).collect();
    let Some(schema) = schema else { return found };
    let mut open = vec![(JsonPath { steps: Vec::new().into() }, schema, 0)];
    while let Some((path, schema, depth)) = open.pop() {
        for (name, node) in cx.properties(schema) {
            let path = longer(&path, name.to_owned());
            let word = squash(name);
            if WRAPPERS.contains(&word.as_str()) && depth < 3 {
                open.push((path.clone(), node, depth + 1));
            }
            let place = squash(&path.to_string());
            found.push(Field {
                name: if place == "linksnext" { place.clone() } else { word.clone() },
                last: word,
                place,
                from_link_header: false,
                source: Source::Body(path),
                schema: cx.essential(node),
            });
        }
    }
    found
}

fn from_meta<'a>(cx: &Cx<'a>, schema: Option<&'a Node>, field: &MetaField) -> Field<'a> {
    let source =
        Source::Meta { name: field.name.clone(), inside: JsonPath { steps: Vec::new().into() } };
    let name = squash(&field.name);
    let base = Field {
        last: name.clone(),
        place: name.clone(),
        name,
        from_link_header: false,
        source,
        schema: None,
    };
    match &field.source {
        MetaSource::Link(_) => Field { from_link_header: true, ..base },
        MetaSource::Header(_) => base,
        MetaSource::Body(path) => Field {
            last: path.steps.iter().rev().find_map(key).map(squash).unwrap_or_default(),
            place: squash(&path.to_string()),
            schema: schema.and_then(|schema| match cx.walk(schema, path) {
                Walk::Schema(found) => cx.essential(found),
                Walk::Unknown | Walk::Nowhere => None,
            }),
            ..base
        },
    }
}

fn key(step: &Step) -> Option<&str> {
    match step {
        Step::Key(key) => Some(key),
        Step::Index(_) | Step::Each => None,
    }
}
