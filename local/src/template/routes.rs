//! The routes of the API, chosen as API Gateway's HTTP API chooses them: the most literal path wins.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use http::Method;
use percent_encoding::percent_decode_str;

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
