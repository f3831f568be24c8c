//! Picks several places of a JSON response in one pass.
//!
//! Records are decoded directly into their type when the reader comes to them. Metadata, error
//! fields and paging tokens are stored as plain JSON. Everything else is skipped.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::description::{JsonPath, Step};
use crate::json::Build;

/// Takes the value at the place of the records.
pub(super) trait Sink {
    /// Takes one of the values at the place.
    fn take<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error>;

    /// Forgets what was taken, because the text will be read again.
    fn clear(&mut self);
}

/// A sink that takes nothing.
pub(super) struct Nothing;

impl Sink for Nothing {
    fn take<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_ignored_any(IgnoredAny).map(|_| ())
    }

    fn clear(&mut self) {}
}

/// The purpose for which a place is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// The place contains records.
    Records,
    /// The value of the place with this number; of several matches, the first one is wanted.
    First(usize),
    /// The value of the place with this number; of several matches, the last one is wanted.
    Last(usize),
}

/// The wanted places, as a tree.
#[derive(Debug, Default)]
struct Node<'p> {
    keys: Vec<(&'p str, Node<'p>)>,
    indexes: Vec<(usize, Node<'p>)>,
    each: Option<Box<Node<'p>>>,
    wanted: Vec<Wanted>,
}

impl<'p> Node<'p> {
    fn add(&mut self, steps: &'p [Step], wanted: Wanted) {
        let Some((first, rest)) = steps.split_first() else {
            self.wanted.push(wanted);
            return;
        };
        let child = match first {
            Step::Key(key) => {
                let found = self.keys.iter().position(|(known, _)| known == key);
                let index = found.unwrap_or_else(|| {
                    self.keys.push((key.as_ref(), Self::default()));
                    self.keys.len() - 1
                });
                &mut self.keys[index].1
            }
            Step::Index(index) => {
                let found = self.indexes.iter().position(|(known, _)| known == index);
                let position = found.unwrap_or_else(|| {
                    self.indexes.push((*index, Self::default()));
                    self.indexes.len() - 1
                });
                &mut self.indexes[position].1
            }
            Step::Each => self.each.get_or_insert_with(Box::default),
        };
        child.add(rest, wanted);
    }
}

/// A place, and which of several matches is wanted.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    pub(super) path: JsonPath,
    pub(super) last: bool,
}

impl From<JsonPath> for Place {
    fn from(path: JsonPath) -> Self {
        Self { path, last: false }
    }
}

/// The value found at each place, in the order of the places.
pub(super) type Picked = Vec<Option<Value>>;

/// Decodes the records at `records` into `sink`, and picks the values at `places`.
pub(super) fn pick<S: Sink>(
    text: &str,
    records: Option<&JsonPath>,
    places: &[Place],
    sink: &mut S,
) -> Result<Picked, serde_json::Error> {
    let mut picked: Picked = places.iter().map(|_| None).collect();
    let mut passes = vec![Pass::default()];
    if let Some(records) = records {
        passes[0].add(records, Wanted::Records);
    }
    let mut derived = Vec::new();
    for (number, Place { path: place, last }) in places.iter().enumerate() {
        // If a place is inside another one, its value is looked up in the value of the other place.
        if let Some(outer) = places.iter().position(|other| contains(&other.path, place)) {
            derived.push((number, outer));
            continue;
        }
        let wanted = if *last { Wanted::Last(number) } else { Wanted::First(number) };
        let fitting = passes.iter_mut().find(|pass| pass.takes(place));
        if let Some(pass) = fitting {
            pass.add(place, wanted);
        } else {
            let mut pass = Pass::default();
            pass.add(place, wanted);
            passes.push(pass);
        }
    }
    for (index, pass) in passes.iter().enumerate() {
        match index {
            0 => run(text, &pass.root, &mut picked, sink)?,
            _ => run(text, &pass.root, &mut picked, &mut Nothing)?,
        }
    }
    for (number, outer) in derived {
        let rest = &places[number].path.steps[places[outer].path.steps.len()..];
        let rest = JsonPath { steps: rest.to_vec().into() };
        picked[number] = picked[outer].as_ref().and_then(|value| rest.first(value)).cloned();
    }
    Ok(picked)
}

/// Places that one pass can pick. Usually one pass is enough. A further pass is needed for a place
/// inside the records, and for a place that another place contains through a step that means every
/// element.
#[derive(Default)]
struct Pass<'p> {
    root: Node<'p>,
    taken: Vec<(&'p JsonPath, Wanted)>,
}

impl<'p> Pass<'p> {
    fn add(&mut self, place: &'p JsonPath, wanted: Wanted) {
        self.root.add(&place.steps, wanted);
        self.taken.push((place, wanted));
    }

    fn takes(&self, place: &JsonPath) -> bool {
        self.taken.iter().all(|(taken, wanted)| {
            if *taken == place {
                return *wanted != Wanted::Records;
            }
            let mut steps = taken.steps.iter().zip(place.steps.iter());
            // The places differ at a step at which neither of them means every element.
            steps.find(|(a, b)| a != b).is_some_and(|(a, b)| *a != Step::Each && *b != Step::Each)
        })
    }
}

fn contains(outer: &JsonPath, inner: &JsonPath) -> bool {
    outer.steps.len() < inner.steps.len() && inner.steps.starts_with(&outer.steps)
}

fn run<S: Sink>(
    text: &str,
    node: &Node<'_>,
    picked: &mut Picked,
    sink: &mut S,
) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Walk { node, picked, sink }.deserialize(&mut deserializer)?;
    deserializer.end()
}

struct Walk<'a, S> {
    node: &'a Node<'a>,
    picked: &'a mut Picked,
    sink: &'a mut S,
}

impl<S: Sink> Walk<'_, S> {
    /// The same targets, one level deeper.
    fn down<'b>(&'b mut self, node: &'b Node<'b>) -> Walk<'b, S> {
        Walk { node, picked: self.picked, sink: self.sink }
    }
}

impl<'de, S: Sink> DeserializeSeed<'de> for Walk<'_, S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.node.wanted.as_slice() {
            [] => deserializer.deserialize_any(self),
            [Wanted::Records] => self.sink.take(deserializer),
            wanted => {
                let value = Build.deserialize(deserializer)?;
                for wanted in wanted {
                    match wanted {
                        Wanted::First(number) => {
                            self.picked[*number].get_or_insert_with(|| value.clone());
                        }
                        Wanted::Last(number) => self.picked[*number] = Some(value.clone()),
                        Wanted::Records => {}
                    }
                }
                Ok(())
            }
        }
    }
}

impl<'de, S: Sink> Visitor<'de> for Walk<'_, S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let node = self.node;
        while let Some(found) = map.next_key_seed(Find(&node.keys))? {
            let child = found.map(|index| &node.keys[index].1).or(node.each.as_deref());
            match child {
                Some(child) => map.next_value_seed(self.down(child))?,
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let node = self.node;
        if node.indexes.is_empty() && node.each.is_none() {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        for index in 0.. {
            let named = node.indexes.iter().find(|(known, _)| *known == index);
            let child = named.map(|(_, child)| child).or(node.each.as_deref());
            let more = match child {
                Some(child) => seq.next_element_seed(self.down(child))?.is_some(),
                None => seq.next_element::<IgnoredAny>()?.is_some(),
            };
            if !more {
                break;
            }
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Finds the wanted key that is equal to an object key, without storing the object key.
struct Find<'a>(&'a [(&'a str, Node<'a>)]);

impl<'de> DeserializeSeed<'de> for Find<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Find<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member name")
    }

    fn visit_str<E>(self, key: &str) -> Result<Option<usize>, E> {
        Ok(self.0.iter().position(|(known, _)| *known == key))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    struct Values(Vec<Value>);

    impl Sink for Values {
        fn take<'de, D: Deserializer<'de>>(&mut self, deserializer: D) -> Result<(), D::Error> {
            self.0.push(serde::Deserialize::deserialize(deserializer)?);
            Ok(())
        }

        fn clear(&mut self) {
            self.0.clear();
        }
    }

    #[test]
    fn a_pass_finds_what_looking_up_finds() {
        let body = json!({
            "data": [{"id": 1, "sub": [{"x": 1}]}, {"id": 2, "sub": []}],
            "page": {"next": "abc", "deep": {"er": true}},
            "empty": null, "n": 1.5, "ok": false,
            "a": {"b": [[1, 2], [3]]},
        });
        let bytes = body.to_string();
        for records in
            ["$", "$.data", "$.data[*].sub", "$.data[1]", "$.a.b[*][*]", "$.none", "$.page"]
        {
            for places in [
                vec!["$.page.next", "$.ok"],
                vec!["$.page", "$.page.next", "$.page.deep.er"],
                vec!["$.data[0].id", "$.empty", "$.gone.x", "$.n"],
                vec!["$.page", "$.page"],
            ] {
                let records = JsonPath::parse(records).unwrap();
                let places: Vec<Place> =
                    places.iter().map(|place| JsonPath::parse(place).unwrap().into()).collect();
                let mut sink = Values(Vec::new());
                let picked = pick(&bytes, Some(&records), &places, &mut sink).unwrap();
                let expected: Vec<&Value> = records.find(&body);
                assert_eq!(sink.0.iter().collect::<Vec<_>>(), expected, "{records}");
                for (place, value) in places.iter().zip(picked) {
                    assert_eq!(
                        value.as_ref(),
                        place.path.first(&body),
                        "{place:?} beside {records}"
                    );
                }
            }
        }
    }
}
