//! Responses that contain an object about the next page, but not what leads there.

use super::failure::says_something;
use super::next::Paginator;
use super::plan::{PagingPlaces, is_next, is_next_step, parent};
use crate::cursor::{DeadEnd, NextPage};
use crate::description::{MetaSource, Source, Step};

impl Paginator<'_> {
    /// The dead end of a response that contains an object about the next page, such as `next`,
    /// which is not empty and lacks the member that leads there.
    pub(super) fn tokenless(&self, from: &Source, places: &PagingPlaces) -> Option<NextPage> {
        let (holder, token) = match from {
            Source::Body(path) => (self.values.get(places.holder?)?.clone(), path),
            Source::Meta { name, inside } if inside.steps.is_empty() => {
                let mut fields = self.operation.response.meta.iter();
                let field = fields.find(|field| field.name == *name)?;
                let MetaSource::Body(path) = &field.source else { return None };
                (self.values.get(places.holder?)?.clone(), path)
            }
            Source::Meta { name, inside } if is_next(name) && inside.steps.len() == 1 => {
                (self.meta.get(name.as_ref()).cloned(), inside)
            }
            Source::Meta { name, inside } if inside.steps.len() > 1 => {
                let holder = parent(inside);
                let is_named = holder.steps.last().is_some_and(is_next_step);
                let value = self.meta.get(name.as_ref()).filter(|_| is_named);
                (value.and_then(|value| holder.first(value)).cloned(), inside)
            }
            Source::Meta { .. } => return None,
        };
        let Some(Step::Key(token)) = token.steps.last() else { return None };
        let holds = holder.as_ref().is_some_and(says_something);
        holds.then(|| NextPage::cut(DeadEnd::Tokenless(token.to_string())))
    }
}
