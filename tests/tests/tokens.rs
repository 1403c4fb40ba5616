//! Presented tokens: userinfo (OpenID Connect Core §5.3), introspection (RFC 7662), and the challenges of RFC 6750, each with the
//! calls that it may cost.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use local::aws::Data;
use local::platform::{Platform, Start};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::client::{self, AuthMethod, Client, TokenFormat};
use shared::clock::{Clock, Timestamp};
use shared::hook::Cause;
use shared::http::Request;
use shared::id::{GrantId, UserId};
use shared::identity::{self, NormalIdentifier, Status, User};
use shared::keys::{self, Algorithm, Handle, HandleKind};
use shared::oauth::subject::Naming;
use shared::oauth::tokens::{self, AccessTokenFor, Confirmation, Customer};
use shared::rng::Rng;
use shared::store::{self, Entity, Key, Table, Update, Write};

const NOW: Timestamp = Timestamp(1_800_000_000);
const LIFETIME: Duration = Duration::from_secs(600);
const SECRET: &str = "lk_cs_r1_dGVzdC1zZWNyZXQtb2YtdGhlLWFwaS1jbGllbnQtaW4tdGVzdHM";
const ISSUER: &str = "http://localhost:3000";

/// A grant as the token endpoint leaves it.
#[derive(Serialize, Deserialize)]
struct GrantRecord {
    id: GrantId,
    user: UserId,
    client: String,
    session: shared::id::SessionId,
    scopes: Vec<String>,
    claims: Value,
    auth_time: Timestamp,
    acr: String,
    amr: Vec<String>,
    created_at: Timestamp,
    used_at: Timestamp,
    expires_at: Timestamp,
    refresh_hash: String,
}

impl Entity for GrantRecord {
    const TYPE: &'static str = "grant";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        grant_key(&self.user, &self.id)
    }
}

fn grant_key(user: &UserId, grant: &GrantId) -> Key {
    Key::new(format!("user#{user}"), format!("grant#{grant}"))
}

/// A customer who has granted a client everything.
struct World {
    platform: Platform,
    ada: User,
    grant: GrantId,
    refresh: String,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn challenge(&self) -> &str {
        self.headers[header::WWW_AUTHENTICATE].to_str().unwrap()
    }
}

impl World {
    async fn new() -> Self {
        let platform = Platform::start(Start {
            template: &Path::new(env!("CARGO_MANIFEST_DIR")).join("../template.yaml"),
            data: Data::Temporary,
            issuer: ISSUER,
            clock: Clock::stopped(NOW),
            rng: Rng::seeded(11),
        })
        .unwrap();
        platform.invoke("jobs-seed", json!({})).await.unwrap();
        let app = &platform.app;
        let mut ada = User::new(app, &[NormalIdentifier::email("ada@example.com").unwrap()]).proven();
        ada.profile.merge(json!({ "name": "Ada Lovelace", "nickname": "ada" }).as_object().unwrap()).unwrap();
        let sealer = keys::sealer(app).await.unwrap();
        let writes = identity::create_writes(app, &sealer, &ada, &Cause::system());
        store::transact(app, writes).await.unwrap();
        let grant = GrantId::new(app);
        let refresh = Handle::of_grant(app, HandleKind::RefreshToken, &ada.id, &grant);
        let record = GrantRecord {
            id: grant.clone(),
            user: ada.id.clone(),
            client: "shop".to_owned(),
            session: shared::id::SessionId::new(app),
            scopes: vec!["openid".to_owned(), "demo.read".to_owned()],
            claims: json!({ "userinfo": { "nickname": null } }),
            auth_time: NOW,
            acr: "urn:latchkey:aal1".to_owned(),
            amr: vec!["pwd".to_owned()],
            created_at: NOW,
            used_at: NOW,
            expires_at: NOW.plus(LIFETIME * 10),
            refresh_hash: refresh.hash(),
        };
        store::write(app, Write::create(&record)).await.unwrap();
        let world = Self { platform, ada, grant, refresh: refresh.expose().to_owned() };
        world.client("shop", AuthMethod::ClientSecretPost, None).await;
        world
    }

    async fn client(&self, id: &str, method: AuthMethod, resource: Option<&str>) {
        let app = &self.platform.app;
        let mut client = Client::new(id, NOW);
        client.auth_method = method;
        client.resource = resource.map(str::to_owned);
        client.userinfo_algorithm = (id == "signed").then_some(Algorithm::RS256);
        client.add_known_secret(app, SECRET).await.unwrap();
        client::save(app, id, client::create_writes(app, &client, &Cause::system())).await.unwrap();
    }

    async fn token(&self, format: TokenFormat, client: &str, scopes: &str, audience: &[&str]) -> String {
        let scopes: Vec<String> = scopes.split(' ').map(str::to_owned).collect();
        let audience: Vec<String> = audience.iter().map(|one| (*one).to_owned()).collect();
        let customer = Customer {
            user: &self.ada.id,
            naming: &Naming::Public,
            grant: &self.grant,
            session: None,
            auth_time: NOW,
            acr: "urn:latchkey:aal1",
            amr: &[],
        };
        let wanted = AccessTokenFor {
            client,
            format,
            algorithm: Algorithm::ES256,
            lifetime: LIFETIME,
            scopes: &scopes,
            audience: &audience,
            customer: Some(customer),
            confirmation: &Confirmation::default(),
        };
        let minted = tokens::access_token(&self.platform.app, &wanted).await.unwrap();
        if !minted.writes.is_empty() {
            store::transact(&self.platform.app, minted.writes).await.unwrap();
        }
        minted.token.expose().clone()
    }

    async fn ask(&self, function: &str, request: http::Request<Bytes>) -> Answer {
        let app = &self.platform.app;
        let request = Request::new(app, request, IpAddr::V4(Ipv4Addr::LOCALHOST), HashMap::new());
        let response = functions::find(function).unwrap().answer(app, request).await.into_http();
        let (parts, body) = response.into_parts();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn userinfo(&self, token: &str) -> Answer {
        let request =
            http::Request::get("/oauth2/userinfo").header("authorization", format!("Bearer {token}"));
        self.ask("oauth-userinfo", request.body(Bytes::new()).unwrap()).await
    }

    async fn introspect(&self, client: &str, token: &str) -> Answer {
        let form = [("client_id", client), ("client_secret", SECRET), ("token", token)];
        let request = http::Request::post("/oauth2/introspect")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(serde_urlencoded::to_string(form).unwrap()))
            .unwrap();
        self.ask("oauth-introspect", request).await
    }

    /// The calls that the next request made, the caches being warm.
    fn calls(&self) -> Vec<(String, u64)> {
        let calls = self.platform.stack.calls();
        let snapshot = calls.snapshot();
        calls.reset();
        snapshot.into_iter().collect()
    }
}

#[tokio::test]
async fn userinfo_tells_what_was_granted_with_one_call() {
    let world = World::new().await;
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        let token = world.token(format, "shop", "openid email", &[ISSUER]).await;
        world.userinfo(&token).await;
        world.calls();
        let answer = world.userinfo(&token).await;
        assert_eq!(world.calls(), [("dynamodb.BatchGetItem".to_owned(), 1)]);
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        let expected = json!({
            "sub": world.ada.id, "email": "ada@example.com", "email_verified": true,
            "nickname": "ada", // by the `claims` parameter
        });
        assert_eq!(answer.json(), expected);
    }
}

#[tokio::test]
async fn userinfo_takes_the_token_from_the_form_but_not_from_two_places() {
    let world = World::new().await;
    let token = world.token(TokenFormat::Jwt, "shop", "openid", &[ISSUER]).await;
    let post = |authorized: bool| {
        let mut request = http::Request::builder()
            .method(Method::POST)
            .uri("/oauth2/userinfo")
            .header("content-type", "application/x-www-form-urlencoded");
        if authorized {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request.body(Bytes::from(format!("access_token={token}"))).unwrap()
    };
    assert_eq!(world.ask("oauth-userinfo", post(false)).await.status, StatusCode::OK);
    let twice = world.ask("oauth-userinfo", post(true)).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    assert_eq!(twice.json()["error"], "invalid_request");
}

#[tokio::test]
async fn userinfo_is_signed_for_a_client_that_asks() {
    let world = World::new().await;
    world.client("signed", AuthMethod::ClientSecretBasic, None).await;
    let token = world.token(TokenFormat::Jwt, "signed", "openid", &[ISSUER]).await;
    let answer = world.userinfo(&token).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/jwt");
    let jwt = String::from_utf8(answer.body.to_vec()).unwrap();
    let ring = keys::ring(&world.platform.app).await.unwrap();
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_slice(ring.jwks().body()).unwrap();
    let head = jsonwebtoken::decode_header(&jwt).unwrap();
    assert_eq!(head.alg, jsonwebtoken::Algorithm::RS256);
    let mut validation = jsonwebtoken::Validation::new(head.alg);
    validation.set_required_spec_claims(&["iss", "aud", "sub"]);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&["signed"]);
    validation.validate_exp = false;
    let key = jsonwebtoken::DecodingKey::from_jwk(set.find(&head.kid.unwrap()).unwrap()).unwrap();
    let claims = jsonwebtoken::decode::<Value>(&jwt, &key, &validation).unwrap().claims;
    assert_eq!(claims["sub"], json!(world.ada.id));
}

#[tokio::test]
async fn refusals_carry_the_challenge() {
    let world = World::new().await;
    let without = http::Request::get("/oauth2/userinfo").body(Bytes::new()).unwrap();
    let answer = world.ask("oauth-userinfo", without).await;
    assert_eq!((answer.status, answer.challenge()), (StatusCode::UNAUTHORIZED, r#"Bearer realm="latchkey""#));
    assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");

    let poor = world.token(TokenFormat::Jwt, "shop", "account", &[ISSUER]).await;
    let answer = world.userinfo(&poor).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.challenge().contains(r#"error="insufficient_scope""#));
    assert!(answer.challenge().contains(r#"scope="openid""#));

    let elsewhere = world.token(TokenFormat::Jwt, "shop", "openid", &["urn:latchkey:demo"]).await;
    for bad in [elsewhere.as_str(), "x", "a.b.c", "lk_at_r1_AAAA", world.refresh.as_str()] {
        let answer = world.userinfo(bad).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{bad}");
        assert!(answer.challenge().contains(r#"error="invalid_token""#));
    }
}

#[tokio::test]
async fn a_token_ends_with_its_time_its_grant_its_revocation_and_its_customer() {
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        let world = World::new().await;
        let app = &world.platform.app;
        let revoked = world.token(format, "shop", "openid", &[ISSUER]).await;
        let token = world.token(format, "shop", "openid", &[ISSUER]).await;
        let found = tokens::find_revocable(app, &revoked).await.unwrap().unwrap();
        store::write(app, found.revoke_write()).await.unwrap();
        store::write(app, found.revoke_write()).await.unwrap();
        assert_eq!(world.userinfo(&revoked).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(world.introspect("shop", &revoked).await.json(), json!({ "active": false }));
        assert_eq!(world.userinfo(&token).await.status, StatusCode::OK);

        let user =
            |status: Status| Update::of::<User>(identity::user_key(&world.ada.id)).set("status", &status);
        store::write(app, user(Status::Blocked)).await.unwrap();
        assert_eq!(world.userinfo(&token).await.status, StatusCode::UNAUTHORIZED);
        store::write(app, user(Status::Active)).await.unwrap();
        assert_eq!(world.userinfo(&token).await.status, StatusCode::OK);

        let key = grant_key(&world.ada.id, &world.grant);
        store::write(app, Update::of::<GrantRecord>(key).set("revoked_at", &NOW)).await.unwrap();
        assert_eq!(world.userinfo(&token).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(world.introspect("shop", &world.refresh).await.json(), json!({ "active": false }));

        let later = World::new().await;
        let token = later.token(format, "shop", "openid", &[ISSUER]).await;
        later.platform.app.clock.advance(LIFETIME.checked_sub(Duration::from_secs(1)).unwrap());
        assert_eq!(later.userinfo(&token).await.status, StatusCode::OK);
        later.platform.app.clock.advance(Duration::from_secs(1));
        assert_eq!(later.userinfo(&token).await.status, StatusCode::UNAUTHORIZED);
        assert!(tokens::find_revocable(&later.platform.app, &token).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_token_ends_with_its_client() {
    let world = World::new().await;
    let app = &world.platform.app;
    world.client("api", AuthMethod::ClientSecretPost, Some("urn:latchkey:demo")).await;
    world.client("gone", AuthMethod::ClientSecretPost, None).await;
    let audience = [ISSUER, "urn:latchkey:demo"];
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        let stopped = world.token(format, "shop", "openid", &audience).await;
        assert_eq!(world.userinfo(&stopped).await.status, StatusCode::OK);
        for status in [client::Status::Disabled, client::Status::Active] {
            let mut shop = client::load(app, "shop").await.unwrap().unwrap();
            shop.status = status;
            let writes = client::replace_writes(app, &mut shop, &Cause::system());
            client::save(app, "shop", writes).await.unwrap();
            let active = status == client::Status::Active;
            assert_eq!(world.userinfo(&stopped).await.status == StatusCode::OK, active);
            assert_eq!(world.introspect("api", &stopped).await.json()["active"], active);
        }
    }
    let jwt = world.token(TokenFormat::Jwt, "gone", "openid", &audience).await;
    let opaque = world.token(TokenFormat::Opaque, "gone", "openid", &audience).await;
    client::save(app, "gone", client::delete_writes(app, "gone", &Cause::system())).await.unwrap();
    for token in [jwt, opaque] {
        let answer = world.userinfo(&token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(answer.challenge().contains(r#"error="invalid_token""#));
        assert_eq!(world.introspect("api", &token).await.json(), json!({ "active": false }));
    }
}

#[tokio::test]
async fn introspection_tells_the_holder_and_the_api_and_nobody_else() {
    let world = World::new().await;
    world.client("api", AuthMethod::ClientSecretPost, Some("urn:latchkey:demo")).await;
    world.client("other", AuthMethod::ClientSecretPost, None).await;
    world.client("owner", AuthMethod::ClientSecretPost, None).await;
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        let token = world.token(format, "owner", "demo.read", &["urn:latchkey:demo"]).await;
        for client in ["owner", "api"] {
            world.introspect(client, &token).await;
            world.calls();
            let answer = world.introspect(client, &token).await;
            assert_eq!(world.calls(), [("dynamodb.BatchGetItem".to_owned(), 1)]);
            let told = answer.json();
            assert_eq!(told["active"], true);
            assert_eq!(told["scope"], "demo.read");
            assert_eq!(told["client_id"], "owner");
            assert_eq!(told["sub"], json!(world.ada.id));
            assert_eq!(told["exp"], NOW.plus(LIFETIME).0);
            assert!(told.get("gid").is_none());
        }
        assert_eq!(world.introspect("other", &token).await.json(), json!({ "active": false }));
    }
    assert_eq!(world.introspect("owner", "not-a-token").await.json(), json!({ "active": false }));
}

#[tokio::test]
async fn introspection_of_a_refresh_token_is_its_holders() {
    let world = World::new().await;
    world.client("owner", AuthMethod::ClientSecretPost, None).await;
    let told = world.introspect("shop", &world.refresh).await.json();
    assert_eq!((&told["active"], &told["client_id"]), (&json!(true), &json!("shop")));
    assert_eq!(world.introspect("owner", &world.refresh).await.json(), json!({ "active": false }));
}

#[tokio::test]
async fn introspection_needs_a_client_that_proves_who_it_is() {
    let world = World::new().await;
    let app = &world.platform.app;
    let public = Client::new("public", NOW);
    let writes = client::create_writes(app, &public, &Cause::system());
    client::save(app, "public", writes).await.unwrap();
    let token = world.token(TokenFormat::Jwt, "public", "openid", &[ISSUER]).await;
    let form = [("client_id", "public"), ("token", token.as_str())];
    let request = http::Request::post("/oauth2/introspect")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(serde_urlencoded::to_string(form).unwrap()))
        .unwrap();
    let answer = world.ask("oauth-introspect", request).await;
    assert_eq!(
        (answer.status, &answer.json()["error"]),
        (StatusCode::UNAUTHORIZED, &json!("invalid_client"))
    );
}
