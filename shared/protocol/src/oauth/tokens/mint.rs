//! Tokens are made here: claims, signature, and the writes that an opaque token needs.

use std::time::Duration;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::claims::{AccessClaims, ActingParty, Audience, Confirmation};
use super::opaque::OpaqueToken;
use super::scheme::Scheme;
use crate::app::App;
use crate::client::{self, Client, ClientError, Seal, TokenFormat};
use crate::clock::Timestamp;
use crate::id::{GrantId, SessionId, TokenId, UserId};
use crate::keys::{self, Algorithm, Handle, HandleKind, KeyError, Typ};
use crate::oauth::details::Details;
use crate::oauth::subject::Naming;
use crate::secret::Secret;
use crate::store::Write;

/// The customer behind a token, and how they signed in.
#[derive(Clone, Copy, Debug)]
pub struct Customer<'a> {
    /// Who.
    pub user: &'a UserId,
    /// How the client knows them.
    pub naming: &'a Naming,
    /// What they granted: the token lives no longer than this grant.
    pub grant: &'a GrantId,
    /// In which session.
    pub session: Option<&'a SessionId>,
    /// When they signed in, if they did.
    pub auth_time: Option<Timestamp>,
    /// How surely.
    pub acr: Option<&'a str>,
    /// By which methods.
    pub amr: &'a [String],
}

/// What an access token is made of.
#[derive(Clone, Copy, Debug)]
pub struct AccessTokenFor<'a> {
    /// Who will hold it, and says what it looks like and what a JWT is signed with.
    pub client: &'a Client,
    /// How long it lives.
    pub lifetime: Duration,
    /// What it allows.
    pub scopes: &'a [String],
    /// Whom it is for: `scope::Registry::audience` of the scopes, or fewer (RFC 8707).
    pub audience: &'a [String],
    /// What it allows in detail there.
    pub details: &'a Details,
    /// For whom it speaks; `None` for the client itself (RFC 6749 §4.4).
    pub customer: Option<Customer<'a>>,
    /// What its holder must prove.
    pub confirmation: &'a Confirmation,
    /// Who acts for the customer, where somebody does.
    pub act: Option<&'a ActingParty>,
}

/// A fresh access token.
pub struct Minted {
    /// The token.
    pub token: Secret<String>,
    /// How it is to be presented.
    pub scheme: Scheme,
    /// How long it lives.
    pub lifetime: Duration,
    /// Its id.
    pub id: TokenId,
    /// What has to be written before it is given away: nothing for a JWT.
    pub writes: Vec<Write>,
}

/// Makes an access token. A warm process makes a JWT without calling anything.
///
/// # Errors
/// When the deployment has no signing keys, or they cannot be had.
pub async fn access_token(app: &App, wanted: &AccessTokenFor<'_>) -> Result<Minted, KeyError> {
    let claims = claims(app, wanted);
    let (id, scheme) = (claims.jti.clone(), claims.scheme());
    let (token, writes) = match wanted.client.access_token_format {
        TokenFormat::Jwt => (
            keys::sign(app, wanted.client.access_token_algorithm, Typ::AccessToken, &claims).await?,
            Vec::new(),
        ),
        TokenFormat::Opaque => {
            let kind = HandleKind::AccessToken;
            let handle = match wanted.customer {
                Some(Customer { user, grant, .. }) => {
                    Handle::of_grant(app, keys::sealer(app).await?.as_ref(), kind, (user, grant))
                }
                None => Handle::new(app, kind),
            };
            let write = Write::create(&OpaqueToken { hash: handle.hash(), claims });
            (handle.expose().to_owned(), vec![write])
        }
    };
    Ok(Minted { token: Secret::new(token), scheme, lifetime: wanted.lifetime, id, writes })
}

fn claims(app: &App, wanted: &AccessTokenFor<'_>) -> AccessClaims {
    let now = app.clock.now();
    let customer = wanted.customer.as_ref();
    AccessClaims {
        iss: app.config.issuer.clone(),
        sub: customer
            .map_or_else(|| wanted.client.id.clone(), |customer| customer.naming.name(customer.user)),
        aud: Audience::from(wanted.audience.to_vec()),
        exp: now.plus(wanted.lifetime),
        iat: now,
        jti: TokenId::new(app),
        client_id: wanted.client.id.clone(),
        scope: wanted.scopes.join(" "),
        authorization_details: wanted.details.clone(),
        auth_time: customer.and_then(|customer| customer.auth_time),
        acr: customer.and_then(|customer| customer.acr).map(str::to_owned),
        amr: customer.map(|customer| customer.amr.to_vec()).unwrap_or_default(),
        // A session has the same id for every client; to those with names of their own it would tell what their names do not.
        sid: customer
            .filter(|customer| matches!(customer.naming, Naming::Public))
            .and_then(|customer| customer.session.cloned()),
        gid: customer.map(|customer| customer.grant.clone()),
        act: wanted.act.cloned(),
        cnf: Some(wanted.confirmation.clone()).filter(|confirmation| !confirmation.is_empty()),
    }
}

/// What an ID token is made of.
#[derive(Clone, Copy, Debug)]
pub struct IdTokenFor<'a> {
    /// Who will read it: its one audience, who says what it is signed with and how it is encrypted.
    pub client: &'a Client,
    /// How long it lives.
    pub lifetime: Duration,
    /// Whom it is about.
    pub customer: Customer<'a>,
    /// The request's `nonce`.
    pub nonce: Option<&'a str>,
    /// The access token that is issued with it, for `at_hash`.
    pub access_token: Option<&'a str>,
    /// The code that is issued with it, for `c_hash`.
    pub code: Option<&'a str>,
    /// The request's `state`, for `s_hash` (FAPI 1.0 Advanced §5.2.2.1), where it travels through the browser.
    pub state: Option<&'a str>,
    /// Claims about the customer that the request asked to have in it. They cannot replace the protocol's own.
    pub claims: &'a Map<String, Value>,
}

/// Makes an ID token.
///
/// # Errors
/// When the client has no key that it could be encrypted to, or a fault of ours.
pub async fn id_token(app: &App, wanted: &IdTokenFor<'_>) -> Result<String, ClientError> {
    let client = wanted.client;
    let (algorithm, encryption) = (client.id_token_algorithm, client.encryption.id_token);
    let seal = Seal { typ: Typ::Jwt, algorithm, encryption };
    client::seal(app, client, &id_claims(app, wanted), seal).await
}

fn id_claims(app: &App, wanted: &IdTokenFor<'_>) -> Map<String, Value> {
    let now = app.clock.now();
    let customer = &wanted.customer;
    let mut claims = wanted.claims.clone();
    let mut put = |name: &str, value: Value| {
        claims.insert(name.to_owned(), value);
    };
    put("iss", json!(app.config.issuer));
    put("sub", json!(customer.naming.name(customer.user)));
    put("aud", json!(wanted.client.id));
    put("exp", json!(now.plus(wanted.lifetime)));
    put("iat", json!(now));
    if let Some(auth_time) = customer.auth_time {
        put("auth_time", json!(auth_time));
    }
    if let Some(acr) = customer.acr {
        put("acr", json!(acr));
    }
    put("amr", json!(customer.amr));
    if let Some(session) = customer.session {
        put("sid", json!(customer.naming.session(session)));
    }
    if let Some(nonce) = wanted.nonce {
        put("nonce", json!(nonce));
    }
    if let Some(token) = wanted.access_token {
        put("at_hash", json!(half_hash(wanted.client.id_token_algorithm, token)));
    }
    if let Some(code) = wanted.code {
        put("c_hash", json!(half_hash(wanted.client.id_token_algorithm, code)));
    }
    if let Some(state) = wanted.state {
        put("s_hash", json!(half_hash(wanted.client.id_token_algorithm, state)));
    }
    claims
}

/// The left half of the hash that goes with the signature's algorithm (Core §3.1.3.6; SHA-512 for Ed25519).
pub(in crate::oauth) fn half_hash(algorithm: Algorithm, text: &str) -> String {
    let hash = match algorithm {
        Algorithm::ES256 | Algorithm::RS256 | Algorithm::PS256 => &digest::SHA256,
        Algorithm::ES384 => &digest::SHA384,
        Algorithm::EdDSA => &digest::SHA512,
    };
    let digest = digest::digest(hash, text.as_bytes());
    let bytes = digest.as_ref();
    URL_SAFE_NO_PAD.encode(&bytes[..bytes.len() / 2])
}
