//! The grants: what a client was given goes with the consent.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tests::{ADA, Application, World};

use super::{Agent, LASTING, sign_in};

#[tokio::test]
async fn a_grant_is_withdrawn_with_the_consent() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let printer = Application::register(&world, json!({ "client_name": "Printer" })).await;
    let mut browser = world.visitor();
    let lasting = sign_in(&world, &printer, (&mut browser, ADA), LASTING).await;
    sign_in(&world, &printer, (&mut browser, ADA), &[("scope", "openid")]).await;
    let grants = ada.get("/v1/account/grants").await;
    let of_printer = |grants: &Value| {
        let grants = grants["grants"].as_array().unwrap().clone();
        grants.into_iter().find(|grant| grant["client_name"] == "Printer")
    };
    let shown = of_printer(&grants).unwrap();
    assert_eq!(shown["client_id"], printer.id.as_str());
    assert!(shown["scopes"].as_array().unwrap().contains(&json!("offline_access")));

    assert_eq!(shown["authorization_details"], json!([]));

    let path = format!("/v1/account/grants/{}", printer.id);
    assert_eq!(ada.call(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert!(of_printer(&ada.get("/v1/account/grants").await).is_none());
    assert!(!printer.is_active(&world, lasting.access()).await);
    assert_eq!(printer.refusal(&world, printer.refreshment(lasting.refresh())).await, "invalid_grant");
    assert_eq!(world.events("consent.withdrawn").await.len(), 1);
    assert_eq!(world.events("grant.revoked").await.len(), 2);
    let again = browser.get(&printer.authorize_path(&[("scope", "openid")])).await;
    assert!(again.form("consent").is_some(), "it asks anew");
    for path in [path.as_str(), "/v1/account/grants/nobody"] {
        assert_eq!(ada.call(Method::DELETE, path, None).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_customer_sees_what_exactly_was_granted() {
    let world = World::start().await;
    let ada = Agent::of(&world, ADA).await;
    let bank = Application::register(
        &world,
        json!({ "client_name": "Bank", "authorization_details_types": ["demo_payment"] }),
    )
    .await;
    let asked = json!([{
        "type": "demo_payment", "actions": ["initiate"],
        "amount": { "value": "12.50", "currency": "EUR" }, "creditor": "Bike Rental",
    }]);
    let mut browser = world.visitor();
    let details = asked.to_string();
    sign_in(&world, &bank, (&mut browser, ADA), &[("authorization_details", &details)]).await;
    let grants = ada.get("/v1/account/grants").await;
    let of_bank = grants["grants"].as_array().unwrap().iter().find(|grant| grant["client_name"] == "Bank");
    assert_eq!(of_bank.unwrap()["authorization_details"], asked);
    let page = browser.get("/account/grants").await;
    for words in ["Make a payment", "12.50", "Bike Rental"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
}
