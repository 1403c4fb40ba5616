//! `claims` (Core §5.5): single claims for the ID token and the userinfo endpoint, bounded in size and depth.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Refusal;
use crate::client::Client;
use crate::http::Params;
use crate::id::UserId;
use crate::identity::scope_of_claim;
use crate::oauth::subject::Naming;

/// The longest parameter, in bytes.
const LONGEST: usize = 4096;
/// The most claims of one member.
const MOST: usize = 64;
/// How deep it may be nested: the object, its two members, their claims, the values of each.
const DEPTH: usize = 5;

/// Single claims that are asked for; each member is an object of claim names, as in the request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RequestedClaims {
    /// From the userinfo endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo: Option<Value>,
    /// In the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<Value>,
}

impl RequestedClaims {
    /// What is asked about one claim of the ID token.
    #[must_use]
    pub fn id_token_claim(&self, name: &str) -> Option<&Value> {
        self.id_token.as_ref()?.get(name)
    }

    /// The scopes that stand for the claims: what the customer is asked for beside the scopes of the request.
    pub fn scopes(&self) -> impl Iterator<Item = &'static str> {
        let members = [&self.userinfo, &self.id_token].into_iter().flatten();
        members.filter_map(Value::as_object).flat_map(Map::keys).filter_map(|name| scope_of_claim(name))
    }

    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.userinfo.is_none() && self.id_token.is_none()
    }
}

/// The claims that are asked for, without those that `client` may not have since it may not ask for their scope: a claim that is not
/// given is no error, whatever the request says of it (Core §5.5.1).
pub(super) fn check(client: &Client, params: &Params) -> Result<RequestedClaims, Refusal> {
    let Some(text) = params.get("claims") else { return Ok(RequestedClaims::default()) };
    let refusal =
        || Refusal::invalid("`claims` must be a small JSON object as OpenID Connect Core 5.5 has it");
    if text.len() > LONGEST || nesting(text) > DEPTH {
        return Err(refusal());
    }
    let mut object: Map<String, Value> = serde_json::from_str(text).map_err(|_| refusal())?;
    let mut member = |name: &str| match object.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(mut claims)) if is_sound(&claims) => {
            claims.retain(|name, _| scope_of_claim(name).is_none_or(|scope| client.may_ask_for(scope)));
            Ok(Some(Value::Object(claims)))
        }
        Some(_) => Err(refusal()),
    };
    Ok(RequestedClaims { userinfo: member("userinfo")?, id_token: member("id_token")? })
}

fn is_sound(claims: &Map<String, Value>) -> bool {
    claims.len() <= MOST && claims.values().all(|asked| asked.is_null() || asked.is_object())
}

/// How deep brackets are nested at most. Brackets in texts count as well, which only refuses what nobody asks for.
fn nesting(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// The subject that the ID token must be about, where the request asks for a certain one (Core §5.5.1).
pub(super) fn subject(claims: &RequestedClaims, naming: &Naming) -> Result<Option<UserId>, Refusal> {
    let Some(value) = claims.id_token_claim("sub").and_then(|sub| sub.get("value")) else { return Ok(None) };
    let subject = value.as_str().and_then(|name| naming.find(name));
    subject.map(Some).ok_or_else(|| Refusal::invalid("the `sub` in `claims` is not a subject of this issuer"))
}
