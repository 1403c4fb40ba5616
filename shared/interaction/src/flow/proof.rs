//! One-time codes that prove an e-mail address or a phone number: six digits, hashed under a key, alive for some minutes and some
//! tries, used once. `proof#<transaction>`/`<keyed hash of the identifier>`: the write that uses one up may be that which sends the
//! next one, to the next identifier.

use serde::{Deserialize, Serialize};

use super::FlowError;
use super::situation::Situation;
use super::visit::Visit;
use crate::app::App;
use crate::clock::Timestamp;
use crate::http::fold_digits;
use crate::identity::{self, IdentifierKind, NormalIdentifier};
use crate::keys::{Sealer, sealer};
use crate::limit::{self, Bucket, LimitError};
use crate::message::{self, Outgoing};
use crate::page::Message;
use crate::settings::{self, ProofSettings};
use crate::store::{self, Condition, Entity, Key, StoreError, Table, Update, Write};

const LABEL: &str = "proof";

/// A code that is waited for.
#[derive(Serialize, Deserialize)]
struct Proof {
    transaction: String,
    /// The keyed hash of the identifier.
    identifier: String,
    /// The keyed hash of transaction, identifier and code.
    mac: String,
    tries: u32,
    expires_at: Timestamp,
}

impl Entity for Proof {
    const TYPE: &'static str = "proof";
    const TABLE: Table = Table::Sessions;

    fn key(&self) -> Key {
        key(&self.transaction, &self.identifier)
    }

    fn expires(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

fn key(transaction: &str, identifier: &str) -> Key {
    Key::new(format!("proof#{transaction}"), identifier)
}

/// What a code that was typed is worth.
pub(super) enum Checked {
    /// It is right; this write uses it up, and belongs into the transaction of what it proves.
    Right(Box<Write>),
    /// It is wrong.
    Wrong,
    /// It is too old or was tried too often: another one is needed.
    Over,
}

/// Sends a code to the identifier of `kind` that is to be proven, unless the transaction waits for one already. Notes in the
/// transaction where it went.
pub(super) async fn send_once(
    app: &App,
    visit: &mut Visit<'_>,
    (kind, situation): (IdentifierKind, &Situation),
) -> Result<Vec<Write>, FlowError> {
    let Some(target) = target(visit, kind, situation) else { return Ok(Vec::new()) };
    if visit.tx.progress.sent_to.as_ref() == Some(&target) {
        return Ok(Vec::new());
    }
    visit.tx.progress.sent_to = Some(target);
    send(app, visit).await
}

fn target(visit: &Visit<'_>, kind: IdentifierKind, situation: &Situation) -> Option<NormalIdentifier> {
    let typed = visit.tx.progress.sign_up.as_ref().and_then(|pending| pending.identifier(kind));
    if let Some(typed) = typed {
        return Some(typed.clone());
    }
    let account = situation.account.as_deref()?;
    let unproven = |own: &&crate::identity::Identifier| own.kind == kind && own.verified_at.is_none();
    account.identifiers.iter().find(unproven).map(|own| own.normal())
}

/// The writes that send a fresh code to where the transaction waits for one. The one before it is worth nothing any more.
pub(super) async fn send(app: &App, visit: &Visit<'_>) -> Result<Vec<Write>, FlowError> {
    let Some(to) = &visit.tx.progress.sent_to else { return Ok(Vec::new()) };
    let sealer = sealer(app).await?;
    let identifier = to.mac(&sealer);
    limit::take(app, Bucket::SendCode, &identifier).await?;
    let settings = settings::load(app).await?;
    let code = app.rng.six_digits();
    let expires_at = app.clock.now().plus(settings.proofs.code);
    let taken = is_taken(app, visit, to).await?;
    // Nobody is told a code for an account that is there, and what is kept in its stead is the hash of no code at all.
    let hashed = if taken { String::new() } else { code.clone() };
    let mac = mac(&sealer, (&visit.tx.hash, to), &hashed);
    let proof = Proof { transaction: visit.tx.hash.clone(), identifier, mac, tries: 0, expires_at };
    let message = if taken { account_exists(app) } else { carrying(app, to, code, &settings.proofs) };
    let user = visit.tx.progress.authentication.as_ref().map(|proven| &proven.user);
    let mut writes = vec![Write::put(&proof)];
    writes.extend(to.destination().map(|destination| {
        let outgoing = Outgoing { to: destination, message, locale: visit.locale(), user, expires_at };
        message::request(app, &sealer, outgoing, &visit.cause())
    }));
    Ok(writes)
}

/// Whether somebody who has proven nothing yet signs up with an address that is another's already. Its owner is told so by mail. The
/// owner of a number gets the code like anybody: only who has it learns after that whose the number is.
async fn is_taken(app: &App, visit: &Visit<'_>, to: &NormalIdentifier) -> Result<bool, FlowError> {
    let new = visit.tx.progress.authentication.is_none() && to.kind() == IdentifierKind::Email;
    Ok(new && identity::find(app, to).await?.is_some())
}

fn carrying(app: &App, to: &NormalIdentifier, code: String, settings: &ProofSettings) -> Message {
    match to.kind() {
        IdentifierKind::Phone => {
            let host = app.config.issuer_url.host_str().unwrap_or_default().to_owned();
            Message::VerifyPhone { code, host }
        }
        IdentifierKind::Email | IdentifierKind::Username => {
            let minutes = u32::try_from(settings.code.as_secs() / 60).unwrap_or(u32::MAX);
            Message::VerifyEmail { code, minutes }
        }
    }
}

fn account_exists(app: &App) -> Message {
    Message::AccountExists { sign_in: app.config.url("/signin"), recover: app.config.url("/recover") }
}

fn mac(sealer: &Sealer, (transaction, to): (&str, &NormalIdentifier), code: &str) -> String {
    sealer.mac_text(LABEL, format!("{transaction}\0{}\0{}\0{code}", to.kind().name(), to.value()).as_bytes())
}

/// Tries a code. The try is counted before it is looked at, so that no number of requests at once gets more of them.
pub(super) async fn check(app: &App, visit: &Visit<'_>, code: &str) -> Result<Checked, FlowError> {
    let Some(to) = &visit.tx.progress.sent_to else { return Ok(Checked::Over) };
    let digits: String = fold_digits(code).chars().filter(char::is_ascii_digit).collect();
    let settings = settings::load(app).await?;
    let now = app.clock.now();
    let left = i64::from(settings.proofs.attempts).saturating_sub(1);
    let sealer = sealer(app).await?;
    let key = key(&visit.tx.hash, &to.mac(&sealer));
    let count = Update::of::<Proof>(key.clone()).add("tries", 1).when(&[
        Condition::Exists,
        Condition::AtMost("tries", left),
        Condition::Above("expires_at", now.0),
    ]);
    let proof = match store::write_returning::<Proof>(app, count).await {
        Ok(proof) => proof.entity,
        Err(StoreError::Refused { .. }) => return Ok(Checked::Over),
        Err(error) => return Err(error.into()),
    };
    let right = crate::secret::constant_time_eq(
        mac(&sealer, (&visit.tx.hash, to), &digits).as_bytes(),
        proof.mac.as_bytes(),
    );
    if digits.len() == 6 && right {
        let unused = Condition::text("mac", proof.mac);
        return Ok(Checked::Right(Box::new(Write::delete::<Proof>(key, &[unused]))));
    }
    Ok(if i64::from(proof.tries) > left { Checked::Over } else { Checked::Wrong })
}

/// Takes a try out of the caller's address.
pub(super) async fn take_try(app: &App, visit: &Visit<'_>) -> Result<(), LimitError> {
    limit::take(app, Bucket::Proof, &limit::of_address(visit.context.address)).await
}
