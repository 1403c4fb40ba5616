//! Token exchange (RFC 8693): who may exchange whose token, for what, and what the new one says and is worth.

use std::time::Duration;

use http::StatusCode;
use local::seed::{BACKEND_ID, BACKEND_SECRET, GATEWAY_ID, GATEWAY_SECRET, SERVICE_ID, SERVICE_SECRET};
use serde_json::{Value, json};
use shared::client::{ExchangeKind, TokenFormat};
use tests::Holder;

use crate::world::{Answer, CHALLENGE, VERIFIER, World, claims, text};

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const DEMO: &str = "urn:latchkey:demo";
const CALLBACK: &str = "http://localhost:3000/_local/demo/demo-gateway/callback";
const GATEWAY: Option<(&str, &str)> = Some((GATEWAY_ID, GATEWAY_SECRET));
const BACKEND: Option<(&str, &str)> = Some((BACKEND_ID, BACKEND_SECRET));

fn invalid() -> (u16, String) {
    (400, "invalid_request".to_owned())
}

impl World {
    /// Ada's tokens, of the gateway.
    async fn gateway_tokens(&self, scope: &str) -> Value {
        self.gateway_tokens_with(scope, &[]).await
    }

    /// The same, asked for with `more`.
    async fn gateway_tokens_with(&self, scope: &str, more: &[(&str, &str)]) -> Value {
        let mut request = vec![
            ("response_type", "code"),
            ("client_id", GATEWAY_ID),
            ("redirect_uri", CALLBACK),
            ("scope", scope),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        request.extend(more);
        let code = self.visit("/oauth2/authorize", &request).await.params()["code"].clone();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let answer = self.post("/oauth2/token", GATEWAY, &form).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.json()
    }

    async fn exchange(&self, client: Option<(&str, &str)>, token: &str, more: &[(&str, &str)]) -> Answer {
        let mut form =
            vec![("grant_type", GRANT), ("subject_token", token), ("subject_token_type", ACCESS_TOKEN)];
        form.retain(|(name, _)| !more.iter().any(|(known, _)| known == name));
        form.extend(more);
        self.post("/oauth2/token", client, &form).await
    }

    /// What introspection tells the backend of a token.
    async fn told(&self, token: &str) -> Value {
        self.post("/oauth2/introspect", BACKEND, &[("token", token)]).await.json()
    }
}

#[tokio::test]
async fn a_backend_acts_for_a_customer_with_less_than_the_gateway_had() {
    let world = World::new().await;
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        world.change(BACKEND_ID, |client| client.access_token_format = format).await;
        let tokens = world.gateway_tokens("openid demo.read demo.write").await;
        let answer = world.exchange(BACKEND, text(&tokens, "access_token"), &[]).await;
        assert_eq!(answer.status, StatusCode::OK);
        let fresh = answer.json();
        assert_eq!(
            (&fresh["issued_token_type"], &fresh["token_type"]),
            (&json!(ACCESS_TOKEN), &json!("Bearer"))
        );
        assert_eq!(fresh["scope"], "demo.read");
        assert!(fresh.get("refresh_token").is_none() && fresh.get("id_token").is_none());
        let told = world.told(text(&fresh, "access_token")).await;
        assert_eq!(told["sub"], claims(&tokens["access_token"])["sub"]);
        assert_eq!((&told["aud"], &told["client_id"]), (&json!(DEMO), &json!(BACKEND_ID)));
        assert_eq!(told["act"], json!({ "sub": BACKEND_ID, "client_id": BACKEND_ID }));
    }
}

#[tokio::test]
async fn a_gateway_stands_for_a_customer_where_it_may() {
    let world = World::new().await;
    let tokens = world.tokens("openid demo.read demo.write").await;
    let fresh = world.exchange(GATEWAY, text(&tokens, "access_token"), &[]).await.json();
    let told = claims(&fresh["access_token"]);
    assert_eq!((told.get("act"), &told["scope"]), (None, &json!("demo.read demo.write")));
    // Who acted before stays in it.
    let acted = world.exchange(BACKEND, text(&fresh, "access_token"), &[]).await.json();
    assert_eq!(claims(&acted["access_token"])["act"]["sub"], BACKEND_ID);
    world.change(GATEWAY_ID, |client| client.exchange[0].subject_clients.clear()).await;
    let again = world.exchange(GATEWAY, text(&acted, "access_token"), &[]).await.json();
    assert_eq!(claims(&again["access_token"])["act"]["sub"], BACKEND_ID);
}

#[tokio::test]
async fn nobody_exchanges_what_no_policy_is_about() {
    let world = World::new().await;
    let gateway = world.gateway_tokens("openid demo.read").await;
    let elsewhere = world.gateway_tokens("openid email").await;
    let shop = world.tokens("openid demo.read").await;
    for tokens in [&elsewhere, &shop] {
        assert_eq!(world.exchange(BACKEND, text(tokens, "access_token"), &[]).await.error(), invalid());
    }
    let service = Some((SERVICE_ID, SERVICE_SECRET));
    let token = text(&gateway, "access_token");
    let answer = world.exchange(service, token, &[]).await;
    assert_eq!(answer.error(), (400, "unauthorized_client".to_owned()));
    let public = world.exchange(None, token, &[("client_id", "demo-shop")]).await;
    assert_eq!(public.error(), (400, "unauthorized_client".to_owned()));
    let own = world.post("/oauth2/token", GATEWAY, &[("grant_type", "client_credentials")]).await.json();
    // A client's own token speaks for no customer.
    assert_eq!(world.exchange(BACKEND, text(&own, "access_token"), &[]).await.error(), invalid());
}

#[tokio::test]
async fn a_token_is_narrowed_and_never_widened() {
    let world = World::new().await;
    let tokens = world.gateway_tokens("openid demo.write").await;
    let token = text(&tokens, "access_token");
    let write = world.exchange(BACKEND, token, &[("scope", "demo.write")]).await;
    assert_eq!(write.error(), (400, "invalid_scope".to_owned()), "the policy does not let it through");
    let read = world.exchange(BACKEND, token, &[("scope", "demo.read")]).await;
    assert_eq!(read.error(), (400, "invalid_scope".to_owned()), "the old token does not allow it");
    for name in ["audience", "resource"] {
        for api in ["urn:other", "http://localhost:3000"] {
            let refused = world.exchange(BACKEND, token, &[(name, api)]).await;
            assert_eq!(refused.error(), (400, "invalid_target".to_owned()), "{name} {api}");
        }
        let nothing = world.exchange(BACKEND, token, &[(name, DEMO)]).await;
        assert_eq!(nothing.error(), (400, "invalid_target".to_owned()), "nothing is left for it");
        let readable = world.gateway_tokens("openid demo.read").await;
        let named = world.exchange(BACKEND, text(&readable, "access_token"), &[(name, DEMO)]).await;
        assert_eq!(claims(&named.json()["access_token"])["aud"], DEMO);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_token_is_a_wrong_request() {
    let world = World::new().await;
    let tokens = world.gateway_tokens("openid demo.read offline_access").await;
    let token = text(&tokens, "access_token");
    for more in [
        vec![("subject_token", "x")],
        vec![("subject_token", text(&tokens, "refresh_token"))],
        vec![("subject_token", text(&tokens, "id_token"))],
        vec![("subject_token", "")],
        vec![("subject_token_type", "")],
        vec![("subject_token_type", "urn:ietf:params:oauth:token-type:refresh_token")],
        vec![("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token")],
        vec![("actor_token_type", ACCESS_TOKEN)],
        vec![("actor_token", token)],
        vec![("actor_token", token), ("actor_token_type", ACCESS_TOKEN)],
    ] {
        assert_eq!(world.exchange(BACKEND, token, &more).await.error(), invalid(), "{more:?}");
    }
    world.app().clock.advance(Duration::from_secs(600));
    assert_eq!(world.exchange(BACKEND, token, &[]).await.error(), invalid(), "it has expired");
}

#[tokio::test]
async fn an_actor_token_names_who_acts() {
    let world = World::new().await;
    let subject = world.gateway_tokens("openid demo.read").await;
    let own = [("grant_type", "client_credentials"), ("scope", "demo.read")];
    let actor = world.post("/oauth2/token", BACKEND, &own).await.json();
    let more = [("actor_token", text(&actor, "access_token")), ("actor_token_type", ACCESS_TOKEN)];
    let fresh = world.exchange(BACKEND, text(&subject, "access_token"), &more).await.json();
    let act = &claims(&fresh["access_token"])["act"];
    assert_eq!(*act, json!({ "sub": BACKEND_ID, "client_id": BACKEND_ID }));
    // A party that already acts for somebody is no actor.
    let more = [("actor_token", text(&fresh, "access_token")), ("actor_token_type", ACCESS_TOKEN)];
    let refused = world.exchange(BACKEND, text(&subject, "access_token"), &more).await;
    assert_eq!(refused.error(), invalid());
}

#[tokio::test]
async fn a_chain_of_actors_is_kept_and_bounded() {
    let world = World::new().await;
    world
        .change(BACKEND_ID, |client| {
            client.exchange[0].subject_clients.clear();
            client.exchange[0].kind = ExchangeKind::Delegation;
        })
        .await;
    let mut token = text(&world.gateway_tokens("openid demo.read").await, "access_token").to_owned();
    for depth in 1..=5 {
        let fresh = world.exchange(BACKEND, &token, &[]).await.json();
        text(&fresh, "access_token").clone_into(&mut token);
        let told = claims(&fresh["access_token"]);
        let chain = std::iter::successors(told.get("act"), |act| act.get("act"));
        assert_eq!(chain.count(), depth);
    }
    assert_eq!(world.exchange(BACKEND, &token, &[]).await.error(), invalid());
}

#[tokio::test]
async fn an_exchanged_token_ends_with_the_old_one_its_grant_and_its_time() {
    let world = World::new().await;
    let tokens = world.gateway_tokens("openid demo.read offline_access").await;
    world.app().clock.advance(Duration::from_secs(400));
    let answer = world.exchange(BACKEND, text(&tokens, "access_token"), &[]).await.json();
    assert_eq!(answer["expires_in"], 200);
    let fresh = text(&answer, "access_token");
    assert_eq!(world.told(fresh).await["active"], true);
    let given_back = [("token", text(&tokens, "refresh_token"))];
    assert_eq!(world.post("/oauth2/revoke", GATEWAY, &given_back).await.status, StatusCode::OK);
    assert_eq!(world.told(fresh).await["active"], false);
    let late = world.exchange(BACKEND, text(&tokens, "access_token"), &[]).await;
    assert_eq!(late.error(), invalid());
}

#[tokio::test]
async fn no_bearer_token_comes_of_a_bound_one() {
    let world = World::new().await;
    let holder = Holder::default();
    let url = "http://localhost:3000/oauth2/token";
    let tokens = world.gateway_tokens("openid demo.read offline_access").await;
    let proof = || holder.proof("POST", url, world.app().clock.now());
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&tokens, "refresh_token")),
        ("client_id", GATEWAY_ID),
        ("client_secret", GATEWAY_SECRET),
    ];
    world
        .change(GATEWAY_ID, |client| client.auth_method = shared::client::AuthMethod::ClientSecretPost)
        .await;
    let bound = world.token_with(&[&proof()], &form).await.json();
    assert_eq!(bound["token_type"], "DPoP");
    let token = text(&bound, "access_token");
    assert_eq!(world.exchange(BACKEND, token, &[]).await.error(), invalid());
    world
        .change(BACKEND_ID, |client| client.auth_method = shared::client::AuthMethod::ClientSecretPost)
        .await;
    let form = [
        ("grant_type", GRANT),
        ("subject_token", token),
        ("subject_token_type", ACCESS_TOKEN),
        ("client_id", BACKEND_ID),
        ("client_secret", BACKEND_SECRET),
    ];
    let backend = Holder::default();
    let own = backend.proof("POST", url, world.app().clock.now());
    let fresh = world.token_with(&[&own], &form).await.json();
    assert_eq!(claims(&fresh["access_token"])["cnf"]["jkt"], backend.jkt());
}

#[tokio::test]
async fn an_exchange_is_written_down_and_costs_two_calls() {
    let world = World::new().await;
    let tokens = world.gateway_tokens("openid demo.read").await;
    let token = text(&tokens, "access_token");
    world.exchange(BACKEND, token, &[]).await;
    world.calls();
    assert_eq!(world.exchange(BACKEND, token, &[]).await.status, StatusCode::OK);
    let expected = [("dynamodb.BatchGetItem".to_owned(), 1), ("dynamodb.TransactWriteItems".to_owned(), 1)];
    assert_eq!(world.calls(), expected);
}

/// What a client asked to be told is not told to whom its token is handed on.
#[tokio::test]
async fn an_exchanged_token_tells_no_claims_that_another_client_asked_for() {
    let world = World::new().await;
    let allow = |client: &mut shared::client::Client| {
        client.scopes.extend(["openid", "email"].map(str::to_owned));
        for policy in &mut client.exchange {
            policy.scopes.push("openid".to_owned());
            policy.audiences.push(crate::world::ISSUER.to_owned());
        }
    };
    world.change(GATEWAY_ID, allow).await;
    world.change(BACKEND_ID, allow).await;
    let claims = ("claims", r#"{"userinfo":{"email":null}}"#);
    let tokens = world.gateway_tokens_with("openid demo.read", &[claims]).await;
    let userinfo = async |token: &str| {
        let bearer = format!("Bearer {token}");
        let request = http::Request::get("/oauth2/userinfo").header(http::header::AUTHORIZATION, bearer);
        world.send(request, String::new()).await.json()
    };
    assert_eq!(userinfo(text(&tokens, "access_token")).await["email"], "ada@example.com");
    let more = [("scope", "openid"), ("audience", crate::world::ISSUER)];
    let fresh = world.exchange(BACKEND, text(&tokens, "access_token"), &more).await.json();
    let told = userinfo(text(&fresh, "access_token")).await;
    assert!(told["sub"].is_string() && told.get("email").is_none(), "{told}");
}
