//! What a customer allows a client: what they were shown, in the account that they were shown, and no more.

use serde_json::{Value, json};
use tests::{ADA, Application, GRACE, Tokens, View, Visitor, World, value_of};

const EMAIL: &str =
    r#"{"userinfo":{"email":{"essential":true},"phone_number":null},"id_token":{"email":null}}"#;

async fn application(world: &World, scope: &str) -> Application {
    Application::register(world, json!({ "scope": scope })).await
}

async fn ask(visitor: &mut Visitor<'_>, client: &Application, more: &[(&str, &str)]) -> View {
    visitor.get(&client.authorize_path(&[&[("scope", "openid")], more].concat())).await
}

async fn redeem(world: &World, client: &Application, end: &View) -> Tokens {
    let code = value_of(end.location().unwrap(), "code").unwrap();
    client.tokens(world, client.redemption(&code)).await
}

async fn userinfo(world: &World, tokens: &Tokens) -> Value {
    world.get_as("/oauth2/userinfo", tokens.access()).await.json()
}

#[tokio::test]
async fn a_single_claim_is_asked_for_like_its_scope() {
    let world = World::start().await;
    let shop = application(&world, "openid email").await;
    let mut ada = world.visitor();
    let start = ask(&mut ada, &shop, &[]).await;
    let end = ada.complete(start, ADA).await;
    assert_eq!(userinfo(&world, &redeem(&world, &shop, &end).await).await.get("email"), None);

    let silent = ask(&mut ada, &shop, &[("claims", EMAIL), ("prompt", "none")]).await;
    assert_eq!(value_of(silent.location().unwrap(), "error").as_deref(), Some("consent_required"));
    let question = ask(&mut ada, &shop, &[("claims", EMAIL)]).await;
    assert!(question.form("consent").is_some(), "{}", question.body);
    assert!(question.body.contains("e-mail address"), "the page says what is asked for: {}", question.body);
    let end = ada.submit(&question, "consent", &[("decision", "allow")]).await;
    let tokens = redeem(&world, &shop, &end).await;
    assert_eq!(tokens.0["scope"], "openid", "a claim is no scope");
    let told = userinfo(&world, &tokens).await;
    assert_eq!((&told["email"], tokens.id_claims().get("email")), (&json!(ADA), Some(&json!(ADA))));
    assert_eq!(told.get("phone_number"), None, "the client may not ask for the scope `phone`");
    let again = ask(&mut ada, &shop, &[("claims", EMAIL), ("prompt", "none")]).await;
    assert!(value_of(again.location().unwrap(), "code").is_some(), "{again:?}");
}

#[tokio::test]
async fn a_client_gets_no_claim_whose_scope_it_may_not_ask_for() {
    let world = World::start().await;
    let shop = application(&world, "openid").await;
    let mut ada = world.visitor();
    let start = ask(&mut ada, &shop, &[("claims", EMAIL)]).await;
    let end = ada.complete(start, ADA).await;
    let tokens = redeem(&world, &shop, &end).await;
    assert_eq!(userinfo(&world, &tokens).await.get("email"), None);
    assert_eq!(tokens.id_claims().get("email"), None);
}

#[tokio::test]
async fn a_token_that_was_narrowed_tells_no_claims_of_what_is_gone() {
    let world = World::start().await;
    let shop = application(&world, "openid email offline_access").await;
    let mut ada = world.visitor();
    let start = ask(&mut ada, &shop, &[("claims", EMAIL), ("scope", "openid email offline_access")]).await;
    let end = ada.complete(start, ADA).await;
    let tokens = redeem(&world, &shop, &end).await;
    assert_eq!(userinfo(&world, &tokens).await["email"], ADA);
    let form = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh()), ("scope", "openid")];
    let less = shop.tokens(&world, shop.token_request(&form)).await;
    assert_eq!(userinfo(&world, &less).await.get("email"), None);
    assert_eq!(less.id_claims().get("email"), None);
    let whole = shop.tokens(&world, shop.refreshment(less.refresh())).await;
    assert_eq!(userinfo(&world, &whole).await["email"], ADA, "what was granted stays granted");
}

/// The browser goes on to another account while the question is open.
#[tokio::test]
async fn a_yes_is_that_of_the_account_that_was_shown() {
    let world = World::start().await;
    let shop = application(&world, "openid email offline_access").await;
    let mut visitor = world.visitor();
    visitor.sign_in(ADA).await;
    let question = ask(&mut visitor, &shop, &[]).await;
    assert!(question.body.contains("Ada"), "{}", question.body);
    let (mut grace, ada) = (world.visitor(), visitor.cookies["lk_session"].clone());
    grace.sign_in(GRACE).await;
    let current = grace.cookies["lk_session"].clone();
    visitor.cookies.insert("lk_session".to_owned(), format!("{current}.{ada}"));
    let end = visitor.submit(&question, "consent", &[("decision", "allow")]).await;
    let name = redeem(&world, &shop, &end).await.id_claims()["sub"].clone();
    let hers = shop.sign_in(&world, ADA).await.id_claims()["sub"].clone();
    assert_eq!(name, hers, "ada said yes");

    // Where she has signed out meanwhile, grace is asked herself.
    let other = application(&world, "openid email offline_access").await;
    visitor.cookies.insert("lk_session".to_owned(), ada);
    let question = ask(&mut visitor, &other, &[]).await;
    visitor.cookies.insert("lk_session".to_owned(), current);
    let answer = visitor.submit(&question, "consent", &[("decision", "allow")]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (409, None), "{}", answer.body);
    assert!(answer.body.contains("another account"), "{}", answer.body);
    let end = visitor.submit(&answer, "consent", &[("decision", "allow")]).await;
    assert_eq!(
        redeem(&world, &other, &end).await.id_claims()["sub"],
        other.sign_in(&world, GRACE).await.id_claims()["sub"]
    );
}
