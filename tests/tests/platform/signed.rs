//! Signed answers: the steps of a sign-in need no signing keys, since the authorization endpoint gives the answer.

use http::{Method, StatusCode};
use serde_json::json;
use tests::{ADA, Application, PASSWORD, View, World};

/// A client that asks for a code and an ID token at once.
async fn hybrid(world: &World) -> Application {
    let metadata = json!({
        "response_types": ["code id_token"], "grant_types": ["authorization_code", "implicit"],
    });
    Application::register(world, metadata).await
}

/// Takes a new visitor to the last step and gives the answer to it, not followed.
async fn last_step<'w>(
    world: &'w World,
    application: &Application,
    decision: &str,
) -> (tests::Visitor<'w>, View) {
    let mut visitor = world.visitor();
    let start = visitor.get(&application.authorize_path(&[("response_type", "code id_token")])).await;
    let password = visitor.submit(&start, "identify", &[("identifier", ADA)]).await;
    let consent = visitor.submit(&password, "sign-in", &[("password", PASSWORD)]).await;
    let request = visitor.request_of(&consent, "consent", &[("decision", decision)]);
    let view = View::of("/signin/consent", world.send(request).await);
    (visitor, view)
}

#[tokio::test]
async fn a_sign_in_ends_where_answers_are_signed() {
    let world = World::start().await;
    let application = hybrid(&world).await;
    let (visitor, end) = last_step(&world, &application, "allow").await;
    let location = end.location().unwrap().strip_prefix(world.issuer()).unwrap().to_owned();
    assert!(location.starts_with("/oauth2/authorize?tx=lk_tx_"), "{location}");
    assert!(world.events("sign_in.succeeded").await.is_empty(), "nothing is complete yet");

    let other = world.visitor().get(&location).await;
    assert_eq!(
        (other.status, other.location()),
        (StatusCode::BAD_REQUEST, None),
        "another browser has no part in it"
    );

    let answers = world.race(&visitor.request(Method::GET, &location, &[])).await;
    let given =
        answers.iter().filter(|view| view.location().is_some_and(|to| to.contains("id_token="))).count();
    assert_eq!(given, 1, "one answer comes of it, however many ask");
    assert!(answers.iter().all(|view| !view.status.is_server_error()));
    assert_eq!(world.events("sign_in.succeeded").await.len(), 1);
    assert_eq!(world.events("consent.granted").await.len(), 1);
}

#[tokio::test]
async fn a_refusal_is_given_there_as_well() {
    let world = World::start().await;
    let (mut visitor, end) = last_step(&world, &hybrid(&world).await, "deny").await;
    let location = end.location().unwrap().strip_prefix(world.issuer()).unwrap().to_owned();
    let refused = visitor.get(&location).await;
    assert!(refused.location().unwrap().contains("#error=access_denied"), "{:?}", refused.location());
}

#[tokio::test]
async fn an_unfinished_sign_in_gets_no_answer_there() {
    let world = World::start().await;
    let application = hybrid(&world).await;
    let mut visitor = world.visitor();
    let start = visitor.get(&application.authorize_path(&[("response_type", "code id_token")])).await;
    let tx = start.path.split("tx=").nth(1).unwrap().to_owned();
    let page = visitor.get(&format!("/oauth2/authorize?tx={tx}")).await;
    assert!(page.form("identify").is_some(), "the step that is open is shown");
}
