//! Signing up: nothing is there before the first proof, and nobody learns by it who has an account.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;

use http::StatusCode;
use shared::identity::{self, NormalIdentifier, User};
use shared::store::Stored;
use tests::{ADA, PASSWORD, View, Visitor, World};

const NEW: &str = "new@example.com";
const NUMBER: &str = "+12125550199";
const OTHER_NUMBER: &str = "+12125550142";

async fn account(world: &World, email: &str) -> Option<Stored<User>> {
    let email = NormalIdentifier::email(email).unwrap();
    identity::load_by(world.app(), &email).await.unwrap()
}

async fn signs_up(visitor: &mut Visitor<'_>, email: &str, phone: &str) -> View {
    let form = visitor.sign_up_page().await;
    let typed = [("email", email), ("phone", phone), ("given_name", "Maryam"), ("password", PASSWORD)];
    visitor.submit(&form, "sign-up", &typed).await
}

/// Signs up with a number, and proves the address.
async fn waits_for_the_number<'w>(world: &'w World, email: &str, phone: &str) -> (Visitor<'w>, View) {
    let mut visitor = world.visitor();
    let verify = signs_up(&mut visitor, email, phone).await;
    let code = world.code_for(email).await;
    let by_text = visitor.submit(&verify, "verify", &[("code", &code)]).await;
    (visitor, by_text)
}

async fn proves(world: &World, visitor: &mut Visitor<'_>, view: &View, to: &str) -> View {
    let code = world.code_for(to).await;
    visitor.submit(view, "verify", &[("code", &code)]).await
}

/// An answer without what is random in it.
fn face(view: &View) -> (StatusCode, String) {
    let fields = view.forms().into_iter().flat_map(|form| form.fields);
    let random = fields.filter(|(name, _)| name == "csrf" || name == "tx");
    (view.status, random.fold(view.body.clone(), |body, (_, value)| body.replace(&value, "")))
}

/// What there is of accounts.
async fn accounts(world: &World) -> BTreeMap<String, usize> {
    let mut census = world.census().await;
    census.retain(|name, _| name.starts_with("Identities") || name.starts_with("Credentials"));
    census
}

#[tokio::test]
async fn nothing_is_there_before_the_first_proof() {
    let world = World::start().await;
    let before = accounts(&world).await;
    let mut visitor = world.visitor();
    let verify = signs_up(&mut visitor, NEW, NUMBER).await;
    assert_eq!(accounts(&world).await, before);
    let waiting = format!("{:?}", world.rows("SessionsTable").await);
    for secret in [PASSWORD, "Maryam", "argon2"] {
        assert!(!waiting.contains(secret), "`{secret}` rests sealed");
    }
    let by_text = proves(&world, &mut visitor, &verify, NEW).await;
    let made = account(&world, NEW).await.unwrap();
    assert_eq!((made.identifiers.len(), made.profile.given_name.as_deref()), (1, Some("Maryam")));
    assert!(made.expires_at.is_none());
    proves(&world, &mut visitor, &by_text, NUMBER).await;
    assert!(visitor.is_signed_in().await);
    let made = account(&world, NEW).await.unwrap();
    assert!(made.identifiers.len() == 2 && made.identifiers.iter().all(|own| own.verified_at.is_some()));
    world.visitor().sign_in(NEW).await;
}

#[tokio::test]
async fn enumeration_by_a_chosen_password_learns_nothing() {
    let world = World::start().await;
    let mut told = Vec::new();
    for email in ["alan@example.com", ADA] {
        let mut stranger = world.visitor();
        let form = stranger.sign_up_page().await;
        let chosen = "an umbrella full of quiet trains 3";
        stranger.submit(&form, "sign-up", &[("email", email), ("password", chosen)]).await;
        let mut elsewhere = world.visitor();
        let start = elsewhere.get("/account").await;
        let password = elsewhere.submit(&start, "identify", &[("identifier", email)]).await;
        let request = elsewhere.request_of(&password, "sign-in", &[("password", chosen)]);
        let (answer, calls) = world.calls_of(elsewhere.follow(request)).await;
        let (status, body) = face(&answer);
        told.push((status, body.replace(email, ""), calls));
    }
    assert_eq!(told[0].0, StatusCode::UNAUTHORIZED);
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn a_correction_counts_and_the_code_before_it_proves_nothing() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let verify = visitor.begin_sign_up("typo@example.com").await;
    let early = world.code_for("typo@example.com").await;
    let corrected = visitor.submit(&verify, "change-form", &[("identifier", NEW)]).await;
    let late = visitor.submit(&corrected, "verify", &[("code", &early)]).await;
    assert!(late.form("verify").is_some() && !visitor.is_signed_in().await);
    proves(&world, &mut visitor, &late, NEW).await;
    assert!(visitor.is_signed_in().await);
    assert!(account(&world, "typo@example.com").await.is_none());
    world.visitor().sign_in(NEW).await;
}

#[tokio::test]
async fn going_back_and_correcting_the_address_counts() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let form = visitor.sign_up_page().await;
    let typed = |email| [("email", email), ("given_name", "Maryam"), ("password", PASSWORD)];
    visitor.submit(&form, "sign-up", &typed("typo@example.com")).await;
    let again = visitor.get(&form.path).await;
    assert_eq!(again.form("sign-up").unwrap().fields["given_name"], "Maryam", "it shows what was typed");
    let verify = visitor.submit(&form, "sign-up", &typed(NEW)).await;
    assert!(visitor.get(&form.path).await.body.contains(NEW));
    proves(&world, &mut visitor, &verify, NEW).await;
    assert!(visitor.is_signed_in().await);
    assert!(account(&world, "typo@example.com").await.is_none());
}

#[tokio::test]
async fn who_proves_an_address_second_may_sign_in_to_what_is_there() {
    let world = World::start().await;
    let (mut first, mut second) = (world.visitor(), world.visitor());
    let verify = first.begin_sign_up(NEW).await;
    let code = world.code_for(NEW).await;
    let waiting = second.begin_sign_up(NEW).await;
    let late = world.code_for(NEW).await;
    first.submit(&verify, "verify", &[("code", &code)]).await;
    assert!(first.is_signed_in().await);
    let told = second.submit(&waiting, "verify", &[("code", &late)]).await;
    assert!(told.body.contains("You already have an account"), "{}", told.body);
    assert!(!second.is_signed_in().await, "by the password alone");
    let signed_in = second.submit(&told, "sign-in", &[("password", PASSWORD)]).await;
    assert!(signed_in.form("profile").is_some(), "{}", signed_in.body);
}

#[tokio::test]
async fn enumeration_by_a_number_learns_nothing() {
    let world = World::start().await;
    let (mut holder, by_text) = waits_for_the_number(&world, "mary@example.com", NUMBER).await;
    proves(&world, &mut holder, &by_text, NUMBER).await;
    world.advance(std::time::Duration::from_secs(3600));
    let mut told = Vec::new();
    for (email, number) in [("a1@example.com", OTHER_NUMBER), ("a2@example.com", NUMBER)] {
        let mut steps = Vec::new();
        let mut visitor = world.visitor();
        let form = visitor.sign_up_page().await;
        let typed = [("email", email), ("phone", number), ("password", PASSWORD)];
        let request = visitor.request_of(&form, "sign-up", &typed);
        let (verify, calls) = world.calls_of(visitor.follow(request)).await;
        steps.push((face(&verify), calls));
        let code = world.code_for(email).await;
        for (form, field) in
            [("verify", ("code", code.as_str())), ("verify", ("code", "000000")), ("resend-form", ("", ""))]
        {
            let page = visitor.get(&verify.path).await;
            let request = visitor.request_of(&page, form, &[field]);
            let (answer, calls) = world.calls_of(visitor.follow(request)).await;
            steps.push((face(&answer), calls));
        }
        let masked = |text: String| text.replace("••42", "••").replace("••99", "••").replace("42.", "99.");
        let steps: Vec<_> =
            steps.into_iter().map(|((status, body), calls)| (status, masked(body), calls)).collect();
        told.push(steps);
    }
    assert_eq!(told[0], told[1]);
}

#[tokio::test]
async fn the_holder_of_a_taken_number_is_told_and_goes_on_without_it() {
    let world = World::start().await;
    let (mut holder, by_text) = waits_for_the_number(&world, "mary@example.com", NUMBER).await;
    proves(&world, &mut holder, &by_text, NUMBER).await;
    world.advance(std::time::Duration::from_secs(3600));
    let (mut visitor, by_text) = waits_for_the_number(&world, NEW, NUMBER).await;
    let told = proves(&world, &mut visitor, &by_text, NUMBER).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(told.body.contains("This belongs to another account"), "{}", told.body);
    let other = visitor.submit(&told, "change-form", &[("identifier", OTHER_NUMBER)]).await;
    assert_eq!(world.messages(OTHER_NUMBER).await.len(), 1, "{}", other.body);
    visitor.submit(&other, "skip-form", &[]).await;
    assert!(visitor.is_signed_in().await);
    assert_eq!(account(&world, NEW).await.unwrap().identifiers.len(), 1);
}

#[tokio::test]
async fn a_strangers_sign_up_is_worth_nothing_after_the_owners_own() {
    let world = World::start().await;
    let mut stranger = world.visitor();
    let waiting = signs_up(&mut stranger, NEW, NUMBER).await;
    let strangers_code = world.code_for(NEW).await;
    let mut owner = world.visitor();
    let verify = owner.begin_sign_up(NEW).await;
    proves(&world, &mut owner, &verify, NEW).await;
    let link = owner.recovery_link(NEW).await;
    let page = owner.get(&link).await;
    owner.submit(&page, "reset", &[("password", "a brand new pass phrase 91")]).await;
    let answer = stranger.submit(&waiting, "verify", &[("code", &strangers_code)]).await;
    assert!(answer.form("sign-in").is_some(), "{}", answer.body);
    let old = stranger.submit(&answer, "sign-in", &[("password", PASSWORD)]).await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED);
    let account = account(&world, NEW).await.unwrap();
    assert_eq!((account.identifiers.len(), account.profile.given_name.as_deref()), (1, None));
    assert!(world.messages(NUMBER).await.is_empty());
}

#[tokio::test]
async fn an_invited_administrator_who_signs_up_is_told_to_recover() {
    let world = World::start().await;
    let admin = NormalIdentifier::email("chief@example.com").unwrap();
    let mut user = User::new(world.app(), std::slice::from_ref(&admin));
    user.roles = vec!["owner".to_owned()];
    let sealer = shared::keys::sealer(world.app()).await.unwrap();
    let writes = identity::create_writes(world.app(), &sealer, &user, &shared::hook::Cause::system());
    shared::store::transact(world.app(), writes).await.unwrap();
    world.visitor().begin_sign_up("chief@example.com").await;
    let mail = &world.messages("chief@example.com").await[0];
    assert!(mail.contains("/recover"), "{mail}");
    assert_eq!(account(&world, "chief@example.com").await.unwrap().roles, ["owner"]);
}

#[tokio::test]
async fn guesses_at_two_identifiers_of_one_account_are_counted_apart() {
    let world = World::start().await;
    let (mut mary, by_text) = waits_for_the_number(&world, NEW, NUMBER).await;
    proves(&world, &mut mary, &by_text, NUMBER).await;
    let mut told = Vec::new();
    for (guessed, asked) in [(NEW, NUMBER), (ADA, OTHER_NUMBER)] {
        let mut stranger = world.visitor();
        let mut page = stranger.get("/account").await;
        page = stranger.submit(&page, "identify", &[("identifier", guessed)]).await;
        for guess in 0..6 {
            page = stranger.submit(&page, "sign-in", &[("password", &format!("wrong guess {guess}"))]).await;
        }
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        let mut stranger = world.visitor();
        let page = stranger.get("/account").await;
        let page = stranger.submit(&page, "identify", &[("identifier", asked)]).await;
        told.push(stranger.submit(&page, "sign-in", &[("password", "wrong guess")]).await.status);
    }
    assert_eq!(told, [StatusCode::UNAUTHORIZED; 2], "a count of the account would tell whose the number is");
}

#[tokio::test]
async fn a_recovery_of_nobody_writes_as_much() {
    let world = World::start().await;
    let mut written = Vec::new();
    for email in ["nobody@example.com", ADA] {
        let mut visitor = world.visitor();
        let page = visitor.get("/recover").await;
        world.deliver().await;
        let before: usize = world.census().await.values().sum();
        visitor.submit(&page, "recover", &[("identifier", email)]).await;
        written.push(world.census().await.values().sum::<usize>() - before);
    }
    assert_eq!(written[0], written[1]);
}
