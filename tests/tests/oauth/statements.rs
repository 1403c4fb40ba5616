//! Software statements (RFC 7591 §2.3): what somebody whom the deployment trusts says of a client.

use http::StatusCode;
use serde_json::{Value, json};
use shared::settings::{self, RegistrationSettings, StatementDemand, TrustedIssuer};
use tests::Web;

use crate::registration::Register;
use crate::signer::Signer;
use crate::world::{NOW, World, text};

const ISSUER: &str = "https://directory.example";
const JWKS: &str = "https://directory.example/jwks.json";

async fn world(issuer: TrustedIssuer, demand: StatementDemand) -> World {
    let world = World::new().await;
    let mut settings = settings::load(world.app()).await.unwrap().as_ref().clone();
    settings.registration = RegistrationSettings {
        software_statement: demand,
        software_statement_issuers: vec![issuer],
        ..settings.registration
    };
    settings::save(world.app(), &settings).await.unwrap();
    world
}

fn trusted(signer: &Signer) -> TrustedIssuer {
    TrustedIssuer { iss: ISSUER.to_owned(), jwks: Some(signer.keys()), jwks_uri: None }
}

fn claims() -> Value {
    json!({
        "iss": ISSUER,
        "iat": NOW.0,
        "software_id": "printer",
        "client_name": "The Photo Printer",
        "redirect_uris": ["https://printer.example/cb"],
        "grant_types": ["authorization_code"],
    })
}

fn metadata(statement: &str) -> Value {
    json!({
        "software_statement": statement,
        "client_name": "Your Bank",
        "redirect_uris": ["https://evil.example/cb"],
        "grant_types": ["authorization_code", "client_credentials"],
        "scope": "openid",
    })
}

#[tokio::test]
async fn what_was_stated_goes_before_what_the_client_says() {
    let signer = Signer::new("d");
    let world = world(trusted(&signer), StatementDemand::Optional).await;
    let statement = signer.sign(&claims());
    let registered = world.register(&metadata(&statement), None).await;
    assert_eq!(registered.status, StatusCode::CREATED);
    let client = registered.json();
    assert_eq!(client["client_name"], "The Photo Printer");
    assert_eq!(client["redirect_uris"], json!(["https://printer.example/cb"]));
    assert_eq!(client["grant_types"], json!(["authorization_code"]));
    assert_eq!((&client["software_id"], &client["scope"]), (&json!("printer"), &json!("openid")));
    assert_eq!(client["software_statement"], statement.as_str());
    assert_eq!(client.get("iss"), None);

    // A change does not shed it.
    let mut changed = metadata(&statement);
    changed["client_id"] = client["client_id"].clone();
    changed.as_object_mut().unwrap().remove("software_statement");
    let updated = world.manage("PUT", &client, Some(&changed)).await.json();
    assert_eq!(updated["client_name"], "The Photo Printer");
    assert_eq!(updated["redirect_uris"], json!(["https://printer.example/cb"]));
}

#[tokio::test]
async fn a_statement_is_good_only_as_its_issuer_made_it() {
    let (signer, thief) = (Signer::new("d"), Signer::new("d"));
    let world = world(trusted(&signer), StatementDemand::Optional).await;
    let refused = async |statement: &str| world.register(&metadata(statement), None).await.error();
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        claims
    };
    let invalid = (400, "invalid_software_statement".to_owned());
    assert_eq!(refused(&thief.sign(&claims())).await, invalid);
    assert_eq!(refused(&signer.sign(&with("exp", json!(NOW.0 - 120)))).await, invalid);
    assert_eq!(refused(&signer.sign(&with("nbf", json!(NOW.0 + 120)))).await, invalid);
    assert_eq!(
        refused(&signer.sign(&with("redirect_uris", json!("https://printer.example")))).await,
        invalid
    );
    assert_eq!(refused("eyJhbGciOiJub25lIn0.e30.").await, invalid);
    assert_eq!(refused("statement").await, invalid);
    assert_eq!(refused(&signer.sign(&with("client_name", json!("x".repeat(9000))))).await, invalid);
    let unapproved = (400, "unapproved_software_statement".to_owned());
    assert_eq!(refused(&signer.sign(&with("iss", json!("https://elsewhere.example")))).await, unapproved);
}

#[tokio::test]
async fn where_a_statement_is_needed_nobody_registers_without() {
    let signer = Signer::new("d");
    let world = world(trusted(&signer), StatementDemand::Required).await;
    let mut without = metadata("");
    without.as_object_mut().unwrap().remove("software_statement");
    let refused = world.register(&without, None).await.error();
    assert_eq!(refused, (400, "invalid_software_statement".to_owned()));
    let registered = world.register(&metadata(&signer.sign(&claims())), None).await;
    assert_eq!(registered.status, StatusCode::CREATED);
}

#[tokio::test]
async fn where_nobody_is_trusted_a_statement_says_nothing() {
    let world = World::new().await;
    let registered = world.register(&metadata(&Signer::new("d").sign(&claims())), None).await.json();
    assert_eq!(text(&registered, "client_name"), "Your Bank");
    assert_eq!(registered.get("software_statement"), None);
}

#[tokio::test]
async fn an_issuer_may_publish_its_keys() {
    let signer = Signer::new("d");
    let issuer = TrustedIssuer { iss: ISSUER.to_owned(), jwks: None, jwks_uri: Some(JWKS.to_owned()) };
    let world = world(issuer, StatementDemand::Optional).await;
    let web = Web::around(world.app());
    web.put(JWKS, &signer.document());
    let registered = world.register(&metadata(&signer.sign(&claims())), None).await;
    assert_eq!(registered.status, StatusCode::CREATED);
    assert_eq!(web.asked().len(), 1);
}
