//! The JWT bearer grant (RFC 7523 §2.1): somebody whom the deployment trusts names a customer, and a client gets a token for them.

use std::time::Duration;

use http::StatusCode;
use local::seed::{GATEWAY_ID, GATEWAY_SECRET, SERVICE_ID, SERVICE_SECRET};
use serde_json::{Value, json};
use shared::client::{Consent, GrantType};
use shared::identity::{self, NormalIdentifier};
use shared::settings::{self, AssertionIssuer, AssertionPurpose, SubjectKind, TrustedIssuer};

use crate::signer::Signer;
use crate::world::{Answer, ISSUER, World, claims, text};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const PARTNER: &str = "https://partner.example";

struct Scene {
    world: World,
    signer: Signer,
}

impl Scene {
    async fn new(subject: SubjectKind) -> Self {
        Self::with(subject, AssertionPurpose::Grant).await
    }

    async fn with(subject: SubjectKind, purpose: AssertionPurpose) -> Self {
        let (world, signer) = (World::new().await, Signer::new("one"));
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let mut settings = settings::load(world.app()).await.unwrap().as_ref().clone();
        settings.oauth.assertion_issuers = vec![AssertionIssuer {
            issuer: TrustedIssuer { iss: PARTNER.to_owned(), jwks: Some(signer.keys()), jwks_uri: None },
            purpose,
            subject,
            clients: texts(&[GATEWAY_ID]),
            scopes: texts(&["openid", "profile", "demo.read", "offline_access"]),
        }];
        settings::save(world.app(), &settings).await.unwrap();
        for id in [GATEWAY_ID, SERVICE_ID] {
            world.change(id, |client| client.grant_types.push(GrantType::JwtBearer)).await;
        }
        Self { world, signer }
    }

    /// A good assertion about ada, with `others` over the usual; null takes a claim out.
    fn assertion(&self, others: Value) -> String {
        let now = self.world.app().clock.now().0;
        let mut all = json!({
            "iss": PARTNER, "sub": "ada@example.com", "aud": ISSUER, "jti": "one", "iat": now, "exp": now + 300,
        });
        for (name, value) in others.as_object().unwrap() {
            match value {
                Value::Null => drop(all.as_object_mut().unwrap().remove(name)),
                value => all[name] = value.clone(),
            }
        }
        self.signer.sign(&all)
    }

    async fn bring(&self, assertion: &str, further: &[(&str, &str)]) -> Answer {
        let mut form = vec![("grant_type", GRANT), ("assertion", assertion)];
        form.extend(further);
        self.world.post("/oauth2/token", Some((GATEWAY_ID, GATEWAY_SECRET)), &form).await
    }
}

fn invalid_grant() -> (u16, String) {
    (400, "invalid_grant".to_owned())
}

#[tokio::test]
async fn a_customer_who_is_named_is_spoken_for() {
    let scene = Scene::new(SubjectKind::Identifier).await;
    let tokens = scene.bring(&scene.assertion(json!({})), &[]).await.json();
    assert_eq!(tokens["scope"], "openid profile demo.read", "nothing that outlasts it");
    assert_eq!((tokens.get("refresh_token"), tokens.get("id_token")), (None, None));
    let said = claims(&tokens["access_token"]);
    for claim in ["auth_time", "acr", "amr", "sid"] {
        assert_eq!(said.get(claim), None, "{claim}: nobody signed in here");
    }
    assert!(scene.world.is_live(&tokens).await);
    let less = scene.bring(&scene.assertion(json!({ "jti": "two" })), &[("scope", "demo.read")]).await.json();
    assert_eq!(claims(&less["access_token"])["aud"], "urn:latchkey:demo");
}

#[tokio::test]
async fn an_assertion_works_once() {
    let scene = Scene::new(SubjectKind::Identifier).await;
    let assertion = scene.assertion(json!({}));
    assert_eq!(scene.bring(&assertion, &[]).await.status, StatusCode::OK);
    assert_eq!(scene.bring(&assertion, &[]).await.error(), invalid_grant());
}

#[tokio::test]
async fn an_assertion_that_does_not_hold_is_worth_nothing() {
    let scene = Scene::new(SubjectKind::Identifier).await;
    let now = scene.world.app().clock.now().0;
    for wrong in [
        json!({ "iss": "https://stranger.example" }),
        json!({ "aud": "https://elsewhere.example" }),
        json!({ "aud": null }),
        json!({ "exp": now - 61 }),
        json!({ "exp": now + 7200 }),
        json!({ "exp": null }),
        json!({ "nbf": now + 120 }),
        json!({ "jti": null }),
        json!({ "sub": null }),
        json!({ "sub": "nobody@example.com" }),
        json!({ "sub": "" }),
    ] {
        assert_eq!(
            scene.bring(&scene.assertion(wrong.clone()), &[]).await.error(),
            invalid_grant(),
            "{wrong}"
        );
    }
    let forged = Signer::new("one");
    let claims =
        json!({ "iss": PARTNER, "sub": "ada@example.com", "aud": ISSUER, "jti": "x", "exp": now + 60 });
    let typed =
        |typ: &str| scene.signer.sign_as(&json!({ "alg": "ES256", "kid": "one", "typ": typ }), &claims);
    let wrong =
        [forged.sign(&claims), "a.b.c".to_owned(), "x".repeat(9000), typed("at+jwt"), typed("logout+jwt")];
    for assertion in wrong {
        assert_eq!(scene.bring(&assertion, &[]).await.error(), invalid_grant());
    }
    assert_eq!(scene.bring(&typed("JWT"), &[]).await.status, StatusCode::OK, "one that is what it says");
    let none =
        scene.world.post("/oauth2/token", Some((GATEWAY_ID, GATEWAY_SECRET)), &[("grant_type", GRANT)]);
    assert_eq!(none.await.error(), (400, "invalid_request".to_owned()));
}

#[tokio::test]
async fn an_issuer_names_customers_to_the_clients_that_it_is_trusted_for() {
    let scene = Scene::new(SubjectKind::Identifier).await;
    let form = [("grant_type", GRANT), ("assertion", &scene.assertion(json!({})))];
    let refused = scene.world.post("/oauth2/token", Some((SERVICE_ID, SERVICE_SECRET)), &form).await;
    assert_eq!(refused.error(), invalid_grant());
    let more = scene.bring(&scene.assertion(json!({})), &[("scope", "demo.write")]).await;
    assert_eq!(more.error(), (400, "invalid_scope".to_owned()));
}

/// The same key for both would let a client have a grant of what is only to ask the customer.
#[tokio::test]
async fn an_issuer_of_hints_and_grants_has_a_key_for_each() {
    let scene = Scene::new(SubjectKind::Identifier).await;
    let trust_hints = async |keys| {
        let mut settings = settings::load(scene.world.app()).await.unwrap().as_ref().clone();
        settings.oauth.assertion_issuers.truncate(1);
        let mut hints = settings.oauth.assertion_issuers[0].clone();
        hints.purpose = AssertionPurpose::LoginHint;
        hints.issuer.jwks = Some(keys);
        settings.oauth.assertion_issuers.push(hints);
        settings::save(scene.world.app(), &settings).await.unwrap();
    };
    trust_hints(scene.signer.keys()).await;
    let refused = scene.bring(&scene.assertion(json!({})), &[]).await;
    assert!(refused.json()["error_description"].as_str().unwrap().contains("one for each"));
    assert_eq!(refused.error(), invalid_grant());
    trust_hints(Signer::new("two").keys()).await;
    assert_eq!(scene.bring(&scene.assertion(json!({})), &[]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_id_names_a_customer_where_that_is_agreed() {
    let scene = Scene::new(SubjectKind::Id).await;
    assert_eq!(scene.bring(&scene.assertion(json!({})), &[]).await.error(), invalid_grant());
    let ada = NormalIdentifier::email("ada@example.com").unwrap();
    let id = identity::find(scene.world.app(), &ada).await.unwrap().unwrap();
    let tokens = scene.bring(&scene.assertion(json!({ "sub": id })), &[]).await.json();
    assert_eq!(claims(&tokens["access_token"])["sub"], json!(id));
}

#[tokio::test]
async fn a_client_of_somebody_else_gets_what_the_customer_has_allowed_it() {
    let scene = Scene::new(SubjectKind::Identifier).await;
    scene.world.change(GATEWAY_ID, |client| client.consent = Consent::Ask).await;
    let refused = scene.bring(&scene.assertion(json!({})), &[]).await;
    assert_eq!(refused.error(), (400, "invalid_scope".to_owned()));
}

#[tokio::test]
async fn the_grant_ends_with_its_token_and_by_its_customer() {
    let scene = Scene::new(SubjectKind::Identifier).await;
    let tokens = scene.bring(&scene.assertion(json!({})), &[]).await.json();
    let revoke = [("token", text(&tokens, "access_token"))];
    scene.world.post("/oauth2/revoke", Some((GATEWAY_ID, GATEWAY_SECRET)), &revoke).await;
    assert!(!scene.world.is_live(&tokens).await);
    let tokens = scene.bring(&scene.assertion(json!({ "jti": "two" })), &[]).await.json();
    assert!(scene.world.is_live(&tokens).await);
    scene.world.app().clock.advance(Duration::from_secs(601));
    assert!(!scene.world.is_live(&tokens).await);
}

#[tokio::test]
async fn the_metadata_offer_it_where_somebody_is_trusted() {
    let plain = World::new().await;
    let offered =
        |metadata: Value| metadata["grant_types_supported"].as_array().unwrap().contains(&json!(GRANT));
    let path = "/.well-known/openid-configuration";
    let mut settings = settings::load(plain.app()).await.unwrap().as_ref().clone();
    settings.oauth.assertion_issuers.clear();
    settings::save(plain.app(), &settings).await.unwrap();
    assert!(!offered(plain.visit(path, &[]).await.json()));
    let scene = Scene::new(SubjectKind::Id).await;
    assert!(offered(scene.world.visit(path, &[]).await.json()));
}

#[tokio::test]
async fn a_customer_elsewhere_is_named_so_as_well_and_asked() {
    let scene = Scene::with(SubjectKind::Identifier, AssertionPurpose::LoginHint).await;
    let grant = scene.bring(&scene.assertion(json!({})), &[]).await;
    assert_eq!(grant.error(), invalid_grant(), "a hint is no grant");
    scene
        .world
        .change(GATEWAY_ID, |client| {
            client.grant_types.push(GrantType::Ciba);
            client.backchannel = Some(shared::client::Backchannel {
                delivery: shared::client::DeliveryMode::Poll,
                notification_endpoint: None,
                request_algorithm: None,
            });
        })
        .await;
    let basic = Some((GATEWAY_ID, GATEWAY_SECRET));
    let hint = scene.assertion(json!({}));
    let form = [("scope", "openid"), ("login_hint_token", hint.as_str())];
    let asked = scene.world.post("/oauth2/bc-authorize", basic, &form).await;
    assert_eq!(asked.status, StatusCode::OK, "{}", asked.json());
    let again = scene.world.post("/oauth2/bc-authorize", basic, &form).await;
    assert_eq!(again.error(), (400, "invalid_request".to_owned()), "it works once");
    let forged = Signer::new("one").sign(&json!({ "iss": PARTNER, "sub": "ada@example.com" }));
    let form = [("scope", "openid"), ("login_hint_token", forged.as_str())];
    assert_eq!(
        scene.world.post("/oauth2/bc-authorize", basic, &form).await.error(),
        (400, "invalid_request".to_owned())
    );
    let nobody = scene.assertion(json!({ "sub": "nobody@example.com", "jti": "two" }));
    let form = [("scope", "openid"), ("login_hint_token", nobody.as_str())];
    assert_eq!(
        scene.world.post("/oauth2/bc-authorize", basic, &form).await.error(),
        (400, "unknown_user_id".to_owned())
    );
}
