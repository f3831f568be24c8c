//! Source templates: an organization's configuration of a definition, and the platform's own.

use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::refusal::{Answer, Refusal};
use super::state::{State, Template};
use super::{Cx, Platform, customization, specification};
use crate::reply::Reply;

const MODES: [&str; 3] = ["DIRECT", "REPLICATION", "MULTI"];

/// A template as lists and connectors show it.
pub(super) fn summary(platform: &Platform, template: &Template) -> Value {
    let kind = platform.kind(&template.slug);
    let has_store = platform.has_store(&template.slug);
    let shown = json!({
        "id": template.id,
        "name": template.name,
        "icon": null,
        "actor_definition_id": kind.map(|kind| kind.definition_id.as_ref()),
        "connector_name": template.slug,
        "organization_id": template.organization,
        "tags": template.tags,
        "mode": template.mode,
        "runtime_mode": runtime_mode(has_store),
        "supports_context_store": has_store,
        "created_at": template.created_at,
        "updated_at": template.updated_at,
    });
    customized(shown, template)
}

/// A template by itself.
pub(super) fn detailed(platform: &Platform, template: &Template) -> Value {
    let kind = platform.kind(&template.slug);
    let has_store = platform.has_store(&template.slug);
    let shown = json!({
        "id": template.id,
        "name": template.name,
        "icon": null,
        "source_definition_id": kind.map(|kind| kind.definition_id.as_ref()),
        "user_config_spec": kind.map(|kind| specification::of(kind)),
        "partial_default_config": template.defaults,
        "tags": template.tags,
        "mode": template.mode,
        "is_experimental": false,
        "runtime_mode": runtime_mode(has_store),
        "supports_context_store": has_store,
        "created_at": template.created_at,
        "updated_at": template.updated_at,
    });
    customized(shown, template)
}

/// The same with the customization, if there is one.
fn customized(mut shown: Value, template: &Template) -> Value {
    if let Some(customization) = &template.customization {
        shown["customization"] = customization.clone();
    }
    shown
}

fn runtime_mode(has_store: bool) -> &'static str {
    if has_store { "direct_and_context_store" } else { "direct_only" }
}

/// The templates that an organization may use: its own, and the platform's.
pub(super) fn seen<'s>(
    state: &'s State,
    organization: &str,
) -> impl Iterator<Item = &'s Template> + use<'s> {
    let organization = organization.to_owned();
    let seen = move |t: &&Template| t.organization.as_ref().is_none_or(|own| *own == organization);
    state.templates.iter().filter(seen)
}

/// `GET /integrations/templates/sources`
pub(super) fn list(cx: &Cx<'_>) -> Answer {
    let wanted = match cx.query("use_global").as_deref() {
        None | Some("" | "false" | "False" | "0") => false,
        Some("true" | "True" | "1") => true,
        Some(_) => return Err(Refusal::invalid("use_global", "use_global is to be a boolean")),
    };
    let mode = cx.query("tags_mode").unwrap_or_else(|| "all".to_owned());
    if !["all", "any"].contains(&mode.as_str()) {
        return Err(Refusal::invalid("tags_mode", "tags_mode is to be all or any"));
    }
    let tags = cx.query_all("tags");
    let tagged = |template: &&Template| {
        let mut has = tags.iter().map(|tag| template.tags.contains(tag));
        tags.is_empty() || if mode == "all" { has.all(|is| is) } else { has.any(|is| is) }
    };
    let state = cx.state();
    let data: Vec<Value> = seen(&state, &cx.caller.organization)
        .filter(|template| wanted || template.organization.is_some())
        .filter(tagged)
        .map(|template| summary(cx.platform, template))
        .collect();
    Ok(Reply::json(200, &json!({"data": data})))
}

/// `GET /integrations/templates/sources/global`
pub(super) fn global(cx: &Cx<'_>) -> Answer {
    let state = cx.state();
    let all = state.templates.iter().filter(|template| template.organization.is_none());
    let data: Vec<Value> = all.map(|template| summary(cx.platform, template)).collect();
    Ok(Reply::json(200, &json!({"data": data})))
}

/// `POST /integrations/templates/sources`: a new template, or a copy of another.
pub(super) fn create(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    let organization = cx.caller.organization.clone();
    if fields.uuid("organization_id")?.is_some_and(|id| id != organization) {
        return Err(Refusal::forbidden("The token does not act for this organization"));
    }
    // An empty text means that nothing is copied.
    let original = fields.uuid("original_source_template_id")?;
    let name = fields.optional_text("name")?.filter(|name| !name.is_empty());
    let mode = fields.choice("mode", &MODES)?;
    let now = cx.platform.clock.now();
    let mut state = cx.state();
    let mut template = match original {
        Some(id) => {
            let known = seen(&state, &organization).find(|template| template.id == id);
            known.ok_or_else(|| Refusal::missing("Source template", &id))?.clone()
        }
        None => fresh(cx, &mut fields)?,
    };
    template.name = name.unwrap_or(template.name);
    template.mode = mode.unwrap_or(template.mode);
    refuse_taken(&state, &organization, &template.name, "")?;
    template.id = state.draw("template");
    template.organization = Some(organization);
    template.created_at.clone_from(&now);
    template.updated_at = now;
    let shown = detailed(cx.platform, &template);
    state.templates.push(template);
    Ok(Reply::json(200, &shown))
}

fn fresh(cx: &Cx<'_>, fields: &mut Fields) -> Result<Template, Refusal> {
    let definition = fields.text("actor_definition_id")?;
    let fits = |definition: &str| {
        let mut all = cx.platform.kinds.iter();
        all.find(|kind| kind.definition_id.eq_ignore_ascii_case(definition))
    };
    let kind = fits(&definition).ok_or_else(|| {
        let why = format!("invalid actor_definition_id: {definition}");
        Refusal::bad(why).field("actor_definition_id")
    })?;
    let defaults = fields.object("partial_default_config")?;
    let defaults = defaults.ok_or_else(|| {
        Refusal::invalid("partial_default_config", "partial_default_config is required")
    })?;
    Ok(Template {
        id: String::new(),
        organization: None,
        slug: kind.name.to_string(),
        name: kind.title.to_string(),
        mode: "REPLICATION".to_owned(),
        tags: Vec::new(),
        defaults,
        customization: customization::read(fields)?,
        created_at: String::new(),
        updated_at: String::new(),
    })
}

fn refuse_taken(state: &State, organization: &str, name: &str, but: &str) -> Result<(), Refusal> {
    let same = |template: &Template| {
        template.organization.as_deref() == Some(organization)
            && template.id != but
            && template.name.eq_ignore_ascii_case(name)
    };
    if state.templates.iter().any(same) {
        return Err(Refusal::conflict(format!("Template already exists: {name}")).field("name"));
    }
    Ok(())
}

/// `GET /integrations/templates/sources/{id}`
pub(super) fn get(cx: &Cx<'_>) -> Answer {
    let state = cx.state();
    let template = seen(&state, &cx.caller.organization).find(|one| one.id == cx.id(0));
    let template = template.ok_or_else(|| Refusal::missing("Source template", cx.id(0)))?;
    let mut shown = detailed(cx.platform, template);
    let kind = cx.platform.kind(&template.slug);
    shown["auth_tooltip"] = kind.map_or(Value::Null, |kind| specification::tooltip(kind));
    shown["connector_name"] = template.slug.clone().into();
    Ok(Reply::json(200, &shown))
}

/// `PATCH /integrations/templates/sources/{id}`
pub(super) fn update(cx: &Cx<'_>) -> Answer {
    let mut fields = cx.fields()?;
    fields.flag("propagate")?;
    let name = fields.optional_text("name")?.filter(|name| !name.is_empty());
    let mode = fields.choice("mode", &MODES)?;
    let defaults = fields.object("partial_default_config")?;
    let customization = customization::read(&mut fields)?;
    let now = cx.platform.clock.now();
    let mut state = cx.state();
    let at = own(&state, cx)?;
    if let Some(name) = &name {
        refuse_taken(&state, &cx.caller.organization, name, cx.id(0))?;
    }
    let template = &mut state.templates[at];
    template.name = name.unwrap_or_else(|| template.name.clone());
    template.mode = mode.unwrap_or_else(|| template.mode.clone());
    template.defaults = defaults.unwrap_or_else(|| std::mem::take(&mut template.defaults));
    template.customization = customization.or_else(|| template.customization.take());
    template.updated_at = now;
    let shown = detailed(cx.platform, &state.templates[at]);
    Ok(Reply::json(200, &shown))
}

/// `DELETE /integrations/templates/sources/{id}`
pub(super) fn delete(cx: &Cx<'_>) -> Answer {
    let mut state = cx.state();
    let at = own(&state, cx)?;
    let template = state.templates.remove(at);
    let deleted_at = cx.platform.clock.now();
    Ok(Reply::json(200, &json!({"id": template.id, "deleted_at": deleted_at})))
}

/// The place of the organization's own template; those of the platform cannot be changed.
fn own(state: &State, cx: &Cx<'_>) -> Result<usize, Refusal> {
    let is = |template: &Template| {
        template.id == cx.id(0)
            && template.organization.as_deref() == Some(cx.caller.organization.as_str())
    };
    let at = state.templates.iter().position(is);
    at.ok_or_else(|| Refusal::missing("Source template", cx.id(0)))
}

/// A template of the platform's own, for a definition.
pub(super) fn platform_owned(id: String, slug: &str, title: &str, at: &str) -> Template {
    Template {
        id,
        organization: None,
        slug: slug.to_owned(),
        name: title.to_owned(),
        mode: "DIRECT".to_owned(),
        tags: Vec::new(),
        defaults: Map::new(),
        customization: None,
        created_at: at.to_owned(),
        updated_at: at.to_owned(),
    }
}
