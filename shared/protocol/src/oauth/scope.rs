//! Scopes and the APIs that they belong to: the built-in ones of OpenID Connect (Core §5.4) and our own API, and those of the
//! API resources that administrators declare.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::details::{Declared, DetailType, Details};
use crate::app::App;
use crate::client::is_same_resource;
use crate::store::{self, Cached, Entity, Key, Order, Page, StoreError, Table, Write};

/// How long a process keeps the registry before it reads the resources again.
const CACHE: Duration = Duration::from_secs(30);
/// The one partition of all resources, which are read together.
const PARTITION: &str = "resources";
/// The most resources of one deployment.
const LIMIT: i32 = 500;

/// Asks for an ID token.
pub const OPENID: &str = "openid";
/// Asks for refresh tokens (Core §11).
pub const OFFLINE_ACCESS: &str = "offline_access";
/// Asks for the customer's own account: our API under /account.
pub const ACCOUNT: &str = "account";
/// The scopes that every deployment has. They belong to us: tokens for them have the issuer as audience.
pub const BUILT_IN: [&str; 7] = [OPENID, "profile", "email", "phone", "address", OFFLINE_ACCESS, ACCOUNT];

/// One scope of an API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceScope {
    /// Its name, a scope-token (RFC 6749 §3.3).
    pub name: String,
    /// What a customer reads on the consent page.
    pub title: String,
}

/// An API that tokens are for (RFC 8707).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// An absolute URI: the audience of its tokens.
    pub identifier: String,
    /// What people call it.
    pub name: String,
    /// What may be granted.
    pub scopes: Vec<ResourceScope>,
    /// The types of what may be granted in detail (RFC 9396).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authorization_details: Vec<DetailType>,
}

impl Entity for Resource {
    const TYPE: &'static str = "resource";
    const TABLE: Table = Table::Config;

    fn key(&self) -> Key {
        Key::new(PARTITION, &self.identifier)
    }
}

/// Every scope of the deployment.
#[derive(Debug)]
pub struct Registry {
    issuer: String,
    resources: Vec<Resource>,
    /// Scope to place of its resource and of itself there.
    places: BTreeMap<String, (usize, usize)>,
    declared: Declared,
}

impl Registry {
    pub(super) fn new(issuer: &str, resources: Vec<Resource>) -> Self {
        let mut places = BTreeMap::new();
        for (at, resource) in resources.iter().enumerate() {
            for (within, scope) in resource.scopes.iter().enumerate() {
                if !BUILT_IN.contains(&scope.name.as_str()) {
                    places.entry(scope.name.clone()).or_insert((at, within));
                }
            }
        }
        Self { issuer: issuer.to_owned(), declared: Declared::of(&resources), resources, places }
    }

    /// Whether there is a scope of this name.
    #[must_use]
    pub fn knows(&self, scope: &str) -> bool {
        BUILT_IN.contains(&scope) || self.places.contains_key(scope)
    }

    /// The identifier of the resource that `scope` belongs to: the issuer for the built-in ones.
    #[must_use]
    pub fn resource_of(&self, scope: &str) -> Option<&str> {
        if BUILT_IN.contains(&scope) {
            return Some(&self.issuer);
        }
        self.places.get(scope).map(|(at, _)| self.resources[*at].identifier.as_str())
    }

    /// What a customer reads of `scope`; `None` for the built-in ones, whose words are in the catalogue of pages.
    #[must_use]
    pub fn title(&self, scope: &str) -> Option<&str> {
        self.places.get(scope).map(|(at, within)| self.resources[*at].scopes[*within].title.as_str())
    }

    /// The identifier, as it was declared, of the API that `asked` names: a resource, or us.
    #[must_use]
    pub fn identifier_of(&self, asked: &str) -> Option<&str> {
        let declared = self.resources.iter().map(|resource| resource.identifier.as_str());
        declared.chain([self.issuer.as_str()]).find(|known| is_same_resource(known, asked))
    }

    /// Whether `identifier` is us, or an API that one of `scopes` or of the types of details belongs to.
    #[must_use]
    pub fn has_to_do_with(&self, identifier: &str, scopes: &[String], detail_types: &[String]) -> bool {
        identifier == self.issuer
            || scopes.iter().any(|scope| self.resource_of(scope) == Some(identifier))
            || detail_types.iter().any(|name| self.declared.resource_of(name) == Some(identifier))
    }

    /// Every scope: the built-in ones, then those of the resources in alphabetical order.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        BUILT_IN.into_iter().chain(self.places.keys().map(String::as_str))
    }

    /// The types of authorization details that its APIs declare.
    pub(super) const fn declared(&self) -> &Declared {
        &self.declared
    }

    /// Their names, in alphabetical order.
    pub fn detail_types(&self) -> impl Iterator<Item = &str> {
        self.declared.names()
    }

    /// The audience of a token for `scopes` and `details`: the resource of each once, the issuer where there is none.
    #[must_use]
    pub fn audience(&self, scopes: &[String], details: &Details) -> Vec<String> {
        let mut audience: Vec<String> = Vec::new();
        let of_scopes = scopes.iter().filter_map(|scope| self.resource_of(scope));
        for resource in of_scopes.chain(details.resources(self)) {
            if !audience.iter().any(|known| known == resource) {
                audience.push(resource.to_owned());
            }
        }
        if audience.is_empty() {
            audience.push(self.issuer.clone());
        }
        audience
    }
}

#[derive(Default)]
struct Slot(Cached<Registry>);

/// The registry, at most half a minute old.
///
/// # Errors
/// When the store does not answer.
pub async fn registry(app: &App) -> Result<Arc<Registry>, StoreError> {
    app.slot::<Slot>().0.get_or_load(&app.clock, CACHE, async |_| load(app).await).await
}

async fn load(app: &App) -> Result<Registry, StoreError> {
    let partition = Key::new(PARTITION, "");
    let (resources, _) =
        store::query::<Resource>(app, &partition, Order::Ascending, Page::first(LIMIT)).await?;
    Ok(Registry::new(&app.config.issuer, resources.into_iter().map(|stored| stored.entity).collect()))
}

/// Declares `resource`, or changes it; this process knows at once.
///
/// # Errors
/// When the store does not answer.
pub async fn save_resource(app: &App, resource: &Resource) -> Result<(), StoreError> {
    store::write(app, Write::put(resource)).await?;
    app.slot::<Slot>().0.forget();
    Ok(())
}

/// Whether `text` is a scope-token (RFC 6749 §3.3).
#[must_use]
pub fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

/// The scopes in a `scope` parameter, each once, in their order; `None` where one is not a scope-token.
#[must_use]
pub fn parse(text: &str) -> Option<Vec<String>> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split(' ').filter(|scope| !scope.is_empty()) {
        if !is_token(scope) {
            return None;
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Some(scopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo() -> Registry {
        let scope = |name: &str| ResourceScope { name: name.to_owned(), title: format!("Title of {name}") };
        Registry::new(
            "https://id.example",
            vec![Resource {
                identifier: "urn:latchkey:demo".to_owned(),
                name: "Demo".to_owned(),
                scopes: vec![scope("demo.read"), scope("demo.write"), scope("openid")],
                authorization_details: Vec::new(),
            }],
        )
    }

    #[test]
    fn a_token_is_for_the_resources_of_its_scopes() {
        let scopes = |text: &str| parse(text).unwrap();
        assert_eq!(
            demo().audience(&scopes("demo.read demo.write"), &Details::default()),
            ["urn:latchkey:demo"]
        );
        assert_eq!(
            demo().audience(&scopes("openid demo.read"), &Details::default()),
            ["https://id.example", "urn:latchkey:demo"]
        );
        assert_eq!(demo().audience(&[], &Details::default()), ["https://id.example"]);
    }

    #[test]
    fn a_resource_cannot_take_a_built_in_scope() {
        assert_eq!(demo().resource_of("openid"), Some("https://id.example"));
        assert_eq!(demo().title("openid"), None);
        assert_eq!(demo().title("demo.read"), Some("Title of demo.read"));
        assert!(!demo().knows("demo.delete"));
    }

    #[test]
    fn scopes_are_tokens_and_counted_once() {
        assert_eq!(parse(" openid  email openid ").unwrap(), ["openid", "email"]);
        assert!(parse("openid \"x\"").is_none());
        assert!(parse("openid \u{e9}").is_none());
    }
}
