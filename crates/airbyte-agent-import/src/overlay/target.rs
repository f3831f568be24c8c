//! What an action of an overlay is about: a JSON path, a JSON pointer, or the method and path of an operation.

use serde_json::Value;

/// A step towards a place.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Each,
    Index(usize),
    /// Elements that have this value in this member.
    With(String, String),
}

/// What an action is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// An operation, by its method in small letters and its path.
    Operation(String, String),
    Path(Steps),
}

/// The steps of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Steps(Vec<Step>);

const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];

impl Target {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Some((method, path)) = text.split_once(' ')
            && METHODS.contains(&method.to_lowercase().as_str())
        {
            return Ok(Self::Operation(method.to_lowercase(), path.trim().to_owned()));
        }
        let steps = if text.starts_with('/') {
            Some(pointer(text))
        } else {
            text.strip_prefix('$').and_then(path)
        };
        steps.map(|steps| Self::Path(Steps(steps))).ok_or_else(|| {
            format!("`{text}` is not understood: expected a form like `$.paths['/users'].get`, `/paths/~1users/get` or `GET /users`")
        })
    }

    /// The JSON pointers of what the target means, at least one.
    pub(super) fn find(&self, spec: &Value) -> Result<Vec<String>, String> {
        match self {
            Self::Operation(method, path) => operation(spec, method, path),
            Self::Path(Steps(steps)) => {
                let mut places = vec![String::new()];
                for step in steps {
                    let mut next = Vec::new();
                    for place in &places {
                        next.extend(step.follow(spec, place));
                    }
                    if next.is_empty() {
                        return Err(missing(spec, &places, step));
                    }
                    places = next;
                }
                Ok(places)
            }
        }
    }
}

impl Step {
    fn follow(&self, spec: &Value, place: &str) -> Vec<String> {
        let Some(node) = spec.pointer(place) else { return Vec::new() };
        let inside = |name: &str| format!("{place}/{}", escaped(name));
        match (self, node) {
            (Self::Key(key), Value::Object(members)) if members.contains_key(key) => {
                vec![inside(key)]
            }
            (Self::Key(key), Value::Array(items)) => match key.parse::<usize>() {
                Ok(index) if index < items.len() => vec![inside(key)],
                _ => Vec::new(),
            },
            (Self::Index(index), Value::Array(items)) if *index < items.len() => {
                vec![inside(&index.to_string())]
            }
            (Self::Each, Value::Object(members)) => members.keys().map(|key| inside(key)).collect(),
            (Self::Each, Value::Array(items)) => {
                (0..items.len()).map(|index| inside(&index.to_string())).collect()
            }
            (Self::With(key, value), Value::Array(items)) => {
                let has = |item: &Value| item.get(key).is_some_and(|found| plain(found) == *value);
                let found = items.iter().enumerate().filter(|(_, item)| has(item));
                found.map(|(index, _)| inside(&index.to_string())).collect()
            }
            (Self::With(key, value), Value::Object(members)) => {
                let has = |item: &Value| item.get(key).is_some_and(|found| plain(found) == *value);
                members.iter().filter(|(_, item)| has(item)).map(|(name, _)| inside(name)).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn operation(spec: &Value, method: &str, path: &str) -> Result<Vec<String>, String> {
    let place = format!("/paths/{}/{method}", escaped(path));
    if spec.pointer(&place).is_some() {
        return Ok(vec![place]);
    }
    let mut known = Vec::new();
    for (path, item) in spec.get("paths").and_then(Value::as_object).into_iter().flatten() {
        for (method, _) in item.as_object().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) {
                known.push(format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    let wanted = format!("{} {path}", method.to_uppercase());
    // The same path with another method is suggested before another path.
    let same =
        known.iter().find(|name| name.split_once(' ').is_some_and(|(_, known)| known == path));
    let near = same.cloned().or_else(|| nearest(&wanted, known.iter().map(String::as_str)));
    Err(format!("there is no operation `{wanted}`{}", hint(near)))
}

fn missing(spec: &Value, places: &[String], step: &Step) -> String {
    let place = places.first().map(String::as_str).unwrap_or_default();
    let shown = if place.is_empty() { "the spec".to_owned() } else { format!("`{place}`") };
    let node = spec.pointer(place);
    match step {
        Step::Key(key) => {
            let known =
                node.and_then(Value::as_object).into_iter().flat_map(|members| members.keys());
            format!("`{key}` is not in {shown}{}", hint(nearest(key, known.map(String::as_str))))
        }
        Step::Index(index) => format!("there is no element {index} in {shown}"),
        Step::Each => format!("there is nothing in {shown}"),
        Step::With(key, value) => {
            let items = node.and_then(Value::as_array).into_iter().flatten();
            let known: Vec<String> = items.filter_map(|item| item.get(key)).map(plain).collect();
            let near = nearest(value, known.iter().map(String::as_str));
            format!("nothing in {shown} has `{key}` with the value `{value}`{}", hint(near))
        }
    }
}

fn hint(near: Option<String>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let likeness = known.map(|known| (strsim::jaro_winkler(name, known), known));
    let best = likeness.filter(|(likeness, _)| *likeness > 0.7).max_by(|a, b| a.0.total_cmp(&b.0));
    best.map(|(_, known)| known.to_owned())
}

/// The steps of a JSON pointer.
fn pointer(text: &str) -> Vec<Step> {
    let parts = text.split('/').skip(1);
    parts.map(|part| Step::Key(part.replace("~1", "/").replace("~0", "~"))).collect()
}

/// The steps of a JSON path without its `$`: `.name`, `.*`, `['name']`, `[0]`, `[*]` and `[?(@.name == 'value')]`.
fn path(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(tail) = rest.strip_prefix('.') {
            let end = tail.find(['.', '[']).unwrap_or(tail.len());
            let name = tail.get(..end).filter(|name| !name.is_empty())?;
            steps.push(if name == "*" { Step::Each } else { Step::Key(name.to_owned()) });
            rest = tail.get(end..)?;
        } else {
            let tail = rest.strip_prefix('[')?;
            let (step, after) = bracket(tail)?;
            steps.push(step);
            rest = after;
        }
    }
    Some(steps)
}

fn bracket(text: &str) -> Option<(Step, &str)> {
    if let Some((name, rest)) = quoted(text) {
        return Some((Step::Key(name), rest.strip_prefix(']')?));
    }
    if let Some(filter) = text.strip_prefix('?') {
        let filter = filter.trim_start_matches([' ', '(']).strip_prefix("@.")?;
        let (key, value) = filter.split_once("==")?;
        let (value, rest) = quoted(value.trim_start())?;
        let rest = rest.trim_start_matches([' ', ')']).strip_prefix(']')?;
        return Some((Step::With(key.trim().to_owned(), value), rest));
    }
    let (inside, rest) = text.split_once(']')?;
    let step = if inside == "*" { Step::Each } else { Step::Index(inside.parse().ok()?) };
    Some((step, rest))
}

/// A text in quotes at the beginning, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let (inside, rest) = text.get(1..)?.split_once(quote)?;
    Some((inside.to_owned(), rest))
}
