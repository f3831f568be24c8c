//! Source templates: configurations of a definition by organizations and by the platform.

use serde_json::{Map, Value, json};

use super::context::Context;
use super::customization::take_customization;
use super::error::{ApiError, ApiResult};
use super::fields::Fields;
use super::state::{State, Template};
use super::{Platform, specification};
use crate::response::Response;

const MODES: [&str; 3] = ["DIRECT", "REPLICATION", "MULTI"];

/// A template, as lists of templates and connectors show it.
pub(super) fn summary(platform: &Platform, template: &Template) -> Value {
    let description = platform.description(&template.slug);
    let has_store = platform.has_store(&template.slug);
    let shown = json!({
        "id": template.id,
        "name": template.name,
        "icon": null,
        "actor_definition_id": description.map(|description| description.definition_id.as_ref()),
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

/// A template, as the endpoint for one template shows it.
pub(super) fn detailed(platform: &Platform, template: &Template) -> Value {
    let description = platform.description(&template.slug);
    let has_store = platform.has_store(&template.slug);
    let shown = json!({
        "id": template.id,
        "name": template.name,
        "icon": null,
        "source_definition_id": description.map(|description| description.definition_id.as_ref()),
        "user_config_spec": description.map(|description| specification::specification(description)),
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

/// The template as shown, with its customization if it has one.
fn customized(mut shown: Value, template: &Template) -> Value {
    if let Some(customization) = &template.customization {
        shown["customization"] = customization.clone();
    }
    shown
}

fn runtime_mode(has_store: bool) -> &'static str {
    if has_store { "direct_and_context_store" } else { "direct_only" }
}

/// The templates that an organization may use: its own, and those of the platform.
pub(super) fn usable_templates<'s>(
    state: &'s State,
    organization: &str,
) -> impl Iterator<Item = &'s Template> + use<'s> {
    let organization = organization.to_owned();
    let is_usable =
        move |t: &&Template| t.organization.as_ref().is_none_or(|own| *own == organization);
    state.templates.iter().filter(is_usable)
}

/// `GET /integrations/templates/sources`
pub(super) fn list(context: &Context<'_>) -> ApiResult {
    let wanted = match context.query("use_global").as_deref() {
        None | Some("" | "false" | "False" | "0") => false,
        Some("true" | "True" | "1") => true,
        Some(_) => return Err(ApiError::invalid("use_global", "use_global must be a boolean")),
    };
    let mode = context.query("tags_mode").unwrap_or_else(|| "all".to_owned());
    if !["all", "any"].contains(&mode.as_str()) {
        return Err(ApiError::invalid("tags_mode", "tags_mode must be all or any"));
    }
    let tags = context.query_all("tags");
    let tagged = |template: &&Template| {
        let mut has = tags.iter().map(|tag| template.tags.contains(tag));
        tags.is_empty() || if mode == "all" { has.all(|is| is) } else { has.any(|is| is) }
    };
    let state = context.state();
    let data: Vec<Value> = usable_templates(&state, &context.caller.organization)
        .filter(|template| wanted || template.organization.is_some())
        .filter(tagged)
        .map(|template| summary(context.platform, template))
        .collect();
    Ok(Response::json(200, &json!({"data": data})))
}

/// `GET /integrations/templates/sources/global`
pub(super) fn global(context: &Context<'_>) -> ApiResult {
    let state = context.state();
    let all = state.templates.iter().filter(|template| template.organization.is_none());
    let data: Vec<Value> = all.map(|template| summary(context.platform, template)).collect();
    Ok(Response::json(200, &json!({"data": data})))
}

/// `POST /integrations/templates/sources`: a new template, or a copy of another.
pub(super) fn create(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    let organization = context.caller.organization.clone();
    if fields.uuid("organization_id")?.is_some_and(|id| id != organization) {
        return Err(ApiError::forbidden("The token does not act for this organization"));
    }
    // An empty text stands for a new template.
    let original = fields.uuid("original_source_template_id")?;
    let name = fields.optional_text("name")?.filter(|name| !name.is_empty());
    let mode = fields.choice("mode", &MODES)?;
    let now = context.platform.clock.now();
    let mut state = context.state();
    let mut template = match original {
        Some(id) => {
            let known = usable_templates(&state, &organization).find(|template| template.id == id);
            known.ok_or_else(|| ApiError::not_found("Source template", &id))?.clone()
        }
        None => new_template(context, &mut fields)?,
    };
    template.name = name.unwrap_or(template.name);
    template.mode = mode.unwrap_or(template.mode);
    check_name(&state, &organization, &template.name, "")?;
    template.id = state.new_id("template");
    template.organization = Some(organization);
    template.created_at.clone_from(&now);
    template.updated_at = now;
    let shown = detailed(context.platform, &template);
    state.templates.push(template);
    Ok(Response::json(200, &shown))
}

fn new_template(context: &Context<'_>, fields: &mut Fields) -> Result<Template, ApiError> {
    let definition = fields.required_text("actor_definition_id")?;
    let fits = |definition: &str| {
        let mut all = context.platform.descriptions.iter();
        all.find(|description| description.definition_id.eq_ignore_ascii_case(definition))
    };
    let description = fits(&definition).ok_or_else(|| {
        let message = format!("invalid actor_definition_id: {definition}");
        ApiError::bad_request(message).field("actor_definition_id")
    })?;
    let defaults = fields.object("partial_default_config")?;
    let defaults = defaults.ok_or_else(|| {
        ApiError::invalid("partial_default_config", "partial_default_config is required")
    })?;
    Ok(Template {
        id: String::new(),
        organization: None,
        slug: description.name.to_string(),
        name: description.title.to_string(),
        mode: "REPLICATION".to_owned(),
        tags: Vec::new(),
        defaults,
        customization: take_customization(fields)?,
        created_at: String::new(),
        updated_at: String::new(),
    })
}

/// Fails when another template of the organization has this name.
fn check_name(state: &State, organization: &str, name: &str, except: &str) -> Result<(), ApiError> {
    let same = |template: &Template| {
        template.organization.as_deref() == Some(organization)
            && template.id != except
            && template.name.eq_ignore_ascii_case(name)
    };
    if state.templates.iter().any(same) {
        return Err(ApiError::conflict(format!("Template already exists: {name}")).field("name"));
    }
    Ok(())
}

/// `GET /integrations/templates/sources/{id}`
pub(super) fn get(context: &Context<'_>) -> ApiResult {
    let state = context.state();
    let template =
        usable_templates(&state, &context.caller.organization).find(|one| one.id == context.id(0));
    let template = template.ok_or_else(|| ApiError::not_found("Source template", context.id(0)))?;
    let mut shown = detailed(context.platform, template);
    let description = context.platform.description(&template.slug);
    shown["auth_tooltip"] =
        description.map_or(Value::Null, |description| specification::tooltip(description));
    shown["connector_name"] = template.slug.clone().into();
    Ok(Response::json(200, &shown))
}

/// `PATCH /integrations/templates/sources/{id}`
pub(super) fn update(context: &Context<'_>) -> ApiResult {
    let mut fields = context.fields()?;
    fields.flag("propagate")?;
    let name = fields.optional_text("name")?.filter(|name| !name.is_empty());
    let mode = fields.choice("mode", &MODES)?;
    let defaults = fields.object("partial_default_config")?;
    let customization = take_customization(&mut fields)?;
    let now = context.platform.clock.now();
    let mut state = context.state();
    let at = position(&state, context)?;
    if let Some(name) = &name {
        check_name(&state, &context.caller.organization, name, context.id(0))?;
    }
    let template = &mut state.templates[at];
    template.name = name.unwrap_or_else(|| template.name.clone());
    template.mode = mode.unwrap_or_else(|| template.mode.clone());
    template.defaults = defaults.unwrap_or_else(|| std::mem::take(&mut template.defaults));
    template.customization = customization.or_else(|| template.customization.take());
    template.updated_at = now;
    let shown = detailed(context.platform, &state.templates[at]);
    Ok(Response::json(200, &shown))
}

/// `DELETE /integrations/templates/sources/{id}`
pub(super) fn delete(context: &Context<'_>) -> ApiResult {
    let mut state = context.state();
    let at = position(&state, context)?;
    let template = state.templates.remove(at);
    let deleted_at = context.platform.clock.now();
    Ok(Response::json(200, &json!({"id": template.id, "deleted_at": deleted_at})))
}

/// The position of the organization's template that the path names. Those of the platform cannot be
/// changed.
fn position(state: &State, context: &Context<'_>) -> Result<usize, ApiError> {
    let is = |template: &Template| {
        template.id == context.id(0)
            && template.organization.as_deref() == Some(context.caller.organization.as_str())
    };
    let at = state.templates.iter().position(is);
    at.ok_or_else(|| ApiError::not_found("Source template", context.id(0)))
}

/// A template of the platform for a definition.
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
