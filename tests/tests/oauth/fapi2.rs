//! FAPI 2.0: a test for each rule of the Security Profile (§5.3.2.1, §5.3.2.2, §5.4.1) and of Message Signing that a client can notice.

use std::time::Duration;

use http::{StatusCode, header};
use local::seed::{BACKEND_ID, BACKEND_SECRET};
use serde_json::{Value, json};
use shared::client::{Compliance, Consent};
use tests::Holder;

use crate::signer::Signer;
use crate::world::{Answer, CHALLENGE, ISSUER, VERIFIER, World, claims, text};

const CALLBACK: &str = "https://bank.example/callback";
const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A bank's application, with its two keys.
struct Bank {
    world: World,
    signer: Signer,
    holder: Holder,
    id: String,
    made: std::cell::Cell<u32>,
}

impl Bank {
    async fn new(profile: &str) -> Self {
        let (world, signer) = (World::new().await, Signer::new("one"));
        let registered = register(&world, &signer, json!({ "latchkey_compliance": profile })).await;
        assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.json());
        let id = text(&registered.json(), "client_id").to_owned();
        world.change(&id, |client| client.consent = Consent::Implied).await;
        Self { world, signer, holder: Holder::default(), id, made: std::cell::Cell::new(0) }
    }

    fn now(&self) -> i64 {
        self.world.app().clock.now().0
    }

    fn assertion(&self, aud: &Value) -> String {
        self.made.set(self.made.get() + 1);
        let jti = format!("assertion-{}", self.made.get());
        let (iat, exp) = (self.now(), self.now() + 60);
        self.signer
            .sign(&json!({ "iss": self.id, "sub": self.id, "aud": aud, "jti": jti, "iat": iat, "exp": exp }))
    }

    async fn send(&self, path: &str, form: &[(&str, &str)], (aud, proof): (&Value, Option<&str>)) -> Answer {
        let assertion = self.assertion(aud);
        let mut all = vec![("client_assertion_type", ASSERTION), ("client_assertion", assertion.as_str())];
        all.extend(form);
        let media_type = "application/x-www-form-urlencoded";
        let mut request = http::Request::post(path).header(header::CONTENT_TYPE, media_type);
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        self.world.send(request, serde_urlencoded::to_string(&all).unwrap()).await
    }

    fn request() -> Vec<(&'static str, &'static str)> {
        vec![
            ("response_type", "code"),
            ("redirect_uri", CALLBACK),
            ("scope", "openid offline_access demo.read"),
            ("state", "xyz"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ]
    }

    async fn push(&self, request: &[(&str, &str)]) -> Answer {
        self.send("/oauth2/par", request, (&json!(ISSUER), None)).await
    }

    async fn push_without(&self, name: &str) -> Answer {
        let request: Vec<_> = Self::request().into_iter().filter(|(own, _)| *own != name).collect();
        self.push(&request).await
    }

    async fn bring(&self, pushed: &Answer) -> Answer {
        let reference = pushed.json()["request_uri"].as_str().unwrap().to_owned();
        let query = [("client_id", self.id.as_str()), ("request_uri", reference.as_str())];
        self.world.visit("/oauth2/authorize", &query).await
    }

    async fn code(&self) -> String {
        let pushed = self.push(&Self::request()).await;
        assert_eq!(pushed.status, StatusCode::CREATED, "{}", pushed.json());
        self.bring(&pushed).await.params()["code"].clone()
    }

    async fn token(&self, form: &[(&str, &str)]) -> Answer {
        let proof =
            self.holder.proof("POST", &format!("{ISSUER}/oauth2/token"), self.world.app().clock.now());
        self.send("/oauth2/token", form, (&json!(ISSUER), Some(&proof))).await
    }

    fn redemption(code: &str) -> [(&str, &str); 4] {
        let grant = ("grant_type", "authorization_code");
        [grant, ("code", code), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)]
    }

    async fn tokens(&self) -> Value {
        let answer = self.token(&Self::redemption(&self.code().await)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json());
        answer.json()
    }

    /// A request object with `others` over what is good; null takes a claim out.
    fn object(&self, others: Value) -> String {
        let now = self.now();
        let mut all =
            json!({ "iss": self.id, "aud": ISSUER, "client_id": self.id, "nbf": now, "exp": now + 300 });
        for (name, value) in Self::request() {
            all[name] = value.into();
        }
        all["response_mode"] = "jwt".into();
        for (name, value) in others.as_object().into_iter().flatten() {
            match value {
                Value::Null => drop(all.as_object_mut().unwrap().remove(name)),
                value => all[name] = value.clone(),
            }
        }
        self.signer.sign(&all)
    }
}

async fn register(world: &World, signer: &Signer, others: Value) -> Answer {
    let mut metadata = json!({
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": signer.document(),
        "scope": "openid offline_access demo.read",
        "grant_types": ["authorization_code", "refresh_token"],
    });
    for (name, value) in others.as_object().unwrap() {
        metadata[name] = value.clone();
    }
    let request = http::Request::post("/oauth2/register").header(header::CONTENT_TYPE, "application/json");
    world.send(request, metadata.to_string()).await
}

#[tokio::test]
async fn the_profile_switches_all_its_rules_on() {
    let (world, signer) = (World::new().await, Signer::new("one"));
    let told = register(&world, &signer, json!({ "latchkey_compliance": "fapi2" })).await.json();
    for (member, value) in [
        ("latchkey_compliance", json!("fapi2")),
        ("require_pushed_authorization_requests", json!(true)),
        ("dpop_bound_access_tokens", json!(true)),
        ("latchkey_pkce", json!("required")),
        ("id_token_signed_response_alg", json!("ES256")),
    ] {
        assert_eq!(told[member], value, "{member}");
    }
    let plain = register(&world, &signer, json!({})).await.json();
    assert_eq!(plain.get("latchkey_compliance"), None);
}

#[tokio::test]
async fn what_is_against_the_profile_is_not_registered() {
    let (world, signer) = (World::new().await, Signer::new("one"));
    for wrong in [
        json!({ "token_endpoint_auth_method": "client_secret_basic" }),
        json!({ "token_endpoint_auth_method": "client_secret_jwt" }),
        json!({ "token_endpoint_auth_method": "none" }),
        json!({ "redirect_uris": ["http://127.0.0.1/callback"] }),
        json!({ "redirect_uris": ["http://localhost:8080/callback"] }),
        json!({ "response_types": ["code id_token"], "grant_types": ["authorization_code", "implicit"] }),
        json!({ "latchkey_pkce": "optional" }),
        json!({ "latchkey_challenge": true }),
        json!({ "id_token_signed_response_alg": "RS256" }),
        json!({ "userinfo_signed_response_alg": "ES384" }),
        json!({ "token_endpoint_auth_signing_alg": "RS256" }),
        json!({ "request_object_signing_alg": "RS256" }),
        json!({ "latchkey_access_token_signed_response_alg": "RS256" }),
    ] {
        let mut metadata = wrong.clone();
        metadata["latchkey_compliance"] = json!("fapi2");
        let refused = register(&world, &signer, metadata).await;
        assert_eq!(refused.error(), (400, "invalid_client_metadata".to_owned()), "{wrong}");
        assert_eq!(register(&world, &signer, wrong.clone()).await.status, StatusCode::CREATED, "{wrong}");
    }
    let unknown = register(&world, &signer, json!({ "latchkey_compliance": "fapi3" })).await;
    assert_eq!(unknown.error(), (400, "invalid_client_metadata".to_owned()));
    let native = json!({
        "application_type": "native", "redirect_uris": ["http://127.0.0.1/callback"], "latchkey_compliance": "fapi2",
    });
    assert_eq!(register(&world, &signer, native).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_client_whose_item_is_against_its_profile_is_not_let_in() {
    let bank = Bank::new("fapi2").await;
    bank.world.change(&bank.id, |client| client.redirect_uris.push("http://bank.example/".to_owned())).await;
    let refused = bank.push(&Bank::request()).await;
    assert_eq!(refused.error(), (401, "invalid_client".to_owned()));
    assert!(text(&refused.json(), "error_description").contains("redirect_uris"));
    let basic = (BACKEND_ID, BACKEND_SECRET);
    bank.world.change(BACKEND_ID, |client| client.compliance = Compliance::Fapi2).await;
    let refused =
        bank.world.post("/oauth2/token", Some(basic), &[("grant_type", "client_credentials")]).await;
    assert_eq!(refused.error(), (401, "invalid_client".to_owned()));
}

#[tokio::test]
async fn a_request_is_pushed() {
    let bank = Bank::new("fapi2").await;
    let mut request = Bank::request();
    request.push(("client_id", &bank.id));
    let refused = bank.world.visit("/oauth2/authorize", &request).await.params();
    assert_eq!(refused["error"], "invalid_request");
    let unproven = bank.world.post("/oauth2/par", None, &request).await;
    assert_eq!(unproven.error(), (401, "invalid_client".to_owned()));
    assert_eq!(bank.push(&Bank::request()).await.json()["expires_in"], 90);
    let mut settings = shared::settings::load(bank.world.app()).await.unwrap().as_ref().clone();
    settings.oauth.par_lifetime = Duration::from_secs(3600);
    shared::settings::save(bank.world.app(), &settings).await.unwrap();
    assert_eq!(bank.push(&Bank::request()).await.json()["expires_in"], 599);
}

#[tokio::test]
async fn a_request_has_pkce_a_redirect_uri_and_asks_for_a_code() {
    let bank = Bank::new("fapi2").await;
    assert_eq!(bank.push_without("code_challenge").await.error(), (400, "invalid_request".to_owned()));
    let plain = bank.push_without("scope").await;
    assert_eq!(plain.error(), (400, "invalid_scope".to_owned()));
    let mut request: Vec<_> =
        Bank::request().into_iter().filter(|(name, _)| *name != "redirect_uri").collect();
    assert_eq!(bank.push(&request).await.error(), (400, "invalid_request".to_owned()));
    request.retain(|(name, _)| *name != "scope");
    request.push(("scope", "demo.read"));
    assert_eq!(
        bank.push(&request).await.error(),
        (400, "invalid_request".to_owned()),
        "not even without openid"
    );
    let mut hybrid: Vec<_> =
        Bank::request().into_iter().filter(|(name, _)| *name != "response_type").collect();
    hybrid.extend([("response_type", "code id_token"), ("nonce", "n")]);
    assert_eq!(bank.push(&hybrid).await.error(), (400, "unauthorized_client".to_owned()));
}

#[tokio::test]
async fn an_answer_names_its_issuer_and_its_code_lives_for_a_minute() {
    let bank = Bank::new("fapi2").await;
    let mut settings = shared::settings::load(bank.world.app()).await.unwrap().as_ref().clone();
    settings.tokens.code = Duration::from_secs(600);
    shared::settings::save(bank.world.app(), &settings).await.unwrap();
    let answer = bank.bring(&bank.push(&Bank::request()).await).await;
    assert_eq!((answer.status, answer.params()["iss"].as_str()), (StatusCode::SEE_OTHER, ISSUER));
    bank.world.app().clock.advance(Duration::from_secs(60));
    let refused = bank.token(&Bank::redemption(&answer.params()["code"])).await;
    assert_eq!(refused.error(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_token_is_bound_to_a_key() {
    let bank = Bank::new("fapi2").await;
    let code = bank.code().await;
    let bare = bank.send("/oauth2/token", &Bank::redemption(&code), (&json!(ISSUER), None)).await;
    assert_eq!(bare.error(), (400, "invalid_dpop_proof".to_owned()));
    let tokens = bank.token(&Bank::redemption(&code)).await.json();
    assert_eq!(tokens["token_type"], "DPoP");
    assert_eq!(claims(&tokens["access_token"])["cnf"]["jkt"], bank.holder.jkt());
}

#[tokio::test]
async fn an_assertion_is_for_the_issuer_alone() {
    let bank = Bank::new("fapi2").await;
    for aud in [
        json!(format!("{ISSUER}/oauth2/token")),
        json!(format!("{ISSUER}/oauth2/par")),
        json!([ISSUER]),
        json!([ISSUER, "https://elsewhere.example"]),
    ] {
        let refused = bank.send("/oauth2/par", &Bank::request(), (&aud, None)).await;
        assert_eq!(refused.error(), (401, "invalid_client".to_owned()), "{aud}");
    }
}

#[tokio::test]
async fn refresh_tokens_do_not_rotate_and_a_family_lives_on_while_it_is_used() {
    let bank = Bank::new("fapi2").await;
    let tokens = bank.tokens().await;
    let token = text(&tokens, "refresh_token");
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let idle = shared::settings::load(bank.world.app()).await.unwrap().tokens.refresh_idle;
    for _ in 0..3 {
        bank.world.app().clock.advance(idle / 2);
        let refreshed = bank.token(&form).await.json();
        assert_eq!(text(&refreshed, "refresh_token"), token);
    }
    bank.world.app().clock.advance(idle + Duration::from_secs(1));
    assert_eq!(bank.token(&form).await.error(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_code_works_once() {
    let bank = Bank::new("fapi2").await;
    let code = bank.code().await;
    let tokens = bank.token(&Bank::redemption(&code)).await.json();
    assert_eq!(bank.token(&Bank::redemption(&code)).await.error(), (400, "invalid_grant".to_owned()));
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    assert_eq!(bank.token(&form).await.error(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn messages_are_signed_both_ways() {
    let bank = Bank::new("fapi2_message_signing").await;
    assert_eq!(bank.push(&Bank::request()).await.error(), (400, "invalid_request".to_owned()));
    let object = bank.object(json!({}));
    let answer = bank.bring(&bank.push(&[("request", &object)]).await).await.params();
    let said = claims(&json!(answer["response"]));
    assert_eq!((&said["iss"], &said["aud"]), (&json!(ISSUER), &json!(bank.id)));
    assert_eq!(header_of(&answer["response"])["alg"], "ES256");
    let tokens = bank.token(&Bank::redemption(text(&said, "code"))).await.json();
    let form = [("token", text(&tokens, "access_token"))];
    let told = bank.send("/oauth2/introspect", &form, (&json!(ISSUER), None)).await;
    assert_eq!(told.headers[header::CONTENT_TYPE], "application/token-introspection+jwt");
    let told = String::from_utf8(told.body.to_vec()).unwrap();
    assert_eq!(claims(&json!(told))["token_introspection"]["active"], true);
}

fn header_of(jwt: &str) -> Value {
    use base64::Engine;
    let header = jwt.split('.').next().unwrap();
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
}

#[tokio::test]
async fn a_signed_request_is_for_us_recent_and_short_lived() {
    let bank = Bank::new("fapi2_message_signing").await;
    let now = bank.now();
    for wrong in [
        json!({ "aud": null }),
        json!({ "aud": "https://elsewhere.example" }),
        json!({ "nbf": null }),
        json!({ "exp": null }),
        json!({ "nbf": now - 3700 }),
        json!({ "exp": now + 3700 }),
        json!({ "exp": now - 61 }),
    ] {
        let object = bank.object(wrong.clone());
        let refused = bank.push(&[("request", &object)]).await;
        assert_eq!(refused.error(), (400, "invalid_request_object".to_owned()), "{wrong}");
    }
    let plain = bank.object(json!({ "response_mode": null }));
    assert_eq!(bank.push(&[("request", &plain)]).await.error(), (400, "invalid_request".to_owned()));
    let several = bank.object(json!({ "aud": [ISSUER, "https://elsewhere.example"] }));
    assert_eq!(bank.push(&[("request", &several)]).await.status, StatusCode::CREATED);
}

#[tokio::test]
async fn oauth21_is_codes_with_pkce() {
    let (world, signer) = (World::new().await, Signer::new("one"));
    let profile = |others: Value| {
        let mut metadata = others;
        metadata["latchkey_compliance"] = json!("oauth21");
        metadata
    };
    let told = register(&world, &signer, profile(json!({}))).await.json();
    assert_eq!((&told["latchkey_pkce"], told.get("dpop_bound_access_tokens")), (&json!("required"), None));
    for wrong in [
        json!({ "latchkey_pkce": "optional" }),
        json!({ "response_types": ["code id_token"], "grant_types": ["authorization_code", "implicit"] }),
    ] {
        let refused = register(&world, &signer, profile(wrong.clone())).await;
        assert_eq!(refused.error(), (400, "invalid_client_metadata".to_owned()), "{wrong}");
    }
}

#[tokio::test]
async fn a_proof_outside_the_profile_binds_nothing() {
    let bank = Bank::new("fapi2").await;
    let code = bank.code().await;
    let claims = bank.holder.claims("POST", &format!("{ISSUER}/oauth2/token"), bank.world.app().clock.now());
    for algorithm in ["RS256", "ES384"] {
        let mut head = bank.holder.header();
        head["alg"] = algorithm.into();
        let proof = bank.holder.sign(&head, &claims);
        let refused =
            bank.send("/oauth2/token", &Bank::redemption(&code), (&json!(ISSUER), Some(&proof))).await;
        assert_eq!(refused.error(), (400, "invalid_dpop_proof".to_owned()), "{algorithm}");
        assert!(text(&refused.json(), "error_description").contains("`alg`"), "{algorithm}");
    }
}

#[tokio::test]
async fn a_pushed_request_refers_to_no_other_one() {
    let bank = Bank::new("fapi2").await;
    let (object, other) = (bank.object(json!({})), "urn:ietf:params:oauth:request_uri:other");
    let beside = bank.push(&[("request", &object), ("request_uri", other)]).await;
    assert_eq!(beside.error(), (400, "invalid_request".to_owned()));
    let within = bank.object(json!({ "request_uri": other }));
    assert_eq!(bank.push(&[("request", &within)]).await.error(), (400, "invalid_request_object".to_owned()));
    assert_eq!(bank.push(&[("request", "no JWT")]).await.error(), (400, "invalid_request_object".to_owned()));
}
