//! Refresh tokens: rotation, retries, reuse, and what ends them.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;
use shared::hook::Cause;
use shared::identity::{self, NormalIdentifier};
use shared::oauth::grants::{self, Reason};
use shared::store;

use crate::world::{SHOP, World, claims, text};

fn refused() -> (u16, String) {
    (400, "invalid_grant".to_owned())
}

async fn next(world: &World, tokens: &Value) -> Value {
    let answer = world.refresh(text(tokens, "refresh_token")).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.json()
}

#[tokio::test]
async fn each_use_replaces_the_token() {
    let world = World::new().await;
    let first = world.tokens("openid offline_access").await;
    let second = next(&world, &first).await;
    let third = next(&world, &second).await;
    assert_ne!(text(&first, "refresh_token"), text(&second, "refresh_token"));
    assert_ne!(text(&second, "refresh_token"), text(&third, "refresh_token"));
    assert_ne!(text(&first, "access_token"), text(&second, "access_token"));
    let (old, new) = (claims(&first["id_token"]), claims(&third["id_token"]));
    assert_eq!((&old["sub"], &old["auth_time"], &old["sid"]), (&new["sub"], &new["auth_time"], &new["sid"]));
    assert_eq!(new.get("nonce"), None);
    assert!(world.is_live(&third).await);
}

#[tokio::test]
async fn a_refresh_costs_two_reads_and_one_write() {
    let world = World::new().await;
    let tokens = next(&world, &world.tokens("openid offline_access").await).await;
    world.calls();
    next(&world, &tokens).await;
    let expected = [("dynamodb.BatchGetItem".to_owned(), 1), ("dynamodb.UpdateItem".to_owned(), 1)];
    assert_eq!(world.calls(), expected);
}

#[tokio::test]
async fn a_lost_response_can_be_asked_for_again_within_the_grace() {
    let world = World::new().await;
    let first = world.tokens("openid offline_access").await;
    let second = next(&world, &first).await;
    world.app().clock.advance(Duration::from_secs(10));
    let again = next(&world, &first).await;
    assert_eq!(text(&second, "refresh_token"), text(&again, "refresh_token"));
    let third = next(&world, &again).await;
    assert!(world.is_live(&third).await);
}

#[tokio::test]
async fn parallel_refreshes_converge_on_one_token() {
    let world = World::new().await;
    let first = world.tokens("openid offline_access").await;
    let token = text(&first, "refresh_token");
    let (a, b, c) = tokio::join!(world.refresh(token), world.refresh(token), world.refresh(token));
    let fresh: Vec<String> =
        [a, b, c].iter().map(|one| text(&one.json(), "refresh_token").to_owned()).collect();
    assert!(fresh.iter().all(|one| *one == fresh[0] && one != token));
}

#[tokio::test]
async fn a_replaced_token_that_comes_again_ends_the_family() {
    let world = World::new().await;
    let first = world.tokens("openid offline_access").await;
    let second = next(&world, &first).await;
    world.app().clock.advance(Duration::from_secs(11));
    assert_eq!(world.refresh(text(&first, "refresh_token")).await.error(), refused());
    assert_eq!(world.refresh(text(&second, "refresh_token")).await.error(), refused());
    assert!(!world.is_live(&second).await);
}

#[tokio::test]
async fn a_much_older_token_ends_the_family_as_well() {
    let world = World::new().await;
    let first = world.tokens("openid offline_access").await;
    let third = next(&world, &next(&world, &first).await).await;
    assert_eq!(world.refresh(text(&first, "refresh_token")).await.error(), refused());
    assert!(!world.is_live(&third).await);
}

#[tokio::test]
async fn a_guess_ends_nothing() {
    let world = World::new().await;
    let tokens = world.tokens("openid offline_access").await;
    let genuine = text(&tokens, "refresh_token");
    let forged = format!("{}{}", &genuine[..genuine.len() - 4], "AAAA");
    assert_eq!(world.refresh(&forged).await.error(), refused());
    let form = [("grant_type", "refresh_token"), ("client_id", "demo-travel"), ("refresh_token", genuine)];
    assert_eq!(world.token(&form).await.error(), refused());
    assert_eq!(world.refresh(genuine).await.status, StatusCode::OK);
}

#[tokio::test]
async fn scopes_can_be_narrowed_for_one_access_token() {
    let world = World::new().await;
    let first = world.tokens("openid email offline_access").await;
    let narrow = |scope: &'static str, token: String| {
        let world = &world;
        async move {
            let form = [
                ("grant_type", "refresh_token"),
                ("client_id", SHOP),
                ("refresh_token", token.as_str()),
                ("scope", scope),
            ];
            world.token(&form).await
        }
    };
    let more = narrow("openid demo.write", text(&first, "refresh_token").to_owned()).await;
    assert_eq!(more.error(), (400, "invalid_scope".to_owned()));
    let less = narrow("openid", text(&first, "refresh_token").to_owned()).await.json();
    assert_eq!(less["scope"], "openid");
    assert_eq!(next(&world, &less).await["scope"], "openid email offline_access");
}

#[tokio::test]
async fn a_family_that_is_not_used_ends() {
    let world = World::new().await;
    let idle = Duration::from_secs(30 * 24 * 3600);
    let first = world.tokens("openid offline_access").await;
    world.app().clock.advance(idle.checked_sub(Duration::from_secs(1)).unwrap());
    let second = next(&world, &first).await;
    world.app().clock.advance(idle);
    assert_eq!(world.refresh(text(&second, "refresh_token")).await.error(), refused());
}

#[tokio::test]
async fn withdrawn_grants_end_and_others_live_on() {
    let world = World::new().await;
    let tokens = world.tokens("openid offline_access").await;
    let ada = NormalIdentifier::email("ada@example.com").unwrap();
    let ada = identity::load_by(world.app(), &ada).await.unwrap().unwrap();
    let granted = grants::list(world.app(), &ada).await.unwrap();
    assert_eq!((granted.len(), granted[0].terms.client.as_str()), (1, SHOP));
    let owner = (&ada.id, &granted[0].id);
    let writes = grants::revoke_writes(world.app(), owner, Reason::Withdrawn, &Cause::system());
    store::transact(world.app(), writes.into()).await.unwrap();
    assert!(!world.is_live(&tokens).await);
    assert!(grants::list(world.app(), &ada).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_token_given_back_ends_and_unknown_ones_are_no_error() {
    let world = World::new().await;
    let revoke = |client: &'static str, token: String| {
        let world = &world;
        async move { world.post("/oauth2/revoke", None, &[("client_id", client), ("token", &token)]).await }
    };
    let tokens = world.tokens("openid offline_access").await;
    let access = text(&tokens, "access_token").to_owned();
    assert_eq!(revoke("demo-travel", access.clone()).await.error(), refused());
    assert_eq!(revoke(SHOP, access).await.status, StatusCode::OK);
    assert!(!world.is_live(&tokens).await);
    let second = next(&world, &tokens).await;
    assert_eq!(revoke(SHOP, text(&second, "refresh_token").to_owned()).await.status, StatusCode::OK);
    assert!(!world.is_live(&second).await);
    assert_eq!(world.refresh(text(&second, "refresh_token")).await.error(), refused());
    for unknown in ["x", "lk_rt_r1_AAAA", "a.b.c"] {
        assert_eq!(revoke(SHOP, unknown.to_owned()).await.status, StatusCode::OK);
    }
}
