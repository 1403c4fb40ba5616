//! DPoP (RFC 9449): one test for each rule of §4.3, and what bound tokens are worth to whom.

use std::time::Duration;

use http::{StatusCode, header};
use local::seed::{SERVICE_ID, SERVICE_SECRET};
use serde_json::{Value, json};
use shared::client::{AuthMethod, TokenFormat};
use tests::Holder;

use crate::world::{Answer, ISSUER, NOW, SHOP, SHOP_CALLBACK, VERIFIER, World, claims, text};

const TOKEN: &str = "http://localhost:3000/oauth2/token";
const USERINFO: &str = "http://localhost:3000/oauth2/userinfo";

pub(crate) fn invalid_proof() -> (u16, String) {
    (400, "invalid_dpop_proof".to_owned())
}

pub(crate) fn invalid_grant() -> (u16, String) {
    (400, "invalid_grant".to_owned())
}

impl World {
    /// A form for the token endpoint, with these `DPoP` headers.
    pub(crate) async fn token_with(&self, proofs: &[&str], form: &[(&str, &str)]) -> Answer {
        let media_type = "application/x-www-form-urlencoded";
        let mut request = http::Request::post("/oauth2/token").header(header::CONTENT_TYPE, media_type);
        for proof in proofs {
            request = request.header("dpop", *proof);
        }
        self.send(request, serde_urlencoded::to_string(form).unwrap()).await
    }

    /// The service asks for a token with this proof.
    async fn serve(&self, proof: &str) -> Answer {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", SERVICE_ID),
            ("client_secret", SERVICE_SECRET),
        ];
        self.token_with(&[proof], &form).await
    }

    /// A good proof for the token endpoint, at this moment.
    pub(crate) fn proof(&self, holder: &Holder) -> String {
        holder.proof("POST", TOKEN, self.app().clock.now())
    }

    pub(crate) async fn redeem_with(&self, proofs: &[&str], code: &str) -> Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", SHOP),
            ("code", code),
            ("redirect_uri", SHOP_CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.token_with(proofs, &form).await
    }

    pub(crate) async fn refresh_with(&self, proofs: &[&str], tokens: &Value) -> Answer {
        let token = text(tokens, "refresh_token");
        let form = [("grant_type", "refresh_token"), ("client_id", SHOP), ("refresh_token", token)];
        self.token_with(proofs, &form).await
    }

    /// Userinfo with a token of `scheme`, and a proof where there is one.
    pub(crate) async fn ask(&self, scheme: &str, token: &str, proof: Option<&str>) -> Answer {
        let mut request =
            http::Request::get("/oauth2/userinfo").header(header::AUTHORIZATION, format!("{scheme} {token}"));
        if let Some(proof) = proof {
            request = request.header("dpop", proof);
        }
        self.send(request, String::new()).await
    }

    /// Tokens of the shop that are bound to the key of `holder`.
    pub(crate) async fn bound_tokens(&self, holder: &Holder) -> Value {
        let code = self.code("openid offline_access").await;
        let answer = self.redeem_with(&[&self.proof(holder)], &code).await;
        assert_eq!(answer.status, StatusCode::OK);
        answer.json()
    }
}

/// A world whose service authenticates by post, so that a form is all there is.
pub(crate) async fn world() -> World {
    let world = World::new().await;
    world.change(SERVICE_ID, |client| client.auth_method = AuthMethod::ClientSecretPost).await;
    world
}

/// A proof whose header or claims are changed.
fn changed(holder: &Holder, in_header: &[(&str, Value)], in_claims: &[(&str, Value)]) -> String {
    let (mut header, mut claims) = (holder.header(), holder.claims("POST", TOKEN, NOW));
    for (object, changes) in [(&mut header, in_header), (&mut claims, in_claims)] {
        for (name, value) in changes {
            object[*name] = value.clone();
        }
    }
    holder.sign(&header, &claims)
}

async fn is_refused(world: &World, proof: &str) -> bool {
    let answer = world.serve(proof).await;
    answer.error() == invalid_proof() && !answer.headers.contains_key("dpop-nonce")
}

#[tokio::test]
async fn a_good_proof_binds_the_token_and_costs_one_write() {
    let (world, holder) = (world().await, Holder::default());
    assert_eq!(world.serve(&world.proof(&holder)).await.status, StatusCode::OK);
    world.calls();
    let tokens = world.serve(&world.proof(&holder)).await.json();
    assert_eq!(world.calls(), [("dynamodb.PutItem".to_owned(), 1)]);
    assert_eq!(tokens["token_type"], "DPoP");
    assert_eq!(claims(&tokens["access_token"])["cnf"], json!({ "jkt": holder.jkt() }));
}

#[tokio::test]
async fn rule_1_there_is_one_header() {
    let (world, holder) = (world().await, Holder::default());
    let (one, two) = (world.proof(&holder), world.proof(&holder));
    let form =
        [("grant_type", "client_credentials"), ("client_id", SERVICE_ID), ("client_secret", SERVICE_SECRET)];
    assert_eq!(world.token_with(&[&one, &two], &form).await.error(), invalid_proof());
    // As a gateway joins them.
    assert_eq!(world.token_with(&[&format!("{one},{two}")], &form).await.error(), invalid_proof());
    assert_eq!(world.token_with(&[&one], &form).await.status, StatusCode::OK);
}

#[tokio::test]
async fn rule_2_it_is_one_jwt() {
    let (world, holder) = (world().await, Holder::default());
    let good = world.proof(&holder);
    for wrong in
        ["x", "a.b.c", "..", good.rsplit_once('.').unwrap().0, &format!("{good}.x"), &format!("{good}=")]
    {
        assert!(is_refused(&world, wrong).await, "{wrong}");
    }
}

#[tokio::test]
async fn rule_3_it_has_all_claims() {
    let (world, holder) = (world().await, Holder::default());
    for name in ["jti", "htm", "htu", "iat"] {
        assert!(is_refused(&world, &changed(&holder, &[], &[(name, Value::Null)])).await, "{name}");
    }
    let long = json!("j".repeat(257));
    assert!(is_refused(&world, &changed(&holder, &[], &[("jti", long)])).await);
}

#[tokio::test]
async fn rule_4_its_type_says_what_it_is() {
    let (world, holder) = (world().await, Holder::default());
    for wrong in [json!("JWT"), json!("at+jwt"), Value::Null] {
        assert!(is_refused(&world, &changed(&holder, &[("typ", wrong)], &[])).await);
    }
}

#[tokio::test]
async fn rule_5_its_algorithm_is_asymmetric_and_ours() {
    let (world, holder) = (world().await, Holder::default());
    for wrong in ["none", "HS256", "RS256", "ES256K", ""] {
        assert!(is_refused(&world, &changed(&holder, &[("alg", json!(wrong))], &[])).await, "{wrong}");
    }
}

#[tokio::test]
async fn rule_6_its_signature_is_that_of_its_key() {
    let (world, holder) = (world().await, Holder::default());
    let stolen = Holder::default().jwk();
    assert!(is_refused(&world, &changed(&holder, &[("jwk", stolen)], &[])).await);
    let good = world.proof(&holder);
    let (message, _) = good.rsplit_once('.').unwrap();
    let other = world.proof(&holder);
    let (_, signature) = other.rsplit_once('.').unwrap();
    assert!(is_refused(&world, &format!("{message}.{signature}")).await);
}

#[tokio::test]
async fn rule_7_its_key_is_public() {
    let (world, holder) = (world().await, Holder::default());
    let mut told = holder.jwk();
    told["d"] = json!("AA");
    assert!(is_refused(&world, &changed(&holder, &[("jwk", told)], &[])).await);
    let secret = json!({ "kty": "oct", "k": "c2VjcmV0" });
    assert!(is_refused(&world, &changed(&holder, &[("jwk", secret)], &[])).await);
}

#[tokio::test]
async fn rule_8_it_is_for_the_method() {
    let (world, holder) = (world().await, Holder::default());
    for wrong in ["GET", "post", ""] {
        assert!(is_refused(&world, &changed(&holder, &[], &[("htm", json!(wrong))])).await, "{wrong}");
    }
}

#[tokio::test]
async fn rule_9_it_is_for_the_address() {
    let (world, holder) = (world().await, Holder::default());
    for wrong in
        [USERINFO, "http://localhost:3001/oauth2/token", "https://localhost:3000/oauth2/token", ISSUER, ""]
    {
        assert!(is_refused(&world, &changed(&holder, &[], &[("htu", json!(wrong))])).await, "{wrong}");
    }
    let same = json!("HTTP://LOCALHOST:3000/oauth2/%74oken?ignored#ignored");
    assert_eq!(world.serve(&changed(&holder, &[], &[("htu", same)])).await.status, StatusCode::OK);
}

#[tokio::test]
async fn rule_11_it_is_fresh() {
    let (world, holder) = (world().await, Holder::default());
    for wrong in [-61, 61, -3600, 3600] {
        assert!(
            is_refused(&world, &changed(&holder, &[], &[("iat", json!(NOW.0 + wrong))])).await,
            "{wrong}"
        );
    }
    for good in [-60, 60] {
        let proof = changed(&holder, &[], &[("iat", json!(NOW.0 + good))]);
        assert_eq!(world.serve(&proof).await.status, StatusCode::OK, "{good}");
    }
}

#[tokio::test]
async fn rule_12_it_is_for_the_token_and_its_key() {
    let (world, holder) = (world().await, Holder::default());
    let tokens = world.bound_tokens(&holder).await;
    let (token, now) = (text(&tokens, "access_token"), world.app().clock.now());
    let (thief, good) = (Holder::default(), holder.proof_with(token, "GET", USERINFO, now));
    for wrong in [
        holder.proof("GET", USERINFO, now),
        holder.proof_with("another", "GET", USERINFO, now),
        holder.proof_with(token, "POST", USERINFO, now),
        holder.proof_with(token, "GET", TOKEN, now),
        thief.proof_with(token, "GET", USERINFO, now),
    ] {
        let answer = world.ask("DPoP", token, Some(&wrong)).await;
        assert_eq!(answer.error(), (401, "invalid_dpop_proof".to_owned()));
        let challenge = answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
        assert!(
            challenge.starts_with(r#"DPoP realm="latchkey", algs="ES256 RS256 EdDSA ES384 PS256", error="#)
        );
    }
    assert_eq!(world.ask("DPoP", token, Some(&good)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_proof_works_once_as_long_as_it_lasts() {
    let (world, holder) = (world().await, Holder::default());
    let ahead = changed(&holder, &[], &[("iat", json!(NOW.0 + 60))]);
    assert_eq!(world.serve(&ahead).await.status, StatusCode::OK);
    for seconds in [0, 60, 60] {
        world.app().clock.advance(Duration::from_secs(seconds));
        assert!(is_refused(&world, &ahead).await);
    }
    // The same `jti` of another key, or for another endpoint, is another proof.
    let tokens = world.bound_tokens(&holder).await;
    let (token, now) = (text(&tokens, "access_token"), world.app().clock.now());
    let proof = holder.proof_with(token, "GET", USERINFO, now);
    assert_eq!(world.ask("DPoP", token, Some(&proof)).await.status, StatusCode::OK);
    assert_eq!(world.ask("DPoP", token, Some(&proof)).await.error(), (401, "invalid_dpop_proof".to_owned()));
}

#[tokio::test]
async fn a_bound_token_is_no_bearer_token_and_a_bearer_token_is_not_bound() {
    let (world, holder) = (world().await, Holder::default());
    let bound = world.bound_tokens(&holder).await;
    let bound = text(&bound, "access_token");
    let now = world.app().clock.now();
    let proof = holder.proof_with(bound, "GET", USERINFO, now);
    for proof in [None, Some(proof.as_str())] {
        let stolen = world.ask("Bearer", bound, proof).await;
        assert_eq!(stolen.error(), (401, "invalid_token".to_owned()));
        let challenges: Vec<_> = stolen.headers.get_all(header::WWW_AUTHENTICATE).iter().collect();
        // API Gateway passes on one line of a name.
        assert_eq!(challenges.len(), 1);
        let challenges = challenges[0].to_str().unwrap();
        assert!(challenges.starts_with("Bearer ") && challenges.contains(", DPoP realm="), "{challenges}");
    }
    let without = world.ask("DPoP", bound, None).await;
    assert_eq!(without.error(), (401, "invalid_dpop_proof".to_owned()));
    let form = format!("access_token={bound}");
    let media_type = "application/x-www-form-urlencoded";
    let request = http::Request::post("/oauth2/userinfo").header(header::CONTENT_TYPE, media_type);
    assert_eq!(world.send(request, form).await.error(), (401, "invalid_token".to_owned()));

    let plain = world.tokens("openid").await;
    let plain = text(&plain, "access_token");
    let proof = holder.proof_with(plain, "GET", USERINFO, now);
    assert_eq!(world.ask("DPoP", plain, Some(&proof)).await.error(), (401, "invalid_token".to_owned()));
    assert_eq!(world.ask("Bearer", plain, None).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_bound_token_opens_the_account_api_with_one_more_write() {
    let (world, holder) = (world().await, Holder::default());
    let code = world.code("openid account").await;
    let tokens = world.redeem_with(&[&world.proof(&holder)], &code).await.json();
    let token = text(&tokens, "access_token");
    let url = "http://localhost:3000/v1/account/profile";
    let profile = || {
        let proof = holder.proof_with(token, "GET", url, world.app().clock.now());
        let request = http::Request::get("/v1/account/profile")
            .header(header::AUTHORIZATION, format!("DPoP {token}"))
            .header("dpop", proof);
        world.send(request, String::new())
    };
    assert_eq!(profile().await.status, StatusCode::OK);
    world.calls();
    assert_eq!(profile().await.status, StatusCode::OK);
    let expected = [("dynamodb.BatchGetItem".to_owned(), 1), ("dynamodb.PutItem".to_owned(), 1)];
    assert_eq!(world.calls(), expected);
    let bearer =
        http::Request::get("/v1/account/profile").header(header::AUTHORIZATION, format!("Bearer {token}"));
    assert_eq!(world.send(bearer, String::new()).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn introspection_tells_the_key() {
    let (world, holder) = (world().await, Holder::default());
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        world.change(SERVICE_ID, |client| client.access_token_format = format).await;
        let tokens = world.serve(&world.proof(&holder)).await.json();
        let form = [
            ("client_id", SERVICE_ID),
            ("client_secret", SERVICE_SECRET),
            ("token", text(&tokens, "access_token")),
        ];
        let told = world.post("/oauth2/introspect", None, &form).await.json();
        assert_eq!((&told["token_type"], &told["cnf"]), (&json!("DPoP"), &json!({ "jkt": holder.jkt() })));
    }
}

#[tokio::test]
async fn a_client_that_says_so_gets_bound_tokens_alone() {
    let (world, holder) = (world().await, Holder::default());
    world.change(SERVICE_ID, |client| client.dpop_bound = true).await;
    let form =
        [("grant_type", "client_credentials"), ("client_id", SERVICE_ID), ("client_secret", SERVICE_SECRET)];
    assert_eq!(world.token(&form).await.error(), invalid_proof());
    assert_eq!(world.serve(&world.proof(&holder)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_preflight_lets_proofs_through_and_nonces_out() {
    let world = World::new().await;
    for path in ["/oauth2/token", "/oauth2/userinfo"] {
        let preflight = http::Request::options(path)
            .header(header::ORIGIN, "http://localhost:3000")
            .header(header::ACCESS_CONTROL_REQUEST_HEADERS, "dpop");
        let headers = world.send(preflight, String::new()).await.headers;
        let listed = |name| headers[name].to_str().unwrap().to_owned();
        assert!(listed(header::ACCESS_CONTROL_ALLOW_HEADERS).contains("dpop"));
        let exposed = listed(header::ACCESS_CONTROL_EXPOSE_HEADERS);
        assert!(exposed.contains("dpop-nonce") && exposed.contains("www-authenticate"));
    }
}
