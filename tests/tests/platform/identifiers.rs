//! Whose an identifier is: of whoever proves it.
#![expect(clippy::unwrap_used, reason = "tests")]

use shared::app::App;
use shared::hook::Cause;
use shared::identity::{self, NormalIdentifier, UNPROVEN_LIFETIME, User};
use shared::keys;
use shared::settings;
use shared::store::{self, StoreError, Stored};
use tests::{PASSWORD, World};

fn email(text: &str) -> NormalIdentifier {
    NormalIdentifier::email(text).unwrap()
}

async fn create(app: &App, user: &User) -> Result<(), StoreError> {
    let sealer = keys::sealer(app).await.unwrap();
    store::transact(app, identity::create_writes(app, &sealer, user, &Cause::system())).await
}

async fn prove(app: &App, user: &User, identifier: &NormalIdentifier) -> Result<(), StoreError> {
    let sealer = keys::sealer(app).await.unwrap();
    let mut stored = identity::load(app, &user.id).await.unwrap().unwrap();
    let proof = (identifier, &Cause::system());
    store::transact(app, identity::verify_writes(app, &sealer, &mut stored, proof).unwrap()).await
}

#[tokio::test]
async fn a_proven_address_belongs_to_one_account() {
    let world = World::seeded().await;
    let app = world.app();
    let address = email("ada@example.com");
    let ada = User::new(app, std::slice::from_ref(&address)).proven();
    create(app, &ada).await.unwrap();
    let eve = User::new(app, &[email("ADA@example.com")]);
    assert!(create(app, &eve).await.unwrap_err().is_refused());
    assert_eq!(identity::find(app, &address).await.unwrap(), Some(ada.id));
    assert!(identity::load(app, &eve.id).await.unwrap().is_none(), "no half user");
}

#[tokio::test]
async fn of_sign_ups_with_one_user_name_one_wins() {
    let world = World::seeded().await;
    let app = world.app();
    let name = NormalIdentifier::username("ada").unwrap();
    let users: Vec<User> = (0..4).map(|_| User::new(app, std::slice::from_ref(&name))).collect();
    let (a, b, c, d) = tokio::join!(
        create(app, &users[0]),
        create(app, &users[1]),
        create(app, &users[2]),
        create(app, &users[3])
    );
    assert_eq!([a, b, c, d].iter().filter(|outcome| outcome.is_ok()).count(), 1);
}

#[tokio::test]
async fn an_invited_address_waits_for_its_owner_and_for_a_week() {
    let world = World::seeded().await;
    let app = world.app();
    let address = email("ada@example.com");
    let invited = User::new(app, std::slice::from_ref(&address));
    create(app, &invited).await.unwrap();
    let newcomer = User::new(app, std::slice::from_ref(&address)).proven();
    assert!(create(app, &newcomer).await.unwrap_err().is_refused(), "who recovers the account has it");
    world.advance(UNPROVEN_LIFETIME);
    create(app, &newcomer).await.unwrap();
    assert_eq!(identity::find(app, &address).await.unwrap().as_ref(), Some(&newcomer.id));
    assert!(identity::load(app, &invited.id).await.unwrap().is_none());
}

#[tokio::test]
async fn an_identifier_of_two_accounts_is_of_who_proves_it_first() {
    let world = World::seeded().await;
    let app = world.app();
    let number = NormalIdentifier::phone("+12125550199", None).unwrap();
    let mut users = Vec::new();
    for address in ["ada@example.com", "eve@example.com"] {
        let mut user = User::new(app, &[email(address)]).proven();
        create(app, &user).await.unwrap();
        user.add(&number);
        users.push(user);
    }
    let sealer = keys::sealer(app).await.unwrap();
    let mut outcomes = Vec::new();
    for user in users {
        let mut stored = Stored { entity: user, rev: 1 };
        let proof = (&number, &Cause::system());
        let writes = identity::verify_writes(app, &sealer, &mut stored, proof).unwrap();
        outcomes.push(store::transact(app, writes).await.is_ok());
    }
    assert_eq!(outcomes, [true, false]);
}

#[tokio::test]
async fn an_account_that_proves_nothing_goes_and_one_that_proves_stays() {
    let world = World::seeded().await;
    let app = world.app();
    let name = |text| NormalIdentifier::username(text).unwrap();
    let ada = User::new(app, &[email("ada@example.com"), name("ada")]);
    let bot = User::new(app, &[email("bot@example.com"), name("bot")]);
    create(app, &ada).await.unwrap();
    create(app, &bot).await.unwrap();
    prove(app, &ada, &email("ada@example.com")).await.unwrap();
    world.advance(UNPROVEN_LIFETIME);
    assert!(identity::load_by(app, &name("bot")).await.unwrap().is_none());
    assert!(identity::load_by(app, &email("bot@example.com")).await.unwrap().is_none());
    create(app, &User::new(app, &[email("bot@example.com"), name("bot")])).await.unwrap();
    world.stack().sweep_ttl().unwrap();
    assert_eq!(identity::load_by(app, &name("ada")).await.unwrap().unwrap().id, ada.id);
    assert!(create(app, &User::new(app, &[name("ada")])).await.unwrap_err().is_refused());
}

#[tokio::test]
async fn a_number_without_its_country_is_of_the_default_region() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let form = visitor.sign_up_page().await;
    let (email, phone) = ("mary@example.com", "(212) 555-0199");
    let typed = [("email", email), ("phone", phone), ("password", PASSWORD)];
    let refused = visitor.submit(&form, "sign-up", &typed).await;
    assert!(refused.body.contains("phone-error"), "{}", refused.body);

    let mut settings = settings::load(world.app()).await.unwrap().as_ref().clone();
    settings.identity.default_phone_region = Some("US".to_owned());
    settings::save(world.app(), &settings).await.unwrap();
    let by_mail = visitor.submit(&refused, "sign-up", &typed).await;
    let code = world.code_for(email).await;
    let by_text = visitor.submit(&by_mail, "verify", &[("code", &code)]).await;
    let code = world.code_for("+12125550199").await;
    visitor.submit(&by_text, "verify", &[("code", &code)]).await;
    assert!(visitor.is_signed_in().await);

    let mut elsewhere = world.visitor();
    let start = elsewhere.get("/account").await;
    elsewhere.complete(start, "212 555 0199").await;
    assert!(elsewhere.is_signed_in().await);
}
