//! Presented tokens: userinfo (OpenID Connect Core §5.3), introspection (RFC 7662), and the challenges of RFC 6750, each with the
//! calls that it may cost.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::client::{self, AuthMethod, Client, TokenFormat};
use shared::clock::Timestamp;
use shared::hook::Cause;
use shared::id::{GrantId, UserId};
use shared::identity::{self, Epoch, NormalIdentifier, Status, User};
use shared::keys::{self, Algorithm, Handle, HandleKind};
use shared::oauth::details::Details;
use shared::oauth::subject::Naming;
use shared::oauth::tokens::{self, AccessTokenFor, Confirmation, Customer};
use shared::store::{self, Entity, Key, Table, Update, Write};
use tests::{View, World};

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
    epoch: Epoch,
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
struct Granted {
    world: World,
    ada: User,
    grant: GrantId,
    refresh: String,
}

impl Granted {
    async fn new() -> Self {
        let world = World::seeded().await;
        let app = world.app();
        let mut ada = User::new(app, &[NormalIdentifier::email("ada@example.com").unwrap()]).proven();
        ada.profile.merge(json!({ "name": "Ada Lovelace", "nickname": "ada" }).as_object().unwrap()).unwrap();
        let sealer = keys::sealer(app).await.unwrap();
        let writes = identity::create_writes(app, &sealer, &ada, &Cause::system());
        store::transact(app, writes).await.unwrap();
        let grant = GrantId::new(app);
        let refresh = Handle::of_grant(app, &sealer, HandleKind::RefreshToken, (&ada.id, &grant));
        let now = app.clock.now();
        let record = GrantRecord {
            id: grant.clone(),
            user: ada.id.clone(),
            client: "shop".to_owned(),
            session: shared::id::SessionId::new(app),
            epoch: ada.epoch,
            scopes: vec!["openid".to_owned(), "demo.read".to_owned()],
            claims: json!({ "userinfo": { "nickname": null } }),
            auth_time: now,
            acr: "urn:latchkey:aal1".to_owned(),
            amr: vec!["pwd".to_owned()],
            created_at: now,
            used_at: now,
            expires_at: now.plus(LIFETIME * 10),
            refresh_hash: refresh.hash(),
        };
        store::write(app, Write::create(&record)).await.unwrap();
        let refresh = refresh.expose().to_owned();
        let granted = Self { world, ada, grant, refresh };
        granted.client("shop", AuthMethod::ClientSecretPost, None).await;
        granted
    }

    fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    async fn client(&self, id: &str, method: AuthMethod, resource: Option<&str>) {
        let app = self.world.app();
        let mut client = Client::new(id, self.now());
        client.auth_method = method;
        client.resource = resource.map(str::to_owned);
        client.scopes = ["openid", "email", "profile"].map(str::to_owned).into();
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
            auth_time: Some(self.now()),
            acr: Some("urn:latchkey:aal1"),
            amr: &[],
        };
        let mut client = Client::new(client, self.now());
        client.access_token_format = format;
        let wanted = AccessTokenFor {
            client: &client,
            lifetime: LIFETIME,
            scopes: &scopes,
            details: &Details::default(),
            audience: &audience,
            customer: Some(customer),
            confirmation: &Confirmation::default(),
            act: None,
        };
        let minted = tokens::access_token(self.world.app(), &wanted).await.unwrap();
        if !minted.writes.is_empty() {
            store::transact(self.world.app(), minted.writes).await.unwrap();
        }
        minted.token.expose().clone()
    }

    async fn ask(&self, request: http::Request<Bytes>) -> View {
        View::of("", self.world.send(request).await)
    }

    async fn userinfo(&self, token: &str) -> View {
        let request =
            http::Request::get("/oauth2/userinfo").header("authorization", format!("Bearer {token}"));
        self.ask(request.body(Bytes::new()).unwrap()).await
    }

    async fn introspect(&self, client: &str, token: &str) -> View {
        let form = [("client_id", client), ("client_secret", SECRET), ("token", token)];
        let request = http::Request::post("/oauth2/introspect")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(serde_urlencoded::to_string(form).unwrap()))
            .unwrap();
        self.ask(request).await
    }

    /// The calls that the next request made, the caches being warm.
    fn calls(&self) -> Vec<(String, u64)> {
        let calls = self.world.stack().calls();
        let snapshot = calls.snapshot();
        calls.reset();
        snapshot.into_iter().collect()
    }
}

fn challenge(answer: &View) -> &str {
    answer.header(header::WWW_AUTHENTICATE).unwrap()
}

#[tokio::test]
async fn userinfo_tells_what_was_granted_with_one_call() {
    let granted = Granted::new().await;
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        let token = granted.token(format, "shop", "openid email", &[ISSUER]).await;
        granted.userinfo(&token).await;
        granted.calls();
        let answer = granted.userinfo(&token).await;
        assert_eq!(granted.calls(), [("dynamodb.BatchGetItem".to_owned(), 1)]);
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
        let expected = json!({
            "sub": granted.ada.id, "email": "ada@example.com", "email_verified": true,
            "nickname": "ada", // by the `claims` parameter
        });
        assert_eq!(answer.json(), expected);
    }
}

#[tokio::test]
async fn userinfo_takes_the_token_from_the_form_but_not_from_two_places() {
    let granted = Granted::new().await;
    let token = granted.token(TokenFormat::Jwt, "shop", "openid", &[ISSUER]).await;
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
    assert_eq!(granted.ask(post(false)).await.status, StatusCode::OK);
    let twice = granted.ask(post(true)).await;
    assert_eq!(twice.status, StatusCode::BAD_REQUEST);
    assert_eq!(twice.json()["error"], "invalid_request");
}

#[tokio::test]
async fn userinfo_is_signed_for_a_client_that_asks() {
    let granted = Granted::new().await;
    granted.client("signed", AuthMethod::ClientSecretBasic, None).await;
    let token = granted.token(TokenFormat::Jwt, "signed", "openid", &[ISSUER]).await;
    let answer = granted.userinfo(&token).await;
    assert_eq!(answer.headers[header::CONTENT_TYPE], "application/jwt");
    let jwt = answer.body;
    let published = keys::jwks(granted.world.app()).await.unwrap();
    let set: jsonwebtoken::jwk::JwkSet = serde_json::from_slice(published.body()).unwrap();
    let head = jsonwebtoken::decode_header(&jwt).unwrap();
    assert_eq!(head.alg, jsonwebtoken::Algorithm::RS256);
    let mut validation = jsonwebtoken::Validation::new(head.alg);
    validation.set_required_spec_claims(&["iss", "aud", "sub"]);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&["signed"]);
    validation.validate_exp = false;
    let key = jsonwebtoken::DecodingKey::from_jwk(set.find(&head.kid.unwrap()).unwrap()).unwrap();
    let claims = jsonwebtoken::decode::<Value>(&jwt, &key, &validation).unwrap().claims;
    assert_eq!(claims["sub"], json!(granted.ada.id));
}

#[tokio::test]
async fn refusals_carry_the_challenge() {
    let granted = Granted::new().await;
    let without = http::Request::get("/oauth2/userinfo").body(Bytes::new()).unwrap();
    let answer = granted.ask(without).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    // One line, since API Gateway passes on one value of each name.
    let both = r#"Bearer realm="latchkey", DPoP realm="latchkey", algs="ES256 RS256 EdDSA ES384 PS256""#;
    assert_eq!(challenge(&answer), both);
    assert_eq!(answer.headers[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");

    let poor = granted.token(TokenFormat::Jwt, "shop", "account", &[ISSUER]).await;
    let answer = granted.userinfo(&poor).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(challenge(&answer).contains(r#"error="insufficient_scope""#));
    assert!(challenge(&answer).contains(r#"scope="openid""#));

    let elsewhere = granted.token(TokenFormat::Jwt, "shop", "openid", &["urn:latchkey:demo"]).await;
    for bad in [elsewhere.as_str(), "x", "a.b.c", "lk_at_r1_AAAA", granted.refresh.as_str()] {
        let answer = granted.userinfo(bad).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{bad}");
        assert!(challenge(&answer).contains(r#"error="invalid_token""#));
    }
}

#[tokio::test]
async fn a_token_ends_with_its_time_its_grant_its_revocation_and_its_customer() {
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        let granted = Granted::new().await;
        let app = granted.world.app();
        let revoked = granted.token(format, "shop", "openid", &[ISSUER]).await;
        let token = granted.token(format, "shop", "openid", &[ISSUER]).await;
        let found = tokens::find_revocable(app, &revoked).await.unwrap().unwrap();
        store::write(app, found.revoke_write()).await.unwrap();
        store::write(app, found.revoke_write()).await.unwrap();
        assert_eq!(granted.userinfo(&revoked).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(granted.introspect("shop", &revoked).await.json(), json!({ "active": false }));
        assert_eq!(granted.userinfo(&token).await.status, StatusCode::OK);

        let user =
            |status: Status| Update::of::<User>(identity::user_key(&granted.ada.id)).set("status", &status);
        store::write(app, user(Status::Blocked)).await.unwrap();
        assert_eq!(granted.userinfo(&token).await.status, StatusCode::UNAUTHORIZED);
        store::write(app, user(Status::Active)).await.unwrap();
        assert_eq!(granted.userinfo(&token).await.status, StatusCode::OK);

        let key = grant_key(&granted.ada.id, &granted.grant);
        store::write(app, Update::of::<GrantRecord>(key).set("revoked_at", &granted.now())).await.unwrap();
        assert_eq!(granted.userinfo(&token).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(granted.introspect("shop", &granted.refresh).await.json(), json!({ "active": false }));

        let later = Granted::new().await;
        let token = later.token(format, "shop", "openid", &[ISSUER]).await;
        later.world.advance(LIFETIME.checked_sub(Duration::from_secs(1)).unwrap());
        assert_eq!(later.userinfo(&token).await.status, StatusCode::OK);
        later.world.advance(Duration::from_secs(1));
        assert_eq!(later.userinfo(&token).await.status, StatusCode::UNAUTHORIZED);
        assert!(tokens::find_revocable(later.world.app(), &token).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_token_ends_with_its_client() {
    let granted = Granted::new().await;
    let app = granted.world.app();
    granted.client("api", AuthMethod::ClientSecretPost, Some("urn:latchkey:demo")).await;
    granted.client("gone", AuthMethod::ClientSecretPost, None).await;
    let audience = [ISSUER, "urn:latchkey:demo"];
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        let stopped = granted.token(format, "shop", "openid", &audience).await;
        assert_eq!(granted.userinfo(&stopped).await.status, StatusCode::OK);
        for status in [client::Status::Disabled, client::Status::Active] {
            let mut shop = client::load(app, "shop").await.unwrap().unwrap();
            shop.status = status;
            let writes = client::replace_writes(app, &mut shop, &Cause::system());
            client::save(app, "shop", writes).await.unwrap();
            let active = status == client::Status::Active;
            assert_eq!(granted.userinfo(&stopped).await.status == StatusCode::OK, active);
            assert_eq!(granted.introspect("api", &stopped).await.json()["active"], active);
        }
    }
    let jwt = granted.token(TokenFormat::Jwt, "gone", "openid", &audience).await;
    let opaque = granted.token(TokenFormat::Opaque, "gone", "openid", &audience).await;
    client::save(app, "gone", client::delete_writes(app, "gone", &Cause::system())).await.unwrap();
    for token in [jwt, opaque] {
        let answer = granted.userinfo(&token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(challenge(&answer).contains(r#"error="invalid_token""#));
        assert_eq!(granted.introspect("api", &token).await.json(), json!({ "active": false }));
    }
}

#[tokio::test]
async fn introspection_tells_the_holder_and_the_api_and_nobody_else() {
    let granted = Granted::new().await;
    granted.client("api", AuthMethod::ClientSecretPost, Some("urn:latchkey:demo")).await;
    granted.client("other", AuthMethod::ClientSecretPost, None).await;
    granted.client("owner", AuthMethod::ClientSecretPost, None).await;
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        let token = granted.token(format, "owner", "demo.read", &["urn:latchkey:demo"]).await;
        for client in ["owner", "api"] {
            granted.introspect(client, &token).await;
            granted.calls();
            let answer = granted.introspect(client, &token).await;
            assert_eq!(granted.calls(), [("dynamodb.BatchGetItem".to_owned(), 1)]);
            let told = answer.json();
            assert_eq!(told["active"], true);
            assert_eq!(told["scope"], "demo.read");
            assert_eq!(told["client_id"], "owner");
            assert_eq!(told["sub"], json!(granted.ada.id));
            assert_eq!(told["exp"], granted.now().plus(LIFETIME).0);
            assert!(told.get("gid").is_none());
        }
        assert_eq!(granted.introspect("other", &token).await.json(), json!({ "active": false }));
    }
    assert_eq!(granted.introspect("owner", "not-a-token").await.json(), json!({ "active": false }));
}

#[tokio::test]
async fn introspection_of_a_refresh_token_is_its_holders() {
    let granted = Granted::new().await;
    granted.client("owner", AuthMethod::ClientSecretPost, None).await;
    let told = granted.introspect("shop", &granted.refresh).await.json();
    assert_eq!((&told["active"], &told["client_id"]), (&json!(true), &json!("shop")));
    assert_eq!(granted.introspect("owner", &granted.refresh).await.json(), json!({ "active": false }));
}

#[tokio::test]
async fn introspection_needs_a_client_that_proves_who_it_is() {
    let granted = Granted::new().await;
    let app = granted.world.app();
    let public = Client::new("public", granted.now());
    let writes = client::create_writes(app, &public, &Cause::system());
    client::save(app, "public", writes).await.unwrap();
    let token = granted.token(TokenFormat::Jwt, "public", "openid", &[ISSUER]).await;
    let form = [("client_id", "public"), ("token", token.as_str())];
    let request = http::Request::post("/oauth2/introspect")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(serde_urlencoded::to_string(form).unwrap()))
        .unwrap();
    let answer = granted.ask(request).await;
    assert_eq!(
        (answer.status, &answer.json()["error"]),
        (StatusCode::UNAUTHORIZED, &json!("invalid_client"))
    );
}
