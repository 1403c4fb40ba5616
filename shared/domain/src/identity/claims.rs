//! What clients are told about a customer: the standard claims (OpenID Connect Core §5.1), asked for by scopes (§5.4) and by the
//! `claims` parameter (§5.5). `sub` is the tokens' own affair.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{IdentifierKind, User};

/// The scopes that stand for claims (Core §5.4).
const SCOPES: [(&str, &[&str]); 4] = [
    (
        "profile",
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("phone", &["phone_number", "phone_number_verified"]),
    ("address", &["address"]),
];

/// The scope that stands for the claim `name`; none where it is no claim about a customer that can be asked for.
#[must_use]
pub fn scope_of_claim(name: &str) -> Option<&'static str> {
    SCOPES.iter().find(|(_, names)| names.contains(&name)).map(|(scope, _)| *scope)
}

/// Which claims are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted(BTreeSet<String>);

impl Wanted {
    /// Every claim that can be asked for: `claims_supported` of the discovery document.
    #[must_use]
    pub fn every() -> Self {
        Self::of_scopes(SCOPES.iter().map(|(scope, _)| *scope))
    }

    /// The claims that `scopes` stand for.
    pub fn of_scopes<S: AsRef<str>>(scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes: BTreeSet<String> = scopes.into_iter().map(|scope| scope.as_ref().to_owned()).collect();
        let names = SCOPES.iter().filter(|(scope, _)| scopes.contains(*scope)).flat_map(|(_, names)| *names);
        Self(names.map(|name| (*name).to_owned()).collect())
    }

    /// And those that a member of the `claims` parameter (`userinfo` or `id_token`) names, of scopes that are `allowed`. What may not be
    /// told, and what we do not have, is left out, as Core §5.5.1 has it even for essential claims.
    #[must_use]
    pub fn and(mut self, member: Option<&Value>, allowed: impl Fn(&str) -> bool) -> Self {
        if let Some(Value::Object(claims)) = member {
            let told = |name: &&String| scope_of_claim(name).is_some_and(&allowed);
            self.0.extend(claims.keys().filter(told).cloned());
        }
        self
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

/// The claims of `user` that are wanted and that there are.
#[must_use]
pub fn claims(user: &User, wanted: &Wanted) -> Map<String, Value> {
    let mut claims = match serde_json::to_value(&user.profile) {
        Ok(Value::Object(profile)) => profile,
        Ok(_) | Err(_) => Map::new(),
    };
    claims.insert("updated_at".to_owned(), json!(user.updated_at.0));
    if let Some(username) = user.primary(IdentifierKind::Username) {
        claims.insert("preferred_username".to_owned(), json!(username.value));
    }
    for (kind, value, verified) in [
        (IdentifierKind::Email, "email", "email_verified"),
        (IdentifierKind::Phone, "phone_number", "phone_number_verified"),
    ] {
        if let Some(identifier) = user.primary(kind) {
            claims.insert(value.to_owned(), json!(identifier.value));
            claims.insert(verified.to_owned(), json!(identifier.verified_at.is_some()));
        }
    }
    claims.retain(|name, _| wanted.0.contains(name));
    claims
}
