//! Changes of accounts, as writes that a flow puts into one transaction. Each brings its event.

use std::time::Duration;

use serde_json::json;

use super::store::{Marker, marker_key};
use super::{Identifier, IdentifierKind, NormalIdentifier, Profile, User};
use crate::app::App;
use crate::clock::Timestamp;
use crate::hook::{Cause, EventKind};
use crate::id::UserId;
use crate::keys::Sealer;
use crate::store::{Condition, Stored, Update, Write};

/// An account that proves no identifier goes after a week.
pub const UNPROVEN_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// The writes that make `user` with its identifiers. Refused when one of them is another account's: proven, or reserved by an
/// invitation that may still be followed.
#[must_use]
pub fn create_writes(app: &App, sealer: &Sealer, user: &User, cause: &Cause<'_>) -> Vec<Write> {
    let now = app.clock.now();
    let kinds: Vec<&str> = user.identifiers.iter().map(|identifier| identifier.kind.name()).collect();
    let event = cause.event(app, EventKind::UserCreated).to(&user.id).with(json!({ "identifiers": kinds }));
    let markers = user.identifiers.iter().map(|identifier| {
        let marker = marker(sealer, user, identifier);
        Write::put_where(&marker, &[free(now)])
    });
    [Write::create(user)].into_iter().chain(markers).chain([event.announce()]).collect()
}

/// Nobody has the identifier.
fn free(now: Timestamp) -> Condition {
    Condition::Either(Box::new(Condition::Absent("pk")), Box::new(Condition::Past("ttl", now.0)))
}

/// The writes that record the proof of `identifier`, which makes the account its owner's for good. `None` when the account does
/// not have it. Refused when it is another account's.
#[must_use]
pub fn verify_writes(
    app: &App,
    sealer: &Sealer,
    user: &mut Stored<User>,
    proof: (&NormalIdentifier, &Cause<'_>),
) -> Option<Vec<Write>> {
    let (identifier, cause) = proof;
    let now = app.clock.now();
    let own = user
        .identifiers
        .iter_mut()
        .find(|own| own.kind == identifier.kind() && own.value == identifier.value())?;
    own.verified_at = Some(now);
    let own = own.clone();
    let was_unproven = user.expires_at.take().is_some();
    user.updated_at = now;
    let id = user.id.as_str();
    let mine = Condition::text("user", id);
    let free = Condition::Either(Box::new(free(now)), Box::new(mine.clone()));
    let mut writes = vec![Write::replace(user), Write::put_where(&marker(sealer, user, &own), &[free])];
    if was_unproven {
        writes.extend(user.identifiers.iter().filter(|other| other.kind == IdentifierKind::Username).map(
            |name| {
                let key = marker_key(sealer, &name.normal());
                Update::of::<Marker>(key)
                    .remove("expires_at")
                    .remove("ttl")
                    .when(std::slice::from_ref(&mine))
                    .into()
            },
        ));
    }
    writes.push(verified_event(app, &user.id, own.kind, cause));
    Some(writes)
}

/// The event that tells of a proof.
#[must_use]
pub fn verified_event(app: &App, user: &UserId, kind: IdentifierKind, cause: &Cause<'_>) -> Write {
    cause.event(app, EventKind::IdentifierVerified).to(user).with(json!({ "kind": kind })).announce()
}

/// Drops what strangers may have typed into `user`, if nothing of the account was proven: all but `identifier`, which its owner is about to
/// prove. The change still has to be written with the account; a group of writes for each identifier frees it.
#[must_use]
pub fn drop_unproven(
    app: &App,
    sealer: &Sealer,
    user: &mut User,
    identifier: &NormalIdentifier,
) -> Vec<Vec<Write>> {
    if user.to_prove().is_none() {
        return Vec::new();
    }
    user.profile = Profile::default();
    user.updated_at = app.clock.now();
    let (kept, dropped): (Vec<_>, Vec<_>) = std::mem::take(&mut user.identifiers)
        .into_iter()
        .partition(|own| own.kind == identifier.kind() && own.value == identifier.value());
    user.identifiers = kept;
    let mine = [Condition::text("user", user.id.as_str())];
    let free = |own: &Identifier| Write::delete::<Marker>(marker_key(sealer, &own.normal()), &mine);
    dropped.iter().map(|own| vec![free(own)]).collect()
}

/// The writes that keep what was changed of `user` beside its identifiers; `changed` names the members for the event.
#[must_use]
pub fn update_writes(app: &App, user: &mut Stored<User>, changed: &[&str], cause: &Cause<'_>) -> Vec<Write> {
    user.updated_at = app.clock.now();
    let event = cause.event(app, EventKind::UserUpdated).to(&user.id).with(json!({ "changed": changed }));
    vec![Write::replace(user), event.announce()]
}

fn marker(sealer: &Sealer, user: &User, identifier: &Identifier) -> Marker {
    // A proven identifier outlasts the account's own deadline, which proof has lifted; a user name shares it.
    let expires_at: Option<Timestamp> = user.expires_at;
    Marker {
        kind: identifier.kind,
        mac: identifier.normal().mac(sealer),
        user: user.id.clone(),
        verified_at: identifier.verified_at,
        expires_at,
    }
}
