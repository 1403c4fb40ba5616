//! Resource indicators (RFC 8707): tokens for some APIs, never for more than was granted.

use http::StatusCode;
use local::seed::{SERVICE_ID, SERVICE_SECRET};
use serde_json::{Value, json};
use shared::client::TokenFormat;
use shared::oauth::scope::{Resource, ResourceScope, save_resource};

use crate::world::{Answer, ISSUER, SHOP, SHOP_CALLBACK, VERIFIER, World, claims, text};

const DEMO: &str = "urn:latchkey:demo";
const PHOTOS: &str = "https://photos.example/api";

async fn world() -> World {
    let world = World::new().await;
    for (identifier, name) in [(PHOTOS, "photos.view"), ("https://bank.example", "bank.pay")] {
        let scopes = vec![ResourceScope { name: name.to_owned(), title: name.to_owned() }];
        let resource = Resource {
            identifier: identifier.to_owned(),
            name: name.to_owned(),
            scopes,
            authorization_details: Vec::new(),
        };
        save_resource(world.app(), &resource).await.unwrap();
    }
    world.change(SHOP, |client| client.scopes.push("photos.view".to_owned())).await;
    world
}

const SCOPE: &str = "openid offline_access demo.read photos.view";

impl World {
    async fn ask_at(&self, resources: &[&str]) -> Answer {
        let mut request = Self::request(SCOPE);
        request.extend(resources.iter().map(|resource| ("resource", *resource)));
        self.visit("/oauth2/authorize", &request).await
    }

    async fn redeem_at(&self, code: &str, resources: &[&str]) -> Answer {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", SHOP),
            ("code", code),
            ("redirect_uri", SHOP_CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        form.extend(resources.iter().map(|resource| ("resource", *resource)));
        self.token(&form).await
    }

    async fn refresh_at(&self, tokens: &Value, resources: &[&str]) -> Answer {
        let token = text(tokens, "refresh_token");
        let mut form = vec![("grant_type", "refresh_token"), ("client_id", SHOP), ("refresh_token", token)];
        form.extend(resources.iter().map(|resource| ("resource", *resource)));
        self.token(&form).await
    }
}

/// Whom the token is for, and what it allows there; the answer says the same.
fn reach(tokens: &Value) -> (Value, Value) {
    let access = claims(&tokens["access_token"]);
    assert_eq!(access["scope"], tokens["scope"]);
    (access["aud"].clone(), access["scope"].clone())
}

#[tokio::test]
async fn several_are_granted_and_one_at_a_time_is_used() {
    let world = world().await;
    let code = world.ask_at(&[DEMO, PHOTOS, DEMO]).await.params()["code"].clone();
    let tokens = world.redeem_at(&code, &[PHOTOS]).await.json();
    assert_eq!(reach(&tokens), (json!(PHOTOS), json!("photos.view")));
    assert!(tokens["id_token"].is_string());
    let demo = world.refresh_at(&tokens, &[DEMO]).await.json();
    assert_eq!(reach(&demo), (json!(DEMO), json!("demo.read")));
    // What a refresh is narrowed to does not narrow the next one.
    let both = world.refresh_at(&demo, &[]).await.json();
    assert_eq!(reach(&both), (json!([DEMO, PHOTOS]), json!("demo.read photos.view")));
}

/// RFC 3986 §6.2.3: libraries write an origin with and without its slash.
#[tokio::test]
async fn an_empty_path_is_the_root() {
    let world = world().await;
    world.change(SHOP, |client| client.scopes.push("bank.pay".to_owned())).await;
    let mut request = World::request("openid offline_access bank.pay");
    request.push(("resource", "https://bank.example/"));
    let code = world.visit("/oauth2/authorize", &request).await.params()["code"].clone();
    let tokens = world.redeem_at(&code, &["https://bank.example/"]).await.json();
    assert_eq!(reach(&tokens).0, json!("https://bank.example"), "as it was declared");
    let issuer = format!("{ISSUER}/");
    let refreshed =
        world.refresh_at(&tokens, &["https://bank.example/", "https://bank.example"]).await.json();
    assert_eq!(reach(&refreshed).0, json!("https://bank.example"));
    let code = world.ask_at(&[&issuer]).await.params()["code"].clone();
    assert_eq!(reach(&world.redeem_at(&code, &[&issuer]).await.json()).0, json!(ISSUER));

    world.change(SERVICE_ID, |client| client.resource = Some("https://bank.example/".to_owned())).await;
    let form = [("token", text(&refreshed, "access_token"))];
    let told = world.post("/oauth2/introspect", Some((SERVICE_ID, SERVICE_SECRET)), &form).await;
    assert_eq!(told.json()["active"], true);
}

#[tokio::test]
async fn without_any_the_scopes_decide() {
    let world = world().await;
    let code = world.ask_at(&[]).await.params()["code"].clone();
    let tokens = world.redeem_at(&code, &[]).await.json();
    assert_eq!(reach(&tokens), (json!([ISSUER, DEMO, PHOTOS]), json!(SCOPE)));
    let narrow = world.refresh_at(&tokens, &[ISSUER]).await.json();
    assert_eq!(reach(&narrow), (json!(ISSUER), json!("openid offline_access")));
    assert!(world.is_live(&narrow).await);
}

#[tokio::test]
async fn what_was_not_granted_is_not_given() {
    let world = world().await;
    let code = world.ask_at(&[DEMO]).await.params()["code"].clone();
    for resource in [PHOTOS, ISSUER, "urn:nowhere"] {
        let answer = world.redeem_at(&code, &[resource]).await;
        assert_eq!(answer.error(), (400, "invalid_target".to_owned()), "{resource}");
    }
    let tokens = world.redeem_at(&code, &[]).await.json();
    assert_eq!(reach(&tokens), (json!(DEMO), json!("demo.read")));
    assert!(!world.is_live(&tokens).await, "userinfo is another API");
    let wider = world.refresh_at(&tokens, &[DEMO, PHOTOS]).await;
    assert_eq!(wider.error(), (400, "invalid_target".to_owned()));
}

/// Its token would allow nothing there, and still tell the API who the customer is.
#[tokio::test]
async fn an_api_that_nothing_is_asked_of_gets_no_token() {
    let world = world().await;
    let mut request = World::request("openid demo.read offline_access");
    request.extend([("resource", DEMO), ("resource", PHOTOS)]);
    assert_eq!(world.visit("/oauth2/authorize", &request).await.params()["error"], "invalid_target");
    let code = world.ask_at(&[DEMO, PHOTOS]).await.params()["code"].clone();
    let tokens = world.redeem_at(&code, &[]).await.json();
    let refresh = async |tokens: &Value, more: &[(&str, &str)]| {
        let token = text(tokens, "refresh_token");
        let form = [("grant_type", "refresh_token"), ("client_id", SHOP), ("refresh_token", token)];
        world.token(&[&form, more].concat()).await
    };
    for more in [[("scope", "openid demo.read"), ("resource", PHOTOS)], [("scope", "openid"), ("scope", "")]]
    {
        let more: Vec<_> = more.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        assert_eq!(refresh(&tokens, &more).await.error(), (400, "invalid_target".to_owned()), "{more:?}");
    }
    let less = refresh(&tokens, &[("scope", "openid demo.read")]).await.json();
    assert_eq!(reach(&less), (json!(DEMO), json!("demo.read")), "nothing is left of the other API");
}

#[tokio::test]
async fn an_api_that_is_unknown_or_none_of_the_clients_is_refused() {
    let world = world().await;
    for resource in ["urn:nowhere", "https://bank.example", "https://photos.example/api/", "photos"] {
        assert_eq!(world.ask_at(&[resource]).await.params()["error"], "invalid_target", "{resource}");
    }
    let many: Vec<String> = (0..11).map(|number| format!("urn:{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(world.ask_at(&many).await.params()["error"], "invalid_target");
}

#[tokio::test]
async fn an_opaque_token_is_told_of_to_its_own_api_alone() {
    let world = world().await;
    world.change(SHOP, |client| client.access_token_format = TokenFormat::Opaque).await;
    world.change(SERVICE_ID, |client| client.resource = Some(PHOTOS.to_owned())).await;
    let code = world.ask_at(&[DEMO, PHOTOS]).await.params()["code"].clone();
    let photos = world.redeem_at(&code, &[PHOTOS]).await.json();
    let demo = world.refresh_at(&photos, &[DEMO]).await.json();
    let basic = Some((SERVICE_ID, SERVICE_SECRET));
    for (tokens, active) in [(photos, true), (demo, false)] {
        let form = [("token", text(&tokens, "access_token"))];
        let told = world.post("/oauth2/introspect", basic, &form).await.json();
        assert_eq!(told["active"], active);
        assert_eq!(told.get("aud"), active.then_some(&json!(PHOTOS)));
    }
}

#[tokio::test]
async fn a_service_narrows_its_own_token() {
    let world = world().await;
    world.change(SERVICE_ID, |client| client.scopes.push("photos.view".to_owned())).await;
    let basic = Some((SERVICE_ID, SERVICE_SECRET));
    let form = |resource| [("grant_type", "client_credentials"), ("resource", resource)];
    let tokens = world.post("/oauth2/token", basic, &form(PHOTOS)).await.json();
    assert_eq!(reach(&tokens), (json!(PHOTOS), json!("photos.view")));
    let other = world.post("/oauth2/token", basic, &form("https://bank.example")).await;
    assert_eq!((other.status, other.error().1.as_str()), (StatusCode::BAD_REQUEST, "invalid_target"));
}
