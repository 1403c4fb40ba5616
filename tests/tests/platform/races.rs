//! Single-use things under a race: sixteen at once, and one wins.

use std::collections::BTreeSet;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use serde_json::json;
use tests::{ADA, Application, Holder, PASSWORD, Row, View, World, value_of};

fn winners(answers: &[View]) -> usize {
    answers.iter().filter(|view| view.status == StatusCode::OK).count()
}

fn assert_no_faults(answers: &[View]) {
    for view in answers {
        assert!(!view.status.is_server_error(), "{} {}: {}", view.path, view.status, view.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_redeemed_once() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let code = application.code(&mut world.visitor(), ADA).await;
    let answers = world.race(&application.redemption(&code)).await;
    assert_no_faults(&answers);
    assert_eq!(winners(&answers), 1);
    for view in answers.iter().filter(|view| view.status != StatusCode::OK) {
        assert_eq!(view.json()["error"], "invalid_grant");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_raced_refresh_leaves_one_successor() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let tokens = application.sign_in(&world, ADA).await;
    let answers = world.race(&application.refreshment(tokens.refresh())).await;
    assert_no_faults(&answers);
    assert!(winners(&answers) >= 1);
    // Within the grace a lost response may be asked for again: whoever is answered holds the same successor.
    let successors: BTreeSet<_> =
        answers.iter().filter_map(|view| view.json()["refresh_token"].as_str().map(str::to_owned)).collect();
    assert_eq!(successors.len(), 1);
    for successor in &successors {
        application.tokens(&world, application.refreshment(successor)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_of_a_key_is_used_once() {
    let world = World::start().await;
    let service = Application::service(&world).await;
    let request = service.token_request(&[("grant_type", "client_credentials")]);
    let request = Holder::default().prove(request, world.issuer(), world.clock.now());
    let answers = world.race(&request).await;
    assert_no_faults(&answers);
    assert_eq!(winners(&answers), 1);
    for view in answers.iter().filter(|view| view.status != StatusCode::OK) {
        assert_eq!(view.json()["error"], "invalid_dpop_proof");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_code_is_used_once() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let verify = visitor.begin_sign_up("new@example.com").await;
    let code = world.code_for("new@example.com").await;
    let request = visitor.request_of(&verify, "verify", &[("code", &code)]);
    let answers = world.race(&request).await;
    assert_no_faults(&answers);
    let started = world.events("session.started").await;
    assert_eq!(started.len(), 1, "one session began");
    assert_eq!(
        world.events("user.created").await.iter().filter(|event| event["actor"]["type"] != "system").count(),
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailed_code_is_not_guessed_in_parallel() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let verify = visitor.begin_sign_up("guessed@example.com").await;
    let code = world.code_for("guessed@example.com").await;
    let guesses = (0..64).map(|guess| {
        let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1 + guess) % 1_000_000);
        visitor.request_of(&verify, "verify", &[("code", &wrong)])
    });
    assert_no_faults(&world.race_all(guesses.collect()).await);
    let late = visitor.submit(&verify, "verify", &[("code", &code)]).await;
    assert!(
        !visitor.is_signed_in().await,
        "the code was spent by the guesses: {} {}",
        late.status,
        late.path
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_link_works_once() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let link = visitor.recovery_link(ADA).await;
    let page = visitor.get(&link).await;
    let requests = (0..16).map(|index| {
        let password = format!("a brand new pass phrase {index}");
        visitor.request_of(&page, "reset", &[("password", &password)])
    });
    assert_no_faults(&world.race_all(requests.collect()).await);
    assert_eq!(world.events("password.reset").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_belongs_to_one_customer() {
    let world = World::start().await;
    let email = "wanted@example.com";
    let mut pending = Vec::new();
    for _ in 0..16 {
        let mut visitor = world.visitor();
        let page = visitor.sign_up_page().await;
        pending.push(visitor.request_of(&page, "sign-up", &[("email", email), ("password", PASSWORD)]));
    }
    assert_no_faults(&world.race_all(pending).await);
    world.deliver().await;
    let rows = world.rows("IdentitiesTable").await;
    let of_kind = |kind: &str| rows.iter().filter(|row| row["et"] == kind).count();
    assert!(of_kind("identifier") <= 4, "three are seeded, and one may be new");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_prove_the_same_address_one_has_a_new_account_and_the_others_may_sign_in() {
    let world = World::start().await;
    let email = "proven@example.com";
    let before = customers(&world).await;
    let mut pending = Vec::new();
    for _ in 0..4 {
        let mut visitor = world.visitor();
        let verify = visitor.begin_sign_up(email).await;
        let code = world.code_for(email).await;
        pending.push(visitor.request_of(&verify, "verify", &[("code", &code)]));
        world.advance(std::time::Duration::from_secs(1));
    }
    let answers = world.race_all(pending).await;
    assert_no_faults(&answers);
    assert_eq!(customers(&world).await, before + 1);
    let made = answers.iter().filter(|view| view.location().is_some()).count();
    let told = answers.iter().filter(|view| view.form("sign-in").is_some()).count();
    assert_eq!((made, told), (1, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_and_a_proof_at_once_end_as_one_of_both() {
    let world = World::start().await;
    let (typed, right) = ("typo@example.com", "right@example.com");
    let before = customers(&world).await;
    let mut visitor = world.visitor();
    let verify = visitor.begin_sign_up(typed).await;
    let code = world.code_for(typed).await;
    let proof = visitor.request_of(&verify, "verify", &[("code", &code)]);
    let correction = visitor.request_of(&verify, "change-form", &[("identifier", right)]);
    assert_no_faults(&world.race_all(vec![proof, correction]).await);
    let made = customers(&world).await - before;
    let corrected = !world.messages(right).await.is_empty();
    assert!(made == 0 || !corrected, "an account of {typed}, and a code to {right}");
    assert!(made == 1 || corrected);
}

/// The customers who have proven an address; whoever has not proven any is nobody yet.
async fn customers(world: &World) -> usize {
    let proven = |row: &Row| {
        let identifiers = row["identifiers"].as_array();
        identifiers.is_some_and(|all| all.iter().any(|one| one["verified_at"].is_number()))
    };
    world.rows("IdentitiesTable").await.iter().filter(|row| row["et"] == "user" && proven(row)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_finished_sign_in_gives_one_code() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let mut visitor = world.visitor();
    let start = visitor.get(&application.authorize_path(&[])).await;
    let password = visitor.submit(&start, "identify", &[("identifier", ADA)]).await;
    let consent = visitor.submit(&password, "sign-in", &[("password", PASSWORD)]).await;
    let answers = world.race(&visitor.request_of(&consent, "consent", &[("decision", "allow")])).await;
    assert_no_faults(&answers);
    let codes = answers.iter().filter_map(|view| value_of(view.location()?, "code")).count();
    assert_eq!(codes, 1);
    assert_eq!(world.events("consent.granted").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pushed_request_gives_one_code_however_many_bring_it() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let mut visitor = world.visitor();
    application.code(&mut visitor, ADA).await;
    let reference = application.push(&world).await;
    let request = visitor.request(Method::GET, &reference, &[]);
    let answers = world.race(&request).await;
    assert_no_faults(&answers);
    let codes = answers.iter().filter_map(|view| value_of(view.location()?, "code")).count();
    assert_eq!(codes, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_typed_twice_begins_one_session() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let start = visitor.get("/account").await;
    let password = visitor.submit(&start, "identify", &[("identifier", ADA)]).await;
    let answers = world.race(&visitor.request_of(&password, "sign-in", &[("password", PASSWORD)])).await;
    assert_no_faults(&answers);
    assert_eq!(world.events("session.started").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_in_parallel_are_counted_one_by_one() {
    let world = World::start().await;
    let mut requests = Vec::new();
    for index in 0..128 {
        let mut visitor = world.visitor();
        let start = visitor.get("/account").await;
        let page = visitor.submit(&start, "identify", &[("identifier", ADA)]).await;
        let guess = format!("wrong guess number {index}");
        requests.push(visitor.request_of(&page, "sign-in", &[("password", &guess)]));
    }
    let answers = world.race_all(requests).await;
    assert_no_faults(&answers);
    let looked_at = answers.iter().filter(|view| view.status != StatusCode::TOO_MANY_REQUESTS).count();
    assert!(looked_at <= 5, "five guesses are free; {looked_at} of 128 got through");
}

#[tokio::test(flavor = "multi_thread")]
async fn registrations_at_once_are_clients_of_their_own() {
    let world = World::start().await;
    let body = json!({ "redirect_uris": ["https://client.example/callback"] }).to_string();
    let request = Request::builder()
        .method(Method::POST)
        .uri("/oauth2/register")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Bytes::from(body))
        .unwrap();
    let answers = world.race(&request).await;
    let mut ids: Vec<_> = answers
        .iter()
        .map(|view| view.json()["client_id"].as_str().expect("a client id").to_owned())
        .collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_is_changed_by_one_request_at_a_time() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let text = |name: &str| application.registration[name].as_str().unwrap().to_owned();
    let mut changed = json!({ "client_id": application.id, "client_name": "Renamed" });
    changed["redirect_uris"] = application.registration["redirect_uris"].clone();
    let request = Request::put(format!("/oauth2/register/{}", application.id))
        .header(header::AUTHORIZATION, format!("Bearer {}", text("registration_access_token")))
        .header(header::CONTENT_TYPE, "application/json");
    let answers = world.race(&request.body(Bytes::from(changed.to_string())).unwrap()).await;
    let statuses: BTreeSet<u16> = answers.iter().map(|view| view.status.as_u16()).collect();
    assert!(statuses.contains(&200), "{statuses:?}");
    assert!(
        statuses.is_subset(&BTreeSet::from([200, 503])),
        "who was late is told to come again: {statuses:?}"
    );
}
