//! The routes of the API, chosen as API Gateway's HTTP API chooses them: the most literal path wins.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

use super::document::Document;
use super::values::single;
use super::{Function, TemplateError, typed};

/// A route of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The method, or `ANY`.
    pub method: String,
    /// The path, in which `{name}` stands for one segment and a last `{name+}` for all that remain.
    pub path: String,
    /// The name of the function that answers.
    pub function: String,
}

/// What a request came upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteMatch<'a> {
    /// A route.
    Found {
        /// The name of the function that answers.
        function: &'a str,
        /// The route's key as API Gateway reports it, such as `GET /oauth2/register/{client_id}`.
        route: &'a Route,
        /// The variables of the path, percent-decoded.
        path_params: BTreeMap<String, String>,
    },
    /// The path is known, but not with this method.
    MethodNotAllowed {
        /// The methods that it is known with, for the `Allow` header.
        allow: Vec<&'a str>,
    },
    /// No route has this path.
    NotFound,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RouteProperties {
    route_key: String,
    target: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct IntegrationProperties {
    integration_uri: Value,
}

/// The routes of a stack: each leads to an integration (`integrations/${id}`), and that to the alias of a function.
pub(super) fn read(document: &Document, functions: &[Function]) -> Result<Vec<Route>, TemplateError> {
    let of_kind = |kind: &'static str| document.resources().filter(move |(_, each)| each.kind == kind);
    let mut integrations = BTreeMap::new();
    for (logical_id, resource) in of_kind("AWS::ApiGatewayV2::Integration") {
        let integration: IntegrationProperties = typed(logical_id, &resource.properties)?;
        integrations.insert(logical_id.to_owned(), integration);
    }
    of_kind("AWS::ApiGatewayV2::Route")
        .map(|(logical_id, resource)| {
            let route: RouteProperties = typed(logical_id, &resource.properties)?;
            let nowhere = || TemplateError::Target(route.route_key.clone());
            let integration = argument(&route.target, "Fn::Sub")
                .and_then(|target| target.strip_prefix("integrations/${")?.strip_suffix('}'))
                .and_then(|target| integrations.get(target))
                .ok_or_else(nowhere)?;
            let alias =
                argument(&integration.integration_uri, "Ref").and_then(|alias| alias.strip_suffix(".Alias"));
            let function = functions.iter().find(|function| Some(function.resource.as_str()) == alias);
            let (method, path) = route.route_key.split_once(' ').ok_or_else(nowhere)?;
            let function = function.ok_or_else(nowhere)?.name.clone();
            Ok(Route { method: method.to_owned(), path: path.to_owned(), function })
        })
        .collect()
}

/// The text that an intrinsic function is called with.
fn argument<'a>(value: &'a Value, function: &str) -> Option<&'a str> {
    let (name, argument) = single(value.as_object()?)?;
    argument.as_str().filter(|_| name == function)
}

/// How literal a path is, segment by segment: the greater wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Rest,
    Variable,
    Literal,
}

pub(super) fn find<'a>(routes: &'a [Route], method: &Method, path: &str) -> RouteMatch<'a> {
    // A path without variables wins over all others, and most are; no need to weigh the rest.
    let is_literal = |route: &&Route| route.path == path && route.takes(method) && !path.contains('{');
    if let Some(route) = routes.iter().find(is_literal) {
        return RouteMatch::Found { function: &route.function, route, path_params: BTreeMap::new() };
    }
    let mut allow = BTreeSet::new();
    let mut best: Option<(Vec<Fit>, &Route)> = None;
    for route in routes {
        let Some(fit) = route.fit(path) else {
            continue;
        };
        if !route.takes(method) {
            allow.insert(route.method.as_str());
        } else if best.as_ref().is_none_or(|(other, _)| fit > *other) {
            best = Some((fit, route));
        }
    }
    match best {
        Some((_, route)) => {
            RouteMatch::Found { function: &route.function, route, path_params: route.variables(path) }
        }
        None if allow.is_empty() => RouteMatch::NotFound,
        None => RouteMatch::MethodNotAllowed { allow: allow.into_iter().collect() },
    }
}

impl Route {
    /// The route's key as API Gateway writes it: the method, a space, the path.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn takes(&self, method: &Method) -> bool {
        self.method == "ANY" || self.method == method.as_str()
    }

    fn fit(&self, path: &str) -> Option<Vec<Fit>> {
        let mut fit = Vec::new();
        let mut actual = path.split('/');
        for expected in self.path.split('/') {
            let segment = actual.next()?;
            match variable(expected) {
                None if expected == segment => fit.push(Fit::Literal),
                Some(Variable::Segment(_)) if !segment.is_empty() => fit.push(Fit::Variable),
                Some(Variable::Rest(_)) if !segment.is_empty() => {
                    fit.push(Fit::Rest);
                    return Some(fit);
                }
                _ => return None,
            }
        }
        actual.next().is_none().then_some(fit)
    }

    fn variables(&self, path: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        let mut rest = path;
        for expected in self.path.split('/') {
            let (segment, after) = rest.split_once('/').unwrap_or((rest, ""));
            match variable(expected) {
                Some(Variable::Segment(name)) => {
                    found.insert(name.to_owned(), decode(segment).into_owned());
                }
                Some(Variable::Rest(name)) => {
                    found.insert(name.to_owned(), decode(rest).into_owned());
                }
                None => {}
            }
            rest = after;
        }
        found
    }
}

enum Variable<'a> {
    Segment(&'a str),
    Rest(&'a str),
}

fn variable(segment: &str) -> Option<Variable<'_>> {
    let name = segment.strip_prefix('{')?.strip_suffix('}')?;
    Some(match name.strip_suffix('+') {
        Some(name) => Variable::Rest(name),
        None => Variable::Segment(name),
    })
}

fn decode(text: &str) -> Cow<'_, str> {
    percent_decode_str(text).decode_utf8_lossy()
}
