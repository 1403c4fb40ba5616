//! What the engine decides, as tables: a flow, the facts and the progress to the step that comes next.

use std::time::Duration;

use super::*;
use crate::assurance::Level;
use crate::clock::Timestamp;
use crate::id::{SessionId, UserId};
use crate::identity::{Epoch, IdentifierKind, NormalIdentifier};
use crate::session::Authentication;

const NOW: Timestamp = Timestamp(1_000_000);

fn flow(kind: FlowKind) -> Flow {
    defaults().unwrap().into_iter().find(|flow| flow.kind == kind).unwrap()
}

fn user(number: u8) -> UserId {
    UserId::from_bytes([number; 16])
}

fn session_id(number: u8) -> SessionId {
    SessionId::from_bytes([number; 16])
}

/// A session of customer `number`, begun so many seconds ago.
fn session(number: u8, age: u64) -> SessionFacts {
    SessionFacts {
        id: session_id(number),
        user: user(number),
        auth_time: NOW.minus(Duration::from_secs(age)),
        level: Level::Aal1,
        hinted: false,
    }
}

fn proven(number: u8) -> Option<Authentication> {
    Some(Authentication {
        user: user(number),
        at: NOW,
        epoch: Epoch::default(),
        amr: vec!["pwd".to_owned()],
        acr: Level::Aal1,
    })
}

fn yes(number: u8) -> Option<Decision> {
    Some(Decision::Granted { by: user(number), epoch: Epoch::default() })
}

fn ada() -> Option<NormalIdentifier> {
    NormalIdentifier::email("ada@example.com").ok()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A first-party client that asks for `openid email`; nobody is signed in; accounts can be reached.
fn facts() -> Facts {
    Facts {
        now: NOW,
        demand: Demand { scopes: texts(&["openid", "email"]), ..Demand::default() },
        client: Some(ClientFacts { id: "shop".to_owned(), first_party: true }),
        account: Some(AccountFacts { user: user(1), reachable: true, unproven: Vec::new() }),
        reachable: Level::Aal1,
        ..Facts::default()
    }
}

fn signed_in() -> Facts {
    Facts { sessions: vec![session(1, 60)], ..facts() }
}

fn third_party(consented: &[&str]) -> Facts {
    Facts {
        client: Some(ClientFacts { id: "shop".to_owned(), first_party: false }),
        consented: texts(consented),
        ..signed_in()
    }
}

fn demanding(facts: Facts, change: impl FnOnce(&mut Demand)) -> Facts {
    let mut facts = facts;
    change(&mut facts.demand);
    facts
}

#[track_caller]
fn signs_in(progress: Progress, facts: &Facts, step: Step) {
    assert_eq!(next(&flow(FlowKind::SignIn), &progress, facts), step);
}

#[test]
fn every_kind_has_a_default_flow_that_survives_a_round_trip() {
    let flows = defaults().unwrap();
    for kind in FlowKind::ALL {
        let flow = flows.iter().find(|flow| flow.kind == kind).unwrap();
        assert_eq!(flow.name, kind.name());
        let text = serde_json::to_string(flow).unwrap();
        assert_eq!(&serde_json::from_str::<Flow>(&text).unwrap(), flow);
    }
}

#[test]
fn a_stranger_says_who_they_are_then_proves_it() {
    signs_in(Progress::default(), &facts(), Step::Identify);
    signs_in(Progress { identified: ada(), ..Progress::default() }, &facts(), Step::Password);
    let done = Progress { identified: ada(), authentication: proven(1), ..Progress::default() };
    signs_in(done, &facts(), Step::Complete);
}

#[test]
fn a_good_session_is_enough() {
    signs_in(Progress::default(), &signed_in(), Step::Complete);
    let account_page = Facts { client: None, demand: Demand::default(), ..signed_in() };
    signs_in(Progress::default(), &account_page, Step::Complete);
}

#[test]
fn prompt_login_asks_even_the_signed_in() {
    let facts = demanding(signed_in(), |demand| demand.login = true);
    signs_in(Progress::default(), &facts, Step::Identify);
    let identified = Progress { identified: ada(), ..Progress::default() };
    signs_in(identified.clone(), &facts, Step::Password);
    signs_in(Progress { authentication: proven(1), ..identified }, &facts, Step::Complete);
}

#[test]
fn max_age_asks_for_a_fresh_sign_in() {
    let at_most =
        |seconds| demanding(signed_in(), |demand| demand.max_age = Some(Duration::from_secs(seconds)));
    for (limit, step) in
        [(61, Step::Complete), (60, Step::Complete), (59, Step::Identify), (0, Step::Identify)]
    {
        signs_in(Progress::default(), &at_most(limit), step);
    }
    let just_now = Facts { sessions: vec![session(1, 0)], ..at_most(0) };
    signs_in(Progress::default(), &just_now, Step::Identify);
    signs_in(Progress { authentication: proven(1), ..Progress::default() }, &at_most(0), Step::Complete);
}

#[test]
fn prompt_none_shows_no_page() {
    let silent = |facts: Facts| demanding(facts, |demand| demand.silent = true);
    let unproven = Facts {
        account: Some(AccountFacts {
            user: user(1),
            reachable: false,
            unproven: vec![IdentifierKind::Email],
        }),
        ..signed_in()
    };
    let cases = [
        (silent(facts()), Step::Refuse(Refusal::LoginRequired)),
        (silent(signed_in()), Step::Complete),
        (silent(third_party(&[])), Step::Refuse(Refusal::ConsentRequired)),
        (silent(third_party(&["openid", "email"])), Step::Complete),
        (silent(unproven), Step::Refuse(Refusal::InteractionRequired)),
        (
            demanding(silent(signed_in()), |demand| demand.max_age = Some(Duration::from_secs(5))),
            Step::Refuse(Refusal::LoginRequired),
        ),
    ];
    for (facts, step) in cases {
        signs_in(Progress::default(), &facts, step);
    }
}

#[test]
fn a_flow_may_ask_which_of_several_accounts() {
    let mut flow = flow(FlowKind::SignIn);
    flow.steps[0].task = Task::SelectAccount { ask: AskAccount::Several };
    let several = Facts { sessions: vec![session(1, 60), session(2, 60)], ..facts() };
    let of = |facts: &Facts| next(&flow, &Progress::default(), facts);
    assert_eq!(of(&signed_in()), Step::Complete);
    assert_eq!(of(&several), Step::SelectAccount);
    let silent = demanding(several.clone(), |demand| demand.silent = true);
    assert_eq!(of(&silent), Step::Refuse(Refusal::AccountSelectionRequired));
    assert_eq!(of(&demanding(several, |demand| demand.subject = Some(user(2)))), Step::Complete);
}

#[test]
fn prompt_select_account_offers_every_account() {
    let two = Facts { sessions: vec![session(1, 60), session(2, 60)], ..facts() };
    let facts = |sessions: &Facts| demanding(sessions.clone(), |demand| demand.select_account = true);
    signs_in(Progress::default(), &facts(&two), Step::SelectAccount);
    signs_in(Progress::default(), &facts(&signed_in()), Step::SelectAccount);
    signs_in(Progress::default(), &facts(&super::tests::facts()), Step::Identify);
    let chosen = Progress { chosen: Some(session_id(2)), ..Progress::default() };
    assert_eq!(candidate(&chosen, &two).unwrap().user, user(2));
    signs_in(chosen, &facts(&two), Step::Complete);
    let other = Progress { other_account: true, ..Progress::default() };
    signs_in(other, &facts(&two), Step::Identify);
}

#[test]
fn an_account_that_left_the_browser_is_not_chosen() {
    let gone = Progress { chosen: Some(session_id(9)), ..Progress::default() };
    signs_in(gone, &signed_in(), Step::Identify);
}

#[test]
fn an_id_token_hint_names_the_only_possible_customer() {
    let hinted = |facts: Facts, number| demanding(facts, |demand| demand.subject = Some(user(number)));
    let two = Facts { sessions: vec![session(1, 60), session(2, 60)], ..facts() };
    assert_eq!(candidate(&Progress::default(), &hinted(two.clone(), 2)).unwrap().user, user(2));
    signs_in(Progress::default(), &hinted(two, 2), Step::Complete);
    signs_in(Progress::default(), &hinted(signed_in(), 3), Step::Identify);
    let somebody_else = Progress { authentication: proven(1), ..Progress::default() };
    signs_in(somebody_else.clone(), &hinted(facts(), 3), Step::Refuse(Refusal::OtherCustomer));
    signs_in(somebody_else, &hinted(facts(), 1), Step::Complete);
    let silent = demanding(hinted(signed_in(), 3), |demand| demand.silent = true);
    signs_in(Progress::default(), &silent, Step::Refuse(Refusal::LoginRequired));
}

#[test]
fn a_chosen_account_other_than_the_hinted_one_is_refused() {
    let two = Facts { sessions: vec![session(1, 60), session(2, 60)], ..facts() };
    let facts = demanding(two, |demand| demand.subject = Some(user(2)));
    let chosen = Progress { chosen: Some(session_id(1)), ..Progress::default() };
    signs_in(chosen, &facts, Step::Identify);
}

#[test]
fn a_login_hint_chooses_an_account_and_signs_nobody_else_in() {
    let hinting = |sessions| demanding(Facts { sessions, ..facts() }, |demand| demand.hinted = true);
    let hinted = SessionFacts { hinted: true, ..session(2, 60) };
    let two = hinting(vec![session(1, 60), hinted]);
    assert_eq!(candidate(&Progress::default(), &two).unwrap().user, user(2));
    signs_in(Progress::default(), &two, Step::Complete);
    for others in [vec![session(1, 60)], vec![session(1, 60), session(3, 60)]] {
        let others = hinting(others);
        signs_in(Progress::default(), &others, Step::Identify);
        let silent = demanding(others.clone(), |demand| demand.silent = true);
        signs_in(Progress::default(), &silent, Step::Refuse(Refusal::LoginRequired));
        let login = demanding(others.clone(), |demand| demand.login = true);
        signs_in(Progress::default(), &login, Step::Identify);
        let chosen = Progress { chosen: Some(session_id(1)), ..Progress::default() };
        signs_in(chosen, &others, Step::Complete);
    }
}

#[test]
fn an_essential_acr_is_met_or_refused() {
    let essential =
        |facts: Facts, levels: &[Level]| demanding(facts, |demand| demand.essential = Some(levels.to_vec()));
    signs_in(Progress::default(), &essential(signed_in(), &[Level::Aal1]), Step::Complete);
    let either = essential(signed_in(), &[Level::Aal2, Level::Aal1]);
    signs_in(Progress::default(), &either, Step::Complete);
    let unmet = Step::Refuse(Refusal::UnmetAuthentication);
    signs_in(Progress::default(), &essential(signed_in(), &[Level::Aal2]), unmet.clone());
    signs_in(Progress::default(), &essential(signed_in(), &[]), unmet);
    let sure = Facts { reachable: Level::Aal2, ..essential(signed_in(), &[Level::Aal2]) };
    signs_in(Progress::default(), &sure, Step::Identify);
    let session = SessionFacts { level: Level::Aal2, ..session(1, 60) };
    signs_in(Progress::default(), &Facts { sessions: vec![session], ..sure }, Step::Complete);
}

#[test]
fn a_wished_acr_is_reached_for_and_refuses_nothing() {
    let wished = |facts: Facts, levels: &[Level]| demanding(facts, |demand| demand.wished = levels.to_vec());
    signs_in(Progress::default(), &wished(signed_in(), &[Level::Aal3, Level::Aal2]), Step::Complete);
    let sure =
        Facts { reachable: Level::Aal2, ..wished(signed_in(), &[Level::Aal3, Level::Aal2, Level::Aal1]) };
    signs_in(Progress::default(), &sure, Step::Identify);
    let preferring = Facts { reachable: Level::Aal2, ..wished(signed_in(), &[Level::Aal1, Level::Aal2]) };
    signs_in(Progress::default(), &preferring, Step::Complete);
    signs_in(Progress::default(), &demanding(sure, |demand| demand.silent = true), Step::Complete);
}

#[test]
fn somebody_who_cannot_be_reached_proves_an_identifier_first() {
    let account = AccountFacts {
        user: user(1),
        reachable: false,
        unproven: vec![IdentifierKind::Email, IdentifierKind::Phone],
    };
    let facts = Facts { account: Some(account), ..facts() };
    let progress = Progress { identified: ada(), authentication: proven(1), ..Progress::default() };
    signs_in(progress.clone(), &facts, Step::Verify(IdentifierKind::Email));
    let one = AccountFacts { user: user(1), reachable: true, unproven: vec![IdentifierKind::Phone] };
    signs_in(progress, &Facts { account: Some(one), ..facts }, Step::Complete);
}

#[test]
fn a_third_party_needs_consent_to_all_that_it_asks_for() {
    let cases = [
        (vec![], Step::Consent),
        (vec!["openid"], Step::Consent),
        (vec!["openid", "email"], Step::Complete),
        (vec!["openid", "email", "phone"], Step::Complete),
    ];
    for (consented, step) in cases {
        signs_in(Progress::default(), &third_party(&consented), step);
    }
    let offline = demanding(third_party(&["openid", "email"]), |demand| {
        demand.scopes.push("offline_access".to_owned());
    });
    signs_in(Progress::default(), &offline, Step::Consent);
}

#[test]
fn prompt_consent_asks_again() {
    let facts = demanding(third_party(&["openid", "email"]), |demand| demand.consent = true);
    signs_in(Progress::default(), &facts, Step::Consent);
    let granted = Progress { consent: yes(1), ..Progress::default() };
    signs_in(granted, &facts, Step::Complete);
    let denied = Progress { consent: Some(Decision::Denied), ..Progress::default() };
    signs_in(denied, &facts, Step::Refuse(Refusal::AccessDenied));
}

#[test]
fn a_yes_of_one_account_is_none_of_another() {
    let theirs = Progress { consent: yes(2), ..Progress::default() };
    signs_in(theirs.clone(), &third_party(&[]), Step::Consent);
    signs_in(theirs, &third_party(&["openid", "email"]), Step::Complete);
    signs_in(Progress { consent: yes(1), ..Progress::default() }, &third_party(&[]), Step::Complete);
    let nobody = Facts { account: None, ..third_party(&[]) };
    signs_in(Progress { consent: yes(1), ..Progress::default() }, &nobody, Step::Consent);
}

#[test]
fn our_own_clients_need_no_consent() {
    let facts = demanding(signed_in(), |demand| demand.scopes.push("offline_access".to_owned()));
    signs_in(Progress::default(), &facts, Step::Complete);
}

#[test]
fn a_new_customer_proves_every_identifier_and_is_signed_in() {
    let flow = flow(FlowKind::SignUp);
    let step = |progress: &Progress, facts: &Facts| next(&flow, progress, facts);
    assert_eq!(step(&Progress::default(), &signed_in()), Step::SignUp);
    let made = Progress { authentication: proven(1), ..Progress::default() };
    let unproven = |kinds: &[IdentifierKind]| Facts {
        account: Some(AccountFacts { user: user(1), reachable: kinds.len() < 2, unproven: kinds.to_vec() }),
        ..facts()
    };
    let (email, phone) = (IdentifierKind::Email, IdentifierKind::Phone);
    assert_eq!(step(&made, &unproven(&[email, phone])), Step::Verify(email));
    assert_eq!(step(&made, &unproven(&[phone])), Step::Verify(phone));
    assert_eq!(step(&made, &unproven(&[])), Step::Complete);
}

#[test]
fn nothing_but_a_proof_leads_on_from_a_sign_up_that_waits() {
    let flow = flow(FlowKind::SignUp);
    let (email, phone) = (IdentifierKind::Email, IdentifierKind::Phone);
    let phone_typed = NormalIdentifier::phone("+12125550199", None).unwrap();
    let pending = |typed: &[&NormalIdentifier]| {
        let pending = serde_json::json!({ "identifiers": typed, "sealed": "" });
        Progress { sign_up: serde_json::from_value(pending).unwrap(), ..Progress::default() }
    };
    let waits = pending(&[&ada().unwrap(), &phone_typed]);
    let forgetful = Flow { steps: flow.steps[..1].to_vec(), ..flow.clone() };
    for facts in [facts(), signed_in()] {
        assert_eq!(next(&flow, &waits, &facts), Step::Verify(email));
        assert_eq!(next(&forgetful, &waits, &facts), Step::Verify(email));
    }
    let made = Progress { authentication: proven(1), ..pending(&[&phone_typed]) };
    assert_eq!(next(&flow, &made, &facts()), Step::Verify(phone));
    assert_eq!(next(&forgetful, &made, &facts()), Step::Complete);
}

#[test]
fn a_recovery_goes_by_its_link_alone() {
    let flow = flow(FlowKind::Recovery);
    let step = |progress: &Progress| next(&flow, progress, &Facts::default());
    assert_eq!(step(&Progress::default()), Step::Recover);
    let asked = Progress { identified: ada(), ..Progress::default() };
    assert_eq!(step(&asked), Step::FollowLink);
    let followed = Progress { link_followed: true, ..asked };
    assert_eq!(step(&followed), Step::SetPassword);
    assert_eq!(step(&Progress { authentication: proven(1), ..followed }), Step::Complete);
}

#[test]
fn a_flow_that_forgets_to_ask_completes_for_nobody() {
    let empty = Flow { name: "empty".to_owned(), version: 1, kind: FlowKind::SignIn, steps: Vec::new() };
    assert_eq!(next(&empty, &Progress::default(), &facts()), Step::Refuse(Refusal::LoginRequired));
    assert_eq!(next(&empty, &Progress::default(), &signed_in()), Step::Complete);
}

#[test]
fn conditions_of_steps_hold_together() {
    let consent = |when: Vec<When>| Flow {
        steps: vec![FlowStep { task: Task::Consent, when }],
        ..flow(FlowKind::SignIn)
    };
    let third = third_party(&[]);
    let asks = |when| next(&consent(when), &Progress::default(), &third) == Step::Consent;
    assert!(asks(Vec::new()));
    assert!(asks(vec![When::FirstParty(false), When::ClientIn(texts(&["shop"]))]));
    assert!(!asks(vec![When::FirstParty(false), When::ClientIn(texts(&["other"]))]));
    assert!(asks(vec![When::ScopeIn(texts(&["email", "phone"]))]));
    assert!(!asks(vec![When::ScopeIn(texts(&["phone"]))]));
}

#[test]
fn a_device_is_never_let_in_without_a_yes() {
    let device = |facts: Facts| demanding(facts, |demand| (demand.consent, demand.confirm) = (true, true));
    for facts in [device(signed_in()), device(third_party(&["openid", "email"]))] {
        signs_in(Progress::default(), &facts, Step::Consent);
        let decided = |consent| Progress { consent, ..Progress::default() };
        signs_in(decided(yes(1)), &facts, Step::Complete);
        signs_in(decided(yes(2)), &facts, Step::Consent);
        signs_in(decided(Some(Decision::Denied)), &facts, Step::Refuse(Refusal::AccessDenied));
    }
    signs_in(Progress::default(), &device(facts()), Step::Identify);
    let proven = Progress { authentication: proven(1), ..Progress::default() };
    signs_in(proven, &device(facts()), Step::Consent);
}
