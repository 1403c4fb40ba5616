//! Rich authorization requests (RFC 9396): what exactly was asked for, shown, granted, and told to the API.

use http::StatusCode;
use local::seed::{BACKEND_ID, BACKEND_SECRET, SERVICE_ID, SERVICE_SECRET};
use serde_json::{Value, json};
use shared::client::{Consent, TokenFormat};
use shared::hook::Cause;
use shared::identity::{self, NormalIdentifier};
use shared::{consent, store};

use crate::world::{Answer, ISSUER, SHOP, SHOP_CALLBACK, VERIFIER, World, claims, text};

const DEMO: &str = "urn:latchkey:demo";

fn payment(actions: &[&str]) -> Value {
    json!({
        "type": "demo_payment", "actions": actions,
        "amount": { "value": "12.50", "currency": "EUR" }, "creditor": "Bike Rental",
    })
}

impl World {
    async fn ask_in_detail(&self, scope: &str, details: &Value) -> Answer {
        let details = details.to_string();
        let mut request = Self::request(scope);
        request.push(("authorization_details", &details));
        self.visit("/oauth2/authorize", &request).await
    }

    async fn redeem_detailed(&self, code: &str, further: &[(&str, &str)]) -> Answer {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", SHOP),
            ("code", code),
            ("redirect_uri", SHOP_CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        form.extend(further);
        self.token(&form).await
    }

    async fn told_of(&self, basic: (&str, &str), token: &str) -> Value {
        self.post("/oauth2/introspect", Some(basic), &[("token", token)]).await.json()
    }
}

#[tokio::test]
async fn what_was_granted_in_detail_is_in_the_tokens_and_told_to_the_api() {
    let world = World::new().await;
    let asked = json!([payment(&["initiate", "status"])]);
    let code = world.ask_in_detail("openid offline_access", &asked).await.params()["code"].clone();
    let tokens = world.redeem_detailed(&code, &[]).await.json();
    assert_eq!(tokens["authorization_details"], asked);
    let said = claims(&tokens["access_token"]);
    assert_eq!((&said["authorization_details"], &said["aud"]), (&asked, &json!([ISSUER, DEMO])));
    let told = world.told_of((BACKEND_ID, BACKEND_SECRET), text(&tokens, "access_token")).await;
    assert_eq!((&told["active"], &told["authorization_details"]), (&json!(true), &asked));

    let less = json!([payment(&["status"])]);
    let less_text = less.to_string();
    let mut form = vec![("grant_type", "refresh_token"), ("client_id", SHOP)];
    form.extend([("refresh_token", text(&tokens, "refresh_token")), ("authorization_details", &less_text)]);
    let refreshed = world.token(&form).await.json();
    assert_eq!(refreshed["authorization_details"], less);
    let again = world.refresh(text(&refreshed, "refresh_token")).await.json();
    assert_eq!(again["authorization_details"], asked, "what was granted stays granted");
}

#[tokio::test]
async fn details_alone_are_enough_and_go_to_their_api_alone() {
    let world = World::new().await;
    world.change(SHOP, |client| client.access_token_format = TokenFormat::Opaque).await;
    let asked = json!([payment(&["initiate"])]);
    let code = world.ask_in_detail("", &asked).await.params()["code"].clone();
    let tokens = world.redeem_detailed(&code, &[]).await.json();
    assert_eq!((&tokens["scope"], &tokens["authorization_details"]), (&json!(null), &asked));
    let told = world.told_of((BACKEND_ID, BACKEND_SECRET), text(&tokens, "access_token")).await;
    assert_eq!((&told["aud"], &told["authorization_details"]), (&json!(DEMO), &asked));

    let code = world.ask_in_detail("openid", &asked).await.params()["code"].clone();
    let ours = world.redeem_detailed(&code, &[("resource", ISSUER)]).await.json();
    assert_eq!(ours.get("authorization_details"), None, "it is none of our own API's");
}

#[tokio::test]
async fn what_is_not_as_its_type_has_it_is_refused() {
    let world = World::new().await;
    let mut wrong = payment(&["initiate"]);
    wrong["amount"]["value"] = json!("-1");
    let refused = world.ask_in_detail("openid", &json!([wrong])).await.params();
    assert_eq!(refused["error"], "invalid_authorization_details");
    let said = &refused["error_description"];
    assert!(said.contains("/amount/value") && said.contains("pattern") && !said.contains("-1"), "{said}");
    for details in [json!([{ "type": "unknown" }]), json!({ "type": "demo_payment" }), json!([])] {
        let refused = world.ask_in_detail("openid", &details).await.params();
        assert_eq!(refused["error"], "invalid_authorization_details", "{details}");
    }
    world.change(SHOP, |client| client.authorization_details_types.clear()).await;
    let refused = world.ask_in_detail("openid", &json!([payment(&["initiate"])])).await.params();
    assert_eq!(refused["error"], "invalid_authorization_details", "the client may not ask for this type");
}

#[tokio::test]
async fn a_token_request_gets_no_more_than_was_granted() {
    let world = World::new().await;
    let asked = json!([payment(&["status"])]);
    let code = world.ask_in_detail("openid", &asked).await.params()["code"].clone();
    let more = json!([payment(&["status", "initiate"])]).to_string();
    let refused = world.redeem_detailed(&code, &[("authorization_details", &more)]).await;
    assert_eq!(refused.error(), (400, "invalid_authorization_details".to_owned()));
    assert_eq!(world.redeem_detailed(&code, &[]).await.status, StatusCode::OK, "the code is good still");
}

#[tokio::test]
async fn a_service_asks_in_detail_for_itself() {
    let world = World::new().await;
    let asked = json!([payment(&["status"])]);
    let text = asked.to_string();
    let form = [("grant_type", "client_credentials"), ("authorization_details", text.as_str())];
    let basic = Some((SERVICE_ID, SERVICE_SECRET));
    let tokens = world.post("/oauth2/token", basic, &form).await.json();
    assert_eq!(tokens["authorization_details"], asked);
    assert_eq!(claims(&tokens["access_token"])["authorization_details"], asked);
    assert_eq!(tokens.get("scope"), None, "and for nothing else");
    let form = [("grant_type", "client_credentials"), ("authorization_details", "[{\"type\":\"other\"}]")];
    let refused = world.post("/oauth2/token", basic, &form).await;
    assert_eq!(refused.error(), (400, "invalid_authorization_details".to_owned()));
}

#[tokio::test]
async fn a_customer_is_asked_for_details_whatever_they_allowed_before() {
    let world = World::new().await;
    world.change(SHOP, |client| client.consent = Consent::Ask).await;
    let ada = NormalIdentifier::email("ada@example.com").unwrap();
    let ada = identity::find(world.app(), &ada).await.unwrap().unwrap();
    let scopes = ["openid".to_owned()];
    let allowed = consent::grant_writes(world.app(), None, (&ada, SHOP, &scopes), &Cause::system());
    store::transact(world.app(), allowed).await.unwrap();
    assert!(world.visit("/oauth2/authorize", &World::request("openid")).await.params().contains_key("code"));
    let details = json!([payment(&["initiate"])]).to_string();
    let mut request = World::request("openid");
    request.extend([("authorization_details", details.as_str()), ("prompt", "none")]);
    assert_eq!(world.visit("/oauth2/authorize", &request).await.params()["error"], "consent_required");
}

#[tokio::test]
async fn a_client_registers_the_types_that_it_will_ask_for() {
    let world = World::new().await;
    let metadata = json!({
        "redirect_uris": ["https://bank.example/callback"],
        "authorization_details_types": ["demo_payment", "unknown"],
    });
    let request =
        http::Request::post("/oauth2/register").header(http::header::CONTENT_TYPE, "application/json");
    let registered = world.send(request, metadata.to_string()).await.json();
    assert_eq!(registered["authorization_details_types"], json!(["demo_payment"]));
    let discovery = world.visit("/.well-known/openid-configuration", &[]).await.json();
    assert_eq!(discovery["authorization_details_types_supported"], json!(["demo_payment"]));
}
